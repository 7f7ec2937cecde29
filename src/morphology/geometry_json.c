/* The geometry of a cell as JSON, in the form of DESIGN.md 5. */

#include "morphology_priv.h"

#include <mecombo/path.h>
#include <mecombo/text.h>

static void add_string(mec_text *out, const char *string)
{
    mec_text_add_char(out, '"');
    for (const char *p = string; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            mec_text_add_char(out, '\\');
            mec_text_add_char(out, *p);
        } else if ((unsigned char)*p < ' ') {
            mec_text_printf(out, "\\u%04x", (unsigned)*p);
        } else {
            mec_text_add_char(out, *p);
        }
    }
    mec_text_add_char(out, '"');
}

static void add_key(mec_text *out, const char *key)
{
    mec_text_printf(out, ", \"%s\": ", key);
}

static void add_numbers(mec_text *out, const char *key, int32_t n, const double value[])
{
    add_key(out, key);
    for (int32_t i = 0; i < n; i++) {
        mec_text_add_char(out, i == 0 ? '[' : ',');
        mec_text_add_double(out, value[i]);
    }
    mec_text_add_char(out, ']');
}

static void add_section(const mec_morphology *m, const mec_geometry *g, int32_t s,
                        double ra_ohm_cm, double cm_uf_cm2, mec_text *out)
{
    const mec_section *section = &m->section[s];
    int32_t node = g->first_node[s];

    mec_text_add(out, "{\"name\": ");
    add_string(out, section->name);
    add_key(out, "parent");
    if (section->parent < 0) {
        mec_text_add(out, "null");
    } else {
        mec_text_add_char(out, '[');
        add_string(out, m->section[section->parent].name);
        mec_text_add(out, ", ");
        mec_text_add_double(out, section->parent_x);
        mec_text_add(out, ", 0.0]");
    }
    add_key(out, "L");
    mec_text_add_double(out, section->length_um);
    mec_text_printf(out, ", \"nseg\": %d", (int)section->nseg);
    add_key(out, "Ra");
    mec_text_add_double(out, ra_ohm_cm);
    add_key(out, "cm");
    mec_text_add_double(out, cm_uf_cm2);
    mec_text_printf(out, ", \"n3d\": %d", (int)section->n_point);
    add_numbers(out, "area", section->nseg, &g->area_um2[node]);
    add_numbers(out, "diam", section->nseg, &g->diam_um[node]);
    add_key(out, "ri");
    for (int32_t k = 0; k < section->nseg; k++) {
        mec_text_add_char(out, k == 0 ? '[' : ',');
        mec_text_add_double(out, 1. / g->rinv[node + k]);
    }
    mec_text_add_char(out, ']');
    add_numbers(out, "distance", section->nseg, &g->distance_um[node]);
    mec_text_add_char(out, '}');
}

static void add_list(const mec_morphology *m, const char *name, unsigned list,
                     mec_text *out)
{
    const char *separator = "";

    mec_text_printf(out, "\"%s\": [", name);
    for (int32_t i = 0; i < m->n_section; i++) {
        if ((mec_section_lists(&m->section[i]) & list) != 0) {
            mec_text_add(out, separator);
            add_string(out, m->section[i].name);
            separator = ", ";
        }
    }
    mec_text_add_char(out, ']');
}

void mec_geometry_print_json(const mec_morphology *morphology,
                             const mec_geometry *geometry, const double ra_ohm_cm[],
                             const double cm_uf_cm2[], mec_text *out)
{
    static const struct {
        const char *name;
        unsigned list;
    } lists[] = {{"somatic", MEC_LIST_SOMATIC},
                 {"basal", MEC_LIST_BASAL},
                 {"apical", MEC_LIST_APICAL},
                 {"axonal", MEC_LIST_AXONAL},
                 {"myelinated", MEC_LIST_MYELINATED}};
    int64_t n_segment = 0;

    mec_text_add(out, "{\"morphology\": ");
    add_string(out, mec_path_basename(morphology->file));
    mec_text_add(out, ",\n\"sections\": [\n");
    for (int32_t i = 0; i < morphology->n_section; i++) {
        add_section(morphology, geometry, i, ra_ohm_cm[i], cm_uf_cm2[i], out);
        mec_text_add(out, i + 1 < morphology->n_section ? ",\n" : "\n");
        n_segment += morphology->section[i].nseg;
    }
    mec_text_add(out, "],\n\"lists\": {");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        mec_text_add(out, i > 0 ? ", " : "");
        add_list(morphology, lists[i].name, lists[i].list, out);
    }
    mec_text_printf(out, "},\n\"nseg_total\": %lld}\n", (long long)n_segment);
}
