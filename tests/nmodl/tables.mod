TITLE Tables: of a function, of variables, of an array; looked up below, inside and above

NEURON {
    SUFFIX tables
    RANGE a, b, c, d, shift
}

PARAMETER {
    low = -80
    shift = 0
}

ASSIGNED {
    v
    celsius
    a
    b
    c
    d
    pair[2]
}

INITIAL {
    look(v + shift)
    pairs(v)
    c = curve(v/10)
    d = pair[0] - pair[1]
}

BREAKPOINT {
    look(v + shift)
    pairs(v)
    c = curve(v/10)
    d = pair[0] - pair[1]
}

PROCEDURE look(x) {
    TABLE a, b DEPEND celsius, low FROM low TO 40 WITH 60
    a = exp(x/20)
    b = celsius*x^2
}

PROCEDURE pairs(x) {
    TABLE pair FROM -100 TO 50 WITH 75
    FROM k = 0 TO 1 {
        pair[k] = 1/(1 + exp(-(x + 10*k)/7))
    }
}

FUNCTION curve(x) {
    TABLE DEPEND celsius FROM -12 TO 6 WITH 200
    curve = x*x*x + celsius
}
