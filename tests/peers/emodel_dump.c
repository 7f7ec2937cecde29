/* Print e-models as BluePyOpt would say them, one JSON line each: what
 * tests/peers/emodel_sscx.py compares. usage: emodel_dump PACKAGE NAME...
 */

#include <mecombo/emodel.h>
#include <mecombo/text.h>

#include <stdio.h>
#include <string.h>

static void key(mec_text *t, const char *name)
{
    mec_text_printf(t, ", \"%s\": ", name);
}

static void number(mec_text *t, const char *name, bool known, double value)
{
    key(t, name);
    if (known) {
        mec_text_add_double(t, value);
    } else {
        mec_text_add(t, "null");
    }
}

static const mec_setting *find(const mec_feature *f, const char *name)
{
    for (size_t i = 0; i < f->n_setting; i++) {
        if (strcmp(f->setting[i].name, name) == 0) {
            return &f->setting[i];
        }
    }
    return NULL;
}

static void setting(mec_text *t, const mec_feature *f, const char *name)
{
    const mec_setting *s = find(f, name);

    number(t, name, s != NULL, s != NULL ? s->value : 0);
}

static void objectives(mec_text *t, const mec_emodel *m)
{
    mec_text_add(t, "\"objectives\": [");
    for (size_t i = 0; i < m->n_objective; i++) {
        const mec_objective *o = &m->objective[i];
        const mec_feature *f = &o->feature[0];

        mec_text_printf(t, "%s{\"name\": \"%s\", \"efel\": \"%s\"", i > 0 ? ", " : "",
                        o->name, f->efel_name);
        number(t, "weight", true, o->weight[0]);
        number(t, "mean", f->has_mean, f->mean);
        number(t, "std", true, f->std);
        if (f->rule != MEC_SCORE_RESPONSE) {
            mec_text_printf(t, ", \"recording\": \"%s\"", f->recording);
            number(t, "stim_start", f->has_stim, f->stim_start_ms);
            number(t, "stim_end", f->has_stim, f->stim_end_ms);
            setting(t, f, "Threshold");
            setting(t, f, "stimulus_current");
            setting(t, f, "strict_stiminterval");
        }
        mec_text_add_char(t, '}');
    }
    mec_text_add_char(t, ']');
}

static void parameters(mec_text *t, const mec_emodel *m)
{
    mec_text_add(t, ", \"parameters\": [");
    for (size_t i = 0; i < m->n_parameter; i++) {
        const mec_emodel_parameter *p = &m->parameter[i];

        mec_text_printf(t, "%s{\"name\": \"%s\", \"variable\": \"%s\", \"kind\": %d",
                        i > 0 ? ", " : "", p->name, p->variable, (int)p->kind);
        number(t, "value", p->frozen, p->value);
        number(t, "lower", p->has_bounds, p->lower);
        number(t, "upper", p->has_bounds, p->upper);
        mec_text_printf(t, ", \"lists\": %u, \"distribution\": \"%s\"}", p->lists,
                        p->distribution < 0 ? "uniform"
                                            : m->distribution[p->distribution].name);
    }
    mec_text_add(t, "], \"mechanisms\": [");
    for (size_t i = 0; i < m->n_mechanism; i++) {
        mec_text_printf(t, "%s[\"%s\", %u]", i > 0 ? ", " : "", m->mechanism[i].name,
                        m->mechanism[i].lists);
    }
    mec_text_add_char(t, ']');
}

static void protocols(mec_text *t, const mec_emodel *m)
{
    mec_text_add(t, ", \"protocols\": {");
    for (size_t i = 0; i < m->n_protocol; i++) {
        const mec_protocol *p = &m->protocol[i];

        mec_text_printf(t, "%s\"%s\": {\"pulses\": [", i > 0 ? ", " : "", p->name);
        for (size_t k = 0; k < p->n_pulse; k++) {
            const mec_pulse *u = &p->pulse[k];

            mec_text_printf(t, "%s{\"k\": 0", k > 0 ? ", " : "");
            number(t, "amp", u->has_amp, u->amp_na);
            number(t, "delay", true, u->delay_ms);
            number(t, "duration", true, u->duration_ms);
            number(t, "total", true, u->total_ms);
            mec_text_add_char(t, '}');
        }
        mec_text_add(t, "], \"recordings\": [");
        for (size_t k = 0; k < p->n_recording; k++) {
            mec_text_printf(t, "%s\"%s\"", k > 0 ? ", " : "", p->recording[k].name);
        }
        mec_text_printf(t, "], \"stochastic\": %s", p->stochastic ? "true" : "false");
        number(t, "thresh_perc", p->kind == MEC_PROTOCOL_THRESHOLD_STEP,
               p->thresh_perc);
        mec_text_add_char(t, '}');
    }
    mec_text_add_char(t, '}');
}

int main(int argc, char **argv)
{
    mec_err err = MEC_ERR_INIT;

    for (int i = 2; i < argc; i++) {
        mec_text text = MEC_TEXT_INIT;
        mec_emodel *model;

        if (mec_emodel_load(argv[1], argv[i], &model, &err) != MEC_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        mec_text_add_char(&text, '{');
        objectives(&text, model);
        parameters(&text, model);
        protocols(&text, model);
        printf("%s}\n", mec_text_string(&text));
        mec_text_clear(&text);
        mec_emodel_free(model);
    }
    return 0;
}
