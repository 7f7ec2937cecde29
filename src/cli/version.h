#ifndef MECOMBO_CLI_VERSION_H
#define MECOMBO_CLI_VERSION_H

#include <stdio.h>

/* Print the version, the libraries and what this host guarantees about bit equality. */
void mec_version_print(FILE *to);

/* Warn if this host cannot give NEURON's bits although its processor could. */
void mec_version_warn(void);

#endif
