/* What mecombo lends to mechanisms: the table of powers of two and random streams. */

#include "mechanism_priv.h"

#include <float.h>
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

_Alignas(64) double mechanism_exp_table[256];
static mec_host host;
static pthread_once_t host_once = PTHREAD_ONCE_INIT;

static void host_fill(void)
{
    mechanism_fill_exp_table(mechanism_exp_table);
    host = (mec_host)
    {
        .abi_version = MEC_ABI_VERSION, .tail = mechanism_tail,
#if defined(__x86_64__)
        .exp_exact = {mechanism_exp_exact_4, mechanism_exp_exact_8},
        .exp_quick = {mechanism_exp_quick_4, mechanism_exp_quick_8},
#endif
        .stream_new = mechanism_stream_new, .stream_free = mechanism_stream_free,
        .stream_seek = mechanism_stream_seek, .stream_tell = mechanism_stream_tell,
        .stream_ids = mechanism_stream_ids, .stream_uniform = mechanism_stream_uniform,
        .stream_normal = mechanism_stream_normal
    };
}

const mec_host *mechanism_host(void)
{
    (void)pthread_once(&host_once, host_fill);
    return &host;
}
