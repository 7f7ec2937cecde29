/* SOLVE of DERIVATIVE blocks by derivimplicit and euler, one instance at a time.
 *
 * derivimplicit: F(residual_B) gives x' - (x - saved)/dt, F(step_B) finds its root and
 * evaluates the block once more, as NEURON does. With secondorder, NEURON halves dt and adds
 * dt*x' at the end. */

#include "emit_priv.h"

#include <string.h>

bool emit_is_implicit(const nmodl_block *block)
{
    return (block->kind == BLOCK_DERIVATIVE || block->kind == BLOCK_KINETIC) &&
           block->method != NULL && !block->cnexp;
}

static void emit_residual(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_module *module = emitter->module;

    mec_text_printf(emitter->out,
                    "static void F(residual_%s)(void *arg, double *value)\n{\n"
                    "    const mec_step *step = arg;\n    inst *_p = step->_p;\n"
                    "    const mec_uniform *_nt = step->_nt;\n",
                    block->name);
    emitter->indent = 1;
    emitter->equations = EMIT_DERIVATIVE;
    emit_statements(emitter, block->body);
    for (size_t i = 0; i < module->state.n; i++) {
        const char *name = module->state.data[i]->name;
        emit_line(emitter,
                  "value[%d] = _p->c_D%s - (_p->c_%s - step->saved[%d]) / _nt->_dt;",
                  (int)i, name, name, (int)i);
    }
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

static void emit_step(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_module *module = emitter->module;
    int n = (int)module->state.n;

    mec_text_printf(
        emitter->out,
        "static int F(step_%s)(inst *_p, const mec_uniform *_nt)\n{\n"
        "    double saved[%d], value[%d], delta[%d], high[%d], biggest[%d], "
        "matrix[%d];\n    int order[%d];\n    double *x[%d] = {",
        block->name, n, n, n, n, n, n * n, n, n);
    for (int i = 0; i < n; i++) {
        mec_text_printf(emitter->out, "&_p->c_%s, ", module->state.data[i]->name);
    }
    mec_text_printf(
        emitter->out,
        "};\n    mec_step step = {_p, _nt, saved};\n"
        "    mec_newton newton = {%d, x, F(residual_%s), &step, value, delta, "
        "high, biggest, matrix, order};\n\n"
        "    for (int i = 0; i < %d; i++) {\n        saved[i] = *x[i];\n    }\n"
        "    if (mec_newton_run(&newton) != 0) {\n        return 1;\n    }\n"
        "    F(residual_%s)(&step, value);\n    return 0;\n}\n\n",
        n, block->name, n, block->name);
}

static void emit_euler(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_module *module = emitter->module;

    mec_text_printf(emitter->out,
                    "static int F(step_%s)(inst *_p, const mec_uniform *_nt)\n{\n",
                    block->name);
    emitter->indent = 1;
    emitter->equations = EMIT_DERIVATIVE;
    emit_statements(emitter, block->body);
    for (size_t i = 0; i < module->state.n; i++) {
        const char *name = module->state.data[i]->name;
        emit_line(emitter, "_p->c_%s += _nt->_dt * _p->c_D%s;", name, name);
    }
    emit_line(emitter, "return 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

/* One fixed step, with what secondorder changes. */
static void emit_advance(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_module *module = emitter->module;

    mec_text_printf(emitter->out,
                    "static int F(advance_%s)(inst *_p, const mec_uniform *_nt)\n{\n"
                    "    mec_uniform half = *_nt;\n    int failed;\n\n"
                    "    if (_nt->run->env->secondorder == 0) {\n"
                    "        return F(step_%s)(_p, _nt);\n    }\n"
                    "    half._dt *= 0.5;\n    failed = F(step_%s)(_p, &half);\n",
                    block->name, block->name, block->name);
    for (size_t i = 0; i < module->state.n; i++) {
        const char *name = module->state.data[i]->name;
        mec_text_printf(emitter->out, "    _p->c_%s += half._dt * _p->c_D%s;\n", name,
                        name);
    }
    mec_text_add(emitter->out, "    return failed;\n}\n\n");
}

void emit_implicit(nmodl_emitter *emitter)
{
    bool first = true;

    for (const nmodl_block *block = emitter->module->first_block;
         block != NULL && !emitter->vector; block = block->next) {
        if (!emit_is_implicit(block)) {
            continue;
        }
        if (first) {
            emit_lines(emitter, nmodl_text_newton);
            mec_text_add(
                emitter->out,
                "\ntypedef struct mec_step {\n    inst *_p;\n"
                "    const mec_uniform *_nt;\n    double *saved;\n} mec_step;\n\n");
            first = false;
        }
        if (block->kind == BLOCK_KINETIC) {
            emit_lines(emitter, nmodl_text_kinetic);
            emit_kinetic(emitter, block);
        } else if (strcmp(block->method, "euler") == 0) {
            emit_euler(emitter, block);
        } else {
            emit_residual(emitter, block);
            emit_step(emitter, block);
        }
        emit_advance(emitter, block);
    }
}
