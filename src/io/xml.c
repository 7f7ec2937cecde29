/* Reading XML: libxml2's tree is copied into an arena. */

#include <mecombo/xml.h>

#include <mecombo/path.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <libxml/parser.h>
#include <limits.h>
#include <string.h>

enum { MAX_NESTING = 200 };

/* The first complaint of libxml2. */
typedef struct complaint {
    const char *file;
    mec_status st;
    mec_err *err;
} complaint;

typedef struct copier {
    mec_arena *arena;
    const char *file;
    mec_err *err;
} copier;

static void on_error(void *user, xmlErrorPtr error)
{
    complaint *c = user;

    if (c->st != MEC_OK || error->level < XML_ERR_ERROR) {
        return;
    }
    if (error->code == XML_ERR_NO_MEMORY) {
        c->st = mec_fail(c->err, MEC_E_NOMEM, "%s: out of memory", c->file);
        return;
    }
    const char *message = error->message == NULL ? "not well-formed" : error->message;
    int length = (int)strcspn(message, "\n");
    if (error->line > 0) {
        c->st = mec_fail(c->err, MEC_E_INPUT, "%s:%d:%d: %.*s", c->file, error->line,
                         error->int2, length, message);
    } else { /* about the encoding */
        c->st = mec_fail(c->err, MEC_E_INPUT, "%s: %.*s", c->file, length, message);
    }
}

/* Entities of the file's own can grow without limit and reach other files: refuse. */
static void on_entity(void *user, const xmlChar *name, int type,
                      const xmlChar *public_id, const xmlChar *system_id,
                      xmlChar *content)
{
    xmlParserCtxtPtr parser = user;
    complaint *c = parser->_private;

    (void)type;
    (void)public_id;
    (void)system_id;
    (void)content;
    if (c->st == MEC_OK) {
        c->st = mec_fail(c->err, MEC_E_INPUT,
                         "%s:%d: entity \"%s\" is declared, which is not supported "
                         "(write its text where it is used)",
                         c->file, xmlSAX2GetLineNumber(parser), (const char *)name);
    }
    xmlStopParser(parser);
}

static mec_status no_memory(const copier *c)
{
    return mec_fail(c->err, MEC_E_NOMEM, "%s: out of memory", c->file);
}

static bool is_text(const xmlNode *node)
{
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

static int line_of(const xmlNode *node)
{
    long line = xmlGetLineNo(node);

    return line < 0 || line > INT_MAX ? 0 : (int)line;
}

/* The text nodes from `first` to the next node of another kind; NULL without any. */
static mec_status copy_text(const copier *c, const xmlNode *first, const char **out)
{
    mec_text text = MEC_TEXT_INIT;

    *out = NULL;
    if (first == NULL || !is_text(first)) {
        return MEC_OK;
    }
    for (const xmlNode *node = first; node != NULL && is_text(node);
         node = node->next) {
        if (node->content != NULL) {
            mec_text_add(&text, (const char *)node->content);
        }
    }
    if (mec_text_ok(&text)) {
        *out = mec_arena_strdup(c->arena, mec_text_string(&text));
    }
    mec_text_clear(&text);
    return *out == NULL ? no_memory(c) : MEC_OK;
}

static mec_status copy_attributes(const copier *c, const xmlNode *node,
                                  mec_xml *element)
{
    mec_status st = MEC_OK;
    size_t n = 0;

    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        n++;
    }
    mec_xml_attribute *attribute = mec_arena_calloc(c->arena, n, sizeof *attribute);
    if (attribute == NULL) {
        return no_memory(c);
    }
    element->attribute = attribute;
    for (const xmlAttr *a = node->properties; a != NULL; a = a->next) {
        attribute->name = mec_arena_strdup(c->arena, (const char *)a->name);
        MEC_TRY(copy_text(c, a->children, &attribute->value));
        if (attribute->value == NULL) {
            attribute->value = "";
        }
        if (attribute->name == NULL) {
            return no_memory(c);
        }
        attribute++;
        element->n_attributes++;
    }
done:
    return st;
}

static mec_status copy_element(const copier *c, const xmlNode *node, int depth,
                               const mec_xml **out)
{
    mec_status st = MEC_OK;
    mec_xml *element = mec_arena_alloc(c->arena, sizeof *element);
    size_t n = 0;

    if (element == NULL) {
        return no_memory(c);
    }
    element->file = c->file;
    element->line = line_of(node);
    if (depth > MAX_NESTING) {
        return mec_fail(c->err, MEC_E_INPUT, "%s:%d: nested too deeply", c->file,
                        element->line);
    }
    element->name = mec_arena_strdup(c->arena, (const char *)node->name);
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ENTITY_REF_NODE) {
            return mec_fail(c->err, MEC_E_INPUT,
                            "%s:%d: entity \"%s\" is not supported", c->file,
                            element->line, (const char *)child->name);
        }
        n += child->type == XML_ELEMENT_NODE;
    }
    const mec_xml **item = mec_arena_calloc(c->arena, n, sizeof(mec_xml *));
    if (element->name == NULL || item == NULL) {
        return no_memory(c);
    }
    element->child = item;
    MEC_TRY(copy_attributes(c, node, element));
    MEC_TRY(copy_text(c, node->children, &element->text));
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            MEC_TRY(copy_element(c, child, depth + 1, &item[element->n]));
            element->n++;
        }
    }
    *out = element;
done:
    return st;
}

/* Parse with every complaint of libxml2 going to *first and none to stderr. */
static xmlDocPtr parse_quietly(xmlParserCtxtPtr parser, const char *text, int length,
                               complaint *first)
{
    /* complaints about the encoding know no parser, only this handler */
    xmlStructuredErrorFunc old_handler = xmlStructuredError;
    void *old_context = xmlStructuredErrorContext;

    parser->_private = first;
    parser->sax->entityDecl = on_entity;
    xmlSetStructuredErrorFunc(first, on_error);
    xmlDocPtr document =
        xmlCtxtReadMemory(parser, text, length, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                              XML_PARSE_BIG_LINES);
    xmlSetStructuredErrorFunc(old_context, old_handler);
    return document;
}

mec_status mec_xml_parse(mec_arena *arena, const char *name, const char *text,
                         size_t length, const mec_xml **out, mec_err *err)
{
    mec_status st = MEC_OK;
    copier c = {arena, mec_arena_strdup(arena, name), err};
    complaint first = {c.file, MEC_OK, err};
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDocPtr document = NULL;
    const mec_xml *root = NULL;

    *out = NULL;
    if (parser == NULL || c.file == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", name);
        goto done;
    }
    if (length > INT_MAX) {
        st = mec_fail(err, MEC_E_INPUT, "%s: larger than 2 GB", name);
        goto done;
    }
    document = parse_quietly(parser, text, (int)length, &first);
    MEC_TRY(first.st);
    const xmlNode *top = document == NULL ? NULL : xmlDocGetRootElement(document);
    if (top == NULL) {
        st = mec_fail(err, MEC_E_INPUT, "%s: holds no XML element", name);
        goto done;
    }
    MEC_TRY(copy_element(&c, top, 1, &root));
    *out = root;
done:
    xmlFreeDoc(document);
    xmlFreeParserCtxt(parser);
    return st;
}

mec_status mec_xml_read(mec_arena *arena, const char *path, const mec_xml **out,
                        mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *scratch = mec_arena_new();
    char *text;
    size_t length;

    *out = NULL;
    if (scratch == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    MEC_TRY(mec_read_file(scratch, path, &text, &length, err));
    MEC_TRY(mec_xml_parse(arena, path, text, length, out, err));
done:
    mec_arena_free(scratch);
    return st;
}

const char *mec_xml_get(const mec_xml *element, const char *attribute)
{
    for (size_t i = 0; i < element->n_attributes; i++) {
        if (strcmp(element->attribute[i].name, attribute) == 0) {
            return element->attribute[i].value;
        }
    }
    return NULL;
}

mec_status mec_xml_need(const mec_xml *element, const char *attribute, const char **out,
                        mec_err *err)
{
    *out = mec_xml_get(element, attribute);
    if (*out != NULL) {
        return MEC_OK;
    }
    return mec_fail(err, MEC_E_INPUT, "%s:%d: <%s> lacks the attribute \"%s\" (add it)",
                    element->file, element->line, element->name, attribute);
}

const mec_xml *mec_xml_child(const mec_xml *element, const char *name)
{
    for (size_t i = 0; i < element->n; i++) {
        if (strcmp(element->child[i]->name, name) == 0) {
            return element->child[i];
        }
    }
    return NULL;
}

const char *mec_xml_child_text(const mec_xml *element, const char *name)
{
    const mec_xml *child = mec_xml_child(element, name);

    if (child == NULL) {
        return NULL;
    }
    return child->text == NULL ? "" : child->text;
}

typedef MEC_VEC(const mec_xml *) element_list;

static bool collect(const mec_xml *element, const char *name, element_list *found)
{
    for (size_t i = 0; i < element->n; i++) {
        const mec_xml *child = element->child[i];

        if (strcmp(child->name, name) == 0 && !MEC_VEC_PUSH(found, child)) {
            return false;
        }
        if (!collect(child, name, found)) {
            return false;
        }
    }
    return true;
}

mec_status mec_xml_find_all(mec_arena *arena, const mec_xml *element, const char *name,
                            size_t *n, const mec_xml *const **out, mec_err *err)
{
    mec_status st = MEC_OK;
    element_list found = MEC_VEC_INIT;

    *n = 0;
    *out = NULL;
    bool is_good = collect(element, name, &found);
    const mec_xml **list =
        is_good ? mec_arena_calloc(arena, found.n, sizeof(mec_xml *)) : NULL;
    if (list == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", element->file);
    } else if (found.n > 0) {
        memcpy(list, found.data, found.n * sizeof(mec_xml *));
        *n = found.n;
        *out = list;
    }
    MEC_VEC_CLEAR(&found);
    return st;
}
