/* Declarations: UNITS, PARAMETER, ASSIGNED, STATE, CONSTANT and the like. */

#include "nmodl_priv.h"

#include <stdio.h>
#include <string.h>

/* After an error in an entry: on to the next line or the closing brace. */
static void recover_line(nmodl_parser *parser)
{
    const char *source = parser->module->source;
    const char *newline = strchr(source + parse_peek(parser)->offset, '\n');

    while (parse_peek(parser)->kind != TOKEN_END && !parse_is(parser, "}") &&
           (newline == NULL || source + parse_peek(parser)->offset < newline)) {
        parser->at++;
    }
    parser->panic = false;
}

/* "{" entry... "}" */
static void parse_entries(nmodl_parser *parser, const char *block,
                          void (*entry)(nmodl_parser *parser))
{
    const char *after = mec_arena_printf(parser->module->arena, "after %s", block);
    size_t begin = parse_peek(parser)->offset;

    if (after == NULL || !parse_expect(parser, "{", after)) {
        return;
    }
    while (!parse_is(parser, "}")) {
        size_t at = parser->at;
        if (parse_peek(parser)->kind == TOKEN_END) {
            nmodl_error(parser->module, begin, "%s block without closing \"}\"", block);
            return;
        }
        if (!parse_accept(parser, "UNITSOFF") && !parse_accept(parser, "UNITSON")) {
            entry(parser);
        }
        if (parser->panic) {
            recover_line(parser);
        }
        if (parser->at == at) {
            parser->at++;
        }
    }
    parser->at++;
}

static nmodl_symbol *declare_new(nmodl_parser *parser, const nmodl_token *token,
                                 nmodl_symbol_kind kind)
{
    nmodl_module *module = parser->module;
    nmodl_symbol *symbol = nmodl_declare(module, token->text, kind, token->offset);

    if (symbol == NULL || symbol->kind == kind) {
        return symbol;
    }
    if (symbol->kind == SYMBOL_SYSTEM || symbol->kind == SYMBOL_POINTER ||
        symbol->kind == SYMBOL_EXTERNAL) {
        return symbol;
    }
    if (symbol->kind == SYMBOL_UNKNOWN) {
        symbol->kind = kind;
        symbol->offset = token->offset;
        return symbol;
    }
    if (kind == SYMBOL_ASSIGNED) {
        return symbol;
    }
    if (symbol->kind == SYMBOL_ASSIGNED) {
        symbol->kind = kind;
        return symbol;
    }
    nmodl_error(module, token->offset, "\"%s\" is declared twice, as different things",
                token->text);
    return NULL;
}

static void set_array(nmodl_parser *parser, nmodl_symbol *symbol)
{
    int32_t length = 0;

    if (!parse_accept(parser, "[")) {
        return;
    }
    if (!parse_integer(parser, &length) ||
        !parse_expect(parser, "]", "after the length")) {
        return;
    }
    if (length < 1) {
        parse_error(parser, "the length of an array must be positive");
        return;
    }
    if (symbol != NULL) {
        symbol->length = length;
        symbol->is_array = true;
    }
}

static void set_value(nmodl_parser *parser, nmodl_symbol *symbol, const char *text)
{
    if (text == NULL || symbol == NULL) {
        return;
    }
    symbol->value_text = text;
    if (!mec_parse_double(text, &symbol->value)) {
        parse_error(parser, "\"%s\" is not a number", text);
    }
}

/* The default of a PARAMETER or STATE: nocmodl keeps six digits of it. */
static void set_default(nmodl_parser *parser, nmodl_symbol *symbol, const char *text)
{
    char digits[32];

    set_value(parser, symbol, text);
    if (text != NULL && symbol != NULL) {
        (void)snprintf(digits, sizeof digits, "%g", symbol->value);
        (void)mec_parse_double(digits, &symbol->value);
    }
}

/* "<" number "," number ">" : limits for a graphical user interface */
static void parse_limits(nmodl_parser *parser)
{
    if (parse_accept(parser, "<")) {
        (void)parse_number(parser);
        if (parse_expect(parser, ",", "between the limits")) {
            (void)parse_number(parser);
            (void)parse_expect(parser, ">", "after the limits");
        }
    }
}

/* NAME ["=" number] [unit] [limits]  |  NAME "[" integer "]" [unit] [limits] */
static void parse_parameter(nmodl_parser *parser)
{
    const nmodl_token *name = parse_name(parser, "the name of a parameter");
    nmodl_symbol *symbol;

    if (name == NULL) {
        return;
    }
    symbol = declare_new(parser, name, SYMBOL_PARAMETER);
    set_array(parser, symbol);
    if (parse_accept(parser, "=")) {
        set_default(parser, symbol, parse_number(parser));
    }
    if (symbol != NULL) {
        symbol->unit = parse_unit(parser);
    } else {
        (void)parse_unit(parser);
    }
    parse_limits(parser);
}

/* NAME ["[" integer "]"] [FROM number TO number] [START number] [unit] ["<" number ">"] */
static void parse_variable(nmodl_parser *parser, nmodl_symbol_kind kind)
{
    const nmodl_token *token = parse_peek(parser);
    nmodl_symbol *symbol;
    const char *start = NULL, *text;

    if (token->kind == TOKEN_PRIME) {
        parser->at++;
        (void)parse_unit(parser);
        return;
    }
    token = parse_name(parser, "the name of a variable");
    if (token == NULL) {
        return;
    }
    symbol = declare_new(parser, token, kind);
    set_array(parser, symbol);
    if (parse_accept(parser, "FROM")) {
        (void)parse_number(parser);
        if (parse_expect(parser, "TO", "in FROM ... TO")) {
            (void)parse_number(parser);
        }
    }
    if (parse_accept(parser, "START")) {
        start = parse_number(parser);
    }
    text = parse_unit(parser);
    if (symbol != NULL) {
        symbol->unit = text;
        if (start != NULL && kind == SYMBOL_STATE) {
            set_default(parser, symbol, start);
        }
    }
    if (parse_accept(parser, "<")) {
        text = parse_number(parser);
        if (text != NULL && symbol != NULL) {
            (void)mec_parse_double(text, &symbol->scale);
            symbol->scale = (float)symbol->scale; /* the precision NEURON keeps it in */
        }
        (void)parse_expect(parser, ">", "after the tolerance");
    }
}

static void parse_assigned(nmodl_parser *parser)
{
    parse_variable(parser, SYMBOL_ASSIGNED);
}

static void parse_state(nmodl_parser *parser)
{
    parse_variable(parser, SYMBOL_STATE);
}

/* NAME "=" number [unit] */
static void parse_constant(nmodl_parser *parser)
{
    const nmodl_token *name = parse_name(parser, "the name of a constant");
    nmodl_symbol *symbol;

    if (name == NULL) {
        return;
    }
    symbol = declare_new(parser, name, SYMBOL_CONSTANT);
    if (parse_expect(parser, "=", "after the constant's name")) {
        set_value(parser, symbol, parse_number(parser));
        (void)parse_unit(parser);
    }
}

/* "(" name ")" "=" "(" definition ")" */
static void parse_unit_definition(nmodl_parser *parser)
{
    const char *name = parse_unit(parser);

    if (!parse_expect(parser, "=", "in (unit) = (unit)")) {
        return;
    }
    if (!mec_map_set(parser->module->unit, name, (void *)parse_unit(parser))) {
        parser->module->out_of_memory = true;
    }
}

/* unit "=" unit  |  NAME "=" number unit  |  NAME "=" unit ["->"] unit */
static void parse_units_entry(nmodl_parser *parser)
{
    const nmodl_token *name;
    nmodl_symbol *symbol;
    const char *from, *to, *why = NULL;
    size_t offset = parse_peek(parser)->offset;
    double factor = 0;

    if (parse_is(parser, "(")) {
        parse_unit_definition(parser);
        return;
    }
    name = parse_name(parser, "a unit in parentheses or the name of a constant");
    if (name == NULL || !parse_expect(parser, "=", "after the constant's name")) {
        return;
    }
    symbol = declare_new(parser, name, SYMBOL_CONSTANT);
    if (!parse_is(parser, "(")) {
        set_value(parser, symbol, parse_number(parser));
        (void)parse_unit(parser);
        return;
    }
    from = parse_unit(parser);
    if (parse_accept(parser, "-")) {
        (void)parse_expect(parser, ">", "between two units");
    } else {
        (void)parse_accept(parser, "->");
    }
    if (!parse_is(parser, "(")) {
        parse_error(parser, "expected a second unit in parentheses");
        return;
    }
    to = parse_unit(parser);
    if (!nmodl_unit_factor(parser->module, from, to, &factor, &why)) {
        nmodl_error(parser->module, offset, "cannot convert (%s) to (%s): %s", from, to,
                    why);
    } else if (symbol != NULL) {
        symbol->value = factor;
        symbol->value_text = mec_arena_printf(parser->module->arena, "%a", factor);
    }
}

void parse_names(nmodl_parser *parser, const char *what,
                 void (*each)(nmodl_parser *parser, const nmodl_token *name, void *arg),
                 void *arg)
{
    do {
        const nmodl_token *name = parse_name(parser, what);
        if (name == NULL) {
            return;
        }
        each(parser, name, arg);
    } while (parse_accept(parser, ","));
}

/* DEFINE NAME integer */
static void parse_define(nmodl_parser *parser)
{
    const nmodl_token *name = parse_name(parser, "the name of a macro");
    const nmodl_token *number = parse_peek(parser);

    if (name == NULL) {
        return;
    }
    if (number->kind != TOKEN_INTEGER) {
        parse_error(parser, "expected DEFINE name integer, found \"%s\"", number->text);
        return;
    }
    parser->at++;
    if (!mec_map_set(parser->module->define, name->text, (void *)number->text)) {
        parser->module->out_of_memory = true;
    }
}

static void each_static(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    (void)arg;
    set_array(parser, declare_new(parser, name, SYMBOL_STATIC));
}

static void ignore_entry(nmodl_parser *parser)
{
    parser->at++;
}

bool parse_declaration(nmodl_parser *parser)
{
    static const struct {
        const char *word;
        void (*entry)(nmodl_parser *parser);
    } blocks[] = {
        {"NEURON", parse_neuron_entry}, {"UNITS", parse_units_entry},
        {"PARAMETER", parse_parameter}, {"ASSIGNED", parse_assigned},
        {"STATE", parse_state},         {"CONSTANT", parse_constant},
        {"INDEPENDENT", ignore_entry},  {"STEPPED", ignore_entry},
    };

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (parse_accept(parser, blocks[i].word)) {
            parse_entries(parser, blocks[i].word, blocks[i].entry);
            return true;
        }
    }
    if (parse_accept(parser, "UNITSOFF") || parse_accept(parser, "UNITSON")) {
        return true;
    }
    if (parse_accept(parser, "DEFINE")) {
        parse_define(parser);
        return true;
    }
    if (parse_accept(parser, "LOCAL")) {
        parse_names(parser, "the name of a variable", each_static, NULL);
        return true;
    }
    return false;
}
