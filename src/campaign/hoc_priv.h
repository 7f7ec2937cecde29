#ifndef CAMPAIGN_HOC_PRIV_H
#define CAMPAIGN_HOC_PRIV_H

/* HOC templates: an e-model as NEURON reads it, without morphology. */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/json.h>
#include <mecombo/text.h>

typedef struct hoc_request {
    const char *package;       /* prepared folder */
    const char *emodel;        /* name in the package */
    const char *name;          /* of the template */
    const mec_json *params;    /* object name -> number */
    const char *morphology;    /* default morphology file name; NULL: none */
    const char *template_path; /* user's template; NULL: ours */
} hoc_request;

/* Append the template of an e-model. */
MEC_NODISCARD mec_status hoc_print(const hoc_request *request, mec_text *out,
                                   mec_err *err);

/* Write <directory>/<name>.hoc, at once. */
MEC_NODISCARD mec_status hoc_write(mec_arena *arena, const hoc_request *request,
                                   const char *directory, mec_err *err);

#endif
