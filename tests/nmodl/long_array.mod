: Arrays longer than the compiler moves element by element, read and written.
NEURON {
    SUFFIX long_array
    NONSPECIFIC_CURRENT i
    RANGE g, weight, seen
}
DEFINE N 40
PARAMETER { g = 0.0003 }
ASSIGNED { v i weight[N] seen[N] }
INITIAL {
    FROM k = 0 TO N - 1 {
        weight[k] = exp(-k/7)
        seen[k] = 0
    }
}
BREAKPOINT {
    LOCAL sum
    sum = 0
    FROM k = 0 TO N - 1 {
        seen[k] = v*weight[k]
        sum = sum + seen[k]
    }
    i = g*(sum/10 + 30)
}
