/* Jobs as one line of JSON: how they travel between ranks. */

#include "evaluate_priv.h"

#include <math.h>
#include <string.h>

static void print_optional(const char *key, const char *value, mec_text *out)
{
    if (value != NULL) {
        mec_text_printf(out, ", \"%s\": ", key);
        mec_json_print_string(value, out);
    }
}

static void print_number(const char *key, double value, mec_text *out)
{
    if (value != 0) {
        mec_text_printf(out, ", \"%s\": ", key);
        mec_text_add_double(out, value);
    }
}

static void print_flag(const char *key, bool value, mec_text *out)
{
    if (value) {
        mec_text_printf(out, ", \"%s\": true", key);
    }
}

void mec_job_print_common(const mec_job *job, mec_text *out)
{
    mec_text_add(out, "{\"emodel_dir\": ");
    mec_json_print_string(job->emodel_dir, out);
    print_optional("emodel", job->emodel, out);
    print_number("without", job->without, out);
    print_flag("free_rounding", job->free_rounding, out);
    print_number("seed", job->seed, out);
    print_number("dt_ms", job->dt_ms, out);
    print_number("atol", job->atol, out);
    print_number("max_seconds", job->max_seconds, out);
    print_optional("program", job->program, out);
    print_optional("mechanisms_dir", job->mechanisms_dir, out);
    if (job->n_protocol > 0) {
        mec_text_add(out, ", \"protocol\": [");
        for (size_t i = 0; i < job->n_protocol; i++) {
            mec_text_add(out, i > 0 ? ", " : "");
            mec_json_print_string(job->protocol[i], out);
        }
        mec_text_add_char(out, ']');
    }
    if (job->params != NULL) {
        mec_text_add(out, ", \"params\": ");
        mec_json_print(job->params, out);
    }
}

void mec_job_print_own(const mec_job *job, mec_text *out)
{
    mec_text_printf(out, ", \"apical_section\": %d", (int)job->apical_section);
    print_optional("morphology", job->morphology, out);
    print_optional("traces_path", job->traces_path, out);
    mec_text_add_char(out, '}');
}

void mec_job_print(const mec_job *job, mec_text *out)
{
    mec_job_print_common(job, out);
    mec_job_print_own(job, out);
}

static const char *string_member(const mec_json *root, const char *key)
{
    const mec_json *value = mec_json_get(root, key);

    return value != NULL && value->type == MEC_JSON_STRING ? value->string : NULL;
}

static double number_member(const mec_json *root, const char *key, double otherwise)
{
    const mec_json *value = mec_json_get(root, key);

    return value != NULL &&
                   (value->type == MEC_JSON_NUMBER || value->type == MEC_JSON_BOOL)
               ? value->number
               : otherwise;
}

static mec_status read_protocols(mec_arena *arena, const mec_json *list, mec_job *out,
                                 mec_err *err)
{
    const char **names;

    if (list == NULL || list->type != MEC_JSON_ARRAY || list->n == 0) {
        return MEC_OK;
    }
    names = mec_arena_calloc(arena, list->n, sizeof *names);
    if (names == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i]->type != MEC_JSON_STRING) {
            return mec_fail(err, MEC_E_INPUT, "job: protocol %zu is no string", i);
        }
        names[i] = list->item[i]->string;
    }
    out->protocol = names;
    out->n_protocol = list->n;
    return MEC_OK;
}

mec_status mec_job_read(mec_arena *arena, const mec_json *root, mec_job *out,
                        mec_err *err)
{
    mec_status st;

    *out = (mec_job){0};
    MEC_TRY(mec_json_need_string(root, "emodel_dir", &out->emodel_dir, err));
    MEC_TRY(mec_json_need_string(root, "emodel", &out->emodel, err));
    MEC_TRY(mec_json_need_string(root, "morphology", &out->morphology, err));
    out->apical_section = (int32_t)number_member(root, "apical_section", -1);
    out->without = (int32_t)number_member(root, "without", 0);
    out->free_rounding = number_member(root, "free_rounding", 0) != 0;
    out->seed = (uint32_t)number_member(root, "seed", 0);
    out->dt_ms = number_member(root, "dt_ms", 0);
    out->atol = number_member(root, "atol", 0);
    out->max_seconds = number_member(root, "max_seconds", 0);
    out->traces_path = string_member(root, "traces_path");
    out->program = string_member(root, "program");
    out->mechanisms_dir = string_member(root, "mechanisms_dir");
    out->params = mec_json_get(root, "params");
    st = read_protocols(arena, mec_json_get(root, "protocol"), out, err);
done:
    return st;
}

mec_status mec_job_parse(mec_arena *arena, const char *text, mec_job *out, mec_err *err)
{
    const mec_json *root;
    mec_status st;

    *out = (mec_job){0};
    MEC_TRY(mec_json_parse(arena, "job", text, &root, err));
    st = mec_job_read(arena, root, out, err);
done:
    return st;
}
