/* Statements of KINETIC blocks: reactions, CONSERVE and COMPARTMENT. */

#include "nmodl_priv.h"

#include <string.h>

static nmodl_stmt *reaction_new(nmodl_parser *parser, nmodl_stmt_kind kind)
{
    nmodl_stmt *stmt = nmodl_alloc(parser->module, sizeof *stmt);

    if (stmt != NULL) {
        stmt->kind = kind;
        stmt->offset = parse_peek(parser)->offset;
        stmt->reaction = nmodl_alloc(parser->module, sizeof *stmt->reaction);
    }
    if (parser->block_kind != BLOCK_KINETIC) {
        parse_error(parser, "\"%s\" belongs into a KINETIC block",
                    parse_peek(parser)->text);
        return NULL;
    }
    return stmt == NULL || stmt->reaction == NULL ? NULL : stmt;
}

static bool add_term(nmodl_parser *parser, nmodl_reaction *reaction, int32_t count)
{
    const nmodl_token *name = parse_name(parser, "the name of a state");
    nmodl_term *term = &reaction->term[reaction->n_term];

    if (name == NULL) {
        return false;
    }
    if (reaction->n_term == NMODL_MAX_TERMS) {
        parse_error(parser, "more than %d states in one statement", NMODL_MAX_TERMS);
        return false;
    }
    term->index = NULL;
    if (parse_accept(parser, "[")) {
        term->index = parse_expression(parser);
        if (term->index == NULL || !parse_expect(parser, "]", "after the index")) {
            return false;
        }
    }
    term->name = name->text;
    term->offset = name->offset;
    term->count = count;
    reaction->n_term++;
    return true;
}

/* [integer] NAME ["[" index "]"] ("+" ...)* */
static bool parse_terms(nmodl_parser *parser, nmodl_reaction *reaction)
{
    do {
        int32_t count = 1;
        if (parse_peek(parser)->kind == TOKEN_INTEGER &&
            !parse_integer(parser, &count)) {
            return false;
        }
        if (!add_term(parser, reaction, count)) {
            return false;
        }
    } while (parse_accept(parser, "+"));
    return true;
}

/* A rate of "<->". NEURON multiplies its text with the states, so that of a bare sum only
 * the last term is multiplied. The rate of "->" keeps its parentheses. */
static nmodl_expr *parse_rate(nmodl_parser *parser)
{
    nmodl_expr *rate = parse_expression(parser);

    if (rate != NULL && rate->kind == EXPR_BINARY && !rate->inner &&
        rate->op != OP_MULTIPLY && rate->op != OP_DIVIDE && rate->op != OP_POWER) {
        nmodl_warn(parser->module, rate->offset,
                   "a rate that is a sum: only its last term is multiplied by the "
                   "states, as in NEURON (put parentheses around the sum if all is "
                   "meant)");
    }
    return rate;
}

/* "(" forward ["," backward] ")" */
static nmodl_stmt *parse_rates(nmodl_parser *parser, nmodl_stmt *stmt, bool both)
{
    if (!parse_expect(parser, "(", "before the rates")) {
        return NULL;
    }
    stmt->left = both ? parse_rate(parser) : parse_expression(parser);
    if (stmt->left == NULL ||
        (both && !parse_expect(parser, ",", "between the rates"))) {
        return NULL;
    }
    stmt->left->inner = stmt->left->inner || !both;
    if (both) {
        stmt->right = parse_rate(parser);
    }
    if ((both && stmt->right == NULL) ||
        !parse_expect(parser, ")", "after the rates")) {
        return NULL;
    }
    return stmt;
}

/* "~" terms "<->" terms "(" rate "," rate ")" | "~" terms "->" "(" rate ")"
 * | "~" NAME "<<" "(" flux ")" */
static nmodl_stmt *parse_reaction(nmodl_parser *parser)
{
    nmodl_stmt *stmt = reaction_new(parser, STMT_REACTION);
    nmodl_reaction *reaction = stmt == NULL ? NULL : stmt->reaction;

    parser->at++;
    if (stmt == NULL || !parse_terms(parser, reaction)) {
        return NULL;
    }
    reaction->n_left = reaction->n_term;
    if (parse_accept(parser, "<<")) {
        reaction->is_flux = true;
        if (reaction->n_left != 1) {
            parse_error(parser, "\"<<\" has one state on its left");
            return NULL;
        }
        return parse_rates(parser, stmt, false);
    }
    if (parse_accept(parser, "->")) {
        return parse_rates(parser, stmt, false);
    }
    if (!parse_expect(parser, "<->", "(or -> or <<) in a reaction") ||
        !parse_terms(parser, reaction)) {
        return NULL;
    }
    return parse_rates(parser, stmt, true);
}

/* CONSERVE terms "=" expression */
static nmodl_stmt *parse_conserve(nmodl_parser *parser)
{
    nmodl_stmt *stmt = reaction_new(parser, STMT_CONSERVE);

    parser->at++;
    if (stmt == NULL || !parse_terms(parser, stmt->reaction) ||
        !parse_expect(parser, "=", "in CONSERVE")) {
        return NULL;
    }
    stmt->right = parse_expression(parser);
    return stmt->right == NULL ? NULL : stmt;
}

/* COMPARTMENT [NAME ","] expression "{" NAME* "}", or LONGITUDINAL_DIFFUSION likewise */
static nmodl_stmt *parse_compartment(nmodl_parser *parser, nmodl_stmt_kind kind)
{
    nmodl_stmt *stmt = reaction_new(parser, kind);
    const nmodl_token *name;

    parser->at++;
    if (stmt == NULL) {
        return NULL;
    }
    name = parse_peek(parser);
    if (name->kind == TOKEN_NAME && strcmp(name[1].text, ",") == 0) {
        stmt->symbol =
            nmodl_symbol_new(parser->module, name->text, SYMBOL_INDEX, name->offset);
        parser->at += 2;
    }
    stmt->left = parse_expression(parser);
    if (stmt->left == NULL || !parse_expect(parser, "{", "before the states")) {
        return NULL;
    }
    while (!parse_is(parser, "}")) {
        if (!add_term(parser, stmt->reaction, 1)) {
            return NULL;
        }
    }
    parser->at++;
    return stmt;
}

bool parse_kinetic_statement(nmodl_parser *parser, nmodl_stmt **stmt)
{
    bool algebraic =
        parser->block_kind == BLOCK_LINEAR || parser->block_kind == BLOCK_NONLINEAR;

    if (parse_is(parser, "~") || parse_is(parser, "~+")) {
        *stmt = algebraic ? parse_algebraic(parser) : parse_reaction(parser);
    } else if (parse_is(parser, "CONSERVE")) {
        *stmt = parse_conserve(parser);
    } else if (parse_is(parser, "COMPARTMENT")) {
        *stmt = parse_compartment(parser, STMT_COMPARTMENT);
    } else if (parse_is(parser, "LONGITUDINAL_DIFFUSION")) {
        *stmt = parse_compartment(parser, STMT_DIFFUSION);
    } else {
        return false;
    }
    return true;
}

/* f_flux and b_flux: the fluxes of the reaction above, for the statements below it. */
bool parse_declare_fluxes(nmodl_parser *parser, nmodl_block *block)
{
    static const char *const names[] = {"f_flux", "b_flux"};

    for (size_t i = 0; i < 2 && block->body != NULL; i++) {
        nmodl_symbol *symbol =
            nmodl_symbol_new(parser->module, names[i], SYMBOL_LOCAL, block->offset);
        if (symbol == NULL ||
            !nmodl_push(parser->module, &block->body->local, symbol)) {
            return false;
        }
        symbol->varying = true;
    }
    return block->body != NULL;
}
