/* What VERBATIM text may use: the part of NEURON's C names that published mechanisms use,
 * on top of what mecombo lends. */

#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#define NRN_VERSION_GTEQ_8_2_0 1
#define NRN_VERSION_GTEQ(x, y, z) 1
#define NRNBBCORE 0
#define _threadargs_ _p, _nt
#define _threadargscomma_ _p, _nt,
#define _threadargsproto_                                                              \
    struct MEC_JOIN(mec_inst, MEC_W) * _p, const struct mec_uniform *_nt
#define _threadargsprotocomma_ _threadargsproto_,

typedef void Rand;
typedef void nrnran123_State;

/* Arguments of the PROCEDURE or FUNCTION that is being called from outside. */
static __thread int mec_argument_count;
static __thread const double *mec_argument;
static __thread double mec_argument_copy[16];
/* Set by hoc_execerror(): ends the kernel. */
static __thread const char *mec_verbatim_failure;
static __thread char mec_verbatim_text[240];
static int cvode_active_;
/* Where hoc_execerror() goes, while somebody waits there, and the instance at work. */
static __thread jmp_buf mec_refuge;
static __thread int mec_has_refuge, mec_at;

static __attribute__((unused)) int ifarg(int i)
{
    return i >= 1 && i <= mec_argument_count;
}

static __attribute__((unused)) double *getarg(int i)
{
    int k = i >= 1 && i <= 16 ? i - 1 : 0;

    mec_argument_copy[k] = ifarg(i) ? mec_argument[i - 1] : 0.;
    return &mec_argument_copy[k];
}

static __attribute__((unused)) double *hoc_pgetarg(int i)
{
    return getarg(i);
}

static __attribute__((unused)) int hoc_is_double_arg(int i)
{
    return ifarg(i);
}

static __attribute__((unused)) void hoc_execerror(const char *what, const char *more)
{
    if (mec_verbatim_failure == NULL) {
        (void)snprintf(mec_verbatim_text, sizeof mec_verbatim_text, "%s%s%s", what,
                       more == NULL ? "" : " ", more == NULL ? "" : more);
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
    cvode_active_ = run->env->variable_step_active;
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

static __attribute__((unused)) nrnran123_State *
nrnran123_newstream3(uint32_t id1, uint32_t id2, uint32_t id3)
{
    return mec_lent->stream_new(id1, id2, id3);
}

static __attribute__((unused)) nrnran123_State *nrnran123_newstream(uint32_t id1,
                                                                    uint32_t id2)
{
    return mec_lent->stream_new(id1, id2, 0);
}

static __attribute__((unused)) void nrnran123_deletestream(nrnran123_State *stream)
{
    mec_lent->stream_free(stream);
}

static __attribute__((unused)) void nrnran123_setseq(nrnran123_State *stream,
                                                     uint32_t sequence, char which)
{
    mec_lent->stream_seek(stream, sequence, which);
}

static __attribute__((unused)) void nrnran123_getseq(nrnran123_State *stream,
                                                     uint32_t *sequence, char *which)
{
    int32_t position;

    mec_lent->stream_tell(stream, sequence, &position);
    *which = (char)position;
}

static __attribute__((unused)) void
nrnran123_getids3(nrnran123_State *stream, uint32_t *id1, uint32_t *id2, uint32_t *id3)
{
    uint32_t id[3];

    mec_lent->stream_ids(stream, id);
    *id1 = id[0];
    *id2 = id[1];
    *id3 = id[2];
}

static __attribute__((unused)) void nrnran123_getids(nrnran123_State *stream,
                                                     uint32_t *id1, uint32_t *id2)
{
    uint32_t id3;

    nrnran123_getids3(stream, id1, id2, &id3);
}

static __attribute__((unused)) double nrnran123_dblpick(nrnran123_State *stream)
{
    return mec_lent->stream_uniform(stream);
}

static __attribute__((unused)) double nrnran123_negexp(nrnran123_State *stream)
{
    return -log(mec_lent->stream_uniform(stream));
}

static __attribute__((unused)) double nrnran123_normal(nrnran123_State *stream)
{
    return mec_lent->stream_normal(stream);
}

/* hoc Random objects do not exist here; what stands for them is a Random123 stream. */
static __attribute__((unused)) double nrn_random_pick(void *stream)
{
    return mec_lent->stream_uniform(stream);
}

static __attribute__((unused)) void *nrn_random_arg(int i)
{
    (void)i;
    hoc_execerror("a Random object is no argument here:",
                  "pass the ids of a Random123 stream");
    return NULL;
}

static __attribute__((unused)) long nrn_get_random_sequence(void *stream)
{
    uint32_t sequence;
    int32_t which;

    mec_lent->stream_tell(stream, &sequence, &which);
    return (long)sequence * 4 + which;
}

static __attribute__((unused)) void nrn_set_random_sequence(void *stream, long position)
{
    mec_lent->stream_seek(stream, (uint32_t)(position / 4), (int32_t)(position % 4));
}
