/* UTF-8 and places in texts. */

#include "io_priv.h"

#include <stdio.h>
#include <string.h>

int32_t io_utf8_next(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    size_t left = (size_t)(end - *p);
    int32_t code = s[0];
    size_t n = 0; /* bytes that follow the first */
    int32_t least = 0;

    (*p)++;
    if (code < 0x80) {
        return code;
    }
    if (code >= 0xC2 && code < 0xE0) {
        n = 1;
        code &= 0x1F;
        least = 0x80;
    } else if (code >= 0xE0 && code < 0xF0) {
        n = 2;
        code &= 0x0F;
        least = 0x800;
    } else if (code >= 0xF0 && code < 0xF5) {
        n = 3;
        code &= 0x07;
        least = 0x10000;
    } else {
        return IO_NO_CODE_POINT;
    }
    if (left < n + 1) {
        return IO_NO_CODE_POINT;
    }
    for (size_t i = 1; i <= n; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return IO_NO_CODE_POINT;
        }
        code = code << 6 | (s[i] & 0x3F);
    }
    if (code < least || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        return IO_NO_CODE_POINT;
    }
    *p += n;
    return code;
}

size_t io_utf8_check(const char *text, size_t length)
{
    const char *p = text;
    const char *end = text + length;

    while (p < end) {
        const char *start = p;

        if ((unsigned char)*p < 0x80) {
            p++;
        } else if (io_utf8_next(&p, end) == IO_NO_CODE_POINT) {
            return (size_t)(start - text);
        }
    }
    return length;
}

void io_locate(const char *text, size_t length, size_t offset, int *line, int *column)
{
    size_t n = offset < length ? offset : length;

    *line = 1;
    *column = 1;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.' || c == '-' || c == '+';
}

void io_describe(const char *text, size_t length, size_t offset, char out[48])
{
    enum { MAX_WORD = 24 };
    const char *start = text + offset;
    const char *p = start;
    size_t n = 0;

    if (offset >= length) {
        memcpy(out, "the end of the file", 20);
        return;
    }
    while (offset + n < length && n < MAX_WORD && is_word_char(start[n])) {
        n++;
    }
    if (n > 1) {
        snprintf(out, 48, "\"%.*s\"", (int)n, start);
        return;
    }
    int32_t code = io_utf8_next(&p, text + length);
    if (code == '\n' || code == '\r') {
        memcpy(out, "the end of the line", 20);
    } else if (code < 0x20 || code == 0x7F) {
        snprintf(out, 48, "byte 0x%02X", (unsigned)(unsigned char)*start);
    } else {
        snprintf(out, 48, "'%.*s'", (int)(p - start), start);
    }
}
