/* fuzz_task.c: any text as mercure's task.json, whose settings lie over a pipeline. */
#include "dcmchain/chain.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char pipeline[] = "{\"dcmchain\": 1, \"name\": \"fuzz\", \"stages\": [{\"stage\": "
                                   "\"anonymise\"}, {\"stage\": \"task-writer\"}, {\"stage\": \"layout\"}]}";
    char pipeline_path[32];
    char path[32];
    const int pipeline_fd =
        memory_file("", (const uint8_t *)pipeline, sizeof pipeline - 1, "", pipeline_path);
    const int fd = memory_file("", data, size, "", path);
    const struct dcmchain_chain_options options = {
        .struct_size = sizeof options, .pipeline = pipeline_path, .task_file = path};
    dcmchain_chain *chain = NULL;
    char *problems = NULL;
    const int result = dcmchain_chain_open(&options, &chain, &problems);
    MUST(result == DCMCHAIN_OK || (problems != NULL && problems[0] != '\0'));
    dcmchain_chain_free(chain);
    dcmchain_free(problems);
    (void)close(fd);
    (void)close(pipeline_fd);
    return 0;
}
