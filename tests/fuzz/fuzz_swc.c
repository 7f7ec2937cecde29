/* SWC morphologies: no text crashes the reader, and what it reads holds together. */

#include "fuzz.h"
#include "fuzz_morphology.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;
    char *text = malloc(size + 1);

    if (text == NULL) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        text[i] = (char)data[i];
    }
    text[size] = '\0';
    if (mec_morphology_parse("fuzz.swc", text, size, &m, &err) == MEC_OK) {
        fuzz_check_morphology(m);
    } else {
        fuzz_require(err.text[0] != '\0');
    }
    mec_morphology_free(m);
    free(text);
    return 0;
}
