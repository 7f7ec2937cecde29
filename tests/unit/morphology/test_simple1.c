/* simple1's soma against the numbers of ../shared/reference/simple1/traces.json. */

#include <support/tap.h>

#include <mecombo/morphology.h>

#define DATA "tests/unit/morphology/data/"

/* NEURON 8.2.7: x, y, z, diameter, arc. */
static const double expected[21][5] = {
    {-9.600000381469727, 1.5765205913192797e-14, 0.0, 1.7799999713897705, 0.0},
    {-8.619999885559082, 1.4175380128338046e-14, 0.0, 2.759999990463257,
     0.9800004959106445},
    {-7.639999866485596, 1.2585554343483296e-14, 0.0, 4.71999979019165,
     1.9600005149841309},
    {-6.659999847412109, 1.0995727711595599e-14, 0.0, 6.679999828338623,
     2.940000534057617},
    {-5.679999828338623, 9.405901926740848e-15, 0.0, 8.640000343322754,
     3.9200005531311035},
    {-4.699999809265137, 7.816075294853151e-15, 0.0, 10.600000381469727,
     4.90000057220459},
    {-3.7200000286102295, 6.226249509998401e-15, 0.0, 12.5600004196167,
     5.880000352859497},
    {-2.740000009536743, 4.636423301627177e-15, 0.0, 14.520000457763672,
     6.860000371932983},
    {-1.7599999904632568, 3.04659730501419e-15, 0.0, 16.479999542236328,
     7.84000039100647},
    {-0.7799999713897705, 1.4567712025220845e-15, 0.0, 18.440000534057617,
     8.820000410079956},
    {0.20000000298023224, -1.3305489997002089e-16, 0.0, 19.600000381469727,
     9.800000369548798},
    {1.1799999475479126, -1.7228810024621263e-15, 0.0, 17.639999389648438,
     10.78000032901764},
    {2.1600000858306885, -3.3127071049542317e-15, 0.0, 15.680000305175781,
     11.760000467300415},
    {3.140000104904175, -4.902533101567219e-15, 0.0, 13.720000267028809,
     12.740000486373901},
    {4.119999885559082, -6.4923593099384426e-15, 0.0, 11.760000228881836,
     13.720000267028809},
    {5.099999904632568, -8.082185094793193e-15, 0.0, 9.800000190734863,
     14.700000286102295},
    {6.079999923706055, -9.67201172668089e-15, 0.0, 7.840000152587891,
     15.680000305175781},
    {7.059999942779541, -1.1261836664502693e-14, 0.0, 5.880000114440918,
     16.660000324249268},
    {8.039999961853027, -1.2851664143423338e-14, 0.0, 3.9200000762939453,
     17.640000343322754},
    {9.020000457763672, -1.4441489928278088e-14, 0.0, 1.9600000381469727,
     18.6200008392334},
    {10.0, -1.6031316560165786e-14, 0.0, 0.9800000190734863, 19.600000381469727},
};

static void test_square_contour(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;

    if (!CHECK_OK(mec_morphology_read(DATA "simple1.asc", &m, &err), err)) {
        return;
    }
    CHECK_INT(m->n_section, 1);
    CHECK_INT(m->n_warning, 0);
    CHECK_STR(m->section[0].name, "soma[0]");
    CHECK_INT(m->section[0].parent, -1);
    if (CHECK_INT(m->section[0].n_point, 21)) {
        for (int i = 0; i < 21; i++) {
            CHECK_EQ((double)m->section[0].x[i], expected[i][0]);
            CHECK_EQ((double)m->section[0].y[i], expected[i][1]);
            CHECK_EQ((double)m->section[0].z[i], expected[i][2]);
            CHECK_EQ((double)m->section[0].diam[i], expected[i][3]);
            CHECK_EQ(m->section[0].arc[i], expected[i][4]);
        }
    }
    mec_morphology_free(m);
}

static void test_geometry(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;
    mec_arena *arena = mec_arena_new();
    mec_geometry *g = NULL;
    const double ra = 100.0;

    if (CHECK_OK(mec_morphology_read(DATA "simple1.asc", &m, &err), err)) {
        mec_morphology_set_nseg(m, 40.0);
        CHECK_INT(m->section[0].nseg, 1);
        CHECK_EQ(m->section[0].length_um, 19.600000381469727);
        if (CHECK_OK(mec_geometry_new(m, &ra, arena, &g, &err), err)) {
            CHECK_INT(g->n_node, 3);
            CHECK_INT(g->parent[0], -1);
            CHECK_INT(g->parent[1], 0);
            CHECK_INT(g->parent[2], 1);
            CHECK_EQ(g->area_um2[0], 100.0);
            CHECK_EQ(g->area_um2[1], 872.5676783332788);
            CHECK_EQ(g->diam_um[1], 10.228999903372351);
            CHECK_EQ(g->area_um2[2], 100.0);
            CHECK_EQ(g->distance_um[1], 0.0);
        }
    }
    mec_arena_free(arena);
    mec_morphology_free(m);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_square_contour),
                                     TAP_CASE(test_geometry)};

    return TAP_RUN(cases, argc, argv);
}
