TITLE Times NEURON's own kernels of one mechanism (for kernel_bench.py)

: Calls what NEURON's fixed step calls for all instances of a mechanism of thread 0, and
: nothing else: the state function, or current function and its share of the diagonal.

NEURON { SUFFIX nothing }

VERBATIM
#include <time.h>

static _Memb_list* kernel_timer_list(int number)
{
    NrnThreadMembList* list = nrn_threads->tml;

    while (list != NULL && list->index != number) {
        list = list->next;
    }
    return list == NULL ? NULL : list->ml;
}

static double kernel_timer_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}
ENDVERBATIM

: ns per instance and call; what: 0 state, 1 current with diagonal
FUNCTION kernel_timer_ns(number, what, repeat) {
    VERBATIM
    _Memb_list* list = kernel_timer_list((int)_lnumber);
    Memb_func* functions = memb_func + (int)_lnumber;
    double start = kernel_timer_now();

    for (int k = 0; k < (int)_lrepeat; k++) {
        if (_lwhat == 0) {
            functions->state(nrn_threads, list, (int)_lnumber);
        } else {
            functions->current(nrn_threads, list, (int)_lnumber);
            functions->jacob(nrn_threads, list, (int)_lnumber);
        }
    }
    return 1e9 * (kernel_timer_now() - start) / _lrepeat / list->_nodecount;
    ENDVERBATIM
}

: Right-hand side 0 and diagonal 1 of all nodes
PROCEDURE kernel_timer_clear() {
    VERBATIM
    for (int k = 0; k < nrn_threads->end; k++) {
        nrn_threads->_actual_rhs[k] = 0;
        nrn_threads->_actual_d[k] = 1;
    }
    ENDVERBATIM
}

: Right-hand side (what = 0) or diagonal (1) of a node
FUNCTION kernel_timer_get(what, node) {
    VERBATIM
    return (_lwhat == 0 ? nrn_threads->_actual_rhs : nrn_threads->_actual_d)[(int)_lnode];
    ENDVERBATIM
}
