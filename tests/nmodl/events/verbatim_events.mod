TITLE VERBATIM: the ion's own value, arguments, streams, events

NEURON {
    POINT_PROCESS VerbatimEvents
    USEION ca READ cai, ica WRITE cai
    RANGE i, seen, drawn, count, gap, from_ion
    POINTER rng
    NONSPECIFIC_CURRENT i
}
PARAMETER { gap = 2 (ms) }
ASSIGNED { v (mV) i (nA) ica (mA/cm2) rng seen drawn count from_ion }
STATE { cai (mM) }
VERBATIM
static double doubled(double x) { return 2.0 * x; }
ENDVERBATIM
INITIAL {
    VERBATIM
    cai = _ion_cai;
    from_ion = doubled(_ion_cai);
    if (_p_rng) {
        nrnran123_setseq((nrnran123_State*)_p_rng, 0, 0);
    }
    ENDVERBATIM
    seen = 0
    drawn = 0
    count = 0
    net_send(1000, 5)
}
BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = 1e-3*drawn
}
DERIVATIVE decay { cai' = (1e-4 - cai)/20 }
PROCEDURE setRNG() {
    VERBATIM
    if (_p_rng) {
        nrnran123_deletestream((nrnran123_State*)_p_rng);
        _p_rng = 0;
    }
    if (ifarg(3)) {
        _p_rng = (double*)nrnran123_newstream3((uint32_t)*getarg(1), (uint32_t)*getarg(2), (uint32_t)*getarg(3));
    } else if (ifarg(2)) {
        _p_rng = (double*)nrnran123_newstream((uint32_t)*getarg(1), (uint32_t)*getarg(2));
    }
    ENDVERBATIM
}
PROCEDURE fromVector() {
    VERBATIM
    void* vv;
    double* px;
    vv = vector_arg(1);
    px = vector_vec(vv);
    seen = px[0];
    ENDVERBATIM
}
FUNCTION draw() {
    VERBATIM
    _ldraw = 0.;
    if (_p_rng) {
        _ldraw = nrnran123_negexp((nrnran123_State*)_p_rng) + nrnran123_normal((nrnran123_State*)_p_rng) + nrnran123_dblpick((nrnran123_State*)_p_rng);
    }
    ENDVERBATIM
}
PROCEDURE note(x) {
    VERBATIM
    seen = seen + _lx;
    drawn = draw(_threadargs_);
    ENDVERBATIM
}
NET_RECEIVE(w, n) {
    INITIAL { n = 3 }
    if (flag == 0) {
        VERBATIM
        _args[1] = _args[1] + 1.0;
        if (_lflag == 0.0) {
            net_send(_tqitem, _args, _pnt, t + gap, 1.0);
        }
        ENDVERBATIM
        note(n)
    } else {
        count = count + n
        if (count > 20) {
            VERBATIM
            return;
            ENDVERBATIM
        }
        cai = cai + 1e-4
    }
}
DESTRUCTOR {
    VERBATIM
    if (_p_rng) { nrnran123_deletestream((nrnran123_State*)_p_rng); }
    ENDVERBATIM
}
