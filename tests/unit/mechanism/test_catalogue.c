/* Building, caching and loading mechanisms. */

#include <mecombo/mechanism.h>
#include <mecombo/path.h>
#include <support/tap.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/mecombo-mechanism-XXXXXX";

static const char *in_folder(mec_arena *arena, const char *name)
{
    return mec_path_join(arena, folder, name);
}

static void test_builtins(void)
{
    mec_err err = {0};
    mec_catalogue *catalogue = NULL;

    if (!CHECK_OK(mec_catalogue_load(NULL, &catalogue, &err), err)) {
        return;
    }
    CHECK_INT(mec_catalogue_count(catalogue), 2);
    CHECK_STR(mec_catalogue_get(catalogue, 0)->name, "pas");
    CHECK_STR(mec_catalogue_get(catalogue, 1)->name, "hh");
    CHECK(mec_catalogue_find(catalogue, "Ih") == NULL);
    CHECK_INT(mec_catalogue_find(catalogue, "hh")->n_state, 3);
    mec_catalogue_free(catalogue);
}

static void test_build_and_load(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    const char *mods = in_folder(arena, "mods"), *out = in_folder(arena, "out");
    const mec_mechanism_desc *desc;

    CHECK_OK(mec_make_directories(mods, &err), err);
    CHECK_OK(mec_copy_file("examples/l5tpc/mechanisms/Ih.mod",
                           mec_path_join(arena, mods, "Ih.mod"), &err),
             err);
    if (CHECK_OK(mec_mechanisms_build(mods, out, &err), err) &&
        CHECK_OK(mec_mechanisms_build(mods, out, &err), err) &&
        CHECK_OK(mec_catalogue_load(out, &catalogue, &err), err)) {
        CHECK_INT(mec_catalogue_count(catalogue), 3);
        desc = mec_catalogue_find(catalogue, "Ih");
        if (CHECK(desc != NULL)) {
            CHECK_STR(desc->file, "Ih.mod");
            CHECK_INT(desc->n_state, 1);
            CHECK_STR(desc->methods[0], "cnexp");
            CHECK(desc->kernels[MEC_ISA_AVX2] != NULL);
            CHECK(mec_mechanism_kernels(desc, false)->current != NULL);
        }
    }
    mec_catalogue_free(catalogue);
    mec_arena_free(arena);
}

static void test_bad_file(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    const char *mods = in_folder(arena, "mods2"), *bad;

    CHECK_OK(mec_make_directories(mods, &err), err);
    bad = "NEURON { SUFFIX x }\nBREAKPOINT { y = 1 }\n";
    CHECK_OK(
        mec_write_file(mec_path_join(arena, mods, "x.mod"), bad, strlen(bad), &err),
        err);
    CHECK_INT(mec_mechanisms_build(mods, in_folder(arena, "out2"), &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "x.mod:2:14: variable \"y\" is not declared");
    mec_arena_free(arena);
}

/* Four processes build the same at once; all succeed, and all end with one object. */
static void test_concurrent_builders(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    const char *mods = in_folder(arena, "mods"), *out = in_folder(arena, "together");
    const char *cache = in_folder(arena, "cache4");
    int n_good = 0;

    CHECK(setenv("MECOMBO_CACHE", cache, 1) == 0);
    for (int i = 0; i < 4; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            _exit(mec_mechanisms_build(mods, out, &err) == MEC_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < 4; i++) {
        int code = 1;
        n_good += wait(&code) > 0 && WIFEXITED(code) && WEXITSTATUS(code) == 0;
    }
    CHECK_INT(n_good, 4);
    CHECK_OK(mec_catalogue_load(out, &catalogue, &err), err);
    mec_catalogue_free(catalogue);
    CHECK(setenv("MECOMBO_CACHE", folder, 1) == 0);
    mec_arena_free(arena);
}

/* A changed file is noticed: the next build gives the new one. */
static void test_changed_file(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    const char *mods = in_folder(arena, "mods3"), *out = in_folder(arena, "out4");
    const char *path;
    char text[256];

    CHECK_OK(mec_make_directories(mods, &err), err);
    path = mec_path_join(arena, mods, "y.mod");
    for (int value = 1; value <= 2; value++) {
        (void)snprintf(text, sizeof text,
                       "NEURON { SUFFIX y RANGE a }\nPARAMETER { a = %d }\n", value);
        CHECK_OK(mec_write_file(path, text, strlen(text), &err), err);
        if (CHECK_OK(mec_mechanisms_build(mods, out, &err), err) &&
            CHECK_OK(mec_catalogue_load(out, &catalogue, &err), err)) {
            CHECK_EQ(mec_catalogue_find(catalogue, "y")->columns[0].value, value);
        }
        mec_catalogue_free(catalogue);
    }
    mec_arena_free(arena);
}

/* A name that VERBATIM text may not use is reported at its place in the .mod file. */
static void test_unknown_in_verbatim(void)
{
    static const char text[] = "NEURON { SUFFIX vb RANGE a }\nPARAMETER { a = 1 }\n"
                               "FUNCTION f(x) {\nVERBATIM\n  _lf = nrn_strange;\n"
                               "ENDVERBATIM\n}\nINITIAL { a = f(3) }\n";
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    const char *mods = in_folder(arena, "mods4");

    CHECK_OK(mec_make_directories(mods, &err), err);
    CHECK_OK(
        mec_write_file(mec_path_join(arena, mods, "vb.mod"), text, strlen(text), &err),
        err);
    CHECK_INT(mec_mechanisms_build(mods, in_folder(arena, "out6"), &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "vb.mod:5:");
    CHECK_HAS(err.text, "VERBATIM text uses \"nrn_strange\"");
    mec_arena_free(arena);
}

/* Run INITIAL of a mechanism with one column; returns what the kernel does. */
static int32_t run_initial(const mec_mechanism_desc *desc, double *value, mec_env *env)
{
    double v = -65, area = 100, diam = 1, rhs = 0, d = 0, *columns[4];
    void *instance[4] = {NULL};
    mec_run run = {.n = 1,
                   .env = env,
                   .v = &v,
                   .column = columns,
                   .rhs = &rhs,
                   .d = &d,
                   .area = &area,
                   .diam = &diam,
                   .instance = instance};

    for (int i = 0; i < 4; i++) {
        columns[i] = &value[i];
    }
    return desc->kernels[MEC_ISA_BASELINE]->init(&run);
}

/* A function that nobody has does not keep a mechanism from loading; a call of it fails
 * with its name and place. */
static void test_missing_function(void)
{
    static const char text[] =
        "NEURON { SUFFIX vm RANGE a }\nPARAMETER { a = 1 }\nVERBATIM\n"
        "extern double nrn_strange();\nENDVERBATIM\nFUNCTION f(x) {\nVERBATIM\n"
        "  if (_lx > 2.) {\n    _lf = nrn_strange(_lx) + nrn_odd(2);\n  } else {\n"
        "    _lf = 2. * _lx;\n  }\nENDVERBATIM\n}\nINITIAL { a = f(a) }\n";
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    mec_env env = {0};
    const mec_mechanism_desc *desc;
    const char *mods = in_folder(arena, "mods9"), *out = in_folder(arena, "out9");
    double value[4] = {2};

    CHECK_OK(mec_make_directories(mods, &err), err);
    CHECK_OK(
        mec_write_file(mec_path_join(arena, mods, "vm.mod"), text, strlen(text), &err),
        err);
    if (CHECK_OK(mec_mechanisms_build(mods, out, &err), err) &&
        CHECK_OK(mec_catalogue_load(out, &catalogue, &err), err)) {
        desc = mec_catalogue_find(catalogue, "vm");
        CHECK_INT(run_initial(desc, value, &env), 0);
        CHECK_EQ(value[0], 4);
        CHECK_INT(run_initial(desc, value, &env), 1);
        if (CHECK(env.failure != NULL)) {
            CHECK_HAS(env.failure, "vm.mod:4: nrn_strange()");
        }
    }
    mec_catalogue_free(catalogue);
    mec_arena_free(arena);
}

/* A variable that nobody has, and a function of the C library without its declaration,
 * are errors with name and place. */
static void test_wrong_in_verbatim(void)
{
    static const struct {
        const char *text, *place, *what;
    } cases[] = {
        {"NEURON { SUFFIX va }\nVERBATIM\nextern double strange_value;\nENDVERBATIM\n"
         "FUNCTION f(x) {\nVERBATIM\n  _lf = strange_value;\nENDVERBATIM\n}\n",
         "v.mod:3:", "\"strange_value\""},
        {"NEURON { SUFFIX va }\nFUNCTION f(x) {\nVERBATIM\n"
         "  _lf = *(double *)mmap(0, 8, 0, 0, 0, 0);\nENDVERBATIM\n}\n",
         "v.mod:4:", "mmap() of the C library without declaring it"},
    };
    mec_arena *arena = mec_arena_new();
    const char *mods = in_folder(arena, "mods10"), *out = in_folder(arena, "out10");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mec_err err = {0};
        CHECK_OK(mec_make_directories(mods, &err), err);
        CHECK_OK(mec_write_file(mec_path_join(arena, mods, "v.mod"), cases[i].text,
                                strlen(cases[i].text), &err),
                 err);
        CHECK_INT(mec_mechanisms_build(mods, out, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, cases[i].place);
        CHECK_HAS(err.text, cases[i].what);
    }
    mec_arena_free(arena);
}

static void test_no_compiler(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();

    CHECK(setenv("MECOMBO_CC", "no-such-compiler", 1) == 0);
    CHECK_INT(
        mec_mechanisms_build(in_folder(arena, "mods"), in_folder(arena, "out5"), &err),
        MEC_E_INPUT);
    CHECK_HAS(err.text, "no-such-compiler: no such C compiler");
    CHECK(unsetenv("MECOMBO_CC") == 0);
    mec_arena_free(arena);
}

static void test_empty_folder(void)
{
    mec_err err = {0};
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    const char *mods = in_folder(arena, "none"), *out = in_folder(arena, "out3");

    CHECK_OK(mec_make_directories(mods, &err), err);
    CHECK_OK(mec_mechanisms_build(mods, out, &err), err);
    if (CHECK_OK(mec_catalogue_load(out, &catalogue, &err), err)) {
        CHECK_INT(mec_catalogue_count(catalogue), 2);
    }
    mec_catalogue_free(catalogue);
    CHECK_INT(mec_mechanisms_build(in_folder(arena, "absent"), out, &err), MEC_E_IO);
    mec_arena_free(arena);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_builtins),
        TAP_CASE(test_build_and_load),
        TAP_CASE(test_bad_file),
        TAP_CASE(test_concurrent_builders),
        TAP_CASE(test_changed_file),
        TAP_CASE(test_no_compiler),
        TAP_CASE(test_unknown_in_verbatim),
        TAP_CASE(test_missing_function),
        TAP_CASE(test_wrong_in_verbatim),
        TAP_CASE(test_empty_folder),
    };
    int code;
    mec_err err = {0};

    if (mkdtemp(folder) == NULL || setenv("MECOMBO_CACHE", folder, 1) != 0) {
        return 1;
    }
    code = TAP_RUN(cases, argc, argv);
    return mec_remove_tree(folder, &err) == MEC_OK ? code : 1;
}
