/* to_skip_features and megate_thresholds (BLUEPYMM.md A.2, A.8 d to f; without S6, S8 and
 * S9 of A.10). */

#include "gate_priv.h"
#include "say_priv.h"

#include <mecombo/text.h>

#include <string.h>

/* A string as Python's repr() prints it, for printable text. */
static void print_string(const char *s, mec_text *out)
{
    char quote = strchr(s, '\'') != NULL && strchr(s, '"') == NULL ? '"' : '\'';

    mec_text_add_char(out, quote);
    for (; *s != '\0'; s++) {
        if (*s == '\\' || *s == quote) {
            mec_text_add_char(out, '\\');
        }
        if (*s == '\n') {
            mec_text_add(out, "\\n");
        } else if (*s == '\t') {
            mec_text_add(out, "\\t");
        } else {
            mec_text_add_char(out, *s);
        }
    }
    mec_text_add_char(out, quote);
}

/* A value as Python's repr() prints what json.load() made of it. Plain recursion: depth
 * is that of a threshold entry, 2 once it was checked. */
static void print_value(const mec_json *value, mec_text *out)
{
    switch (value->type) {
    case MEC_JSON_STRING:
        print_string(value->string, out);
        break;
    case MEC_JSON_ARRAY:
        mec_text_add_char(out, '[');
        for (size_t i = 0; i < value->n; i++) {
            mec_text_add(out, i == 0 ? "" : ", ");
            print_value(value->item[i], out);
        }
        mec_text_add_char(out, ']');
        break;
    case MEC_JSON_OBJECT:
        mec_text_add_char(out, '{');
        for (size_t i = 0; i < value->n; i++) {
            mec_text_add(out, i == 0 ? "" : ", ");
            print_string(value->item[i]->key, out);
            mec_text_add(out, ": ");
            print_value(value->item[i], out);
        }
        mec_text_add_char(out, '}');
        break;
    case MEC_JSON_BOOL:
        mec_text_add(out, value->number != 0 ? "True" : "False");
        break;
    case MEC_JSON_NULL:
        mec_text_add(out, "None");
        break;
    case MEC_JSON_NUMBER:
        mec_json_print(value, out);
        break;
    }
}

/* Compile a list of patterns, each of which must match to the end. */
static mec_status read_union(mec_arena *arena, const mec_json *list, mec_regex **out,
                             mec_err *err)
{
    const char **pattern = NULL;
    mec_status st = MEC_OK;

    if (list->type != MEC_JSON_ARRAY || list->n == 0) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: \"%s\" is %s (expected a list of patterns, as in "
                        "[\".*\"])",
                        list->file, list->line, list->key,
                        list->type == MEC_JSON_ARRAY ? "empty" : json_kind(list->type));
    }
    pattern = mec_arena_calloc(arena, list->n, sizeof *pattern);
    if (pattern == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i]->type != MEC_JSON_STRING) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: pattern %zu of \"%s\" is %s (expected a string)",
                            list->file, list->item[i]->line, i + 1, list->key,
                            json_kind(list->item[i]->type));
        }
        pattern[i] = list->item[i]->string;
    }
    st = mec_regex_new_union(list->n, pattern, out, err);
    if (st != MEC_OK) {
        mec_err_prefix(err, "%s:%d: key \"%s\": ", list->file, list->line, list->key);
    }
    return st;
}

static mec_status read_threshold(mec_arena *arena, const mec_json *entry,
                                 threshold *out, mec_err *err)
{
    static const char *const keys[] = {"emodel", "etype", "fullmtype", "features",
                                       "megate_threshold"};
    mec_regex **field[] = {&out->emodel, &out->etype, &out->fullmtype, &out->features};
    mec_text text = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < entry->n; i++) {
        const mec_json *item = entry->item[i];
        size_t k = 0;

        while (k < 5 && strcmp(item->key, keys[k]) != 0) {
            k++;
        }
        if (k == 5) {
            const char *near = mec_nearest_name(item->key, 5, keys);

            st = mec_fail(err, MEC_E_INPUT,
                          "%s:%d: unknown key \"%s\" in megate_thresholds (%s%s%s)",
                          item->file, item->line, item->key,
                          near == NULL ? "known: emodel, etype, fullmtype, features, "
                                         "megate_threshold"
                                       : "did you mean \"",
                          near == NULL ? "" : near, near == NULL ? "" : "\"?");
            goto done;
        }
        if (k < 4) {
            MEC_TRY(read_union(arena, item, field[k], err));
        }
    }
    if (out->features == NULL) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: a threshold without \"features\" (give a list of "
                      "patterns)",
                      entry->file, entry->line);
        goto done;
    }
    MEC_TRY(mec_json_need_number(entry, "megate_threshold", &out->value, err));
    print_value(entry, &text);
    out->text =
        mec_text_ok(&text) ? mec_arena_strdup(arena, mec_text_string(&text)) : NULL;
    if (out->text == NULL) {
        st = mec_no_memory(err);
    }
done:
    mec_text_clear(&text);
    return st;
}

static mec_status read_skip(mec_arena *arena, const mec_json *list, gate_config *out,
                            mec_err *err)
{
    if (list == NULL) {
        return MEC_OK;
    }
    out->skip = mec_arena_calloc(arena, list->n, sizeof *out->skip);
    out->skip_text = mec_arena_calloc(arena, list->n, sizeof *out->skip_text);
    if (out->skip == NULL || out->skip_text == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        mec_status st = mec_regex_new(list->item[i]->string, &out->skip[i], err);

        if (st != MEC_OK) {
            mec_err_prefix(err, "%s:%d: key \"to_skip_features\": ", list->file,
                           list->item[i]->line);
            return st;
        }
        out->skip_text[i] = list->item[i]->string;
        out->n_skip++;
    }
    return MEC_OK;
}

mec_status gate_config_read(mec_arena *arena, const select_config *config,
                            gate_config *out, mec_err *err)
{
    const mec_json *list = config->megate_thresholds;
    mec_status st = MEC_OK;

    *out = (gate_config){0};
    if (list->n == 0) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s:%d: megate_thresholds is empty (give at least one entry, as "
            "in {\"features\": [\".*\"], \"megate_threshold\": 5})",
            list->file, list->line);
    }
    out->threshold = mec_arena_calloc(arena, list->n, sizeof *out->threshold);
    out->threshold_text = mec_arena_calloc(arena, list->n, sizeof *out->threshold_text);
    if (out->threshold == NULL || out->threshold_text == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        out->n_thresholds = i + 1;
        MEC_TRY(read_threshold(arena, list->item[i], &out->threshold[i], err));
        out->threshold_text[i] = out->threshold[i].text;
    }
    MEC_TRY(read_skip(arena, config->to_skip_features, out, err));
done:
    if (st != MEC_OK) {
        gate_config_clear(out);
    }
    return st;
}

void gate_config_clear(gate_config *config)
{
    for (size_t i = 0; i < config->n_thresholds; i++) {
        mec_regex_free(config->threshold[i].emodel);
        mec_regex_free(config->threshold[i].fullmtype);
        mec_regex_free(config->threshold[i].etype);
        mec_regex_free(config->threshold[i].features);
    }
    for (size_t i = 0; i < config->n_skip; i++) {
        mec_regex_free(config->skip[i]);
    }
    *config = (gate_config){0};
}
