#ifndef CELL_HOT_H
#define CELL_HOT_H

/* The solver's inner loops, compiled once per instruction set (room.mk). All give the
 * same bits: no contraction, no reassociation, except the lane sums, which decide only
 * where rounding cannot matter. */

#include <stdint.h>

/* One more child of a node than the loops over slots take care of. */
typedef struct cell_link {
    int32_t parent, child; /* node slots */
    double a;
} cell_link;

/* An entry of a node whose neighbour does not have the neighbouring slot. */
typedef struct cell_fix {
    int32_t segment; /* segment slot */
    int32_t node;    /* node slot of the neighbour */
} cell_fix;

/* Tree coefficients by segment slot. */
typedef struct cell_axial {
    int32_t n, pad_zero;
    const double *b;       /* to the parent, own row */
    const double *a_child; /* of the first child (by node number), own row */
    const double *leaf; /* what eliminating an only child at a leaf's end subtracts */
    const double *cm;
    const double *cm_milli;     /* 1e-3*cm */
    double *v_parent, *v_child; /* work space */
    int32_t n_parent_fix, n_child_fix, n_link;
    const cell_fix *parent_fix, *child_fix;
    const cell_link *link; /* [n_link] second and further children, ascending */
} cell_axial;

/* Zero-area nodes, by slot; those with more children first. */
typedef struct cell_ends {
    int32_t n;
    const int32_t *parent; /* node slots */
    const double *b;
    const double *d; /* diagonal without sources */
    int32_t n_rank;
    const int32_t *n_child; /* [n_rank] nodes that have a child of this rank */
    const int32_t *const *child;
    const double *const *a;
} cell_ends;

/* Nodes that do not depend on each other. */
typedef struct cell_level {
    int32_t n_branch; /* nodes with several children, first in the list; down only */
    int32_t n_chain;  /* all others */
} cell_level;

/* Order of elimination. Down: level by level from the leaves, each node subtracts what its
 * children contribute, by descending node number; up: level by level from the root. Nodes
 * of a level are divided four at a time, because a division of four costs as much as one
 * (a division is what bounds the loop otherwise). */
typedef struct cell_schedule {
    int32_t n_down_level, n_up_level;
    const cell_level *down_level, *up_level;
    /* Down, by position: node slot, coupling to the parent. */
    const int32_t *down;
    const double *down_a;
    /* Children as positions, n_child[i] of them from child[first_child[i]] on; the root's
     * come last. */
    const int32_t *first_child, *n_child, *child;
    const double *down_b; /* by position: the parent's coupling, own row */
    /* The only child of a chain's node above level 0: position, node slot, down_b. */
    const int32_t *only, *only_slot;
    const double *only_b;
    double *factor; /* work space, by position: a/d */
    int32_t n_down;
    int32_t root; /* node slot */
    const int32_t *up, *up_parent;
    const double *up_b;
} cell_schedule;

typedef struct cell_hot {
    /* rhs of the segments += axial currents; v and rhs by node slot. */
    void (*axial)(const cell_axial *tree, const double *v, double *rhs);
    /* rhs of the zero-area nodes += axial currents. */
    void (*end_axial)(const cell_ends *ends, const double *v, double *rhs);
    /* Voltages of zero-area nodes that no source sits on. */
    void (*end_voltages)(const cell_ends *ends, double *v);
    /* d of the segments := g + cfac*cm - couplings; `fold` uses tree->leaf. */
    void (*diagonal)(const cell_axial *tree, double cfac, int fold, const double *g,
                     double *d);
    void (*hines)(const cell_schedule *schedule, double *d, double *rhs);
    /* rhs of the segments -> derivative of v: f := f/cm_milli. */
    void (*v_derivative)(const cell_axial *tree, double *f);
    /* The same, followed by the residual and the capacitance (bdf_newton.c). */
    void (*v_residual)(const cell_axial *tree, double gamma, double rl1, double cfac,
                       const double *z1, const double *acor, double *f);
    /* f := gamma f - (rl1 z1 + acor) on n elements; acor NULL means zero. */
    void (*residual)(int32_t n, double gamma, double rl1, const double *z1,
                     const double *acor, double *f);
    /* acor += x, y := z0 + acor; sum[0] += (x w)^2, sum[1] += (acor w)^2. With `first`
     * acor starts from zero and y from z0. Here and below w NULL means ones. */
    void (*correct)(int32_t n, int first, const double *x, const double *z0,
                    const double *w, double *acor, double *y, double sum[2]);
    /* e := factor*log(co/ci), as libm's log gives it. Returns 0, with e in disorder, if an
     * element is not positive or needs special care. */
    int (*nernst)(int32_t n, double factor, const double *ci, const double *co,
                  double *e);
    /* v += factor*rhs; returns 0 when an element is not finite. */
    int (*add_solution)(int32_t n, double factor, const double *rhs, double *v);
    /* x := a x. */
    void (*scale)(int32_t n, double a, double *x);
    /* y += a x. */
    void (*add_scaled)(int32_t n, double a, const double *x, double *y);
    /* Sum of ((a x + y) w)^2; the vectors themselves into out unless it is NULL. */
    double (*blend)(int32_t n, double a, const double *x, const double *y,
                    const double *w, double *out);
    /* Complete with l[], scale with factor[], predict, y := prediction (bdf_vector.c). */
    void (*advance)(int32_t n, int q, const double l[], const double factor[],
                    const double *acor, double *const history[], double *y);
} cell_hot;

extern const cell_hot cell_hot_baseline, cell_hot_avx2, cell_hot_avx512;

#endif
