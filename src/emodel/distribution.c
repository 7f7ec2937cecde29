/* Distributions: a formula in the distance from the soma, kept as Python text.
 *
 * BluePyOpt puts the values into the text and evaluates it for every segment, so the
 * printing of the values ("%.17g", no parentheses around negative ones) is part of the
 * meaning and is done here in the same way.
 */

#include <mecombo/emodel.h>
#include <mecombo/text.h>

#include "emodel_priv.h"

#include <stdio.h>
#include <string.h>

static mec_status complain(const mec_distribution *d, const char *what, mec_err *err)
{
    return mec_fail(err, MEC_E_INPUT, "%s:%d: distribution \"%s\" (\"%s\"): %s",
                    d->origin.file, d->origin.line, d->name, d->expression, what);
}

/* The text for a placeholder; NULL when there is none of that name. */
static const char *lookup(const mec_distribution *d, const char *const own[],
                          const char *name, size_t n, const char *value,
                          const char *distance)
{
    for (size_t i = 0; i < d->n_parameter; i++) {
        if (strlen(d->parameter[i]) == n && strncmp(d->parameter[i], name, n) == 0) {
            return own[i];
        }
    }
    if (n == strlen("value") && strncmp(name, "value", n) == 0) {
        return value;
    }
    if (n == strlen("distance") && strncmp(name, "distance", n) == 0) {
        return distance;
    }
    return NULL;
}

static mec_status substitute(const mec_distribution *d, const char *const own[],
                             const char *value, const char *distance, mec_text *out,
                             mec_err *err)
{
    const char *at = d->expression;

    while (*at != '\0') {
        size_t n = strcspn(at, "{}");
        const char *end;
        const char *text;

        mec_text_add_bytes(out, at, n);
        at += n;
        if (*at == '\0') {
            break;
        }
        end = *at == '{' ? strchr(at, '}') : NULL;
        if (end == NULL) {
            return complain(d, "single \"{\" or \"}\"", err);
        }
        text = lookup(d, own, at + 1, (size_t)(end - at - 1), value, distance);
        if (text == NULL) {
            return complain(d, "placeholder is neither distance, value nor a parameter",
                            err);
        }
        mec_text_add(out, text);
        at = end + 1;
    }
    return mec_text_ok(out) ? MEC_OK : mec_no_memory(err);
}

mec_status mec_distribution_eval(const mec_distribution *distribution,
                                 const char *const own[], double value,
                                 double distance_um, double *result, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    char value_text[32], distance_text[32];
    mec_status st;

    *result = 0;
    snprintf(value_text, sizeof value_text, "%.17g", value);
    snprintf(distance_text, sizeof distance_text, "%.17g", distance_um);
    MEC_TRY(substitute(distribution, own, value_text, distance_text, &text, err));
    st = mec_python_eval(mec_text_string(&text), result, err);
    if (st != MEC_OK) {
        mec_err_prefix(err, "%s:%d: distribution \"%s\": ", distribution->origin.file,
                       distribution->origin.line, distribution->name);
    }
done:
    mec_text_clear(&text);
    return st;
}
