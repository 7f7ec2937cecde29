/* Status texts and the one place where an error text is made. */

#include <mecombo/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *mec_status_text(mec_status code)
{
#define STATUS_TEXT(name, text) text,
    static const char *const texts[] = { MEC_STATUS_LIST(STATUS_TEXT) };
#undef STATUS_TEXT

    if ((int)code < 0 || code >= MEC_N_STATUS) {
        return "unknown status";
    }
    return texts[code];
}

static void mark_truncation(char text[MEC_ERR_TEXT_SIZE])
{
    memcpy(text + MEC_ERR_TEXT_SIZE - 4, "...", 4);
}

mec_status mec_fail(mec_err *err, mec_status code, const char *fmt, ...)
{
    va_list args;
    int length;

    if (err == NULL) {
        return code;
    }
    err->code = code;
    va_start(args, fmt);
    length = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (length >= (int)sizeof err->text) {
        mark_truncation(err->text);
    }
    return code;
}

mec_status mec_no_memory(mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "out of memory");
}

void mec_err_prefix(mec_err *err, const char *fmt, ...)
{
    char old[MEC_ERR_TEXT_SIZE];
    va_list args;
    int length;

    if (err == NULL) {
        return;
    }
    memcpy(old, err->text, sizeof old);
    va_start(args, fmt);
    length = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (length < 0 || length >= (int)sizeof err->text) {
        mark_truncation(err->text);
        return;
    }
    size_t room = sizeof err->text - (size_t)length;
    size_t wanted = strlen(old) + 1;
    memcpy(err->text + length, old, wanted < room ? wanted : room);
    if (wanted > room) {
        mark_truncation(err->text);
    }
}

mec_status mec_bug(mec_err *err, const char *file, int line, const char *condition)
{
#ifdef MEC_DEBUG
    fprintf(stderr, "mecombo: bug: %s:%d: %s does not hold\n", file, line, condition);
    abort();
#endif
    return mec_fail(
        err, MEC_E_BUG,
        "%s:%d: %s does not hold (this is a bug in mecombo, please report it)", file,
        line, condition);
}
