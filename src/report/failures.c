/* A page for each class of failure: which me-combinations, and what they said. */

#include "report_priv.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 5, MAX_CLASSES = 24, MAX_EXAMPLES = 20, MAX_TEXT = 240 };

/* The last line that says something: a traceback ends with the error. */
static const char *message_of(book *b, const char *text)
{
    size_t end = text == NULL ? 0 : strlen(text);
    size_t start;

    while (end > 0 && (unsigned char)text[end - 1] <= ' ') {
        end--;
    }
    for (start = end; start > 0 && text[start - 1] != '\n'; start--) {
    }
    size_t n = end - start < MAX_TEXT ? end - start : MAX_TEXT;
    while (n > 0 && n < end - start &&
           ((unsigned char)text[start + n] & 0xC0) == 0x80) {
        n--; /* not inside a UTF-8 character */
    }
    const char *line = n == 0 ? "" : mec_arena_strndup(b->arena, text + start, n);
    return line == NULL ? "" : line;
}

static void class_page(book *b, const mec_selection *s, const mec_selection_count *one,
                       int parent)
{
    static const char *const header[COLUMNS] = {"what it said", "row", "e-model",
                                                "morphology", "me-type"};
    const char *cell[MAX_EXAMPLES * COLUMNS];
    size_t n = 0;

    for (size_t i = 0; i < s->n_rows && n < MAX_EXAMPLES; i++) {
        const mec_selection_row *row = &s->row[i];

        if (row->exception_class == NULL ||
            strcmp(row->exception_class, one->name) != 0) {
            continue;
        }
        const char **texts = &cell[n++ * COLUMNS];
        const char *uid = mec_arena_printf(b->arena, "%" PRId64, row->uid);
        const char *metype =
            mec_arena_printf(b->arena, "%s %s", row->fullmtype, row->etype);
        texts[0] = message_of(b, row->exception);
        texts[1] = uid == NULL ? "" : uid;
        texts[2] = row->emodel;
        texts[3] = row->morph_name;
        texts[4] = metype == NULL ? "" : metype;
    }
    const char *title = mec_arena_printf(b->arena, "Exceptions: %s", one->name);
    const char *subtitle = mec_arena_printf(
        b->arena, "%zu of %" PRId64 " me-combinations with it%s", n, one->n,
        (int64_t)n < one->n ? ", the first in the database" : "");
    report_table(b, parent, title == NULL ? one->name : title, subtitle, COLUMNS,
                 header, n, cell);
}

void report_failures(book *b, const mec_selection *s)
{
    size_t n = s->n_classes < MAX_CLASSES ? s->n_classes : MAX_CLASSES;

    for (size_t i = 0; i < n; i++) {
        class_page(b, s, &s->exception_class[i], 0);
    }
}
