/* Statements. */

#include "nmodl_priv.h"

#include <string.h>

static nmodl_stmt *parse_statement(nmodl_parser *parser, nmodl_stmt *block);

nmodl_stmt *parse_stmt_new(nmodl_parser *parser, nmodl_stmt_kind kind, size_t offset)
{
    nmodl_stmt *stmt = nmodl_alloc(parser->module, sizeof *stmt);

    if (stmt != NULL) {
        stmt->kind = kind;
        stmt->offset = offset;
    }
    return stmt;
}

/* LOCAL NAME ["[" integer "]"] ("," ...)* */
static void parse_local(nmodl_parser *parser, nmodl_stmt *block)
{
    do {
        const nmodl_token *name = parse_name(parser, "the name of a local variable");
        nmodl_symbol *symbol;
        if (name == NULL) {
            return;
        }
        symbol =
            nmodl_symbol_new(parser->module, name->text, SYMBOL_LOCAL, name->offset);
        if (symbol == NULL || !nmodl_push(parser->module, &block->local, symbol)) {
            return;
        }
        if (parse_accept(parser, "[")) {
            symbol->is_array = true;
            (void)(parse_integer(parser, &symbol->length) &&
                   parse_expect(parser, "]", "after the length"));
        }
    } while (parse_accept(parser, ","));
}

/* After an error in a statement: on to the first token of a later line. */
static void recover(nmodl_parser *parser)
{
    const char *source = parser->module->source;
    const char *newline = strchr(source + parse_peek(parser)->offset, '\n');
    int depth = 0;

    while (parse_peek(parser)->kind != TOKEN_END) {
        bool later = newline != NULL && source + parse_peek(parser)->offset > newline;
        if (depth == 0 && (later || parse_is(parser, "}"))) {
            break;
        }
        depth += parse_is(parser, "{") ? 1 : 0;
        depth -= parse_is(parser, "}") ? 1 : 0;
        parser->at++;
    }
    parser->panic = false;
}

/* "{" [LOCAL ...] statement* "}" */
nmodl_stmt *parse_statements(nmodl_parser *parser)
{
    nmodl_stmt *block = parse_stmt_new(parser, STMT_BLOCK, parse_peek(parser)->offset);
    nmodl_stmt **last;

    if (block == NULL || !parse_expect(parser, "{", "before statements")) {
        return NULL;
    }
    last = &block->body;
    if (++parser->depth > NMODL_MAX_DEPTH) {
        parse_error(parser, "statements nested too deeply");
        return NULL;
    }
    while (!parse_is(parser, "}") && !parser->module->out_of_memory) {
        size_t at = parser->at;
        if (parse_peek(parser)->kind == TOKEN_END) {
            nmodl_error(parser->module, block->offset, "\"{\" without its \"}\"");
            parser->depth--;
            return block;
        }
        if (parse_accept(parser, "LOCAL")) {
            parse_local(parser, block);
        } else {
            nmodl_stmt *stmt = parse_statement(parser, block);
            if (stmt != NULL) {
                *last = stmt;
                last = &stmt->next;
            }
        }
        if (parser->panic) {
            recover(parser);
        }
        if (parser->at == at) {
            parser->at++;
        }
    }
    parser->at++;
    parser->depth--;
    return block;
}

/* IF "(" expression ")" block [ELSE block | ELSE IF ...] */
static nmodl_stmt *parse_if(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_IF, parse_peek(parser)->offset);

    parser->at++;
    if (stmt == NULL || !parse_expect(parser, "(", "after IF")) {
        return NULL;
    }
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL || !parse_expect(parser, ")", "after the condition")) {
        return NULL;
    }
    stmt->body = parse_statements(parser);
    if (stmt->body != NULL && (parse_is(parser, "ELSE") || parse_is(parser, "else"))) {
        parser->at++;
        stmt->other = parse_is(parser, "IF") || parse_is(parser, "if")
                          ? parse_if(parser)
                          : parse_statements(parser);
    }
    return stmt->body == NULL ? NULL : stmt;
}

/* WHILE "(" expression ")" block */
static nmodl_stmt *parse_while(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_WHILE, parse_peek(parser)->offset);

    parser->at++;
    if (stmt == NULL || !parse_expect(parser, "(", "after WHILE")) {
        return NULL;
    }
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL || !parse_expect(parser, ")", "after the condition")) {
        return NULL;
    }
    stmt->body = parse_statements(parser);
    return stmt->body == NULL ? NULL : stmt;
}

/* FROM NAME "=" expression TO expression [BY expression] block */
static nmodl_stmt *parse_from(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_FROM, parse_peek(parser)->offset);
    const nmodl_token *name;

    parser->at++;
    name = parse_name(parser, "the loop's variable");
    if (stmt == NULL || name == NULL ||
        !parse_expect(parser, "=", "after the variable")) {
        return NULL;
    }
    stmt->symbol =
        nmodl_symbol_new(parser->module, name->text, SYMBOL_INDEX, name->offset);
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL || !parse_expect(parser, "TO", "after the first value")) {
        return NULL;
    }
    stmt->right = parse_expression(parser);
    if (stmt->right != NULL && parse_accept(parser, "BY")) {
        stmt->step = parse_expression(parser);
    }
    if (stmt->right == NULL || parser->panic) {
        return NULL;
    }
    stmt->body = parse_statements(parser);
    return stmt->body == NULL ? NULL : stmt;
}

/* SOLVE NAME [METHOD NAME | STEADYSTATE NAME] [IFERROR block] */
static nmodl_stmt *parse_solve(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_SOLVE, parse_peek(parser)->offset);
    const nmodl_token *name;

    parser->at++;
    name = parse_name(parser, "the name of a block to solve");
    if (stmt == NULL || name == NULL) {
        return NULL;
    }
    stmt->text = name->text;
    if (parse_is(parser, "METHOD") || parse_is(parser, "STEADYSTATE")) {
        stmt->steady_state = parse_is(parser, "STEADYSTATE");
        parser->at++;
        name = parse_name(parser, "the name of a method");
        stmt->method = name == NULL ? NULL : name->text;
    }
    if (parse_accept(parser, "IFERROR")) {
        (void)parse_statements(parser);
    }
    return stmt;
}

static void parse_table_names(nmodl_parser *parser, nmodl_symbols *list)
{
    do {
        const nmodl_token *name = parse_name(parser, "the name of a variable");
        nmodl_symbol *symbol;
        if (name == NULL) {
            return;
        }
        symbol =
            nmodl_symbol_new(parser->module, name->text, SYMBOL_UNKNOWN, name->offset);
        if (symbol == NULL || !nmodl_push(parser->module, list, symbol)) {
            return;
        }
    } while (parse_accept(parser, ","));
}

/* TABLE [names] [DEPEND names] FROM expression TO expression WITH integer */
static nmodl_stmt *parse_table(nmodl_parser *parser)
{
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_TABLE, parse_peek(parser)->offset);
    nmodl_table *table = nmodl_alloc(parser->module, sizeof *table);

    parser->at++;
    if (stmt == NULL || table == NULL) {
        return NULL;
    }
    stmt->table = table;
    if (!parse_is(parser, "DEPEND") && !parse_is(parser, "FROM")) {
        parse_table_names(parser, &table->output);
    }
    if (parse_accept(parser, "DEPEND")) {
        parse_table_names(parser, &table->depend);
    }
    if (!parse_expect(parser, "FROM", "in TABLE")) {
        return NULL;
    }
    table->from = parse_expression(parser);
    if (table->from == NULL || !parse_expect(parser, "TO", "in TABLE")) {
        return NULL;
    }
    table->to = parse_expression(parser);
    if (table->to == NULL || !parse_expect(parser, "WITH", "in TABLE") ||
        !parse_integer(parser, &table->n)) {
        return NULL;
    }
    if (table->n < 1) {
        parse_error(parser, "a table needs at least one interval");
    }
    return stmt;
}

/* NAME ["[" expression "]"] "=" expression | PRIME "=" expression | call */
static nmodl_stmt *parse_assignment(nmodl_parser *parser)
{
    const nmodl_token *token = parse_peek(parser);
    nmodl_stmt *stmt = parse_stmt_new(parser, STMT_ASSIGN, token->offset);
    nmodl_expr *left;

    (void)parse_accept(parser, "PROTECT");
    token = parse_peek(parser);
    if (stmt == NULL) {
        return NULL;
    }
    if (token->kind == TOKEN_PRIME) {
        stmt->kind = STMT_EQUATION;
        stmt->text = token->text;
        if (token->order > 1) {
            parse_error(parser,
                        "derivatives of second and higher order are not supported "
                        "(introduce a state for the first derivative)");
            return NULL;
        }
    } else if (token->kind != TOKEN_NAME) {
        parse_error(parser, "expected a statement, found \"%s\"", token->text);
        return NULL;
    }
    if (token->kind == TOKEN_PRIME) {
        parser->at++;
        if (parse_is(parser, "[")) {
            parse_error(parser, "arrays of differential equations are not supported");
            return NULL;
        }
    } else {
        left = parse_expression(parser);
        if (left == NULL) {
            return NULL;
        }
        stmt->left = left;
        if (left->kind == EXPR_CALL && !parse_is(parser, "=")) {
            stmt->kind = STMT_CALL;
            return stmt;
        }
        if (left->kind != EXPR_NAME && left->kind != EXPR_ELEMENT) {
            parse_error(parser, "this is no statement (assignments have a variable on "
                                "the left)");
            return NULL;
        }
    }
    if (!parse_expect(parser, "=", "in an assignment")) {
        return NULL;
    }
    stmt->right = parse_expression(parser);
    return stmt->right == NULL ? NULL : stmt;
}

static nmodl_stmt *parse_verbatim(nmodl_parser *parser)
{
    nmodl_stmt *stmt =
        parse_stmt_new(parser, STMT_VERBATIM, parse_peek(parser)->offset);

    if (stmt != NULL) {
        stmt->text = parse_peek(parser)->text;
        nmodl_scan_verbatim(parser->module, stmt, true);
    }
    parser->module->has_verbatim = true;
    parser->at++;
    return stmt;
}

/* CONDUCTANCE NAME [USEION NAME]: a hint for other compilers */
static void skip_conductance(nmodl_parser *parser)
{
    if (parse_name(parser, "the name of a conductance") != NULL &&
        parse_accept(parser, "USEION")) {
        (void)parse_name(parser, "the name of an ion");
    }
}

static nmodl_stmt *parse_statement(nmodl_parser *parser, nmodl_stmt *block)
{
    nmodl_stmt *special = NULL;

    (void)block;
    if (parse_peek(parser)->kind == TOKEN_VERBATIM) {
        return parse_verbatim(parser);
    }
    if (parse_is(parser, "IF") || parse_is(parser, "if")) {
        return parse_if(parser);
    }
    if (parse_is(parser, "WHILE") || parse_is(parser, "while")) {
        return parse_while(parser);
    }
    if (parse_is(parser, "FROM")) {
        return parse_from(parser);
    }
    if (parse_is(parser, "SOLVE")) {
        return parse_solve(parser);
    }
    if (parse_is(parser, "TABLE")) {
        return parse_table(parser);
    }
    if (parse_is(parser, "{")) {
        return parse_statements(parser);
    }
    if (parse_accept(parser, "UNITSOFF") || parse_accept(parser, "UNITSON") ||
        parse_accept(parser, "MUTEXLOCK") || parse_accept(parser, "MUTEXUNLOCK")) {
        return NULL;
    }
    if (parse_accept(parser, "CONDUCTANCE")) {
        skip_conductance(parser);
        return NULL;
    }
    if (parse_kinetic_statement(parser, &special) ||
        parse_net_statement(parser, &special)) {
        return special;
    }
    return parse_assignment(parser);
}
