/* VERBATIM text to words: comments and preprocessor lines are left out, and so is what a
 * condition that is known to fail leaves out. */

#include "verbatim_priv.h"

#include <mecombo/text.h>

#include <string.h>

bool verbatim_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool verbatim_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does the line that ends before at[n] go on in the next one? */
static bool continues(const char *at, size_t n)
{
    return (n > 1 && at[n - 2] == '\\') ||
           (n > 2 && at[n - 2] == '\r' && at[n - 3] == '\\');
}

size_t verbatim_nothing_at(const char *at, bool line_start)
{
    size_t n = 0;
    const char *end;

    if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r' || *at == '\f') {
        return 1;
    }
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        return end == NULL ? strlen(at) : (size_t)(end - at) + 2;
    }
    if (at[0] == '/' && at[1] == '/') {
        return strcspn(at, "\n");
    }
    if (*at == '#' && line_start) {
        do {
            n += strcspn(at + n, "\n");
            n += at[n] == '\n' ? 1 : 0;
        } while (at[n] != '\0' && continues(at, n));
    }
    return n;
}

size_t verbatim_token_length(const char *at, char *kind)
{
    size_t n = 1;

    *kind = *at;
    if (verbatim_is_letter(*at) || verbatim_is_digit(*at)) {
        *kind = verbatim_is_letter(*at) ? 'a' : '0';
        while (verbatim_is_letter(at[n]) || verbatim_is_digit(at[n]) ||
               (*kind == '0' && at[n] == '.')) {
            n++;
        }
    } else if (*at == '"' || *at == '\'') {
        while (at[n] != '\0' && at[n] != *at && at[n] != '\n') {
            n += at[n] == '\\' && at[n + 1] != '\0' ? 2 : 1;
        }
        n += at[n] == *at ? 1 : 0;
        *kind = '"';
    }
    return n;
}

/* What is known of a condition of the preprocessor. */
typedef enum c_truth { C_UNKNOWN, C_FALSE, C_TRUE } c_truth;

/* Conditions in force, the innermost last. */
typedef struct c_conditions {
    c_truth now[32], before[32]; /* before: of the branches before this one */
    int n;
} c_conditions;

/* What the shim says of a condition; the versions of NEURON are left open. */
static c_truth truth_of(const char *text)
{
    static const char *const known[] = {"NRN_VERSION_GTEQ_8_2_0",
                                        "DISABLE_REPORTINGLIB", "DISABLE_HDF5",
                                        "DISABLE_MPI"};
    bool negated = false;

    text += strspn(text, " \t");
    if (*text == '!') {
        negated = true;
        text += 1 + strspn(text + 1, " \t");
    }
    if (mec_starts_with(text, "NRNBBCORE") ||
        (*text == '0' && !verbatim_is_digit(text[1]))) {
        return negated ? C_TRUE : C_FALSE;
    }
    if (*text == '1' && !verbatim_is_digit(text[1])) {
        return negated ? C_FALSE : C_TRUE;
    }
    if (mec_starts_with(text, "def ") || mec_starts_with(text, "ndef ")) {
        bool wanted = *text == 'd';
        const char *name = text + (wanted ? 4 : 5);
        name += strspn(name, " \t");
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (mec_starts_with(name, known[i])) {
                return wanted ? C_TRUE : C_FALSE;
            }
        }
        return wanted ? C_UNKNOWN : C_TRUE;
    }
    return C_UNKNOWN;
}

/* Take a preprocessor line. */
static void take_condition(c_conditions *c, const char *line)
{
    line += 1 + strspn(line + 1, " \t");
    if (mec_starts_with(line, "if") && c->n < 32) {
        c->now[c->n] = truth_of(line + 2);
        c->before[c->n] = c->now[c->n];
        c->n++;
    } else if (mec_starts_with(line, "endif") && c->n > 0) {
        c->n--;
    } else if (mec_starts_with(line, "el") && c->n > 0) {
        c_truth before = c->before[c->n - 1];
        bool last = mec_starts_with(line, "else");
        c->now[c->n - 1] = before == C_TRUE            ? C_FALSE
                           : before == C_FALSE && last ? C_TRUE
                                                       : C_UNKNOWN;
        if (!last) {
            c->before[c->n - 1] = before == C_TRUE ? C_TRUE : C_UNKNOWN;
        }
    }
}

static c_truth truth_now(const c_conditions *c)
{
    c_truth all = C_TRUE;

    for (int i = 0; i < c->n; i++) {
        if (c->now[i] == C_FALSE) {
            return C_FALSE;
        }
        all = c->now[i] == C_UNKNOWN ? C_UNKNOWN : all;
    }
    return all;
}

bool verbatim_tokenize(nmodl_module *module, const char *text, c_tokens *out)
{
    bool line_start = true;
    c_conditions conditions = {.n = 0};

    while (*text != '\0') {
        c_token token = {text, 0, 0, false};
        c_truth truth = truth_now(&conditions);
        size_t n = verbatim_nothing_at(text, line_start);

        if (n > 0) {
            if (*text == '#') {
                take_condition(&conditions, text);
            }
            line_start = line_start || *text == '\n' || *text == '#';
            text += n;
            continue;
        }
        line_start = false;
        n = verbatim_token_length(text, &token.kind);
        token.n = (int)n;
        token.conditional = truth == C_UNKNOWN;
        if (truth != C_FALSE && !MEC_VEC_PUSH(out, token)) {
            module->out_of_memory = true;
            return false;
        }
        text += n;
    }
    return true;
}
