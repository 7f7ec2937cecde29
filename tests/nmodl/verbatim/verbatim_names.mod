: How VERBATIM text may name things: the mechanism's variables in C functions, locals and
: members that hide them, old-style definitions, a header beside the file, macros.
NEURON {
    SUFFIX verbatim_names
    RANGE x, y, sum, hidden, member, old, header, index, own, macro, now
    GLOBAL scale
}

PARAMETER {
    x = 3
    scale = 2
}

ASSIGNED { y sum hidden member old header index own macro now }

VERBATIM
#include "beside.h" /* a comment that
goes on in the next line */
#include <no/such/header.h>
extern double scale;
#if 0
} this never was C {
#endif

typedef struct pair {
    double x, y;
} pair;

#define HALF_X (x / 2.)
#define LONG_MACRO(a) \
    ((a) + \
     1.)

static double add_all(void)
{
    return x + y;
}

static double hides(double x, double scale)
{
    double y = x * scale;
    return y;
}

static double members(double a)
{
    pair p, *q = &p;
    p.x = a;
    q->y = 4.;
    return p.x * q->y;
}

static double old_style(x, y)
double x; int y;
{
    return x - y;
}
ENDVERBATIM

FUNCTION twice(a) { twice = 2 * a }

INITIAL {
    y = 5
    VERBATIM
    sum = add_all();
    hidden = hides(7., 3.) + x;
    member = members(2.);
    old = old_style(9., 4);
    header = from_header(scale);
    own = twice(x) + twice(y);
    macro = LONG_MACRO(HALF_X);
    ENDVERBATIM
    index = 0
    FROM i = 0 TO 3 {
        VERBATIM
        switch (_li) {
        case 1:
            index += 10;
            break;
        case 3:
            index += _li;
            break;
        }
        ENDVERBATIM
    }
}

BREAKPOINT {
    VERBATIM
    now = t + dt;
    ENDVERBATIM
}
