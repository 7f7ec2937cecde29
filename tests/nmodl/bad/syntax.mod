NEURON {
    SUFFIX syntax
    RANGE
}
PARAMETER {
    a = = 2
    b = 3 (mV
    c = 4
}
ASSIGNED { x[0] }
INITIAL {
    c = (1 + 2
    b = 3 *
    IF c > 2 { c = 1 }
    FROM i = 0 { c = c + i }
}
FUNCTION f(x {
    f = x
}
