/* Entries like those of hoc_types.h: functions. */

/* ---- Arguments ---- */

MEC_LEND(int, ifarg, (int i))
{
    return i >= 1 && i <= mec_argument_count;
}

MEC_LEND(double *, hoc_getarg, (int i))
{
    int k = i >= 1 && i <= 16 ? i - 1 : 0;
    int given = i >= 1 && i <= mec_argument_count;

    mec_argument_copy[k] = given ? mec_argument[i - 1] : 0.;
    return &mec_argument_copy[k];
}

MEC_LEND(double *, getarg, (int i))
{
    int k = i >= 1 && i <= 16 ? i - 1 : 0;
    int given = i >= 1 && i <= mec_argument_count;

    mec_argument_copy[k] = given ? mec_argument[i - 1] : 0.;
    return &mec_argument_copy[k];
}

MEC_LEND(double *, hoc_pgetarg, (int i))
{
    int k = i >= 1 && i <= 16 ? i - 1 : 0;
    int given = i >= 1 && i <= mec_argument_count;

    mec_argument_copy[k] = given ? mec_argument[i - 1] : 0.;
    return &mec_argument_copy[k];
}

MEC_LEND(double, chkarg, (int i, double low, double high))
{
    double value = i >= 1 && i <= mec_argument_count ? mec_argument[i - 1] : 0.;

    if (!(value >= low && value <= high)) {
        mec_stop(MEC_PLACE, "an argument is out of range", NULL);
    }
    return value;
}

MEC_LEND(int, hoc_is_double_arg, (int i))
{
    return i >= 1 && i <= mec_argument_count;
}

MEC_LEND(int, hoc_is_str_arg, (int i))
{
    (void)i;
    return 0;
}

MEC_LEND(int, hoc_is_object_arg, (int i))
{
    (void)i;
    return 0;
}

MEC_LEND(int, hoc_is_pdouble_arg, (int i))
{
    (void)i;
    return 0;
}

MEC_LEND(int, is_vector_arg, (int i))
{
    (void)i;
    return 0;
}

MEC_LEND(int, hoc_is_tempobj_arg, (int i))
{
    (void)i;
    return 0;
}

/* ---- Errors and memory ---- */

MEC_LEND(void, hoc_execerror, (const char *what, const char *more))
{
    mec_stop("", what, more);
}

MEC_LEND(void, execerror, (const char *what, const char *more))
{
    mec_stop("", what, more);
}

MEC_LEND(void, nrn_exit, (int code))
{
    (void)code;
    mec_stop(MEC_PLACE, "nrn_exit() was called", NULL);
}

MEC_LEND(void, abort_run, (int code))
{
    (void)code;
    mec_stop(MEC_PLACE, "abort_run() was called", NULL);
}

MEC_LEND(void, hoc_warning, (const char *what, const char *more))
{
    (void)fprintf(stderr, "%s%s\n", what, more == NULL ? "" : more);
}

MEC_LEND(void *, emalloc, (size_t n))
{
    void *memory = malloc(n);

    if (memory == NULL && n > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void *, hoc_Emalloc, (size_t n))
{
    void *memory = malloc(n);

    if (memory == NULL && n > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void *, ecalloc, (size_t n, size_t size))
{
    void *memory = calloc(n, size);

    if (memory == NULL && n > 0 && size > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void *, hoc_Ecalloc, (size_t n, size_t size))
{
    void *memory = calloc(n, size);

    if (memory == NULL && n > 0 && size > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void *, erealloc, (void *old, size_t n))
{
    void *memory = realloc(old, n);

    if (memory == NULL && n > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void *, hoc_Erealloc, (void *old, size_t n))
{
    void *memory = realloc(old, n);

    if (memory == NULL && n > 0) {
        mec_stop(MEC_PLACE, "out of memory", NULL);
    }
    return memory;
}

MEC_LEND(void, hoc_malchk, (void))
{
}

/* ---- Events ---- */

MEC_LEND(void, net_send,
         (void *item, double *weight, void *point, double t, double flag))
{
    (void)item;
    (void)point;
    mec_now->env->events->send(mec_now, weight, t, flag);
}

MEC_LEND(void, artcell_net_send,
         (void *item, double *weight, void *point, double t, double flag))
{
    (void)item;
    (void)point;
    mec_now->env->events->send(mec_now, weight, t, flag);
}

MEC_LEND(void, nrn_net_send,
         (void *item, double *weight, void *point, double t, double flag))
{
    (void)item;
    (void)point;
    mec_now->env->events->send(mec_now, weight, t, flag);
}

MEC_LEND(void, net_move, (void *item, void *point, double t))
{
    (void)item;
    (void)point;
    mec_now->env->events->move(mec_now, t);
}

MEC_LEND(void, artcell_net_move, (void *item, void *point, double t))
{
    (void)item;
    (void)point;
    mec_now->env->events->move(mec_now, t);
}

MEC_LEND(void, net_event, (void *point, double t))
{
    (void)point;
    mec_now->env->events->event(mec_now, t);
}

MEC_LEND(int, at_time, (void *thread, double t))
{
    (void)thread;
    return mec_now->env->events->at_time(mec_now, t);
}

MEC_LEND(void, state_discontinuity, (int i, double *state, double value))
{
    (void)i;
    *state = value;
}

MEC_LEND(int, nrn_pointing, (double *pointer))
{
    return pointer != NULL;
}

MEC_LEND(int, nrn_is_artificial_, (int type))
{
    (void)type;
    return 0;
}

/* ---- Arithmetic ---- */

MEC_LEND(double, hoc_Exp, (double x))
{
    return mec_exp1(x);
}

MEC_LEND(double, hoc_Log, (double x))
{
    return log(x);
}

MEC_LEND(double, hoc_Log10, (double x))
{
    return log10(x);
}

MEC_LEND(double, hoc_Sqrt, (double x))
{
    return sqrt(x);
}

MEC_LEND(double, hoc_Pow, (double x, double y))
{
    return pow(x, y);
}

MEC_LEND(double, hoc_integer, (double x))
{
    return x < 0 ? ceil(x) : floor(x);
}

MEC_LEND(double, nrn_ghk, (double v, double ci, double co, double z))
{
    return mec_nrn_ghk(mec_now->env, v, ci, co, z);
}

/* ---- Random numbers ---- */

MEC_LEND(nrnran123_State *, nrnran123_newstream3,
         (uint32_t id1, uint32_t id2, uint32_t id3))
{
    return mec_lent->stream_new(id1, id2, id3);
}

MEC_LEND(nrnran123_State *, nrnran123_newstream, (uint32_t id1, uint32_t id2))
{
    return mec_lent->stream_new(id1, id2, 0);
}

MEC_LEND(void, nrnran123_deletestream, (nrnran123_State * stream))
{
    mec_lent->stream_free(stream);
}

MEC_LEND(void, nrnran123_setseq,
         (nrnran123_State * stream, uint32_t sequence, char which))
{
    mec_lent->stream_seek(stream, sequence, which);
}

MEC_LEND(void, nrnran123_getseq,
         (nrnran123_State * stream, uint32_t *sequence, char *which))
{
    int32_t position;

    mec_lent->stream_tell(stream, sequence, &position);
    *which = (char)position;
}

MEC_LEND(void, nrnran123_getids,
         (nrnran123_State * stream, uint32_t *id1, uint32_t *id2))
{
    uint32_t id[3];

    mec_lent->stream_ids(stream, id);
    *id1 = id[0];
    *id2 = id[1];
}

MEC_LEND(void, nrnran123_getids3,
         (nrnran123_State * stream, uint32_t *id1, uint32_t *id2, uint32_t *id3))
{
    uint32_t id[3];

    mec_lent->stream_ids(stream, id);
    *id1 = id[0];
    *id2 = id[1];
    *id3 = id[2];
}

MEC_LEND(uint32_t, nrnran123_ipick, (nrnran123_State * stream))
{
    return mec_lent->stream_integer(stream);
}

MEC_LEND(double, nrnran123_dblpick, (nrnran123_State * stream))
{
    return mec_lent->stream_uniform(stream);
}

MEC_LEND(double, nrnran123_negexp, (nrnran123_State * stream))
{
    return -log(mec_lent->stream_uniform(stream));
}

MEC_LEND(double, nrnran123_normal, (nrnran123_State * stream))
{
    return mec_lent->stream_normal(stream);
}

/* hoc Random objects do not exist here; what stands for them is a Random123 stream. */
MEC_LEND(double, nrn_random_pick, (void *stream))
{
    return mec_lent->stream_uniform(stream);
}

MEC_LEND(void *, nrn_random_arg, (int i))
{
    (void)i;
    mec_stop(MEC_PLACE, "a Random object is no argument here:",
             "pass the ids of a Random123 stream");
    return NULL;
}

MEC_LEND(long, nrn_get_random_sequence, (void *stream))
{
    uint32_t sequence;
    int32_t which;

    mec_lent->stream_tell(stream, &sequence, &which);
    return (long)sequence * 4 + which;
}

MEC_LEND(void, nrn_set_random_sequence, (void *stream, long position))
{
    mec_lent->stream_seek(stream, (uint32_t)(position / 4), (int32_t)(position % 4));
}

MEC_LEND(int, nrn_random_isran123,
         (void *stream, uint32_t *id1, uint32_t *id2, uint32_t *id3))
{
    uint32_t id[3];

    mec_lent->stream_ids(stream, id);
    *id1 = id[0];
    *id2 = id[1];
    *id3 = id[2];
    return 1;
}

MEC_LEND(int, nrn_random123_setseq, (void *stream, uint32_t sequence, char which))
{
    mec_lent->stream_seek(stream, sequence, which);
    return 1;
}

MEC_LEND(int, nrn_random123_getseq, (void *stream, uint32_t *sequence, char *which))
{
    int32_t position;

    mec_lent->stream_tell(stream, sequence, &position);
    *which = (char)position;
    return 1;
}

MEC_LEND(double, scop_random, (void))
{
    return mec_scop_random(mec_now->env);
}

MEC_LEND(void, set_seed, (double seed))
{
    (void)mec_set_seed(mec_now->env, seed);
}

MEC_LEND(double, exprand, (double mean))
{
    return mec_exprand(mec_now->env, mean);
}

MEC_LEND(double, normrand, (double mean, double deviation))
{
    return mec_normrand(mec_now->env, mean, deviation);
}

MEC_LEND(double, poisrand, (double mean))
{
    return mec_poisrand(mec_now->env, mean);
}

/* Pseudo-DES of two rounds on (index, low), John Skilling's Ranint4 as NEURON has it. */
MEC_LEND(uint32_t, nrnRan4int, (uint32_t * index, uint32_t low))
{
    return mec_hash(index, low);
}

MEC_LEND(double, nrnRan4dbl, (uint32_t * index, uint32_t low))
{
    return mec_hash(index, low) * 0x1p-32;
}

MEC_LEND(void, mcell_ran4_init, (uint32_t low))
{
    mec_hash_low = low;
}

MEC_LEND(double, mcell_ran4, (uint32_t * index, double *x, unsigned n, double range))
{
    for (unsigned i = 0; i < n; i++) {
        x[i] = range * (mec_hash(index, mec_hash_low) * 0x1p-32);
    }
    return x[0];
}

MEC_LEND(double, mcell_ran4a, (uint32_t * index))
{
    return mec_hash(index, mec_hash_low) * 0x1p-32;
}

MEC_LEND(uint32_t, mcell_iran4, (uint32_t * index))
{
    return mec_hash(index, mec_hash_low);
}

/* ---- What needs hoc ---- */
MEC_NONE(void *, vector_arg, 0)
MEC_NONE(void *, vector_new, 0)
MEC_NONE(void *, vector_new0, 0)
MEC_NONE(void *, vector_new1, 0)
MEC_NONE(void *, vector_new2, 0)
MEC_NONE(double *, vector_vec, mec_no_double)
MEC_NONE(double *, vector_newsize, mec_no_double)
MEC_NONE(double *, hoc_hgetarg, mec_no_double)
MEC_NONE(double *, hoc_val_pointer, mec_no_double)
MEC_NONE(double *, hoc_look_inside_stack, mec_no_double)
MEC_NONE(double *, nrn_rangepointer, mec_no_double)
MEC_NONE(double *, nrn_mech_pointer, mec_no_double)
MEC_NONE(int, ivoc_list_count, 0)
MEC_NONE(int, ivoc_list_look, 0)
MEC_NONE(int, vector_capacity, 0)
MEC_NONE(int, vector_buffer_size, 0)
MEC_NONE(int, vector_instance_px, 0)
MEC_NONE(int, vector_arg_px, 0)
MEC_NONE(int, list_vector_px, 0)
MEC_NONE(int, list_vector_px2, 0)
MEC_NONE(int, list_vector_px3, 0)
MEC_NONE(int, list_vector_px4, 0)
MEC_NONE(int, list_vector_resize, 0)
MEC_NONE(int, hoc_is_tempobj, 0)
MEC_NONE(int, hoc_oc, 0)
MEC_NONE(int, nrn_mlh_gsort, 0)
MEC_NONE(int, hoc_sectionlist_count, 0)
MEC_NONE(int, nrn_get_mechtype, 0)
MEC_NONE(int, hoc_pipeflag, 0)
MEC_NONE(int, hoc_valid_stmt, 0)
MEC_NONE(int, hoc_obj_run, 0)
MEC_NONE(int, hoc_usegui, 0)
MEC_NONE(int, hoc_araypt, 0)
MEC_NONE(int, hoc_ParseError, 0)
MEC_NOTHING(vector_resize)
MEC_NOTHING(vector_append)
MEC_NOTHING(vector_delete)
MEC_NOTHING(hoc_assign_str)
MEC_NOTHING(hoc_pushx)
MEC_NOTHING(hoc_pushobj)
MEC_NOTHING(hoc_push_object)
MEC_NOTHING(hoc_pushs)
MEC_NOTHING(hoc_pushpx)
MEC_NOTHING(hoc_obj_ref)
MEC_NOTHING(hoc_obj_unref)
MEC_NOTHING(hoc_obj_disp)
MEC_NOTHING(nrn_pushsec)
MEC_NOTHING(nrn_popsec)
MEC_NOTHING(nrn_event_queue_stats)
MEC_NOTHING(ivoc_list_clear)
MEC_NOTHING(install_vector_method)
MEC_NOTHING(hoc_run_stmt)
MEC_NOTHING(hoc_free_list)
MEC_NOTHING(hoc_ret)
MEC_NOTHING(nrn_writes_conc)
MEC_NOTHING(nrn_update_ion_pointer)
MEC_NOTHING(clear_event_queue)
MEC_NOTHING(hoc_retpushx)
MEC_NOTHING(hoc_register_var)
MEC_NOTHING(ret)
MEC_NOTHING(hoc_reg_class)
MEC_NOTHING(class2oc)
MEC_NOTHING(nrn_area_ri)
MEC_NOTHING(hoc_notify_iv)
MEC_NOTHING(cvode_fadvance)
MEC_NONE(Object **, vector_pobj, 0)
MEC_NONE(Object **, hoc_objgetarg, 0)
MEC_NONE(Object **, hoc_objpop, 0)
MEC_NONE(Object **, hoc_temp_objvar, 0)
MEC_NONE(Object **, hoc_temp_objptr, 0)
MEC_NONE(Object *, hoc_obj_get, 0)
MEC_NONE(Object *, ivoc_list_item, 0)
MEC_NONE(Object *, nrn_sec2pysec, 0)
MEC_NONE(FILE *, hoc_obj_file_arg, 0)
MEC_NONE(char *, gargstr, 0)
MEC_NONE(char *, hoc_gargstr, 0)
MEC_NONE(char *, hoc_object_name, 0)
MEC_NONE(char *, secname, 0)
MEC_NONE(char **, hoc_pgargstr, 0)
MEC_NONE(char **, hoc_strpop, 0)
MEC_NONE(Symbol *, hoc_lookup, 0)
MEC_NONE(Symbol *, hoc_get_symbol, 0)
MEC_NONE(Symbol *, hoc_get_last_pointer_symbol, 0)
MEC_NONE(Symbol *, hoc_table_lookup, 0)
MEC_NONE(Symbol *, hoc_install, 0)
MEC_NONE(Symbol *, hoc_install_var, 0)
MEC_NONE(double, hoc_call_func, 0.)
MEC_NONE(double, hoc_xpop, 0.)
MEC_NONE(double, hoc_scan, 0.)
MEC_NONE(double, hoc_run_expr, 0.)
MEC_NONE(double, hoc_run_expr2, 0.)
MEC_NONE(double, nrn_arc_position, 0.)
MEC_NONE(double, section_length, 0.)
MEC_NONE(Section *, chk_access, 0)
MEC_NONE(Section *, nrn_noerr_access, 0)
MEC_NONE(Section *, nrn_cas, 0)
MEC_NONE(Point_process *, ob2pntproc, 0)
MEC_NONE(Point_process *, ob2pntproc_0, 0)
MEC_NONE(Prop *, need_memb, 0)
MEC_NONE(Prop *, nrn_mechanism, 0)
MEC_NONE(Node *, node_exact, 0)
MEC_NONE(void *, hoc_get_parms, 0)
