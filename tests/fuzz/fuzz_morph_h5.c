/* BBP .h5 morphologies: no content of /points and /structure crashes the reader. The input
 * is rows of six bytes: three for a row of /structure, three for coordinates of a point.
 * HDF5's own decoding is not what is tested here.
 */

#include <mecombo/h5.h>

#include "fuzz.h"
#include "fuzz_morphology.h"

#include <stdio.h>
#include <unistd.h>

enum { ROW = 6, MAX_ROWS = 300 };

static mec_status write_file(const char *path, size_t n, const int32_t structure[],
                             const double points[], mec_err *err)
{
    mec_status st = MEC_OK;
    mec_h5 *file = NULL;

    MEC_TRY(mec_h5_open(path, MEC_H5_CREATE, &file, err));
    MEC_TRY(mec_h5_write_doubles(file, "/points", n, 4, points, err));
    MEC_TRY(mec_h5_write_ints(file, "/structure", (n + 2) / 3, 3, structure, err));
done:
    if (file != NULL) {
        mec_status closed = mec_h5_close(file, err);

        st = st == MEC_OK ? closed : st;
    }
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int32_t structure[MAX_ROWS * 3];
    static double points[MAX_ROWS * 4];
    size_t n = size / ROW < MAX_ROWS ? size / ROW : MAX_ROWS;
    const char *folder = getenv("TMPDIR");
    char path[300];
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;

    for (size_t i = 0; i < n; i++) {
        const uint8_t *row = data + i * ROW;

        structure[3 * i] = row[0] == 255 ? -1 : row[0];
        structure[3 * i + 1] = row[1] % 6;
        structure[3 * i + 2] = row[2] == 255 ? -1 : row[2];
        points[4 * i] = row[3];
        points[4 * i + 1] = row[4] == 255 ? NAN : row[4];
        points[4 * i + 2] = row[4] % 7;
        points[4 * i + 3] = row[5] / 10.0;
    }
    snprintf(path, sizeof path, "%s/fuzz-%ld.h5", folder == NULL ? "/tmp" : folder,
             (long)getpid());
    if (n > 0 && write_file(path, n, structure, points, &err) == MEC_OK &&
        mec_morphology_read(path, &m, &err) == MEC_OK) {
        fuzz_check_morphology(m);
    }
    mec_morphology_free(m);
    unlink(path);
    return 0;
}
