/* A campaign without science: a database of any size, and results as long as real ones.
 * For programs that measure what rank 0 does. */
#ifndef TESTS_BENCH_SYNTHETIC_H
#define TESTS_BENCH_SYNTHETIC_H

#include "../../src/campaign/jobs_priv.h"
#include "../../src/campaign/store_priv.h"

#include <mecombo/path.h>
#include <mecombo/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_EMODELS = 40, N_MORPHOLOGIES = 10000, N_SCORES = 60, N_PARAMS = 60 };

/* Parameters of about 3 kB. */
static inline void print_params(int emodel, mec_text *out)
{
    for (int i = 0; i < N_PARAMS; i++) {
        mec_text_printf(out, "%s\"gParameter_number_%d_bar.somatic\": 0.0%09d%04d",
                        i == 0 ? "" : ", ", i, i * 7919, emodel);
    }
}

/* final.json and emodel_dirs.json. */
static inline mec_status write_output(mec_arena *arena, const char *folder,
                                      mec_err *err)
{
    mec_text final = MEC_TEXT_INIT, dirs = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    for (int i = 0; i < N_EMODELS; i++) {
        const char *comma = i == 0 ? "{" : ",\n";

        mec_text_printf(&final, "%s\"emodel%d\": {\"params\": {", comma, i);
        print_params(i, &final);
        mec_text_add(&final, "}}");
        mec_text_printf(&dirs, "%s\"emodel%d\": \"%s/packages/emodel%d\"", comma, i,
                        folder, i);
    }
    mec_text_add(&final, "}\n");
    mec_text_add(&dirs, "}\n");
    MEC_TRY(mec_write_file(mec_path_join(arena, folder, "final.json"),
                           mec_text_string(&final), final.length, err));
    MEC_TRY(mec_write_file(mec_path_join(arena, folder, "emodel_dirs.json"),
                           mec_text_string(&dirs), dirs.length, err));
done:
    mec_text_clear(&final);
    mec_text_clear(&dirs);
    return st;
}

/* Make a campaign of n rows in a folder.
 *
 * @param conf  out: its run configuration, in the arena */
static inline mec_status synthetic_make(mec_arena *arena, const char *folder, size_t n,
                                        const char **conf, mec_err *err)
{
    combo *row = calloc(n, sizeof *row);
    combo_table table = {.n = n, .row = row};
    const char *morph_dir = mec_arena_printf(arena, "%s/morphologies", folder);
    const char *database = mec_path_join(arena, folder, "scores.sqlite");
    mec_text text = MEC_TEXT_INIT;
    mec_status st = row == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < n; i++) {
        const char *emodel = mec_arena_printf(arena, "emodel%zu", i % N_EMODELS);

        row[i] = (combo){.layer = "5",
                         .fullmtype = "L5_TPC:A",
                         .mtype = "L5_TPC",
                         .msubtype = "A",
                         .etype = "cADpyr",
                         .morph_name = mec_arena_printf(arena, "morphology%05zu",
                                                        i / N_EMODELS % N_MORPHOLOGIES),
                         .morph_dir = morph_dir,
                         .emodel = emodel,
                         .original_emodel = emodel,
                         .is_repaired = true};
    }
    MEC_TRY(mec_make_directories(folder, err));
    MEC_TRY(write_output(arena, folder, err));
    unlink(database);
    MEC_TRY(store_create(database, &table, "", err));
    *conf = mec_path_join(arena, folder, "run.json");
    mec_text_printf(&text,
                    "{\"scores_db\": \"%s\", \"output_dir\": \"%s\", "
                    "\"use_apical_points\": false}\n",
                    database, folder);
    MEC_TRY(mec_write_file(*conf, mec_text_string(&text), text.length, err));
done:
    mec_text_clear(&text);
    free(row);
    return st;
}

/* What an evaluation of the published L5 campaign answers, in length and form. */
static inline void synthetic_result(uint64_t seed, mec_text *out)
{
    static char scores[8192];
    static size_t n_scores;
    char value[24];
    task_result result = {
        .extra_values = "{\"holding_current\": -0.08318033456802369, "
                        "\"threshold_current\": 0.43681640625}",
        .provenance =
            "{\"mecombo\": \"0\", \"seconds\": 3.301234, \"sweeps\": 29, "
            "\"steps\": 100042, \"samples\": 100071, \"package_sha256\": "
            "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\", "
            "\"morphology_sha256\": "
            "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}"};

    if (n_scores == 0) {
        for (int i = 0; i < N_SCORES; i++) {
            n_scores += (size_t)snprintf(
                scores + n_scores, sizeof scores - n_scores,
                "%s\"mm.Step_%d.soma.v.time_to_first_spike\": 1.2345678901234567",
                i == 0 ? "{" : ", ", 100 + i);
        }
        snprintf(scores + n_scores, sizeof scores - n_scores, "}");
    }
    snprintf(value, sizeof value, "%016" PRIu64, seed % UINT64_C(10000000000000000));
    memcpy(scores + n_scores - 16, value, 16);
    result.scores = scores;
    task_result_pack(&result, out);
}

/* Peak resident memory of this process in MB. */
static inline double peak_memory(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    double kb = 0;

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmHWM: %lf", &kb) == 1) {
            break;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kb / 1024;
}

#endif
