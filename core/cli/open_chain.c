/* open_chain.c: the chain that a command's options name, and what is wrong with it (cli.h). */
#include "cli.h"

int open_chain(const char *command, const struct options *options, struct console *console, bool warnings,
               dcmchain_chain **ret_chain)
{
    const struct dcmchain_chain_options chain = {
        .struct_size = sizeof chain,
        .pipeline = options->pipeline,
        .stage_folders = options->stage_folders,
        .overrides = options->overrides,
        .task_file = options->task,
        .log = console == NULL ? NULL : console_log,
        .log_closure = console,
        .expect_policy = options->expect_policy,
    };
    char *problems = NULL;
    int result = dcmchain_chain_open(&chain, ret_chain, &problems);
    if (problems == NULL && result != DCMCHAIN_OK) {
        console_print_failure(command, NULL, result);
    } else if (result != DCMCHAIN_OK || warnings) {
        console_print_lines(stderr, problems);
    }
    dcmchain_free(problems);
    return result == DCMCHAIN_OK         ? EXIT_DONE
           : result == DCMCHAIN_E_CONFIG ? EXIT_CONFIG
           : result == DCMCHAIN_E_USAGE  ? EXIT_USAGE
                                         : EXIT_FAILED;
}
