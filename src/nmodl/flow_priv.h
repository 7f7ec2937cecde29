#ifndef NMODL_FLOW_PRIV_H
#define NMODL_FLOW_PRIV_H

/* A vector kernel as a list of values in the order of their computation, each made of
 * earlier ones: statements, calls and conditions are gone, variables are what was assigned
 * last, and equal expressions are one value. Nothing is rounded otherwise than in the
 * text: what is shared or moved gives the same bits. */

#include "emit_priv.h"

typedef enum flow_op {
    FLOW_NUMBER, /* text: a C constant */
    FLOW_NAME,   /* text: a C expression that is the same for all instances */
    FLOW_LOAD,   /* text: a C array with one element per instance */
    FLOW_ADD,
    FLOW_SUBTRACT,
    FLOW_MULTIPLY,
    FLOW_DIVIDE,
    FLOW_DIVIDE_BY, /* arg[0] by a constant: fma(x, high, x*low); may lose the sign of 0 */
    FLOW_NEGATE,
    FLOW_COMPARE, /* text: the operator; a condition */
    FLOW_AND,
    FLOW_OR,
    FLOW_NOT,
    FLOW_TRUTH,  /* a number as a condition */
    FLOW_COUNT,  /* a condition as a number */
    FLOW_SELECT, /* arg[0]: condition */
    FLOW_EXP,
    FLOW_CALL, /* text: a function of libm */
    FLOW_MADD  /* a*b + c rounded once; high and low: signs of a*b and of c */
} flow_op;

typedef struct flow_value {
    flow_op op;
    bool varies, condition;
    bool late;  /* depends on an exponential */
    bool live;  /* some output needs it */
    bool saved; /* kept in memory for later phases */
    int32_t n_arg, arg[3];
    const char *text;
    double high, low;
    int32_t phase;    /* when it is computed */
    int32_t last_use; /* latest phase that reads it */
    int32_t place;    /* in its phase's exponentials, or among the saved values */
    bool wanted;      /* in the phase that is being written */
} flow_value;

/* What a kernel leaves: array[i] = value, or += or -=. */
typedef struct flow_output {
    const char *array;
    char sign;     /* '=', '+', '-' */
    int32_t value; /* for dI/dV of an ion: I(v+.001) */
    int32_t also;  /* -1; I(v), then only added where env->want_didv */
} flow_output;

typedef struct flow {
    nmodl_module *module;
    bool free;    /* results may be rounded otherwise */
    bool merges;  /* branches of one shape become one */
    int32_t work; /* steps of simplification */
    MEC_VEC(flow_value) value;
    MEC_VEC(flow_output) output;
    bool refused; /* something has no vector form here, or memory is short */
    int32_t n_phase;
    int32_t n_saved;
} flow;

/* ---- flow_value.c ---- */

/* The value, or an equal earlier one; varies is set from its arguments. */
int32_t flow_add(flow *f, flow_value made);
/* All return the index of the new or an equal earlier value; -1 once refused. */
int32_t flow_number(flow *f, const char *text);
int32_t flow_name(flow *f, const char *text);
int32_t flow_load(flow *f, const char *array);
int32_t flow_binary(flow *f, flow_op op, int32_t a, int32_t b);
int32_t flow_unary(flow *f, flow_op op, int32_t a);
int32_t flow_compare(flow *f, const char *operator_text, int32_t a, int32_t b);
int32_t flow_select(flow *f, int32_t condition, int32_t a, int32_t b);
int32_t flow_call(flow *f, const char *name, int32_t n, const int32_t arg[]);
int32_t flow_divide_by(flow *f, int32_t a, double high, double low);
/* Conversions; a value of the right kind is returned as it is. */
int32_t flow_condition_of(flow *f, int32_t a);
int32_t flow_number_of(flow *f, int32_t a);
const flow_value *flow_at(const flow *f, int32_t index);
void flow_clear(flow *f);

/* ---- flow_merge.c ---- */

/* condition ? a : b, with the operations that a and b share done once. */
int32_t flow_merge(flow *f, int32_t condition, int32_t a, int32_t b);
/* A measure of the time that all outputs take. */
int32_t flow_cost(flow *f);

/* ---- flow_build.c ---- */

/* The values and outputs of a vector kernel; f->refused where it needs the other form.
 * Without free rounding the cheaper one of two ways to treat branches. */
void flow_build(flow *f, nmodl_module *module, emit_kernel_kind kind, bool free);

/* ---- flow_free.c: simplifications that change rounding; -1 where there is none ---- */

int32_t flow_free_binary(flow *f, flow_op op, int32_t a, int32_t b);
int32_t flow_free_negate(flow *f, int32_t a);
/* exp(x) or, with minus, exp(-x), from the other one if that is known. */
int32_t flow_free_exp(flow *f, int32_t x, bool minus);
/* d(value)/dv where value is linear in v. */
int32_t flow_slope(flow *f, int32_t index, int32_t v);

/* ---- flow_lower.c ---- */

/* Divisors used several times become reciprocals, products that are added once become
 * multiply-adds. For free rounding only. */
void flow_lower(flow *f);

/* ---- flow_plan.c ---- */

/* Is the value computed for many vectors at once, between two phases? */
bool flow_is_batched(const flow_value *value);
void flow_mark_live(flow *f);
/* Drop what no output needs and spread the rest over phases. */
void flow_plan(flow *f);

/* ---- flow_emit.c ---- */

/* The kernel's C text: K(block_NAME) and K(NAME). */
void flow_emit(nmodl_emitter *emitter, flow *f, emit_kernel_kind kind);

#endif
