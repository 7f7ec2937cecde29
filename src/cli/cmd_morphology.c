/* mecombo morphology: import a file, print what it holds, write geometry and a drawing. */

#include "command.h"
#include "commands.h"

#include "morphology_drawing.h"
#include "morphology_summary.h"

#include <mecombo/path.h>

#include <stdio.h>
#include <string.h>

static struct {
    const char *replace_axon, *json, *svg;
    double nseg_length_um, ra_ohm_cm, cm_uf_cm2;
} opt = {.nseg_length_um = 40.0, .ra_ohm_cm = 100.0, .cm_uf_cm2 = 1.0};

static const mec_option options[] = {
    {"replace-axon", MEC_OPTION_STRING, &opt.replace_axon, "RULE",
     "none (default), bluepyopt (two cylinders of 30 um), taper (the SSCx packages':\n"
     "60 um with the axon's own diameters, then myelin) or taper_3 (BluePyEModel's\n"
     "form of it)"},
    {"nseg-length", MEC_OPTION_DOUBLE, &opt.nseg_length_um, "UM",
     "nseg = 1 + 2*int(L/UM) (default 40; 0: nseg = 1)"},
    {"ra", MEC_OPTION_DOUBLE, &opt.ra_ohm_cm, "OHM_CM",
     "axial resistivity behind the printed `ri` (default 100)"},
    {"cm", MEC_OPTION_DOUBLE, &opt.cm_uf_cm2, "UF_CM2",
     "membrane capacitance to print (default 1)"},
    {"json", MEC_OPTION_STRING, &opt.json, "OUT",
     "write the geometry of every section"},
    {"svg", MEC_OPTION_STRING, &opt.svg, "OUT", "write a drawing"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status choose_rule(mec_axon_rule *rule, mec_err *err)
{
    static const struct {
        const char *name;
        mec_axon_rule rule;
    } rules[] = {{"none", MEC_AXON_KEEP},
                 {"bluepyopt", MEC_AXON_BLUEPYOPT},
                 {"taper", MEC_AXON_TAPER},
                 {"taper_3", MEC_AXON_TAPER_3}};
    const char *name = opt.replace_axon == NULL ? "none" : opt.replace_axon;

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(name, rules[i].name) == 0) {
            *rule = rules[i].rule;
            return MEC_OK;
        }
    }
    return mec_fail(
        err, MEC_E_USAGE,
        "morphology: --replace-axon %s is unknown (use none, bluepyopt, taper "
        "or taper_3)",
        name);
}

static mec_status check_numbers(mec_err *err)
{
    if (!(opt.nseg_length_um >= 0.0) || !(opt.ra_ohm_cm > 0.0) ||
        !(opt.cm_uf_cm2 >= 0.0)) {
        return mec_fail(
            err, MEC_E_USAGE,
            "morphology: --nseg-length and --cm must not be negative, --ra must "
            "be positive");
    }
    return MEC_OK;
}

/* Fill an array with one value for every section. */
static double *same_everywhere(mec_arena *arena, int32_t n, double value)
{
    double *array = mec_arena_calloc(arena, (size_t)n, sizeof *array);

    for (int32_t i = 0; array != NULL && i < n; i++) {
        array[i] = value;
    }
    return array;
}

static mec_status write_results(const mec_morphology *m, mec_arena *arena, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_geometry *geometry = NULL;
    mec_text summary = MEC_TEXT_INIT;
    mec_text json = MEC_TEXT_INIT;
    const double *ra = same_everywhere(arena, m->n_section, opt.ra_ohm_cm);
    const double *cm = same_everywhere(arena, m->n_section, opt.cm_uf_cm2);

    if (ra == NULL || cm == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
        goto done;
    }
    MEC_TRY(mec_geometry_new(m, ra, arena, &geometry, err));
    morphology_summary(m, geometry, &summary);
    if (opt.json != NULL) {
        mec_geometry_print_json(m, geometry, ra, cm, &json);
    }
    if (!mec_text_ok(&summary) || !mec_text_ok(&json)) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
        goto done;
    }
    if (opt.json != NULL) {
        MEC_TRY(mec_write_file(opt.json, mec_text_string(&json), json.length, err));
    }
    if (opt.svg != NULL) {
        MEC_TRY(morphology_draw_svg(m, opt.svg, err));
    }
    fputs(mec_text_string(&summary), stdout);
done:
    mec_text_clear(&summary);
    mec_text_clear(&json);
    return st;
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_morphology *m = NULL;
    mec_axon_rule rule = MEC_AXON_KEEP;

    (void)argc;
    if (arena == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(choose_rule(&rule, err));
    MEC_TRY(check_numbers(err));
    MEC_TRY(mec_morphology_read(argv[0], &m, err));
    if (opt.nseg_length_um > 0.0) {
        mec_morphology_set_nseg(m, opt.nseg_length_um);
    }
    MEC_TRY(mec_morphology_replace_axon(m, rule, err));
    MEC_TRY(write_results(m, arena, err));
done:
    mec_morphology_free(m);
    mec_arena_free(arena);
    return st;
}

const mec_command mec_cmd_morphology = {
    .name = "morphology",
    .arguments = "FILE",
    .summary = "import a morphology, summarise it, write its geometry and a drawing",
    .description =
        "Reads a .asc, .swc or .h5 file as NEURON's Import3d does, sets nseg, "
        "replaces\n"
        "the axon if asked, and prints sections, segments, lengths, areas and "
        "diameters\n"
        "per type, extents, the longest path and what is odd about the file.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
