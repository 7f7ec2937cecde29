/* Equation systems that are solved one instance at a time.
 *
 * F(step_B) takes one step. DERIVATIVE by derivimplicit: F(residual_B) gives
 * x' - (x - saved)/dt, F(step_B) finds its root and evaluates the block once more, as
 * NEURON does. By an explicit method: F(rates_B) sets the derivatives. F(advance_B) is the
 * step of the state kernel: with secondorder, NEURON adds dt*x' at the end. */

#include "emit_priv.h"

#include <stdio.h>
#include <string.h>

bool emit_is_implicit(const nmodl_block *block)
{
    return nmodl_has_equations(block) && block->method != NULL && !block->cnexp &&
           block->body != NULL;
}

static bool is_algebraic(const nmodl_block *block)
{
    return block->kind == BLOCK_LINEAR || block->kind == BLOCK_NONLINEAR;
}

static bool has_method(const nmodl_block *block, const char *method)
{
    return strcmp(block->method, method) == 0;
}

static bool is_explicit(const nmodl_block *block)
{
    return has_method(block, "euler") || has_method(block, "runge") ||
           has_method(block, "adrunge") || has_method(block, "adeuler") ||
           has_method(block, "adams");
}

/* Does the method keep something from step to step? */
static bool is_lasting(const nmodl_block *block)
{
    return has_method(block, "adrunge") || has_method(block, "adeuler") ||
           has_method(block, "adams");
}

static void emit_pointer_list(nmodl_emitter *emitter, const nmodl_block *block,
                              const char *name, const char *prefix)
{
    mec_text_printf(emitter->out, "    double *%s[] = {", name);
    for (size_t i = 0; i < block->unknown.n; i++) {
        const nmodl_symbol *symbol = block->unknown.data[i];
        for (int32_t k = 0; k < symbol->length; k++) {
            mec_text_printf(emitter->out, "&_p->c_%s%s", prefix, symbol->name);
            if (symbol->is_array) {
                mec_text_printf(emitter->out, "[%d]", (int)k);
            }
            mec_text_add(emitter->out, ", ");
        }
    }
    mec_text_add(emitter->out, "};\n");
}

void emit_pointers(nmodl_emitter *emitter, const nmodl_block *block, bool derivatives)
{
    emit_pointer_list(emitter, block, "x", "");
    if (derivatives) {
        emit_pointer_list(emitter, block, "y", "D");
    }
}

/* The head of a function that evaluates the block. */
static void emit_evaluator(nmodl_emitter *emitter, const nmodl_block *block,
                           const char *type, const char *name, const char *more)
{
    mec_text_printf(emitter->out,
                    "static %s F(%s_%s)(void *arg%s)\n{\n"
                    "    const mec_step *step = arg;\n    inst *_p = step->_p;\n"
                    "    const mec_uniform *_nt = step->_nt;\n    (void)_nt;\n",
                    type, name, block->name, more);
    emitter->indent = 1;
}

static void emit_rates(nmodl_emitter *emitter, const nmodl_block *block)
{
    emit_evaluator(emitter, block, "void", "rates", "");
    if (block->kind == BLOCK_KINETIC) {
        emit_line(emitter, "(void)F(slope_%s)(_p, _nt);", block->name);
    } else {
        emitter->equations = EMIT_DERIVATIVE;
        emit_statements(emitter, block->body);
    }
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

static void emit_residual(nmodl_emitter *emitter, const nmodl_block *block)
{
    emit_evaluator(emitter, block, "int", "residual", ", double *value");
    emitter->equations = EMIT_DERIVATIVE;
    emit_statements(emitter, block->body);
    for (size_t i = 0; i < block->unknown.n; i++) {
        const char *name = block->unknown.data[i]->name;
        emit_line(emitter,
                  "value[%d] = _p->c_D%s - (_p->c_%s - step->saved[%d]) / _nt->_dt;",
                  (int)i, name, name, (int)i);
    }
    emit_line(emitter, "return 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

static void emit_step_head(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(emitter->out,
                    "static int F(step_%s)(inst *_p, const mec_uniform *_nt)\n{\n",
                    block->name);
}

static void emit_newton_step(nmodl_emitter *emitter, const nmodl_block *block)
{
    int n = (int)nmodl_count(&block->unknown);

    emit_step_head(emitter, block);
    emit_pointers(emitter, block, false);
    mec_text_printf(
        emitter->out,
        "    double saved[%d], value[%d], delta[%d], high[%d], biggest[%d], "
        "matrix[%d];\n    int order[%d];\n"
        "    mec_step step = {_p, _nt, saved};\n"
        "    mec_newton newton = {%d, x, F(residual_%s), &step, value, delta, "
        "high, biggest, matrix, order};\n\n"
        "    for (int i = 0; i < %d; i++) {\n        saved[i] = *x[i];\n    }\n"
        "    if (mec_newton_run(&newton) != 0) {\n        return 1;\n    }\n"
        "    (void)F(residual_%s)(&step, value);\n    return 0;\n}\n\n",
        n, n, n, n, n, n * n, n, n, block->name, n, block->name);
}

static void emit_explicit_step(nmodl_emitter *emitter, const nmodl_block *block)
{
    int n = (int)nmodl_count(&block->unknown);
    const nmodl_symbol *tolerance = nmodl_lookup(emitter->module, "maxerr");

    if (is_lasting(block)) {
        mec_text_printf(emitter->out, "static __thread mec_adaptive F(adaptive_%s);\n",
                        block->name);
    }
    if (has_method(block, "adams")) {
        mec_text_printf(emitter->out, "static __thread double F(past_%s)[%d];\n",
                        block->name, 3 * n);
    }
    emit_step_head(emitter, block);
    emit_pointers(emitter, block, true);
    mec_text_printf(emitter->out,
                    "    double work[%d];\n    int failed;\n"
                    "    mec_uniform now = *_nt;\n"
                    "    mec_step step = {_p, &now, 0};\n"
                    "    mec_explicit w = {%d, x, y, &now._t, F(rates_%s), &step, "
                    "work};\n\n"
                    "    now._t = _nt->run->env->t;\n",
                    4 * n, n, block->name);
    emitter->indent = 1;
    if (has_method(block, "adams")) {
        emit_line(emitter,
                  "failed = mec_adams(&w, _nt->_dt, &F(adaptive_%s), F(past_%s));",
                  block->name, block->name);
    } else if (is_lasting(block)) {
        emit_indent(emitter);
        mec_text_printf(emitter->out, "failed = mec_%s(&w, _nt->_dt, &F(adaptive_%s), ",
                        block->method, block->name);
        emit_symbol(emitter, tolerance);
        mec_text_add(emitter->out, ");\n");
    } else {
        emit_line(emitter, "failed = mec_%s(&w, _nt->_dt);", block->method);
    }
    /* Time loses bits in such a step, for all that comes after it. */
    emit_line(emitter, "_nt->run->env->t = now._t;");
    emit_line(emitter, "return failed;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

bool emit_halves_dt(const nmodl_module *module)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (emit_is_implicit(block) && !is_algebraic(block)) {
            return true;
        }
    }
    return false;
}

void emit_restart(nmodl_emitter *emitter)
{
    for (const nmodl_block *block = emitter->module->first_block; block != NULL;
         block = block->next) {
        if (emit_is_implicit(block) && is_lasting(block)) {
            emit_line(emitter, "F(adaptive_%s).started = 0;", block->name);
            emit_line(emitter, "F(adaptive_%s).count = 0;", block->name);
        }
    }
}

static void emit_second_order(nmodl_emitter *emitter, const nmodl_block *block)
{
    for (size_t i = 0; i < block->unknown.n; i++) {
        const nmodl_symbol *symbol = block->unknown.data[i];
        for (int32_t k = 0; k < symbol->length; k++) {
            char element[24] = "";
            if (symbol->is_array) {
                snprintf(element, sizeof element, "[%d]", (int)k);
            }
            emit_line(emitter, "_p->c_%s%s += _nt->_dt * _p->c_D%s%s;", symbol->name,
                      element, symbol->name, element);
        }
    }
}

/* One fixed step, with what secondorder changes. Methods other than NEURON's own evaluate
 * the block once more after it. */
static void emit_advance(nmodl_emitter *emitter, const nmodl_block *block)
{
    bool again = is_explicit(block) &&
                 !(block->kind == BLOCK_DERIVATIVE && has_method(block, "euler"));

    mec_text_printf(emitter->out,
                    "static int F(advance_%s)(inst *_p, const mec_uniform *_nt)\n{\n",
                    block->name);
    emitter->indent = 1;
    if (is_algebraic(block)) {
        emit_line(emitter, "return F(step_%s)(_p, _nt);", block->name);
    } else {
        emit_line(emitter, "int failed = F(step_%s)(_p, _nt);\n", block->name);
        emit_line(emitter, "if (_nt->run->env->secondorder != 0) {");
        emitter->indent++;
        emit_second_order(emitter, block);
        emitter->indent--;
        emit_line(emitter, "}");
        if (again) {
            emit_line(emitter, "mec_uniform now = *_nt;");
            emit_line(emitter, "mec_step step = {_p, &now, 0};");
            emit_line(emitter, "now._t = _nt->run->env->t;");
            emit_line(emitter, "F(rates_%s)(&step);", block->name);
        }
        emit_line(emitter, "return failed;");
    }
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

void emit_solve_once(nmodl_emitter *emitter, const nmodl_block *block,
                     bool steady_state)
{
    bool kinetic = block->kind == BLOCK_KINETIC;

    emit_line(emitter, "{");
    emitter->indent++;
    emit_line(emitter, "mec_uniform part = *_nt;");
    if (steady_state) {
        emit_line(emitter, "part._dt = %s;", kinetic ? "1e9" : "1e-9");
    }
    emit_line(emitter, "_p->failed |= F(%s_%s)(_p, &part);",
              kinetic && steady_state ? "steady" : "step", block->name);
    if (!is_algebraic(block)) {
        emit_line(emitter, "if (_nt->run->env->secondorder != 0) {");
        emitter->indent++;
        emit_second_order(emitter, block);
        emitter->indent--;
        emit_line(emitter, "}");
    }
    emitter->indent--;
    emit_line(emitter, "}");
}

static void emit_runtime(nmodl_emitter *emitter)
{
    bool newton = false, linear = false, kinetic = false, explicit = false;

    for (const nmodl_block *block = emitter->module->first_block; block != NULL;
         block = block->next) {
        if (emit_is_implicit(block)) {
            newton = newton || block->kind == BLOCK_NONLINEAR ||
                     has_method(block, "derivimplicit");
            linear = linear || block->kind == BLOCK_LINEAR;
            kinetic = kinetic || block->kind == BLOCK_KINETIC;
            explicit = explicit || is_explicit(block);
        }
    }
    if (newton) {
        emit_lines(emitter, nmodl_text_newton);
    }
    if (linear) {
        emit_lines(emitter, nmodl_text_linear);
    }
    if (kinetic) {
        emit_lines(emitter, nmodl_text_kinetic);
    }
    if (explicit) {
        emit_lines(emitter, nmodl_text_explicit);
    }
    if (newton || linear || kinetic || explicit) {
        mec_text_add(
            emitter->out,
            "\ntypedef struct mec_step {\n    inst *_p;\n"
            "    const mec_uniform *_nt;\n    double *saved;\n} mec_step;\n\n");
    }
}

void emit_implicit_prototypes(nmodl_emitter *emitter)
{
    for (const nmodl_block *block = emitter->module->first_block; block != NULL;
         block = block->next) {
        if (emit_is_implicit(block)) {
            mec_text_printf(emitter->out,
                            "static int F(%s_%s)(inst *_p, const mec_uniform *_nt);\n",
                            "step", block->name);
            if (block->kind == BLOCK_KINETIC) {
                mec_text_printf(
                    emitter->out,
                    "static int F(%s_%s)(inst *_p, const mec_uniform *_nt);\n",
                    "steady", block->name);
            }
        }
    }
}

void emit_implicit(nmodl_emitter *emitter)
{
    emit_runtime(emitter);
    for (const nmodl_block *block = emitter->module->first_block; block != NULL;
         block = block->next) {
        if (!emit_is_implicit(block)) {
            continue;
        }
        emitter->block = block;
        if (is_algebraic(block)) {
            emit_algebraic_block(emitter, block);
        } else if (block->kind == BLOCK_KINETIC) {
            emit_kinetic(emitter, block);
        }
        if (is_explicit(block)) {
            emit_rates(emitter, block);
            emit_explicit_step(emitter, block);
        } else if (block->kind == BLOCK_DERIVATIVE) {
            emit_residual(emitter, block);
            emit_newton_step(emitter, block);
        }
        emit_advance(emitter, block);
        emitter->block = NULL;
    }
}
