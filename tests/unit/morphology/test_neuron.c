/* Files of data/ against what NEURON 8.2.7 made of them (tests/peers/
 * morphology_reference.py), and the campaign's cells against ../shared/reference/geometry.
 * Every number is compared with ==.
 */

#include <support/tap.h>

#include <mecombo/json.h>
#include <mecombo/morphology.h>
#include <mecombo/path.h>

#include <dirent.h>
#include <stdlib.h>

#define DATA "tests/unit/morphology/data"
#define SHARED "../shared"

static mec_axon_rule rule_of(const char *name)
{
    return strcmp(name, "taper") == 0       ? MEC_AXON_TAPER
           : strcmp(name, "bluepyopt") == 0 ? MEC_AXON_BLUEPYOPT
                                            : MEC_AXON_KEEP;
}

static double number_of(const mec_json *object, const char *key)
{
    const mec_json *value = mec_json_get(object, key);

    return value == NULL ? NAN : value->number;
}

static int check_same(double got, double want, const char *section, const char *what,
                      int k)
{
    int holds = got == want;

    if (!holds) {
        tap_failures++;
        printf("# %s %s[%d] is %.17g, expected %.17g\n", section, what, k, got, want);
    }
    return holds;
}

static void check_array(const mec_json *section, const char *key, int32_t n,
                        const double got[])
{
    const mec_json *want = mec_json_get(section, key);

    if (!CHECK(want != NULL && want->n == (size_t)n)) {
        return;
    }
    for (int k = 0; k < n; k++) {
        check_same(got[k], want->item[k]->number, mec_json_get(section, "name")->string,
                   key, k);
    }
}

static void check_points(const mec_section *section, const mec_json *want)
{
    if (!CHECK_INT(section->n_point, want->n)) {
        return;
    }
    for (int k = 0; k < section->n_point; k++) {
        const double got[5] = {(double)section->x[k], (double)section->y[k],
                               (double)section->z[k], (double)section->diam[k],
                               section->arc[k]};

        for (int j = 0; j < 5; j++) {
            check_same(got[j], want->item[k]->item[j]->number, section->name, "pt3d",
                       k);
        }
    }
}

static void check_section(const mec_morphology *m, const mec_geometry *g, int32_t s,
                          const mec_json *want)
{
    const mec_section *section = &m->section[s];
    const mec_json *parent = mec_json_get(want, "parent");
    int32_t node = g->first_node[s];
    double *ri = malloc((size_t)section->nseg * sizeof *ri);

    CHECK_STR(section->name, mec_json_get(want, "name")->string);
    CHECK_INT(section->parent >= 0, parent->type == MEC_JSON_ARRAY);
    if (section->parent >= 0 && parent->type == MEC_JSON_ARRAY) {
        CHECK_STR(m->section[section->parent].name, parent->item[0]->string);
        CHECK_EQ(section->parent_x, parent->item[1]->number);
    }
    CHECK_EQ(section->length_um, number_of(want, "L"));
    CHECK_INT(section->n_point, number_of(want, "n3d"));
    if (CHECK_INT(section->nseg, number_of(want, "nseg")) && ri != NULL) {
        for (int k = 0; k < section->nseg; k++) {
            ri[k] = 1. / g->rinv[node + k];
        }
        check_array(want, "area", section->nseg, &g->area_um2[node]);
        check_array(want, "diam", section->nseg, &g->diam_um[node]);
        check_array(want, "ri", section->nseg, ri);
        check_array(want, "distance", section->nseg, &g->distance_um[node]);
    }
    free(ri);
}

/* What must hold between the arrays of any geometry. */
static void check_coefficients(const mec_geometry *g)
{
    for (int32_t i = 0; i < g->n_node; i++) {
        int32_t parent = g->parent[i];

        if (i < g->n_root) {
            CHECK(parent == -1 && g->a[i] == 0 && g->b[i] == 0);
            continue;
        }
        CHECK(parent >= 0 && parent < i);
        CHECK_EQ(g->a[i], -100. * g->rinv[i] / g->area_um2[parent]);
        CHECK_EQ(g->b[i], -100. * g->rinv[i] / g->area_um2[i]);
    }
}

static void compare(const char *file, const char *rule, double chunk_um,
                    const mec_json *want)
{
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    mec_morphology *m = NULL;
    mec_geometry *g = NULL;
    const mec_json *sections = mec_json_get(want, "sections");
    const mec_json *points = mec_json_get(want, "pt3d");
    int before = tap_failures;
    double *ra;

    if (CHECK_OK(mec_morphology_read(file, &m, &err), err)) {
        mec_morphology_set_nseg(m, chunk_um);
        CHECK_OK(mec_morphology_replace_axon(m, rule_of(rule), &err), err);
        ra = mec_arena_calloc(arena, (size_t)m->n_section, sizeof *ra);
        for (int32_t s = 0; s < m->n_section; s++) {
            ra[s] = 100.;
        }
        if (CHECK_INT(m->n_section, sections->n) &&
            CHECK_OK(mec_geometry_new(m, ra, arena, &g, &err), err)) {
            for (int32_t s = 0; s < m->n_section; s++) {
                check_section(m, g, s, sections->item[s]);
                if (points != NULL) {
                    check_points(&m->section[s], points->item[s]);
                }
            }
            check_coefficients(g);
        }
    }
    if (tap_failures > before) {
        printf("# in %s\n", file);
    }
    mec_morphology_free(m);
    mec_arena_free(arena);
}

static int is_json(const struct dirent *entry)
{
    return mec_ends_with(entry->d_name, ".json");
}

static void test_small_files(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    struct dirent **entry = NULL;
    int n = scandir(DATA, &entry, is_json, alphasort);

    CHECK(n > 30);
    for (int i = 0; i < n; i++) {
        const mec_json *want = NULL;
        char *path = mec_path_join(arena, DATA, entry[i]->d_name);

        if (CHECK_OK(mec_json_read(arena, path, &want, &err), err)) {
            compare(mec_path_join(arena, DATA, mec_json_get(want, "file")->string),
                    mec_json_get(want, "rule")->string, number_of(want, "chunk"), want);
        }
        free(entry[i]);
    }
    free(entry);
    mec_arena_free(arena);
}

static void compare_shared(const char *cell)
{
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    const mec_json *want = NULL;
    char *path = mec_arena_printf(arena, SHARED "/reference/geometry/%s.json", cell);

    if (mec_path_exists(path) &&
        CHECK_OK(mec_json_read(arena, path, &want, &err), err)) {
        compare(mec_arena_printf(
                    arena, SHARED "/campaigns/sscx-l5tpc/morphologies/%s.asc", cell),
                "taper", 40, want);
    }
    mec_arena_free(arena);
}

static void test_campaign_cells(void)
{
    compare_shared("C060114A5");
    compare_shared("C060110A2");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_small_files),
                                     TAP_CASE(test_campaign_cells)};

    return TAP_RUN(cases, argc, argv);
}
