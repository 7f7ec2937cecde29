/* A small TAP producer for unit tests.
 *
 *     static void test_addition(void) { CHECK(1 + 1 == 2); }
 *     int main(int argc, char **argv)
 *     {
 *         static const tap_case cases[] = {TAP_CASE(test_addition)};
 *         return TAP_RUN(cases, argc, argv);
 *     }
 *
 * One line per case; a case fails if any of its checks fails. `-t NAME` runs one case.
 */
#ifndef TESTS_SUPPORT_TAP_H
#define TESTS_SUPPORT_TAP_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct tap_case {
    const char *name;
    void (*run)(void);
} tap_case;

#define TAP_CASE(function)                                                             \
    {                                                                                  \
#function, function                                                            \
    }
#define TAP_RUN(cases, argc, argv)                                                     \
    tap_run((cases), sizeof(cases) / sizeof *(cases), (argc), (argv))

static int tap_failures; /* failed checks of the running case */

/* Check a condition; returns whether it holds, so that a case can stop early. */
#define CHECK(cond) tap_check((cond), #cond, __FILE__, __LINE__)
#define CHECK_STR(got, want) tap_check_str((got), (want), #got, __FILE__, __LINE__)
#define CHECK_INT(got, want)                                                           \
    tap_check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
/* Equal bits, except that NaN equals NaN; prints the distance in ulp. */
#define CHECK_EQ(got, want)                                                            \
    tap_check_near((got), (want), 0.0, 0.0, #got, __FILE__, __LINE__)
#define CHECK_NEAR(got, want, abs_tol, rel_tol)                                        \
    tap_check_near((got), (want), (abs_tol), (rel_tol), #got, __FILE__, __LINE__)
/* A mec_status call succeeded; prints the error text otherwise. */
#define CHECK_OK(call, err)                                                            \
    tap_check_ok((int)(call), (err).text, #call, __FILE__, __LINE__)
/* The text holds a part. */
#define CHECK_HAS(text, part) tap_check_has((text), (part), __FILE__, __LINE__)

static inline int tap_check(int holds, const char *what, const char *file, int line)
{
    if (!holds) {
        tap_failures++;
        printf("# %s:%d: failed: %s\n", file, line, what);
    }
    return holds;
}

static inline int tap_check_str(const char *got, const char *want, const char *what,
                                const char *file, int line)
{
    int holds = got != NULL && want != NULL && strcmp(got, want) == 0;

    if (!holds) {
        tap_failures++;
        printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what,
               got == NULL ? "(null)" : got, want == NULL ? "(null)" : want);
    }
    return holds;
}

static inline int tap_check_int(long long got, long long want, const char *what,
                                const char *file, int line)
{
    if (got != want) {
        tap_failures++;
        printf("# %s:%d: %s is %lld, expected %lld\n", file, line, what, got, want);
    }
    return got == want;
}

static inline int64_t tap_ordered_bits(double x)
{
    int64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static inline int tap_check_near(double got, double want, double abs_tol,
                                 double rel_tol, const char *what, const char *file,
                                 int line)
{
    double tol = fmax(abs_tol, rel_tol * fabs(want));
    int holds = got == want || (isnan(got) && isnan(want)) || fabs(got - want) <= tol;

    if (!holds) {
        tap_failures++;
        printf("# %s:%d: %s is %.17g, expected %.17g (difference %g, %lld ulp)\n", file,
               line, what, got, want, got - want,
               (long long)(tap_ordered_bits(got) - tap_ordered_bits(want)));
    }
    return holds;
}

static inline int tap_check_ok(int status, const char *text, const char *what,
                               const char *file, int line)
{
    if (status != 0) {
        tap_failures++;
        printf("# %s:%d: %s failed: %s\n", file, line, what, text);
    }
    return status == 0;
}

static inline int tap_check_has(const char *text, const char *part, const char *file,
                                int line)
{
    int holds = text != NULL && strstr(text, part) != NULL;

    if (!holds) {
        tap_failures++;
        printf("# %s:%d: \"%s\" does not hold \"%s\"\n", file, line,
               text == NULL ? "(null)" : text, part);
    }
    return holds;
}

static inline int tap_run(const tap_case *cases, size_t n, int argc, char **argv)
{
    const char *only = argc == 3 && strcmp(argv[1], "-t") == 0 ? argv[2] : NULL;
    size_t n_run = 0;
    int n_bad = 0;

    for (size_t i = 0; i < n; i++) {
        if (only != NULL && strcmp(only, cases[i].name) != 0) {
            continue;
        }
        n_run++;
        tap_failures = 0;
        cases[i].run();
        n_bad += tap_failures > 0;
        printf("%s %zu - %s\n", tap_failures > 0 ? "not ok" : "ok", n_run,
               cases[i].name);
        fflush(stdout);
    }
    printf("1..%zu\n", n_run);
    return n_bad > 0 ? 1 : 0;
}

#endif
