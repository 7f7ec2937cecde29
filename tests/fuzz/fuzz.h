/* Fuzz targets: each fuzz_<name>.c defines the function that libFuzzer calls. Built with
 * replay.c it is a test that runs every file of corpus/<name>/.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
