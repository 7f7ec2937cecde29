#ifndef MECOMBO_CLI_VERSION_H
#define MECOMBO_CLI_VERSION_H

#include <stdio.h>

/* Print the version, the libraries and what this host guarantees about bit equality. */
void mec_version_print(FILE *to);

#endif
