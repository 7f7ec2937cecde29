/* Diagnostics, symbols and tree nodes of one .mod file. */

#include "nmodl_priv.h"

#include <string.h>

static void position(const char *source, size_t offset, int *line, int *column)
{
    int n_line = 1;
    size_t start = 0;

    for (size_t i = 0; i < offset && source[i] != '\0'; i++) {
        bool old_mac = source[i] == '\r' && source[i + 1] != '\n';
        if (source[i] == '\n' || old_mac) {
            n_line++;
            start = i + 1;
        }
    }
    *line = n_line;
    *column = (int)(offset - start) + 1;
}

const char *nmodl_line_of(const nmodl_module *module, size_t offset, int *line)
{
    nmodl_piece piece = nmodl_piece_at(module, offset);
    int column;

    position(piece.text, offset - piece.begin + piece.from, line, &column);
    return piece.file != NULL ? piece.file : module->file;
}

mec_map *nmodl_map_new(nmodl_module *module)
{
    mec_map *map = mec_map_new();

    if (map == NULL || !MEC_VEC_PUSH(&module->c_map, map)) {
        mec_map_free(map);
        module->out_of_memory = true;
        return NULL;
    }
    return map;
}

static void add_diagnostic(nmodl_module *module, mec_diagnostic_level level,
                           size_t offset, const char *text)
{
    mec_diagnostic item = {level, 0, 0, text, NULL, NULL};
    nmodl_piece piece = nmodl_piece_at(module, offset);
    size_t at = module->diagnostic.n;

    position(piece.text, offset - piece.begin + piece.from, &item.line, &item.column);
    if (piece.file != NULL) {
        item.file = piece.file;
        item.source = piece.text;
    }
    if (text == NULL || !MEC_VEC_PUSH(&module->diagnostic, item) ||
        !MEC_VEC_PUSH(&module->diagnostic_offset, offset)) {
        module->out_of_memory = true;
        return;
    }
    while (at > 0 && module->diagnostic_offset.data[at - 1] > offset) {
        module->diagnostic.data[at] = module->diagnostic.data[at - 1];
        module->diagnostic_offset.data[at] = module->diagnostic_offset.data[at - 1];
        at--;
    }
    module->diagnostic.data[at] = item;
    module->diagnostic_offset.data[at] = offset;
}

static MEC_PRINTF(4, 0) void report(nmodl_module *module, mec_diagnostic_level level,
                                    size_t offset, const char *fmt, va_list args)
{
    mec_text text = MEC_TEXT_INIT;

    mec_text_vprintf(&text, fmt, args);
    module->out_of_memory = module->out_of_memory || !mec_text_ok(&text);
    for (size_t i = 0; i < module->diagnostic.n; i++) {
        if (module->diagnostic_offset.data[i] == offset &&
            strcmp(module->diagnostic.data[i].text, mec_text_string(&text)) == 0) {
            mec_text_clear(&text);
            return;
        }
    }
    add_diagnostic(module, level, offset,
                   mec_arena_strdup(module->arena, mec_text_string(&text)));
    mec_text_clear(&text);
}

void nmodl_error(nmodl_module *module, size_t offset, const char *fmt, ...)
{
    va_list args;

    if (module->n_error >= NMODL_MAX_ERRORS) {
        return;
    }
    module->n_error++;
    va_start(args, fmt);
    report(module, MEC_DIAGNOSTIC_ERROR, offset, fmt, args);
    va_end(args);
}

void nmodl_warn(nmodl_module *module, size_t offset, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    report(module, MEC_DIAGNOSTIC_WARNING, offset, fmt, args);
    va_end(args);
}

void *nmodl_alloc(nmodl_module *module, size_t size)
{
    void *memory = mec_arena_alloc(module->arena, size);

    if (memory == NULL) {
        module->out_of_memory = true;
    }
    return memory;
}

nmodl_symbol *nmodl_lookup(const nmodl_module *module, const char *name)
{
    return mec_map_get(module->symbol, name);
}

nmodl_symbol *nmodl_symbol_new(nmodl_module *module, const char *name,
                               nmodl_symbol_kind kind, size_t offset)
{
    nmodl_symbol *symbol = nmodl_alloc(module, sizeof *symbol);

    if (symbol != NULL) {
        symbol->name = name;
        symbol->kind = kind;
        symbol->offset = offset;
        symbol->unit = "";
        symbol->length = 1;
        symbol->scale = 1;
        symbol->index = -1;
        symbol->column = -1;
        symbol->ion = -1;
        symbol->value_text = "0.0";
    }
    return symbol;
}

nmodl_symbol *nmodl_declare(nmodl_module *module, const char *name,
                            nmodl_symbol_kind kind, size_t offset)
{
    nmodl_symbol *symbol = nmodl_lookup(module, name);

    if (symbol != NULL) {
        return symbol;
    }
    symbol = nmodl_symbol_new(module, name, kind, offset);
    if (symbol != NULL && !mec_map_set(module->symbol, name, symbol)) {
        module->out_of_memory = true;
        return NULL;
    }
    return symbol;
}

bool nmodl_push(nmodl_module *module, nmodl_symbols *list, nmodl_symbol *symbol)
{
    nmodl_symbol **data;

    if (list->n == list->capacity) {
        list->capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
        data = nmodl_alloc(module, list->capacity * sizeof *data);
        if (data == NULL) {
            list->capacity = list->n;
            return false;
        }
        if (list->n > 0) {
            memcpy(data, list->data, list->n * sizeof *data);
        }
        list->data = data;
    }
    list->data[list->n++] = symbol;
    return true;
}

nmodl_expr *nmodl_expr_new(nmodl_module *module, nmodl_expr_kind kind, size_t offset,
                           int32_t n_arg)
{
    nmodl_expr *expr = nmodl_alloc(module, sizeof *expr);

    if (expr == NULL) {
        return NULL;
    }
    expr->kind = kind;
    expr->offset = offset;
    expr->n_arg = n_arg;
    if (n_arg > 0) {
        expr->arg = nmodl_alloc(module, (size_t)n_arg * sizeof *expr->arg);
    }
    return n_arg > 0 && expr->arg == NULL ? NULL : expr;
}

nmodl_expr *nmodl_number(nmodl_module *module, const char *text, size_t offset)
{
    nmodl_expr *expr = nmodl_expr_new(module, EXPR_NUMBER, offset, 0);

    if (expr != NULL) {
        expr->text = text;
        if (!mec_parse_double(text, &expr->value)) {
            nmodl_error(module, offset, "\"%s\" is not a number", text);
        }
    }
    return expr;
}

nmodl_expr *nmodl_binary(nmodl_module *module, nmodl_operator op, nmodl_expr *left,
                         nmodl_expr *right)
{
    nmodl_expr *expr = NULL;

    if (left != NULL && right != NULL) {
        expr = nmodl_expr_new(module, EXPR_BINARY, left->offset, 2);
    }
    if (expr != NULL) {
        expr->op = op;
        expr->arg[0] = left;
        expr->arg[1] = right;
    }
    return expr;
}

nmodl_expr *nmodl_negate(nmodl_module *module, nmodl_expr *operand)
{
    nmodl_expr *expr = NULL;

    if (operand != NULL) {
        expr = nmodl_expr_new(module, EXPR_NEGATE, operand->offset, 1);
    }
    if (expr != NULL) {
        expr->arg[0] = operand;
    }
    return expr;
}

bool nmodl_is_builtin(const char *name, int32_t *n_argument)
{
    static const struct {
        const char *name;
        int32_t n;
    } functions[] = {
        {"exp", 1},  {"log", 1},   {"log10", 1},  {"fabs", 1}, {"abs", 1},
        {"sqrt", 1}, {"sin", 1},   {"cos", 1},    {"tan", 1},  {"asin", 1},
        {"acos", 1}, {"atan", 1},  {"atan2", 2},  {"sinh", 1}, {"cosh", 1},
        {"tanh", 1}, {"floor", 1}, {"ceil", 1},   {"fmod", 2}, {"pow", 2},
        {"erf", 1},  {"erfc", 1},  {"lgamma", 1},
    };

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            *n_argument = functions[i].n;
            return true;
        }
    }
    return false;
}
