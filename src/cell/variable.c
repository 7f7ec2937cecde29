/* From NEURON's names ("v", "cm", "gnabar_hh", "ena") to places. */

#include "cell_priv.h"

#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <stdlib.h>
#include <string.h>

typedef struct simple_name {
    const char *name;
    cell_place_kind kind;
} simple_name;

static const simple_name SIMPLE[] = {{"v", CELL_V},
                                     {"cm", CELL_CM},
                                     {"Ra", CELL_RA},
                                     {"diam", CELL_DIAM},
                                     {"area", CELL_AREA}};

enum { N_SIMPLE = sizeof SIMPLE / sizeof *SIMPLE };

size_t cell_split_index(const char *name, int64_t *index)
{
    size_t n = strlen(name);
    const char *open = strchr(name, '[');
    char digits[24];

    *index = 0;
    if (open == NULL || name[n - 1] != ']') {
        return n;
    }
    size_t n_digit = n - (size_t)(open - name) - 2;
    if (n_digit == 0 || n_digit >= sizeof digits) {
        return n;
    }
    memcpy(digits, open + 1, n_digit);
    digits[n_digit] = '\0';
    return mec_parse_int64(digits, index) ? (size_t)(open - name) : n;
}

/* Is name[0..n) the same as `column` + "_" + `suffix`? */
static bool is_compound(const char *name, size_t n, const char *column,
                        const char *suffix)
{
    size_t n_column = strlen(column), n_suffix = strlen(suffix);

    return n == n_column + 1 + n_suffix && memcmp(name, column, n_column) == 0 &&
           name[n_column] == '_' && memcmp(name + n_column + 1, suffix, n_suffix) == 0;
}

static bool find_column(const cell_mech *mech, const char *name, int32_t *column)
{
    const mec_mechanism_desc *desc = mech->desc;
    int64_t index = 0;
    size_t n = cell_split_index(name, &index);

    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        if (var->visible && is_compound(name, n, var->name, desc->name) && index >= 0 &&
            index < var->length) {
            *column = var->column + (int32_t)index;
            return true;
        }
    }
    return false;
}

/* All names of the section's variables, for "did you mean". */
static mec_status no_such_variable(const mec_cell *cell, int32_t section,
                                   const char *name, mec_err *err)
{
    MEC_VEC(const char *) names = MEC_VEC_INIT;
    mec_arena *arena = mec_arena_new();
    const char *near = NULL;
    bool ok = arena != NULL;

    for (size_t i = 0; ok && i < N_SIMPLE; i++) {
        ok = MEC_VEC_PUSH(&names, SIMPLE[i].name);
    }
    for (int32_t m = 0; ok && m < cell->n_mech; m++) {
        const mec_mechanism_desc *desc = cell->mech[m]->desc;

        for (int32_t c = 0; ok && c < desc->n_variable; c++) {
            const char *full =
                mec_arena_printf(arena, "%s_%s", desc->columns[c].name, desc->name);
            ok = full != NULL &&
                 (!desc->columns[c].visible || MEC_VEC_PUSH(&names, full));
        }
    }
    if (ok) {
        near = mec_nearest_name(name, names.n, names.data);
    }
    const char *where =
        section >= 0 ? cell->morphology->section[section].name : "the cell";
    mec_fail(err, MEC_E_INPUT,
             near != NULL ? "%s has no variable \"%s\" (did you mean \"%s\"?)"
                          : "%s has no variable \"%s\" (insert its "
                            "mechanism first)%s",
             where, name, near != NULL ? near : "");
    MEC_VEC_CLEAR(&names);
    mec_arena_free(arena);
    return MEC_E_INPUT;
}

mec_status cell_find_variable(const mec_cell *cell, int32_t section, const char *name,
                              cell_place *place, mec_err *err)
{
    memset(place, 0, sizeof *place);
    for (size_t i = 0; i < N_SIMPLE; i++) {
        if (strcmp(name, SIMPLE[i].name) == 0) {
            place->kind = SIMPLE[i].kind;
            return MEC_OK;
        }
    }
    for (int32_t i = 0; i < cell->n_ion; i++) {
        int variable = 0;

        if (cell_is_ion_variable(&cell->ion[i], name, &variable) &&
            (section < 0 || cell->ion[i].present[section])) {
            *place = (cell_place){CELL_ION, NULL, variable, i};
            return MEC_OK;
        }
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if ((section < 0 || cell->mech[m]->present[section]) &&
            find_column(cell->mech[m], name, &place->column)) {
            place->kind = CELL_COLUMN;
            place->mech = cell->mech[m];
            return MEC_OK;
        }
    }
    return no_such_variable(cell, section, name, err);
}

double *cell_variable_address(mec_cell *cell, const cell_place *place,
                              int32_t node_slot)
{
    int32_t segment = node_slot - cell->work.pad_zero;

    if (place->kind == CELL_V) {
        return &cell->work.node_v[node_slot];
    }
    if (place->kind == CELL_AREA) {
        return &cell->tree.area[node_slot];
    }
    if (segment < 0) {
        return NULL;
    }
    switch (place->kind) {
    case CELL_CM:
        return &cell->tree.cm[segment];
    case CELL_DIAM:
        return &cell->tree.diam[segment];
    case CELL_ION:
        return &cell->ion[place->ion].value[place->column][segment];
    case CELL_COLUMN:
        if (place->mech->instance_of[segment] >= 0) {
            return &place->mech
                        ->column[place->column][place->mech->instance_of[segment]];
        }
        return NULL;
    default:
        return NULL;
    }
}
