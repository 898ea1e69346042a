/* command_check.c: `dcmchain check`: loads descriptions as a run would, and says all that is wrong with them.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int check(const struct options *options, const char *pipeline)
{
    struct dcmchain_chain_options chain_options = {
        .struct_size = sizeof chain_options,
        .pipeline = pipeline,
        .stage_folders = options->stage_folders,
        .overrides = options->overrides,
        .task_file = options->task,
        .expect_policy = options->expect_policy,
    };
    dcmchain_chain *chain = NULL;
    char *problems = NULL;
    char *description = NULL;
    int result = dcmchain_chain_open(&chain_options, &chain, &problems);
    if (problems != NULL) {
        console_print(stderr, problems);
        (void)fputs(problems[0] != '\0' && problems[strlen(problems) - 1] == '\n' ? "" : "\n", stderr);
    }
    if (result == DCMCHAIN_OK && options->json) {
        result = dcmchain_chain_describe(chain, &description);
        (void)printf("%s\n", description == NULL ? "{}" : description);
    } else if (result == DCMCHAIN_OK) {
        console_print(stdout, pipeline == NULL ? "mercure" : pipeline);
        (void)printf(": well, policy %s\n", dcmchain_chain_policy(chain));
    } else if (problems == NULL) {
        (void)fprintf(stderr, "dcmchain check: %s\n", dcmchain_result_text(result));
    }
    dcmchain_free(description);
    dcmchain_free(problems);
    dcmchain_chain_free(chain);
    return result == DCMCHAIN_OK ? EXIT_DONE : result == DCMCHAIN_E_CONFIG ? EXIT_CONFIG : EXIT_FAILED;
}

int command_check(struct options *options)
{
    int code = EXIT_DONE;
    if (options->operand_count == 0) {
        return options->task != NULL ? check(options, NULL)
                                     : usage_error("check", "name the pipelines to check");
    }
    for (int i = 0; i < options->operand_count; i++) {
        int one = check(options, options->operands[i]);
        code = one != EXIT_DONE ? one : code;
    }
    return code;
}
