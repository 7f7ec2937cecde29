/* Events: NET_RECEIVE as functions of one instance, and the calls of the host. */

#include "emit_priv.h"

#include <string.h>

static bool is_scop(const char *name)
{
    static const char *const names[] = {
        "scop_random", "set_seed", "exprand", "normrand",  "poisrand",
        "gauss",       "setseed",  "poisson", "factorial", "nrn_ghk"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Outside NET_RECEIVE: where allowed, and in BREAKPOINT in the evaluation at v + .001. */
static void emit_discontinuity(nmodl_emitter *emitter, const nmodl_expr *expr)
{
    mec_text *out = emitter->out;

    mec_text_printf(out, "if (%s_nt->run->env->discontinuities) ",
                    emitter->at_v ? "0 && " : "");
    emit_expr(emitter, expr->arg[0], EMIT_DOUBLE);
    mec_text_add(out, " = ");
    emit_expr(emitter, expr->arg[1], EMIT_DOUBLE);
}

bool emit_host_call(nmodl_emitter *emitter, const nmodl_expr *expr)
{
    mec_text *out = emitter->out;
    const char *name = expr->text;
    bool comma = false;
    int32_t first = 0;

    if (strcmp(name, "net_send") == 0) {
        mec_text_printf(out, "_nt->run->env->events->send(_nt->run, %s, ",
                        emitter->receiving ? "_args" : "0");
    } else if (strcmp(name, "net_event") == 0) {
        mec_text_add(out, "_nt->run->env->events->event(_nt->run, ");
    } else if (strcmp(name, "net_move") == 0) {
        mec_text_add(out, "_nt->run->env->events->move(_nt->run, ");
    } else if (strcmp(name, "at_time") == 0) {
        mec_text_add(out, "(double)_nt->run->env->events->at_time(_nt->run, ");
    } else if (strcmp(name, "nrn_pointing") == 0) {
        mec_text_printf(out, "(double)(_p->pointer[%d] != 0)",
                        (int)expr->arg[0]->symbol->column);
        return true;
    } else if (strcmp(name, "state_discontinuity") == 0) {
        emit_discontinuity(emitter, expr);
        return true;
    } else if (strncmp(name, "random_", 7) == 0) {
        mec_text_printf(out, "mec_%s_%d(_p->pointer[%d]", name, (int)expr->n_arg - 1,
                        (int)expr->arg[0]->symbol->column);
        first = 1;
        comma = true;
    } else if (is_scop(name)) {
        mec_text_printf(out, "mec_%s(_nt->run->env", name);
        comma = true;
    } else {
        return false;
    }
    for (int32_t i = first; i < expr->n_arg && strcmp(name, "scop_random") != 0; i++) {
        mec_text_add(out, i > 0 || comma ? ", " : "");
        emit_expr(emitter, expr->arg[i], EMIT_DOUBLE);
    }
    mec_text_add_char(out, ')');
    return true;
}

/* The condition may read what the block has just assigned, so that is stored first. */
void emit_watch(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    emit_store_all(emitter);
    emit_line(emitter,
              "run->env->events->watch(run, %d, _watch_rm++ == 0, (double)%s);",
              (int)stmt->number, stmt->text);
}

void emit_for_netcons(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    int k = (int)stmt->number;

    emit_line(emitter, "{");
    emitter->indent++;
    emit_line(emitter, "double *const *list%d = 0;", k);
    emit_line(emitter, "const int n%d = run->env->events->connections(run, &list%d);",
              k, k);
    emit_line(emitter, "for (int c%d = 0; c%d < n%d; c%d++) {", k, k, k, k);
    emit_line(emitter, "    double *const _fnargs%d = list%d[c%d];", k, k, k);
    emitter->indent++;
    emit_statements(emitter, stmt->body);
    emitter->indent--;
    emit_line(emitter, "}");
    emitter->indent--;
    emit_line(emitter, "}");
}

static void emit_body(nmodl_emitter *emitter, const nmodl_block *block,
                      const char *name)
{
    mec_text_printf(emitter->out,
                    "static void mec_body_%s(inst *_p, const mec_uniform *_nt, double "
                    "*_args, double _lflag)\n{\n"
                    "    const mec_run *const run = _nt->run;\n"
                    "    const int i = 0;\n    int _watch_rm = 0, failed = 0;\n\n"
                    "    (void)run; (void)i; (void)_watch_rm; (void)failed;\n"
                    "    (void)_args; (void)_lflag;\n",
                    name);
    emitter->indent = 1;
    emitter->receiving = true;
    emitter->equations = EMIT_EXACT_STEP;
    emit_statements(emitter, block->body);
    emitter->receiving = false;
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

/* What the block mentions itself goes back to the node: v and concentrations. */
static void emit_node_stores(nmodl_emitter *emitter, const nmodl_block *block)
{
    nmodl_module *module = emitter->module;
    const nmodl_symbol *v = nmodl_lookup(module, "v");

    if (module->kind == MEC_POINT_PROCESS && nmodl_mentions(block->body, v)) {
        emit_line(emitter, "run->v[0] = _p->c_v;");
    }
    for (size_t k = 0; k < module->variable.n; k++) {
        const nmodl_symbol *symbol = module->variable.data[k];
        bool stored = symbol->storage == STORE_ION && symbol->kind == SYMBOL_STATE;
        if (stored && nmodl_mentions(block->body, symbol)) {
            emit_access(emitter, symbol, false, "run->ion",
                        emit_symbol_ref(module, symbol));
        }
    }
}

static void emit_entry(nmodl_emitter *emitter, const nmodl_block *block,
                       const char *name, const char *argument, const char *flag)
{
    const nmodl_module *module = emitter->module;

    emit_body(emitter, block, name);
    mec_text_printf(emitter->out,
                    "static int32_t mec_net_%s(const mec_run *run, double *_args%s)\n"
                    "{\n    mec_uniform shared = mec_share(run), *const _nt = "
                    "&shared;\n    inst one = {0}, *const _p = &one;\n"
                    "    const int i = 0;\n\n",
                    name, argument);
    emitter->indent = 1;
    if (module->has_verbatim) {
        emit_line(emitter, "mec_begin(run);");
        emit_line(emitter, "if (setjmp(mec_refuge) != 0) {");
        emit_line(emitter, "    return mec_failed(run);");
        emit_line(emitter, "}");
        emit_line(emitter, "mec_here(_p, _nt, 0);");
    }
    emit_load_all(emitter);
    emit_line(emitter, "mec_body_%s(_p, _nt, _args, %s);", name, flag);
    emit_store_all(emitter);
    emit_node_stores(emitter, block);
    emit_line(emitter, module->has_verbatim ? "return mec_failed(run);"
                                            : "return run->env->failure != 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

static void emit_condition(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_expr *expr = stmt->left;
    mec_text *out = emitter->out;

    emit_line(emitter, "case %d:", (int)stmt->number);
    emit_indent(emitter);
    mec_text_add(out, expr->op == OP_LESS ? "    return -((" : "    return ((");
    emit_expr(emitter, expr->arg[0], EMIT_DOUBLE);
    mec_text_add(out, ") - (");
    emit_expr(emitter, expr->arg[1], EMIT_DOUBLE);
    mec_text_add(out, "));\n");
}

static void emit_conditions(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_WATCH) {
            emit_condition(emitter, stmt);
        }
        emit_conditions(emitter, stmt->body);
        emit_conditions(emitter, stmt->other);
    }
}

static void emit_watch_function(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_add(emitter->out,
                 "static double mec_net_watch(const mec_run *run, int32_t k)\n{\n"
                 "    const mec_uniform shared = mec_share(run), *const _nt = "
                 "&shared;\n    inst one = {0}, *const _p = &one;\n"
                 "    const int i = 0;\n\n    (void)_nt;\n");
    emitter->indent = 1;
    emit_load_all(emitter);
    emit_line(emitter, "switch (k) {");
    emit_conditions(emitter, block->body);
    emit_line(emitter, "}");
    emit_line(emitter, "return 0.;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

void emit_net(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;
    const nmodl_block *receive = emit_find_block(module, BLOCK_NET_RECEIVE);
    const nmodl_block *initial = emit_find_block(module, BLOCK_NET_INITIAL);

    if (receive == NULL) {
        return;
    }
    mec_text_add(emitter->out, "#undef MEC_W\n#define MEC_W 1\n");
    emit_entry(emitter, receive, "receive", ", double flag", "flag");
    if (initial != NULL) {
        emit_entry(emitter, initial, "init", "", "0.");
    }
    if (module->n_watch > 0) {
        emit_watch_function(emitter, receive);
    }
    mec_text_printf(emitter->out,
                    "static const mec_net_desc mec_net = {\n"
                    "    .n_weight = %d,\n    .n_watch = %d,\n    .sends_event = %d,\n"
                    "    .receive = mec_net_receive,\n%s%s};\n\n",
                    (int)receive->argument.n - 1, (int)module->n_watch,
                    module->has_net_event ? 1 : 0,
                    initial != NULL ? "    .init = mec_net_init,\n" : "",
                    module->n_watch > 0 ? "    .watch = mec_net_watch,\n" : "");
}
