/* Build-time program: one .mod file to C, or the functions that mechanisms borrow.
 * usage: nmodlc FILE.mod OUT.c
 *        nmodlc --lent OUT.c */

#include <mecombo/log.h>
#include <mecombo/nmodl.h>
#include <mecombo/path.h>

#include <stdio.h>
#include <string.h>

static mec_status write_lent(const char *path, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_status st;

    mec_nmodl_lent_source(&text);
    st = mec_text_ok(&text)
             ? mec_write_file(path, mec_text_string(&text), text.length, err)
             : mec_fail(err, MEC_E_NOMEM, "out of memory");
    mec_text_clear(&text);
    return st;
}

int main(int argc, char **argv)
{
    mec_status st = MEC_OK;
    mec_err err = {0};
    mec_nmodl_result result = {0};
    mec_arena *arena = mec_arena_new();
    char *source = NULL;

    if (argc != 3 || arena == NULL) {
        (void)fputs("usage: nmodlc FILE.mod|--lent OUT.c\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "--lent") == 0) {
        MEC_TRY(write_lent(argv[2], &err));
        goto done;
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
