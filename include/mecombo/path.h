#ifndef MECOMBO_PATH_H
#define MECOMBO_PATH_H

/** File names and small whole-file operations. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

/** Join a directory and a name; an absolute name wins, "" as directory is dropped.
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_path_join(mec_arena *arena, const char *directory, const char *name);

/** The part before the last slash as os.path.dirname gives it ("" without a slash).
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_path_dirname(mec_arena *arena, const char *path);

/** The part after the last slash; borrowed from path. */
const char *mec_path_basename(const char *path);

/** The extension with its dot as os.path.splitext gives it; "" when there is none.
 *
 * @return borrowed from path
 */
const char *mec_path_extension(const char *path);

/** Make a path absolute and drop "." and ".." textually, as os.path.abspath does.
 *
 * @return borrowed from the arena; NULL when out of memory or without a working
 *         directory
 */
char *mec_path_absolute(mec_arena *arena, const char *path);

/** True when something of that name exists. */
bool mec_path_exists(const char *path);

/** True for a directory. */
bool mec_path_is_directory(const char *path);

/** Create a directory and its parents; one that exists is fine.
 *
 * @return MEC_OK, or MEC_E_IO naming the directory that could not be made
 */
MEC_NODISCARD mec_status mec_make_directories(const char *path, mec_err *err);

/** Remove a file or a directory tree; symbolic links are removed, not followed.
 *
 * A path that does not exist is fine.
 *
 * @return MEC_OK, or MEC_E_IO naming what could not be removed
 */
MEC_NODISCARD mec_status mec_remove_tree(const char *path, mec_err *err);

/** Copy a directory tree, following symbolic links, as shutil.copytree does.
 *
 * @return MEC_OK, or MEC_E_IO naming the file
 */
MEC_NODISCARD mec_status mec_copy_tree(const char *from, const char *to, mec_err *err);

/** Copy one file's content and permission bits.
 *
 * Not synced to disk: the original is still there after a power loss.
 *
 * @return MEC_OK, or MEC_E_IO naming the file
 */
MEC_NODISCARD mec_status mec_copy_file(const char *from, const char *to, mec_err *err);

/** Read a whole file; a NUL follows the content.
 *
 * @param arena    the content is allocated here
 * @param data     out: borrowed from the arena; NULL on failure
 * @param length   out: bytes without the final NUL; may be NULL
 * @return MEC_OK; MEC_E_IO if it cannot be read (names the file and the reason),
 *         MEC_E_NOMEM, MEC_E_INPUT for a directory
 */
MEC_NODISCARD mec_status mec_read_file(mec_arena *arena, const char *path, char **data,
                                       size_t *length, mec_err *err);

/** Write a whole file so that readers see the old or the new content, never a part.
 *
 * Writes to a temporary name beside the target, syncs, renames.
 *
 * @return MEC_OK or MEC_E_IO naming the file
 */
MEC_NODISCARD mec_status mec_write_file(const char *path, const void *data,
                                        size_t length, mec_err *err);

#endif
