/* The built-in mechanisms, in NEURON's order of registration. */

#include "mechanism_priv.h"

/* Made from builtin/<name>.mod by our own compiler at build time. */
const mec_mechanism_desc *mec_builtin_pas(const mec_host *host);
const mec_mechanism_desc *mec_builtin_hh(const mec_host *host);

const mec_mechanism_entry mechanism_builtin[MECHANISM_N_BUILTIN] = {mec_builtin_pas,
                                                                    mec_builtin_hh};
