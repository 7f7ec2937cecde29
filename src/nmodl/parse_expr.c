/* Expressions.
 *
 * Precedence is that of C, which is what nocmodl's text is compiled by, with `^` above
 * unary minus and to the right. */

#include "nmodl_priv.h"

#include <string.h>

static nmodl_expr *parse_unary(nmodl_parser *parser);

static bool too_deep(nmodl_parser *parser)
{
    if (parser->depth > NMODL_MAX_DEPTH) {
        parse_error(parser, "expression nested too deeply");
        return true;
    }
    return false;
}

typedef MEC_VEC(nmodl_expr *) expr_list;

/* "(" [expression ("," expression)*] ")" with the name already read */
static nmodl_expr *parse_call(nmodl_parser *parser, const nmodl_token *name)
{
    nmodl_module *module = parser->module;
    expr_list list = MEC_VEC_INIT;
    nmodl_expr *call = NULL;

    parser->at++;
    while (!parse_is(parser, ")") && !parser->panic) {
        nmodl_expr *arg;
        if (parse_peek(parser)->kind == TOKEN_STRING) {
            arg = nmodl_expr_new(module, EXPR_STRING, parse_peek(parser)->offset, 0);
            if (arg != NULL) {
                arg->text = parse_peek(parser)->text;
            }
            parser->at++;
        } else {
            arg = parse_expression(parser);
        }
        if (arg == NULL) {
            break;
        }
        if (!MEC_VEC_PUSH(&list, arg)) {
            module->out_of_memory = true;
            break;
        }
        if (!parse_is(parser, ")") &&
            !parse_expect(parser, ",", "or \")\" after an argument")) {
            break;
        }
    }
    if (parse_accept(parser, ")")) {
        call = nmodl_expr_new(module, EXPR_CALL, name->offset, (int32_t)list.n);
    }
    if (call != NULL) {
        call->text = name->text;
        for (size_t i = 0; i < list.n; i++) {
            call->arg[i] = list.data[i];
        }
    }
    MEC_VEC_CLEAR(&list);
    return call;
}

/* NAME ["[" expression "]"] | NAME "(" ... ")" */
static nmodl_expr *parse_named(nmodl_parser *parser)
{
    const nmodl_token *name = parse_peek(parser);
    const char *digits = mec_map_get(parser->module->define, name->text);
    nmodl_expr *expr;

    if (digits != NULL) {
        parser->at++;
        return nmodl_number(parser->module, digits, name->offset);
    }
    if (parse_name(parser, "an operand") == NULL) {
        return NULL;
    }
    if (parse_is(parser, "(")) {
        return parse_call(parser, name);
    }
    if (!parse_accept(parser, "[")) {
        expr = nmodl_expr_new(parser->module, EXPR_NAME, name->offset, 0);
    } else {
        expr = nmodl_expr_new(parser->module, EXPR_ELEMENT, name->offset, 1);
        if (expr != NULL) {
            expr->arg[0] = parse_expression(parser);
            if (expr->arg[0] == NULL || !parse_expect(parser, "]", "after the index")) {
                return NULL;
            }
        }
    }
    if (expr != NULL) {
        expr->text = name->text;
    }
    return expr;
}

/* number [unit] | "(" expression ")" | name */
static nmodl_expr *parse_primary(nmodl_parser *parser)
{
    const nmodl_token *token = parse_peek(parser);
    nmodl_expr *expr;

    if (token->kind == TOKEN_REAL || token->kind == TOKEN_INTEGER) {
        parser->at++;
        (void)parse_unit(parser);
        return nmodl_number(parser->module, token->text, token->offset);
    }
    if (parse_accept(parser, "(")) {
        expr = parse_expression(parser);
        if (expr != NULL && !parse_expect(parser, ")", "after the expression")) {
            return NULL;
        }
        if (expr != NULL) {
            expr->inner = true;
        }
        return expr;
    }
    if (token->kind == TOKEN_PRIME) {
        parser->at++;
        expr = nmodl_expr_new(parser->module, EXPR_NAME, token->offset, 0);
        if (expr != NULL) {
            expr->text = mec_arena_printf(parser->module->arena, "D%s", token->text);
        }
        return expr;
    }
    return parse_named(parser);
}

/* primary ["^" unary] */
static nmodl_expr *parse_power(nmodl_parser *parser)
{
    nmodl_expr *base = parse_primary(parser);

    if (base != NULL && parse_accept(parser, "^")) {
        return nmodl_binary(parser->module, OP_POWER, base, parse_unary(parser));
    }
    return base;
}

/* "-" unary | "!" unary | power */
static nmodl_expr *parse_unary(nmodl_parser *parser)
{
    const nmodl_token *token = parse_peek(parser);
    nmodl_expr *expr = NULL;

    if (too_deep(parser)) {
        return NULL;
    }
    parser->depth++;
    if (parse_is(parser, "-") || parse_is(parser, "!")) {
        nmodl_expr *operand;
        parser->at++;
        operand = parse_unary(parser);
        if (operand != NULL) {
            expr = nmodl_expr_new(parser->module,
                                  *token->text == '-' ? EXPR_NEGATE : EXPR_NOT,
                                  token->offset, 1);
        }
        if (expr != NULL) {
            expr->arg[0] = operand;
        }
    } else {
        expr = parse_power(parser);
    }
    parser->depth--;
    return expr;
}

/* Binary operators by level, weakest first. */
static const struct {
    const char *text;
    int level;
    nmodl_operator op;
} operators[] = {
    {"||", 0, OP_OR},         {"&&", 1, OP_AND},           {"==", 2, OP_EQUAL},
    {"!=", 2, OP_NOT_EQUAL},  {"<", 3, OP_LESS},           {">", 3, OP_GREATER},
    {"<=", 3, OP_LESS_EQUAL}, {">=", 3, OP_GREATER_EQUAL}, {"+", 4, OP_ADD},
    {"-", 4, OP_SUBTRACT},    {"*", 5, OP_MULTIPLY},       {"/", 5, OP_DIVIDE},
};

enum { N_LEVEL = 6 };

static bool accept_operator(nmodl_parser *parser, int level, nmodl_operator *op)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (operators[i].level == level && parse_accept(parser, operators[i].text)) {
            *op = operators[i].op;
            return true;
        }
    }
    return false;
}

/* level n: level n+1 (operator level n+1)* */
static nmodl_expr *parse_level(nmodl_parser *parser, int level)
{
    nmodl_expr *left;
    nmodl_operator op;

    if (level == N_LEVEL) {
        return parse_unary(parser);
    }
    left = parse_level(parser, level + 1);
    while (left != NULL && accept_operator(parser, level, &op)) {
        left = nmodl_binary(parser->module, op, left, parse_level(parser, level + 1));
    }
    return left;
}

nmodl_expr *parse_expression(nmodl_parser *parser)
{
    return parse_level(parser, 0);
}
