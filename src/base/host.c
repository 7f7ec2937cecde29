/* Which instruction set this host runs. */

#include <mecombo/host.h>

#include <stdlib.h>
#include <string.h>

enum { BASELINE, AVX2, AVX512, N_ISA };

static int32_t detect(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")) {
        return AVX512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return AVX2;
    }
#endif
    return BASELINE;
}

int32_t mec_host_isa(void)
{
    static const char *const names[N_ISA] = {"baseline", "avx2", "avx512"};
    const char *wanted = getenv("MECOMBO_ISA");
    int32_t isa = detect();

    for (int32_t i = 0; wanted != NULL && i < isa; i++) {
        if (strcmp(wanted, names[i]) == 0) {
            return i;
        }
    }
    return isa;
}
