/* The strict scanner for JSON text (RFC 8259 plus NaN, Infinity and -Infinity).
 *
 * cJSON decodes the values, but is lenient and knows no places. So the text is walked
 * first: this gives exact complaints and the place of every value in document order.
 */

#include "io_priv.h"

#include <string.h>

typedef struct scanner {
    const char *name;
    const char *text;
    size_t length;
    size_t pos;
    int line;
    int depth;
    char *clean;
    json_marks *marks;
    mec_err *err;
} scanner;

static mec_status scan_value(scanner *s);

/* Complain about an offset: `name:line:column: <what>`. */
static mec_status complain(const scanner *s, size_t offset, const char *what)
{
    int line;
    int column;

    io_locate(s->text, s->length, offset, &line, &column);
    return mec_fail(s->err, MEC_E_INPUT, "%s:%d:%d: %s", s->name, line, column, what);
}

static mec_status unexpected(const scanner *s, const char *expected)
{
    char found[48];
    int line;
    int column;

    io_describe(s->text, s->length, s->pos, found);
    io_locate(s->text, s->length, s->pos, &line, &column);
    return mec_fail(s->err, MEC_E_INPUT, "%s:%d:%d: expected %s, found %s", s->name,
                    line, column, expected, found);
}

/* The byte at the position, 0 at the end. */
static char peek(const scanner *s)
{
    return s->pos < s->length ? s->text[s->pos] : '\0';
}

static void skip_space(scanner *s)
{
    for (; s->pos < s->length; s->pos++) {
        char c = s->text[s->pos];

        if (c == '\n') {
            s->line++;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            break;
        }
    }
}

static bool mark(scanner *s, size_t start, size_t *i_mark)
{
    json_mark m = {start, 0, s->line};

    *i_mark = s->marks->n;
    return MEC_VEC_PUSH(s->marks, m);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The value of the four digits after "\u" at an offset; -1 when they are not there. */
static int escape_value(const scanner *s, size_t offset)
{
    int value = 0;

    if (s->length - offset < 6 || s->text[offset] != '\\' ||
        s->text[offset + 1] != 'u') {
        return -1;
    }
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_value(s->text[offset + i]);

        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

static mec_status scan_unicode_escape(scanner *s)
{
    int value = escape_value(s, s->pos);

    if (value < 0) {
        return complain(s, s->pos, "\\u needs four hexadecimal digits");
    }
    if (value == 0) {
        return complain(s, s->pos, "\\u0000 is not supported in a string (remove it)");
    }
    if (value >= 0xDC00 && value < 0xE000) {
        return complain(s, s->pos, "lone low surrogate in a string");
    }
    s->pos += 6;
    if (value >= 0xD800 && value < 0xDC00) {
        int low = escape_value(s, s->pos);

        if (low < 0xDC00 || low >= 0xE000) {
            return complain(s, s->pos - 6, "lone high surrogate in a string");
        }
        s->pos += 6;
    }
    return MEC_OK;
}

/* string: '"' { character | escape } '"' */
static mec_status scan_string(scanner *s)
{
    size_t start = s->pos;

    s->pos++;
    while (s->pos < s->length && s->text[s->pos] != '"') {
        unsigned char c = (unsigned char)s->text[s->pos];

        if (c == '\n' || c == '\r') {
            return complain(s, start, "string without closing quote on its line");
        }
        if (c < 0x20) {
            return complain(s, s->pos, "control character in a string (escape it)");
        }
        if (c != '\\') {
            s->pos++;
            continue;
        }
        char kind = s->pos + 1 < s->length ? s->text[s->pos + 1] : '\0';
        if (kind == 'u') {
            mec_status st = scan_unicode_escape(s);

            if (st != MEC_OK) {
                return st;
            }
        } else if (kind != '\0' && strchr("\"\\/bfnrt", kind) != NULL) {
            s->pos += 2;
        } else {
            return complain(s, s->pos,
                            "unknown escape in a string (write \\\\ for a backslash)");
        }
    }
    if (s->pos >= s->length) {
        return complain(s, start, "string without closing quote");
    }
    s->pos++;
    return MEC_OK;
}

static size_t skip_digits(scanner *s)
{
    size_t start = s->pos;

    while (peek(s) >= '0' && peek(s) <= '9') {
        s->pos++;
    }
    return s->pos - start;
}

static bool skip_word(scanner *s, const char *word)
{
    size_t n = strlen(word);

    if (s->length - s->pos < n || memcmp(s->text + s->pos, word, n) != 0) {
        return false;
    }
    s->pos += n;
    return true;
}

/* Hide a number from the parser that follows: its place and literal are in the mark. */
static void blank_number(scanner *s, size_t start)
{
    memset(s->clean + start, ' ', s->pos - start);
    s->clean[start] = '0';
}

/* number: [-] (0 | 1-9 {digit}) [. digit {digit}] [e [+-] digit {digit}] */
static mec_status scan_number(scanner *s)
{
    size_t start = s->pos;

    if (peek(s) == '-') {
        s->pos++;
    }
    if (skip_word(s, "Infinity")) {
        blank_number(s, start);
        return MEC_OK;
    }
    size_t first = s->pos;
    size_t n_digits = skip_digits(s);
    if (n_digits == 0) {
        return unexpected(s, "a digit");
    }
    if (n_digits > 1 && s->text[first] == '0') {
        return complain(s, first, "number with a leading zero (remove the zero)");
    }
    if (peek(s) == '.') {
        s->pos++;
        if (skip_digits(s) == 0) {
            return unexpected(s, "a digit after the decimal point");
        }
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->pos++;
        if (peek(s) == '+' || peek(s) == '-') {
            s->pos++;
        }
        if (skip_digits(s) == 0) {
            return unexpected(s, "a digit in the exponent");
        }
    }
    blank_number(s, start);
    return MEC_OK;
}

static mec_status scan_word(scanner *s)
{
    size_t start = s->pos;

    if (skip_word(s, "true") || skip_word(s, "false") || skip_word(s, "null")) {
        return MEC_OK;
    }
    if (skip_word(s, "NaN") || skip_word(s, "Infinity")) {
        blank_number(s, start);
        return MEC_OK;
    }
    if (peek(s) == '\'') {
        return complain(s, s->pos, "expected a value, found ' (use double quotes)");
    }
    return unexpected(s, "a value");
}

/* member: string ':' value */
static mec_status scan_member(scanner *s)
{
    mec_status st = MEC_OK;

    if (peek(s) != '"') {
        return unexpected(s, "a key in double quotes");
    }
    MEC_TRY(scan_string(s));
    skip_space(s);
    if (peek(s) != ':') {
        return unexpected(s, "':' after the key");
    }
    s->pos++;
    MEC_TRY(scan_value(s));
done:
    return st;
}

/* object: '{' [member {',' member}] '}'    array: '[' [value {',' value}] ']' */
static mec_status scan_container(scanner *s, char close)
{
    mec_status st = MEC_OK;
    bool is_object = close == '}';

    s->pos++;
    skip_space(s);
    if (peek(s) == close) {
        s->pos++;
        return MEC_OK;
    }
    for (;;) {
        MEC_TRY(is_object ? scan_member(s) : scan_value(s));
        skip_space(s);
        if (peek(s) == close) {
            s->pos++;
            return MEC_OK;
        }
        if (peek(s) != ',') {
            return unexpected(s, is_object ? "',' or '}'" : "',' or ']'");
        }
        size_t comma = s->pos;
        s->pos++;
        skip_space(s);
        if (peek(s) == close) {
            return complain(s, comma, "comma after the last element (remove it)");
        }
    }
done:
    return st;
}

static mec_status scan_value(scanner *s)
{
    mec_status st = MEC_OK;
    size_t i_mark;

    skip_space(s);
    size_t start = s->pos;
    if (!mark(s, start, &i_mark)) {
        return mec_fail(s->err, MEC_E_NOMEM, "%s: out of memory", s->name);
    }
    char c = peek(s);
    if (c == '{' || c == '[') {
        if (s->depth == IO_MAX_NESTING) {
            return complain(s, start, "nested too deeply");
        }
        s->depth++;
        MEC_TRY(scan_container(s, c == '{' ? '}' : ']'));
        s->depth--;
    } else if (c == '"') {
        MEC_TRY(scan_string(s));
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        MEC_TRY(scan_number(s));
    } else {
        MEC_TRY(scan_word(s));
    }
    s->marks->data[i_mark].length = s->pos - start;
done:
    return st;
}

mec_status io_json_scan(const char *name, const char *text, size_t length, char *clean,
                        json_marks *marks, mec_err *err)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    scanner s = {name, text, length, 0, 1, 0, clean, marks, err};
    mec_status st = MEC_OK;

    memcpy(clean, text, length);
    size_t bad = io_utf8_check(text, length);
    if (bad < length) {
        return complain(&s, bad, "not valid UTF-8 (save the file as UTF-8)");
    }
    if (skip_word(&s, byte_order_mark)) {
        memset(clean, ' ', s.pos);
    }
    MEC_TRY(scan_value(&s));
    skip_space(&s);
    if (s.pos < length) {
        st = unexpected(&s, "nothing more after the value");
    }
done:
    return st;
}
