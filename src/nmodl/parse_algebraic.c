/* LINEAR and NONLINEAR blocks: their equations and SOLVEFOR. */

#include "nmodl_priv.h"

/* "~"|"~+" expression "=" expression */
nmodl_stmt *parse_algebraic(nmodl_parser *parser)
{
    nmodl_stmt *stmt = nmodl_alloc(parser->module, sizeof *stmt);

    if (stmt == NULL) {
        return NULL;
    }
    stmt->kind = STMT_ALGEBRAIC;
    stmt->offset = parse_peek(parser)->offset;
    stmt->continues = parse_is(parser, "~+");
    parser->at++;
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL ||
        !parse_expect(parser, "=", "between the sides of an equation")) {
        return NULL;
    }
    stmt->right = parse_expression(parser);
    return stmt->right == NULL ? NULL : stmt;
}

/* [SOLVEFOR NAME ("," NAME)*] */
bool parse_solve_for(nmodl_parser *parser, nmodl_block *block)
{
    if (!parse_accept(parser, "SOLVEFOR")) {
        return true;
    }
    do {
        const nmodl_token *name = parse_name(parser, "the name of a state");
        nmodl_symbol *symbol;
        if (name == NULL) {
            return false;
        }
        symbol =
            nmodl_symbol_new(parser->module, name->text, SYMBOL_UNKNOWN, name->offset);
        if (symbol == NULL || !nmodl_push(parser->module, &block->solve_for, symbol)) {
            return false;
        }
    } while (parse_accept(parser, ","));
    return true;
}
