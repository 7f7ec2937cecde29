/* A page for each class of failure: which me-combinations, and what they said. */

#include "report_priv.h"

#include <inttypes.h>
#include <string.h>

enum { COLUMNS = 5, MAX_CLASSES = 24, MAX_EXAMPLES = 20 };

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
        texts[0] = row->exception == NULL ? "" : row->exception;
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
