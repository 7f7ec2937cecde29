/* What code with VERBATIM text needs before the names that the text uses (hoc.h): ways to
 * fail out of C functions, and the instance at work. */

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define NRN_VERSION_GTEQ_8_2_0 1
#define NRN_VERSION_GTEQ(x, y, z) ((x)*10000 + (y)*100 + (z) <= 80207)
#define NRNBBCORE 0
/* How libraries that NEURON's users may have beside it, and mecombo has not, are left out. */
#define DISABLE_REPORTINGLIB 1
#define DISABLE_HDF5 1
#define DISABLE_MPI 1
#define _threadargs_ _p, _nt
#define _threadargscomma_ _p, _nt,
#define _threadargsproto_                                                              \
    struct MEC_JOIN(mec_inst, MEC_W) * _p, const struct mec_uniform *_nt
#define _threadargsprotocomma_ _threadargsproto_,

/* The instance at work, for C functions that do not get it as arguments. */
static __thread struct mec_inst_1 *_p;
static __thread const struct mec_uniform *_nt;
static __thread const mec_run *mec_now;
/* Arguments of the PROCEDURE or FUNCTION that is being called from outside. */
static __thread int mec_argument_count;
static __thread const double *mec_argument;
static __thread double mec_argument_copy[16];
/* Set by hoc_execerror(): ends the kernel. */
static __thread const char *mec_verbatim_failure;
static __thread char mec_verbatim_text[240];
static __attribute__((used)) int mec_c_cvode_active_;
/* Where hoc_execerror() goes, while somebody waits there, and the instance at work. */
static __thread jmp_buf mec_refuge;
static __thread int mec_has_refuge, mec_at;

static __attribute__((unused)) void mec_here(struct mec_inst_1 *p,
                                             const struct mec_uniform *nt, int i)
{
    _p = p;
    _nt = nt;
    mec_at = i;
}

static __attribute__((unused)) void mec_stop(const char *where, const char *what,
                                             const char *more)
{
    if (mec_verbatim_failure == NULL) {
        (void)snprintf(mec_verbatim_text, sizeof mec_verbatim_text, "%s%s%s%s", where,
                       what == NULL ? "" : what, more == NULL ? "" : " ",
                       more == NULL ? "" : more);
        mec_verbatim_failure = mec_verbatim_text;
    }
    if (mec_has_refuge) {
        longjmp(mec_refuge, 1);
    }
}

/* The failure that VERBATIM text left, if it did, to the host. */
static __attribute__((unused)) int mec_failed(const mec_run *run)
{
    mec_has_refuge = 0;
    if (mec_verbatim_failure != NULL) {
        run->env->failure = mec_verbatim_failure;
        mec_verbatim_failure = NULL;
    }
    return run->env->failure != NULL;
}

static __attribute__((unused)) void mec_begin(const mec_run *run)
{
    mec_c_cvode_active_ = run->env->variable_step_active;
    mec_now = run;
    mec_has_refuge = 1;
}

/* Run a kernel whose VERBATIM text may leave by hoc_execerror(). */
static __attribute__((unused)) int32_t mec_guard(const mec_run *run, mec_kernel kernel)
{
    int32_t result;

    mec_begin(run);
    if (setjmp(mec_refuge) != 0) {
        (void)mec_failed(run);
        return mec_at + 1;
    }
    result = kernel(run);
    mec_has_refuge = 0;
    return result;
}

/* One half of a round of the hash behind NEURON's mcell_ran4(): two rounds of the
 * Numerical Recipes' pseudo-DES on (index, low). */
static uint32_t mec_hash_half(uint32_t x, uint32_t key, uint32_t more)
{
    uint32_t w = x ^ key, high = w >> 16, low = w & 0xffff;
    uint32_t u = ~((high - low) * (high + low));

    return ((u >> 16 | u << 16) ^ more) + low * high;
}

static uint32_t mec_hash_low;

static __attribute__((unused)) uint32_t mec_hash(uint32_t *index, uint32_t low)
{
    uint32_t n = (*index)++;

    low ^= mec_hash_half(n, 0xbaa96887u, 0x4b0f3b58u);
    return n ^ mec_hash_half(low, 0x1e17d32cu, 0xe874f0c3u);
}

/* A function that VERBATIM text calls and nobody has. */
#define MEC_MISSING(name, place)                                                       \
    static __attribute__((used)) double mec_missing_##name(void)                       \
    {                                                                                  \
        mec_stop(place ": ", #name "()",                                               \
                 "is called, which neither C nor mecombo has");                        \
        return 0.;                                                                     \
    }                                                                                  \
    __asm__(".set " #name ", mec_missing_" #name);
