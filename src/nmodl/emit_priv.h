#ifndef NMODL_EMIT_PRIV_H
#define NMODL_EMIT_PRIV_H

/* What the files that write C share. The same statements are written once per section:
 * one instance at a time (section 1) and several at a time (sections 4 and 8). In vector
 * sections a condition that differs between instances becomes a mask and assignments
 * under it become selections, so that both branches are computed. */

#include "nmodl_priv.h"

typedef enum emit_equations {
    EMIT_DERIVATIVE, /* x' and dx'/dx to their columns */
    EMIT_EXACT_STEP  /* x after dt */
} emit_equations;

typedef struct nmodl_emitter {
    nmodl_module *module;
    mec_text *out;
    bool vector; /* of a vector section */
    int indent;
    int n_mask;       /* masks named so far in this function */
    const char *mask; /* C name of the mask in force; NULL: all instances */
    int inside;       /* depth of conditions that vary, in this function */
    bool in_exp;      /* inside an argument of exp: a quotient of 0 may lose its sign */
    emit_equations equations;
    bool receiving;           /* inside NET_RECEIVE */
    bool at_v;                /* in the second evaluation of BREAKPOINT */
    const nmodl_block *block; /* the equation system that is being written */
} nmodl_emitter;

typedef enum emit_type { EMIT_DOUBLE, EMIT_VECTOR, EMIT_BOOL, EMIT_MASK } emit_type;

/* ---- emit_expr.c ---- */
bool emit_varies(const nmodl_emitter *emitter, const nmodl_expr *expr);
/* Write an expression converted to a type. */
void emit_expr(nmodl_emitter *emitter, const nmodl_expr *expr, emit_type type);
/* Write an expression as an int: an index, or a limit of FROM. */
void emit_index(nmodl_emitter *emitter, const nmodl_expr *expr);
/* EMIT_VECTOR if the symbol's C variable is a vector in this section. */
emit_type emit_type_of(const nmodl_emitter *emitter, const nmodl_symbol *symbol);
const char *emit_type_name(emit_type type);
/* C text naming a symbol's storage. */
void emit_symbol(nmodl_emitter *emitter, const nmodl_symbol *symbol);

/* ---- emit_stmt.c ---- */
void emit_line(nmodl_emitter *emitter, const char *fmt, ...) MEC_PRINTF(2, 3);
void emit_indent(nmodl_emitter *emitter);
void emit_statements(nmodl_emitter *emitter, const nmodl_stmt *stmt);

/* ---- emit_function.c ---- */
/* struct of instances, FUNCTIONs and PROCEDUREs of one section */
void emit_functions(nmodl_emitter *emitter);
/* VERBATIM text may end the block by `return`: it is the function block_KIND then. */
bool emit_is_left_early(const nmodl_module *module, const nmodl_block *block);

/* ---- emit_implicit.c ---- */
/* True for blocks that are solved by a function of one instance. */
bool emit_is_implicit(const nmodl_block *block);
/* Their functions; section 1 only. */
void emit_implicit(nmodl_emitter *emitter);
/* NEURON halves dt in the state kernel of such mechanisms if secondorder is set. */
bool emit_halves_dt(const nmodl_module *module);
/* What INITIAL does to methods that remember steps. */
void emit_restart(nmodl_emitter *emitter);
/* Their prototypes. */
void emit_implicit_prototypes(nmodl_emitter *emitter);
/* SOLVE outside of BREAKPOINT. */
void emit_solve_once(nmodl_emitter *emitter, const nmodl_block *block,
                     bool steady_state);
/* Arrays of pointers to the block's unknowns and to their derivatives: `double *x[]`,
 * and `double *y[]` where wanted. */
void emit_pointers(nmodl_emitter *emitter, const nmodl_block *block, bool derivatives);

/* ---- emit_function_table.c ---- */
bool emit_has_function_table(const nmodl_module *module);
/* The functions; section 1 only. */
void emit_function_tables(nmodl_emitter *emitter);
/* mec_call_table_NAME(), for callers from outside. */
void emit_table_setter(nmodl_emitter *emitter, const nmodl_block *block);

/* ---- emit_algebraic.c ---- */
/* F(step_B) of LINEAR and NONLINEAR blocks. */
void emit_algebraic_block(nmodl_emitter *emitter, const nmodl_block *block);
void emit_algebraic(nmodl_emitter *emitter, const nmodl_stmt *stmt);
/* A symbol or, with an index, one of its elements. */
void emit_term(nmodl_emitter *emitter, const nmodl_symbol *symbol,
               const nmodl_expr *index);

/* ---- emit_kinetic.c ---- */
void emit_kinetic(nmodl_emitter *emitter, const nmodl_block *block);
void emit_reaction(nmodl_emitter *emitter, const nmodl_stmt *stmt);
void emit_conserve(nmodl_emitter *emitter, const nmodl_stmt *stmt);

/* ---- emit_table.c ---- */
/* The looking up of one FUNCTION or PROCEDURE with TABLE. */
void emit_table_function(nmodl_emitter *emitter, const nmodl_block *block);
/* mec_check_NAME(): fills the block's table if it is out of date, with one instance's
 * values, and returns 1 then; its declaration or the whole. */
void emit_table_check(nmodl_emitter *emitter, const nmodl_block *block, bool whole);
/* mec_tables(), the kernel that fills the tables that are out of date; section 1 only. */
void emit_table_filler(nmodl_emitter *emitter);
bool emit_has_table(const nmodl_module *module);

/* ---- emit_verbatim.c ---- */
/* VERBATIM text, with the names that it uses defined around it. */
void emit_verbatim(nmodl_emitter *emitter, const nmodl_stmt *stmt);
/* The mechanism's functions as text calls them that leaves the instance out: their
 * declarations, or the whole. */
void emit_verbatim_calls(nmodl_emitter *emitter, bool body);
/* Callable PROCEDUREs and FUNCTIONs; returns their number. Section 1 only. */
int emit_procedures(nmodl_emitter *emitter);

/* ---- emit_shim.c ---- */
/* NEURON's C names that VERBATIM text uses. */
void emit_shim(nmodl_emitter *emitter);
/* Declarations of those that a text uses and only others declare. */
void emit_shim_prototypes(nmodl_emitter *emitter, const nmodl_stmt *stmt);

/* ---- emit_net.c ---- */
/* A call of the host's functions; false if it is none. */
bool emit_host_call(nmodl_emitter *emitter, const nmodl_expr *expr);
void emit_watch(nmodl_emitter *emitter, const nmodl_stmt *stmt);
void emit_for_netcons(nmodl_emitter *emitter, const nmodl_stmt *stmt);
/* NET_RECEIVE's functions and their descriptor; section 1 only. */
void emit_net(nmodl_emitter *emitter);
const nmodl_block *emit_find_block(const nmodl_module *module, nmodl_block_kind kind);

/* ---- emit.c ---- */
void emit_lines(nmodl_emitter *emitter, const char *const *lines);

/* ---- emit_kernel.c ---- */
typedef enum emit_kernel_kind {
    KERNEL_INIT,
    KERNEL_CURRENT,
    KERNEL_STATE,
    KERNEL_DERIVATIVE,
    KERNEL_SOLVE,
    KERNEL_BEFORE_BREAKPOINT,
    KERNEL_AFTER_SOLVE,
    KERNEL_BEFORE_STEP,
    KERNEL_BEFORE_INITIAL,
    KERNEL_AFTER_INITIAL,
    KERNEL_CONSTRUCT,
    KERNEL_DESTRUCT,
    KERNEL_SYNONYM,
    N_EMIT_KERNEL
} emit_kernel_kind;

const char *emit_kernel_name(emit_kernel_kind kind);
/* A mechanism that reads and writes one ion's current: in the variable step NEURON
 * evaluates its derivatives before its currents. */
bool emit_derives_in_current(const nmodl_module *module);
/* False where the mechanism has no such kernel. */
bool emit_kernel_exists(nmodl_module *module, emit_kernel_kind kind);
/* True where it is also written for several instances at a time. */
bool emit_kernel_is_vector(nmodl_module *module, emit_kernel_kind kind);
/* True where it is written again for free rounding. */
bool emit_kernel_is_free(nmodl_module *module, emit_kernel_kind kind);
void emit_kernel(nmodl_emitter *emitter, emit_kernel_kind kind);
/* Leave the loop over instances if something in this one failed. */
void emit_failure(nmodl_emitter *emitter, emit_kernel_kind kind);
enum { EMIT_MAX_BLOCKS = 10 };
/* The blocks that a kernel runs one after the other; NULL ends the list. */
void emit_kernel_blocks(const nmodl_module *module, emit_kernel_kind kind,
                        const nmodl_block *list[EMIT_MAX_BLOCKS]);

/* ---- emit_access.c ---- */

/* What a kernel moves, by index of the variable. */
typedef struct emit_accesses {
    bool *load, *store;
} emit_accesses;

void emit_find_access(nmodl_module *module, emit_kernel_kind kind,
                      emit_accesses *access);
/* True if the kernel uses v, area or diam. */
bool emit_uses_system(nmodl_module *module, const emit_accesses *access,
                      emit_kernel_kind kind, const char *name);
/* True for what every kernel loads from the ion instead of a column. */
bool emit_comes_from_ion(const nmodl_symbol *symbol);
bool emit_has_column(const nmodl_symbol *symbol);
/* First of the columns that keep dx'/dx of an integrated state. */
int32_t emit_slope_column(const nmodl_module *module, const nmodl_symbol *state);
/* The symbol's place among the ion references. */
int32_t emit_symbol_ref(const nmodl_module *module, const nmodl_symbol *symbol);
/* Load or store one variable: array[index] is the column or ion variable. */
void emit_access(nmodl_emitter *emitter, const nmodl_symbol *symbol, bool load,
                 const char *array, int32_t index);
void emit_loads(nmodl_emitter *emitter, const emit_accesses *access,
                emit_kernel_kind kind);
void emit_stores(nmodl_emitter *emitter, const emit_accesses *access);
/* Loads of every stored variable for the instance i; for calls from outside. */
void emit_load_all(nmodl_emitter *emitter);
void emit_store_all(nmodl_emitter *emitter);
/* Index of an ion variable among the mechanism's ion references. */
int32_t emit_ion_ref(const nmodl_module *module, int32_t ion, int32_t variable);
int32_t emit_n_ion_ref(const nmodl_module *module);
bool emit_ion_ref_is(const nmodl_module *module, int32_t ion, int32_t variable);

/* ---- emit_diffusion.c ---- */
/* The kernels of what diffuses along the cell, and their table; section 1 only. */
void emit_diffusions(nmodl_emitter *emitter);

/* ---- emit_desc.c ---- */
void emit_descriptor(nmodl_emitter *emitter);

#endif
