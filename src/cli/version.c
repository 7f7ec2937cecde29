/* `mecombo --version`. */

#include "version.h"

#include <mecombo/mechanism.h>

#include <gnu/libc-version.h>

void mec_version_print(FILE *to)
{
    static const char *const names[MEC_N_ISA] = {"baseline", "AVX2+FMA", "AVX-512"};
    int32_t isa = mec_host_isa();

    fprintf(to, "mecombo %s\n", MEC_VERSION);
    fprintf(to, "instruction set: %s, glibc %s\n", names[isa], gnu_get_libc_version());
    if (isa == MEC_ISA_BASELINE) {
        fputs("guarantee: none of NEURON's bits, this host has no FMA: fixed step "
              "within\n"
              "1e-6 mV, scores within the noise of variable-step integration\n",
              to);
    } else {
        fputs(
            "guarantee: results equal NEURON 8.2.7, BluePyOpt 1.12.63 and eFEL 5.7.34\n"
            "bit for bit (x86-64 with FMA, glibc >= 2.28)\n",
            to);
    }
}
