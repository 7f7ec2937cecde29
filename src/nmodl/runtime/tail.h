/* The instances that do not fill a vector: run the block kernel on padded copies of what
 * it uses; unused lanes repeat the first instance. `column` and `ion` end with -1. Compiled
 * into mecombo and lent to mechanisms. */

void mechanism_tail(const mec_run *run, int first, const short *column,
                    const short *ion, int what, int width,
                    void (*block)(const mec_run *run, int n));

void mechanism_tail(const mec_run *run, int first, const short *column,
                    const short *ion, int what, int width,
                    void (*block)(const mec_run *run, int n))
{
    double copy[MEC_MAX_ARRAYS][8] __attribute__((aligned(64)));
    double *columns[MEC_MAX_ARRAYS], *ions[MEC_MAX_ARRAYS], *from[MEC_MAX_ARRAYS];
    mec_run small = *run;
    int n = run->n - first, used = 0, writable = 0;

    small.n = width;
    small.column = columns;
    small.ion = ions;
    if (what & MEC_USES_V) {
        small.v = copy[used];
        from[used++] = run->v + first;
    }
    if (what & MEC_USES_AREA) {
        small.area = copy[used];
        from[used++] = (double *)run->area + first;
    }
    if (what & MEC_USES_DIAM) {
        small.diam = copy[used];
        from[used++] = (double *)run->diam + first;
    }
    writable = used;
    if (what & MEC_USES_RHS) {
        small.rhs = copy[used];
        from[used++] = run->rhs + first;
        small.d = copy[used];
        from[used++] = run->d + first;
    }
    for (; *column >= 0; column++) {
        columns[*column] = copy[used];
        from[used++] = run->column[*column] + first;
    }
    for (; *ion >= 0; ion++) {
        ions[*ion] = copy[used];
        from[used++] = run->ion[*ion] + first;
    }
    for (int k = 0; k < used; k++) {
        for (int i = 0; i < width; i++) {
            copy[k][i] = from[k][i < n ? i : 0];
        }
    }
    block(&small, width);
    for (int k = writable; k < used; k++) {
        for (int i = 0; i < n; i++) {
            from[k][i] = copy[k][i];
        }
    }
}
