: Assigns what a POINTER points to, outside of BREAKPOINT.
NEURON {
    SUFFIX pointer_writer
    POINTER target
    RANGE rate
}

PARAMETER { rate = 3 }

ASSIGNED { target }

BEFORE BREAKPOINT { target = rate }
