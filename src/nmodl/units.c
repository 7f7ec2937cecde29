/* The factor between two units, for `NAME = (unit) (unit)` in UNITS blocks.
 *
 * A unit is a number and names with exponents, multiplied from left to right; after a `/`
 * everything divides ("joule/degC-mole"). Names may carry a prefix and a plural s. Values
 * are those of SI 2019 (CODATA 2018 for e, k, N_A); a mole is a number, as NEURON has it.
 * The products are formed in the order of the text, because the last bit depends on it. */

#include "nmodl_priv.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

enum { N_DIMENSION = 5, MAX_UNIT_DEPTH = 12 }; /* m kg s coulomb K */

typedef struct unit_value {
    double factor;
    int dimension[N_DIMENSION];
} unit_value;

typedef struct unit_reader {
    const mec_map *own; /* the file's definitions: name -> text */
    int depth;
    char unknown[32]; /* the name that was not found */
} unit_reader;

static const char *const primitives[N_DIMENSION] = {"m", "kg", "sec", "coul", "K"};

static const struct {
    const char *name, *definition;
} units[] = {
    {"pi", "3.14159265358979323846"},
    {"mole", "6.02214076e+23"},
    {"e", "1.602176634e-19 coul"},
    {"c", "2.99792458e+8 m/sec"},
    {"g", "9.80665 m/sec2"},
    {"faraday", "e-mole"},
    {"boltzmann", "1.380649e-23 joule/K"},
    {"k", "boltzmann"},
    {"gasconstant", "k-mole"},
    {"R", "gasconstant"},
    {"planck", "6.62607015e-34 joule-sec"},
    {"degC", "K"},
    {"kelvin", "K"},
    {"second", "sec"},
    {"s", "sec"},
    {"ms", "millisec"},
    {"us", "microsec"},
    {"ns", "nanosec"},
    {"minute", "60 sec"},
    {"min", "minute"},
    {"hour", "60 min"},
    {"hr", "hour"},
    {"day", "24 hr"},
    {"gram", "millikg"},
    {"gm", "gram"},
    {"mg", "milligram"},
    {"meter", "m"},
    {"metre", "meter"},
    {"cm", "centimeter"},
    {"mm", "millimeter"},
    {"km", "kilometer"},
    {"nm", "nanometer"},
    {"micron", "micrometer"},
    {"angstrom", "decinanometer"},
    {"cc", "cm3"},
    {"liter", "kilocc"},
    {"litre", "liter"},
    {"ml", "milliliter"},
    {"newton", "kg-m/sec2"},
    {"N", "newton"},
    {"nt", "newton"},
    {"joule", "nt-m"},
    {"cal", "4.1868 joule"},
    {"calorie", "cal"},
    {"kcal", "kilocal"},
    {"coulomb", "coul"},
    {"C", "coul"},
    {"ampere", "coul/sec"},
    {"amp", "ampere"},
    {"watt", "joule/sec"},
    {"volt", "watt/amp"},
    {"V", "volt"},
    {"eV", "e V"},
    {"ohm", "volt/amp"},
    {"kilohm", "kiloohm"},
    {"megohm", "megaohm"},
    {"mho", "/ohm"},
    {"siemens", "/ohm"},
    {"farad", "coul/volt"},
    {"henry", "sec2/farad"},
    {"weber", "volt-sec"},
    {"tesla", "weber/m2"},
    {"hertz", "/sec"},
    {"Hz", "hertz"},
    {"hz", "/sec"},
    {"pascal", "nt/m2"},
    {"radian", ".5 / pi"},
    {"degree", "1|180 pi-radian"},
    {"percent", "1|100"},
    {"%", "1|100"},
};

static const struct {
    const char *name;
    double factor;
} prefixes[] = {
    {"yotta", 1e24},  {"zetta", 1e21},  {"exa", 1e18},   {"peta", 1e15},
    {"tera", 1e12},   {"giga", 1e9},    {"mega", 1e6},   {"myria", 1e4},
    {"kilo", 1e3},    {"hecto", 1e2},   {"deka", 1e1},   {"deci", 1e-1},
    {"centi", 1e-2},  {"milli", 1e-3},  {"micro", 1e-6}, {"nano", 1e-9},
    {"pico", 1e-12},  {"femto", 1e-15}, {"atto", 1e-18}, {"zopto", 1e-21},
    {"yocto", 1e-24}, {"semi", .5},     {"demi", .5},
};

static bool read_unit(unit_reader *reader, const char *text, unit_value *out);

static bool multiply(unit_value *value, const unit_value *by, double prefix, int power,
                     bool divide)
{
    for (int i = 0; i < power; i++) {
        if (divide) {
            value->factor /= by->factor * prefix;
        } else {
            value->factor *= by->factor * prefix;
        }
        for (int k = 0; k < N_DIMENSION; k++) {
            value->dimension[k] += divide ? -by->dimension[k] : by->dimension[k];
        }
    }
    return true;
}

/* A unit's own value, without prefix. */
static bool find_unit(unit_reader *reader, const char *name, unit_value *out)
{
    const char *definition = mec_map_get(reader->own, name);

    for (int i = 0; i < N_DIMENSION; i++) {
        if (strcmp(primitives[i], name) == 0) {
            *out = (unit_value){.factor = 1};
            out->dimension[i] = 1;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].name, name) == 0) {
            definition = units[i].definition;
            break;
        }
    }
    return definition != NULL && read_unit(reader, definition, out);
}

/* A name with any prefixes and a plural s. */
static bool find_name(unit_reader *reader, const char *name, unit_value *out,
                      double *prefix)
{
    char shorter[32];
    size_t n = strlen(name);

    if (*name == '\0') {
        return false;
    }
    if (find_unit(reader, name, out)) {
        return true;
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i].name);
        if (strncmp(prefixes[i].name, name, length) == 0) {
            *prefix *= prefixes[i].factor;
            return find_name(reader, name + length, out, prefix);
        }
    }
    if (n > 1 && n < sizeof shorter && name[n - 1] == 's') {
        memcpy(shorter, name, n - 1);
        shorter[n - 1] = '\0';
        return find_name(reader, shorter, out, prefix);
    }
    return false;
}

static bool apply_name(unit_reader *reader, unit_value *value, const char *name,
                       int power, bool divide)
{
    unit_value by = {0};
    double prefix = 1;

    if (!find_name(reader, name, &by, &prefix)) {
        if (reader->unknown[0] == '\0') {
            snprintf(reader->unknown, sizeof reader->unknown, "%s", name);
        }
        return false;
    }
    return multiply(value, &by, prefix, power, divide);
}

/* [number["|"number]]; moves *text past it. */
static double read_number(const char **text)
{
    char *end;
    double value, below;

    while (**text == ' ' || **text == '\t') {
        (*text)++;
    }
    if (strchr("0123456789.", **text) == NULL || **text == '\0') {
        return 1;
    }
    value = strtod(*text, &end);
    *text = end;
    if (**text == '|') {
        below = strtod(*text + 1, &end);
        value /= below;
        *text = end;
    }
    return value == 0 ? 1 : value;
}

static bool read_unit(unit_reader *reader, const char *text, unit_value *out)
{
    bool divide = false, good = true;

    *out = (unit_value){.factor = 1};
    if (++reader->depth > MAX_UNIT_DEPTH) {
        reader->depth--;
        return false;
    }
    out->factor = read_number(&text);
    while (*text != '\0' && good) {
        char name[32];
        size_t n = strcspn(text, "123456789-/ \t");
        int power = 1;
        if (n == 0) {
            divide = divide || *text == '/';
            text++;
            continue;
        }
        if (n >= sizeof name) {
            good = false;
            break;
        }
        memcpy(name, text, n);
        name[n] = '\0';
        text += n;
        if (*text >= '2' && *text <= '9') {
            power = *text++ - '0';
        }
        good = apply_name(reader, out, name, power, divide);
    }
    reader->depth--;
    return good;
}

bool nmodl_unit_factor(nmodl_module *module, const char *from, const char *to,
                       double *factor, const char **why)
{
    unit_reader reader = {module->unit, 0, ""};
    unit_value a, b;

    if (!read_unit(&reader, from, &a) || !read_unit(&reader, to, &b)) {
        *why =
            mec_arena_printf(module->arena, "unit \"%s\" is unknown", reader.unknown);
        return false;
    }
    *factor = a.factor / b.factor;
    return true;
}
