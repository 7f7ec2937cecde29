/* HOC templates: the neutral e-model written as a NEURON template.
 *
 * Parameters are applied in the order of the e-model, as the evaluation does, so that a
 * later one wins on shared sections (BluePyMM's HOC groups them by section list and can
 * lose that order: BLUEPYMM.md A.10 P9). The text is the same on every run.
 */

#include "hoc_priv.h"

#include <mecombo/log.h>
#include <mecombo/morphology.h>
#include <mecombo/path.h>

#include <ctype.h>
#include <string.h>

typedef struct hoc_writer {
    const hoc_request *request;
    const mec_emodel *model;
    mec_text *out;
} hoc_writer;

static const struct {
    unsigned bit;
    const char *name;
} lists[] = {{MEC_LIST_ALL, "all"},         {MEC_LIST_APICAL, "apical"},
             {MEC_LIST_AXONAL, "axonal"},   {MEC_LIST_BASAL, "basal"},
             {MEC_LIST_SOMATIC, "somatic"}, {MEC_LIST_MYELINATED, "myelinated"}};
enum { N_LISTS = sizeof lists / sizeof *lists };

static mec_status value_of(const hoc_writer *w, const mec_emodel_parameter *p,
                           double *out, mec_err *err)
{
    const mec_json *item = mec_json_get(w->request->params, p->name);

    if (p->frozen) {
        *out = p->value;
        return MEC_OK;
    }
    if (item == NULL || item->type != MEC_JSON_NUMBER) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: parameter %s of e-model %s has no value (add it to "
                        "params in final.json)",
                        p->origin.file, p->origin.line, p->name, w->request->emodel);
    }
    *out = item->number;
    return MEC_OK;
}

static void print_mechanisms(const hoc_writer *w)
{
    mec_text_add(w->out, "proc insert_mechanisms() {\n");
    for (size_t i = 0; i < w->model->n_mechanism; i++) {
        const mec_emodel_mechanism *m = &w->model->mechanism[i];

        for (int k = 0; k < N_LISTS; k++) {
            if (m->lists & lists[k].bit) {
                mec_text_printf(w->out, "  forsec %s { insert %s }\n", lists[k].name,
                                m->suffix);
            }
        }
    }
    mec_text_add(w->out, "}\n\n");
}

/* Is the word at p followed by something that makes it another word? */
static bool is_word(const char *p, const char *word)
{
    size_t n = strlen(word);

    return strncmp(p, word, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_';
}

/* Write one piece of a Python expression in HOC; returns its length, 0 when it has no
 * counterpart. */
static size_t translate(const char *p, mec_text *out)
{
    static const char *const same[] = {"exp", "log", "log10", "sqrt",
                                       "sin", "cos", "tanh",  "abs"};

    if (strncmp(p, "math.", 5) == 0) {
        return 5;
    }
    if (strncmp(p, "**", 2) == 0) {
        mec_text_add_char(out, '^');
        return 2;
    }
    if (isalpha((unsigned char)*p) || *p == '_') {
        for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
            if (is_word(p, same[i])) {
                mec_text_add(out, same[i]);
                return strlen(same[i]);
            }
        }
        if (is_word(p, "pi")) {
            mec_text_add(out, "PI");
            return 2;
        }
        return 0;
    }
    if (strchr("0123456789.", *p) != NULL) {
        size_t n = strspn(p, "0123456789.");

        if ((p[n] == 'e' || p[n] == 'E') && strspn(p + n + 1, "0123456789+-") > 0) {
            n += 1 + strspn(p + n + 1, "+-");
            n += strspn(p + n, "0123456789");
        }
        mec_text_add_bytes(out, p, n);
        return n;
    }
    if (strchr("+-*/() <>=!\t", *p) != NULL && strncmp(p, "//", 2) != 0) {
        mec_text_add_char(out, *p);
        return 1;
    }
    return 0;
}

static int find_own(const mec_distribution *d, const char *name, size_t n)
{
    for (size_t i = 0; i < d->n_parameter; i++) {
        if (strlen(d->parameter[i]) == n && strncmp(d->parameter[i], name, n) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The value of a distribution's own parameter, "<name>.distribution_<distribution>". */
static mec_status own_value(const hoc_writer *w, const mec_distribution *d, int i,
                            double *out, mec_err *err)
{
    for (size_t k = 0; k < w->model->n_parameter; k++) {
        const mec_emodel_parameter *p = &w->model->parameter[k];

        if (p->kind == MEC_PARAMETER_DISTRIBUTION && p->distribution >= 0 &&
            &w->model->distribution[p->distribution] == d &&
            strcmp(p->variable, d->parameter[i]) == 0) {
            return value_of(w, p, out, err);
        }
    }
    return mec_fail(err, MEC_E_INPUT,
                    "%s:%d: parameter %s of distribution %s has no value",
                    d->origin.file, d->origin.line, d->parameter[i], d->name);
}

/* A distribution's expression for one value; `d_` is the distance. */
static mec_status print_expression(const hoc_writer *w, const mec_distribution *d,
                                   double value, mec_err *err)
{
    for (const char *p = d->expression; *p != '\0';) {
        size_t n = *p == '{' ? strcspn(p, "}") : 0;

        if (n == 0) {
            n = translate(p, w->out);
            if (n == 0) {
                return mec_fail(err, MEC_E_INPUT,
                                "%s:%d: distribution %s: \"%s\" cannot be said in HOC",
                                d->origin.file, d->origin.line, d->name, p);
            }
            p += n;
            continue;
        }
        if (n == 9 && strncmp(p, "{distance", 9) == 0) {
            mec_text_add(w->out, "d_");
        } else if (n == 6 && strncmp(p, "{value", 6) == 0) {
            mec_text_printf(w->out, "%.17g", value);
        } else {
            int i = find_own(d, p + 1, n - 1);
            double own = 0;
            mec_status st =
                i < 0 ? mec_fail(err, MEC_E_INPUT,
                                 "%s:%d: distribution %s: unknown %.*s}",
                                 d->origin.file, d->origin.line, d->name, (int)n, p)
                      : own_value(w, d, i, &own, err);

            if (st != MEC_OK) {
                return st;
            }
            mec_text_printf(w->out, "%.17g", own);
        }
        p += n + (p[n] == '}');
    }
    return MEC_OK;
}

static mec_status print_parameter(const hoc_writer *w, const mec_emodel_parameter *p,
                                  mec_err *err)
{
    double value = 0;
    mec_status st = value_of(w, p, &value, err);

    if (st != MEC_OK) {
        return st;
    }
    for (int k = 0; k < N_LISTS; k++) {
        if (!(p->lists & lists[k].bit)) {
            continue;
        }
        if (p->distribution < 0) {
            mec_text_printf(w->out, "  forsec %s { %s = %.17g }\n", lists[k].name,
                            p->variable, value * p->multiplier + p->offset);
            continue;
        }
        const mec_distribution *d = &w->model->distribution[p->distribution];
        mec_text_printf(w->out,
                        "  soma[0] distance(0, %.17g)\n"
                        "  forsec %s {\n"
                        "    for (x, 0) {\n"
                        "      d_ = distance(x)\n"
                        "      %s(x) = ",
                        d->soma_x, lists[k].name, p->variable);
        st = print_expression(w, d, value, err);
        if (st != MEC_OK) {
            return st;
        }
        mec_text_add(w->out, "\n    }\n  }\n");
    }
    return MEC_OK;
}

static mec_status print_parameters(const hoc_writer *w, mec_err *err)
{
    mec_text_add(w->out, "proc set_parameters() { local d_\n");
    for (size_t i = 0; i < w->model->n_parameter; i++) {
        const mec_emodel_parameter *p = &w->model->parameter[i];

        if (p->kind == MEC_PARAMETER_RANGE || p->kind == MEC_PARAMETER_SECTION) {
            mec_status st = print_parameter(w, p, err);

            if (st != MEC_OK) {
                return st;
            }
        }
    }
    mec_text_add(w->out, "}\n\n");
    return MEC_OK;
}

/* Global parameters belong to the simulation: they are checked, not set. */
static mec_status print_globals(const hoc_writer *w, mec_err *err)
{
    mec_text_add(w->out, "proc check_simulator() {\n");
    for (size_t i = 0; i < w->model->n_parameter; i++) {
        const mec_emodel_parameter *p = &w->model->parameter[i];
        double value = 0;
        mec_status st = MEC_OK;

        if (p->kind != MEC_PARAMETER_GLOBAL) {
            continue;
        }
        st = value_of(w, p, &value, err);
        if (st != MEC_OK) {
            return st;
        }
        mec_text_printf(
            w->out,
            "  if (%s != %.17g) {\n"
            "    printf(\"%s: %s is %%g, the e-model was made for %%g\\n\", "
            "%s, %.17g)\n"
            "  }\n",
            p->variable, value, w->request->name, p->variable, p->variable, value);
    }
    mec_text_add(w->out, "}\n\n");
    return MEC_OK;
}

/* Random streams of stochastic mechanisms: one per segment, numbered by its name. */
static void print_random(const hoc_writer *w)
{
    mec_text_add(w->out, "func hash() { local i, h localobj text\n"
                         "  text = new StringFunctions()\n"
                         "  rest_ = $s1\n"
                         "  h = 0\n"
                         "  while (text.len(rest_) > 0) {\n"
                         "    sscanf(rest_, \"%c\", &i)\n"
                         "    h = (31 * h + i) % 2147483647\n"
                         "    text.right(rest_, 1)\n"
                         "  }\n"
                         "  return h\n"
                         "}\n\n"
                         "proc re_init_rng() { localobj text\n"
                         "  text = new StringFunctions()\n");
    for (size_t i = 0; i < w->model->n_mechanism; i++) {
        const mec_emodel_mechanism *m = &w->model->mechanism[i];

        for (int k = 0; k < N_LISTS && strstr(m->suffix, "Stoch") != NULL; k++) {
            if (!(m->lists & lists[k].bit)) {
                continue;
            }
            mec_text_printf(w->out,
                            "  forsec %s {\n"
                            "    deterministic_%s = 0\n"
                            "    for (x, 0) {\n"
                            "      setdata_%s(x)\n"
                            "      name_ = secname()\n"
                            "      text.tail(name_, \"\\\\.\", name_)\n"
                            "      sprint(name_, \"%%s.%%.19g\", name_, x)\n"
                            "      setRNG_%s(gid, hash(name_))\n"
                            "    }\n"
                            "  }\n",
                            lists[k].name, m->suffix, m->suffix, m->suffix);
        }
    }
    mec_text_add(w->out, "}\n\n");
}

static void print_head(const hoc_writer *w)
{
    mec_text_printf(
        w->out,
        "// NEURON template %s: e-model %s, written by mecombo %s.\n"
        "// new %s(gid, folder, file) or new %s(folder, file) loads a morphology.\n"
        "{load_file(\"stdrun.hoc\")}\n"
        "{load_file(\"import3d.hoc\")}\n\n"
        "begintemplate %s\n"
        "public init, load_morphology, geom_nseg, replace_axon, insert_mechanisms\n"
        "public set_parameters, re_init_rng, check_simulator, gid\n"
        "public soma, dend, apic, axon, myelin\n"
        "public all, somatic, basal, apical, axonal, myelinated\n"
        "external v_init\n"
        "objref all, somatic, basal, apical, axonal, myelinated, this\n"
        "strdef file_, extension_, name_, rest_\n"
        "create soma[1], dend[1], apic[1], axon[1], myelin[1]\n\n",
        w->request->name, w->request->emodel, MEC_VERSION, w->request->name,
        w->request->name, w->request->name);
}

mec_status hoc_print(const hoc_request *request, mec_text *out, mec_err *err)
{
    mec_emodel *model = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_emodel_load(request->package, request->emodel, &model, err));
    hoc_writer w = {request, model, out};
    print_head(&w);
    hoc_print_morphology(request->morphology, model->nseg_chunk_um, out);
    hoc_print_axon(model->axon, out);
    print_mechanisms(&w);
    MEC_TRY(print_parameters(&w, err));
    MEC_TRY(print_globals(&w, err));
    print_random(&w);
    mec_text_printf(out, "endtemplate %s\n", request->name);
done:
    mec_emodel_free(model);
    return st;
}

mec_status hoc_write(mec_arena *arena, const hoc_request *request,
                     const char *directory, mec_err *err)
{
    char *path = mec_arena_printf(arena, "%s/%s.hoc", directory, request->name);
    mec_text text = MEC_TEXT_INIT;
    mec_status st = path == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(hoc_print(request, &text, err));
    if (!mec_text_ok(&text)) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_write_file(path, mec_text_string(&text), text.length, err));
done:
    mec_text_clear(&text);
    return st;
}

void hoc_warn_template(const mec_json *root)
{
    const mec_json *item = mec_json_get(root, "template");

    if (item != NULL) {
        mec_log(MEC_LOG_WARNING,
                "%s:%d: template %s is not used: mecombo writes a template of its own "
                "that takes (gid, folder, file) and (folder, file)",
                item->file, item->line, item->string);
    }
}
