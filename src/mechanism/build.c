/* .mod files to shared objects, through a cache.
 *
 * The key of an object is the digest of the C text made from the .mod file (which holds
 * the ABI and everything else the object depends on), the compiler's flags and the
 * compiler's identity. A builder writes under a name of its own and renames, so two that
 * build the same at once end with the same file and nobody sees half of one. */

#include "mechanism_priv.h"

#include <mecombo/digest.h>
#include <mecombo/json.h>
#include <mecombo/log.h>
#include <mecombo/nmodl.h>
#include <mecombo/path.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct unit {
    const char *file; /* name without directories */
    const char *name; /* of the mechanism */
    const char *c_text;
    const char *key;    /* 32 hexadecimal digits */
    const char *cached; /* path in the cache */
    bool missing;       /* to be compiled */
    bool straight;      /* see mec_nmodl_result */
} unit;

typedef struct builder {
    mec_arena *arena;
    const char *mod_dir, *out_dir, *cache_dir;
    mechanism_compiler compiler;
    size_t n;
    unit *units;
} builder;

static int compare_names(const void *a, const void *b)
{
    const unit *left = a, *right = b;

    return strcmp(left->file, right->file);
}

/* The .mod files in the order of their names in the C locale. */
static mec_status list_files(builder *build, mec_err *err)
{
    mec_status st = MEC_OK;
    DIR *directory = opendir(build->mod_dir);
    struct dirent *entry;
    size_t capacity = 0;

    if (directory == NULL) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be read: %s", build->mod_dir,
                        strerror(errno));
    }
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.' || !mec_ends_with(entry->d_name, ".mod")) {
            continue;
        }
        if (build->n == capacity) {
            unit *grown;
            capacity = capacity == 0 ? 32 : 2 * capacity;
            grown = mec_arena_calloc(build->arena, capacity, sizeof *grown);
            if (grown == NULL) {
                st = mec_no_memory(err);
                goto done;
            }
            if (build->n > 0) {
                memcpy(grown, build->units, build->n * sizeof *grown);
            }
            build->units = grown;
        }
        build->units[build->n].file = mec_arena_strdup(build->arena, entry->d_name);
        if (build->units[build->n++].file == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    if (build->n > 0) {
        qsort(build->units, build->n, sizeof *build->units, compare_names);
    }
done:
    (void)closedir(directory);
    return st;
}

/* Warnings and, as notes, the errors after the first, which becomes the returned one. */
static void log_diagnostics(const char *path, const mec_nmodl_result *result)
{
    bool first = true;

    for (size_t i = 0; i < result->n_diagnostic; i++) {
        const mec_diagnostic *d = &result->diagnostic[i];
        bool error = d->level == MEC_DIAGNOSTIC_ERROR;
        if (!error || !first) {
            mec_log(error ? MEC_LOG_INFO : MEC_LOG_WARNING, "%s:%d:%d: %s",
                    d->file == NULL ? path : d->file, d->line, d->column, d->text);
        }
        first = first && !error;
    }
}

/* Text to C text, and its key. All files are read, so all errors are logged. */
static mec_status translate(builder *build, unit *item, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_nmodl_result result;
    mec_sha256 sha;
    char digits[65];
    char *source = NULL;
    const char *flags;
    const char *path = mec_path_join(build->arena, build->mod_dir, item->file);

    if (path == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_read_file(build->arena, path, &source, NULL, err));
    st = mec_nmodl_compile(build->arena, item->file, build->mod_dir, source, &result,
                           err);
    log_diagnostics(path, &result);
    if (st != MEC_OK) {
        if (strncmp(err->text, item->file, strlen(item->file)) == 0) {
            mec_err own = *err;
            st = mec_fail(err, st, "%s/%s", build->mod_dir, own.text);
        }
        goto done;
    }
    item->name = result.name;
    item->c_text = result.c_source;
    item->straight = result.straight;
    flags = mechanism_compiler_flags(build->arena, item->straight);
    if (flags == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    mec_sha256_init(&sha);
    mec_sha256_add_string(&sha, result.c_source);
    mec_sha256_add_string(&sha, flags);
    mec_sha256_add_string(&sha, build->compiler.identity);
    mec_sha256_hex(&sha, digits);
    item->key = mec_arena_strndup(build->arena, digits, 32);
    item->cached = mec_arena_printf(build->arena, "%s/%s.so", build->cache_dir, digits);
    if (item->key == NULL || item->cached == NULL) {
        st = mec_no_memory(err);
    } else {
        item->missing = !mec_path_exists(item->cached);
    }
done:
    return st;
}

static mec_status translate_all(builder *build, mec_err *err)
{
    mec_status first = MEC_OK;

    for (size_t i = 0; i < build->n; i++) {
        mec_err own = {0};
        mec_status st = translate(build, &build->units[i], &own);
        if (st != MEC_OK && first == MEC_OK) {
            first = mec_fail(err, st, "%s", own.text);
        } else if (st != MEC_OK) {
            mec_log(MEC_LOG_INFO, "%s", own.text);
        }
    }
    for (size_t i = 0; first == MEC_OK && i < build->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(build->units[i].name, build->units[k].name) == 0) {
                return mec_fail(
                    err, MEC_E_INPUT,
                    "%s/%s: mechanism \"%s\" is defined in %s too (rename or "
                    "remove one)",
                    build->mod_dir, build->units[i].file, build->units[i].name,
                    build->units[k].file);
            }
        }
    }
    return first;
}

/* Compile what the cache lacks, under names of this process, and rename. */
static mec_status compile_missing(builder *build, mec_err *err)
{
    mec_status st = MEC_OK;
    mechanism_job *jobs = mec_arena_calloc(build->arena, build->n + 1, sizeof *jobs);
    size_t n = 0;

    if (jobs == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < build->n; i++) {
        unit *item = &build->units[i];
        mechanism_job *job = &jobs[n];
        if (!item->missing) {
            continue;
        }
        job->straight = item->straight;
        job->mod_file = mec_path_join(build->arena, build->mod_dir, item->file);
        job->c_path = mec_arena_printf(build->arena, "%s/%s.%ld.c", build->cache_dir,
                                       item->key, (long)getpid());
        job->object_path = mec_arena_printf(
            build->arena, "%s/%s.%ld.tmp", build->cache_dir, item->key, (long)getpid());
        job->log_path = mec_arena_printf(build->arena, "%s/%s.%ld.log",
                                         build->cache_dir, item->key, (long)getpid());
        if (job->mod_file == NULL || job->c_path == NULL || job->object_path == NULL ||
            job->log_path == NULL) {
            return mec_no_memory(err);
        }
        MEC_TRY(mec_write_file(job->c_path, item->c_text, strlen(item->c_text), err));
        n++;
    }
    MEC_TRY(mechanism_compile_all(&build->compiler, n, jobs, build->arena, err));
    n = 0;
    for (size_t i = 0; i < build->n; i++) {
        if (build->units[i].missing) {
            if (rename(jobs[n].object_path, build->units[i].cached) != 0) {
                st = mec_fail(err, MEC_E_IO, "%s: cannot be renamed: %s",
                              jobs[n].object_path, strerror(errno));
                goto done;
            }
            (void)unlink(jobs[n].c_path);
            (void)unlink(jobs[n].log_path);
            n++;
        }
    }
done:
    return st;
}

static void add_entry(mec_text *text, const unit *item)
{
    mec_text_add(text, "\n  {\"file\": ");
    mec_json_print_string(item->file, text);
    mec_text_add(text, ", \"suffix\": ");
    mec_json_print_string(item->name, text);
    mec_text_printf(text, ", \"object\": \"%s-%s.so\"}", item->name, item->key);
}

/* Put the objects and the list beside the e-model. */
static mec_status publish(builder *build, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text text = MEC_TEXT_INIT;
    const char *path;

    MEC_TRY(mec_make_directories(build->out_dir, err));
    mec_text_add(&text, "[");
    for (size_t i = 0; i < build->n; i++) {
        const unit *item = &build->units[i];
        const char *object = mec_arena_printf(build->arena, "%s/%s-%s.so",
                                              build->out_dir, item->name, item->key);
        if (object == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        if (!mec_path_exists(object)) {
            char *data = NULL;
            size_t length = 0;
            MEC_TRY(mec_read_file(build->arena, item->cached, &data, &length, err));
            MEC_TRY(mec_write_file(object, data, length, err));
        }
        mec_text_add(&text, i > 0 ? "," : "");
        add_entry(&text, item);
    }
    mec_text_add(&text, "\n]\n");
    path = mec_path_join(build->arena, build->out_dir, "mechanisms.json");
    if (path == NULL || !mec_text_ok(&text)) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_write_file(path, mec_text_string(&text), text.length, err));
done:
    mec_text_clear(&text);
    return st;
}

/* $MECOMBO_CACHE, $XDG_CACHE_HOME/mecombo or ~/.cache/mecombo; else below out_dir. */
static const char *cache_directory(mec_arena *arena, const char *out_dir)
{
    const char *own = getenv("MECOMBO_CACHE");
    const char *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (own != NULL && *own != '\0') {
        return own;
    }
    if (xdg != NULL && *xdg == '/') {
        return mec_arena_printf(arena, "%s/mecombo", xdg);
    }
    if (home != NULL && *home == '/') {
        return mec_arena_printf(arena, "%s/.cache/mecombo", home);
    }
    return mec_arena_printf(arena, "%s/cache", out_dir);
}

/* Make the cache's folder; where that fails (a home that cannot be written), one beside
 * the objects does. */
static mec_status open_cache(builder *build, mec_err *err)
{
    mec_err ignored = {0};

    build->cache_dir = cache_directory(build->arena, build->out_dir);
    if (build->cache_dir == NULL) {
        return mec_no_memory(err);
    }
    if (mec_make_directories(build->cache_dir, &ignored) == MEC_OK &&
        access(build->cache_dir, W_OK) == 0) {
        return MEC_OK;
    }
    mec_log(MEC_LOG_DEBUG, "%s: no cache there, building beside the e-model",
            build->cache_dir);
    build->cache_dir = mec_arena_printf(build->arena, "%s/cache", build->out_dir);
    return build->cache_dir == NULL ? mec_no_memory(err)
                                    : mec_make_directories(build->cache_dir, err);
}

mec_status mec_mechanisms_build(const char *mod_dir, const char *out_dir, mec_err *err)
{
    mec_status st = MEC_OK;
    builder build = {.arena = mec_arena_new(), .mod_dir = mod_dir, .out_dir = out_dir};

    if (build.arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(list_files(&build, err));
    if (build.n > 0) {
        MEC_TRY(mechanism_find_compiler(build.arena, &build.compiler, err));
        MEC_TRY(open_cache(&build, err));
        MEC_TRY(translate_all(&build, err));
        MEC_TRY(compile_missing(&build, err));
    }
    MEC_TRY(publish(&build, err));
done:
    mec_arena_free(build.arena);
    return st;
}
