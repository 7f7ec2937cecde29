/* Questions about sections, and the nseg rule. */

#include "morphology_priv.h"

enum { MAX_NSEG = 32767 }; /* NEURON's limit */

unsigned mec_section_lists(const mec_section *section)
{
    if (section->is_unlisted) {
        return 0;
    }
    switch (section->type) {
    case MEC_SECTION_SOMA:
        return MEC_LIST_ALL | MEC_LIST_SOMATIC;
    case MEC_SECTION_AXON:
        return MEC_LIST_ALL | MEC_LIST_AXONAL;
    case MEC_SECTION_DEND:
        return MEC_LIST_ALL | MEC_LIST_BASAL;
    case MEC_SECTION_APIC:
        return MEC_LIST_ALL | MEC_LIST_APICAL;
    case MEC_SECTION_MYELIN:
        return MEC_LIST_ALL | MEC_LIST_MYELINATED;
    case MEC_SECTION_OTHER:
    default:
        return MEC_LIST_ALL;
    }
}

int32_t mec_morphology_nseg(double length_um, double chunk_um)
{
    double n = length_um / chunk_um;

    return n < MAX_NSEG / 2 ? 1 + 2 * (int32_t)n : MAX_NSEG;
}

void mec_morphology_set_nseg(mec_morphology *morphology, double chunk_um)
{
    morphology->too_long = NULL;
    for (int32_t i = 0; i < morphology->n_section; i++) {
        mec_section *section = &morphology->section[i];

        if (section->n_point > 0) {
            section->nseg = mec_morphology_nseg(section->length_um, chunk_um);
            if (section->length_um / chunk_um >= MAX_NSEG / 2 + 1) {
                morphology->too_long = section->name;
            }
        }
    }
}

int32_t mec_morphology_find(const mec_morphology *morphology, mec_section_type type,
                            int32_t number)
{
    for (int32_t i = 0; i < morphology->n_section; i++) {
        if (morphology->section[i].type == type &&
            morphology->section[i].number == number) {
            return i;
        }
    }
    return -1;
}
