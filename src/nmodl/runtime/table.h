/* Linear interpolation in a TABLE of n intervals, for MEC_W instances at a time.
 *
 * The place is found once for all variables of the table: the interval and how far into
 * it. Below the first and above the last abscissa the end values hold; a place that is no
 * number makes every value that. */

#define mec_place MEC_JOIN(mec_position, MEC_W)

typedef struct mec_place {
    vd at;    /* in intervals, as given */
    vd theta; /* fraction of the interval */
    int n;
#if MEC_W > 1
    vm index;
#else
    int index;
#endif
} mec_place;

MEC_INLINE mec_place MEC_JOIN(mec_find, MEC_W)(vd at, int n)
{
    mec_place place;

    place.at = at;
    place.n = n;
#if MEC_W > 1
    for (int i = 0; i < MEC_W; i++) {
        place.index[i] = at[i] > 0. && at[i] < n ? (long long)at[i] : 0;
        place.theta[i] = at[i] - (double)place.index[i];
    }
#else
    place.index = at > 0. && at < n ? (int)at : 0;
    place.theta = at - (double)place.index;
#endif
    return place;
}

MEC_INLINE vd MEC_JOIN(mec_interpolate, MEC_W)(const double *table,
                                               const mec_place *place)
{
#if MEC_W > 1
    vd low, high, value;

    for (int i = 0; i < MEC_W; i++) {
        low[i] = table[place->index[i]];
        high[i] = table[place->index[i] + 1];
    }
    value = low + place->theta * (high - low);
    value = SELECT(place->at <= S(0.), S(table[0]), value);
    value = SELECT(place->at >= S((double)place->n), S(table[place->n]), value);
    return SELECT(place->at != place->at, place->at, value);
#else
    if (place->at != place->at) {
        return place->at;
    }
    if (place->at <= 0.) {
        return table[0];
    }
    if (place->at >= place->n) {
        return table[place->n];
    }
    return table[place->index] +
           place->theta * (table[place->index + 1] - table[place->index]);
#endif
}
