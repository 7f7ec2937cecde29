#ifndef MECOMBO_CLI_MORPHOLOGY_SUMMARY_H
#define MECOMBO_CLI_MORPHOLOGY_SUMMARY_H

/* What a modeller wants to know about a morphology, as text. */

#include <mecombo/morphology.h>

/* Append the summary: totals per type, extents, longest path, warnings. */
void morphology_summary(const mec_morphology *morphology, const mec_geometry *geometry,
                        mec_text *out);

#endif
