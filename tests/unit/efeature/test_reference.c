/* Traces of data/reference.txt against what efel 5.7.34 made of them
 * (tests/peers/efeature_make_reference.py). Numbers are compared with ==, except for
 * slopes that eFEL fits through LAPACK. Every instruction set gives them. */

#include <support/tap.h>

#include <mecombo/efeature.h>
#include <mecombo/path.h>

#include <stdlib.h>

#define REFERENCE "tests/unit/efeature/data/reference.txt"

typedef struct reader {
    mec_arena *file_arena;
    mec_arena *arena; /* of the current trace */
    mec_efeature_trace *trace;
    char name[128];
    int n_compared;
} reader;

/* The next line of the text, ended with a NUL; NULL at its end. */
static char *next_line(char **text)
{
    char *line = *text;

    if (*line == '\0') {
        return NULL;
    }
    char *end = line + strcspn(line, "\n");

    *text = *end == '\0' ? end : end + 1;
    *end = '\0';
    return line;
}

static void read_trace(reader *r, const char *line, char **text)
{
    mec_err err = MEC_ERR_INIT;
    size_t n = 0;
    double start = 0.0;
    double end = 0.0;
    int has_current = 0;
    char settings[32][128];
    size_t n_settings = 0;

    sscanf(line, "trace %127s %zu %lf %lf %d", r->name, &n, &start, &end, &has_current);
    mec_arena_free(r->arena);
    r->arena = mec_arena_new();
    double *column[3];

    for (int k = 0; k < 3; k++) {
        column[k] = mec_arena_calloc(r->arena, n, sizeof *column[k]);
    }
    for (size_t i = 0; i < n;) {
        char *at = next_line(text);

        if (strncmp(at, "set ", 4) == 0) {
            snprintf(settings[n_settings++], sizeof *settings, "%s", at + 4);
            continue;
        }
        for (int k = 0; k < 2 + has_current; k++) {
            column[k][i] = strtod(at, &at);
        }
        i++;
    }
    r->trace = mec_efeature_trace_new(r->arena, n, column[0], column[1]);
    CHECK_OK(mec_efeature_set(r->trace, "stim_start", start, &err), err);
    CHECK_OK(mec_efeature_set(r->trace, "stim_end", end, &err), err);
    if (has_current) {
        CHECK_OK(mec_efeature_set_current(r->trace, n, column[2], &err), err);
    }
    for (size_t i = 0; i < n_settings; i++) {
        char *space = strchr(settings[i], ' ');

        *space = '\0';
        CHECK_OK(mec_efeature_set_text(r->trace, settings[i], space + 1, &err), err);
    }
}

/* Relative tolerance: 0, or what the rounding of LAPACK amounts to. */
static double tolerance(const char *feature)
{
    return strstr(feature, "log_slope") != NULL ? 1e-11 : 0.0;
}

static void compare_feature(reader *r, char *line)
{
    mec_err err = MEC_ERR_INIT;
    mec_efeature_values got;
    char *name = line + strlen("feature ");
    char *at = name + strcspn(name, " ");
    size_t n = 0;

    *at++ = '\0';
    if (!CHECK_OK(mec_efeature_get(r->trace, name, &got, &err), err)) {
        return;
    }
    r->n_compared++;
    while (*at != '\0') {
        double want = strtod(at, &at);
        double tol = tolerance(name);

        if (n >= got.n ||
            !(got.value[n] == want || (isnan(want) && isnan(got.value[n])) ||
              fabs(got.value[n] - want) <= fmax(tol * fabs(want), tol * 1e-3))) {
            tap_failures++;
            printf("# %s %s[%zu] is %.17g (%s), expected %.17g\n", r->name, name, n,
                   n < got.n ? got.value[n] : NAN, got.exists ? "" : got.reason, want);
            return;
        }
        n++;
    }
    if (!CHECK_INT(got.n, n)) {
        printf("# %s %s\n", r->name, name);
    }
}

static void check_absent(reader *r, char *line)
{
    char *at = line + strlen("none");

    while (*at != '\0') {
        mec_err err = MEC_ERR_INIT;
        mec_efeature_values got;
        char *name = at + strspn(at, " ");

        at = name + strcspn(name, " ");
        if (*at != '\0') {
            *at++ = '\0';
        }
        r->n_compared++;
        if (!CHECK_OK(mec_efeature_get(r->trace, name, &got, &err), err) ||
            !CHECK(!got.exists || got.n == 0)) {
            printf("# %s %s\n", r->name, name);
        }
        CHECK(got.exists || got.reason != NULL);
    }
}

static void compare_all(void)
{
    mec_err err = MEC_ERR_INIT;
    reader r = {.file_arena = mec_arena_new()};
    char *text = NULL;
    int n_traces = 0;

    if (!CHECK_OK(mec_read_file(r.file_arena, REFERENCE, &text, NULL, &err), err)) {
        return;
    }
    for (char *line = next_line(&text); line != NULL; line = next_line(&text)) {
        if (strncmp(line, "trace ", 6) == 0) {
            read_trace(&r, line, &text);
            n_traces++;
        } else if (strncmp(line, "feature ", 8) == 0) {
            compare_feature(&r, line);
        } else if (strncmp(line, "none", 4) == 0) {
            check_absent(&r, line);
        }
    }
    CHECK(n_traces >= 30);
    CHECK(r.n_compared >= 5000);
    mec_arena_free(r.arena);
    mec_arena_free(r.file_arena);
}

static void test_reference(void)
{
    compare_all();
}

static void test_without_avx512(void)
{
    setenv("MECOMBO_ISA", "avx2", 1);
    compare_all();
    unsetenv("MECOMBO_ISA");
}

static void test_without_avx(void)
{
    setenv("MECOMBO_ISA", "baseline", 1);
    compare_all();
    unsetenv("MECOMBO_ISA");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_reference),
                                     TAP_CASE(test_without_avx512),
                                     TAP_CASE(test_without_avx)};

    return TAP_RUN(cases, argc, argv);
}
