/* SWC morphologies: no text crashes the reader, and what it reads holds together. */

#include "fuzz.h"
#include "fuzz_morphology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_read_morphology("fuzz.swc", data, size);
}
