/* `mecombo --version`, and what this host guarantees. */

#include "version.h"

#include <mecombo/cell.h>
#include <mecombo/log.h>
#include <mecombo/mechanism.h>

#include <gnu/libc-version.h>

/* What of libm mecombo's own does not reproduce; NULL: nothing. */
static const char *disagreement(void)
{
    static const char *const names[] = {
        NULL,  "exp",         "log",         "exp and log",
        "pow", "exp and pow", "log and pow", "exp, log and pow"};
    int which = 0;

    which |= mec_mechanism_exp_agrees() ? 0 : 1;
    which |= mec_cell_log_agrees() ? 0 : 2;
    which |= mec_mechanism_pow_agrees() ? 0 : 4;
    return names[which];
}

void mec_version_warn(void)
{
    const char *what = disagreement();

    if (mec_host_isa() != MEC_ISA_BASELINE && what != NULL) {
        mec_log(MEC_LOG_WARNING,
                "%s of glibc %s differs from mecombo's: results are not bit for bit "
                "NEURON's on this host",
                what, gnu_get_libc_version());
    }
}

void mec_version_print(FILE *to)
{
    static const char *const names[MEC_N_ISA] = {"baseline", "AVX2+FMA", "AVX-512"};
    static const char *const none =
        "fixed step within\n1e-6 mV, scores within the noise of variable-step "
        "integration\n";
    int32_t isa = mec_host_isa();
    const char *what = disagreement();

    fprintf(to, "mecombo %s\n", MEC_VERSION);
    fprintf(to, "instruction set: %s, glibc %s\n", names[isa], gnu_get_libc_version());
    if (isa == MEC_ISA_BASELINE) {
        fprintf(to, "guarantee: none of NEURON's bits, this host has no FMA: %s", none);
    } else if (what != NULL) {
        fprintf(to, "guarantee: none of NEURON's bits, %s of this glibc differs: %s",
                what, none);
    } else {
        fputs(
            "guarantee: results equal NEURON 8.2.7, BluePyOpt 1.12.63 and eFEL 5.7.34\n"
            "bit for bit (x86-64 with FMA, glibc >= 2.28; exp, log and pow were "
            "checked)\n",
            to);
    }
}
