/* command_check.c: `dcmchain check`: loads descriptions as a run would, and says all that is wrong with them.
 */
#include "cli.h"

static int check(const struct options *options)
{
    dcmchain_chain *chain = NULL;
    char *description = NULL;
    int code = open_chain("check", options, NULL, true, &chain);
    if (code == EXIT_DONE && options->json) {
        code = dcmchain_chain_describe(chain, &description) == DCMCHAIN_OK ? EXIT_DONE : EXIT_FAILED;
        (void)printf("%s\n", description == NULL ? "{}" : description);
    } else if (code == EXIT_DONE) {
        console_print(stdout, options->pipeline == NULL ? "mercure" : options->pipeline);
        (void)printf(": well, policy %s\n", dcmchain_chain_policy(chain));
    }
    dcmchain_free(description);
    dcmchain_chain_free(chain);
    return code;
}

int command_check(struct options *options)
{
    int code = EXIT_DONE;
    if (options->operand_count == 0) {
        return options->task != NULL ? check(options) : usage_error("check", "name the pipelines to check");
    }
    for (int i = 0; i < options->operand_count; i++) {
        options->pipeline = options->operands[i];
        int one = check(options);
        code = one != EXIT_DONE ? one : code;
    }
    return code;
}
