/* Beginning of every compiled mechanism, after the ABI: names per vector width, and the
 * functions of one instance at a time. */

#include <math.h>
#include <string.h>

/* Names that differ per section of this file: the section sets MEC_W, the number of
 * instances that it computes at once. */
#define MEC_JOIN_(a, b) a##_##b
#define MEC_JOIN(a, b) MEC_JOIN_(a, b)
#define vd MEC_JOIN(mec_vd, MEC_W)             /* MEC_W doubles */
#define vm MEC_JOIN(mec_vm, MEC_W)             /* MEC_W masks */
#define F(name) MEC_JOIN(f_##name, MEC_W)      /* a FUNCTION or PROCEDURE */
#define K(name) MEC_JOIN(kernel_##name, MEC_W) /* a kernel */
#define inst MEC_JOIN(mec_inst, MEC_W)         /* the instances being computed */
#define MEC_INLINE static inline __attribute__((always_inline, unused))

typedef double mec_vd_1;
typedef int mec_vm_1;

static const mec_host *mec_lent; /* set once, when the object is loaded */

/* exp as NEURON's mechanisms call it: cut off at +-700. */
static __attribute__((noinline, unused)) double mec_exp1(double x)
{
    if (x < -700.) {
        return 0.;
    }
    return exp(x > 700. ? 700. : x);
}
