#ifndef MECHANISM_PRIV_H
#define MECHANISM_PRIV_H

/* What the files of this room share. */

#include <mecombo/arena.h>
#include <mecombo/mechanism.h>
#include <mecombo/text.h>

/* ---- host.c: what mechanisms borrow ---- */

/* The one mec_host of the process; its tables are computed at the first call. */
const mec_host *mechanism_host(void);
/* 2^(i/128) in [256]: tail and scale of i at 2 i, 2 i + 1 (see nmodl/runtime/vector.h). */
void mechanism_fill_exp_table(double table[256]);
extern double mechanism_exp_table[256];

/* 1/c, log(c), its rest and nothing of 128 intervals (see nmodl/runtime/power.h). */
void mechanism_fill_log_table(double table[512]);
extern double mechanism_log_table[512];

/* ---- made from nmodl/runtime/{lent,power,tail}.h ---- */

void mechanism_exp_exact_4(double *x, int n);
void mechanism_exp_exact_8(double *x, int n);
void mechanism_exp_quick_4(double *x, int n);
void mechanism_exp_quick_8(double *x, int n);
void mechanism_pow_exact_4(double *x, const double *y, int n);
void mechanism_pow_exact_8(double *x, const double *y, int n);
void mechanism_tail(const mec_run *run, int first, const short *column,
                    const short *ion, int what, int width,
                    void (*block)(const mec_run *run, int n));

/* ---- random123.c ---- */

void *mechanism_stream_new(uint32_t id1, uint32_t id2, uint32_t id3);
void mechanism_stream_free(void *stream);
void mechanism_stream_seek(void *stream, uint32_t sequence, int32_t which);
void mechanism_stream_tell(const void *stream, uint32_t *sequence, int32_t *which);
void mechanism_stream_ids(const void *stream, uint32_t id[3]);
uint32_t mechanism_stream_integer(void *stream);
void mechanism_stream_set_ids(void *stream, const uint32_t id[3]);
double mechanism_stream_uniform(void *stream);
double mechanism_stream_normal(void *stream);

/* ---- builtin.c ---- */

enum { MECHANISM_N_BUILTIN = 2 };
extern const mec_mechanism_entry mechanism_builtin[MECHANISM_N_BUILTIN];

/* ---- compiler.c: the system's C compiler ---- */

typedef struct mechanism_compiler {
    const char *path;     /* absolute */
    const char *identity; /* path, size and time of change: part of the cache key */
} mechanism_compiler;

/* Find $MECOMBO_CC, else cc, gcc or clang in $PATH. */
MEC_NODISCARD mec_status mechanism_find_compiler(mec_arena *arena,
                                                 mechanism_compiler *out, mec_err *err);

/* The compiler's flags as one string, for the cache key; NULL when memory is short.
 * straight: see mec_nmodl_result. */
const char *mechanism_compiler_flags(mec_arena *arena, bool straight);

/* One C file to compile into a shared object. */
typedef struct mechanism_job {
    const char *mod_file; /* for messages */
    const char *c_path;
    const char *object_path;
    const char *log_path; /* what the compiler says */
    bool straight;        /* see mec_nmodl_result */
} mechanism_job;

/* Compile all, as many at a time as there are processors. */
MEC_NODISCARD mec_status mechanism_compile_all(const mechanism_compiler *compiler,
                                               size_t n, const mechanism_job jobs[],
                                               mec_arena *arena, mec_err *err);

enum { MECHANISM_MORE_FLAGS = 16 };

/* Compile one file again, with more flags (ended by NULL), of which there are fewer than
 * MECHANISM_MORE_FLAGS. False if that fails; the log says why. */
bool mechanism_compile_again(const mechanism_compiler *compiler,
                             const mechanism_job *job, const char *const *more);
/* Say in `err` what the log of a failed compilation says. */
MEC_NODISCARD mec_status mechanism_explain(const mechanism_compiler *compiler,
                                           const mechanism_job *job, mec_arena *arena,
                                           mec_err *err);

/* ---- mend.c ---- */

/* After a failed compilation: compile again with stand-ins for the functions that nobody
 * has, if that is what failed it; else explain. */
MEC_NODISCARD mec_status mechanism_mend(const mechanism_compiler *compiler,
                                        const mechanism_job *job, mec_arena *arena,
                                        mec_err *err);

#endif
