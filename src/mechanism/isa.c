/* The kernels of a mechanism for this host. */

#include "mechanism_priv.h"

const mec_kernels *mec_mechanism_kernels(const mec_mechanism_desc *desc)
{
    int32_t isa = mec_host_isa();

    while (isa > 0 && desc->kernels[isa] == NULL) {
        isa--;
    }
    return desc->kernels[isa];
}
