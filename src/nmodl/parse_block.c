/* Blocks with statements: INITIAL, BREAKPOINT, DERIVATIVE, FUNCTION, PROCEDURE ... */

#include "nmodl_priv.h"

#include <string.h>

nmodl_block *parse_add_block(nmodl_parser *parser, nmodl_block_kind kind,
                             const char *name, size_t offset)
{
    nmodl_module *module = parser->module;
    nmodl_block *block = nmodl_alloc(module, sizeof *block);

    if (block == NULL) {
        return NULL;
    }
    block->kind = kind;
    block->name = name;
    block->offset = offset;
    parser->block_kind = kind;
    if (module->last_block != NULL) {
        module->last_block->next = block;
    } else {
        module->first_block = block;
    }
    module->last_block = block;
    return block;
}

/* Give a named block its symbol. */
static void name_block(nmodl_parser *parser, nmodl_block *block)
{
    nmodl_symbol *symbol =
        nmodl_declare(parser->module, block->name, SYMBOL_BLOCK, block->offset);

    if (symbol == NULL) {
        return;
    }
    if (symbol->block != NULL || symbol->kind != SYMBOL_BLOCK) {
        nmodl_error(parser->module, block->offset, "\"%s\" is declared twice",
                    block->name);
        return;
    }
    symbol->block = block;
    block->symbol = symbol;
}

/* "(" [NAME [unit] ("," NAME [unit])*] ")" [unit] */
bool parse_arguments(nmodl_parser *parser, nmodl_block *block)
{
    if (!parse_expect(parser, "(", "after the name")) {
        return false;
    }
    while (!parse_is(parser, ")")) {
        const nmodl_token *name = parse_name(parser, "the name of an argument");
        nmodl_symbol *symbol;
        if (name == NULL) {
            return false;
        }
        symbol =
            nmodl_symbol_new(parser->module, name->text, SYMBOL_LOCAL, name->offset);
        if (symbol == NULL || !nmodl_push(parser->module, &block->argument, symbol)) {
            return false;
        }
        (void)parse_unit(parser);
        if (!parse_is(parser, ")") &&
            !parse_expect(parser, ",", "or \")\" after an argument")) {
            return false;
        }
    }
    parser->at++;
    (void)parse_unit(parser);
    return true;
}

static void check_table(nmodl_parser *parser, const nmodl_block *block)
{
    enum { MAX_ARGUMENTS = 8 };

    if (block->argument.n == 0 || block->argument.n > MAX_ARGUMENTS) {
        nmodl_error(parser->module, block->offset,
                    "a FUNCTION_TABLE has 1 to %d arguments", (int)MAX_ARGUMENTS);
    }
}

/* FUNCTION|PROCEDURE NAME "(" ... ")" [unit] block | FUNCTION_TABLE NAME "(" ... ")" [unit] */
static void parse_function(nmodl_parser *parser, nmodl_block_kind kind)
{
    const nmodl_token *name = parse_name(parser, "the name of the block");
    nmodl_block *block =
        name == NULL ? NULL : parse_add_block(parser, kind, name->text, name->offset);

    if (block == NULL || !parse_arguments(parser, block)) {
        return;
    }
    name_block(parser, block);
    if (kind == BLOCK_FUNCTION || kind == BLOCK_FUNCTION_TABLE) {
        block->result =
            nmodl_symbol_new(parser->module, block->name, SYMBOL_LOCAL, block->offset);
    }
    if (kind == BLOCK_FUNCTION_TABLE) {
        check_table(parser, block);
        return;
    }
    block->body = parse_statements(parser);
}

/* DERIVATIVE NAME block | KINETIC|LINEAR|NONLINEAR NAME [SOLVEFOR names] block */
static void parse_system(nmodl_parser *parser, nmodl_block_kind kind)
{
    const nmodl_token *name = parse_name(parser, "the name of the block");
    nmodl_block *block =
        name == NULL ? NULL : parse_add_block(parser, kind, name->text, name->offset);

    if (block != NULL) {
        name_block(parser, block);
        if (kind != BLOCK_DERIVATIVE && !parse_solve_for(parser, block)) {
            return;
        }
        block->body = parse_statements(parser);
        if (kind == BLOCK_KINETIC && !parse_declare_fluxes(parser, block)) {
            parser->panic = true;
        }
    }
}

/* True for blocks whose further ones continue the first. */
static bool is_continued(nmodl_block_kind kind)
{
    return kind == BLOCK_INITIAL || kind == BLOCK_BREAKPOINT ||
           kind == BLOCK_CONSTRUCTOR || kind == BLOCK_DESTRUCTOR;
}

static void parse_unnamed(nmodl_parser *parser, nmodl_block_kind kind, size_t offset)
{
    nmodl_block *block = parser->module->first_block;
    nmodl_stmt **last;

    while (block != NULL && !(block->kind == kind && is_continued(kind))) {
        block = block->next;
    }
    if (block == NULL) {
        block = parse_add_block(parser, kind, "", offset);
        if (block != NULL) {
            block->body = parse_statements(parser);
        }
        return;
    }
    parser->block_kind = kind;
    if (block->body == NULL) {
        block->body = parse_statements(parser);
        return;
    }
    last = &block->body->body;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = parse_statements(parser);
}

/* BEFORE|AFTER INITIAL|BREAKPOINT|SOLVE|STEP block */
static void parse_before_after(nmodl_parser *parser, bool before)
{
    static const struct {
        const char *word;
        bool before;
        nmodl_block_kind kind;
    } kinds[] = {
        {"INITIAL", true, BLOCK_BEFORE_INITIAL},
        {"INITIAL", false, BLOCK_AFTER_INITIAL},
        {"BREAKPOINT", true, BLOCK_BEFORE_BREAKPOINT},
        {"SOLVE", false, BLOCK_AFTER_SOLVE},
        {"STEP", true, BLOCK_BEFORE_STEP},
    };
    size_t offset = parse_peek(parser)->offset;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].before == before && parse_accept(parser, kinds[i].word)) {
            parse_unnamed(parser, kinds[i].kind, offset);
            return;
        }
    }
    parse_error(parser, "expected %s, found \"%s\"",
                before ? "INITIAL, BREAKPOINT or STEP after BEFORE"
                       : "INITIAL or SOLVE after AFTER",
                parse_peek(parser)->text);
}

/* What the language has and this compiler has not. */
static bool parse_unsupported(nmodl_parser *parser)
{
    static const char *const words[] = {"DISCRETE", "PARTIAL", "TERMINAL"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (parse_is(parser, words[i])) {
            nmodl_error(parser->module, parse_peek(parser)->offset,
                        "%s is not supported by this version of mecombo", words[i]);
            parser->at++;
            parse_skip_braces(parser);
            return true;
        }
    }
    return false;
}

bool parse_block(nmodl_parser *parser)
{
    static const struct {
        const char *word;
        nmodl_block_kind kind;
    } unnamed[] = {
        {"INITIAL", BLOCK_INITIAL},
        {"BREAKPOINT", BLOCK_BREAKPOINT},
        {"CONSTRUCTOR", BLOCK_CONSTRUCTOR},
        {"DESTRUCTOR", BLOCK_DESTRUCTOR},
    };
    size_t offset = parse_peek(parser)->offset;

    for (size_t i = 0; i < sizeof unnamed / sizeof *unnamed; i++) {
        if (parse_accept(parser, unnamed[i].word)) {
            parse_unnamed(parser, unnamed[i].kind, offset);
            return true;
        }
    }
    if (parse_accept(parser, "FUNCTION")) {
        parse_function(parser, BLOCK_FUNCTION);
    } else if (parse_accept(parser, "FUNCTION_TABLE")) {
        parse_function(parser, BLOCK_FUNCTION_TABLE);
    } else if (parse_accept(parser, "PROCEDURE")) {
        parse_function(parser, BLOCK_PROCEDURE);
    } else if (parse_accept(parser, "DERIVATIVE")) {
        parse_system(parser, BLOCK_DERIVATIVE);
    } else if (parse_accept(parser, "KINETIC")) {
        parse_system(parser, BLOCK_KINETIC);
    } else if (parse_accept(parser, "LINEAR")) {
        parse_system(parser, BLOCK_LINEAR);
    } else if (parse_accept(parser, "NONLINEAR")) {
        parse_system(parser, BLOCK_NONLINEAR);
    } else if (parse_accept(parser, "NET_RECEIVE")) {
        parse_net_receive(parser);
    } else if (parse_accept(parser, "BEFORE")) {
        parse_before_after(parser, true);
    } else if (parse_accept(parser, "AFTER")) {
        parse_before_after(parser, false);
    } else {
        return parse_unsupported(parser);
    }
    return true;
}
