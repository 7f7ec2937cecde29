/* What mecombo lends to mechanisms: tables of powers of two and logarithms, and random
 * streams. */

#include "mechanism_priv.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* 113 bits: enough for a tail of 53 bits. Where there is no __float128 (aarch64), long
 * double has them. */
#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 wide;
#else
typedef long double wide;
_Static_assert(LDBL_MANT_DIG >= 113, "the table of powers needs a 113-bit type");
#endif

/* 2^(1/128) by Newton's iteration for the 128th root, in 113 bits. */
static wide root_of_two(void)
{
    wide root = 1.00543;

    for (int step = 0; step < 12; step++) {
        wide power = 1;
        for (int i = 0; i < 127; i++) {
            power *= root;
        }
        root -= (power * root - 2) / (128 * power);
    }
    return root;
}

void mechanism_fill_exp_table(double table[256])
{
    wide root = root_of_two(), value = 1;

    for (uint64_t i = 0; i < 128; i++) {
        double scale = (double)value;
        double tail = (double)(value / scale - 1);
        uint64_t bits;
        memcpy(&bits, &scale, sizeof bits);
        bits -= i << 45;
        memcpy(&scale, &bits, sizeof bits);
        table[2 * i] = tail;
        table[2 * i + 1] = scale;
        value *= root;
    }
}

/* log(x) for x in (0.5, 2): 2 atanh((x - 1)/(x + 1)) */
static wide logarithm(wide x)
{
    wide y = (x - 1) / (x + 1), power = y, sum = 0;

    for (int i = 1; i < 160; i += 2) {
        sum += power / i;
        power *= y * y;
    }
    return 2 * sum;
}

/* Interval i ends where the bits of a double are 0x3fe69555... + (i + 1)/128; 1/c has eight
 * significant bits, and log(c) ends 43 bits behind the point, so that k ln 2 + log(c) is
 * exact. */
void mechanism_fill_log_table(double table[512])
{
    for (uint64_t i = 0; i < 128; i++) {
        uint64_t bits[2] = {0x3fe6955500000000u + (i << 45),
                            0x3fe6955500000000u + ((i + 1) << 45)};
        double end[2], inverse, unit, high;
        wide exact;
        memcpy(end, bits, sizeof end);
        inverse = 2 / (end[0] + end[1]);
        unit = inverse >= 1 ? 128 : 256;
        inverse = nearbyint(inverse * unit) / unit;
        exact = -logarithm(inverse);
        high = nearbyint((double)exact * 0x1p43) * 0x1p-43;
        table[4 * i] = inverse;
        table[4 * i + 1] = high;
        table[4 * i + 2] = (double)(exact - high);
    }
}

_Alignas(64) double mechanism_exp_table[256];
_Alignas(64) double mechanism_log_table[512];
static mec_host host;
static pthread_once_t host_once = PTHREAD_ONCE_INIT;

static void host_fill(void)
{
    mechanism_fill_exp_table(mechanism_exp_table);
    mechanism_fill_log_table(mechanism_log_table);
    host = (mec_host)
    {
        .abi_version = MEC_ABI_VERSION, .tail = mechanism_tail,
#if defined(__x86_64__)
        .pow_exact = {mechanism_pow_exact_4, mechanism_pow_exact_8},
        .exp_exact = {mechanism_exp_exact_4, mechanism_exp_exact_8},
        .exp_quick = {mechanism_exp_quick_4, mechanism_exp_quick_8},
#endif
        .stream_new = mechanism_stream_new, .stream_free = mechanism_stream_free,
        .stream_seek = mechanism_stream_seek, .stream_tell = mechanism_stream_tell,
        .stream_ids = mechanism_stream_ids, .stream_uniform = mechanism_stream_uniform,
        .stream_normal = mechanism_stream_normal,
        .stream_integer = mechanism_stream_integer,
        .stream_set_ids = mechanism_stream_set_ids
    };
}

const mec_host *mechanism_host(void)
{
    (void)pthread_once(&host_once, host_fill);
    return &host;
}
