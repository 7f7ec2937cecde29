/* Messages to stderr. The level is the only mutable state of the base room. */

#include <mecombo/log.h>

#include <mecombo/text.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static mec_log_level max_level = MEC_LOG_INFO;

void mec_log_set_level(mec_log_level level)
{
    max_level = level;
}

mec_log_level mec_log_get_level(void)
{
    return max_level;
}

static void put(const char *line, size_t n)
{
    fflush(stdout);
    if (write(STDERR_FILENO, line, n) < 0) {
        /* stderr is closed: there is nobody left to tell */
        max_level = MEC_LOG_ERROR;
    }
}

/* As much of a message as fits on the stack, for when there is no memory. */
MEC_PRINTF(2, 0)
static void put_short(const char *word, const char *fmt, va_list args)
{
    char line[1024];
    int n = snprintf(line, sizeof line - 1, "mecombo: %s", word);
    int rest = vsnprintf(line + n, sizeof line - 1 - (size_t)n, fmt, args);
    size_t length = rest < 0 ? (size_t)n : strlen(line);

    line[length] = '\n';
    put(line, length + 1);
}

void mec_log(mec_log_level level, const char *fmt, ...)
{
    static const char *const words[] = {"error: ", "warning: ", "", "debug: "};
    mec_text line = MEC_TEXT_INIT;
    va_list args;

    if (level > max_level) {
        return;
    }
    mec_text_printf(&line, "mecombo: %s", words[level]);
    va_start(args, fmt);
    mec_text_vprintf(&line, fmt, args);
    va_end(args);
    mec_text_add_char(&line, '\n');
    if (mec_text_ok(&line)) {
        put(mec_text_string(&line), line.length);
    } else {
        va_start(args, fmt);
        put_short(words[level], fmt, args);
        va_end(args);
    }
    mec_text_clear(&line);
}

void mec_log_err(const mec_err *err)
{
    mec_log(MEC_LOG_ERROR, "%s",
            err->text[0] != '\0' ? err->text : mec_status_text(err->code));
}
