/* Warnings, lists, names, nseg, axon rules, node order, number formats, HDF5. */

#include <support/tap.h>

#include <mecombo/h5.h>
#include <mecombo/morphology.h>

#include <stdlib.h>
#include <unistd.h>

#define SOMA "(\"CellBody\" (0 0 0 0) (9 0 0 0) (9 9 0 0) (0 9 0 0))\n"

static mec_morphology *parse(const char *name, const char *text)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;

    CHECK_OK(mec_morphology_parse(name, text, strlen(text), &m, &err), err);
    return m;
}

static mec_geometry *geometry_of(const mec_morphology *m, mec_arena *arena)
{
    mec_err err = MEC_ERR_INIT;
    mec_geometry *g = NULL;
    double *ra = mec_arena_calloc(arena, (size_t)m->n_section, sizeof *ra);

    for (int32_t i = 0; i < m->n_section; i++) {
        ra[i] = 100.;
    }
    CHECK_OK(mec_geometry_new(m, ra, arena, &g, &err), err);
    return g;
}

static void test_warnings(void)
{
    mec_morphology *m =
        parse("w.asc", "(\"CellBody\" (1 2 3 4))\n" SOMA "((Axon) (5 5 0 1))\n"
                       "((Dendrite) (5 5 0 1) (5 5 0 2))\n"
                       "((Dendrite) (50 5 0 1) (60 5 0 2))\n");

    if (m != NULL && CHECK_INT(m->n_warning, 4)) {
        CHECK_STR(m->warning[0],
                  "w.asc:1: soma contour of less than three points ignored");
        CHECK_HAS(m->warning[1],
                  "w.asc:5: branch begins outside the soma's bounding box");
        CHECK_STR(m->warning[2], "w.asc:4: section of two equal points removed");
        CHECK_STR(m->warning[3], "w.asc:3: section of one point removed");
        CHECK_INT(m->n_section, 2);
        CHECK_STR(m->section[1].name, "dend[0]");
        CHECK_INT(m->section[1].line, 5);
    }
    mec_morphology_free(m);
}

static void test_lists(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m =
        parse("t.swc", "1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n3 3 20 0 0 1 2\n"
                       "4 2 0 9 0 1 1\n5 2 0 20 0 1 4\n6 4 0 0 9 1 1\n"
                       "7 4 0 0 20 1 6\n8 7 9 9 0 1 1\n9 7 9 20 0 1 8\n");
    static const char *const names[] = {"soma[0]", "axon[0]", "dend[0]", "apic[0]",
                                        "dend_7[0]"};
    static const unsigned lists[] = {
        MEC_LIST_ALL | MEC_LIST_SOMATIC, MEC_LIST_ALL | MEC_LIST_AXONAL,
        MEC_LIST_ALL | MEC_LIST_BASAL, MEC_LIST_ALL | MEC_LIST_APICAL, MEC_LIST_ALL};

    if (m != NULL && CHECK_INT(m->n_section, 5)) {
        for (int i = 0; i < 5; i++) {
            CHECK_STR(m->section[i].name, names[i]);
            CHECK_INT(mec_section_lists(&m->section[i]), lists[i]);
        }
        CHECK_INT(mec_morphology_find(m, MEC_SECTION_APIC, 0), 3);
        CHECK_INT(mec_morphology_find(m, MEC_SECTION_APIC, 1), -1);
        CHECK_INT(m->section[4].file_type, 7);
        CHECK_INT(mec_morphology_check(m, geometry_of(m, arena), &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "t.swc:8: sections of type 7 belong to no section list");
    }
    mec_morphology_free(m);
    mec_arena_free(arena);
}

static void test_no_area(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = parse("f.asc", SOMA "((Dendrite) (5 5 0) (20 5 0))");

    if (m != NULL) {
        CHECK_INT(mec_morphology_check(m, geometry_of(m, arena), &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "f.asc:2: segment 0 of dend[0] has no area");
    }
    mec_morphology_free(m);
    m = parse("n.asc", "((Dendrite) (5 5 0 1) (20 5 0 1))");
    if (m != NULL) {
        CHECK_INT(mec_morphology_check(m, geometry_of(m, arena), &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "n.asc: there is no soma");
    }
    mec_morphology_free(m);
    mec_arena_free(arena);
}

static void test_nseg(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_geometry *g = NULL;
    mec_morphology *m = parse("l.asc", SOMA "((Dendrite) (5 5 0 1) (125 5 0 1))"
                                            "((Dendrite) (5 5 0 1) (200005 5 0 1))");
    const double ra[] = {100., 100., 100.};

    if (m != NULL) {
        mec_morphology_set_nseg(m, 40);
        CHECK_INT(m->section[0].nseg, 1);
        CHECK_INT(m->section[1].nseg, 7); /* 120 um: 1 + 2 * 3 */
        CHECK_INT(m->section[2].nseg, 10001);
        CHECK(geometry_of(m, arena) != NULL);
        mec_morphology_set_nseg(m, 1);
        CHECK_INT(mec_geometry_new(m, ra, arena, &g, &err), MEC_E_INPUT);
        CHECK_HAS(err.text,
                  "dend[1] is so long that it needs more than 32767 segments");
    }
    CHECK_INT(mec_morphology_nseg(39.999, 40), 1);
    CHECK_INT(mec_morphology_nseg(40, 40), 3);
    CHECK_INT(mec_morphology_nseg(1e30, 40), 32767);
    mec_morphology_free(m);
    mec_arena_free(arena);
}

/* Three axonal sections of `length` um; diameters 1 to 3. */
static mec_morphology *with_axon(double length)
{
    char text[600];

    snprintf(
        text, sizeof text,
        SOMA
        "((Axon) (5 5 0 1) (%g 5 0 1) ((%g 6 0 2) (%g 6 0 2) | (%g 4 0 3) (%g 4 0 3)))"
        "((Dendrite) (4 4 0 1) (4 40 0 1))",
        5 + length, 5 + length, 5 + 2 * length, 5 + length, 5 + 2 * length);
    return parse("axon.asc", text);
}

static void test_taper(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = with_axon(100);

    if (m != NULL &&
        CHECK_OK(mec_morphology_replace_axon(m, MEC_AXON_TAPER, &err), err)) {
        CHECK_STR(m->axon_rule, "taper");
        CHECK_INT(m->n_section, 5);
        CHECK_STR(m->section[1].name, "dend[0]");
        CHECK_STR(m->section[2].name, "axon[0]");
        CHECK_STR(m->section[4].name, "myelin[0]");
        CHECK_INT(m->section[2].parent, 0);
        CHECK_EQ(m->section[2].parent_x, 1.);
        CHECK_INT(m->section[3].parent, 2);
        CHECK_INT(m->section[4].parent, 3);
        CHECK_INT(m->section[4].nseg, 5);
        CHECK_EQ(m->section[4].length_um, 1000.);
        CHECK_INT(mec_section_lists(&m->section[4]),
                  MEC_LIST_ALL | MEC_LIST_MYELINATED);
    }
    mec_morphology_free(m);
    m = with_axon(6);
    if (m != NULL) {
        CHECK_INT(mec_morphology_replace_axon(m, MEC_AXON_TAPER, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "the axon has 3 diameters in steps of 6 um");
        CHECK_STR(m->axon_rule, "none");
        CHECK_INT(m->n_section, 5);
    }
    mec_morphology_free(m);
}

/* BluePyEModel's rule on an axon that gives three diameters: the second section stays as
 * NEURON creates it, in no list. */
static void test_taper_3(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = with_axon(6);

    if (m != NULL &&
        CHECK_OK(mec_morphology_replace_axon(m, MEC_AXON_TAPER_3, &err), err)) {
        CHECK_INT(m->section[2].nseg, 5);
        CHECK_NEAR(m->section[2].segment_diam_um[0], 1, 1e-6, 0);
        CHECK_EQ(m->section[2].segment_diam_um[3], 500.);
        CHECK_INT(m->section[3].nseg, 1);
        CHECK_EQ(m->section[3].length_um, 100.);
        CHECK_EQ(m->section[3].segment_diam_um[0], 500.);
        CHECK_INT(mec_section_lists(&m->section[3]), 0);
        CHECK_NEAR(m->section[4].segment_diam_um[4], 3, 1e-6, 0);
    }
    mec_morphology_free(m);
    m = parse("short.asc", SOMA "((Axon) (5 5 0 1) (500 5 0 1))");
    if (m != NULL) {
        CHECK_INT(mec_morphology_replace_axon(m, MEC_AXON_TAPER_3, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "short.asc: the axon has 1 sections");
    }
    mec_morphology_free(m);
    m = parse("none.swc", "1 3 0 0 0 1 -1\n2 3 9 9 9 1 1\n");
    if (m != NULL) {
        CHECK_INT(mec_morphology_replace_axon(m, MEC_AXON_BLUEPYOPT, &err),
                  MEC_E_INPUT);
        CHECK_HAS(err.text, "there is no soma to put an axon on");
    }
    mec_morphology_free(m);
}

/* Children of a removed axon become trees of their own, as after NEURON's delete_section.
 */
static void test_orphans(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m =
        parse("o.swc", "1 1 0 0 0 5 -1\n2 2 9 0 0 1 1\n3 2 20 0 0 1 2\n4 2 30 0 0 1 3\n"
                       "5 3 30 9 0 1 4\n6 3 30 20 0 1 5\n");

    if (m != NULL &&
        CHECK_OK(mec_morphology_replace_axon(m, MEC_AXON_BLUEPYOPT, &err), err)) {
        mec_geometry *g = geometry_of(m, arena);

        CHECK_INT(m->n_section, 4);
        CHECK_INT(m->section[1].parent, -1);
        if (g != NULL) {
            CHECK_INT(g->n_root, 2);
            CHECK_INT(g->n_node, 2 + 4 * 2);
            CHECK_INT(g->parent[1], -1);
            CHECK_INT(g->section[1], 1);
            CHECK_EQ(g->distance_um[g->first_node[1]], 1e20);
            CHECK_EQ(mec_geometry_distance(m, g, 2, 0.5), 5. + 15.);
        }
    }
    mec_morphology_free(m);
    mec_arena_free(arena);
}

static void test_nodes(void)
{
    mec_arena *arena = mec_arena_new();
    mec_morphology *m = with_axon(100);
    mec_geometry *g;

    if (m != NULL) {
        mec_morphology_set_nseg(m, 40);
        g = geometry_of(m, arena);
        CHECK_INT(mec_geometry_node(m, g, 0, 0), 0);
        CHECK_INT(mec_geometry_node(m, g, 0, 0.5), 1);
        CHECK_INT(mec_geometry_node(m, g, 0, 1), 2);
        CHECK_INT(m->section[1].nseg, 5);
        CHECK_INT(mec_geometry_node(m, g, 1, 0), 1); /* roots hang on soma(0.5) */
        CHECK_INT(mec_geometry_node(m, g, 1, 0.5), g->first_node[1] + 2);
        CHECK_INT(mec_geometry_node(m, g, 1, 0.9999), g->first_node[1] + 4);
        CHECK_INT(mec_geometry_node(m, g, 1, 1), g->first_node[1] + 5);
        CHECK_INT(mec_geometry_node(m, g, 2, 0), g->first_node[1] + 5);
        /* the section connected last comes first among its siblings */
        CHECK(g->first_node[4] < g->first_node[1] &&
              g->first_node[3] < g->first_node[2]);
        CHECK_EQ(mec_geometry_distance(m, g, 1, 0), 0.);
        CHECK_EQ(mec_geometry_distance(m, g, 1, 1), m->section[1].length_um);
    }
    mec_morphology_free(m);
    mec_arena_free(arena);
}

static uint64_t random_bits(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void random_number(char text[64])
{
    double x = (double)(int64_t)random_bits() * 1e-18;
    uint64_t choice = random_bits();
    int digits = (int)((choice >> 8) % 18);

    for (uint64_t k = choice % 5; k > 0; k--) {
        x *= 10;
    }
    if (choice % 11 == 0) { /* ties at the eighth digit */
        x = (double)(random_bits() % 1000000000) / 1e6 + 5e-7;
    }
    switch ((choice >> 4) % 3) {
    case 0:
        snprintf(text, 64, "%.*f", digits, x);
        break;
    case 1:
        snprintf(text, 64, "%.*g", digits, x);
        break;
    default:
        snprintf(text, 64, "%.*e", digits, x);
        break;
    }
}

/* Coordinates of .asc pass through printf("%.8g"), those of .swc through float32 first. */
static void test_numbers(void)
{
    enum { N = 20000 };
    mec_text asc = MEC_TEXT_INIT;
    mec_text swc = MEC_TEXT_INIT;
    static char number[N][64];
    mec_morphology *m;
    char text[64];
    int n_bad = 0;

    mec_text_add(&asc, "((Axon)\n");
    for (int i = 0; i < N; i++) {
        random_number(number[i]);
        mec_text_printf(&asc, "(%s %d 0 1)\n", number[i], i);
        mec_text_printf(&swc, "%d 3 %s %d 0 1 %d\n", i + 1, number[i], i,
                        i == 0 ? -1 : i);
    }
    mec_text_add(&asc, ")");
    m = parse("n.asc", mec_text_string(&asc));
    for (int i = 0; m != NULL && i < N; i++) {
        snprintf(text, sizeof text, "%.8g", strtod(number[i], NULL));
        if (m->section[0].x[i] != (float)strtod(text, NULL) && n_bad++ < 5) {
            printf("# %s: %.9g\n", number[i], (double)m->section[0].x[i]);
        }
    }
    mec_morphology_free(m);
    m = parse("n.swc", mec_text_string(&swc));
    for (int i = 0; m != NULL && i < N; i++) {
        snprintf(text, sizeof text, "%.8g", (double)strtof(number[i], NULL));
        if (m->section[0].x[i] != (float)strtod(text, NULL) && n_bad++ < 5) {
            printf("# %s: %.9g\n", number[i], (double)m->section[0].x[i]);
        }
    }
    mec_morphology_free(m);
    CHECK_INT(n_bad, 0);
    mec_text_clear(&asc);
    mec_text_clear(&swc);
}

/* /structure and /points of a cell, and the same cell as MorphIO would write it as .asc.
 * The values are float32 with all their digits. */
static const int32_t h5_structure[] = {0, 1, -1, 4, 3, 0, 6, 3, 1, 8, 3, 1, 10, 2, 0};
static const float h5_points[][4] = {
    {0.1F, 0.2F, 0.3F, 0},       {9.7F, 0.4F, 0.3F, 0},  {9.3F, 9.1F, 0.3F, 0},
    {-0.3F, 8.8F, 0.3F, 0},      {5.1F, 5.3F, 0, 1.3F},  {60.7F, 7.123456F, 3.3F, 1.1F},
    {60.7F, 7.123456F, 3.3F, 1}, {70.1F, 9.9F, 1, 0.7F}, {61, 7.5F, 3.3F, 0.9F},
    {77.7F, -9.1F, 3, 0.61F},    {3.3F, 3.1F, 0, 2.2F},  {1.7F, -120.25F, 1, 0.33F}};

static void asc_points(mec_text *out, int from, int to)
{
    for (int i = from; i < to; i++) {
        mec_text_printf(out, "  (%.9f %.9f %.9f %.9f)\n", (double)h5_points[i][0],
                        (double)h5_points[i][1], (double)h5_points[i][2],
                        (double)h5_points[i][3]);
    }
}

static mec_status write_h5(const char *path, int32_t n_row, const int32_t structure[],
                           mec_err *err)
{
    enum { N = sizeof h5_points / sizeof *h5_points };
    mec_status st = MEC_OK;
    mec_h5 *file = NULL;
    double points[4 * N];

    for (int i = 0; i < 4 * N; i++) {
        points[i] = (double)h5_points[i / 4][i % 4];
    }
    MEC_TRY(mec_h5_open(path, MEC_H5_CREATE, &file, err));
    MEC_TRY(mec_h5_write_doubles(file, "/points", N, 4, points, err));
    MEC_TRY(mec_h5_write_ints(file, "/structure", (size_t)n_row, 3, structure, err));
    MEC_TRY(mec_h5_close(file, err));
done:
    return st;
}

static void check_equal(const mec_morphology *a, const mec_morphology *b)
{
    if (!CHECK_INT(a->n_section, b->n_section)) {
        return;
    }
    for (int32_t i = 0; i < a->n_section; i++) {
        const mec_section *s = &a->section[i];
        const mec_section *t = &b->section[i];

        CHECK_STR(s->name, t->name);
        CHECK_INT(s->parent, t->parent);
        CHECK_EQ(s->parent_x, t->parent_x);
        CHECK_INT(a->connect_order[i], b->connect_order[i]);
        if (CHECK_INT(s->n_point, t->n_point)) {
            for (int k = 0; k < s->n_point; k++) {
                CHECK_EQ(s->arc[k], t->arc[k]);
                CHECK_EQ((double)s->x[k], (double)t->x[k]);
                CHECK_EQ((double)s->diam[k], (double)t->diam[k]);
            }
        }
    }
}

static void h5_path(char path[300])
{
    const char *folder = getenv("TMPDIR");

    snprintf(path, 300, "%s/test-morphology-%ld.h5", folder == NULL ? "/tmp" : folder,
             (long)getpid());
}

static void test_h5(void)
{
    char path[300];
    mec_err err = MEC_ERR_INIT;
    mec_morphology *from_h5 = NULL;
    mec_morphology *from_asc;
    mec_text asc = MEC_TEXT_INIT;

    h5_path(path);
    mec_text_add(&asc, "(\"CellBody\"\n");
    asc_points(&asc, 0, 4);
    mec_text_add(&asc, ")\n((Dendrite)\n");
    asc_points(&asc, 4, 6);
    mec_text_add(&asc, "(\n");
    asc_points(&asc, 6, 8);
    mec_text_add(&asc, "|\n");
    asc_points(&asc, 8, 10);
    mec_text_add(&asc, "))\n((Axon)\n");
    asc_points(&asc, 10, 12);
    mec_text_add(&asc, ")\n");
    from_asc = parse("x.asc", mec_text_string(&asc));
    if (CHECK_OK(write_h5(path, 5, h5_structure, &err), err) &&
        CHECK_OK(mec_morphology_read(path, &from_h5, &err), err) && from_asc != NULL) {
        check_equal(from_h5, from_asc);
    }
    mec_morphology_free(from_h5);
    mec_morphology_free(from_asc);
    mec_text_clear(&asc);
    unlink(path);
}

static void test_bad_h5(void)
{
    static const struct {
        int32_t structure[6];
        const char *part;
    } cases[] = {
        {{0, 1, -1, 40, 3, 0}, "/structure row 1: first point outside of /points"},
        {{4, 1, -1, 1, 3, 0},
         "/structure row 1: first point before that of the row above"},
        {{0, 1, -1, 4, 1, 0}, "/structure row 1: a soma that does not come first"},
        {{0, 1, -1, 4, 3, 1}, "/structure row 1: parent does not come before"},
        {{0, 1, -1, 4, 9, 0}, "/structure row 1: type is not 1 to 4"},
        {{0, 1, -1, 12, 3, 0}, "/structure row 1: section without points"},
        {{-1, 1, -1, 4, 3, 0}, "/structure row 0: first point outside of /points"},
    };
    char path[300];
    mec_morphology *m = NULL;

    h5_path(path);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mec_err err = MEC_ERR_INIT;

        if (CHECK_OK(write_h5(path, 2, cases[i].structure, &err), err)) {
            CHECK_INT(mec_morphology_read(path, &m, &err), MEC_E_INPUT);
            CHECK_HAS(err.text, cases[i].part);
        }
    }
    unlink(path);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_warnings), TAP_CASE(test_lists), TAP_CASE(test_no_area),
        TAP_CASE(test_nseg),     TAP_CASE(test_taper), TAP_CASE(test_taper_3),
        TAP_CASE(test_orphans),  TAP_CASE(test_nodes), TAP_CASE(test_numbers),
        TAP_CASE(test_h5),       TAP_CASE(test_bad_h5)};

    return TAP_RUN(cases, argc, argv);
}
