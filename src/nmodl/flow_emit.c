/* A planned flow as C: values shared by all instances first, then blocks of vectors, phase
 * by phase. Names: x7 is value 7, e2 the exponentials of phase 2, p2 its powers and q2
 * their exponents, kept what later phases read again. */

#include "flow_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Vectors of a block: enough to hide the exponentials' latency, few enough to stay in the
 * nearest cache. */
enum { BLOCK = 8 };

static const char *const infix[] = {
    [FLOW_ADD] = "+",    [FLOW_SUBTRACT] = "-", [FLOW_MULTIPLY] = "*",
    [FLOW_DIVIDE] = "/", [FLOW_AND] = "&",      [FLOW_OR] = "|",
};

/* The value as an operand of something that varies or not. */
static void emit_operand(nmodl_emitter *emitter, const flow *f, int32_t index,
                         bool varies)
{
    const flow_value *value = flow_at(f, index);
    const char *before = "", *after = "";

    if (varies && !value->varies) {
        before = value->condition ? "(S((double)" : "S(";
        after = value->condition ? ") != S(0.))" : ")";
    }
    mec_text_add(emitter->out, before);
    if (value->op == FLOW_NUMBER || value->op == FLOW_NAME) {
        mec_text_add(emitter->out, value->text);
    } else {
        mec_text_printf(emitter->out, "x%d", (int)index);
    }
    mec_text_add(emitter->out, after);
}

static void emit_function(nmodl_emitter *emitter, const flow *f,
                          const flow_value *value, const char *name)
{
    mec_text_printf(emitter->out, "%s(", name);
    for (int32_t k = 0; k < value->n_arg; k++) {
        mec_text_add(emitter->out, k > 0 ? ", " : "");
        emit_operand(emitter, f, value->arg[k], value->varies);
    }
    mec_text_add_char(emitter->out, ')');
}

static void emit_libm(nmodl_emitter *emitter, const flow *f, const flow_value *value)
{
    char name[64];

    if (!value->varies) {
        emit_function(emitter, f, value, value->text);
    } else if (strcmp(value->text, "fabs") == 0) {
        emit_function(emitter, f, value, "vabs");
    } else {
        (void)snprintf(name, sizeof name, "MEC_JOIN(mec_%s, MEC_W)", value->text);
        emit_function(emitter, f, value, name);
    }
}

static void emit_select(nmodl_emitter *emitter, const flow *f, const flow_value *value)
{
    if (flow_at(f, value->arg[0])->varies) {
        emit_function(emitter, f, value, "SELECT");
        return;
    }
    emit_operand(emitter, f, value->arg[0], false);
    mec_text_add(emitter->out, " ? ");
    emit_operand(emitter, f, value->arg[1], value->varies);
    mec_text_add(emitter->out, " : ");
    emit_operand(emitter, f, value->arg[2], value->varies);
}

/* The right side of the value's definition. */
static void emit_value(nmodl_emitter *emitter, const flow *f, const flow_value *value)
{
    mec_text *out = emitter->out;
    bool varies = value->varies;

    switch (value->op) {
    case FLOW_LOAD:
        mec_text_printf(out, "LOAD(%s + i)", value->text);
        break;
    case FLOW_DIVIDE_BY:
        mec_text_add(out, "vdivide(");
        emit_operand(emitter, f, value->arg[0], true);
        mec_text_printf(out, ", %a, %a)%s", value->high, value->low,
                        varies ? "" : "[0]");
        break;
    case FLOW_NEGATE:
        mec_text_add_char(out, '-');
        emit_operand(emitter, f, value->arg[0], varies);
        break;
    case FLOW_NOT:
        mec_text_add_char(out, varies ? '~' : '!');
        emit_operand(emitter, f, value->arg[0], varies);
        break;
    case FLOW_TRUTH:
        emit_operand(emitter, f, value->arg[0], varies);
        mec_text_add(out, varies ? " != S(0.)" : " != 0.");
        break;
    case FLOW_COUNT:
        emit_function(emitter, f, value, varies ? "NUMBER" : "(double)");
        break;
    case FLOW_SELECT:
        emit_select(emitter, f, value);
        break;
    case FLOW_EXP:
        emit_function(emitter, f, value, "mec_exp1");
        break;
    case FLOW_MADD:
        mec_text_add(out, value->high < 0 ? "MADD(-" : "MADD(");
        emit_operand(emitter, f, value->arg[0], true);
        mec_text_add(out, ", ");
        emit_operand(emitter, f, value->arg[1], true);
        mec_text_add(out, value->low < 0 ? ", -" : ", ");
        emit_operand(emitter, f, value->arg[2], true);
        mec_text_add_char(out, ')');
        break;
    case FLOW_CALL:
        emit_libm(emitter, f, value);
        break;
    default:
        emit_operand(emitter, f, value->arg[0], varies);
        mec_text_printf(out, " %s ",
                        value->op == FLOW_COMPARE ? value->text : infix[value->op]);
        emit_operand(emitter, f, value->arg[1], varies);
        break;
    }
}

static const char *type_of(const flow_value *value)
{
    if (value->varies) {
        return value->condition ? "vm" : "vd";
    }
    return value->condition ? "int" : "double";
}

static void emit_definition(nmodl_emitter *emitter, const flow *f, int32_t index)
{
    const flow_value *value = flow_at(f, index);

    emit_indent(emitter);
    mec_text_printf(emitter->out, "const %s x%d = ", type_of(value), (int)index);
    emit_value(emitter, f, value);
    mec_text_add(emitter->out, ";\n");
}

static void emit_shared_values(nmodl_emitter *emitter, const flow *f)
{
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->live && !value->varies && value->op != FLOW_NUMBER &&
            value->op != FLOW_NAME) {
            emit_definition(emitter, f, (int32_t)i);
        }
    }
}

/* ---- Phases ---- */

/* op: FLOW_EXP, or FLOW_CALL for powers */
static int32_t count_batched(const flow *f, int32_t phase, flow_op op)
{
    int32_t n = 0;

    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        n += value->live && flow_is_batched(value) && value->op == op &&
             value->phase == phase;
    }
    return n;
}

/* True if the phase finds the value in memory instead of computing it. */
static bool is_fetched(const flow_value *value, int32_t phase)
{
    return flow_is_batched(value) || (value->saved && value->phase < phase);
}

/* True for an exponential or power whose arguments this phase has to leave. */
static bool is_next_batched(const flow_value *value, int32_t phase)
{
    return value->live && flow_is_batched(value) && value->phase == phase + 1;
}

static void want(flow *f, int32_t index)
{
    f->value.data[index].wanted = true;
}

/* Mark what the phase's code has to name. */
static void mark_wanted(flow *f, int32_t phase)
{
    for (size_t i = 0; i < f->value.n; i++) {
        flow_value *value = &f->value.data[i];
        value->wanted = value->saved && value->phase == phase;
    }
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        for (int32_t k = 0; k < value->n_arg && is_next_batched(value, phase); k++) {
            want(f, value->arg[k]);
        }
    }
    for (size_t i = 0; i < f->output.n && phase == f->n_phase - 1; i++) {
        want(f, f->output.data[i].value);
        if (f->output.data[i].also >= 0) {
            want(f, f->output.data[i].also);
        }
    }
    for (size_t i = f->value.n; i > 0; i--) {
        const flow_value *value = &f->value.data[i - 1];
        for (int32_t k = 0; k < value->n_arg && value->wanted && value->varies &&
                            !is_fetched(value, phase);
             k++) {
            want(f, value->arg[k]);
        }
    }
}

static void emit_fetch(nmodl_emitter *emitter, const flow *f, int32_t index)
{
    const flow_value *value = flow_at(f, index);

    if (flow_is_batched(value)) {
        emit_line(emitter, "const vd x%d = %c%d[u * %d + %d];", (int)index,
                  value->op == FLOW_EXP ? 'e' : 'p', (int)value->phase,
                  (int)count_batched(f, value->phase, value->op), (int)value->place);
    } else {
        emit_line(emitter, "const %s x%d = %skept[u * %d + %d];", type_of(value),
                  (int)index, value->condition ? "(vm)" : "", (int)f->n_saved,
                  (int)value->place);
    }
}

static void emit_output(nmodl_emitter *emitter, const flow *f,
                        const flow_output *output)
{
    mec_text *out = emitter->out;

    emit_indent(emitter);
    if (output->also >= 0) {
        mec_text_add(out, "if (run->env->want_didv) ");
    }
    mec_text_printf(out, "STORE(%s + i, ", output->array);
    if (output->sign != '=') {
        mec_text_printf(out, "LOAD(%s + i) %c ", output->array, output->sign);
    }
    if (output->also >= 0) {
        mec_text_add_char(out, '(');
        emit_operand(emitter, f, output->value, true);
        mec_text_add(out, " - ");
        emit_operand(emitter, f, output->also, true);
        mec_text_add(out, ") / S(.001)");
    } else {
        emit_operand(emitter, f, output->value, true);
    }
    mec_text_add(out, ");\n");
}

/* Leave the arguments of an exponential or power in memory. */
static void emit_arguments(nmodl_emitter *emitter, const flow *f,
                           const flow_value *value)
{
    const char *names = value->op == FLOW_EXP ? "e" : "pq";

    for (int32_t k = 0; k < value->n_arg; k++) {
        emit_indent(emitter);
        mec_text_printf(
            emitter->out, "%c%d[u * %d + %d] = ", names[k], (int)value->phase,
            (int)count_batched(f, value->phase, value->op), (int)value->place);
        emit_operand(emitter, f, value->arg[k], true);
        mec_text_add(emitter->out, ";\n");
    }
}

static void emit_phase(nmodl_emitter *emitter, flow *f, int32_t phase)
{
    mark_wanted(f, phase);
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->wanted && value->varies && is_fetched(value, phase)) {
            emit_fetch(emitter, f, (int32_t)i);
        } else if (value->wanted && value->varies) {
            emit_definition(emitter, f, (int32_t)i);
        }
        if (value->saved && value->phase == phase) {
            emit_line(emitter, "kept[u * %d + %d] = (vd)x%d;", (int)f->n_saved,
                      (int)value->place, (int)i);
        }
    }
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (is_next_batched(value, phase)) {
            emit_arguments(emitter, f, value);
        }
    }
    for (size_t i = 0; i < f->output.n && phase == f->n_phase - 1; i++) {
        emit_output(emitter, f, &f->output.data[i]);
    }
}

static void emit_one_phase(nmodl_emitter *emitter, flow *f)
{
    emit_line(emitter, "for (int i = 0; i < n; i += MEC_W) {");
    emitter->indent++;
    emit_phase(emitter, f, 0);
    emitter->indent--;
    emit_line(emitter, "}");
}

/* The memory of the exponentials and powers, or their computation before a phase. */
static void emit_batch(nmodl_emitter *emitter, const flow *f, int32_t phase,
                       bool compute)
{
    int n_exp = (int)count_batched(f, phase, FLOW_EXP);
    int n_pow = (int)count_batched(f, phase, FLOW_CALL), at = (int)phase;

    if (n_exp > 0 && compute) {
        emit_line(emitter, "%s(e%d, m * %d);", f->free ? "vexp_quick" : "vexp_all", at,
                  n_exp);
    } else if (n_exp > 0) {
        emit_line(emitter, "vd e%d[%d * %d];", at, BLOCK, n_exp);
    }
    if (n_pow > 0 && compute) {
        emit_line(emitter, "vpow_all(p%d, q%d, m * %d);", at, at, n_pow);
    } else if (n_pow > 0) {
        emit_line(emitter, "vd p%d[%d * %d], q%d[%d * %d];", at, BLOCK, n_pow, at,
                  BLOCK, n_pow);
    }
}

static void emit_phases(nmodl_emitter *emitter, flow *f)
{
    for (int32_t phase = 1; phase < f->n_phase; phase++) {
        emit_batch(emitter, f, phase, false);
    }
    if (f->n_saved > 0) {
        emit_line(emitter, "vd kept[%d * %d];", BLOCK, (int)f->n_saved);
    }
    emit_line(emitter, "for (int first = 0; first < n; first += %d * MEC_W) {", BLOCK);
    emit_line(emitter, "    int m = (n - first) / MEC_W;");
    emit_line(emitter, "    m = m < %d ? m : %d;", BLOCK, BLOCK);
    emitter->indent++;
    for (int32_t phase = 0; phase < f->n_phase; phase++) {
        if (phase > 0) {
            emit_batch(emitter, f, phase, true);
        }
        emit_line(emitter, "for (int u = 0, i = first; u < m; u++, i += MEC_W) {");
        emitter->indent++;
        emit_phase(emitter, f, phase);
        emitter->indent--;
        emit_line(emitter, "}");
    }
    emitter->indent--;
    emit_line(emitter, "}");
}

/* ---- The whole kernel ---- */

/* Of the names of kernels with free rounding. */
static const char *prefix(const flow *f)
{
    return f->free ? "free_" : "";
}

/* What mec_tail() must copy: the arrays of one name that the kernel touches. */
static void emit_touched(nmodl_emitter *emitter, const flow *f, const char *name)
{
    size_t length = strlen(name);

    emit_indent(emitter);
    mec_text_printf(emitter->out, "static const short %s[] = {",
                    name + strlen("run->"));
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->live && value->op == FLOW_LOAD &&
            strncmp(value->text, name, length) == 0) {
            mec_text_printf(emitter->out, "%d, ", atoi(value->text + length + 1));
        }
    }
    for (size_t i = 0; i < f->output.n; i++) {
        const char *array = f->output.data[i].array;
        bool loaded = false;
        for (size_t k = 0; k < f->value.n; k++) {
            const flow_value *value = &f->value.data[k];
            loaded = loaded || (value->live && value->op == FLOW_LOAD &&
                                strcmp(value->text, array) == 0);
        }
        if (!loaded && strncmp(array, name, length) == 0) {
            mec_text_printf(emitter->out, "%d, ", atoi(array + length + 1));
        }
    }
    mec_text_add(emitter->out, "-1};\n");
}

static bool loads(const flow *f, const char *array)
{
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->live && value->op == FLOW_LOAD && strcmp(value->text, array) == 0) {
            return true;
        }
    }
    return false;
}

static void emit_call(nmodl_emitter *emitter, const flow *f, emit_kernel_kind kind)
{
    const char *name = emit_kernel_name(kind);

    mec_text_printf(emitter->out, "static int32_t K(%s%s)(const mec_run *run)\n{\n",
                    prefix(f), name);
    emitter->indent = 1;
    emit_touched(emitter, f, "run->column");
    emit_touched(emitter, f, "run->ion");
    emit_line(emitter, "int full = run->n / MEC_W * MEC_W;\n");
    emit_line(emitter, "if (full > 0) {");
    emit_line(emitter, "    K(%sblock_%s)(run, full);", prefix(f), name);
    emit_line(emitter, "}");
    emit_line(emitter, "if (full < run->n) {");
    emit_line(emitter,
              "    mec_lent->tail(run, full, column, ion, 0%s%s%s%s, MEC_W, "
              "K(%sblock_%s));",
              loads(f, "run->v") ? " | MEC_USES_V" : "",
              loads(f, "run->area") ? " | MEC_USES_AREA" : "",
              loads(f, "run->diam") ? " | MEC_USES_DIAM" : "",
              kind == KERNEL_CURRENT ? " | MEC_USES_RHS" : "", prefix(f), name);
    emit_line(emitter, "}");
    emit_line(emitter, "return 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

void flow_emit(nmodl_emitter *emitter, flow *f, emit_kernel_kind kind)
{
    mec_text_printf(emitter->out,
                    "static void K(%sblock_%s)(const mec_run *run, int n)\n{\n",
                    prefix(f), emit_kernel_name(kind));
    emitter->indent = 1;
    emit_line(emitter,
              "const mec_uniform shared = mec_share(run), *const _nt = &shared;\n");
    emit_line(emitter, "(void)_nt;");
    emit_shared_values(emitter, f);
    if (f->n_phase == 1) {
        emit_one_phase(emitter, f);
    } else {
        emit_phases(emitter, f);
    }
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
    emit_call(emitter, f, kind);
}
