/* The owner lock of a database.
 *
 * rename() of a directory onto a non-empty one fails, on every file system and without
 * lock daemons: so a folder that is filled first and then renamed to <database>.lock is an
 * atomic test-and-set. A stale lock is first renamed away and looked at again under its
 * new name; whoever loses that race finds a fresh lock and leaves it alone.
 */

#include "lock_priv.h"
#include "progress_priv.h"

#include <mecombo/json.h>
#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const double look_s = 1; /* between looks at the card: each opens a file */

struct owner_lock {
    mec_arena *arena;
    const char *folder; /* <database>.lock */
    const char *file;   /* the owner's card in it */
    const char *card;   /* what the card must hold */
    const char *away; /* <database>.lock.old-<pid>, where the folder goes in the end */
    const char *away_file;
    time_t last_beat;
    double looked_s; /* when the card was last read, monotonic */
};

/* What the card of an owner says. */
typedef struct owner {
    const char *card; /* the whole text: equal cards are one owner */
    const char *purpose, *host, *space, *job, *restart, *since;
    int64_t pid;
    int64_t start; /* clock ticks since boot at which the process started */
    int64_t parent, parent_start; /* of mpirun (or its daemon); -1 without */
} owner;

/* When a process started, in clock ticks since boot; -1 when there is no such process. */
static int64_t process_start(int64_t pid)
{
    char path[64];
    char text[1024];
    int64_t start = -1;

    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        return -1;
    }
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    /* the command in parentheses may hold anything: count fields after the last ')' */
    const char *p = strrchr(text, ')');
    if (p != NULL && (p[1] != ' ' || p[2] != 'Z')) {
        for (int field = 2; field < 22 && p != NULL; field++) {
            p = strchr(p + 1, ' ');
        }
        if (p != NULL) {
            start = strtoll(p + 1, NULL, 10);
        }
    }
    return start;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL ? "" : value;
}

/* Does this process end when its parent does? */
static bool is_a_rank(void)
{
    return getenv("OMPI_COMM_WORLD_RANK") != NULL || getenv("PMIX_RANK") != NULL;
}

static void print_field(mec_text *out, const char *key, const char *value)
{
    mec_text_printf(out, "%s\"%s\": ", out->length > 1 ? ", " : "", key);
    mec_json_print_string(value, out);
}

/* The card of this process. */
static char *make_card(mec_arena *arena, const char *purpose)
{
    mec_text text = MEC_TEXT_INIT;
    char host[256] = "";
    char space[64] = "";
    char since[32];
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &tm);
    gethostname(host, sizeof host - 1);
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n < 0 ? 0 : n] = '\0';
    mec_text_add(&text, "{");
    print_field(&text, "purpose", purpose);
    print_field(&text, "host", host);
    print_field(&text, "pid_space", space);
    mec_text_printf(&text, ", \"pid\": %ld, \"start\": %" PRId64 ", \"ns\": %ld",
                    (long)getpid(), process_start(getpid()), now.tv_nsec);
    mec_text_printf(&text, ", \"parent\": %ld, \"parent_start\": %" PRId64,
                    is_a_rank() ? (long)getppid() : -1L,
                    is_a_rank() ? process_start(getppid()) : -1);
    print_field(&text, "job", environment("SLURM_JOB_ID"));
    print_field(&text, "restart", environment("SLURM_RESTART_COUNT"));
    print_field(&text, "since", since);
    mec_text_add(&text, "}\n");
    char *card =
        mec_text_ok(&text) ? mec_arena_strdup(arena, mec_text_string(&text)) : NULL;
    mec_text_clear(&text);
    return card;
}

static const char *card_text(const mec_json *card, const char *key)
{
    const mec_json *item = mec_json_get(card, key);

    return item == NULL || item->string == NULL ? "" : item->string;
}

static int64_t card_number(const mec_json *card, const char *key)
{
    const mec_json *item = mec_json_get(card, key);

    return item == NULL ? -1 : (int64_t)item->number;
}

/* Read a card; false when there is none (an empty lock folder, or one just going away). */
static bool read_owner(mec_arena *arena, const char *file, owner *out)
{
    const mec_json *card = NULL;
    char *text = NULL;
    mec_err ignored = MEC_ERR_INIT;

    *out = (owner){0};
    if (mec_read_file(arena, file, &text, NULL, &ignored) != MEC_OK ||
        mec_json_parse(arena, file, text, &card, &ignored) != MEC_OK) {
        return false;
    }
    *out = (owner){.card = text,
                   .purpose = card_text(card, "purpose"),
                   .host = card_text(card, "host"),
                   .space = card_text(card, "pid_space"),
                   .job = card_text(card, "job"),
                   .restart = card_text(card, "restart"),
                   .since = card_text(card, "since"),
                   .pid = card_number(card, "pid"),
                   .start = card_number(card, "start"),
                   .parent = card_number(card, "parent"),
                   .parent_start = card_number(card, "parent_start")};
    return true;
}

/* Seconds since the owner's last sign of life, by the file system's own clock. */
static double silence_of(mec_arena *arena, const char *file)
{
    struct stat then, now;
    char *probe = mec_arena_printf(arena, "%s.probe-%ld", file, (long)getpid());
    int fd = probe == NULL ? -1 : open(probe, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    double silence = 0;

    if (fd >= 0) {
        if (fstat(fd, &now) == 0 && stat(file, &then) == 0) {
            silence = difftime(now.st_mtime, then.st_mtime);
        }
        close(fd);
        unlink(probe);
    }
    return silence;
}

/* Do we see the same processes as an owner? */
static bool is_neighbour(const owner *o)
{
    char host[256] = "";
    char space[64] = "";

    gethostname(host, sizeof host - 1);
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);
    space[n < 0 ? 0 : n] = '\0';
    return strcmp(o->host, host) == 0 && strcmp(o->space, space) == 0;
}

static bool is_dead(mec_arena *arena, const char *file, const owner *o)
{
    if (is_neighbour(o)) {
        /* a recycled pid has another start time */
        return process_start(o->pid) != o->start;
    }
    if (o->job[0] != '\0' && strcmp(o->job, environment("SLURM_JOB_ID")) == 0 &&
        strcmp(o->restart, environment("SLURM_RESTART_COUNT")) != 0) {
        return true;
    }
    return silence_of(arena, file) > LOCK_SILENCE_S;
}

/* A rank whose mpirun was killed lives on for up to 3 s. */
static bool is_dying(const owner *o)
{
    return is_neighbour(o) && o->parent > 0 &&
           process_start(o->parent) != o->parent_start;
}

static char *describe(mec_arena *arena, const owner *o)
{
    bool in_job = o->job[0] != '\0';

    return mec_arena_printf(arena, "%s by process %" PRId64 " on host %s%s%s since %s",
                            o->purpose, o->pid, o->host, in_job ? ", job " : "",
                            in_job ? o->job : "", o->since);
}

static void remove_folder(const char *folder)
{
    mec_err ignored = MEC_ERR_INIT;

    if (mec_remove_tree(folder, &ignored) != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", ignored.text);
    }
}

/* Move a dead owner's lock away. Whoever renames it looks at the card again: it may be
 * that of somebody who was faster. */
static void bury(mec_arena *arena, const owner_lock *lock, const owner *dead)
{
    char *grave = mec_arena_printf(arena, "%s.dead-%ld", lock->folder, (long)getpid());
    char *file = grave == NULL ? NULL : mec_path_join(arena, grave, "owner.json");
    owner found;

    if (file == NULL || rename(lock->folder, grave) != 0) {
        return;
    }
    if (dead->card != NULL && read_owner(arena, file, &found) &&
        strcmp(found.card, dead->card) != 0) {
        if (rename(grave, lock->folder) != 0) {
            mec_log(MEC_LOG_WARNING, "%s: cannot be put back: %s", grave,
                    strerror(errno));
        }
        return;
    }
    if (dead->card != NULL) {
        mec_log(MEC_LOG_WARNING, "%s: taken over from a dead owner (%s)", lock->folder,
                describe(arena, dead));
    }
    remove_folder(grave);
}

/* One attempt. @param taken out: true when the lock is ours
 * @param last  do not wait for a dying owner any more */
static mec_status attempt(mec_arena *arena, owner_lock *lock, const char *staged,
                          bool last, bool *taken, mec_err *err)
{
    owner o;

    *taken = rename(staged, lock->folder) == 0;
    if (*taken) {
        return MEC_OK;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be made: %s", lock->folder,
                        strerror(errno));
    }
    if (!read_owner(arena, lock->file, &o)) {
        if (mec_path_exists(lock->file)) {
            return mec_fail(err, MEC_E_DB,
                            "%s: a lock that names no owner (remove the folder if no "
                            "run uses the database)",
                            lock->folder);
        }
        return MEC_OK; /* just released: try again */
    }
    if (is_dead(arena, lock->file, &o)) {
        bury(arena, lock, &o);
        return MEC_OK;
    }
    if (!last && is_dying(&o)) {
        return MEC_OK;
    }
    return mec_fail(
        err, MEC_E_DB,
        "%s: the database is in use: %s (wait for it to end; if it is dead, "
        "remove the folder)",
        lock->folder, describe(arena, &o));
}

static mec_status attempt_for_a_while(mec_arena *arena, owner_lock *lock,
                                      const char *staged, mec_err *err)
{
    enum { N_ATTEMPTS = LOCK_PATIENCE_MS / LOCK_PAUSE_MS };
    bool taken = false;

    for (int i = 0; i < N_ATTEMPTS; i++) {
        mec_status st = attempt(arena, lock, staged, i + 1 == N_ATTEMPTS, &taken, err);

        if (taken || st != MEC_OK) {
            return st;
        }
        nanosleep(&(struct timespec){0, LOCK_PAUSE_MS * 1000000L}, NULL);
    }
    return mec_fail(err, MEC_E_DB,
                    "%s: the lock changes hands all the time (try again)",
                    lock->folder);
}

static mec_status stage(mec_arena *arena, const char *staged, const char *card,
                        mec_err *err)
{
    const char *file = mec_path_join(arena, staged, "owner.json");
    mec_status st = MEC_OK;

    if (file == NULL) {
        return mec_no_memory(err);
    }
    if (mkdir(staged, 0777) != 0 && errno != EEXIST) {
        return mec_fail(err, MEC_E_IO,
                        "%s: cannot be made: %s (the folder of the database must be "
                        "writable)",
                        staged, strerror(errno));
    }
    MEC_TRY(mec_write_file(file, card, strlen(card), err));
done:
    return st;
}

mec_status lock_acquire(const char *database, const char *purpose, owner_lock **out,
                        mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    owner_lock *lock = arena == NULL ? NULL : mec_arena_alloc(arena, sizeof *lock);
    mec_status st = MEC_OK;
    char *staged = NULL;

    *out = NULL;
    if (lock == NULL) {
        mec_arena_free(arena);
        return mec_no_memory(err);
    }
    lock->arena = arena;
    lock->folder = mec_arena_printf(arena, "%s.lock", database);
    staged = mec_arena_printf(arena, "%s.lock.new-%ld", database, (long)getpid());
    lock->card = make_card(arena, purpose);
    lock->file =
        lock->folder == NULL ? NULL : mec_path_join(arena, lock->folder, "owner.json");
    lock->away = mec_arena_printf(arena, "%s.lock.old-%ld", database, (long)getpid());
    lock->away_file =
        lock->away == NULL ? NULL : mec_path_join(arena, lock->away, "owner.json");
    lock->last_beat = time(NULL);
    if (staged == NULL || lock->card == NULL || lock->file == NULL ||
        lock->away_file == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(stage(arena, staged, lock->card, err));
    MEC_TRY(attempt_for_a_while(arena, lock, staged, err));
done:
    if (st != MEC_OK) {
        if (staged != NULL) {
            remove_folder(staged);
        }
        mec_arena_free(arena);
        return st;
    }
    *out = lock;
    return MEC_OK;
}

/* The card that is there now, without an allocation that could fail. @return 0, or the
 * error number that kept it from being read */
static int read_card(const char *file, char *text, size_t size)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    int reason = n < 0 ? errno : 0;

    text[n < 0 ? 0 : n] = '\0';
    if (fd >= 0) {
        close(fd);
    }
    return reason;
}

mec_status lock_keep(owner_lock *lock, mec_err *err)
{
    char text[1024];
    time_t now = time(NULL);
    int reason = read_card(lock->file, text, sizeof text);

    lock->looked_s = progress_clock();
    if (reason != 0 && reason != ENOENT && reason != ESTALE) {
        return mec_fail(err, MEC_E_IO,
                        "%s: cannot be read any more: %s (check the file system and "
                        "run again: what is in the database stays)",
                        lock->file, strerror(reason));
    }
    if (strcmp(text, lock->card) != 0) {
        return mec_fail(err, MEC_E_DB,
                        "%s: the lock was taken away; nothing more is written (run "
                        "again: what is in the database stays)",
                        lock->folder);
    }
    if (now - lock->last_beat >= LOCK_HEARTBEAT_S) {
        lock->last_beat = now;
        if (utimensat(AT_FDCWD, lock->file, NULL, 0) != 0) {
            mec_log(MEC_LOG_DEBUG, "%s: %s", lock->file, strerror(errno));
        }
    }
    return MEC_OK;
}

mec_status lock_keep_now_and_then(owner_lock *lock, mec_err *err)
{
    return progress_clock() - lock->looked_s < look_s ? MEC_OK : lock_keep(lock, err);
}

void lock_release(owner_lock *lock)
{
    mec_err ignored = MEC_ERR_INIT;

    if (lock == NULL) {
        return;
    }
    if (lock_keep(lock, &ignored) == MEC_OK) {
        /* first out of the way in one step, then removed piece by piece; needs no
         * memory, so that a run that ended for lack of it leaves nothing behind */
        bool moved = rename(lock->folder, lock->away) == 0;
        const char *folder = moved ? lock->away : lock->folder;

        (void)unlink(moved ? lock->away_file : lock->file);
        if (rmdir(folder) != 0) {
            remove_folder(folder); /* somebody's probe of the clock is in it */
        }
    }
    mec_arena_free(lock->arena);
}

const char *lock_owner(mec_arena *arena, const char *database)
{
    char *folder = mec_arena_printf(arena, "%s.lock", database);
    char *file = folder == NULL ? NULL : mec_path_join(arena, folder, "owner.json");
    owner o;

    if (file == NULL || !read_owner(arena, file, &o) || is_dead(arena, file, &o)) {
        return NULL;
    }
    return describe(arena, &o);
}
