NEURON { SUFFIX braces }
ASSIGNED { a }
INITIAL {
    if (a > 1) {
        a = 2
    else {
        a = 3
    }
}
BREAKPOINT { a = 1 }
