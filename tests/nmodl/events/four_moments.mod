TITLE BEFORE and AFTER blocks

NEURON {
    SUFFIX four_moments
    RANGE a, b, c, d, f
    NONSPECIFIC_CURRENT i
}
ASSIGNED { v (mV) i (mA/cm2) a b c d f }
STATE { s }
BEFORE INITIAL { a = 1 + v/10 }
INITIAL { s = a b = 0 c = 0 d = 0 }
AFTER INITIAL { f = a + s }
BEFORE BREAKPOINT { b = v/50 }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = 1e-4*(b + 1)*s + 1e-5*c
}
DERIVATIVE states { s' = -s/20 }
AFTER SOLVE { c = s*s }
BEFORE STEP { d = d + c*0.1 + v }
