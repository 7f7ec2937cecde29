/* The table of features. */

#include "efeature_priv.h"

#include <mecombo/text.h>
#include <string.h>

#define REAL false
#define INDEX true
#define NEEDS(...)                                                                     \
    {                                                                                  \
        __VA_ARGS__                                                                    \
    }
#define LEVEL(function) .level_function = feature_##function
#define SESSION(function) .session_function = feature_##function
#define FEATURE(id, form, maker, units, need, text)                                    \
    [F_##id] = {.name = #id,                                                           \
                .unit = units,                                                         \
                .definition = text,                                                    \
                maker,                                                                 \
                .is_index = form,                                                      \
                .needs = need},

const feature_row feature_table[F_count] = {
#include "features.def"
};

size_t mec_efeature_count(void)
{
    return F_count - 1;
}

const char *mec_efeature_name(size_t i)
{
    return feature_table[i + 1].name;
}

const char *mec_efeature_unit(size_t i)
{
    return feature_table[i + 1].unit;
}

const char *mec_efeature_definition(size_t i)
{
    return feature_table[i + 1].definition;
}

bool mec_efeature_is_index(size_t i)
{
    return feature_table[i + 1].is_index;
}
