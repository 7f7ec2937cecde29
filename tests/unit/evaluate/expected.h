/* Comparing an evaluation with stored numbers of another program. */
#ifndef TESTS_UNIT_EVALUATE_EXPECTED_H
#define TESTS_UNIT_EVALUATE_EXPECTED_H

#include "support/tap.h"

#include <mecombo/evaluate.h>

#define SMALL_CELL "tests/unit/evaluate/main_hh/morphologies/small.asc"

static inline double expected_number(const mec_json *value)
{
    return value == NULL || value->type == MEC_JSON_NULL ? NAN : value->number;
}

/* Compare an object of numbers with the expected one, order of keys included. */
static inline void check_numbers(mec_arena *arena, const char *got_text,
                                 const mec_json *want)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *got;

    if (!CHECK_OK(mec_json_parse(arena, "got", got_text, &got, &err), err) ||
        !CHECK(want != NULL)) {
        return;
    }
    CHECK_INT(got->n, want->n);
    for (size_t i = 0; i < got->n && i < want->n; i++) {
        CHECK_STR(got->item[i]->key, want->item[i]->key);
        if (!CHECK_EQ(expected_number(got->item[i]), expected_number(want->item[i]))) {
            printf("# that was %s\n", want->item[i]->key);
        }
    }
}

/* Evaluate a job and compare with member `key` of a file of expected outcomes. */
static inline void check_expected(mec_arena *arena, const mec_job *job,
                                  const char *file, const char *key)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *expected, *want;
    mec_outcome out;

    if (!CHECK_OK(mec_json_read(arena, file, &expected, &err), err) ||
        !CHECK_OK(mec_evaluate(job, arena, &out, &err), err)) {
        return;
    }
    want = mec_json_get(expected, key);
    if (!CHECK(out.exception_class == NULL)) {
        printf("# %s: %s\n", out.exception_class, out.exception_text);
        return;
    }
    check_numbers(arena, out.scores, mec_json_get(want, "scores"));
    check_numbers(arena, out.extra_values, mec_json_get(want, "extra_values"));
}

#endif
