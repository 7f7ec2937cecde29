/* Ions: styles, reversal potentials, concentrations (NEURON's eion.c; SOLVER.md 2.4). */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

static const double FARADAY = 96485.33212331001;     /* C/mol, CODATA 2018 */
static const double GAS_CONSTANT = 8.31446261815324; /* J/(mol K) */

typedef struct ion_default {
    const char *name;
    double valence, e, ci, co;
} ion_default;

/* eca is 12.5*ln(cao/cai), NEURON's DEF_eca. */
static ion_default default_of(const char *name)
{
    static const ion_default known[] = {{"na", 1.0, 50.0, 10.0, 140.0},
                                        {"k", 1.0, -77.0, 54.4, 2.5},
                                        {"ca", 2.0, 132.4579341637009, 5e-5, 2.0}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i];
        }
    }
    return (ion_default){name, 0.0, 0.0, 1.0, 1.0};
}

/* RT/F, mV. */
static double thermal_voltage(double celsius)
{
    return 1000.0 * GAS_CONSTANT * (celsius + 273.15) / FARADAY;
}

static double nernst(double celsius, double ci, double co, double z)
{
    if (z == 0.0) {
        return 0.0;
    }
    if (ci <= 0.0) {
        return 1e6;
    }
    if (co <= 0.0) {
        return -1e6;
    }
    return thermal_voltage(celsius) / z * log(co / ci);
}

double cell_nernst_factor(const mec_cell *cell, int32_t ion)
{
    return thermal_voltage(cell->celsius) / cell->ion[ion].valence;
}

static cell_ion *find_ion(mec_cell *cell, const char *name)
{
    for (int32_t i = 0; i < cell->n_ion; i++) {
        if (strcmp(cell->ion[i].name, name) == 0) {
            return &cell->ion[i];
        }
    }
    return NULL;
}

static mec_status add_ion(mec_cell *cell, const mec_mechanism_desc *desc,
                          const mec_ion_use *use, mec_err *err)
{
    cell_ion *ion = find_ion(cell, use->ion);

    if (ion == NULL) {
        ion_default start = default_of(use->ion);

        ion = &cell->ion[cell->n_ion++];
        ion->name = use->ion;
        ion->valence = start.valence;
        ion->ci0 = start.ci;
        ion->co0 = start.co;
        ion->style = mec_arena_calloc(cell->arena, (size_t)cell->n_section, 1);
        ion->present =
            mec_arena_calloc(cell->arena, (size_t)cell->n_section, sizeof(bool));
        if (ion->style == NULL || ion->present == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "out of memory for ion %s", use->ion);
        }
    }
    if (use->valence != 0.0) {
        if (ion->valence != 0.0 && ion->valence != use->valence) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: ion %s has valence %g here and %g elsewhere (make the "
                            "VALENCE of all USEION statements agree)",
                            desc->file, use->ion, use->valence, ion->valence);
        }
        ion->valence = use->valence;
    }
    return MEC_OK;
}

mec_status cell_make_ions(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;
    size_t n = 0;

    for (int32_t i = 0; i < cell->n_registered; i++) {
        n += (size_t)mec_catalogue_get(cell->catalogue, i)->n_ion;
    }
    cell->ion = mec_arena_calloc(cell->arena, n + 1, sizeof *cell->ion);
    if (cell->ion == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for ions");
    }
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        for (int32_t u = 0; u < desc->n_ion; u++) {
            MEC_TRY(add_ion(cell, desc, &desc->ions[u], err));
        }
    }
done:
    return st;
}

/* NEURON's nrn_promote: what a use asks for raises what the segment has. */
static uint8_t promoted(uint8_t style, unsigned conc, unsigned rev)
{
    unsigned old_conc = style & CELL_ION_CONC;
    unsigned old_rev = (style & (unsigned)CELL_ION_REV) >> 3;
    unsigned result;

    conc = conc > old_conc ? conc : old_conc;
    rev = rev > old_rev ? rev : old_rev;
    if (conc > 0 && rev < 2) {
        rev = 2;
    }
    result = conc | rev << 3;
    if (conc == 3) {
        result |= CELL_ION_CINIT;
        if (rev == 2) {
            result |= CELL_ION_EADVANCE;
        }
    }
    if (conc > 0 && rev == 2) {
        result |= CELL_ION_EINIT;
    }
    return (uint8_t)result;
}

static uint8_t style_after_use(uint8_t style, const mec_ion_use *use)
{
    const int32_t concentrations = 1 << MEC_ION_CI | 1 << MEC_ION_CO;
    const int32_t reversal = 1 << MEC_ION_E;
    unsigned conc = 0, rev = 0;

    if (use->reads & concentrations) {
        conc = 1;
    }
    if (use->writes & concentrations) {
        conc = 3;
    }
    if (use->reads & reversal) {
        rev = 1;
    }
    if (use->writes & reversal) {
        rev = 3;
    }
    return promoted(style, conc, rev);
}

mec_status cell_promote_ions(mec_cell *cell, mec_err *err)
{
    (void)err;
    for (int32_t i = 0; i < cell->n_ion; i++) {
        memset(cell->ion[i].style, 0, (size_t)cell->n_section);
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        for (int32_t u = 0; u < mech->desc->n_ion; u++) {
            cell_ion *ion = &cell->ion[mech->ion[u]];

            for (int32_t s = 0; s < cell->n_section; s++) {
                if (mech->present[s]) {
                    ion->present[s] = true;
                    ion->style[s] =
                        style_after_use(ion->style[s], &mech->desc->ions[u]);
                }
            }
        }
    }
    for (size_t p = 0; p < cell->point.n; p++) {
        const cell_point *point = &cell->point.data[p];

        for (int32_t u = 0; u < point->mech->desc->n_ion; u++) {
            cell->ion[point->mech->ion[u]].present[point->section] = true;
        }
    }
    return MEC_OK;
}

/* Style on a segment with point processes, which raise it there only. */
static unsigned style_with_points(const mec_cell *cell, const cell_ion *ion,
                                  int32_t slot)
{
    uint8_t style = 0;

    for (size_t p = 0; p < cell->point.n; p++) {
        const cell_point *point = &cell->point.data[p];

        if (point->slot - cell->work.pad_zero != slot) {
            continue;
        }
        style |= ion->style[point->section];
        for (int32_t u = 0; u < point->mech->desc->n_ion; u++) {
            if (&cell->ion[point->mech->ion[u]] == ion) {
                style = style_after_use(style, &point->mech->desc->ions[u]);
            }
        }
    }
    return style;
}

/* The stretches of segment slots whose section has a style bit. */
static mec_status list_style(mec_cell *cell, const cell_ion *ion, unsigned bit,
                             bool wanted[], int32_t *n, cell_stretch **list,
                             mec_err *err)
{
    for (int32_t s = 0; s < cell->n_section; s++) {
        for (int32_t k = cell->first_segment[s]; k < cell->first_segment[s + 1]; k++) {
            wanted[cell->slot_of_segment[k]] = (ion->style[s] & bit) != 0;
        }
    }
    for (size_t p = 0; p < cell->point.n; p++) {
        int32_t slot = cell->point.data[p].slot - cell->work.pad_zero;

        if (slot >= 0 && (style_with_points(cell, ion, slot) & bit) != 0) {
            wanted[slot] = true;
        }
    }
    cell_mark_pads(cell, wanted);
    return cell_find_stretches(cell->arena, cell->n_slot, wanted, n, list, err);
}

mec_status cell_finish_ions(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;
    size_t n = (size_t)cell->n_slot;
    bool *wanted = mec_arena_calloc(cell->arena, n, sizeof(bool));

    if (wanted == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for ions");
    }
    for (int32_t i = 0; i < cell->n_ion; i++) {
        cell_ion *ion = &cell->ion[i];

        for (int v = 0; v < MEC_N_ION_VARIABLE; v++) {
            ion->value[v] = mec_arena_calloc(cell->arena, n, sizeof(double));
            if (ion->value[v] == NULL) {
                return mec_fail(err, MEC_E_NOMEM, "out of memory for ions");
            }
        }
        MEC_TRY(list_style(cell, ion, CELL_ION_CINIT, wanted, &ion->n_cinit,
                           &ion->cinit, err));
        MEC_TRY(list_style(cell, ion, CELL_ION_EINIT, wanted, &ion->n_einit,
                           &ion->einit, err));
        MEC_TRY(list_style(cell, ion, CELL_ION_EADVANCE, wanted, &ion->n_eadvance,
                           &ion->eadvance, err));
    }
done:
    return st;
}

static void nernst_on(const mec_cell *cell, cell_ion *ion, int32_t n_stretch,
                      const cell_stretch stretch[])
{
    double *e = ion->value[MEC_ION_E];
    const double *ci = ion->value[MEC_ION_CI];
    const double *co = ion->value[MEC_ION_CO];
    double factor = thermal_voltage(cell->celsius) / ion->valence;

    for (int32_t s = 0; s < n_stretch; s++) {
        int32_t k = stretch[s].first, n = stretch[s].n;

        if (ion->valence != 0.0 &&
            cell->hot->nernst(n, factor, ci + k, co + k, e + k)) {
            continue;
        }
        for (; k < stretch[s].first + n; k++) {
            e[k] = nernst(cell->celsius, ci[k], co[k], ion->valence);
        }
    }
}

void cell_begin_ions(mec_cell *cell)
{
    size_t bytes = (size_t)cell->n_slot * sizeof(double);

    for (int32_t i = 0; i < cell->n_ion; i++) {
        cell_ion *ion = &cell->ion[i];

        memset(ion->value[MEC_ION_I], 0, bytes);
        if (cell->env.want_didv) {
            memset(ion->value[MEC_ION_DIDV], 0, bytes);
        }
        nernst_on(cell, ion, ion->n_eadvance, ion->eadvance);
    }
}

double cell_ion_start(const char *ion, int variable)
{
    ion_default start = default_of(ion);
    const double value[MEC_N_ION_VARIABLE] = {start.e, start.ci, start.co, 0.0, 0.0};

    return value[variable];
}

static void fill_ion(mec_cell *cell, cell_ion *ion)
{
    for (int v = 0; v < MEC_N_ION_VARIABLE; v++) {
        for (int32_t k = 0; k < cell->n_slot; k++) {
            ion->value[v][k] = ion->preset[v] != NULL
                                   ? ion->preset[v][cell->segment_of_slot[k]]
                                   : cell_ion_start(ion->name, v);
        }
    }
}

void cell_reset_ions(mec_cell *cell)
{
    for (int32_t i = 0; i < cell->n_ion; i++) {
        fill_ion(cell, &cell->ion[i]);
    }
}

void cell_init_ions(mec_cell *cell)
{
    for (int32_t i = 0; i < cell->n_ion; i++) {
        cell_ion *ion = &cell->ion[i];

        for (int32_t s = 0; s < ion->n_cinit; s++) {
            const cell_stretch *at = &ion->cinit[s];

            for (int32_t k = at->first; k < at->first + at->n; k++) {
                ion->value[MEC_ION_CI][k] = ion->ci0;
                ion->value[MEC_ION_CO][k] = ion->co0;
            }
        }
        nernst_on(cell, ion, ion->n_einit, ion->einit);
    }
}

void cell_refresh_reversal(mec_cell *cell, const cell_mech *mech)
{
    for (int32_t u = 0; u < mech->desc->n_ion; u++) {
        if (mech->desc->ions[u].writes & (1 << MEC_ION_CI | 1 << MEC_ION_CO)) {
            cell_ion *ion = &cell->ion[mech->ion[u]];

            nernst_on(cell, ion, ion->n_einit, ion->einit);
        }
    }
}

void cell_spread_concentrations(mec_cell *cell)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        for (int32_t k = 0; k < mech->n_synonym; k++) {
            const cell_synonym *syn = &mech->synonym[k];
            double *to = cell->ion[syn->ion].value[syn->variable];
            const double *from = mech->column[syn->column];

            for (int32_t r = 0; r < mech->n_run; r++) {
                memcpy(to + mech->stretch[r].first, from + mech->first_instance[r],
                       (size_t)mech->stretch[r].n * sizeof(double));
            }
        }
    }
}

bool cell_is_ion_variable(const cell_ion *ion, const char *name, int *variable)
{
    size_t n = strlen(ion->name);

    if (name[0] == 'e' && strcmp(name + 1, ion->name) == 0) {
        *variable = MEC_ION_E;
    } else if (name[0] == 'i' && strcmp(name + 1, ion->name) == 0) {
        *variable = MEC_ION_I;
    } else if (strncmp(name, ion->name, n) == 0 && strcmp(name + n, "i") == 0) {
        *variable = MEC_ION_CI;
    } else if (strncmp(name, ion->name, n) == 0 && strcmp(name + n, "o") == 0) {
        *variable = MEC_ION_CO;
    } else {
        return false;
    }
    return true;
}
