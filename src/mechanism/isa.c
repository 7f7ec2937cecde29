/* Which instruction set this host runs. */

#include "mechanism_priv.h"

#include <stdlib.h>
#include <string.h>

static int32_t detect(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
        return MEC_ISA_AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return MEC_ISA_AVX2;
    }
#endif
    return MEC_ISA_BASELINE;
}

int32_t mec_host_isa(void)
{
    static const char *const names[MEC_N_ISA] = {"baseline", "avx2", "avx512"};
    const char *wanted = getenv("MECOMBO_ISA");
    int32_t isa = detect();

    for (int32_t i = 0; wanted != NULL && i < isa; i++) {
        if (strcmp(wanted, names[i]) == 0) {
            return i;
        }
    }
    return isa;
}

const mec_kernels *mec_mechanism_kernels(const mec_mechanism_desc *desc)
{
    int32_t isa = mec_host_isa();

    while (isa > 0 && desc->kernels[isa] == NULL) {
        isa--;
    }
    return desc->kernels[isa];
}
