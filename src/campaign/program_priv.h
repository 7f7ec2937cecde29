#ifndef CAMPAIGN_PROGRAM_PRIV_H
#define CAMPAIGN_PROGRAM_PRIV_H

/* What identifies this program: the hash that the linker put into it, or the SHA-256 of
 * its file; hexadecimal, "" when neither can be had. The same in every process of one
 * program. */
const char *program_hash(void);

#endif
