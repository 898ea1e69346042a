/* fuzz_pipeline.c: any text as a pipeline description, with the shipped stages: it is checked in full, and
 * says why. */
#include <string.h>

#include "dcmchain/chain.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    const int fd = memory_file("", data, size, "", path);
    const struct dcmchain_chain_options options = {.struct_size = sizeof options, .pipeline = path};
    dcmchain_chain *chain = NULL;
    char *problems = NULL;
    char *json = NULL;
    const int result = dcmchain_chain_open(&options, &chain, &problems);
    MUST(result == DCMCHAIN_OK || (problems != NULL && problems[0] != '\0'));
    if (result == DCMCHAIN_OK && dcmchain_chain_describe(chain, &json) == DCMCHAIN_OK) {
        MUST(json[0] == '{');
        dcmchain_free(json);
    }
    dcmchain_chain_free(chain);
    dcmchain_free(problems);
    (void)close(fd);
    return 0;
}
