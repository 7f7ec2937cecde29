#ifndef MECOMBO_XML_H
#define MECOMBO_XML_H

/** XML files as a read-only tree of elements (through libxml2).
 *
 * Nothing is fetched from the network or from other files; entities other than the five
 * of XML itself are refused, so that no file can blow up in memory. Namespaces are left
 * aside: names are local names.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>

typedef struct mec_xml_attribute {
    const char *name;
    const char *value;
} mec_xml_attribute;

/** One element. Lives in the arena given to the reader; fields are read-only. */
typedef struct mec_xml {
    const char *name; /* tag */
    const char *text; /* what stands before the first child element or comment, not
                         stripped; NULL when nothing does (Parity: lxml's .text) */
    size_t n_attributes;
    const mec_xml_attribute *attribute; /* [n_attributes] in file order */
    size_t n;                           /* number of child elements */
    const struct mec_xml **child;       /* [n] in file order, comments left out */
    const char *file;                   /* where it was read, for messages */
    int line;                           /* 1-based */
} mec_xml;

/** Read an XML file.
 *
 * @param arena  owns the tree
 * @param out    the root element; NULL on failure
 * @return MEC_OK; MEC_E_IO if unreadable; MEC_E_INPUT with `file:line:column: ...` when it
 *         is not well-formed, nests deeper than 200 or uses entities of its own;
 *         MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_xml_read(mec_arena *arena, const char *path,
                                      const mec_xml **out, mec_err *err);

/** Parse XML text of a given length; name stands for the file in messages (copied). */
MEC_NODISCARD mec_status mec_xml_parse(mec_arena *arena, const char *name,
                                       const char *text, size_t length,
                                       const mec_xml **out, mec_err *err);

/** The value of an attribute; NULL when absent. */
const char *mec_xml_get(const mec_xml *element, const char *attribute);

/** Fetch a required attribute, with a complaint that names file, line and element. */
MEC_NODISCARD mec_status mec_xml_need(const mec_xml *element, const char *attribute,
                                      const char **out, mec_err *err);

/** The first child with a tag; NULL when absent. */
const mec_xml *mec_xml_child(const mec_xml *element, const char *name);

/** The text of the first child with a tag: "" when that child is empty, NULL when there
 * is no such child.
 *
 * Parity: findtext() of lxml.
 */
const char *mec_xml_child_text(const mec_xml *element, const char *name);

/** Collect every element with a tag below (not including) an element, in file order.
 *
 * Parity: findall('.//name') of lxml.
 *
 * @param arena  owns the list
 * @param n      out: number of elements found
 * @param out    out: [n] the elements; NULL when there are none
 * @return MEC_OK or MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_xml_find_all(mec_arena *arena, const mec_xml *element,
                                          const char *name, size_t *n,
                                          const mec_xml *const **out, mec_err *err);

#endif
