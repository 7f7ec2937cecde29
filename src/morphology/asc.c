/* Neurolucida's text form by recursive descent, with the grammar of NEURON's
 * Import3d_Neurolucida3:
 *
 *     file     = object { [","] object }
 *     object   = contour | marker | property | set | tree | text
 *     contour  = "(" string {property} point {[","] point} ")"
 *     marker   = "(" label {property} point {[","] point} ")"
 *     property = "(" label {number | string | label | RGB "(" n n n ")"} ")"
 *     set      = "(" "set" string [file] ")"
 *     text     = "(" {property} point string ")"
 *     tree     = "(" {property} branch ")"
 *     branch   = {point | spines} {"(" label ... ")"} [label | "(" branch {"|" branch} ")"]
 *     point    = "(" x [","] y [[","] z [[","] d [label] [bezier]]] ")"
 *
 * Sections come in the order of the file, parents before children. A child takes its
 * parent's last point in front, with its own first diameter, unless it begins there.
 */

#include "asc_priv.h"

#include <math.h>
#include <stdio.h>

enum { MAX_DEPTH = 4000 }; /* nested branches or sets; each takes some stack */

/* Coordinates beyond this are no morphology; keeps sums of squares finite. */
static const double max_coordinate_um = 1e9;

typedef struct asc_parser {
    asc_lexer lexer;
    asc_token current, next, after;
    import_tree *tree;
    mec_err *err;
    asc_token label; /* first label of the last property read */
    bool has_label;
    int depth;
} asc_parser;

static mec_status parse_objects(asc_parser *p);
static mec_status parse_branch(asc_parser *p, int32_t type, int32_t parent,
                               bool *is_text);

static void advance(asc_parser *p)
{
    p->current = p->next;
    p->next = p->after;
    asc_lex(&p->lexer, &p->after);
}

static mec_status fail_at(const asc_parser *p, const asc_token *token, const char *what)
{
    return mec_fail(p->err, MEC_E_INPUT, "%s:%d:%d: %s", p->tree->file,
                    (int)token->line, (int)token->column, what);
}

/* The current token is not what the grammar wants. */
static mec_status fail_expected(const asc_parser *p, const char *wanted)
{
    const asc_token *token = &p->current;
    char found[80];
    char what[160];

    switch (token->kind) {
    case ASC_END:
        snprintf(found, sizeof found, "the end of the file");
        break;
    case ASC_OPEN_STRING:
        snprintf(found, sizeof found, "a string without closing quote");
        break;
    case ASC_UNKNOWN:
        if (*token->start < ' ' || *token->start > '~') {
            snprintf(found, sizeof found, "byte 0x%02x (not a Neurolucida text file?)",
                     (unsigned)(unsigned char)*token->start);
            break;
        }
        /* fall through */
    default:
        snprintf(found, sizeof found, "'%.*s'",
                 (int)(token->length < 40 ? token->length : 40), token->start);
        break;
    }
    snprintf(what, sizeof what, "expected %s, found %s%s", wanted, found,
             token->kind == ASC_END ? " (is a parenthesis missing?)" : "");
    return fail_at(p, token, what);
}

static mec_status expect(asc_parser *p, asc_kind kind, const char *wanted)
{
    if (p->current.kind != kind) {
        return fail_expected(p, wanted);
    }
    advance(p);
    return MEC_OK;
}

static mec_status expect_left(asc_parser *p)
{
    return expect(p, ASC_LEFT, "'('");
}

static mec_status expect_right(asc_parser *p)
{
    return expect(p, ASC_RIGHT, "')'");
}

static void optional_comma(asc_parser *p)
{
    if (p->current.kind == ASC_COMMA) {
        advance(p);
    }
}

static mec_status expect_number(asc_parser *p, double *value)
{
    if (p->current.kind != ASC_NUMBER) {
        return fail_expected(p, "a number");
    }
    if (!(fabs(p->current.number) <= max_coordinate_um)) {
        return fail_at(p, &p->current,
                       "not a finite number, or out of range (coordinates are in um)");
    }
    if (value != NULL) {
        *value = p->current.number;
    }
    advance(p);
    return MEC_OK;
}

static mec_status enter(asc_parser *p)
{
    if (++p->depth > MAX_DEPTH) {
        return fail_at(p, &p->current, "branches are nested too deeply");
    }
    return MEC_OK;
}

/* "(" number, number, number ")" after RGB. */
static mec_status parse_rgb(asc_parser *p)
{
    mec_status st = MEC_OK;

    advance(p);
    MEC_TRY(expect_left(p));
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            optional_comma(p);
        }
        MEC_TRY(expect_number(p, NULL));
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

static mec_status parse_property(asc_parser *p)
{
    mec_status st = MEC_OK;

    MEC_TRY(expect_left(p));
    if (p->current.kind != ASC_LABEL) {
        st = fail_expected(p, "a label");
        goto done;
    }
    p->label = p->current;
    p->has_label = true;
    advance(p);
    for (;;) {
        asc_kind kind = p->current.kind;

        if (kind == ASC_RGB) {
            MEC_TRY(parse_rgb(p));
        } else if (kind == ASC_NUMBER || kind == ASC_STRING || kind == ASC_LABEL) {
            advance(p);
        } else {
            break;
        }
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

static mec_status parse_set(asc_parser *p)
{
    mec_status st = MEC_OK;

    MEC_TRY(expect_left(p));
    MEC_TRY(enter(p));
    MEC_TRY(expect(p, ASC_SET, "'set'"));
    MEC_TRY(expect(p, ASC_STRING, "a string"));
    if (p->current.kind != ASC_RIGHT) {
        MEC_TRY(parse_objects(p));
    }
    MEC_TRY(expect_right(p));
    p->depth--;
done:
    return st;
}

/* Any number of properties and sets; forgets those read before. */
static mec_status parse_properties(asc_parser *p)
{
    mec_status st = MEC_OK;

    p->has_label = false;
    while (p->current.kind == ASC_LEFT &&
           (p->next.kind == ASC_LABEL || p->next.kind == ASC_SET)) {
        if (p->next.kind == ASC_LABEL) {
            MEC_TRY(parse_property(p));
        } else {
            MEC_TRY(parse_set(p));
        }
        optional_comma(p);
    }
done:
    return st;
}

/* The four numbers of a Bezier control, which are ignored. */
static mec_status parse_bezier(asc_parser *p)
{
    mec_status st = MEC_OK;

    MEC_TRY(expect_left(p));
    for (int i = 0; i < 4; i++) {
        if (i > 0) {
            optional_comma(p);
        }
        MEC_TRY(expect_number(p, NULL));
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

static mec_status parse_point(asc_parser *p, import_point *point)
{
    mec_status st = MEC_OK;

    *point = (import_point){0.0, 0.0, 0.0, 0.0};
    MEC_TRY(expect_left(p));
    MEC_TRY(expect_number(p, &point->x));
    optional_comma(p);
    MEC_TRY(expect_number(p, &point->y));
    optional_comma(p);
    if (p->current.kind == ASC_NUMBER) {
        MEC_TRY(expect_number(p, &point->z));
        optional_comma(p);
        if (p->current.kind == ASC_NUMBER) {
            MEC_TRY(expect_number(p, &point->d));
            optional_comma(p);
            if (p->current.kind == ASC_LABEL) {
                advance(p);
            }
            optional_comma(p);
            if (p->current.kind == ASC_LEFT) {
                MEC_TRY(parse_bezier(p));
            }
        }
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

/* point {[","] point}; kept when `keep`. */
static mec_status parse_points(asc_parser *p, bool keep)
{
    mec_status st = MEC_OK;
    import_point point;

    do {
        MEC_TRY(parse_point(p, &point));
        if (keep) {
            MEC_TRY(import_add_point(p->tree, point, p->err));
        }
        optional_comma(p);
    } while (p->current.kind == ASC_LEFT);
done:
    return st;
}

static mec_status parse_contour(asc_parser *p)
{
    mec_status st = MEC_OK;
    import_tree *tree = p->tree;
    int32_t line = p->current.line;
    bool keep;
    size_t first;

    MEC_TRY(expect_left(p));
    keep = asc_is(&p->current, "CellBody") || asc_is(&p->current, "Cell Body") ||
           asc_is(&p->current, "Soma");
    MEC_TRY(expect(p, ASC_STRING, "a string"));
    MEC_TRY(parse_properties(p));
    if (keep) {
        MEC_TRY(import_add_spare(tree, p->err));
    }
    first = tree->point.n;
    MEC_TRY(parse_points(p, keep));
    if (keep && tree->point.n - first > 2) {
        MEC_TRY(import_add_section(tree, FILE_TYPE_SOMA, -1, first, line, p->err));
        tree->section.data[tree->section.n - 1].is_contour = true;
    } else if (keep) {
        MEC_TRY(import_warn(tree, p->err, line,
                            "soma contour of less than three points ignored"));
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

static mec_status parse_marker(asc_parser *p)
{
    mec_status st = MEC_OK;

    MEC_TRY(expect_left(p));
    MEC_TRY(expect(p, ASC_LABEL, "a label"));
    MEC_TRY(parse_properties(p));
    MEC_TRY(parse_points(p, false));
    MEC_TRY(expect_right(p));
done:
    return st;
}

/* Markers have a list after their label, properties do not. */
static mec_status parse_marker_or_property(asc_parser *p)
{
    return p->after.kind == ASC_LEFT ? parse_marker(p) : parse_property(p);
}

/* Anything in balanced parentheses. */
static mec_status skip_list(asc_parser *p)
{
    mec_status st = MEC_OK;
    int64_t open = 0;
    asc_token start = p->current;

    if (p->current.kind != ASC_LEFT) {
        return fail_expected(p, "'('");
    }
    do {
        if (p->current.kind == ASC_END) {
            st = fail_at(p, &start, "parenthesis is never closed");
            goto done;
        }
        open += p->current.kind == ASC_LEFT;
        open -= p->current.kind == ASC_RIGHT;
        advance(p);
    } while (open > 0);
done:
    return st;
}

/* "<" {property} point ">", any number of them; ignored. */
static mec_status parse_spines(asc_parser *p)
{
    mec_status st = MEC_OK;
    import_point point;

    while (p->current.kind == ASC_SPINE_LEFT) {
        advance(p);
        MEC_TRY(parse_properties(p));
        MEC_TRY(parse_point(p, &point));
        MEC_TRY(expect(p, ASC_SPINE_RIGHT, "'>'"));
    }
done:
    return st;
}

/* The points of a branch. One marker or property may stand before them. */
static mec_status parse_branch_points(asc_parser *p, bool may_be_text, bool *is_text)
{
    mec_status st = MEC_OK;
    import_point point;
    bool is_first = true;

    *is_text = false;
    if (!may_be_text && p->next.kind == ASC_LABEL) {
        MEC_TRY(parse_marker_or_property(p));
        optional_comma(p);
        is_first = false;
    }
    while (is_first || (p->current.kind == ASC_LEFT && p->next.kind == ASC_NUMBER)) {
        MEC_TRY(parse_point(p, &point));
        if (is_first && may_be_text && p->current.kind == ASC_STRING) {
            *is_text = true;
            advance(p);
            break;
        }
        MEC_TRY(import_add_point(p->tree, point, p->err));
        MEC_TRY(parse_spines(p));
        optional_comma(p);
        is_first = false;
    }
done:
    return st;
}

/* "(" branch {"|" branch} ")" */
static mec_status parse_split(asc_parser *p, int32_t type, int32_t parent)
{
    mec_status st = MEC_OK;

    MEC_TRY(expect_left(p));
    for (;;) {
        MEC_TRY(parse_branch(p, type, parent, NULL));
        if (p->current.kind != ASC_BAR) {
            break;
        }
        advance(p);
    }
    MEC_TRY(expect_right(p));
done:
    return st;
}

/* What may follow the points of a branch: markers, then a label or children. */
static mec_status parse_branch_end(asc_parser *p, int32_t type, int32_t section)
{
    mec_status st = MEC_OK;

    optional_comma(p);
    if (p->current.kind == ASC_LEFT) {
        while (p->next.kind == ASC_LABEL) {
            MEC_TRY(skip_list(p));
        }
    }
    optional_comma(p);
    if (p->current.kind == ASC_LEFT) {
        MEC_TRY(parse_split(p, type, section));
    } else if (p->current.kind == ASC_LABEL) {
        advance(p);
    }
done:
    return st;
}

/* @param is_text  set when a root turned out to be a text object; NULL for a child */
static mec_status parse_branch(asc_parser *p, int32_t type, int32_t parent,
                               bool *is_text)
{
    mec_status st = MEC_OK;
    asc_token start = p->current;
    bool was_text = false;
    size_t first;

    MEC_TRY(enter(p));
    MEC_TRY(import_add_spare(p->tree, p->err));
    first = p->tree->point.n;
    MEC_TRY(parse_branch_points(p, is_text != NULL, &was_text));
    if (is_text != NULL) {
        *is_text = was_text;
    }
    if (!was_text) {
        if (p->tree->point.n == first) {
            st = fail_at(p, &start, "branch without points");
            goto done;
        }
        MEC_TRY(import_add_branch(p->tree, type, parent, first, start.line, p->err));
        MEC_TRY(parse_branch_end(p, type, (int32_t)p->tree->section.n - 1));
    }
    p->depth--;
done:
    return st;
}

/* The last property before the first point says what a tree is. */
static int32_t tree_type(const asc_parser *p)
{
    if (!p->has_label) {
        return 0;
    }
    if (asc_is(&p->label, "Axon")) {
        return FILE_TYPE_AXON;
    }
    if (asc_is(&p->label, "Dendrite")) {
        return FILE_TYPE_DEND;
    }
    return asc_is(&p->label, "Apical") ? FILE_TYPE_APIC : 0;
}

static mec_status parse_tree_or_text(asc_parser *p)
{
    mec_status st = MEC_OK;
    bool is_text = false;

    MEC_TRY(expect_left(p));
    MEC_TRY(parse_properties(p));
    MEC_TRY(parse_branch(p, tree_type(p), -1, &is_text));
    MEC_TRY(expect_right(p));
done:
    return st;
}

static mec_status parse_object(asc_parser *p)
{
    if (p->current.kind != ASC_LEFT) {
        return fail_expected(p, "'('");
    }
    switch (p->next.kind) {
    case ASC_STRING:
        return parse_contour(p);
    case ASC_LABEL:
        return parse_marker_or_property(p);
    case ASC_LEFT:
        return parse_tree_or_text(p);
    case ASC_SET:
        return parse_set(p);
    default:
        advance(p);
        return fail_expected(p, "a string, a label or '('");
    }
}

static mec_status parse_objects(asc_parser *p)
{
    mec_status st = MEC_OK;

    do {
        MEC_TRY(parse_object(p));
        optional_comma(p);
    } while (p->current.kind == ASC_LEFT);
done:
    return st;
}

mec_status asc_import(const char *text, size_t length, import_tree *tree, mec_err *err)
{
    asc_parser p = {.lexer = asc_lexer_begin(text, length), .tree = tree, .err = err};
    mec_status st = MEC_OK;

    asc_lex(&p.lexer, &p.current);
    asc_lex(&p.lexer, &p.next);
    asc_lex(&p.lexer, &p.after);
    if (p.current.kind == ASC_END) {
        st = mec_fail(err, MEC_E_INPUT, "%s:1: the file is empty", tree->file);
        goto done;
    }
    MEC_TRY(parse_objects(&p));
    if (p.current.kind != ASC_END) {
        st = fail_expected(&p, p.current.kind == ASC_RIGHT
                                   ? "'(' or the end of the file (one ')' too many?)"
                                   : "'(' or the end of the file");
        goto done;
    }
    MEC_TRY(soma_connect(tree, err));
done:
    return st;
}
