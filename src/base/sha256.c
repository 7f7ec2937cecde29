/* SHA-256, FIPS 180-4 section 6.2. */

#include <mecombo/digest.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64 };

static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void expand(const uint8_t block[BLOCK], uint32_t w[64])
{
    for (int i = 0; i < 16; i++) {
        const uint8_t *b = block + 4 * i;

        w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t x = w[i - 15], y = w[i - 2];

        w[i] = w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[i - 7] +
               (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
}

static void compress(uint32_t state[8], const uint8_t block[BLOCK])
{
    uint32_t w[64], s[8];

    expand(block, w);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                      choice + round_constant[i] + w[i];
        uint32_t t2 =
            (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;

        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

void mec_sha256_init(mec_sha256 *sha)
{
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memset(sha, 0, sizeof *sha);
    memcpy(sha->state, start, sizeof start);
}

void mec_sha256_add(mec_sha256 *sha, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    size_t used = sha->n_byte % BLOCK;

    sha->n_byte += length;
    while (length > 0) {
        size_t n = length < BLOCK - used ? length : BLOCK - used;

        memcpy(sha->block + used, at, n);
        at += n;
        length -= n;
        used += n;
        if (used == BLOCK) {
            compress(sha->state, sha->block);
            used = 0;
        }
    }
}

void mec_sha256_add_string(mec_sha256 *sha, const char *string)
{
    mec_sha256_add(sha, string, strlen(string) + 1);
}

mec_status mec_sha256_add_file(mec_sha256 *sha, const char *path, mec_err *err)
{
    FILE *file = fopen(path, "rb");
    uint8_t buffer[16384];
    uint64_t size = 0;
    size_t n;
    int error = errno;

    if (file != NULL) {
        while ((n = fread(buffer, 1, sizeof buffer, file)) > 0) {
            mec_sha256_add(sha, buffer, n);
            size += n;
        }
        error = ferror(file) ? errno : 0;
        fclose(file);
        mec_sha256_add(sha, &size, sizeof size);
    }
    return file != NULL && error == 0
               ? MEC_OK
               : mec_fail(err, MEC_E_IO, "%s: cannot be read: %s", path,
                          strerror(error));
}

void mec_sha256_hex(mec_sha256 *sha, char out[65])
{
    uint64_t n_bit = 8 * sha->n_byte;
    uint8_t tail[8];

    mec_sha256_add(sha, "\x80", 1);
    while (sha->n_byte % BLOCK != BLOCK - sizeof tail) {
        mec_sha256_add(sha, "", 1);
    }
    for (int i = 0; i < 8; i++) {
        tail[i] = (uint8_t)(n_bit >> (56 - 8 * i));
    }
    mec_sha256_add(sha, tail, sizeof tail);
    for (int i = 0; i < 8; i++) {
        snprintf(out + 8 * i, 9, "%08x", (unsigned)sha->state[i]);
    }
}
