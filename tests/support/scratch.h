/* Runs the cases of a test that needs an arena and a folder of its own below /tmp. */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include <support/tap.h>

#include <mecombo/arena.h>
#include <mecombo/path.h>

#include <stdlib.h>

/* folder: text that ends in XXXXXX; names the folder while the cases run. */
#define SCRATCH_RUN(arena, folder, cases, argc, argv)                                  \
    scratch_run((arena), (folder), (cases), sizeof(cases) / sizeof *(cases), (argc),   \
                (argv))

static inline int scratch_run(mec_arena **arena, char *folder, const tap_case *cases,
                              size_t n, int argc, char **argv)
{
    mec_err err = MEC_ERR_INIT;
    int code;

    *arena = mec_arena_new();
    if (*arena == NULL || mkdtemp(folder) == NULL) {
        mec_arena_free(*arena);
        return 1;
    }
    code = tap_run(cases, n, argc, argv);
    mec_arena_free(*arena);
    if (mec_remove_tree(folder, &err) != MEC_OK) {
        printf("# %s\n", err.text);
        return 1;
    }
    return code;
}

#endif
