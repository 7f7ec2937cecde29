: NEURON's functions, declared in different ways or not at all.
NEURON {
    SUFFIX verbatim_declares
    RANGE hash, second, picked, position, count, given
}

ASSIGNED { hash second picked position count given }

VERBATIM
#ifndef NRN_VERSION_GTEQ_8_2_0
extern int ifarg(int wrong, int arguments);
#endif
extern double mcell_ran4(unsigned int *, double *, unsigned int, double);
extern int list_vector_px();
extern void *vector_arg();
static unsigned int place = 5;
ENDVERBATIM

INITIAL {
    VERBATIM
    {
        void nrn_set_random_sequence(void *stream, int position);
        long nrn_get_random_sequence(void *stream);
        void *stream = nrnran123_newstream3(1, 2, 3);
        double drawn[2];
        place = 5;
        hash = mcell_ran4(&place, drawn, 2, 1.);
        second = drawn[1];
        nrn_set_random_sequence(stream, 9);
        picked = nrnran123_dblpick(stream);
        position = nrn_get_random_sequence(stream);
        nrnran123_deletestream(stream);
        count = ifarg(1);
    }
    ENDVERBATIM
}

FUNCTION argument() {
    VERBATIM
    _largument = ifarg(2) ? *getarg(2) : -1.;
    ENDVERBATIM
}

PROCEDURE from_vector() {
    VERBATIM
    list_vector_px(vector_arg(1));
    ENDVERBATIM
}
