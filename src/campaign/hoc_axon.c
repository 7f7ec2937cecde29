/* The parts of a HOC template that build the morphology: loading, segments, axon
 * (EMODELS.md C.5). */

#include "hoc_priv.h"

static const char load_text[] =
    "proc load_morphology() { localobj reader, importer, text\n"
    "  // folder, file\n"
    "  sprint(file_, \"%s/%s\", $s1, $s2)\n"
    "  text = new StringFunctions()\n"
    "  extension_ = $s2\n"
    "  if (text.len(extension_) > 3) {\n"
    "    text.right(extension_, text.len(extension_) - 3)\n"
    "  }\n"
    "  if (strcmp(extension_, \"swc\") == 0 || strcmp(extension_, \"SWC\") == 0) {\n"
    "    reader = new Import3d_SWC_read()\n"
    "  } else {\n"
    "    reader = new Import3d_Neurolucida3()\n"
    "  }\n"
    "  reader.quiet = 1\n"
    "  reader.input(file_)\n"
    "  importer = new Import3d_GUI(reader, 0)\n"
    "  importer.instantiate(this)\n"
    "}\n\n";

static const char bluepyopt_text[] =
    "proc replace_axon() { local n, d0, d1\n"
    "  // two cylinders of 30 um: the first axonal diameter, and that beyond 60 um\n"
    "  n = 0\n"
    "  d0 = 1\n"
    "  forsec axonal { n += 1 }\n"
    "  if (n > 0) { axon[0] d0 = diam(0.5) }\n"
    "  d1 = d0\n"
    "  if (n > 1) {\n"
    "    soma[0] distance(0, 0.5)\n"
    "    n = 0\n"
    "    forsec axonal {\n"
    "      if (n == 0 && distance(0.5) > 60) {\n"
    "        d1 = diam(0.5)\n"
    "        n = 1\n"
    "      }\n"
    "    }\n"
    "  }\n"
    "  forsec axonal { delete_section() }\n"
    "  create axon[2]\n"
    "  axon[0] { nseg = 1 L = 30 diam = d0 axonal.append() all.append() }\n"
    "  axon[1] { nseg = 1 L = 30 diam = d1 axonal.append() all.append() }\n"
    "  soma[0] connect axon[0](0), 1\n"
    "  axon[0] connect axon[1](0), 1\n"
    "}\n\n";

static const char taper_head[] =
    "proc replace_axon() { local i, n, need localobj d\n"
    "  // the first ten diameters in steps of about 6 um on 2 x 30 um, then myelin\n"
    "  d = new Vector()\n"
    "  n = 0\n"
    "  forsec axonal {\n"
    "    n += 1\n"
    "    if (d.size() < 10) {\n"
    "      nseg = 1 + 2 * int(L / 6 / 2)\n"
    "      for (x, 0) { if (d.size() < 10) { d.append(diam(x)) } }\n"
    "    }\n"
    "  }\n";

static const char taper_tail[] = "  forsec axonal { delete_section() }\n"
                                 "  create axon[2]\n"
                                 "  for i = 0, 1 {\n"
                                 "    if (5 * i < d.size()) {\n"
                                 "      axon[i] {\n"
                                 "        nseg = 5\n"
                                 "        L = 30\n"
                                 "        n = 5 * i\n"
                                 "        for (x, 0) {\n"
                                 "          if (n < d.size()) { diam(x) = d.x[n] }\n"
                                 "          n += 1\n"
                                 "        }\n"
                                 "        axonal.append()\n"
                                 "        all.append()\n"
                                 "      }\n"
                                 "    }\n"
                                 "  }\n"
                                 "  soma[0] connect axon[0](0), 1\n"
                                 "  axon[0] connect axon[1](0), 1\n"
                                 "  create myelin[1]\n"
                                 "  myelin[0] {\n"
                                 "    nseg = 5\n"
                                 "    L = 1000\n"
                                 "    diam = d.x[d.size() - 1]\n"
                                 "    myelinated.append()\n"
                                 "    all.append()\n"
                                 "  }\n"
                                 "  axon[1] connect myelin[0](0), 1\n"
                                 "}\n\n";

void hoc_print_morphology(const char *morphology, double nseg_chunk_um, mec_text *out)
{
    mec_text_add(out, "proc init() {\n"
                      "  // (gid, folder, file), (folder, file)");
    mec_text_add(out, morphology == NULL ? "\n" : " or (folder)\n");
    mec_text_add(out, "  // the placeholders that `create` made; inside a template "
                      "forall is its own\n"
                      "  forall { delete_section() }\n"
                      "  all = new SectionList()\n"
                      "  somatic = new SectionList()\n"
                      "  basal = new SectionList()\n"
                      "  apical = new SectionList()\n"
                      "  axonal = new SectionList()\n"
                      "  myelinated = new SectionList()\n"
                      "  gid = 0\n"
                      "  if (numarg() == 3) {\n"
                      "    gid = $1\n"
                      "    load_morphology($s2, $s3)\n"
                      "  }\n"
                      "  if (numarg() == 2) { load_morphology($s1, $s2) }\n");
    if (morphology != NULL) {
        mec_text_printf(out, "  if (numarg() == 1) { load_morphology($s1, \"%s\") }\n",
                        morphology);
    }
    mec_text_add(out, "  geom_nseg()\n"
                      "  replace_axon()\n"
                      "  insert_mechanisms()\n"
                      "  set_parameters()\n"
                      "  re_init_rng()\n"
                      "}\n\n");
    mec_text_add(out, load_text);
    mec_text_add(out, "proc geom_nseg() {\n");
    if (nseg_chunk_um > 0) {
        mec_text_printf(out, "  forsec all { nseg = 1 + 2 * int(L / %.17g) }\n",
                        nseg_chunk_um);
    }
    mec_text_add(out, "}\n\n");
}

void hoc_print_axon(mec_axon_treatment treatment, mec_text *out)
{
    switch (treatment) {
    case MEC_TREAT_AXON_KEEP:
        mec_text_add(out, "proc replace_axon() {\n}\n\n");
        break;
    case MEC_TREAT_AXON_BLUEPYOPT:
        mec_text_add(out, bluepyopt_text);
        break;
    case MEC_TREAT_AXON_TAPER:
        mec_text_add(out, taper_head);
        mec_text_add(out,
                     "  if (d.size() < 10) {\n"
                     "    execerror(\"the axon is too short to be replaced\", \"\")\n"
                     "  }\n");
        mec_text_add(out, taper_tail);
        break;
    case MEC_TREAT_AXON_TAPER_3:
        mec_text_add(out, taper_head);
        mec_text_add(out,
                     "  if (n < 3 || d.size() == 0) {\n"
                     "    execerror(\"the axon has fewer than 3 sections\", \"\")\n"
                     "  }\n");
        mec_text_add(out, taper_tail);
        break;
    }
}
