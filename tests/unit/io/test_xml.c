/* XML: the tree, its places, and files that must be refused. */

#include <mecombo/xml.h>

#include <mecombo/text.h>
#include <support/tap.h>

static mec_arena *arena;

static const mec_xml *parse(const char *text)
{
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root;

    CHECK_OK(mec_xml_parse(arena, "a.xml", text, strlen(text), &root, &err), err);
    return root;
}

static void check_failure(const char *text, const char *message)
{
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root = (const mec_xml *)"";

    CHECK_INT(mec_xml_parse(arena, "a.xml", text, strlen(text), &root, &err),
              MEC_E_INPUT);
    CHECK_STR(err.text, message);
    CHECK(root == NULL);
}

static void test_tree(void)
{
    const mec_xml *root = parse("<?xml version=\"1.0\"?>\n"
                                "<blue>\n"
                                "  <NeuronTypes seed='7' x=''>\n"
                                "    <Layer id=\"4\" percentage=\"1.5\"/>\n"
                                "    <!-- two -->\n"
                                "    <Layer\n id=\"&lt;&#233;&amp;\">t</Layer>\n"
                                "  </NeuronTypes>\n"
                                "</blue>\n");
    const char *id;
    mec_err err = MEC_ERR_INIT;

    if (root == NULL) {
        return;
    }
    CHECK_STR(root->name, "blue");
    CHECK_INT(root->line, 2);
    CHECK_STR(root->text, "\n  ");
    const mec_xml *types = mec_xml_child(root, "NeuronTypes");
    if (!CHECK(types != NULL) || !CHECK_INT(types->n, 2)) {
        return;
    }
    CHECK_INT(types->n_attributes, 2);
    CHECK_STR(types->attribute[0].name, "seed");
    CHECK_STR(mec_xml_get(types, "seed"), "7");
    CHECK_STR(mec_xml_get(types, "x"), "");
    CHECK(mec_xml_get(types, "y") == NULL);
    CHECK_STR(types->child[0]->name, "Layer");
    CHECK_INT(types->child[0]->line, 4);
    CHECK(types->child[0]->text == NULL);
    CHECK_INT(types->child[0]->n, 0);
    CHECK_OK(mec_xml_need(types->child[1], "id", &id, &err), err);
    CHECK_STR(id, "<\xC3\xA9&");
    CHECK_INT(mec_xml_need(types->child[1], "percentage", &id, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "<Layer> lacks the attribute \"percentage\" (add it)");
    CHECK(mec_xml_child(root, "Layer") == NULL);
}

/* Expected: lxml's findtext() of the same elements. */
static void test_text(void)
{
    const mec_xml *root =
        parse("<m><a> x </a><b/><c></c><d>one<!-- -->two</d><e>p<i>q</i>r</e>"
              "<f><![CDATA[<&>]]>!</f><a>2</a><g>&#x41;&gt;</g></m>");

    if (root == NULL) {
        return;
    }
    CHECK_STR(mec_xml_child_text(root, "a"), " x ");
    CHECK_STR(mec_xml_child_text(root, "b"), "");
    CHECK_STR(mec_xml_child_text(root, "c"), "");
    CHECK_STR(mec_xml_child_text(root, "d"), "one");
    CHECK_STR(mec_xml_child_text(root, "e"), "p");
    CHECK_STR(mec_xml_child_text(root, "f"), "<&>!");
    CHECK_STR(mec_xml_child_text(root, "g"), "A>");
    CHECK(mec_xml_child_text(root, "z") == NULL);
}

static void test_find_all(void)
{
    const mec_xml *root = parse("<a><m>1</m><b><m>2<m>3</m></m></b><m>4</m></a>");
    const mec_xml *const *found;
    mec_err err = MEC_ERR_INIT;
    size_t n;

    if (root == NULL) {
        return;
    }
    CHECK_OK(mec_xml_find_all(arena, root, "m", &n, &found, &err), err);
    if (CHECK_INT(n, 4)) {
        CHECK_STR(found[0]->text, "1");
        CHECK_STR(found[2]->text, "3");
        CHECK_STR(found[3]->text, "4");
    }
    CHECK_OK(mec_xml_find_all(arena, root, "a", &n, &found, &err), err);
    CHECK_INT(n, 0);
    CHECK(found == NULL);
}

static void test_encodings_and_namespaces(void)
{
    const mec_xml *root =
        parse("<?xml version='1.0' encoding='ISO-8859-1'?>\n<x:a xmlns:x='u' "
              "x:k='\xE9'>\xE9</x:a>");

    if (root == NULL) {
        return;
    }
    CHECK_STR(root->name, "a");
    CHECK_STR(root->text, "\xC3\xA9");
    CHECK_STR(mec_xml_get(root, "k"), "\xC3\xA9");
}

static void test_far_lines(void)
{
    mec_text text = MEC_TEXT_INIT;

    mec_text_add(&text, "<a>");
    for (int i = 0; i < 70000; i++) {
        mec_text_add_char(&text, '\n');
    }
    mec_text_add(&text, "<b>x</b></a>");
    const mec_xml *root = parse(mec_text_string(&text));
    if (root != NULL) {
        CHECK_INT(root->child[0]->line, 70001);
    }
    mec_text_clear(&text);
}

static void test_failures(void)
{
    check_failure("", "a.xml:1:1: Document is empty");
    check_failure("<a>\n<b>\n</a>",
                  "a.xml:3:5: Opening and ending tag mismatch: b line 2 "
                  "and a");
    check_failure("<a>\n<b x=1/></a>", "a.xml:2:6: AttValue: \" or ' expected");
    check_failure("<a>\n", "a.xml:2:1: Premature end of data in tag a line 1");
    check_failure("<a/><b/>", "a.xml:1:5: Extra content at the end of the document");
    check_failure("<a>&nope;</a>", "a.xml:1:10: Entity 'nope' not defined");
    check_failure("<!DOCTYPE a SYSTEM 'x.dtd'><a>\n&nope;</a>",
                  "a.xml:2:7: Entity 'nope' not defined");
    check_failure("<p:a/>", "a.xml:1:5: Namespace prefix p on a is not defined");
    check_failure("<a>\xff</a>",
                  "a.xml:1:4: Input is not proper UTF-8, indicate encoding "
                  "!");
}

/* libxml2 reports these outside of its parser, by default on stderr. */
static void test_bad_encodings(void)
{
    static const char utf32[] = "\0\0\0<\0\0\0a\xff\xff\xff\xff\0\0\0/\0\0\0>";
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root;

    CHECK_INT(mec_xml_parse(arena, "a.xml", utf32, sizeof utf32 - 1, &root, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "a.xml: input conversion failed");
    check_failure("<?xml version='1.0' encoding='nonsense'?><a/>",
                  "a.xml:1:40: Unsupported encoding nonsense");
}

static void test_bombs(void)
{
    mec_text text = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root;

    check_failure(
        "<!DOCTYPE a [\n<!ENTITY x 'y'>\n<!ENTITY z '&x;&x;&x;'>]><a b='&z;'/>",
        "a.xml:2: entity \"x\" is declared, which is not supported (write its "
        "text where it is used)");
    check_failure(
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "a.xml:1: entity \"x\" is declared, which is not supported (write its "
        "text where it is used)");
    for (int i = 0; i < 230; i++) {
        mec_text_add(&text, "<a>");
    }
    for (int i = 0; i < 230; i++) {
        mec_text_add(&text, "</a>");
    }
    CHECK_INT(
        mec_xml_parse(arena, "a.xml", mec_text_string(&text), text.length, &root, &err),
        MEC_E_INPUT);
    CHECK_STR(err.text, "a.xml:1: nested too deeply");
    mec_text_reset(&text);
    for (int i = 0; i < 100000; i++) {
        mec_text_add(&text, "<a>");
    }
    CHECK_INT(
        mec_xml_parse(arena, "a.xml", mec_text_string(&text), text.length, &root, &err),
        MEC_E_INPUT);
    mec_text_clear(&text);
}

static void test_files(void)
{
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root;

    CHECK_INT(mec_xml_read(arena, "/nonexistent/a.xml", &root, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/nonexistent/a.xml: cannot open: No such file");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_tree),          TAP_CASE(test_text),
        TAP_CASE(test_find_all),      TAP_CASE(test_encodings_and_namespaces),
        TAP_CASE(test_far_lines),     TAP_CASE(test_failures),
        TAP_CASE(test_bad_encodings), TAP_CASE(test_bombs),
        TAP_CASE(test_files),
    };
    arena = mec_arena_new();
    int failed = TAP_RUN(cases, argc, argv);

    mec_arena_free(arena);
    return failed;
}
