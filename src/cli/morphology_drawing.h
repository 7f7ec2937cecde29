#ifndef MECOMBO_CLI_MORPHOLOGY_DRAWING_H
#define MECOMBO_CLI_MORPHOLOGY_DRAWING_H

/* A picture of a morphology. */

#include <mecombo/morphology.h>

/* Write an SVG file: the cell from the front (xy) and from the side (zy), in one scale. */
mec_status morphology_draw_svg(const mec_morphology *morphology, const char *path,
                               mec_err *err);

#endif
