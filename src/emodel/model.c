/* Building the neutral model: arrays in the model's arena, names that stay unique. */

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include "emodel_priv.h"

#include <stdarg.h>
#include <string.h>

void *emodel_push_(mec_arena *arena, void **array, size_t *n, size_t size)
{
    if ((*n & (*n - 1)) == 0) { /* 0 or a power of two: full */
        size_t capacity = *n == 0 ? 1 : 2 * *n;
        void *bigger = mec_arena_calloc(arena, capacity, size);

        if (bigger == NULL) {
            return NULL;
        }
        if (*n > 0) {
            memcpy(bigger, *array, *n * size);
        }
        *array = bigger;
    }
    return (char *)*array + size * (*n)++;
}

mec_status emodel_no_memory(mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "out of memory while reading an e-model");
}

mec_place *emodel_add_place(mec_emodel *model, const char *name, mec_place_kind kind)
{
    mec_place **slot = EMODEL_PUSH(model->arena, &model->place, &model->n_place);
    mec_place *place = mec_arena_alloc(model->arena, sizeof *place);

    if (slot == NULL || place == NULL) {
        return NULL;
    }
    place->name = name;
    place->kind = kind;
    place->index = -1;
    *slot = place;
    return place;
}

const mec_place *emodel_soma(mec_emodel *model)
{
    mec_place *place;

    for (size_t i = 0; i < model->n_place; i++) {
        if (strcmp(model->place[i]->name, "soma") == 0) {
            return model->place[i];
        }
    }
    place = emodel_add_place(model, "soma", MEC_PLACE_LIST_INDEX);
    if (place != NULL) {
        place->lists = emodel_list_bits("somatic");
        place->index = 0;
        place->x = 0.5;
    }
    return place;
}

mec_emodel_mechanism *emodel_add_mechanism(mec_emodel *model)
{
    mec_emodel_mechanism *m =
        EMODEL_PUSH(model->arena, &model->mechanism, &model->n_mechanism);

    if (m != NULL) {
        m->deterministic = true;
    }
    return m;
}

mec_protocol *emodel_add_protocol(mec_emodel *model, const char *name,
                                  mec_protocol_kind kind)
{
    mec_protocol *p = EMODEL_PUSH(model->arena, &model->protocol, &model->n_protocol);

    if (p != NULL) {
        p->name = name;
        p->kind = kind;
        p->cvode_active = -1;
    }
    return p;
}

mec_emodel_parameter *emodel_set_parameter(mec_emodel *model, const char *name)
{
    int32_t found = mec_emodel_find_parameter(model, name);
    mec_emodel_parameter *p =
        found >= 0 ? &model->parameter[found]
                   : EMODEL_PUSH(model->arena, &model->parameter, &model->n_parameter);

    if (p != NULL) {
        memset(p, 0, sizeof *p);
        p->name = name;
        p->distribution = -1;
        p->multiplier = 1.0;
    }
    return p;
}

mec_objective *emodel_set_objective(mec_emodel *model, const char *name)
{
    int32_t found = mec_emodel_find_objective(model, name);
    mec_objective *o =
        found >= 0 ? &model->objective[found]
                   : EMODEL_PUSH(model->arena, &model->objective, &model->n_objective);

    if (o != NULL) {
        memset(o, 0, sizeof *o);
        o->name = name;
    }
    return o;
}

int32_t emodel_find_distribution(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_distribution; i++) {
        if (strcmp(model->distribution[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

mec_status emodel_add_distribution(mec_emodel *model, const mec_json *at,
                                   const char *name, const char *expression,
                                   const mec_json *parameters, double soma_x,
                                   mec_err *err)
{
    mec_distribution *d;
    size_t n = parameters == NULL ? 0 : parameters->n;
    mec_status st = MEC_OK;

    if (emodel_find_distribution(model, name) >= 0) {
        return emodel_complain(at, err, "distribution \"%s\" is there twice", name);
    }
    d = EMODEL_PUSH(model->arena, &model->distribution, &model->n_distribution);
    if (d == NULL) {
        return emodel_no_memory(err);
    }
    *d = (mec_distribution){.name = name,
                            .expression = expression,
                            .soma_x = soma_x,
                            .origin = emodel_origin(at)};
    if (n == 0) {
        return MEC_OK;
    }
    MEC_TRY(emodel_check_strings(parameters, err));
    d->parameter = mec_arena_calloc(model->arena, n, sizeof *d->parameter);
    if (d->parameter == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (strstr(expression, parameters->item[i]->string) == NULL) {
            return emodel_complain(
                at, err,
                "distribution \"%s\": parameter \"%s\" does not occur in \"%s\"", name,
                parameters->item[i]->string, expression);
        }
        d->parameter[d->n_parameter++] = parameters->item[i]->string;
    }
done:
    return st;
}

mec_status emodel_add_setting(mec_emodel *model, mec_feature *feature, const char *name,
                              double value, mec_err *err)
{
    mec_setting *s = EMODEL_PUSH(model->arena, &feature->setting, &feature->n_setting);

    if (s == NULL) {
        return emodel_no_memory(err);
    }
    s->name = name;
    s->value = value;
    return MEC_OK;
}

int32_t mec_emodel_find_parameter(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_parameter; i++) {
        if (strcmp(model->parameter[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

int32_t mec_emodel_find_protocol(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_protocol; i++) {
        if (strcmp(model->protocol[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

int32_t mec_emodel_find_objective(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_objective; i++) {
        if (strcmp(model->objective[i].name, name) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

void mec_emodel_free(mec_emodel *model)
{
    if (model != NULL) {
        mec_arena_free(model->arena); /* the model itself lives in it */
    }
}
