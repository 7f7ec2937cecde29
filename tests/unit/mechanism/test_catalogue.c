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
                               "FUNCTION f(x) {\nVERBATIM\n  _lf = nrn_strange(_lx);\n"
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
