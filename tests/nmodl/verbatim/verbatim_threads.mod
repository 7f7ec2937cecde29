: The instance handed on as NEURON's thread safe code does.
NEURON {
    SUFFIX verbatim_threads
    THREADSAFE
    RANGE x, result, through
}

PARAMETER { x = 3 }

ASSIGNED { result through }

FUNCTION plus(a, b) { plus = a + b + x }

VERBATIM
static double with_proto(_threadargsproto_)
{
    return x;
}

static double with_argument(_threadargsprotocomma_ double a)
{
    return a * with_proto(_threadargs_);
}

static double last(double a, _threadargsproto_)
{
    return a + x;
}
ENDVERBATIM

INITIAL {
    VERBATIM
    result = with_argument(_threadargscomma_ 5.) + last(100., _threadargs_);
    through = plus(_threadargscomma_ 1., 2.);
    ENDVERBATIM
}
