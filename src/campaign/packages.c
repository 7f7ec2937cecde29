/* E-model packages.
 *
 * BluePyMM tars and untars the whole input for each e-model; here the folder that
 * final.json names is copied once per e-model, straight to its place. Two e-models of one
 * name (two originals with one mm_recipe) are laid over each other in map order.
 */

#include "packages_priv.h"
#include "say_priv.h"

#include <mecombo/emodel.h>
#include <mecombo/evaluate.h>
#include <mecombo/log.h>
#include <mecombo/mechanism.h>
#include <mecombo/path.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void remove_quietly(const char *path)
{
    mec_err ignored = MEC_ERR_INIT;

    if (path != NULL && mec_remove_tree(path, &ignored) != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", ignored.text);
    }
}

static mec_status make_scratch(mec_arena *arena, const char **out, mec_err *err)
{
    const char *tmp = getenv("TMPDIR");
    char *path = mec_arena_printf(arena, "%s/mecombo-dry-run-XXXXXX",
                                  tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp);

    if (path == NULL) {
        return mec_no_memory(err);
    }
    if (mkdtemp(path) == NULL) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be made: %s (set TMPDIR)", path,
                        strerror(errno));
    }
    *out = path;
    return MEC_OK;
}

static mec_status clone_repository(mec_arena *arena, const prepare_config *config,
                                   const char *target, mec_err *err)
{
    const char *staged = mec_arena_printf(arena, "%s.new-%ld", target, (long)getpid());
    const char *const clone[] = {"git",  "clone", "--quiet", "--", config->emodels_repo,
                                 staged, NULL};
    const char *const checkout[] = {"git",      "-C",      staged,
                                    "checkout", "--quiet", config->emodels_githash,
                                    "--",       NULL};
    mec_status st = MEC_OK;

    if (staged == NULL) {
        return mec_no_memory(err);
    }
    say("Cloning input e-models repository in %s", target);
    MEC_TRY(run_program(clone, err));
    MEC_TRY(run_program(checkout, err));
    MEC_TRY(mec_remove_tree(target, err));
    if (rename(staged, target) != 0) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot be renamed to %s: %s", staged, target,
                      strerror(errno));
    }
done:
    if (st != MEC_OK) {
        const mec_json *item = mec_json_get(config->root, "emodels_repo");

        mec_err_prefix(err, "%s:%d: emodels_repo %s at %s: ", item->file, item->line,
                       config->emodels_repo, config->emodels_githash);
        remove_quietly(staged);
    }
    return st;
}

static mec_status use_folder(const prepare_config *config, mec_err *err)
{
    if (!mec_path_is_directory(config->emodels_dir)) {
        const mec_json *item = mec_json_get(config->root, "emodels_dir");

        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: emodels_dir %s is no folder (paths are relative to the "
                        "current directory)",
                        item->file, item->line, config->emodels_dir);
    }
    return MEC_OK;
}

mec_status packages_locate(mec_arena *arena, const prepare_config *config, bool dry_run,
                           bool reuse, packages *out, mec_err *err)
{
    mec_status st = MEC_OK;

    *out = (packages){.from_git = config->emodels_repo != NULL, .dry_run = dry_run};
    if (dry_run) {
        MEC_TRY(make_scratch(arena, &out->scratch, err));
    }
    out->tmp_dir = mec_path_absolute(arena, dry_run ? out->scratch : config->tmp_dir);
    if (out->tmp_dir == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (out->from_git) {
        out->input = mec_path_join(arena, out->tmp_dir, "emodels_repo");
        if (out->input == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        MEC_TRY(mec_make_directories(out->tmp_dir, err));
        if (!reuse || !mec_path_is_directory(out->input)) {
            MEC_TRY(clone_repository(arena, config, out->input, err));
        }
    } else {
        MEC_TRY(use_folder(config, err));
        out->input = mec_path_absolute(arena, config->emodels_dir);
        if (out->input == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    const char *final_path = mec_path_join(arena, out->input, config->final_json_path);
    out->opt_dir = final_path == NULL ? NULL : mec_path_dirname(arena, final_path);
    if (out->opt_dir == NULL) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

/* Lay out the branch of an e-model, as `git archive` gives it. */
static mec_status extract_branch(mec_arena *arena, packages *p, const char *folder,
                                 emodel_entry *entry, const char *file, mec_err *err)
{
    const char *to = mec_arena_printf(arena, "%s/branch-%d", p->scratch, entry->line);
    const char *tar = mec_arena_printf(arena, "%s.tar", to == NULL ? "" : to);
    const char *ref = mec_arena_printf(arena, "origin/%s", entry->branch);
    mec_status st = MEC_OK;

    if (to == NULL || tar == NULL || ref == NULL) {
        return mec_no_memory(err);
    }
    const char *const archive[] = {"git", "-C", folder, "archive", "--format=tar",
                                   "-o",  tar,  ref,    NULL};
    const char *const extract[] = {"tar", "-xf", tar, "-C", to, NULL};
    MEC_TRY(mec_make_directories(to, err));
    MEC_TRY(run_program(archive, err));
    MEC_TRY(run_program(extract, err));
    unlink(tar);
    entry->source = to;
done:
    if (st != MEC_OK) {
        mec_err_prefix(err, "%s: branch \"%s\" of e-model %s: ", file, entry->branch,
                       entry->original);
    }
    return st;
}

static mec_status plan_entry(mec_arena *arena, packages *p, const emodel_map *map,
                             emodel_entry *entry, mec_err *err)
{
    char *folder = mec_path_join(arena, p->opt_dir, entry->main_path);

    entry->target = mec_arena_printf(arena, "%s/emodels/%s", p->tmp_dir, entry->emodel);
    folder = folder == NULL ? NULL : mec_path_absolute(arena, folder);
    if (folder == NULL || entry->target == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_is_directory(folder)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no such folder, the package of e-model %s (correct "
                        "main_path in %s)",
                        folder, entry->original, map->final_file);
    }
    if (p->from_git) {
        if (entry->branch == NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: e-model %s has no \"branch\" (emodels_repo needs it)",
                            map->final_file, entry->original);
        }
        return extract_branch(arena, p, folder, entry, map->final_file, err);
    }
    entry->source = folder;
    size_t n = strlen(folder);
    if (strncmp(p->tmp_dir, folder, n) == 0 &&
        (p->tmp_dir[n] == '/' || p->tmp_dir[n] == '\0')) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: tmp_dir lies inside the package %s that is copied there "
                        "(choose another tmp_dir)",
                        p->tmp_dir, folder);
    }
    return MEC_OK;
}

mec_status packages_plan(mec_arena *arena, const prepare_config *config, packages *p,
                         emodel_map *map, mec_err *err)
{
    mec_status st = MEC_OK;

    if (p->from_git && p->scratch == NULL) {
        p->scratch =
            mec_arena_printf(arena, "%s/.branches-%ld", p->tmp_dir, (long)getpid());
        if (p->scratch == NULL) {
            return mec_no_memory(err);
        }
        MEC_TRY(mec_make_directories(p->scratch, err));
    }
    for (size_t i = 0; i < map->n; i++) {
        MEC_TRY(plan_entry(arena, p, map, &map->entry[i], err));
    }
    if (p->dry_run) {
        /* the rows of the database would name the real folder */
        const char *tmp = mec_path_absolute(arena, config->tmp_dir);

        for (size_t i = 0; i < map->n; i++) {
            map->entry[i].target = tmp == NULL
                                       ? NULL
                                       : mec_arena_printf(arena, "%s/emodels/%s", tmp,
                                                          map->entry[i].emodel);
            if (map->entry[i].target == NULL) {
                return mec_no_memory(err);
            }
        }
    }
done:
    return st;
}

/* Instead of a copy, for checks only: links to everything in a folder. */
static mec_status link_tree(mec_arena *arena, const char *from, const char *to,
                            const char *built, mec_err *err)
{
    mec_status st = mec_make_directories(to, err);
    DIR *dir = st == MEC_OK ? opendir(from) : NULL;

    if (st != MEC_OK) {
        return st;
    }
    if (dir == NULL) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be read: %s", from, strerror(errno));
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        char *a = mec_path_join(arena, from, e->d_name);
        char *b = mec_path_join(arena, to, e->d_name);

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, mec_path_basename(built)) == 0) {
            continue;
        }
        if (a == NULL || b == NULL) {
            st = mec_no_memory(err);
            break;
        }
        unlink(b);
        if (symlink(a, b) != 0) {
            st = mec_fail(err, MEC_E_IO, "%s: cannot be made: %s", b, strerror(errno));
            break;
        }
    }
    closedir(dir);
    return st;
}

static mec_status check_entries(const emodel_map *map, const char *name,
                                const char *folder, mec_err *err)
{
    for (size_t i = 0; i < map->n; i++) {
        const emodel_entry *entry = &map->entry[i];
        mec_status st = MEC_OK;

        if (strcmp(entry->emodel, name) != 0) {
            continue;
        }
        st = mec_emodel_check(folder, entry->emodel, entry->params, err);
        if (st == MEC_OK && strcmp(entry->emodel, entry->original) != 0) {
            /* exemplar rows run the package under this name too */
            st = mec_emodel_check(folder, entry->original, entry->params, err);
        }
        if (st != MEC_OK) {
            mec_err_prefix(err, "e-model %s: ", entry->original);
            return st;
        }
    }
    return MEC_OK;
}

/* Fill a staged folder from every source of an e-model name. */
static mec_status fill_staged(mec_arena *arena, const packages *p,
                              const emodel_map *map, size_t first, const char *staged,
                              const char *built, mec_err *err)
{
    const char *name = map->entry[first].emodel;
    const char *last = NULL;

    for (size_t i = first; i < map->n; i++) {
        const emodel_entry *entry = &map->entry[i];

        if (strcmp(entry->emodel, name) != 0 ||
            (last != NULL && strcmp(last, entry->source) == 0)) {
            continue;
        }
        if (last != NULL) {
            mec_log(MEC_LOG_WARNING,
                    "%s:%d: e-model %s has two packages: %s is laid over %s", map->file,
                    entry->line, name, entry->source, last);
        }
        last = entry->source;
        mec_status st = p->dry_run ? link_tree(arena, last, staged, built, err)
                                   : mec_copy_tree(last, staged, err);
        if (st != MEC_OK) {
            return st;
        }
    }
    return MEC_OK;
}

static mec_status swap_in(mec_arena *arena, const char *staged, const char *target,
                          mec_err *err)
{
    const char *old = mec_arena_printf(arena, "%s.old-%ld", staged, (long)getpid());

    if (old == NULL) {
        return mec_no_memory(err);
    }
    bool had_old = rename(target, old) == 0;
    if (rename(staged, target) != 0) {
        mec_status st = mec_fail(err, MEC_E_IO, "%s: cannot be renamed to %s: %s",
                                 staged, target, strerror(errno));

        if (had_old && rename(old, target) != 0) {
            mec_log(MEC_LOG_WARNING, "%s: cannot be put back as %s: %s", old, target,
                    strerror(errno));
        }
        return st;
    }
    if (had_old) {
        remove_quietly(old);
    }
    return MEC_OK;
}

/* Let a complaint about a staged file name the file it was copied from. */
static void name_source(mec_err *err, const char *staged, const char *source)
{
    char *found = err == NULL ? NULL : strstr(err->text, staged);

    if (found != NULL) {
        mec_err copy = *err;
        size_t before = (size_t)(found - err->text);

        (void)mec_fail(err, copy.code, "%.*s%s%s", (int)before, copy.text, source,
                       copy.text + before + strlen(staged));
    }
}

/* The folder whose .mod files are built: that of the input where there is one only, so
 * that complaints name it. */
static char *mod_folder(mec_arena *arena, const packages *p, const emodel_map *map,
                        size_t first, const char *staged)
{
    const emodel_entry *entry = &map->entry[first];

    for (size_t i = first + 1; i < map->n; i++) {
        if (strcmp(map->entry[i].emodel, entry->emodel) == 0 &&
            strcmp(map->entry[i].source, entry->source) != 0) {
            return mec_emodel_mod_directory(arena, staged);
        }
    }
    return mec_emodel_mod_directory(arena, p->from_git ? staged : entry->source);
}

/* Prepare the folder of the e-model name that entry `first` is the first to have. */
static mec_status prepare_folder(mec_arena *arena, const packages *p,
                                 const emodel_map *map, size_t first, mec_err *err)
{
    const emodel_entry *entry = &map->entry[first];
    const char *staged = mec_arena_printf(arena, "%s/emodels/.%s.new-%ld", p->tmp_dir,
                                          entry->emodel, (long)getpid());
    char *built = staged == NULL ? NULL : mec_emodel_built_directory(arena, staged);
    char *mods = staged == NULL ? NULL : mod_folder(arena, p, map, first, staged);
    mec_status st = MEC_OK;

    if (staged == NULL || built == NULL || mods == NULL) {
        return mec_no_memory(err);
    }
    say("Preparing: %s", entry->emodel);
    MEC_TRY(fill_staged(arena, p, map, first, staged, built, err));
    if (mec_path_is_directory(mods)) {
        say("Compiling mechanisms ...");
        MEC_TRY(mec_mechanisms_build(mods, built, err));
    }
    MEC_TRY(check_entries(map, entry->emodel, staged, err));
    if (!p->dry_run) {
        MEC_TRY(swap_in(arena, staged, entry->target, err));
    }
done:
    if (st != MEC_OK) {
        name_source(err, staged, entry->source);
        remove_quietly(staged);
    }
    return st;
}

/* A folder that is kept: its mechanisms may be those of another version of mecombo. */
static mec_status refresh_folder(mec_arena *arena, const emodel_map *map, size_t first,
                                 mec_err *err)
{
    const emodel_entry *entry = &map->entry[first];
    char *built = mec_emodel_built_directory(arena, entry->target);
    char *mods = mec_emodel_mod_directory(arena, entry->target);
    mec_status st = MEC_OK;

    if (built == NULL || mods == NULL) {
        return mec_no_memory(err);
    }
    if (mec_path_is_directory(mods)) {
        MEC_TRY(mec_mechanisms_build(mods, built, err));
    }
    MEC_TRY(check_entries(map, entry->emodel, entry->target, err));
done:
    return st;
}

static bool is_first_of_name(const emodel_map *map, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(map->entry[k].emodel, map->entry[i].emodel) == 0) {
            return false;
        }
    }
    return true;
}

mec_status packages_prepare(mec_arena *arena, const packages *p, const emodel_map *map,
                            bool reuse, mec_err *err)
{
    const char *folder = mec_path_join(arena, p->tmp_dir, "emodels");
    mec_status st = MEC_OK;

    if (folder == NULL) {
        return mec_no_memory(err);
    }
    say("Preparing emodels in %s", folder);
    say("Parallelising preparation of emodel dirs");
    MEC_TRY(mec_make_directories(folder, err));
    for (size_t i = 0; i < map->n; i++) {
        if (is_first_of_name(map, i)) {
            MEC_TRY(reuse && mec_path_is_directory(map->entry[i].target)
                        ? refresh_folder(arena, map, i, err)
                        : prepare_folder(arena, p, map, i, err));
        }
    }
done:
    return st;
}

void packages_clear(packages *p)
{
    remove_quietly(p->scratch);
    p->scratch = NULL;
}
