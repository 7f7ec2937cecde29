/* NEURON's C names that VERBATIM text uses and that need hoc: its vectors, strings, files
 * and objects do not exist here. Mechanisms that have procedures with them compile, load
 * and run; such a procedure ends with an error that names what it lacks. */

#define MEC_LENDS static __attribute__((unused))
#define MEC_NO_HOC(name)                                                               \
    hoc_execerror(name "() needs an object of hoc,", "which does not exist here")

typedef void IvocVect;
typedef struct Symbol {
    char *name;
    short type, subtype, cpublic, s_varn;
    union {
        double *pval;
        int oboff;
        void *ptr;
    } u;
} Symbol;
typedef struct Object {
    int refcount, index;
    union {
        void *dataspace, *this_pointer;
    } u;
    void *ctemplate;
} Object;
typedef struct Point_process Point_process;
typedef struct Section Section;
typedef struct Node Node;
typedef struct Prop Prop;
typedef struct Datum Datum;
typedef struct Memb_list Memb_list;

static double hoc_epsilon __attribute__((unused)) = 1e-11;
static double mec_no_double[16] __attribute__((unused));
static void *hoc_thisobject __attribute__((unused));

#define nrn_threads _nt
#define _tqitem 0
#define artcell_net_send net_send
#define artcell_net_move net_move
#define net_send(item, weight, point, time, flag)                                      \
    _nt->run->env->events->send(_nt->run, weight, time, flag)
#define net_event(point, time) _nt->run->env->events->event(_nt->run, time)
#define net_move(item, point, time) _nt->run->env->events->move(_nt->run, time)

MEC_LENDS double hoc_Exp(double x)
{
    return mec_exp1(x);
}

#define nrn_ghk(v, ci, co, z) mec_nrn_ghk(_nt->run->env, v, ci, co, z)

/* C leaves the arguments of old declarations open, so that whatever VERBATIM text declares
 * fits; a definition would not do. */
#define MEC_NONE(type, name, value)                                                    \
    MEC_LENDS type mec_none_##name(void)                                               \
    {                                                                                  \
        MEC_NO_HOC(#name);                                                             \
        return value;                                                                  \
    }                                                                                  \
    static type name() __attribute__((alias("mec_none_" #name), unused));
#define MEC_NOTHING(name)                                                              \
    MEC_LENDS void mec_none_##name(void)                                               \
    {                                                                                  \
        MEC_NO_HOC(#name);                                                             \
    }                                                                                  \
    static void name() __attribute__((alias("mec_none_" #name), unused));

MEC_NONE(void *, vector_arg, 0)
MEC_NONE(void *, vector_new, 0)
MEC_NONE(void *, vector_new0, 0)
MEC_NONE(void *, vector_new1, 0)
MEC_NONE(void *, vector_new2, 0)
MEC_NONE(double *, vector_vec, mec_no_double)
MEC_NONE(double *, vector_newsize, mec_no_double)
MEC_NONE(int, vector_capacity, 0)
MEC_NONE(int, vector_buffer_size, 0)
MEC_NONE(int, vector_instance_px, 0)
MEC_NONE(int, vector_arg_px, 0)
MEC_NOTHING(vector_resize)
MEC_NOTHING(vector_append)
MEC_NONE(Object **, vector_pobj, 0)
MEC_NONE(int, list_vector_px, 0)
MEC_NONE(int, list_vector_px2, 0)
MEC_NONE(int, list_vector_px3, 0)
MEC_NONE(int, list_vector_px4, 0)
MEC_NONE(int, list_vector_resize, 0)
MEC_NONE(int, is_vector_arg, 0)
MEC_NONE(Object **, hoc_objgetarg, 0)
MEC_NONE(Object *, hoc_obj_get, 0)
MEC_NONE(FILE *, hoc_obj_file_arg, 0)
MEC_NONE(char *, gargstr, 0)
MEC_NONE(char **, hoc_pgargstr, 0)
MEC_NONE(Symbol *, hoc_lookup, 0)
MEC_NONE(Symbol *, hoc_get_symbol, 0)
MEC_NONE(Symbol *, hoc_get_last_pointer_symbol, 0)
MEC_NONE(double, hoc_call_func, 0.)
MEC_NONE(char *, hoc_object_name, 0)
MEC_NONE(int, hoc_is_object_arg, 0)
MEC_NONE(int, hoc_is_str_arg, 0)
MEC_NONE(int, hoc_is_pdouble_arg, 0)
MEC_NONE(int, hoc_is_tempobj, 0)
MEC_NONE(int, hoc_is_tempobj_arg, 0)
MEC_NONE(double *, hoc_hgetarg, mec_no_double)
MEC_NOTHING(hoc_assign_str)
MEC_NOTHING(hoc_pushx)
MEC_NOTHING(hoc_pushobj)
MEC_NOTHING(hoc_obj_ref)
MEC_NOTHING(hoc_obj_unref)
MEC_NOTHING(nrn_pushsec)
MEC_NOTHING(nrn_popsec)
MEC_NONE(Section *, chk_access, 0)
MEC_NONE(int, hoc_oc, 0)
MEC_NONE(int, nrn_mlh_gsort, 0)
MEC_NOTHING(nrn_event_queue_stats)
MEC_NONE(double, mcell_ran4, 0.)
MEC_NOTHING(mcell_ran4_init)
MEC_NONE(unsigned, mcell_iran4, 0)
