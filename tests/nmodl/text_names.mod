: Variables of VERBATIM text that have the names of those of the C made from this file.
NEURON {
    SUFFIX text_names
    NONSPECIFIC_CURRENT il
    RANGE sum
}
PARAMETER { g = 1e-4 }
ASSIGNED { v il sum }
STATE { x }
VERBATIM
static int i, n, run;
static double one = 1., at[4];
ENDVERBATIM
INITIAL {
    x = 0.5
    sum = 0
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    il = g*x*(v + 50)
}
DERIVATIVE states {
    VERBATIM
    n = 4;
    run = 0;
    sum = 0.;
    for (i = 0; i < n; i++) {
        at[i] = one / (i + 2);
        sum += at[i];
        run++;
    }
    ENDVERBATIM
    x' = (sum/4 - x)/(3 + 0.1*v/80)
}
