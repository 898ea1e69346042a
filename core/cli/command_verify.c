/* command_verify.c: `dcmchain verify OUT`: does a published tree hold what its task documents say? */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "cli.h"

/* Several folders may be named: which one cannot be read is said. */
static bool is_readable(const char *folder)
{
    DIR *listing = opendir(folder);
    const int failure = errno;
    if (listing == NULL) {
        (void)fputs("dcmchain verify: ", stderr);
        console_print(stderr, folder);
        (void)fprintf(stderr, ": %s\n", strerror(failure));
        return false;
    }
    (void)closedir(listing);
    return true;
}

int command_verify(const struct options *options)
{
    int code = EXIT_DONE;
    if (options->operand_count == 0) {
        return usage_error("verify", "name the folders to verify");
    }
    for (int i = 0; i < options->operand_count; i++) {
        if (!is_readable(options->operands[i])) {
            code = EXIT_FAILED;
            continue;
        }
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
