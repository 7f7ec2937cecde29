#ifndef MECOMBO_OWN_PRIV_H
#define MECOMBO_OWN_PRIV_H

#include <mecombo/emodel.h>

/* A member that is a list; *out is NULL when it is absent and not required. */
mec_status own_list(const mec_json *object, const char *key, bool required,
                    const mec_json **out, mec_err *err);

/* Fails when "type" is there and not the only one that is supported. */
mec_status own_check_type(const mec_json *at, const char *only, mec_err *err);

/* Find a location by name; NULL when there is none. */
const mec_place *own_find_place(const mec_emodel *model, const char *name);

mec_status own_read_protocol(mec_emodel *model, const mec_json *at, mec_err *err);
mec_status own_read_objective(mec_emodel *model, const mec_json *at, mec_err *err);

#endif
