/* eFEL's settings. */

#include "efeature_priv.h"

#include <math.h>
#include <mecombo/text.h>
#include <string.h>

typedef enum setting_kind { REAL, INT, FLAG, TEXT, GIVEN, SEVERAL } setting_kind;

typedef struct setting_row {
    const char *name;
    setting_kind kind;
    double preset;
} setting_row;

#define SETTING(id, setting_kind, value) {#id, setting_kind, value},
static const setting_row setting_table[S_count] = {
#include "settings.def"
};
#undef SETTING

void settings_init(mec_efeature_trace *trace)
{
    for (int i = 0; i < S_count; i++) {
        setting_kind kind = setting_table[i].kind;

        trace->set[i].present = kind != GIVEN && kind != SEVERAL;
        trace->set[i].number = setting_table[i].preset;
        trace->set[i].text = kind == TEXT ? "mean" : NULL;
    }
}

/* What was computed with the old settings is no longer remembered; the interpolated
 * trace is, unless the step changed. */
static void forget(mec_efeature_trace *trace, int id)
{
    level *lv = trace->raw;

    if (id == S_interp_step) {
        lv->next = NULL;
    }
    for (;;) {
        memset(lv->memo, 0, sizeof lv->memo);
        if (lv->next == NULL || lv->next == lv) {
            break;
        }
        lv = lv->next;
    }
    memset(trace->memo, 0, sizeof trace->memo);
    if (trace->together != NULL) {
        memset(trace->together, 0, sizeof *trace->together);
        trace->together->now = trace->raw;
    }
}

static mec_status find_setting(const char *name, int *id, mec_err *err)
{
    const char *names[S_count];

    for (int i = 0; i < S_count; i++) {
        names[i] = setting_table[i].name;
        if (strcmp(names[i], name) == 0) {
            *id = i;
            return MEC_OK;
        }
    }
    const char *near = mec_nearest_name(name, S_count, names);

    if (near == NULL) {
        return mec_fail(err, MEC_E_INPUT, "setting %s: unknown to eFEL", name);
    }
    return mec_fail(err, MEC_E_INPUT, "setting %s: unknown to eFEL (did you mean %s?)",
                    name, near);
}

mec_status mec_efeature_set(mec_efeature_trace *trace, const char *name, double number,
                            mec_err *err)
{
    mec_status st = MEC_OK;
    int id = 0;

    MEC_TRY(find_setting(name, &id, err));
    switch (setting_table[id].kind) {
    case REAL:
    case GIVEN:
        trace->set[id].number = number;
        break;
    case INT:
        if (!(fabs(number) <= 1e9)) {
            return mec_fail(err, MEC_E_INPUT, "setting %s: %g is no whole number", name,
                            number);
        }
        trace->set[id].number = trunc(number);
        break;
    case FLAG:
        trace->set[id].number = number != 0.0 ? 1.0 : 0.0;
        break;
    case SEVERAL:
        return mec_efeature_set_list(trace, name, 1, &number, err);
    case TEXT:
    default:
        return mec_fail(err, MEC_E_INPUT,
                        "setting %s: a word is expected (mean, median)", name);
    }
    trace->set[id].present = true;
    forget(trace, id);
done:
    return st;
}

mec_status mec_efeature_set_list(mec_efeature_trace *trace, const char *name, size_t n,
                                 const double values[], mec_err *err)
{
    mec_status st = MEC_OK;
    int id = 0;
    double *list = NULL;

    MEC_TRY(find_setting(name, &id, err));
    if (setting_table[id].kind != SEVERAL) {
        return mec_fail(err, MEC_E_INPUT, "setting %s: takes a single value", name);
    }
    list = mec_arena_calloc(trace->arena, n, sizeof *list);
    if (list == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "setting %s: out of memory", name);
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = values[i];
    }
    trace->set[id].list = list;
    trace->set[id].n = (ptrdiff_t)n;
    trace->set[id].present = true;
    forget(trace, id);
done:
    return st;
}

static mec_status set_list_from_text(mec_efeature_trace *trace, const char *name,
                                     const char *text, mec_err *err)
{
    size_t capacity = strlen(text) + 1;
    double *list = mec_arena_calloc(trace->arena, capacity, sizeof *list);
    size_t n = 0;

    if (list == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "setting %s: out of memory", name);
    }
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        char *word = mec_arena_strndup(trace->arena, text, length);

        if (word == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "setting %s: out of memory", name);
        }
        if (!mec_parse_double(word, &list[n])) {
            return mec_fail(err, MEC_E_INPUT, "setting %s: '%s' is not a number", name,
                            word);
        }
        n++;
        text += length + (text[length] == ',' ? 1 : 0);
    }
    return mec_efeature_set_list(trace, name, n, list, err);
}

mec_status mec_efeature_set_text(mec_efeature_trace *trace, const char *name,
                                 const char *text, mec_err *err)
{
    mec_status st = MEC_OK;
    int id = 0;
    double number = 0.0;

    MEC_TRY(find_setting(name, &id, err));
    if (setting_table[id].kind == TEXT) {
        trace->set[id].text = mec_arena_strdup(trace->arena, text);
        if (trace->set[id].text == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "setting %s: out of memory", name);
        }
        forget(trace, id);
        return MEC_OK;
    }
    if (setting_table[id].kind == SEVERAL) {
        return set_list_from_text(trace, name, text, err);
    }
    if (strcmp(text, "True") == 0 || strcmp(text, "true") == 0) {
        number = 1.0;
    } else if (strcmp(text, "False") == 0 || strcmp(text, "false") == 0) {
        number = 0.0;
    } else if (!mec_parse_double(text, &number)) {
        return mec_fail(err, MEC_E_INPUT, "setting %s: '%s' is not a number", name,
                        text);
    }
    MEC_TRY(mec_efeature_set(trace, name, number, err));
done:
    return st;
}
