#ifndef CAMPAIGN_LOCK_PRIV_H
#define CAMPAIGN_LOCK_PRIV_H

/* One owner per database, without fcntl: a directory <database>.lock that is made by
 * rename() and holds a file that says who the owner is (HPC.md 3.3). */

#include <mecombo/arena.h>
#include <mecombo/err.h>

typedef struct owner_lock owner_lock;

/* Become the owner, or say who is. The lock of a dead owner is taken over: dead is a
 * process of this host that is gone, an earlier start of the same batch job, or an owner
 * elsewhere that gave no sign of life for LOCK_SILENCE_S seconds. A rank whose
 * mpirun is gone is given LOCK_PATIENCE_MS to follow it.
 *
 * @param purpose  "run", "prepare", for the message
 * @param out      released by lock_release(); NULL on failure
 * @return MEC_OK; MEC_E_DB (somebody else holds it); MEC_E_IO; MEC_E_NOMEM */
MEC_NODISCARD mec_status lock_acquire(const char *database, const char *purpose,
                                      owner_lock **out, mec_err *err);

/* Give a sign of life now and then, and make sure that nobody has taken the lock over.
 *
 * @return MEC_OK; MEC_E_DB when the lock is lost; MEC_E_IO when nobody can tell */
MEC_NODISCARD mec_status lock_keep(owner_lock *lock, mec_err *err);

/* The same, but look at most once a second: for the times between commits. */
MEC_NODISCARD mec_status lock_keep_now_and_then(owner_lock *lock, mec_err *err);

/* Give the lock back; NULL is allowed. */
void lock_release(owner_lock *lock);

/* Say who owns a database: "run by pid 12 on host n1 ..."; NULL when nobody alive does. */
const char *lock_owner(mec_arena *arena, const char *database);

enum {
    LOCK_SILENCE_S = 600,
    LOCK_HEARTBEAT_S = 15,
    LOCK_PATIENCE_MS = 6000,
    LOCK_PAUSE_MS = 20
};

#endif
