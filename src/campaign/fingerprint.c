/* What a database was prepared from, as one digest: rows, parameters, packages. Two
 * prepares with equal fingerprints would make the same database, whose results are
 * therefore good for both. */

#include "combos_priv.h"
#include "fingerprint_priv.h"

#include <mecombo/digest.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_text(mec_sha256 *sha, const char *text)
{
    mec_sha256_add_string(sha, text == NULL ? "\x01" : text);
    mec_sha256_add_string(sha, "\x1f");
}

static void add_rows(mec_sha256 *sha, const combo_table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        const combo *r = &table->row[i];
        const char *const field[] = {r->layer,
                                     r->fullmtype,
                                     r->mtype,
                                     r->msubtype,
                                     r->submtype,
                                     r->etype,
                                     r->morph_name,
                                     r->morph_ext,
                                     r->morph_dir,
                                     r->emodel,
                                     r->original_emodel,
                                     r->opt_scores,
                                     r->is_exemplar ? "1" : "0",
                                     r->is_repaired ? "1" : "0",
                                     r->is_original ? "1" : "0"};

        for (size_t k = 0; k < sizeof field / sizeof *field; k++) {
            add_text(sha, field[k]);
        }
    }
}

/* Names and contents of all files below a folder, links followed. */
static mec_status add_folder(mec_sha256 *sha, mec_arena *arena, const char *folder,
                             mec_err *err)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, NULL, alphasort);
    mec_status st = MEC_OK;

    if (n < 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be read: %s", folder,
                        strerror(errno));
    }
    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name;
        const char *path = mec_path_join(arena, folder, name);

        if (st == MEC_OK && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
            strcmp(name, ".git") != 0) {
            add_text(sha, name);
            st = path == NULL                  ? mec_no_memory(err)
                 : mec_path_is_directory(path) ? add_folder(sha, arena, path, err)
                                               : mec_sha256_add_file(sha, path, err);
        }
        free(entry[i]);
    }
    free(entry);
    return st;
}

mec_status fingerprint_make(mec_arena *arena, const emodel_map *map,
                            const combo_table *table, char out[65], mec_err *err)
{
    mec_text final = MEC_TEXT_INIT;
    const char *last = NULL;
    mec_sha256 sha;
    mec_status st = MEC_OK;

    mec_sha256_init(&sha);
    mec_json_print(map->final_root, &final);
    if (!mec_text_ok(&final)) {
        st = mec_no_memory(err);
        goto done;
    }
    add_text(&sha, mec_text_string(&final));
    add_rows(&sha, table);
    for (size_t i = 0; i < map->n; i++) {
        const emodel_entry *entry = &map->entry[i];

        add_text(&sha, entry->emodel);
        if (last == NULL || strcmp(last, entry->source) != 0) {
            MEC_TRY(add_folder(&sha, arena, entry->source, err));
        }
        last = entry->source;
    }
    mec_sha256_hex(&sha, out);
done:
    mec_text_clear(&final);
    return st;
}
