#ifndef NMODL_PRIV_H
#define NMODL_PRIV_H

/* What the stages of the NMODL compiler share: tokens, syntax tree, symbols, module.
 *
 * Stages, one file each: lex.c -> parse_decl.c, parse_block.c, parse_stmt.c, parse_expr.c
 * -> resolve.c (names to symbols) -> check.c -> pass_cnexp.c (linear equations)
 * -> pass_effect.c (reads, writes, what must live in memory) -> pass_vary.c (what differs
 * between instances) -> emit*.c (C text). */

#include <mecombo/arena.h>
#include <mecombo/map.h>
#include <mecombo/mechanism_abi.h>
#include <mecombo/nmodl.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

/* ---- Tokens ---- */

typedef enum nmodl_token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_PRIME, /* x', x'' : text is the name, order the number of primes */
    TOKEN_INTEGER,
    TOKEN_REAL,
    TOKEN_STRING,   /* text without quotes */
    TOKEN_OPERATOR, /* text is the operator */
    TOKEN_VERBATIM  /* text is what stands between VERBATIM and ENDVERBATIM */
} nmodl_token_kind;

typedef struct nmodl_token {
    nmodl_token_kind kind;
    int32_t order; /* TOKEN_PRIME */
    size_t offset; /* byte in the source */
    size_t length; /* bytes in the source */
    const char *text;
} nmodl_token;

/* ---- Symbols ---- */

typedef enum nmodl_symbol_kind {
    SYMBOL_UNKNOWN,
    SYMBOL_PARAMETER,
    SYMBOL_ASSIGNED,
    SYMBOL_STATE,
    SYMBOL_PRIME,    /* derivative of a state */
    SYMBOL_CONSTANT, /* UNITS factor or CONSTANT */
    SYMBOL_STATIC,   /* LOCAL at file level */
    SYMBOL_SYSTEM,   /* v, t, dt, celsius, diam, area */
    SYMBOL_POINTER,
    SYMBOL_EXTERNAL, /* another mechanism's global; column: its place in external */
    SYMBOL_LOCAL,    /* LOCAL in a block, argument, FUNCTION result */
    SYMBOL_INDEX,    /* FROM variable */
    SYMBOL_RAW,      /* C name that only VERBATIM text declares */
    SYMBOL_BLOCK     /* FUNCTION, PROCEDURE, DERIVATIVE, ... */
} nmodl_symbol_kind;

/* Where a variable lives between kernel calls. */
typedef enum nmodl_storage {
    STORE_NOWHERE, /* inside one kernel call only */
    STORE_COLUMN,  /* per instance */
    STORE_GLOBAL,  /* per cell */
    STORE_SYSTEM,  /* given by the host */
    STORE_ION      /* column plus the node's ion variable */
} nmodl_storage;

struct nmodl_block;

typedef struct nmodl_symbol {
    const char *name;
    nmodl_symbol_kind kind;
    nmodl_storage storage;
    const char *unit;
    double value;           /* default; value of a constant */
    const char *value_text; /* C text of the value */
    int32_t length;         /* 1, or array length */
    bool is_array;
    bool range, global, nonspecific, electrode;
    bool written;       /* some block assigns it */
    bool varying;       /* differs between instances (pass_vary.c) */
    bool in_verbatim;   /* VERBATIM text names it */
    bool kept;          /* an ion's current that some kernel reads from the last one, or
                  nmodl_is_own_reversal() */
    bool sloped;        /* an ion's current whose dI/dV diffusion needs */
    bool required;      /* POINTER that statements read or write */
    bool random;        /* RANDOM variable: a POINTER to a stream of the host's */
    bool asked;         /* ... or ask nrn_pointing() about: it may be unset */
    const char *c_text; /* SYMBOL_LOCAL: C text, where it is not _lNAME */
    double scale;       /* STATE: tolerance factor */
    int32_t index;      /* in module->variable, or -1 */
    int32_t column;     /* first column, or offset of a global; -1 */
    int32_t ion;        /* index in module->ion, or -1 */
    int32_t ion_variable;
    bool ion_read, ion_write;
    size_t offset;              /* of the declaration */
    struct nmodl_symbol *prime; /* of a STATE: its derivative; of a PRIME: its state */
    struct nmodl_symbol *initial; /* of a STATE: x0, if declared */
    struct nmodl_symbol *copy; /* of a STATE with several equations: its next column */
    struct nmodl_block *block; /* SYMBOL_BLOCK */
} nmodl_symbol;

typedef MEC_VEC(nmodl_symbol *) nmodl_symbols;

/* ---- Syntax tree ---- */

typedef enum nmodl_expr_kind {
    EXPR_NUMBER, /* text as written, value */
    EXPR_NAME,
    EXPR_ELEMENT, /* name[arg[0]] */
    EXPR_CALL,    /* name(arg...) */
    EXPR_STRING,
    EXPR_NEGATE,
    EXPR_NOT,
    EXPR_BINARY,
    EXPR_ABSENT /* the missing right side that nocmodl's cnexp can produce */
} nmodl_expr_kind;

typedef enum nmodl_operator {
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_OR,
    OP_AND,
    OP_GREATER,
    OP_LESS,
    OP_GREATER_EQUAL,
    OP_LESS_EQUAL,
    OP_EQUAL,
    OP_NOT_EQUAL
} nmodl_operator;

typedef struct nmodl_expr {
    nmodl_expr_kind kind;
    nmodl_operator op;
    size_t offset;
    const char *text;
    double value;
    nmodl_symbol *symbol;
    int32_t n_arg;
    struct nmodl_expr **arg;
    bool raw;   /* EXPR_CALL of a function of the host or of VERBATIM text */
    bool inner; /* stood in parentheses */
} nmodl_expr;

typedef enum nmodl_stmt_kind {
    STMT_ASSIGN,   /* left = right */
    STMT_EQUATION, /* x' = right in a DERIVATIVE block */
    STMT_CALL,     /* left is the call */
    STMT_IF,       /* condition left, body, other */
    STMT_WHILE,
    STMT_FROM, /* symbol, left, right, step, body */
    STMT_BLOCK,
    STMT_SOLVE, /* text: block name, method */
    STMT_TABLE,
    STMT_VERBATIM,
    STMT_REACTION,    /* left: forward rate or flux, right: backward rate */
    STMT_CONSERVE,    /* right: the total */
    STMT_COMPARTMENT, /* left: the volume; symbol: the element's index, or NULL */
    STMT_DIFFUSION,   /* LONGITUDINAL_DIFFUSION, likewise; left: the coefficient */
    STMT_ALGEBRAIC,   /* left = right in a LINEAR or NONLINEAR block */
    STMT_WATCH,       /* left: a > b or a < b; text: the flag */
    STMT_FOR_NETCONS, /* local: the arguments, body */
    STMT_UNSUPPORTED  /* parsed for its extent only; reported already */
} nmodl_stmt_kind;

struct nmodl_table;

enum { NMODL_MAX_TERMS = 64 };

/* count * name [index] in a statement of a KINETIC block */
typedef struct nmodl_term {
    const char *name;
    size_t offset;
    int32_t count;
    nmodl_symbol *symbol;
    nmodl_expr *index; /* NULL: no array */
} nmodl_term;

typedef struct nmodl_reaction {
    int n_left, n_term; /* terms before n_left stand on the left */
    int row;      /* CONSERVE: index of the state whose equation gives way, or -1 */
    bool is_flux; /* << */
    nmodl_term term[NMODL_MAX_TERMS];
} nmodl_reaction;

typedef struct nmodl_stmt {
    nmodl_stmt_kind kind;
    size_t offset;
    const char *text;
    const char *method;
    bool steady_state;
    bool in_place;  /* SOLVE that is carried out where it stands */
    bool is_call;   /* ... written as a call of a DERIVATIVE block */
    bool continues; /* STMT_ALGEBRAIC: adds to the equation before */
    int32_t number; /* WATCH: its place among all; FOR_NETCONS: likewise */
    nmodl_reaction *reaction;
    nmodl_symbol *symbol;
    nmodl_expr *left, *right, *step;
    struct nmodl_stmt *body;  /* first statement */
    struct nmodl_stmt *other; /* ELSE part */
    struct nmodl_stmt *next;
    nmodl_symbols local; /* of STMT_BLOCK, and of bodies (kept on their STMT_BLOCK) */
    struct nmodl_table *table;
    mec_map *declares; /* STMT_VERBATIM: functions that it declares */
    /* STMT_EQUATION, set by pass_cnexp.c: */
    nmodl_expr *slope; /* d(right)/dx; NULL if only numerically */
    nmodl_expr
        *fixed_step;     /* the new value of x after dt (cnexp); NULL if impossible */
    bool decays_to_zero; /* fixed_step has no B/A: the equation is not linear in x */
} nmodl_stmt;

typedef struct nmodl_table {
    nmodl_symbols output;
    nmodl_symbols depend;
    nmodl_expr *from, *to;
    int32_t n;        /* intervals */
    int32_t offset;   /* first of its doubles in the globals */
    bool of_function; /* FUNCTION: the result is the only output */
} nmodl_table;

typedef enum nmodl_block_kind {
    BLOCK_INITIAL,
    BLOCK_BREAKPOINT,
    BLOCK_DERIVATIVE,
    BLOCK_KINETIC,
    BLOCK_LINEAR,
    BLOCK_NONLINEAR,
    BLOCK_FUNCTION,
    BLOCK_FUNCTION_TABLE,
    BLOCK_PROCEDURE,
    BLOCK_CONSTRUCTOR,
    BLOCK_DESTRUCTOR,
    BLOCK_BEFORE_INITIAL,
    BLOCK_AFTER_INITIAL,
    BLOCK_BEFORE_BREAKPOINT,
    BLOCK_AFTER_SOLVE,
    BLOCK_BEFORE_STEP,
    BLOCK_NET_RECEIVE, /* arguments: the weights, then flag */
    BLOCK_NET_INITIAL, /* INITIAL of NET_RECEIVE */
    BLOCK_VERBATIM,    /* at file level */
    BLOCK_SYNONYM,     /* made by nmodl_pass_synonym() */
    N_BLOCK_KIND
} nmodl_block_kind;

/* What executing something reads and writes: bit sets over module->variable. */
typedef struct nmodl_effect {
    uint64_t *exposed; /* read before it is surely written */
    uint64_t *sure;    /* written on every path */
    uint64_t *maybe;   /* written on some path */
    uint64_t *used;    /* read or written */
    bool verbatim;     /* VERBATIM text is reached */
    bool scalar_only;  /* has what the vector form cannot do */
    bool outside;      /* acts on more than the instance */
} nmodl_effect;

typedef struct nmodl_block {
    nmodl_block_kind kind;
    const char *name;
    size_t offset;
    nmodl_symbols argument;
    nmodl_symbol *result; /* FUNCTION */
    nmodl_stmt *body;     /* STMT_BLOCK */
    nmodl_table *table;
    nmodl_symbol *symbol;
    struct nmodl_block *next;
    const char *method;      /* of the SOLVE that names it */
    bool cnexp;              /* all equations solved exactly */
    nmodl_symbols solve_for; /* SOLVEFOR; empty: all states */
    /* What the block solves for, in NEURON's order; an array counts with its elements.
     * DERIVATIVE: once for each equation, so a state may occur twice. */
    nmodl_symbols unknown;
    int32_t n_fixed; /* KINETIC: equations that CONSERVE replaces, the first ones */
    nmodl_effect effect;
    int visit; /* 0 new, 1 being visited, 2 done */
    bool recursive;
} nmodl_block;

typedef struct nmodl_ion {
    const char *name;
    double valence;
    bool has_valence;
    nmodl_symbols symbol; /* used variables */
} nmodl_ion;

/* A STATE that diffuses along the cell. Its expressions belong to no block: they are
 * computed from what the variables hold after the kernels. */
typedef struct nmodl_diffusion {
    nmodl_symbol *state;
    const nmodl_stmt *compartment, *diffusion;
    nmodl_symbol *current; /* READ of an ion, feeds the state; NULL: none does */
    nmodl_expr *slope;     /* d(flux)/d(current) * (dI/dV), the latter as `_didv` */
    nmodl_expr *element;   /* of the state that gets the flux; NULL: the first */
} nmodl_diffusion;

/* Part of the text that came from one file. */
typedef struct nmodl_piece {
    size_t begin;       /* first byte in module->source */
    const char *file;   /* NULL: the .mod file */
    const char *text;   /* of the whole file */
    size_t from;        /* byte of `text` that stands at `begin` */
    const char *folder; /* of `file` */
} nmodl_piece;

/* What VERBATIM text makes of a name; the greater counts where it does two things. */
typedef enum nmodl_c_name {
    C_NOTHING,
    C_VARIABLE,
    C_LOCALLY,  /* a function without its body, in a block */
    C_DECLARED, /* ... at file level */
    C_DEFINED,  /* a function */
    C_TYPE,     /* by typedef */
    C_TAG       /* struct NAME { */
} nmodl_c_name;

/* Part of a VERBATIM text where names are local. */
typedef struct nmodl_c_region {
    const char *begin, *end;
    const mec_map *names;
} nmodl_c_region;

typedef struct nmodl_module {
    mec_arena *arena;
    const char *file;
    const char *folder;         /* where INCLUDE looks; NULL: nowhere */
    const char *source;         /* with the included texts */
    MEC_VEC(nmodl_piece) piece; /* in order of the text; empty without INCLUDE */
    const char *name;           /* SUFFIX ... */
    int32_t kind;               /* mec_mechanism_kind */
    bool thread_safe;
    mec_map *symbol; /* name -> nmodl_symbol */
    mec_map *define; /* name -> const char * digits */
    mec_map *unit;   /* name -> const char * definition, of (name) = (definition) */
    mec_map *verbatim_word; /* words of all VERBATIM texts */
    mec_map *reached_word;  /* words of its functions and macros */
    mec_map *c_member;      /* members of its structs */
    mec_map *c_name;        /* what VERBATIM texts make of names outside of functions */
    MEC_VEC(nmodl_c_region) c_region;
    MEC_VEC(mec_map *) c_map; /* to free */
    mec_map *first_word;      /* name -> size_t * offset of its first use */
    nmodl_symbols variable;   /* symbols that own storage, in order of declaration */
    MEC_VEC(nmodl_ion) ion;
    nmodl_symbols
        current; /* NONSPECIFIC_CURRENT, ELECTRODE_CURRENT and ionic, in order */
    nmodl_symbols external;
    nmodl_symbols pointer;
    MEC_VEC(const char *) range_name;
    MEC_VEC(const char *) global_name;
    nmodl_block *first_block, *last_block;
    nmodl_block *initial, *breakpoint;
    const nmodl_block *resolving;       /* the block whose names are being resolved */
    nmodl_symbols state;                /* of `solved`, each once */
    MEC_VEC(nmodl_block *) solve;       /* blocks that BREAKPOINT solves, in order */
    MEC_VEC(nmodl_diffusion) diffusion; /* in order of the text */
    int32_t diffusion_column;           /* first of three; -1: nothing diffuses */
    nmodl_block *solved; /* the block that the variable step integrates, or NULL */
    bool variable_step_refused; /* NEURON: "cannot be used with CVODE" */
    bool has_verbatim;
    bool has_at_time, has_net_event, has_scop, has_random;
    int32_t n_watch, n_for_netcons;
    MEC_VEC(const char *) method;
    int32_t n_column, n_global, n_global_values;
    MEC_VEC(mec_diagnostic) diagnostic;
    MEC_VEC(size_t) diagnostic_offset;
    int n_error;
    bool straight; /* see mec_nmodl_result */
    bool out_of_memory;
} nmodl_module;

/* ---- module.c ---- */

/* Record a diagnostic at a byte of the source. */
void nmodl_error(nmodl_module *module, size_t offset, const char *fmt, ...)
    MEC_PRINTF(3, 4);
void nmodl_warn(nmodl_module *module, size_t offset, const char *fmt, ...)
    MEC_PRINTF(3, 4);
/* Zeroed arena memory. An arena that is full leads to a jump-free end: NULL is returned
 * and module->out_of_memory set; callers give up. */
void *nmodl_alloc(nmodl_module *module, size_t size);
nmodl_symbol *nmodl_lookup(const nmodl_module *module, const char *name);
/* Add a module level symbol; an existing one is returned. NULL when out of memory. */
nmodl_symbol *nmodl_declare(nmodl_module *module, const char *name,
                            nmodl_symbol_kind kind, size_t offset);
nmodl_symbol *nmodl_symbol_new(nmodl_module *module, const char *name,
                               nmodl_symbol_kind kind, size_t offset);
bool nmodl_push(nmodl_module *module, nmodl_symbols *list, nmodl_symbol *symbol);
nmodl_expr *nmodl_expr_new(nmodl_module *module, nmodl_expr_kind kind, size_t offset,
                           int32_t n_arg);
nmodl_expr *nmodl_number(nmodl_module *module, const char *text, size_t offset);
nmodl_expr *nmodl_binary(nmodl_module *module, nmodl_operator op, nmodl_expr *left,
                         nmodl_expr *right);
nmodl_expr *nmodl_negate(nmodl_module *module, nmodl_expr *operand);
/* True for built-in functions (exp, fabs, ...); n_argument gets their number. */
bool nmodl_is_builtin(const char *name, int32_t *n_argument);

/* ---- include.c ---- */

/* Put the text of a file in the place of length bytes; false after reporting an error. */
bool nmodl_include(nmodl_module *module, size_t offset, size_t length,
                   const char *name);
/* The piece that holds a byte of the text. */
nmodl_piece nmodl_piece_at(const nmodl_module *module, size_t offset);

/* ---- lex.c ---- */

/* Split the source; the last token is TOKEN_END. Errors are recorded. */
nmodl_token *nmodl_lex(nmodl_module *module, size_t *n_token);

/* ---- parse*.c ---- */

typedef struct nmodl_parser {
    nmodl_module *module;
    const nmodl_token *token;
    size_t at, n;
    bool panic; /* an error was reported and its statement is not yet left */
    int depth;  /* of nested expressions and statements */
    nmodl_block_kind block_kind;
} nmodl_parser;

enum { NMODL_MAX_DEPTH = 200, NMODL_MAX_ERRORS = 20 };

const nmodl_token *parse_peek(const nmodl_parser *parser);
bool parse_is(const nmodl_parser *parser, const char *text);
bool parse_accept(nmodl_parser *parser, const char *text);
bool parse_expect(nmodl_parser *parser, const char *text, const char *after);
void parse_error(nmodl_parser *parser, const char *fmt, ...) MEC_PRINTF(2, 3);
/* A name that is no keyword; NULL after reporting an error. */
const nmodl_token *parse_name(nmodl_parser *parser, const char *what);
/* "(unit)" if there is one, else "". */
const char *parse_unit(nmodl_parser *parser);
bool parse_integer(nmodl_parser *parser, int32_t *value);
/* A number with an optional sign; its text, or NULL after reporting an error. */
const char *parse_number(nmodl_parser *parser);
bool parse_is_keyword(const char *text);
void parse_skip_braces(nmodl_parser *parser);

/* NAME ("," NAME)*, handed one by one to `each`. */
void parse_names(nmodl_parser *parser, const char *what,
                 void (*each)(nmodl_parser *parser, const nmodl_token *name, void *arg),
                 void *arg);
void parse_neuron_entry(nmodl_parser *parser);

nmodl_expr *parse_expression(nmodl_parser *parser);
nmodl_stmt *parse_statements(nmodl_parser *parser); /* "{ ... }" */
/* A statement that only KINETIC blocks have; false if the next one is none. *stmt is NULL
 * after an error. */
bool parse_kinetic_statement(nmodl_parser *parser, nmodl_stmt **stmt);
/* Likewise for NET_RECEIVE. *stmt is NULL for its INITIAL block as well. */
bool parse_net_statement(nmodl_parser *parser, nmodl_stmt **stmt);
void parse_net_receive(nmodl_parser *parser);
/* "~" expression "=" expression, of LINEAR and NONLINEAR blocks. */
nmodl_stmt *parse_algebraic(nmodl_parser *parser);
/* SOLVEFOR NAME ("," NAME)*, if there is one. */
bool parse_solve_for(nmodl_parser *parser, nmodl_block *block);
bool parse_declare_fluxes(nmodl_parser *parser, nmodl_block *block);
bool parse_declaration(nmodl_parser *parser);
bool parse_block(nmodl_parser *parser);
/* A block without statements yet, at the end of the module's list. */
nmodl_block *parse_add_block(nmodl_parser *parser, nmodl_block_kind kind,
                             const char *name, size_t offset);
/* "(" arguments ")" [unit] */
bool parse_arguments(nmodl_parser *parser, nmodl_block *block);
nmodl_stmt *parse_stmt_new(nmodl_parser *parser, nmodl_stmt_kind kind, size_t offset);
void nmodl_parse(nmodl_module *module, const nmodl_token *token, size_t n_token);

/* ---- units.c ---- */

/* The factor of `NAME = (from) (to)`; false and a reason if a unit is unknown. */
bool nmodl_unit_factor(nmodl_module *module, const char *from, const char *to,
                       double *factor, const char **why);

/* File (the .mod file's name, or an included one) and line of a byte of the source. */
const char *nmodl_line_of(const nmodl_module *module, size_t offset, int *line);
/* A map that goes with the module; NULL without memory. */
mec_map *nmodl_map_new(nmodl_module *module);

/* ---- verbatim.c ---- */

/* VERBATIM text with the files that its #include "..." lines name, if they are beside the
 * .mod file, and #line lines around them. */
const char *nmodl_expand_verbatim(nmodl_module *module, size_t offset, const char *text,
                                  size_t length);
/* Note what a VERBATIM text declares; in_function: it stands in a block. */
void nmodl_scan_verbatim(nmodl_module *module, nmodl_stmt *stmt, bool in_function);
/* File and line of the first VERBATIM text that has the word; NULL if none has. */
const char *nmodl_verbatim_line(const nmodl_module *module, const char *name,
                                int *line);
nmodl_c_name nmodl_c_kind(const nmodl_module *module, const char *name);
/* True if the text has the name as a word of its own. */
bool nmodl_has_word(const char *text, const char *name);
/* Write the text, local names that hide the mechanism's with a prefix. */
void nmodl_copy_verbatim(nmodl_module *module, const char *text, mec_text *out);

/* ---- divide.c ---- */

/* Find high and low so that fma(x, high, x*low) is x/c for every x whose parts neither
 * overflow nor underflow; false where that cannot be proven. */
bool nmodl_exact_division(double c, double *high, double *low);

/* ---- passes ---- */

/* Declare what the text uses without declaring it. */
void nmodl_declare_implied(nmodl_module *module);
/* The symbol of a name x0, x being a STATE, which is declared by this; NULL if the name is
 * none. */
nmodl_symbol *nmodl_declare_initial(nmodl_module *module, const char *name);
void nmodl_resolve(nmodl_module *module);
/* A call of one of the host's functions (net_send ...) in a block: false if it is none
 * (resolve_net.c). */
bool nmodl_resolve_host_call(nmodl_module *module, nmodl_expr *call,
                             const nmodl_block *block);
/* A call of random_...(r ...), r being a RANDOM variable: false if it is none
 * (resolve_random.c). */
bool nmodl_resolve_random(nmodl_module *module, nmodl_expr *call);
/* state_discontinuity(x, value) in NET_RECEIVE: an assignment. */
void nmodl_resolve_discontinuity(nmodl_stmt *stmt, const nmodl_block *block);
/* Does the block itself, not what it calls, mention the variable? */
bool nmodl_mentions(const nmodl_stmt *stmt, const nmodl_symbol *symbol);
/* Add a global of the compiler's own, unless the name is taken. */
void nmodl_declare_global(nmodl_module *module, const char *name, double value,
                          size_t offset);
/* The derivatives that the statements set live on from step to step. */
void nmodl_keep_derivatives(nmodl_module *module, const nmodl_stmt *stmt);
void nmodl_check(nmodl_module *module);
/* Find what each block solves for, and which block the variable step integrates. */
void nmodl_pass_unknown(nmodl_module *module);
/* Elements of a list of symbols, arrays counting by element. */
int32_t nmodl_count(const nmodl_symbols *list);
/* The first element of the symbol in such a list, or -1. */
int32_t nmodl_place(const nmodl_symbols *list, const nmodl_symbol *symbol);
/* True where some equation system of a block is solved by a function of one instance. */
bool nmodl_has_equations(const nmodl_block *block);
/* Put symbols into the order that nocmodl's symbol table has. */
void nmodl_sort_symbols(const nmodl_module *module, nmodl_symbols *list);
/* Put the states of KINETIC blocks into NEURON's order and choose the equations that
 * CONSERVE replaces. */
void nmodl_pass_kinetic(nmodl_module *module);
void nmodl_pass_cnexp(nmodl_module *module);
/* Collect the statements that tie ions' concentrations to states. */
void nmodl_pass_synonym(nmodl_module *module);
/* Find what diffuses along the cell, and what its fluxes depend on. */
void nmodl_pass_diffusion(nmodl_module *module);
/* What computing a diffusion's coefficients reads and writes. */
void nmodl_diffusion_effect(nmodl_module *module, const nmodl_diffusion *diffusion,
                            nmodl_effect *out);
void nmodl_pass_effect(nmodl_module *module);
void nmodl_pass_vary(nmodl_module *module);
void nmodl_pass_layout(nmodl_module *module);
/* A reversal potential that is only written: INITIAL finds what the mechanism wrote last,
 * 0 at first, and not the ion's value. */
bool nmodl_is_own_reversal(const nmodl_symbol *symbol);
/* True where nocmodl's code keeps the current instance in static variables, because
 * something in the text is not thread safe. */
bool nmodl_is_static(const nmodl_module *module);
/* Values per argument in a table: one per output, arrays counting by element. */
int32_t nmodl_table_width(const nmodl_table *table);

size_t nmodl_set_words(const nmodl_module *module);
bool nmodl_set_has(const uint64_t *set, int32_t index);
/* Effect of running a statement list after nothing. */
void nmodl_effect_of(nmodl_module *module, const nmodl_stmt *stmt, nmodl_effect *out);

/* ---- emit ---- */

const char *nmodl_emit(nmodl_module *module);

/* Texts that every output begins with: lines, ended by NULL, generated at build time from
 * mechanism_abi.h and the files in runtime/. */
extern const char *const nmodl_text_abi[];
extern const char *const nmodl_text_scalar[];
extern const char *const nmodl_text_vector[];
extern const char *const nmodl_text_lent[];
extern const char *const nmodl_text_power[];
extern const char *const nmodl_text_tail[];
extern const char *const nmodl_text_newton[];
extern const char *const nmodl_text_explicit[];
extern const char *const nmodl_text_linear[];
extern const char *const nmodl_text_function_table[];
extern const char *const nmodl_text_kinetic[];
extern const char *const nmodl_text_table[];
extern const char *const nmodl_text_verbatim[];
extern const char *const nmodl_text_scop[];
extern const char *const nmodl_text_random[];
extern const char *const nmodl_text_hoc_types[];
extern const char *const nmodl_text_hoc[];

#endif
