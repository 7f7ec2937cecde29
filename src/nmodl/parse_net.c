/* NET_RECEIVE and the statements that only it has: its INITIAL, WATCH, FOR_NETCONS. */

#include "nmodl_priv.h"

#include <string.h>

/* C texts of the arguments, which live in an array of weights. */
static void name_weights(nmodl_module *module, const nmodl_symbols *argument,
                         const char *array)
{
    for (size_t i = 0; i < argument->n; i++) {
        argument->data[i]->c_text =
            mec_arena_printf(module->arena, "%s[%d]", array, (int)i);
        if (argument->data[i]->c_text == NULL) {
            module->out_of_memory = true;
        }
    }
}

/* NET_RECEIVE "(" NAME ("," NAME)* ")" block */
void parse_net_receive(nmodl_parser *parser)
{
    nmodl_module *module = parser->module;
    size_t offset = parser->token[parser->at - 1].offset;
    nmodl_block *block = parse_add_block(parser, BLOCK_NET_RECEIVE, "", offset);
    nmodl_symbol *flag;

    if (block == NULL || !parse_arguments(parser, block)) {
        return;
    }
    if (block->argument.n == 0) {
        nmodl_error(module, offset, "NET_RECEIVE needs at least one argument");
    }
    if (module->kind == MEC_DENSITY) {
        nmodl_error(module, offset,
                    "NET_RECEIVE belongs into a POINT_PROCESS or ARTIFICIAL_CELL");
    }
    name_weights(module, &block->argument, "_args");
    flag = nmodl_symbol_new(module, "flag", SYMBOL_LOCAL, offset);
    if (flag != NULL && nmodl_push(module, &block->argument, flag)) {
        block->body = parse_statements(parser);
    }
}

static nmodl_block *find_receive(const nmodl_module *module)
{
    nmodl_block *found = NULL;

    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        found = block->kind == BLOCK_NET_RECEIVE ? block : found;
    }
    return found;
}

/* INITIAL block: once per connection, before the sweep */
static void parse_initial(nmodl_parser *parser)
{
    nmodl_block *receive = find_receive(parser->module);
    size_t offset = parse_peek(parser)->offset;
    nmodl_block *block;

    parser->at++;
    block = parse_add_block(parser, BLOCK_NET_INITIAL, "", offset);
    if (block != NULL && receive != NULL) {
        block->argument = receive->argument;
        block->body = parse_statements(parser);
    }
    parser->block_kind = BLOCK_NET_RECEIVE;
}

/* "(" expression ">" expression ")" flag */
static nmodl_stmt *parse_condition(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_WATCH, parse_peek(parser)->offset);

    if (stmt == NULL || !parse_expect(parser, "(", "after WATCH")) {
        return NULL;
    }
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL) {
        return NULL;
    }
    if (stmt->left->kind != EXPR_BINARY ||
        (stmt->left->op != OP_GREATER && stmt->left->op != OP_LESS)) {
        parse_error(parser, "expected WATCH (expression > expression) flag");
        return NULL;
    }
    if (!parse_expect(parser, ")", "after the condition")) {
        return NULL;
    }
    stmt->text = parse_number(parser);
    stmt->number = parser->module->n_watch++;
    return stmt->text == NULL ? NULL : stmt;
}

/* WATCH condition ("," condition)* */
static nmodl_stmt *parse_watch(nmodl_parser *parser)
{
    nmodl_stmt *block = parse_stmt_new(parser, STMT_BLOCK, parse_peek(parser)->offset);
    nmodl_stmt **last = block == NULL ? NULL : &block->body;

    parser->at++;
    do {
        nmodl_stmt *stmt = block == NULL ? NULL : parse_condition(parser);
        if (stmt == NULL) {
            return NULL;
        }
        *last = stmt;
        last = &stmt->next;
    } while (parse_accept(parser, ","));
    return block;
}

/* FOR_NETCONS "(" NAME ("," NAME)* ")" block */
static nmodl_stmt *parse_for_netcons(nmodl_parser *parser)
{
    nmodl_module *module = parser->module;
    nmodl_stmt *stmt =
        parse_stmt_new(parser, STMT_FOR_NETCONS, parse_peek(parser)->offset);
    nmodl_block arguments = {0};
    const char *array;

    parser->at++;
    if (stmt == NULL || !parse_arguments(parser, &arguments)) {
        return NULL;
    }
    stmt->number = module->n_for_netcons++;
    array = mec_arena_printf(module->arena, "_fnargs%d", (int)stmt->number);
    if (array == NULL) {
        module->out_of_memory = true;
        return NULL;
    }
    name_weights(module, &arguments.argument, array);
    stmt->local = arguments.argument;
    stmt->body = parse_statements(parser);
    return stmt->body == NULL ? NULL : stmt;
}

bool parse_net_statement(nmodl_parser *parser, nmodl_stmt **stmt)
{
    bool net = parse_is(parser, "WATCH") || parse_is(parser, "FOR_NETCONS");

    *stmt = NULL;
    if (parse_is(parser, "INITIAL") && parser->block_kind == BLOCK_NET_RECEIVE) {
        parse_initial(parser);
        return true;
    }
    if (!net) {
        return false;
    }
    if (parser->block_kind != BLOCK_NET_RECEIVE) {
        parse_error(parser, "%s belongs into NET_RECEIVE", parse_peek(parser)->text);
        return true;
    }
    *stmt = parse_is(parser, "WATCH") ? parse_watch(parser) : parse_for_netcons(parser);
    return true;
}
