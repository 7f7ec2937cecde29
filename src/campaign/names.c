/* Names of me-combinations (BLUEPYMM.md A.8.3 and 4, without S11 of A.10).
 *
 * A name that BluePyMM leaves as it is or makes valid is made the same here. What it leaves
 * invalid (":", ".", a leading "_", letters outside ASCII) becomes valid, and what collides
 * gets a piece of its hash.
 */

#include "gate_priv.h"

#include <mecombo/log.h>

#include <inttypes.h>
#include <string.h>

enum { MAX_LENGTH = 50, KEPT_LENGTH = 40, HASH_LENGTH = 9 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_compliant(const char *name)
{
    size_t n = strlen(name);

    if (!is_letter(name[0]) || n > MAX_LENGTH) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_letter(name[i]) && !is_digit(name[i]) && name[i] != '_') {
            return false;
        }
    }
    return true;
}

/* Cut a name and end it with a piece of its hash. */
static char *shorten(mec_arena *arena, const char *name)
{
    char hash[41];

    sha1_hex(name, strlen(name), hash);
    return mec_arena_printf(arena, "%.*s_%.*s", KEPT_LENGTH, name, HASH_LENGTH, hash);
}

/* A valid template name for any name. */
static char *make_compliant(mec_arena *arena, const char *name)
{
    if (is_compliant(name)) {
        return mec_arena_strdup(arena, name);
    }
    const char *p = name;
    while (is_digit(*p)) {
        p++;
    }
    char *made = mec_arena_printf(arena, "%s%s", is_letter(*p) ? "" : "c", p);
    for (char *c = made; c != NULL && *c != '\0'; c++) {
        if (!is_letter(*c) && !is_digit(*c)) {
            *c = '_';
        }
    }
    return made == NULL || strlen(made) <= MAX_LENGTH ? made : shorten(arena, made);
}

/* Another name for one whose compliant form is taken; the n-th try. */
static char *make_unique(mec_arena *arena, const mec_selection_row *row,
                         const char *compliant, int n)
{
    char hash[41];
    char *seed = mec_arena_printf(arena, "%s %s %" PRId64 " %d", row->plain_name,
                                  row->etype, row->uid, n);

    if (seed == NULL) {
        return NULL;
    }
    sha1_hex(seed, strlen(seed), hash);
    return mec_arena_printf(arena, "%.*s_%.*s", KEPT_LENGTH, compliant, HASH_LENGTH,
                            hash);
}

static mec_status name_compliantly(mec_arena *arena, mec_selection_row *row,
                                   mec_map *taken, mec_err *err)
{
    char *compliant = make_compliant(arena, row->plain_name);
    char *name = compliant;

    for (int n = 0; name != NULL && mec_map_has(taken, name); n++) {
        name = make_unique(arena, row, compliant, n);
    }
    row->combo_name = name;
    return name != NULL && mec_map_set(taken, name, row) ? MEC_OK : mec_no_memory(err);
}

mec_status name_combos(mec_arena *arena, bool compliant, size_t n,
                       mec_selection_row row[], mec_err *err)
{
    mec_map *taken = mec_map_new();
    const char *example = NULL;
    size_t n_double = 0;
    mec_status st = taken == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < n; i++) {
        if (!row[i].selected) {
            continue;
        }
        row[i].plain_name = row[i].combo_name = mec_arena_printf(
            arena, "%s_%s_%s_%s", row[i].emodel, row[i].fullmtype,
            row[i].layer[0] == '\0' ? "None" : row[i].layer, row[i].morph_name);
        if (row[i].plain_name == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        if (compliant) {
            MEC_TRY(name_compliantly(arena, &row[i], taken, err));
        } else if (mec_map_has(taken, row[i].combo_name)) {
            example = n_double++ == 0 ? row[i].combo_name : example;
        } else if (!mec_map_set(taken, row[i].combo_name, &row[i])) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    if (n_double > 0) {
        mec_log(
            MEC_LOG_WARNING,
            "%zu combo_names occur more than once, \"%s\" the first of them: they do "
            "not hold the e-type (make_names_neuron_compliant makes them unique)",
            n_double, example);
    }
done:
    mec_map_free(taken);
    return st;
}
