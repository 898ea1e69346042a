/* command_verify.c: `dcmchain verify OUT`: does a published tree hold what its task documents say? */
#include "cli.h"

int command_verify(const struct options *options)
{
    int code = EXIT_DONE;
    if (options->operand_count == 0) {
        return usage_error("verify", "name the folders to verify");
    }
    for (int i = 0; i < options->operand_count; i++) {
        char *text = NULL;
        int result = dcmchain_verify(options->operands[i], &text);
        if (text != NULL) {
            console_print(stdout, text);
        } else {
            console_print_failure("verify", NULL, result);
        }
        dcmchain_free(text);
        code = result == DCMCHAIN_OK ? code : EXIT_FAILED;
    }
    return code;
}
