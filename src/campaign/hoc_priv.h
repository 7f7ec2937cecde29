#ifndef CAMPAIGN_HOC_PRIV_H
#define CAMPAIGN_HOC_PRIV_H

/* HOC templates: an e-model as NEURON reads it, without morphology. */

#include <mecombo/arena.h>
#include <mecombo/emodel.h>
#include <mecombo/err.h>
#include <mecombo/json.h>
#include <mecombo/text.h>

typedef struct hoc_request {
    const char *package;    /* prepared folder */
    const char *emodel;     /* name in the package */
    const char *name;       /* of the template */
    const mec_json *params; /* object name -> number */
    const char *morphology; /* file that init(dir) loads; NULL: init needs its name */
} hoc_request;

/* Append the template of an e-model.
 *
 * @return MEC_OK; MEC_E_INPUT when the e-model cannot be said in HOC or a parameter has no
 *         value; otherwise as mec_emodel_load() */
MEC_NODISCARD mec_status hoc_print(const hoc_request *request, mec_text *out,
                                   mec_err *err);

/* Write <directory>/<name>.hoc in one step. */
MEC_NODISCARD mec_status hoc_write(mec_arena *arena, const hoc_request *request,
                                   const char *directory, mec_err *err);

/* Parts of hoc_print(): the fixed procedures, and replace_axon(). */
void hoc_print_morphology(const char *morphology, double nseg_chunk_um, mec_text *out);
void hoc_print_axon(mec_axon_treatment treatment, mec_text *out);

/* Complain once about a "template" key: Jinja templates are not rendered. */
void hoc_warn_template(const mec_json *root);

#endif
