/* Tokens to syntax tree: the parser's common parts and the file level.
 *
 * One function per grammar rule, each with its rule above it. After an error the parser
 * is in panic: further errors are not reported until the statement or entry is left, so
 * one mistake gives one message and the rest of the file is still checked. */

#include "nmodl_priv.h"

#include <string.h>

const nmodl_token *parse_peek(const nmodl_parser *parser)
{
    return &parser->token[parser->at];
}

bool parse_is(const nmodl_parser *parser, const char *text)
{
    const nmodl_token *token = parse_peek(parser);

    return (token->kind == TOKEN_NAME || token->kind == TOKEN_OPERATOR) &&
           strcmp(token->text, text) == 0;
}

bool parse_accept(nmodl_parser *parser, const char *text)
{
    bool is = parse_is(parser, text);

    parser->at += is;
    return is;
}

void parse_error(nmodl_parser *parser, const char *fmt, ...)
{
    va_list args;
    mec_text text = MEC_TEXT_INIT;

    if (parser->panic) {
        return;
    }
    parser->panic = true;
    va_start(args, fmt);
    mec_text_vprintf(&text, fmt, args);
    va_end(args);
    parser->module->out_of_memory =
        parser->module->out_of_memory || !mec_text_ok(&text);
    nmodl_error(parser->module, parse_peek(parser)->offset, "%s",
                mec_text_string(&text));
    mec_text_clear(&text);
}

static const char *shown(const nmodl_token *token)
{
    return token->kind == TOKEN_END ? "the end of the file" : token->text;
}

bool parse_expect(nmodl_parser *parser, const char *text, const char *after)
{
    if (parse_accept(parser, text)) {
        return true;
    }
    parse_error(parser, "expected \"%s\" %s, found \"%s\"", text, after,
                shown(parse_peek(parser)));
    return false;
}

bool parse_is_keyword(const char *text)
{
    static const char *const words[] = {
        "AFTER",
        "ARTIFICIAL_CELL",
        "ASSIGNED",
        "BBCOREPOINTER",
        "BEFORE",
        "BREAKPOINT",
        "BY",
        "CHARGE",
        "COMPARTMENT",
        "CONDUCTANCE",
        "CONSERVE",
        "CONSTANT",
        "CONSTRUCTOR",
        "DEFINE",
        "DEPEND",
        "DERIVATIVE",
        "DESTRUCTOR",
        "DISCRETE",
        "ELECTRODE_CURRENT",
        "ELSE",
        "EXTERNAL",
        "FOR_NETCONS",
        "FROM",
        "FUNCTION",
        "FUNCTION_TABLE",
        "GLOBAL",
        "IF",
        "IFERROR",
        "INCLUDE",
        "INDEPENDENT",
        "INITIAL",
        "KINETIC",
        "LINEAR",
        "LOCAL",
        "LONGITUDINAL_DIFFUSION",
        "METHOD",
        "MUTEXLOCK",
        "MUTEXUNLOCK",
        "NET_RECEIVE",
        "NEURON",
        "NONLINEAR",
        "NONSPECIFIC_CURRENT",
        "PARAMETER",
        "POINTER",
        "POINT_PROCESS",
        "PROCEDURE",
        "PROTECT",
        "RANGE",
        "READ",
        "REPRESENTS",
        "SOLVE",
        "SOLVEFOR",
        "START",
        "STATE",
        "STEADYSTATE",
        "STEPPED",
        "SUFFIX",
        "TABLE",
        "THREADSAFE",
        "TO",
        "UNITS",
        "UNITSOFF",
        "UNITSON",
        "USEION",
        "VALENCE",
        "WATCH",
        "WHILE",
        "WITH",
        "WRITE",
        "else",
        "if",
        "while",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], text) == 0) {
            return true;
        }
    }
    return false;
}

const nmodl_token *parse_name(nmodl_parser *parser, const char *what)
{
    const nmodl_token *token = parse_peek(parser);

    if (token->kind != TOKEN_NAME || parse_is_keyword(token->text)) {
        parse_error(parser, "expected %s, found \"%s\"", what, shown(token));
        return NULL;
    }
    parser->at++;
    return token;
}

const char *parse_unit(nmodl_parser *parser)
{
    const char *source = parser->module->source;
    const nmodl_token *token = parse_peek(parser);
    const char *begin, *end, *text;

    if (!parse_is(parser, "(")) {
        return "";
    }
    begin = source + token->offset + 1;
    end = begin + strcspn(begin, ")\n");
    if (*end != ')') {
        parse_error(parser, "unit without closing parenthesis on its line");
        return "";
    }
    while (begin < end && *begin == ' ') {
        begin++;
    }
    text = mec_arena_strndup(parser->module->arena, begin, (size_t)(end - begin));
    if (text == NULL) {
        parser->module->out_of_memory = true;
        return "";
    }
    while (parse_peek(parser)->kind != TOKEN_END &&
           parse_peek(parser)->offset <= (size_t)(end - source)) {
        parser->at++;
    }
    return text;
}

bool parse_integer(nmodl_parser *parser, int32_t *value)
{
    const nmodl_token *token = parse_peek(parser);
    const char *text = token->text;
    int64_t number = 0;

    if (token->kind == TOKEN_NAME) {
        text = mec_map_get(parser->module->define, token->text);
    } else if (token->kind != TOKEN_INTEGER) {
        text = NULL;
    }
    if (text == NULL || !mec_parse_int64(text, &number) || number > INT32_MAX) {
        parse_error(parser, "expected an integer, found \"%s\"", shown(token));
        return false;
    }
    parser->at++;
    *value = (int32_t)number;
    return true;
}

const char *parse_number(nmodl_parser *parser)
{
    bool minus = parse_accept(parser, "-");
    const nmodl_token *token = parse_peek(parser);
    const char *text = NULL;

    if (token->kind == TOKEN_REAL || token->kind == TOKEN_INTEGER) {
        text = token->text;
    } else if (token->kind == TOKEN_NAME) {
        text = mec_map_get(parser->module->define, token->text);
    }
    if (text == NULL) {
        parse_error(parser, "expected a number, found \"%s\"", shown(token));
        return NULL;
    }
    parser->at++;
    return minus ? mec_arena_printf(parser->module->arena, "-%s", text) : text;
}

void parse_skip_braces(nmodl_parser *parser)
{
    int depth = 0;

    while (parse_peek(parser)->kind != TOKEN_END) {
        if (parse_is(parser, "{")) {
            depth++;
        } else if (parse_is(parser, "}")) {
            depth--;
        }
        parser->at++;
        if (depth <= 0 && strcmp(parser->token[parser->at - 1].text, "}") == 0) {
            return;
        }
    }
}

/* VERBATIM ... ENDVERBATIM between blocks */
static void parse_file_verbatim(nmodl_parser *parser)
{
    nmodl_module *module = parser->module;
    nmodl_block *block = nmodl_alloc(module, sizeof *block);
    nmodl_stmt *stmt = nmodl_alloc(module, sizeof *stmt);

    if (block == NULL || stmt == NULL) {
        return;
    }
    block->kind = BLOCK_VERBATIM;
    block->offset = parse_peek(parser)->offset;
    block->name = "";
    stmt->kind = STMT_VERBATIM;
    stmt->offset = block->offset;
    stmt->text = parse_peek(parser)->text;
    nmodl_scan_verbatim(module, stmt, false);
    block->body = stmt;
    if (module->last_block != NULL) {
        module->last_block->next = block;
    } else {
        module->first_block = block;
    }
    module->last_block = block;
    module->has_verbatim = true;
    parser->at++;
}

/* After an error at file level: on to the next word that begins a block. */
static void skip_to_block(nmodl_parser *parser)
{
    static const char *const begins[] = {
        "NEURON",      "UNITS",          "PARAMETER",  "ASSIGNED",   "STATE",
        "CONSTANT",    "INITIAL",        "BREAKPOINT", "DERIVATIVE", "FUNCTION",
        "PROCEDURE",   "KINETIC",        "LINEAR",     "NONLINEAR",  "NET_RECEIVE",
        "INDEPENDENT", "FUNCTION_TABLE",
    };

    parser->at++;
    for (; parse_peek(parser)->kind != TOKEN_END; parser->at++) {
        for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
            if (parse_is(parser, begins[i])) {
                return;
            }
        }
    }
}

void nmodl_parse(nmodl_module *module, const nmodl_token *token, size_t n_token)
{
    nmodl_parser parser = {module, token, 0, n_token, false, 0, N_BLOCK_KIND};

    while (parse_peek(&parser)->kind != TOKEN_END && !module->out_of_memory) {
        bool known;
        if (parse_peek(&parser)->kind == TOKEN_VERBATIM) {
            parse_file_verbatim(&parser);
            continue;
        }
        known = parse_declaration(&parser) || parse_block(&parser);
        if (!known && !parser.panic) {
            parse_error(&parser,
                        "expected a block such as NEURON, PARAMETER or INITIAL, "
                        "found \"%s\"",
                        shown(parse_peek(&parser)));
        }
        if (parser.panic) {
            if (parse_peek(&parser)->kind != TOKEN_END) {
                skip_to_block(&parser);
            }
            parser.panic = false;
        }
    }
}
