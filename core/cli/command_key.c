/* command_key.c: `dcmchain key`: makes, names and rotates the key. It never shows it. */
#include <string.h>

#include "cli.h"

static int failed(int result, char *problem)
{
    console_print_failure("key", problem, result);
    dcmchain_free(problem);
    return result == DCMCHAIN_E_USAGE ? EXIT_USAGE : EXIT_FAILED;
}

static int print_id(int result, char *id, char *problem)
{
    if (result != DCMCHAIN_OK) {
        return failed(result, problem);
    }
    (void)printf("%s\n", id);
    dcmchain_free(id);
    return EXIT_DONE;
}

static int rotate(const struct options *options, const struct dcmchain_key_options *place)
{
    char *old_id = NULL;
    char *new_id = NULL;
    char *problem = NULL;
    if (!options->yes) {
        (void)fputs(
            "dcmchain key rotate: from now on, patients that are known get new pseudonyms and new UIDs: "
            "nothing that was published before will match what comes. The old key stays for look-ups. "
            "With --yes it is done.\n",
            stderr);
        return EXIT_USAGE;
    }
    int result = dcmchain_key_rotate(place, &old_id, &new_id, &problem);
    if (result != DCMCHAIN_OK) {
        return failed(result, problem);
    }
    (void)printf("%s\n", new_id);
    (void)fprintf(stderr,
                  "the key %s is retired and stays readable for look-ups; patients that are known get new "
                  "pseudonyms from now on\n",
                  old_id);
    dcmchain_free(old_id);
    dcmchain_free(new_id);
    return EXIT_DONE;
}

int command_key(const struct options *options)
{
    const struct dcmchain_key_options place = {
        .struct_size = sizeof place,
        .key_file = options->key_file,
        .persistence_folder = persistence_folder(options->persistence),
    };
    const char *what = options->operand_count == 1 ? options->operands[0] : "";
    char *id = NULL;
    char *problem = NULL;
    if (strcmp(what, "new") == 0) {
        int result = dcmchain_key_new(&place, &id, &problem);
        return print_id(result, id, problem);
    }
    if (strcmp(what, "show-id") == 0) {
        int result = dcmchain_key_show(&place, &id, &problem);
        return print_id(result, id, problem);
    }
    if (strcmp(what, "rotate") == 0) {
        return rotate(options, &place);
    }
    return usage_error("key", "say what to do: new, show-id or rotate");
}
