#ifndef MECOMBO_MECHANISM_H
#define MECOMBO_MECHANISM_H

/** Mechanisms: built-in ones, and .mod folders built into shared objects, cached and
 * loaded. */

#include <mecombo/err.h>
#include <mecombo/host.h>
#include <mecombo/mechanism_abi.h>
#include <stdint.h>

/** The mechanisms that one e-model can use: built-ins first, then its .mod files in
 * NEURON's order of registration (file names in C locale order). */
typedef struct mec_catalogue mec_catalogue;

/** Build the .mod files of a folder, unless the cache has them, and write
 * `<out_dir>/mechanisms.json` plus one shared object per file.
 *
 * The objects run on every x86-64 node; the compiler ($MECOMBO_CC, else cc, gcc, clang)
 * is needed here only. Objects are cached under $MECOMBO_CACHE (default
 * $XDG_CACHE_HOME/mecombo or ~/.cache/mecombo) by content, flags and version; two
 * processes that build at once do not collide.
 *
 * @param mod_dir  folder with .mod files; one without any gives an empty catalogue
 * @param out_dir  created if absent
 * @return MEC_OK; MEC_E_INPUT with the first NMODL error (the others are logged); MEC_E_IO
 */
MEC_NODISCARD mec_status mec_mechanisms_build(const char *mod_dir, const char *out_dir,
                                              mec_err *err);

/** Load the built-ins and what mec_mechanisms_build() wrote.
 *
 * @param out_dir  folder given to mec_mechanisms_build(); NULL: built-ins only
 * @param out      owned by the caller, freed with mec_catalogue_free()
 */
MEC_NODISCARD mec_status mec_catalogue_load(const char *out_dir, mec_catalogue **out,
                                            mec_err *err);

/** Free a catalogue and unload its objects; NULL is allowed. */
void mec_catalogue_free(mec_catalogue *catalogue);

/** Number of mechanisms. */
int32_t mec_catalogue_count(const mec_catalogue *catalogue);

/** The i-th mechanism in order of registration; borrowed. */
const mec_mechanism_desc *mec_catalogue_get(const mec_catalogue *catalogue, int32_t i);

/** True if the i-th mechanism is built in rather than loaded. */
bool mec_catalogue_is_builtin(const mec_catalogue *catalogue, int32_t i);

/** Find a mechanism by suffix; NULL when there is none; borrowed. */
const mec_mechanism_desc *mec_catalogue_find(const mec_catalogue *catalogue,
                                             const char *suffix);

/** The kernels of a mechanism for this host.
 *
 * @param free_rounding  those that rearrange rates and currents: multiply-add, reciprocals,
 *                       exp(-x) from exp(x), an exp of 3 ulp, dI/dV where I is linear in
 *                       v. The equations are the same, the last bits are not; without
 *                       vector instructions they are the exact ones.
 */
const mec_kernels *mec_mechanism_kernels(const mec_mechanism_desc *desc,
                                         bool free_rounding);

/** Does exp in compiled mechanisms give the bits of this machine's libm on a sample of
 * 4096 values? If not, no result is bit for bit NEURON's here. Takes 0.1 ms. Not for two
 * threads at once. */
bool mec_mechanism_exp_agrees(void);

/** The same for pow. */
bool mec_mechanism_pow_agrees(void);

/** Choose the key of all random streams of this thread, NEURON's
 * Random123_globalindex(); 0 at the start. Streams made before are to be made anew.
 */
void mec_random_set_index(uint32_t index);

/** Make a Random123 stream with NEURON's identifiers, at its start.
 *
 * @return one block of mec_random_size() bytes that may be copied as such; the caller's,
 *         to free() it; NULL without memory
 */
void *mec_random_new(uint32_t id1, uint32_t id2, uint32_t id3);

/** Bytes of a stream. */
size_t mec_random_size(void);

#endif
