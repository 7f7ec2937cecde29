/* The growable string. */

#include <mecombo/text.h>

#include <mecombo/vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mec_text_clear(mec_text *text)
{
    if (text == NULL) {
        return;
    }
    free(text->data);
    *text = (mec_text)MEC_TEXT_INIT;
}

void mec_text_reset(mec_text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->data != NULL) {
        text->data[0] = '\0';
    }
}

/* Make room for `more` bytes and the final NUL. */
static bool reserve(mec_text *text, size_t more)
{
    if (text->failed) {
        return false;
    }
    void *data = text->data;
    if (!mec_vec_reserve_(&data, &text->capacity, text->length + more + 1, 1)) {
        text->failed = true;
        return false;
    }
    text->data = data;
    return true;
}

void mec_text_add(mec_text *text, const char *string)
{
    mec_text_add_bytes(text, string, strlen(string));
}

void mec_text_add_bytes(mec_text *text, const void *bytes, size_t length)
{
    if (!reserve(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->data + text->length, bytes, length);
    }
    text->length += length;
    text->data[text->length] = '\0';
}

void mec_text_add_char(mec_text *text, char c)
{
    mec_text_add_bytes(text, &c, 1);
}

void mec_text_printf(mec_text *text, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    mec_text_vprintf(text, fmt, args);
    va_end(args);
}

void mec_text_vprintf(mec_text *text, const char *fmt, va_list args)
{
    va_list again;

    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, args);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, fmt, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void mec_text_add_double(mec_text *text, double value)
{
    char digits[32];

    mec_double_repr(value, digits);
    mec_text_add(text, digits);
}

const char *mec_text_string(const mec_text *text)
{
    return text->data == NULL ? "" : text->data;
}

char *mec_text_take(mec_text *text)
{
    char *data = NULL;

    if (!text->failed && reserve(text, 0)) {
        data = text->data;
        data[text->length] = '\0';
        *text = (mec_text)MEC_TEXT_INIT;
    }
    mec_text_clear(text);
    return data;
}

bool mec_text_ok(const mec_text *text)
{
    return !text->failed;
}
