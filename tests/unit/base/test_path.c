#include "support/tap.h"

#include <mecombo/path.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static mec_arena *arena;

static void test_names(void)
{
    CHECK_STR(mec_path_join(arena, "a/b", "c"), "a/b/c");
    CHECK_STR(mec_path_join(arena, "a/", "c"), "a/c");
    CHECK_STR(mec_path_join(arena, "a", "/c"), "/c");
    CHECK_STR(mec_path_join(arena, "", "c"), "c");
    CHECK_STR(mec_path_dirname(arena, "a/b/c.asc"), "a/b");
    CHECK_STR(mec_path_dirname(arena, "c.asc"), "");
    CHECK_STR(mec_path_dirname(arena, "/c"), "/");
    CHECK_STR(mec_path_dirname(arena, "a//b"), "a");
    CHECK_STR(mec_path_basename("a/b/c.asc"), "c.asc");
    CHECK_STR(mec_path_extension("a.b/c.tar.gz"), ".gz");
    CHECK_STR(mec_path_extension("a.b/c"), "");
    CHECK_STR(mec_path_extension("a/.hidden"), "");
    CHECK_STR(mec_path_absolute(arena, "/a/./b/../c//d/"), "/a/c/d");
    CHECK_STR(mec_path_absolute(arena, "/../.."), "/");
}

static void test_files_and_trees(void)
{
    mec_err err = MEC_ERR_INIT;
    char root[] = "/tmp/mec-path-XXXXXX";
    char *data;
    size_t length;

    if (!CHECK(mkdtemp(root) != NULL)) {
        return;
    }
    char *deep = mec_arena_printf(arena, "%s/a/b/c", root);
    char *file = mec_arena_printf(arena, "%s/text", deep);
    CHECK_OK(mec_make_directories(deep, &err), err);
    CHECK_OK(mec_make_directories(deep, &err), err);
    CHECK_OK(mec_write_file(file, "one\ntwo", 7, &err), err);
    CHECK_OK(mec_read_file(arena, file, &data, &length, &err), err);
    CHECK_STR(data, "one\ntwo");
    CHECK_INT(length, 7);
    CHECK(chmod(file, 0750) == 0);

    char *copy = mec_arena_printf(arena, "%s/copy", root);
    CHECK_OK(mec_copy_tree(mec_arena_printf(arena, "%s/a", root), copy, &err), err);
    char *copied = mec_arena_printf(arena, "%s/b/c/text", copy);
    CHECK_OK(mec_read_file(arena, copied, &data, &length, &err), err);
    CHECK_STR(data, "one\ntwo");
    struct stat info;
    CHECK(stat(copied, &info) == 0 && (info.st_mode & 0777) == 0750);

    CHECK_INT(mec_read_file(arena, deep, &data, NULL, &err), MEC_E_INPUT);
    CHECK_INT(mec_make_directories(mec_arena_printf(arena, "%s/x", file), &err),
              MEC_E_IO);
    CHECK_HAS(err.text, "in the way");
    CHECK_INT(mec_read_file(arena, "/nowhere/at/all", &data, NULL, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/nowhere/at/all");
    CHECK_INT(mec_write_file("/nowhere/at/all", "", 0, &err), MEC_E_IO);
    CHECK_OK(mec_remove_tree(root, &err), err);
    CHECK(!mec_path_exists(root));
    CHECK_OK(mec_remove_tree(root, &err), err);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_names),
                                     TAP_CASE(test_files_and_trees)};

    arena = mec_arena_new();
    int code = TAP_RUN(cases, argc, argv);
    mec_arena_free(arena);
    return code;
}
