/* Build-time program: one .mod file to C. usage: nmodlc FILE.mod OUT.c */

#include <mecombo/log.h>
#include <mecombo/nmodl.h>
#include <mecombo/path.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    mec_status st = MEC_OK;
    mec_err err = {0};
    mec_nmodl_result result = {0};
    mec_arena *arena = mec_arena_new();
    char *source = NULL;

    if (argc != 3 || arena == NULL) {
        (void)fputs("usage: nmodlc FILE.mod OUT.c\n", stderr);
        return 2;
    }
    MEC_TRY(mec_read_file(arena, argv[1], &source, NULL, &err));
    MEC_TRY(mec_nmodl_compile(arena, mec_path_basename(argv[1]), NULL, source, &result,
                              &err));
    MEC_TRY(mec_write_file(argv[2], result.c_source, strlen(result.c_source), &err));
done:
    if (st != MEC_OK) {
        mec_log_err(&err);
    }
    mec_arena_free(arena);
    return st == MEC_OK ? 0 : 1;
}
