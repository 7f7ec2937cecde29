: A LINEAR block with an array of states, its equations made by a loop; SOLVEFOR.
NEURON {
    SUFFIX linear_array
    NONSPECIFIC_CURRENT i
    RANGE g
}
DEFINE N 5
PARAMETER { g = 0.0002 }
ASSIGNED { v i }
STATE { p[N] total other }
INITIAL { other = 0.25 }
BREAKPOINT {
    SOLVE chain METHOD simeq
    i = g*(p[0] + total)*(v + 65)
}
LINEAR chain SOLVEFOR p, total {
    LOCAL q
    q = exp(v/40)
    ~ p[0] = other + 1
    FROM k = 1 TO N - 1 {
        ~ p[k]*(k + q) = p[k - 1]*2
    }
    ~ total - p[0] - p[N - 1] = 0
}
