#ifndef CAMPAIGN_SCORES_PRIV_H
#define CAMPAIGN_SCORES_PRIV_H

/* Scores as text: flat JSON objects of numbers, walked without building a tree, since a
 * campaign has millions of them. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

typedef struct score_cursor {
    const char *at;
    bool started;
} score_cursor;

typedef enum score_step {
    SCORE_VALUE, /* key and value are there */
    SCORE_END,   /* end of the object, or the text is "null" */
    SCORE_BAD    /* not a flat object of numbers */
} score_step;

/* Go to the next member.
 *
 * @param key    out: [n_key] as written between the quotes, escapes not resolved
 * @param value  out: NaN for null and NaN, infinite for Infinity; NULL: not wanted, and
 *               any word will do for one */
score_step score_next(score_cursor *cursor, const char **key, size_t *n_key,
                      double *value);

/* A key with its escapes resolved; NULL when it is no JSON string. */
const char *score_key(mec_arena *arena, const char *key, size_t n_key);

#endif
