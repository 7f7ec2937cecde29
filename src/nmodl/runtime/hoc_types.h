/* NEURON's C names that VERBATIM text uses: an entry for each, of which a mechanism gets
 * those that its text names (emit_shim.c).
 *
 * hoc's vectors, strings, files and objects do not exist here. Mechanisms that have
 * procedures with them compile, load and run; such a procedure ends with an error that
 * names what it lacks. An entry is one of
 *
 *     MEC_LEND(type, name, (arguments)) { ... }   a function
 *     MEC_NONE(type, name, value)                 a function that needs hoc
 *     MEC_NOTHING(name)                           likewise, without result
 *     MEC_VALUE(type, name, = value)              a variable
 *     MEC_KEPT(type, name, )                      a variable that verbatim.h has
 *     typedef ... name;
 *     #define name ...
 *
 * The functions are known to the text by an assembler's name, so that any declaration
 * that the text may have of them fits. MEC_HUSH_...: the text declares it. MEC_SAY_...:
 * the declaration alone. */

#define MEC_LOCAL extern __attribute__((visibility("hidden")))
#define MEC_CALLED(name) __asm__(".set " #name ", mec_c_" #name);
#define MEC_HUSH_LEND(type, name, arguments)                                           \
    MEC_CALLED(name) static __attribute__((used)) type mec_c_##name arguments
#define MEC_SAY_LEND(type, name, arguments) MEC_LOCAL type name arguments;
#define MEC_LEND(type, name, arguments)                                                \
    MEC_SAY_LEND(type, name, arguments) MEC_HUSH_LEND(type, name, arguments)
#define MEC_NO_HOC(name)                                                               \
    mec_stop(MEC_PLACE, name "()", "needs an object of hoc, which does not exist here")
#define MEC_HUSH_NONE(type, name, value)                                               \
    MEC_HUSH_LEND(type, name, (void))                                                  \
    {                                                                                  \
        MEC_NO_HOC(#name);                                                             \
        return value;                                                                  \
    }
#define MEC_SAY_NONE(type, name, value) MEC_LOCAL type name();
#define MEC_NONE(type, name, value)                                                    \
    MEC_SAY_NONE(type, name, value) MEC_HUSH_NONE(type, name, value)
#define MEC_HUSH_NOTHING(name)                                                         \
    MEC_HUSH_LEND(void, name, (void))                                                  \
    {                                                                                  \
        MEC_NO_HOC(#name);                                                             \
    }
#define MEC_SAY_NOTHING(name) MEC_LOCAL void name();
#define MEC_NOTHING(name) MEC_SAY_NOTHING(name) MEC_HUSH_NOTHING(name)
#define MEC_HUSH_VALUE(type, name, value)                                              \
    MEC_CALLED(name) static __attribute__((used)) type mec_c_##name value;
#define MEC_SAY_VALUE(type, name, value) MEC_LOCAL type name;
#define MEC_VALUE(type, name, value)                                                   \
    MEC_SAY_VALUE(type, name, value) MEC_HUSH_VALUE(type, name, value)
#define MEC_HUSH_KEPT(type, name, value) MEC_CALLED(name)
#define MEC_SAY_KEPT(type, name, value) MEC_LOCAL type name;
#define MEC_KEPT(type, name, value)                                                    \
    MEC_SAY_KEPT(type, name, value) MEC_HUSH_KEPT(type, name, value)

static double mec_no_double[64] __attribute__((unused));

/* ---- Types ---- */

typedef void Rand;
typedef void nrnran123_State;
typedef void IvocVect;
typedef const struct mec_uniform NrnThread;
typedef const struct mec_uniform _NrnThread;
typedef struct Memb_func Memb_func;
typedef struct Memb_list Memb_list;
typedef struct Item {
    union {
        struct Item *itm;
        char *str;
        struct Symbol *sym;
        void *vd;
        struct Object *obj;
        struct Section *sec;
    } element;
    struct Item *next, *prev;
    short itemtype;
} Item;
typedef struct Item hoc_Item;
typedef struct Item List;
typedef struct Item hoc_List;
typedef double (*Pfrd)(void);
typedef void (*Pfrv)(void);
typedef int (*Pfri)(void);
typedef char *(*Pfrs)(void);
typedef struct Symbol {
    char *name;
    short type, subtype, cpublic, s_varn;
    unsigned defined_on_the_fly;
    union {
        int oboff, i;
        double *pval, val;
        void *ptr;
        char *cstr, **ppstr;
        Pfrd pfd, ptrval;
        struct cTemplate *ctemplate, *template;
        struct Symbol **ppsym;
    } u;
    void *arayinfo, *extra;
    struct Symbol *next;
} Symbol;
typedef struct Symlist {
    Symbol *first, *last;
} Symlist;
typedef struct cTemplate {
    Symbol *sym, *steer;
    Symlist *symtable;
    int dataspace_size, is_point_, index, count, id;
    struct Item *olist;
    void (*destructor)(void *);
} cTemplate;
typedef struct Object {
    int refcount, index;
    union {
        void *dataspace, *this_pointer;
    } u;
    union {
        cTemplate *ctemplate, *template;
    };
    void *aliases;
} Object;
typedef union Objectdata {
    double *pval, *_pval;
    char **ppstr;
    Object **pobj;
    void *_pvoid;
} Objectdata;
typedef union Datum {
    double val, *pval;
    int i;
    Symbol *sym;
    Object **pobj, *obj;
    char **pstr;
    void *_pvoid;
} Datum;
typedef struct Prop {
    struct Prop *next;
    short type, _type;
    int dparam_size, param_size;
    double *param;
    Datum *dparam;
    long _alloc_seq;
    Object *ob;
} Prop;
typedef struct Node {
    double *_v, *_a, *_b, *_d, *_rhs, _area, _rinv;
    int _classical_parent, v_node_index, sec_node_index_;
    struct Section *sec, *child;
    Prop *prop;
    void *_nt, *extnode;
} Node;
typedef struct Section {
    int refcount, recalc_area_, logical_connection, npt3d, pt3d_bsize;
    short nnode;
    struct Section *parentsec, *child, *sibling;
    Node *parentnode, **pnode;
    void *pt3d;
    Prop *prop;
    short volatile_mark;
} Section;
typedef struct Point_process {
    Section *sec;
    Node *node;
    Prop *prop, *_prop;
    Object *ob;
    void *presyn_, *nvi_, *_vnt;
} Point_process;

static Point_process mec_point __attribute__((unused));
static Prop mec_prop __attribute__((unused));
static Datum mec_datum[64] __attribute__((unused));
static Prop *_prop __attribute__((unused)) = &mec_prop;
static Datum *_ppvar __attribute__((unused)) = mec_datum;
static Datum *_thread __attribute__((unused)) = mec_datum;
static Point_process *_pnt __attribute__((unused)) = &mec_point;

#define _tqitem ((void **)0)

#define nrn_threads _nt
#define ITERATE(item, list)                                                            \
    for ((item) = (list)->next; (item) != (list); (item) = (item)->next)
#define OBJ(item) ((item)->element.obj)
#define VOIDITM(item) ((item)->element.vd)
#define hocSEC(item) ((item)->element.sec)
#define NODEV(node) (*(node)->_v)
#define NODEA(node) (*(node)->_a)
#define NODEB(node) (*(node)->_b)
#define NODED(node) (*(node)->_d)
#define NODERHS(node) (*(node)->_rhs)
#define NODEAREA(node) ((node)->_area)
#define NODERINV(node) ((node)->_rinv)
#define VAR 263
#define FUNCTION 296
#define PROCEDURE 297
#define NUMBER 258
#define STRING 259
#define SECTION 314
#define USERINT 1
#define USERDOUBLE 2
#define USERPROPERTY 3
#define RANGEVAR 312

/* ---- Values ---- */

typedef void (*mec_receiver)(void *, double *, double);
static void mec_receive(void *point, double *weight, double flag)
{
    (void)point;
    (void)weight;
    (void)flag;
    mec_stop("", "pnt_receive[]", "needs an object of hoc, which does not exist here");
}
static mec_receiver mec_receivers[] __attribute__((unused)) = {mec_receive};

MEC_VALUE(double, hoc_epsilon, = 1e-11)
MEC_VALUE(Object *, hoc_thisobject, )
MEC_VALUE(Objectdata *, hoc_objectdata, )
MEC_VALUE(Symlist *, hoc_built_in_symlist, )
MEC_VALUE(Symlist *, hoc_symlist, )
MEC_VALUE(Symlist *, hoc_top_level_symlist, )
MEC_VALUE(int, stoprun, )
MEC_VALUE(int, nrnmpi_myid, )
MEC_VALUE(int, nrnmpi_numprocs, = 1)
MEC_VALUE(int, nrn_nthread, = 1)
MEC_VALUE(int, nrn_netrec_state_adjust, )
MEC_VALUE(int, nrn_sparse_partrans, )
MEC_VALUE(int, usetable, = 1)
MEC_VALUE(int, n_memb_func, )
MEC_VALUE(Memb_func *, memb_func, )
MEC_VALUE(Memb_list *, memb_list, )
MEC_VALUE(Section *, secondary_section, )
MEC_VALUE(char *, hoc_object_pathname_buffer, )

MEC_KEPT(int, cvode_active_, )
MEC_VALUE(mec_receiver *, pnt_receive, = mec_receivers)
