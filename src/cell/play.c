/* Vectors played into clamps (NEURON's VecPlayContinuous, linear between points).
 *
 * An event at each point moves the upper end of the interval; until it is delivered the
 * old line is extrapolated. */

#include "cell_priv.h"

#include <math.h>

static mec_status check_play(const mec_sweep *spec, const mec_play *play, mec_err *err)
{
    bool ok = play->iclamp >= 0 && play->iclamp < spec->n_iclamp && play->n >= 1;

    for (int32_t i = 1; ok && i < play->n; i++) {
        ok = play->t_ms[i] >= play->t_ms[i - 1];
    }
    return ok ? MEC_OK
              : mec_fail(
                    err, MEC_E_INPUT,
                    "a played current needs a clamp of its sweep, at least one point "
                    "and times that do not decrease");
}

mec_status cell_make_players(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_sweep *spec = sweep->spec;

    sweep->player =
        mec_arena_calloc(sweep->arena, (size_t)spec->n_play + 1, sizeof *sweep->player);
    if (sweep->player == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for stimuli");
    }
    for (int32_t p = 0; p < spec->n_play; p++) {
        cell_player *player = &sweep->player[p];

        MEC_TRY(check_play(spec, &spec->play[p], err));
        player->play = &spec->play[p];
        for (int32_t i = 0; i < sweep->n_source; i++) {
            if (!sweep->source[i].voltage &&
                sweep->source[i].made == player->play->iclamp) {
                player->source = &sweep->source[i];
            }
        }
    }
done:
    return st;
}

void cell_start_players(cell_sweep *sweep)
{
    for (int32_t p = 0; p < sweep->spec->n_play; p++) {
        sweep->player[p].bound = 0;
        sweep->player[p].last = 0;
        sweep->player[p].pending = true;
    }
    cell_deliver_plays(sweep, 0.0);
}

double cell_next_play(const cell_sweep *sweep)
{
    double next = HUGE_VAL;

    for (int32_t p = 0; p < sweep->spec->n_play; p++) {
        const cell_player *player = &sweep->player[p];

        if (player->pending && player->play->t_ms[player->bound] < next) {
            next = player->play->t_ms[player->bound];
        }
    }
    return next;
}

static double value_at(cell_player *player, double t)
{
    const double *time = player->play->t_ms, *amp = player->play->amp_na;

    if (t >= time[player->bound]) {
        player->last = player->bound;
        if (player->last == 0) {
            return amp[0];
        }
    } else if (t <= time[0]) {
        player->last = 0;
        return amp[0];
    } else {
        while (t < time[player->last]) {
            player->last--;
        }
        while (t >= time[player->last]) {
            player->last++;
        }
    }
    double x0 = amp[player->last - 1], x1 = amp[player->last];
    double t0 = time[player->last - 1], t1 = time[player->last];
    return t0 == t1 ? (x0 + x1) / 2. : x0 + (x1 - x0) * ((t - t0) / (t1 - t0));
}

bool cell_deliver_plays(cell_sweep *sweep, double t)
{
    bool delivered = false;

    for (int32_t p = 0; p < sweep->spec->n_play; p++) {
        cell_player *player = &sweep->player[p];

        while (player->pending && player->play->t_ms[player->bound] <= t) {
            double at = player->play->t_ms[player->bound];

            delivered = true;
            player->last = player->bound;
            player->pending = player->bound < player->play->n - 1;
            player->bound += player->pending;
            player->source->iclamp.amp_na = value_at(player, at);
        }
    }
    return delivered;
}

void cell_play(cell_sweep *sweep, double t)
{
    for (int32_t p = 0; p < sweep->spec->n_play; p++) {
        sweep->player[p].source->iclamp.amp_na = value_at(&sweep->player[p], t);
    }
}
