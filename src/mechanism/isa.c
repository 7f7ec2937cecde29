/* The kernels of a mechanism for this host. */

#include "mechanism_priv.h"

const mec_kernels *mec_mechanism_kernels(const mec_mechanism_desc *desc,
                                         bool free_rounding)
{
    const mec_kernels *const *kernels =
        free_rounding ? desc->free_kernels : desc->kernels;
    int32_t isa = mec_host_isa();

    while (isa > 0 && kernels[isa] == NULL) {
        isa--;
    }
    return kernels[isa];
}
