#ifndef MECOMBO_DIGEST_H
#define MECOMBO_DIGEST_H

/** Digests of bytes: SHA-256 (FIPS 180-4) for content keys, MD5 (RFC 1321) where another
 * program's choice must be repeated. */

#include <mecombo/err.h>
#include <stdint.h>

/** A running SHA-256. */
typedef struct mec_sha256 {
    uint32_t state[8];
    uint64_t n_byte;
    uint8_t block[64];
} mec_sha256;

/** Start. */
void mec_sha256_init(mec_sha256 *sha);

/** Add bytes. */
void mec_sha256_add(mec_sha256 *sha, const void *bytes, size_t length);

/** Add a string with its final NUL, so that "ab","c" and "a","bc" differ. */
void mec_sha256_add_string(mec_sha256 *sha, const char *string);

/** Add the size and the content of a file.
 *
 * @return MEC_OK or MEC_E_IO naming the file
 */
MEC_NODISCARD mec_status mec_sha256_add_file(mec_sha256 *sha, const char *path,
                                             mec_err *err);

/** End, as 64 hexadecimal digits. The state is used up. */
void mec_sha256_hex(mec_sha256 *sha, char out[65]);

/** MD5 of length bytes. */
void mec_md5(const void *bytes, size_t length, uint8_t out[16]);

#endif
