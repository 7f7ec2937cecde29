/* The NEURON block: the mechanism's name, ions, currents, RANGE and GLOBAL variables. */

#include "nmodl_priv.h"

#include <string.h>

static void each_range(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    (void)arg;
    if (!MEC_VEC_PUSH(&parser->module->range_name, name->text)) {
        parser->module->out_of_memory = true;
    }
}

static void each_global(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    (void)arg;
    if (!MEC_VEC_PUSH(&parser->module->global_name, name->text)) {
        parser->module->out_of_memory = true;
    }
}

static void each_pointer(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    nmodl_module *module = parser->module;
    nmodl_symbol *symbol =
        nmodl_declare(module, name->text, SYMBOL_POINTER, name->offset);

    (void)arg;
    if (symbol != NULL) {
        symbol->kind = SYMBOL_POINTER;
        symbol->column = (int32_t)module->pointer.n;
        (void)nmodl_push(module, &module->pointer, symbol);
    }
}

static void each_random(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    const nmodl_symbol *symbol = nmodl_lookup(parser->module, name->text);

    if (symbol != NULL) {
        nmodl_error(parser->module, name->offset, "\"%s\" is declared already",
                    name->text);
        return;
    }
    each_pointer(parser, name, arg);
    parser->module->has_random = true;
    /* Its functions are called like those with VERBATIM text. */
    parser->module->has_verbatim = true;
    if (parser->module->pointer.n > 0) {
        parser->module->pointer.data[parser->module->pointer.n - 1]->random = true;
    }
}

static void each_external(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    nmodl_module *module = parser->module;
    nmodl_symbol *symbol =
        nmodl_declare(module, name->text, SYMBOL_EXTERNAL, name->offset);

    (void)arg;
    if (symbol != NULL && symbol->kind != SYMBOL_SYSTEM) {
        symbol->kind = SYMBOL_EXTERNAL;
        symbol->column = (int32_t)module->external.n;
        (void)nmodl_push(module, &module->external, symbol);
    }
}

static void each_current(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    nmodl_module *module = parser->module;
    nmodl_symbol *symbol =
        nmodl_declare(module, name->text, SYMBOL_UNKNOWN, name->offset);

    if (symbol != NULL) {
        *(const char *)arg == 'E' ? (symbol->electrode = true)
                                  : (symbol->nonspecific = true);
        (void)nmodl_push(module, &module->current, symbol);
    }
}

static void each_ignored(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    (void)parser;
    (void)name;
    (void)arg;
}

typedef struct ion_list {
    int32_t ion;
    bool write;
} ion_list;

/* Which of ex, xi, xo, ix a name is for ion x; -1 for none. */
static int32_t ion_variable(const char *ion, const char *name)
{
    size_t n = strlen(ion);

    if (name[0] == 'e' && strcmp(name + 1, ion) == 0) {
        return MEC_ION_E;
    }
    if (name[0] == 'i' && strcmp(name + 1, ion) == 0) {
        return MEC_ION_I;
    }
    if (strncmp(name, ion, n) == 0 && strcmp(name + n, "i") == 0) {
        return MEC_ION_CI;
    }
    if (strncmp(name, ion, n) == 0 && strcmp(name + n, "o") == 0) {
        return MEC_ION_CO;
    }
    return -1;
}

static void each_ion_variable(nmodl_parser *parser, const nmodl_token *name, void *arg)
{
    const ion_list *list = arg;
    nmodl_module *module = parser->module;
    nmodl_ion *ion = &module->ion.data[list->ion];
    int32_t variable = ion_variable(ion->name, name->text);
    nmodl_symbol *symbol;

    if (variable < 0) {
        nmodl_error(module, name->offset,
                    "\"%s\" is no variable of ion %s (those are e%s, i%s, %si, %so)",
                    name->text, ion->name, ion->name, ion->name, ion->name, ion->name);
        return;
    }
    symbol = nmodl_declare(module, name->text, SYMBOL_UNKNOWN, name->offset);
    if (symbol == NULL) {
        return;
    }
    if (symbol->ion < 0) {
        symbol->ion = list->ion;
        symbol->ion_variable = variable;
        (void)nmodl_push(module, &ion->symbol, symbol);
    }
    if (list->write) {
        symbol->ion_write = true;
        if (variable == MEC_ION_I) {
            (void)nmodl_push(module, &module->current, symbol);
        }
    } else {
        symbol->ion_read = true;
    }
}

static void skip_ontology(nmodl_parser *parser)
{
    const char *source = parser->module->source;
    const char *newline = strchr(source + parse_peek(parser)->offset, '\n');

    while (parse_peek(parser)->kind != TOKEN_END && !parse_is(parser, "}") &&
           (newline == NULL || source + parse_peek(parser)->offset < newline)) {
        parser->at++;
    }
}

/* USEION NAME [READ names] [WRITE names] [VALENCE number] [REPRESENTS id] */
static void parse_useion(nmodl_parser *parser)
{
    nmodl_module *module = parser->module;
    const nmodl_token *name = parse_name(parser, "the name of an ion");
    nmodl_ion ion = {0};
    ion_list list = {0, false};

    if (name == NULL) {
        return;
    }
    ion.name = name->text;
    for (; list.ion < (int32_t)module->ion.n; list.ion++) {
        if (strcmp(module->ion.data[list.ion].name, ion.name) == 0) {
            break;
        }
    }
    if (list.ion == (int32_t)module->ion.n && !MEC_VEC_PUSH(&module->ion, ion)) {
        module->out_of_memory = true;
        return;
    }
    while (parse_is(parser, "READ") || parse_is(parser, "WRITE")) {
        list.write = parse_is(parser, "WRITE");
        parser->at++;
        parse_names(parser, "a variable of the ion", each_ion_variable, &list);
    }
    if (parse_accept(parser, "VALENCE") || parse_accept(parser, "CHARGE")) {
        const char *text = parse_number(parser);
        module->ion.data[list.ion].has_valence =
            text != NULL && mec_parse_double(text, &module->ion.data[list.ion].valence);
    }
    if (parse_accept(parser, "REPRESENTS")) {
        skip_ontology(parser);
    }
}

static void set_name(nmodl_parser *parser, int32_t kind)
{
    const nmodl_token *name = parse_name(parser, "the mechanism's name");

    if (name == NULL) {
        return;
    }
    if (parser->module->name != NULL) {
        nmodl_warn(parser->module, name->offset,
                   "a second name for the mechanism replaces \"%s\"",
                   parser->module->name);
    }
    parser->module->name = name->text;
    parser->module->kind = kind;
}

void parse_neuron_entry(nmodl_parser *parser)
{
    static const char electrode[] = "E", nonspecific[] = "N";

    if (parse_accept(parser, "SUFFIX")) {
        set_name(parser, MEC_DENSITY);
    } else if (parse_accept(parser, "POINT_PROCESS")) {
        set_name(parser, MEC_POINT_PROCESS);
    } else if (parse_accept(parser, "ARTIFICIAL_CELL")) {
        set_name(parser, MEC_ARTIFICIAL_CELL);
    } else if (parse_accept(parser, "USEION")) {
        parse_useion(parser);
    } else if (parse_accept(parser, "RANGE")) {
        parse_names(parser, "the name of a variable", each_range, NULL);
    } else if (parse_accept(parser, "GLOBAL")) {
        parse_names(parser, "the name of a variable", each_global, NULL);
    } else if (parse_accept(parser, "NONSPECIFIC_CURRENT")) {
        parse_names(parser, "the name of a current", each_current, (void *)nonspecific);
    } else if (parse_accept(parser, "ELECTRODE_CURRENT")) {
        parse_names(parser, "the name of a current", each_current, (void *)electrode);
    } else if (parse_accept(parser, "POINTER") ||
               parse_accept(parser, "BBCOREPOINTER")) {
        parse_names(parser, "the name of a pointer", each_pointer, NULL);
    } else if (parse_accept(parser, "RANDOM")) {
        parse_names(parser, "the name of a random variable", each_random, NULL);
    } else if (parse_accept(parser, "EXTERNAL")) {
        parse_names(parser, "the name of a variable", each_external, NULL);
    } else if (parse_accept(parser, "THREADSAFE")) {
        parser->module->thread_safe = true;
        if (parse_peek(parser)->kind == TOKEN_NAME &&
            !parse_is_keyword(parse_peek(parser)->text)) {
            parse_names(parser, "the name of a variable", each_ignored, NULL);
        }
    } else if (parse_accept(parser, "REPRESENTS")) {
        skip_ontology(parser);
    } else {
        parse_error(parser,
                    "expected SUFFIX, USEION, RANGE, GLOBAL or another statement "
                    "of NEURON, found \"%s\"",
                    parse_peek(parser)->text);
    }
}
