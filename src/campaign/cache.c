/* The result cache.
 *
 * An entry is a line "mecombo-result 1 <SHA-256 of the rest>" and the result as the task
 * packs it. */

#include "cache_priv.h"

#include <mecombo/digest.h>
#include <mecombo/mechanism.h>
#include <mecombo/path.h>

#include <errno.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "mecombo-result 1 ";

enum { N_MAGIC = sizeof magic - 1, N_HEAD = N_MAGIC + 64 + 1 };

mec_status cache_open(mec_arena *arena, const char *folder, const char **out,
                      mec_err *err)
{
    const char *path = mec_path_absolute(arena, folder);
    mec_status st = MEC_OK;

    *out = NULL;
    if (path == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_make_directories(path, err));
    if (access(path, R_OK | W_OK | X_OK) != 0) {
        st = mec_fail(err, MEC_E_IO,
                      "%s: cannot be used as result cache: %s (give another folder)",
                      path, strerror(errno));
        goto done;
    }
    *out = path;
done:
    return st;
}

void cache_key(const mec_job *job, const char job_key[65], char out[65])
{
    int32_t isa = mec_host_isa();
    mec_sha256 sha;
    char host[32];

    /* every level with FMA gives the same bits, unless the user let go of them */
    snprintf(host, sizeof host, "%d",
             job->free_rounding || isa == MEC_ISA_BASELINE ? (int)isa : -1);
    mec_sha256_init(&sha);
    mec_sha256_add_string(&sha, job_key);
    mec_sha256_add_string(&sha, job->program == NULL ? "" : job->program);
    mec_sha256_add_string(&sha, host);
    mec_sha256_add_string(&sha, gnu_get_libc_version());
    mec_sha256_hex(&sha, out);
}

static char *file_of(mec_arena *arena, const char *folder, const char key[65])
{
    return mec_arena_printf(arena, "%s/%.2s/%s", folder, key, key);
}

static void checksum(const char *bytes, size_t n, char out[65])
{
    mec_sha256 sha;

    mec_sha256_init(&sha);
    mec_sha256_add(&sha, bytes, n);
    mec_sha256_hex(&sha, out);
}

cache_answer cache_get(mec_arena *arena, const char *folder, const char key[65],
                       task_result *out)
{
    char *file = file_of(arena, folder, key);
    mec_err ignored = MEC_ERR_INIT;
    char *bytes = NULL;
    size_t n = 0;
    char sum[65];

    if (file == NULL || !mec_path_exists(file) ||
        mec_read_file(arena, file, &bytes, &n, &ignored) != MEC_OK) {
        return CACHE_MISS;
    }
    if (n < N_HEAD || memcmp(bytes, magic, N_MAGIC) != 0 || bytes[N_HEAD - 1] != '\n') {
        return CACHE_DAMAGED;
    }
    checksum(bytes + N_HEAD, n - N_HEAD, sum);
    if (memcmp(sum, bytes + N_MAGIC, 64) != 0 ||
        !task_result_unpack(bytes + N_HEAD, n - N_HEAD, out)) {
        return CACHE_DAMAGED;
    }
    return CACHE_HIT;
}

bool cache_may_hold(const task_result *result)
{
    static const char *const lasting[] = {
        MEC_CLASS_BAD_PARAMS,       MEC_CLASS_BAD_MORPHOLOGY, MEC_CLASS_AXON_TOO_SHORT,
        MEC_CLASS_LOCATION_MISSING, MEC_CLASS_SWEEP_FAILED,   MEC_CLASS_NO_HOLDING,
        MEC_CLASS_NO_THRESHOLD};

    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++) {
        if (result->exception_class != NULL &&
            strcmp(result->exception_class, lasting[i]) == 0) {
            return true;
        }
    }
    return result->exception_class == NULL && result->scores != NULL;
}

/* Write and rename, without a sync: an entry that a power failure cuts off does not fit
 * its checksum, and waiting for the disk would cost more than computing it again. */
static mec_status write_entry(mec_arena *arena, const char *file, const mec_text *text,
                              mec_err *err)
{
    char host[65] = "";
    char *part;

    (void)gethostname(host, sizeof host - 1);
    part = mec_arena_printf(arena, "%s.part-%s-%ld", file, host, (long)getpid());
    if (part == NULL) {
        return mec_no_memory(err);
    }
    FILE *f = fopen(part, "wbe");
    bool written = f != NULL && fwrite(text->data, 1, text->length, f) == text->length;
    int code = errno;
    if (f != NULL && fclose(f) != 0) {
        written = false;
        code = errno;
    }
    if (written && rename(part, file) != 0) {
        written = false;
        code = errno;
    }
    if (!written) {
        (void)unlink(part);
        return mec_fail(err, MEC_E_IO, "%s: cannot be written to the result cache: %s",
                        file, strerror(code));
    }
    return MEC_OK;
}

mec_status cache_put(const char *folder, const char key[65], const task_result *result,
                     mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    mec_text payload = MEC_TEXT_INIT, text = MEC_TEXT_INIT;
    mec_status st = arena == NULL ? mec_no_memory(err) : MEC_OK;
    char sum[65];

    MEC_TRY(st);
    char *file = file_of(arena, folder, key);
    char *directory = mec_arena_printf(arena, "%s/%.2s", folder, key);
    task_result_pack(result, &payload);
    checksum(mec_text_string(&payload), payload.length, sum);
    mec_text_printf(&text, "%s%s\n", magic, sum);
    mec_text_add_bytes(&text, payload.data, payload.length);
    if (file == NULL || directory == NULL || !mec_text_ok(&payload) ||
        !mec_text_ok(&text)) {
        st = mec_no_memory(err);
        goto done;
    }
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot be made in the result cache: %s",
                      directory, strerror(errno));
        goto done;
    }
    MEC_TRY(write_entry(arena, file, &text, err));
done:
    mec_text_clear(&payload);
    mec_text_clear(&text);
    mec_arena_free(arena);
    return st;
}
