/* main.c: the command line's entry: what must hold before anything else, and which command it is. */
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli.h"

static const struct {
    const char *name;
    unsigned takes;
    const char *operands;
    const char *summary;
} commands[] = {
    {"run", TAKES_RUN, "", "run a pipeline on a folder (--dry-run: only show what it would make)"},
    {"check", TAKES_CHECK, "PIPELINE…", "check pipeline descriptions, their stages and settings"},
    {"explain", TAKES_EXPLAIN, "TAG|FILE",
     "what a pipeline does to an attribute, or to each element of a file, and why"},
    {"stages", TAKES_STAGES, "", "list all stages that are found, and what failed to load and why"},
    {"help", TAKES_HELP, "[COMMAND|STAGE]", "show the options of a command, or the settings of a stage"},
    {"key", TAKES_KEY, "new|show-id|rotate", "make, name or rotate the key of the pseudonyms"},
    {"verify", TAKES_VERIFY, "OUT…", "check a published tree against its task documents"},
    {"new-stage", TAKES_NEW_STAGE, "NAME", "write a folder with a new stage that builds at once"},
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

#define OPERANDS_WIDTH 18U
#define SUMMARY_COLUMN 32U

static void print_line(FILE *stream, const char *name, const char *operands, const char *summary)
{
    (void)fprintf(stream, "  %-10s ", name);
    console_print_padded(stream, operands, OPERANDS_WIDTH);
    (void)fputc(' ', stream);
    console_print_wrapped(stream, summary, SUMMARY_COLUMN);
}

static void print_overview(FILE *stream)
{
    (void)fprintf(
        stream, "dcmchain %s: a processing chain for DICOM studies\n\nusage: dcmchain COMMAND [OPTION…]\n\n",
        dcmchain_version());
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        print_line(stream, commands[i].name, commands[i].operands, commands[i].summary);
    }
    print_line(stream, "STAGE", "ARGUMENT…", "a command that a stage brings, as 'lookup'");
    print_line(stream, "--version", "", "show the version");
    (void)fputs("\n'dcmchain help COMMAND' shows the options of a command, 'dcmchain help STAGE'\n"
                "the settings of a stage.\n",
                stream);
}

static void print_command(size_t index)
{
    const char *operands = commands[index].operands;
    (void)printf("usage: dcmchain %s [OPTION…]%s%s\n\n%s\n\n", commands[index].name,
                 operands[0] == '\0' ? "" : " ", operands, commands[index].summary);
    options_print(stdout, commands[index].takes);
}

int usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "dcmchain %s: ", command);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n'dcmchain help %s' shows how it is used\n", command);
    va_end(arguments);
    return EXIT_USAGE;
}

/* No core dump holds a patient's data, and no other process of this user reads our memory. */
static void secure(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int call(size_t index, struct options *options)
{
    switch (commands[index].takes) {
    case TAKES_RUN:
        return command_run(options);
    case TAKES_CHECK:
        return command_check(options);
    case TAKES_EXPLAIN:
        return command_explain(options);
    case TAKES_STAGES:
        return command_stages(options);
    case TAKES_NEW_STAGE:
        return command_new_stage(options);
    case TAKES_KEY:
        return command_key(options);
    case TAKES_VERIFY:
        return command_verify(options);
    default:
        break;
    }
    if (options->operand_count == 0) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, options->operands[0]) == 0) {
            print_command(i);
            return EXIT_DONE;
        }
    }
    return command_help(options);
}

static int dispatch(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, argv[1]) != 0) {
            continue;
        }
        struct options options;
        bool help = false;
        if (!options_parse(argc - 1, argv + 1, commands[i].name, commands[i].takes, &options, &help)) {
            return EXIT_USAGE;
        }
        if (help) {
            print_command(i);
            return EXIT_DONE;
        }
        return call(i, &options);
    }
    bool unknown = false;
    int code = command_stage(argc - 1, argv + 1, &unknown);
    if (!unknown) {
        return code;
    }
    (void)fputs("dcmchain: there is no command '", stderr);
    console_print(stderr, argv[1]);
    (void)fputs("'\n\n", stderr);
    print_overview(stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    secure();
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("dcmchain %s\n", dcmchain_version());
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_overview(stdout);
        return EXIT_DONE;
    }
    int code = dispatch(argc, argv);
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        (void)fprintf(stderr, "dcmchain: writing to standard output failed\n");
        code = EXIT_FAILED;
    }
    return code;
}
