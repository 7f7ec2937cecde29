/* Comparing the samples of a run with a stored digest of NEURON's. */
#ifndef TESTS_UNIT_CELL_DIGEST_H
#define TESTS_UNIT_CELL_DIGEST_H

#include <support/tap.h>

#include "cell_script.h"

/* FNV-1a over the bytes of all samples, t first. */
static inline uint64_t script_digest(const mec_traces *traces)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < traces->n; i++) {
        for (int32_t p = -1; p < traces->n_probe; p++) {
            unsigned char byte[sizeof(double)];

            memcpy(byte, p < 0 ? &traces->t[i] : &traces->value[p][i], sizeof byte);
            for (size_t b = 0; b < sizeof byte; b++) {
                hash = (hash ^ byte[b]) * 1099511628211u;
            }
        }
    }
    return hash;
}

static inline void script_expect(const cell_script *script, const char *what,
                                 const char *text)
{
    size_t n = 0;
    unsigned long long want = 0;

    if (sscanf(text, "expect %zu %llx", &n, &want) == 2 &&
        (script->traces.n != n || script_digest(&script->traces) != want)) {
        printf("# in: %s", what);
        CHECK_INT(script->traces.n, n);
        CHECK(script_digest(&script->traces) == want);
    }
}

/* Builds a folder of .mod files into `folder`/built, with a cache of its own. */
static inline void script_build_into(const char *folder, const char *mods)
{
    char built[64];
    mec_err err = MEC_ERR_INIT;

    snprintf(built, sizeof built, "%s/built", folder);
    setenv("MECOMBO_CACHE", folder, 1);
    CHECK_OK(mec_mechanisms_build(mods, built, &err), err);
}

/* A new cell with the mechanisms built below `folder`: how every case begins. */
static inline bool script_begin_on(cell_script *script, const char *folder,
                                   const char *morphology)
{
    char line[128];

    script_clear(script);
    snprintf(line, sizeof line, "mechanisms %s/built", folder);
    if (!CHECK_OK(script_line(script, line), script->err)) {
        return false;
    }
    snprintf(line, sizeof line, "morphology %s", morphology);
    return CHECK_OK(script_line(script, line), script->err);
}

static inline bool script_begin(cell_script *script, const char *folder)
{
    return script_begin_on(script, folder, "tests/nmodl/events/cell.swc");
}

/* Run the cases of a file that tests/peers/nmodl_peer.py wrote. */
static inline void script_check_references_on(const char *path, const char *folder,
                                              const char *morphology)
{
    static cell_script script;
    char line[4096], what[4096] = "", copy[4096];
    FILE *file = fopen(path, "r");
    bool ok = CHECK(file != NULL);

    while (ok && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "case ", 5) == 0) {
            snprintf(what, sizeof what, "%s", line);
            ok = script_begin_on(&script, folder, morphology);
        } else if (strncmp(line, "expect ", 7) == 0) {
            script_expect(&script, what, line);
        } else if (line[0] != '#') {
            snprintf(copy, sizeof copy, "%s", line);
            ok = CHECK_OK(script_line(&script, copy), script.err);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    script_clear(&script);
}

static inline void script_check_references(const char *path, const char *folder)
{
    script_check_references_on(path, folder, "tests/nmodl/events/cell.swc");
}

#endif
