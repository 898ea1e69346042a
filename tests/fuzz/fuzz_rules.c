/* fuzz_rules.c: any JSON as the rules of the anonymise stage. */
#include "dcmchain/chain.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    const int fd =
        memory_file("{\"dcmchain\": 1, \"name\": \"fuzz\", \"stages\": [{\"stage\": \"anonymise\", "
                    "\"settings\": {\"rules\": ",
                    data, size, "}}, {\"stage\": \"layout\"}]}", path);
    const struct dcmchain_chain_options options = {.struct_size = sizeof options, .pipeline = path};
    dcmchain_chain *chain = NULL;
    char *problems = NULL;
    const int result = dcmchain_chain_open(&options, &chain, &problems);
    MUST(result == DCMCHAIN_OK || (problems != NULL && problems[0] != '\0'));
    dcmchain_chain_free(chain);
    dcmchain_free(problems);
    (void)close(fd);
    return 0;
}
