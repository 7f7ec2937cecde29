/* Run a fuzz target on files: those given as arguments, else those of its corpus,
 * tests/fuzz/corpus/<name>/ for a program called fuzz_<name>. Prints TAP.
 */

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_file(const char *path, int number)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0;
    long end = -1;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
        rewind(file);
        /* exactly as many bytes, so that reading beyond them is noticed */
        data = malloc((size_t)end);
        size = fread(data, 1, (size_t)end, file);
    }
    if (file != NULL) {
        fclose(file);
    }
    int is_good = end >= 0 && size == (size_t)end;
    if (is_good) {
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    printf("%s %d - %s\n", is_good ? "ok" : "not ok", number, path);
    fflush(stdout);
    return is_good ? 0 : 1;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int run_corpus(const char *program, int *n_run)
{
    const char *name = strstr(program, "fuzz_");
    char folder[256];
    char path[600];
    struct dirent **entry = NULL;
    int n_bad = 0;

    for (const char *next = name; next != NULL; next = strstr(next + 1, "fuzz_")) {
        name = next;
    }
    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s",
             name == NULL ? "" : name + 5);
    int n = scandir(folder, &entry, is_visible, alphasort);
    if (n <= 0) {
        printf("# no files in %s\n", folder);
        return 1;
    }
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
        n_bad += run_file(path, ++*n_run);
        free(entry[i]);
    }
    free(entry);
    return n_bad;
}

int main(int argc, char **argv)
{
    int n_run = 0;
    int n_bad = 0;

    for (int i = 1; i < argc; i++) {
        n_bad += run_file(argv[i], ++n_run);
    }
    if (argc == 1) {
        n_bad = run_corpus(argv[0], &n_run);
    }
    printf("1..%d\n", n_run);
    return n_bad > 0 ? 1 : 0;
}
