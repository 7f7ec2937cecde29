/* What the morphology targets share: a morphology that was read must hold together. */
#ifndef TESTS_FUZZ_MORPHOLOGY_H
#define TESTS_FUZZ_MORPHOLOGY_H

#include <mecombo/morphology.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void fuzz_require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static inline void fuzz_check_sections(const mec_morphology *m)
{
    fuzz_require(m->n_section > 0);
    for (int32_t i = 0; i < m->n_section; i++) {
        const mec_section *section = &m->section[i];

        fuzz_require(section->name != NULL && section->nseg >= 1);
        fuzz_require(section->parent >= -1 && section->parent < m->n_section);
        fuzz_require(section->parent_x >= 0 && section->parent_x <= 1);
        fuzz_require(section->length_um > 0 && isfinite(section->length_um));
        fuzz_require(section->n_point != 1);
        for (int32_t k = 1; k < section->n_point; k++) {
            fuzz_require(section->arc[k] >= section->arc[k - 1]);
        }
    }
}

static inline void fuzz_check_geometry(const mec_morphology *m)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_geometry *g = NULL;
    double *ra = mec_arena_calloc(arena, (size_t)m->n_section, sizeof *ra);

    for (int32_t i = 0; i < m->n_section; i++) {
        ra[i] = 100;
    }
    fuzz_require(mec_geometry_new(m, ra, arena, &g, &err) == MEC_OK);
    for (int32_t i = 0; i < g->n_node; i++) {
        fuzz_require(g->parent[i] < i && g->distance_um[i] >= 0);
        fuzz_require(i < g->n_root ? g->parent[i] == -1 : g->parent[i] >= 0);
    }
    mec_arena_free(arena);
}

/* Check it, cut it into segments, and once more with another axon. */
static inline void fuzz_check_morphology(mec_morphology *m)
{
    double total = 0;
    mec_err err = MEC_ERR_INIT;

    fuzz_check_sections(m);
    fuzz_check_geometry(m);
    for (int32_t i = 0; i < m->n_section; i++) {
        total += m->section[i].length_um;
    }
    if (total < 1e5) {
        mec_morphology_set_nseg(m, 40);
        fuzz_check_geometry(m);
    }
    if (mec_morphology_replace_axon(m, (mec_axon_rule)(m->n_section % 4), &err) ==
        MEC_OK) {
        fuzz_check_sections(m);
        fuzz_check_geometry(m);
    }
}

/* No bytes crash the reader, and what it reads holds together.
 *
 * name  its ending chooses the format
 */
static inline int fuzz_read_morphology(const char *name, const uint8_t *data,
                                       size_t size)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;
    char *text = malloc(size + 1);

    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    if (mec_morphology_parse(name, text, size, &m, &err) == MEC_OK) {
        fuzz_check_morphology(m);
    } else {
        fuzz_require(err.text[0] != '\0');
    }
    mec_morphology_free(m);
    free(text);
    return 0;
}

#endif
