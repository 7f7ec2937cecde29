/* SHA-1 (FIPS 180-4, section 6.1), for names that BluePyMM shortens with it. */

#include "gate_priv.h"

#include <stdio.h>
#include <string.h>

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void add_block(uint32_t h[5], const unsigned char block[64])
{
    uint32_t w[80];
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

    for (int t = 0; t < 16; t++) {
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    }
    for (int t = 16; t < 80; t++) {
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    for (int t = 0; t < 80; t++) {
        uint32_t f = t < 20   ? ((b & c) | (~b & d))
                     : t < 40 ? (b ^ c ^ d)
                     : t < 60 ? ((b & c) | (b & d) | (c & d))
                              : (b ^ c ^ d);
        uint32_t k = t < 20   ? 0x5a827999
                     : t < 40 ? 0x6ed9eba1
                     : t < 60 ? 0x8f1bbcdc
                              : 0xca62c1d6;
        uint32_t next = rotate(a, 5) + f + e + k + w[t];

        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void sha1_hex(const void *bytes, size_t n, char out[41])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const unsigned char *p = bytes;
    unsigned char tail[128] = {0};
    size_t rest = n % 64;
    size_t n_tail = rest < 56 ? 64 : 128;

    for (size_t i = 0; i + 64 <= n; i += 64) {
        add_block(h, p + i);
    }
    if (rest > 0) {
        memcpy(tail, p + (n - rest), rest);
    }
    tail[rest] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        tail[n_tail - 1 - i] = (unsigned char)((uint64_t)n * 8 >> 8 * i);
    }
    for (size_t i = 0; i < n_tail; i += 64) {
        add_block(h, tail + i);
    }
    for (int i = 0; i < 5; i++) {
        snprintf(out + 8 * i, 9, "%08x", h[i]);
    }
}
