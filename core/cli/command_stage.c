/* command_stage.c: commands that stages bring (stage.h): `dcmchain STAGE ARGUMENT…`. Where the key lies is
 * taken from the arguments, all others are the stage's. */
#include <string.h>

#include "cli.h"

/* Takes `--name VALUE` or `--name=VALUE` out of the arguments. */
static const char *take_argument(int *argc, char **argv, const char *name)
{
    size_t length = strlen(name);
    for (int i = 1; i < *argc; i++) {
        bool joined = strncmp(argv[i], name, length) == 0 && argv[i][length] == '=';
        if (!joined && (strcmp(argv[i], name) != 0 || i + 1 == *argc)) {
            continue;
        }
        const char *value = joined ? argv[i] + length + 1 : argv[i + 1];
        int used = joined ? 1 : 2;
        memmove(argv + i, argv + i + used, sizeof *argv * (size_t)(*argc - i - used + 1));
        *argc -= used;
        return value;
    }
    return NULL;
}

int command_stage(int argc, char **argv, bool *ret_unknown)
{
    const char *folders[] = {take_argument(&argc, argv, "--stage-dir"), NULL};
    const struct dcmchain_key_options place = {
        .struct_size = sizeof place,
        .key_file = take_argument(&argc, argv, "--key-file"),
        .persistence_folder = persistence_folder(take_argument(&argc, argv, "--persistence")),
    };
    int code = EXIT_FAILED;
    char *problem = NULL;
    char *description = NULL;
    if (dcmchain_describe_stage(folders, argv[0], &description, &problem) != DCMCHAIN_OK) {
        *ret_unknown = true;
        dcmchain_free(problem);
        return EXIT_USAGE;
    }
    dcmchain_free(description);
    int result = dcmchain_stage_command(folders, &place, argv[0], argc, argv, &code, &problem);
    if (result != DCMCHAIN_OK) {
        (void)fputs("dcmchain: ", stderr);
        console_print(stderr, problem != NULL ? problem : dcmchain_result_text(result));
        (void)fprintf(stderr, "\n'dcmchain help %s' shows how it is used\n", argv[0]);
        code = result == DCMCHAIN_E_USAGE ? EXIT_USAGE : EXIT_FAILED;
    }
    dcmchain_free(problem);
    return code;
}
