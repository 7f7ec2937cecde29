/* Fields of CSV files. */

#include "select_priv.h"

#include <string.h>

/* Quoted are fields with the separator, a quote or a line feed, and nothing else. Parity:
 * pandas' to_csv, which writes '\r' as it is. */
void csv_field(mec_text *out, const char *field, char separator)
{
    const char special[] = {separator, '"', '\n', '\0'};

    if (field[strcspn(field, special)] == '\0') {
        mec_text_add(out, field);
        return;
    }
    mec_text_add_char(out, '"');
    for (const char *c = field; *c != '\0'; c++) {
        if (*c == '"') {
            mec_text_add_char(out, '"');
        }
        mec_text_add_char(out, *c);
    }
    mec_text_add_char(out, '"');
}
