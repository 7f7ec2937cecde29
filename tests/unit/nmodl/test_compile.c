/* The compiler's front: what is accepted, what is said where, what comes out. */

#include <mecombo/nmodl.h>
#include <mecombo/path.h>
#include <support/tap.h>

#include <stdlib.h>
#include <string.h>

#define HEAD "NEURON { SUFFIX x RANGE a }\nPARAMETER { a = 1 }\n"
#define GATE                                                                           \
    "NEURON { SUFFIX x RANGE a NONSPECIFIC_CURRENT i }\nPARAMETER { a = 1 }\n"         \
    "ASSIGNED { v i }\nSTATE { m }\nBREAKPOINT { SOLVE s METHOD cnexp\n i = a*m*v }\n"

typedef struct example {
    const char *source;
    const char *said; /* NULL: no error and no warning */
} example;

/* Compile and give the messages, one per line, without carets. */
static void messages(const char *source, mec_text *out, mec_status *st,
                     mec_text *c_text)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_nmodl_result result;

    *st = mec_nmodl_compile(arena, "x.mod", NULL, source, &result, &err);
    for (size_t i = 0; i < result.n_diagnostic; i++) {
        const mec_diagnostic *d = &result.diagnostic[i];
        mec_text_printf(out, "%d:%d: %s\n", d->line, d->column, d->text);
    }
    if (c_text != NULL && result.c_source != NULL) {
        mec_text_add(c_text, result.c_source);
    }
    mec_arena_free(arena);
}

static void check_examples(const example *examples, size_t n, mec_status wanted)
{
    for (size_t i = 0; i < n; i++) {
        mec_text out = MEC_TEXT_INIT;
        mec_status st;
        messages(examples[i].source, &out, &st, NULL);
        CHECK_INT(st, wanted);
        if (examples[i].said == NULL) {
            CHECK_STR(mec_text_string(&out), "");
        } else {
            CHECK_HAS(mec_text_string(&out), examples[i].said);
        }
        mec_text_clear(&out);
    }
}
#define CHECK_EXAMPLES(list, wanted)                                                   \
    check_examples((list), sizeof(list) / sizeof *(list), (wanted))

static void test_accepted(void)
{
    static const example list[] = {
        {HEAD, NULL},
        {"TITLE any: thing ? (\n" HEAD "COMMENT { x } ENDCOMMENT ? { \n: {\n", NULL},
        {HEAD "INDEPENDENT {t FROM 0 TO 1 WITH 1 (ms)}\nUNITSOFF\nUNITSON\n", NULL},
        {"DEFINE n 3\n" HEAD "ASSIGNED { y[n] v }\nINITIAL { FROM k = 0 TO n-1 "
         "{ y[k] = k*2 } }\n",
         NULL},
        {GATE "DERIVATIVE s { m' = (1 - m)/a }\n", NULL},
        {HEAD
         "FUNCTION_TABLE f(x (mV), y) (1)\nINITIAL { a = f(1, 2) + scop_random(7) }\n",
         NULL},
        {"NEURON { SUFFIX x GLOBAL g POINTER p NONSPECIFIC_CURRENT i }\n"
         "PARAMETER { p (mV) }\nSTATE { m START 2 }\nINITIAL { m = 1 }\nINITIAL {\n"
         "m = g + m0 + usetable }\nASSIGNED { v i }\nBREAKPOINT { i = f(v) }\n"
         "FUNCTION f(x) { TABLE FROM 0 TO 1 WITH 10 f = x }\n\x1a)",
         NULL},
        {"TITLE old Mac\r: comment {\rNEURON { SUFFIX x RANGE a }\rPARAMETER {\ra = 1 "
         ": one\r"
         "}\rCOMMENT\r{ENDCOMMENT\r",
         NULL},
        {HEAD
         "ASSIGNED { y[2] }\nPROCEDURE r(x) { TABLE y FROM 0 TO 1 WITH 9 y[0] = x\n"
         "y[1] = x*x printf(\"%g\", x) }\nINITIAL { r(a) }\n",
         NULL},
        {GATE
         "DERIVATIVE s { LOCAL q q = 2.3^((34-21)/10) IF (v < 3) { q = -a } ELSE IF "
         "(v == 4) { q = f(3, 4) } else { q = 1(mV) } m' = -m/q }\n"
         "FUNCTION f(x (mV), y) (1) { f = x^y*exp(-x) }\n",
         NULL},
        {"NEURON { SUFFIX x USEION ca READ ica, cai WRITE cai VALENCE 2 "
         "REPRESENTS CHEBI:29108\n THREADSAFE }\nSTATE { cai }\nASSIGNED { ica diam }\n"
         "UNITS { (molar) = (1/liter) F = (faraday) (coulomb) P = 3.5 (1) }\n"
         "BREAKPOINT { SOLVE s METHOD cnexp }\nDERIVATIVE s { cai' = -ica*F/diam }\n",
         NULL},
    };

    CHECK_EXAMPLES(list, MEC_OK);
}

static void test_errors(void)
{
    static const example list[] = {
        {HEAD "INITIAL { b = 1 }\n", "3:11: variable \"b\" is not declared"},
        {"NEURON { SUFFIX x RANGE gbar }\nPARAMETER { gbar = 1 }\nASSIGNED { g }\n"
         "INITIAL { g = gbra }\n",
         "4:15: variable \"gbra\" is not declared (did you mean \"gbar\"?)"},
        {HEAD "INITIAL { a = (1 + 2 }\n", "3:22: expected \")\" after the expression"},
        {HEAD "INITIAL { a = 1\n", "3:9: \"{\" without its \"}\""},
        {HEAD "INITIAL { a = exp(1, 2) }\n", "3:15: \"exp\" takes 1 argument, 2 given"},
        {HEAD "INITIAL { a = f(1) }\nFUNCTION f() { f = 1 }\n",
         "3:15: \"f\" takes 0 arguments, 1 given"},
        {HEAD "FOO { }\n", "3:1: expected a block such as NEURON"},
        {HEAD "STATE { a }\n", "3:9: \"a\" is declared twice"},
        {HEAD "INITIAL { t = 1 }\n", "3:11: \"t\" cannot be assigned in a mechanism"},
        {HEAD "ASSIGNED { y[0] }\n", "length of an array must be positive"},
        {HEAD "ASSIGNED { y[2] }\nINITIAL { y = 1 }\n",
         "4:11: array \"y\" needs an index"},
        {HEAD "COMMENT\n", "3:1: COMMENT without ENDCOMMENT"},
        {HEAD "VERBATIM\n", "3:1: VERBATIM without ENDVERBATIM"},
        {HEAD "UNITS { F = (faradey) (coulomb) }\n", "unit \"faradey\" is unknown"},
        {"NEURON { SUFFIX x USEION ca READ eka }\n",
         "1:34: \"eka\" is no variable of ion ca"},
        {GATE, "5:14: SOLVE names \"s\", which is no block"},
        {GATE "DERIVATIVE s { q' = 1 }\n", "\"q\" must be declared as a STATE"},
        {HEAD "FUNCTION_TABLE f()\n", "3:16: a FUNCTION_TABLE has 1 to 8 arguments"},
        {HEAD "FUNCTION_TABLE f(x)\nINITIAL { a = f() }\n",
         "4:15: \"f\" takes 1 argument, 0 given"},
        {HEAD "INITIAL { a = normrand(1) }\n", "normrand() takes 2 arguments, 1 given"},
        {HEAD "INITIAL { m' = 1 }\n", "m' can be set in a DERIVATIVE block only"},
    };

    CHECK_EXAMPLES(list, MEC_E_INPUT);
}

#define POINT "NEURON { POINT_PROCESS x RANGE a }\nPARAMETER { a = 1 }\n"

static void test_events(void)
{
    static const example accepted[] = {
        {POINT
         "ASSIGNED { v }\nINITIAL { net_send(a - 1, 1) }\nNET_RECEIVE(w (uS), y) {\n"
         "INITIAL { y = 2 net_send(1, 3) }\nif (flag == 1) { WATCH (v > a) 2, "
         "(v < -a) 3 } else { net_move(t + 1) }\nFOR_NETCONS(p, q) { p = p + q*w }\n"
         "net_event(t) }\n",
         NULL},
        {"NEURON { ARTIFICIAL_CELL x POINTER p }\nASSIGNED { p y }\nNET_RECEIVE(w) {\n"
         "if (nrn_pointing(p)) { y = p + scop_random() } }\n",
         NULL},
        {HEAD
         "BREAKPOINT { at_time(a) }\nCONSTRUCTOR { a = 2 }\nDESTRUCTOR { a = 0 }\n",
         NULL},
    };
    static const example refused[] = {
        {HEAD "NET_RECEIVE(w) { }\n", "3:1: NET_RECEIVE belongs into a POINT_PROCESS"},
        {POINT "NET_RECEIVE() { }\n", "3:1: NET_RECEIVE needs at least one argument"},
        {POINT "BREAKPOINT { net_send(1, 1) }\n",
         "3:14: net_send() belongs into INITIAL"},
        {POINT "INITIAL { net_event(1) }\n",
         "3:11: net_event() belongs into NET_RECEIVE"},
        {POINT "INITIAL { net_send(1) }\n",
         "3:11: net_send() takes 2 arguments, 1 given"},
        {POINT "INITIAL { WATCH (a > 1) 2 }\n", "3:11: WATCH belongs into NET_RECEIVE"},
        {POINT "NET_RECEIVE(w) { WATCH (a) 2 }\n", "expected WATCH (expression > exp"},
        {POINT "NET_RECEIVE(w) { a = nrn_pointing(a) }\n", "needs a POINTER"},
        {POINT "NET_RECEIVE(w) { a = b }\n", "3:22: variable \"b\" is not declared"},
    };

    CHECK_EXAMPLES(accepted, MEC_OK);
    CHECK_EXAMPLES(refused, MEC_E_INPUT);
}

static void test_all_errors_at_once(void)
{
    mec_text out = MEC_TEXT_INIT;
    mec_status st;

    messages(HEAD "INITIAL {\n a = b\n a = = 2\n a = c\n}\nBREAKPOINT {\n d = 1 +\n}\n",
             &out, &st, NULL);
    CHECK_STR(mec_text_string(&out), "4:6: variable \"b\" is not declared\n"
                                     "5:6: expected an operand, found \"=\"\n"
                                     "6:6: variable \"c\" is not declared\n"
                                     "10:1: expected an operand, found \"}\"\n");
    mec_text_clear(&out);
}

static void test_warnings(void)
{
    static const example list[] = {
        {"", "1:1: no SUFFIX"},
        {"NEURON { SUFFIX a\nSUFFIX b }\n", "2:8: a second name for the mechanism"},
        {GATE "DERIVATIVE s { m' = exp(m) }\n",
         "derivimplicit is used instead of cnexp"},
        {HEAD "STATE { q }\n", "STATE \"q\" has no equation and is never assigned"},
    };

    CHECK_EXAMPLES(list, MEC_OK);
}

/* An included text is read in place; errors in it name its file and line. */
static void test_include(void)
{
    static const char source[] =
        "NEURON { SUFFIX x }\nINCLUDE \"part.inc\"\nINITIAL {\n"
        " a = nothing\n}\n";
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_nmodl_result result;
    char folder[] = "/tmp/mecombo-include-XXXXXX";
    mec_text out = MEC_TEXT_INIT;
    const char *path;

    CHECK(mkdtemp(folder) != NULL);
    path = mec_path_join(arena, folder, "part.inc");
    CHECK_OK(mec_write_file(path, "ASSIGNED { a }\nINITIAL { b = }\n", 31, &err), err);
    CHECK_INT(mec_nmodl_compile(arena, "x.mod", folder, source, &result, &err),
              MEC_E_INPUT);
    CHECK_INT(result.n_diagnostic, 2);
    CHECK_STR(result.diagnostic[0].file, path);
    CHECK_INT(result.diagnostic[0].line, 2);
    CHECK_INT(result.diagnostic[0].column, 15);
    mec_diagnostic_print(&result.diagnostic[0], "x.mod", source, &out);
    CHECK_HAS(mec_text_string(&out), "part.inc:2:15: error: ");
    CHECK_HAS(mec_text_string(&out), "    INITIAL { b = }\n                  ^\n");
    CHECK(result.diagnostic[1].file == NULL);
    CHECK_OK(mec_write_file(path, "ASSIGNED { a }\nINCLUDE \"part.inc\"\n", 34, &err),
             err);
    CHECK_INT(mec_nmodl_compile(arena, "x.mod", folder, source, &result, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "does it include itself?");
    CHECK_INT(mec_nmodl_compile(arena, "x.mod", NULL, source, &result, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "x.mod:2:1: INCLUDE needs");
    CHECK_OK(mec_remove_tree(folder, &err), err);
    mec_text_clear(&out);
    mec_arena_free(arena);
}

#define SCHEME                                                                         \
    "NEURON { SUFFIX x }\nSTATE { a b c }\nASSIGNED { v q }\nBREAKPOINT { SOLVE s "    \
    "METHOD "                                                                          \
    "sparse }\nKINETIC s {\n"

#define SYSTEM(kind, state)                                                            \
    "NEURON { SUFFIX x }\nSTATE { " state                                              \
    " }\nASSIGNED { v q }\nBREAKPOINT { SOLVE s "                                      \
    "}\n" kind " s {\n"

static void test_systems(void)
{
    static const example good[] = {
        {SYSTEM("LINEAR", "a b") "~ a*2 - b/q = (1 + q)\n~ b = -1\n~+ q*a = 0\n}\n",
         NULL},
        {SYSTEM("LINEAR", "a[3] b") "FROM k = 0 TO 2 { ~ a[k]*k = b }\n~ b = v\n}\n",
         NULL},
        {SYSTEM("NONLINEAR", "a b") "~ a*b = exp(-a)\n~ a^2 + b = q\n}\n", NULL},
        {SYSTEM("DERIVATIVE", "a") "a' = -a\n}\n", NULL},
    };
    static const example bad[] = {
        {SYSTEM("LINEAR", "a b") "~ a = 1 + b\n}\n",
         "5:8: \"s\" has 1 equation for 2 states"},
        {SYSTEM("LINEAR", "a b") "~ a*b = 1\n~ b = 1\n}\n",
         "6:3: 2 states in one term"},
        {SYSTEM("LINEAR", "a") "~ 1/a = 1\n}\n", "6:3: a state in the denominator"},
        {SYSTEM("LINEAR", "a") "~ exp(a) = 1\n}\n",
         "6:3: a state inside of parentheses"},
        {SYSTEM("LINEAR", "a") "~ 2*(1 + a) = 1\n}\n", "a state inside of parentheses"},
        {SYSTEM("LINEAR", "a") "~ q = 1\n~ a = 1\n}\n",
         "6:1: an equation without a state"},
        {SYSTEM("NONLINEAR", "a") "~+ a = 1\n}\n", "\"~+\" without an equation before"},
        {SYSTEM("NONLINEAR", "a") "~ a + 1\n}\n",
         "7:1: expected \"=\" between the sides of an equation, found \"}\""},
        {SYSTEM("KINETIC", "a b") "~ a <-> b (1, 2)\n}\n",
         "SOLVE s needs METHOD sparse"},
        {HEAD "STATE { m }\nBREAKPOINT { SOLVE s METHOD gear }\n"
              "DERIVATIVE s { m' = -m }\n",
         "4:14: method gear is refused: in NEURON its steps come out far too short "
         "(\"s\" "
         "can have cnexp, derivimplicit"},
        {HEAD
         "STATE { m }\nINITIAL { SOLVE s METHOD euler }\nBREAKPOINT { SOLVE s METHOD "
         "runge }\nDERIVATIVE s { m' = -m }\n",
         "method runge, but another SOLVE of \"s\" has euler"},
    };

    CHECK_EXAMPLES(good, MEC_OK);
    CHECK_EXAMPLES(bad, MEC_E_INPUT);
}

static void test_kinetic(void)
{
    static const example good[] = {
        {SCHEME "COMPARTMENT 2 { a b }\n~ a + 2 b <-> c (v, 1)\nq = f_flux - b_flux\n"
                "~ a << (v)\n~ c -> (3)\nCONSERVE a + b = 1\n}\n",
         NULL},
        {SCHEME "~ a + b <-> c (v, 1)\n~ q <-> a (1, 2)\n}\n", NULL},
        {SCHEME "~ a <-> b (1, (v) + (1))\n}\n", "6:16: a rate that is a sum"},
        {SCHEME "~ a <-> b ((v + 1), 2*(v - 1))\n~ c << (v + 1)\n}\n", NULL},
    };
    static const example bad[] = {
        {SCHEME "~ a <-> q (1)\n}\n", "expected \",\" between the rates"},
        {SCHEME "~ a[0] <-> b (1, 2)\n}\n", "6:3: \"a\" is no array"},
        {SCHEME "~ a + b << (1)\n}\n", "\"<<\" has one state on its left"},
        {SCHEME "~ a <-> b (1, 2)\nCONSERVE a = 1\nCONSERVE a = 1\n}\n",
         "CONSERVE has no state of its own"},
        {HEAD "ASSIGNED { v }\nSTATE { m }\nBREAKPOINT { SOLVE s METHOD sparse }\n"
              "DERIVATIVE s { m' = -m }\n",
         "method sparse does not fit (\"s\" can have cnexp"},
        {HEAD "INITIAL { ~ a <-> b (1, 2) }\n", "belongs into a KINETIC block"},
    };

    CHECK_EXAMPLES(good, MEC_OK);
    CHECK_EXAMPLES(bad, MEC_E_INPUT);
}

static void test_caret(void)
{
    static const mec_diagnostic here = {MEC_DIAGNOSTIC_ERROR, 2, 4, "what", NULL, NULL};
    mec_text out = MEC_TEXT_INIT;

    mec_diagnostic_print(&here, "f.mod", "one\n\ttwo three\n", &out);
    CHECK_STR(mec_text_string(&out),
              "f.mod:2:4: error: what\n    \ttwo three\n    \t  ^\n");
    mec_text_clear(&out);
}

/* The exact step as nocmodl writes it, with every operation in its place. */
static void test_exact_steps(void)
{
    static const struct {
        const char *right, *step;
    } list[] = {
        {"(a - m)/v",
         "((1.0 - mec_exp1((_nt->_dt * ((-1.0) / _p->c_v)))) * (((-(_p->c_a / "
         "_p->c_v)) / ((-1.0) / _p->c_v)) - _p->c_m))"},
        {"a - v*m",
         "((1.0 - mec_exp1((_nt->_dt * (-(_p->c_v * 1.0))))) * (((-_p->c_a) / "
         "(-(_p->c_v * 1.0))) - _p->c_m))"},
        {"-m/a",
         "((1.0 - mec_exp1((_nt->_dt * ((-1.0) / _p->c_a)))) * (((-0.0) / ((-1.0) / "
         "_p->c_a)) - _p->c_m))"},
        {"a", "_p->c_m = (_p->c_m - (_nt->_dt * (-_p->c_a)))"},
        {"a - m*m",
         "((1.0 - mec_exp1((_nt->_dt * (-((1.0 * _p->c_m) + (_p->c_m * 1.0)))))) "
         "* (-_p->c_m))"},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        mec_text source = MEC_TEXT_INIT, out = MEC_TEXT_INIT, c_text = MEC_TEXT_INIT;
        mec_status st;
        mec_text_printf(&source, GATE "DERIVATIVE s { m' = %s }\n", list[i].right);
        messages(mec_text_string(&source), &out, &st, &c_text);
        CHECK_INT(st, MEC_OK);
        CHECK_HAS(mec_text_string(&c_text), list[i].step);
        mec_text_clear(&source);
        mec_text_clear(&out);
        mec_text_clear(&c_text);
    }
}

/* Factors as nocmodl 8.2.7 prints them. */
/* Vector kernels call exp for a block of instances at once, never for one. */
static void test_vector_exponentials(void)
{
    mec_text out = MEC_TEXT_INIT, c_text = MEC_TEXT_INIT;
    mec_status st;
    const char *at;

    messages(GATE "DERIVATIVE s { m' = (1/(1+exp(-v/5)) - m)/(1+exp(v/7)) }\n", &out,
             &st, &c_text);
    CHECK_INT(st, MEC_OK);
    at = strstr(mec_text_string(&c_text), "#define MEC_W 8");
    if (CHECK(at != NULL)) {
        CHECK_HAS(at, "vexp_all(e1, m * 2)");
        CHECK_HAS(at, "vexp_all(e2, m * 1)");
        CHECK_HAS(at, "vexp_quick(e1, m * 2)");
        CHECK(strstr(at, "mec_exp1(") == NULL);
    }
    mec_text_clear(&out);
    mec_text_clear(&c_text);
}

static void test_units(void)
{
    static const struct {
        const char *definition, *factor;
    } list[] = {
        {"(faraday) (coulomb)", "0x1.78e555060882cp+16"},
        {"(faraday) (kilocoulombs)", "0x1.81f0fae775425p+6"},
        {"(faraday) (10000 coulomb)", "0x1.34c0c8b92a9b7p+3"},
        {"(k-mole) (joule/degC)", "0x1.0a1013e8990bep+3"},
        {"(mole k) (mV-coulomb/degC)", "0x1.03d3b37125759p+13"},
        {"(pi) (1)", "0x1.921fb54442d18p+1"},
        {"(e) -> (coulomb)", "0x1.7a4da290c1653p-63"},
        {"(mM) (1/m3)", "0x1.ffffffffffffep-1"},
        {"(um) (cm)", "0x1.a36e2eb1c432cp-14"},
        {"(day) (ms)", "0x1.4997p+26"},
        {"(1/liter) (1/cm3)", "0x1.0624dd2f1a9fbp-10"},
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        mec_text source = MEC_TEXT_INIT, out = MEC_TEXT_INIT, c_text = MEC_TEXT_INIT;
        mec_status st;
        mec_text_printf(
            &source,
            "UNITS { (mV) = (millivolt) (molar) = (1/liter) (mM) = (millimolar)\n"
            "(um) = (micron) K = %s }\n" HEAD "INITIAL { a = K }\n",
            list[i].definition);
        messages(mec_text_string(&source), &out, &st, &c_text);
        CHECK_INT(st, MEC_OK);
        CHECK_HAS(mec_text_string(&c_text), list[i].factor);
        mec_text_clear(&source);
        mec_text_clear(&out);
        mec_text_clear(&c_text);
    }
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_accepted), TAP_CASE(test_errors),
        TAP_CASE(test_events),   TAP_CASE(test_all_errors_at_once),
        TAP_CASE(test_warnings), TAP_CASE(test_include),
        TAP_CASE(test_kinetic),  TAP_CASE(test_systems),
        TAP_CASE(test_caret),    TAP_CASE(test_exact_steps),
        TAP_CASE(test_units),    TAP_CASE(test_vector_exponentials),
    };

    return TAP_RUN(cases, argc, argv);
}
