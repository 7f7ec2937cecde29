#ifndef MECOMBO_HOST_H
#define MECOMBO_HOST_H

/** What the processor can do. */

#include <stdint.h>

/** The instruction set that this host runs: 0 any x86-64, 1 AVX2 and FMA, 2 AVX-512
 * (MEC_ISA_BASELINE, _AVX2 and _AVX512 of mechanism_abi.h).
 *
 * $MECOMBO_ISA=avx512|avx2|baseline lowers it, for tests.
 */
int32_t mec_host_isa(void);

#endif
