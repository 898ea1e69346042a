/* options.c: the options of all commands in one table: parsing, and the help text made from it. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum {
    OPTION_PIPELINE = 'p',
    OPTION_INPUT = 'i',
    OPTION_OUTPUT = 'o',
    OPTION_THREADS = 'j',
    OPTION_HELP = 'h',
    OPTION_QUIET = 'q',
    OPTION_VERBOSE = 'v',
    OPTION_DRY_RUN = 256,
    OPTION_SHARD,
    OPTION_CHANGES,
    OPTION_SHOW_PHI,
    OPTION_SET,
    OPTION_TASK,
    OPTION_REPORT,
    OPTION_KEY_FILE,
    OPTION_EXISTING,
    OPTION_ON_ERROR,
    OPTION_QUARANTINE,
    OPTION_PHI_MAP,
    OPTION_PERSISTENCE,
    OPTION_REASON,
    OPTION_YES,
    OPTION_EXPECT_POLICY,
    OPTION_VR,
    OPTION_SOP_CLASS,
    OPTION_MODALITY,
    OPTION_CREATOR,
    OPTION_STAGE_DIR,
    OPTION_LOG_FORMAT,
    OPTION_JSON
};

#define TAKES_ALL 255U
#define HELP_COLUMN 31U
#define TAKES_STAGE_LISTS (TAKES_RUN | TAKES_CHECK | TAKES_STAGES | TAKES_HELP | TAKES_EXPLAIN)

/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): a few rows, in the order in which they read */
static const struct {
    int value;
    const char *name;
    const char *argument; /* NULL: takes none */
    unsigned takes;
    const char *help;
} table[] = {
    {OPTION_PIPELINE, "pipeline", "NAME|FILE", TAKES_RUN | TAKES_EXPLAIN,
     "the pipeline, by name or path (default: mercure)"},
    {OPTION_INPUT, "input", "DIR", TAKES_RUN, "the folder with the studies (default: MERCURE_IN_DIR)"},
    {OPTION_OUTPUT, "output", "DIR", TAKES_RUN, "the folder to publish to (default: MERCURE_OUT_DIR)"},
    {OPTION_THREADS, "jobs", "N", TAKES_RUN, "how many workers (default: the processors)"},
    {OPTION_SHARD, "shard", "I/N", TAKES_RUN,
     "take the studies whose UID hashes to I of N (docs/clusters.md)"},
    {OPTION_DRY_RUN, "dry-run", NULL, TAKES_RUN, "create nothing; print the tree that a real run would make"},
    {OPTION_CHANGES, "changes", NULL, TAKES_RUN,
     "with --dry-run: what happens to which element, by which rule"},
    {OPTION_SHOW_PHI, "show-phi", NULL, TAKES_RUN | TAKES_EXPLAIN, "show source values: for your eyes only"},
    {OPTION_SET, "set", "ID.KEY=VALUE", TAKES_RUN | TAKES_CHECK | TAKES_EXPLAIN,
     "a setting over the pipeline's, by the entry's id"},
    {OPTION_EXPECT_POLICY, "expect-policy", "HASH", TAKES_RUN | TAKES_CHECK | TAKES_EXPLAIN,
     "refuse any other policy hash than this; 'check' prints it"},
    {OPTION_VR, "vr", "VR", TAKES_EXPLAIN, "the attribute's VR, where it is not the dictionary's"},
    {OPTION_SOP_CLASS, "sop-class", "UID", TAKES_EXPLAIN,
     "the SOP class of the object that the attribute is in"},
    {OPTION_MODALITY, "modality", "CODE", TAKES_EXPLAIN, "its modality, as MR"},
    {OPTION_CREATOR, "creator", "NAME", TAKES_EXPLAIN, "the private creator of a private attribute"},
    {OPTION_TASK, "task", "FILE", TAKES_RUN | TAKES_CHECK | TAKES_EXPLAIN,
     "mercure's task.json; behave as in mercure"},
    {OPTION_KEY_FILE, "key-file", "FILE", TAKES_RUN | TAKES_KEY | TAKES_EXPLAIN,
     "the key: 64 hex digits in a file that only you can read"},
    {OPTION_PERSISTENCE, "persistence", "DIR", TAKES_RUN | TAKES_KEY | TAKES_EXPLAIN,
     "where key, evidence and look-up last (default: MODULE_PERSISTENCE_DIR)"},
    {OPTION_REASON, "reason", "TEXT", TAKES_RUN | TAKES_EXPLAIN,
     "with --show-phi: why you need to see it; goes to the access log of the persistence folder"},
    {OPTION_YES, "yes", NULL, TAKES_KEY, "rotate: known patients may get new pseudonyms"},
    {OPTION_EXISTING, "existing", "HOW", TAKES_RUN,
     "a study that is there already: fail (default), replace, skip"},
    {OPTION_ON_ERROR, "on-error", "HOW", TAKES_RUN, "a failed instance: stop (fails its study), quarantine"},
    {OPTION_QUARANTINE, "quarantine", "DIR", TAKES_RUN,
     "where failed instances are set aside (outside input and output)"},
    {OPTION_PHI_MAP, "phi-map", "FILE", TAKES_RUN,
     "write which ordinal is which input file: identifying, 0600"},
    {OPTION_REPORT, "report", "FILE", TAKES_RUN, "write the report as JSON ('-': standard output)"},
    {OPTION_STAGE_DIR, "stage-dir", "DIR", TAKES_STAGE_LISTS,
     "search stages here first (may be given again)"},
    {OPTION_JSON, "json", NULL, TAKES_STAGE_LISTS, "print for programs"},
    {OPTION_LOG_FORMAT, "log-format", "FORMAT", TAKES_RUN, "text (default) or json, one object a line"},
    {OPTION_QUIET, "quiet", NULL, TAKES_RUN, "only warnings and errors"},
    {OPTION_VERBOSE, "verbose", NULL, TAKES_RUN, "details too"},
    {OPTION_HELP, "help", NULL, TAKES_ALL, "show this help"},
};
#define OPTION_COUNT (sizeof table / sizeof table[0])

const char *persistence_folder(const char *given)
{
    const char *folder = getenv("MODULE_PERSISTENCE_DIR");
    return given != NULL || folder == NULL || folder[0] == '\0' ? given : folder;
}

void options_print(FILE *stream, unsigned takes)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((table[i].takes & takes) == 0) {
            continue;
        }
        char name[64];
        (void)snprintf(name, sizeof name, "--%s%s%s", table[i].name, table[i].argument == NULL ? "" : " ",
                       table[i].argument == NULL ? "" : table[i].argument);
        if (table[i].value < 256) {
            (void)fprintf(stream, "  -%c, %-24s ", table[i].value, name);
        } else {
            (void)fprintf(stream, "      %-24s ", name);
        }
        console_print_wrapped(stream, table[i].help, HELP_COLUMN);
    }
}

/* ---- values ---- */

static bool choose(const char *command, const char *option, const char *given, const char *const *words,
                   uint32_t *ret_index)
{
    for (uint32_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], given) == 0) {
            *ret_index = i;
            return true;
        }
    }
    (void)usage_error(command, "--%s: expected %s%s%s%s%s", option, words[0], words[1] == NULL ? "" : ", ",
                      words[1] == NULL ? "" : words[1], words[1] == NULL || words[2] == NULL ? "" : ", ",
                      words[1] == NULL || words[2] == NULL ? "" : words[2]);
    return false;
}

static bool take_threads(const char *command, const char *given, uint32_t *ret_threads)
{
    char *end = NULL;
    unsigned long threads = given[0] >= '0' && given[0] <= '9' ? strtoul(given, &end, 10) : 0;
    if (end == NULL || *end != '\0' || threads < 1 || threads > 256) {
        (void)usage_error(command, "--jobs: expected a number from 1 to 256");
        return false;
    }
    *ret_threads = (uint32_t)threads;
    return true;
}

/* I/N. */
static bool take_shard(const char *command, const char *given, struct options *options)
{
    char *end = NULL;
    unsigned long index = strtoul(given, &end, 10);
    unsigned long count = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    bool digits = strspn(given, "0123456789/") == strlen(given);
    if (!digits || *end != '\0' || index < 1 || index > count || count > UINT32_MAX) {
        (void)usage_error(command, "--shard: '%.20s' is not I/N, with I from 1 to N", given);
        return false;
    }
    options->shard_index = (uint32_t)index;
    options->shard_count = (uint32_t)count;
    return true;
}

static bool append(const char *command, const char *option, const char *given, const char **list,
                   size_t *count)
{
    if (*count == MAX_LIST) {
        (void)usage_error(command, "--%s: given more than %u times", option, MAX_LIST);
        return false;
    }
    list[(*count)++] = given;
    return true;
}

static bool take_choice(const char *command, int value, const char *given, struct options *options)
{
    static const char *const existing[] = {"fail", "replace", "skip", NULL};
    static const char *const on_error[] = {"stop", "quarantine", NULL};
    static const char *const formats[] = {"text", "json", NULL};
    uint32_t index = 0;
    if (value == OPTION_EXISTING) {
        return choose(command, "existing", given, existing, &options->existing);
    }
    if (value == OPTION_ON_ERROR) {
        bool well = choose(command, "on-error", given, on_error, &index);
        options->on_error = index == 0 ? DCMCHAIN_ON_ERROR_STOP : DCMCHAIN_ON_ERROR_QUARANTINE;
        return well;
    }
    bool well = choose(command, "log-format", given, formats, &index);
    options->log_json = index == 1;
    return well;
}

static void take_flag(int value, struct options *options)
{
    bool *const flags[] = {&options->dry_run, &options->changes, &options->show_phi, &options->quiet,
                           &options->verbose, &options->json,    &options->yes};
    static const int values[] = {OPTION_DRY_RUN, OPTION_CHANGES, OPTION_SHOW_PHI, OPTION_QUIET,
                                 OPTION_VERBOSE, OPTION_JSON,    OPTION_YES};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (values[i] == value) {
            *flags[i] = true;
        }
    }
}

static void take_text(int value, const char *given, struct options *options)
{
    const struct {
        int value;
        const char **place;
    } texts[] = {{OPTION_PIPELINE, &options->pipeline},
                 {OPTION_INPUT, &options->input},
                 {OPTION_OUTPUT, &options->output},
                 {OPTION_TASK, &options->task},
                 {OPTION_REPORT, &options->report},
                 {OPTION_KEY_FILE, &options->key_file},
                 {OPTION_QUARANTINE, &options->quarantine},
                 {OPTION_PHI_MAP, &options->phi_map},
                 {OPTION_PERSISTENCE, &options->persistence},
                 {OPTION_REASON, &options->reason},
                 {OPTION_EXPECT_POLICY, &options->expect_policy},
                 {OPTION_VR, &options->vr},
                 {OPTION_SOP_CLASS, &options->sop_class},
                 {OPTION_MODALITY, &options->modality},
                 {OPTION_CREATOR, &options->creator}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value == value) {
            *texts[i].place = given;
        }
    }
}

static bool take(const char *command, int value, const char *given, struct options *options)
{
    switch (value) {
    case OPTION_SHARD:
        return take_shard(command, given, options);
    case OPTION_THREADS:
        return take_threads(command, given, &options->threads);
    case OPTION_SET:
        return append(command, "set", given, options->overrides, &options->override_count);
    case OPTION_STAGE_DIR:
        return append(command, "stage-dir", given, options->stage_folders, &options->stage_folder_count);
    case OPTION_EXISTING:
    case OPTION_ON_ERROR:
    case OPTION_LOG_FORMAT:
        return take_choice(command, value, given, options);
    default:
        break;
    }
    if (given == NULL) {
        take_flag(value, options);
    } else {
        take_text(value, given, options);
    }
    return true;
}

/* ---- parsing ---- */

static void make_getopt(unsigned takes, struct option *ret_long, char *ret_short)
{
    size_t count = 0;
    char *at = ret_short;
    *at++ = ':'; /* a missing argument is told apart from an unknown option */
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if ((table[i].takes & takes) == 0) {
            continue;
        }
        ret_long[count++] = (struct option){
            table[i].name, table[i].argument == NULL ? no_argument : required_argument, NULL, table[i].value};
        if (table[i].value < 256) {
            *at++ = (char)table[i].value;
            if (table[i].argument != NULL) {
                *at++ = ':';
            }
        }
    }
    ret_long[count] = (struct option){0};
    *at = '\0';
}

/* -j8 of getopt works; an unknown one is named as it was written, which holds no value of a patient. */
static bool refuse(const char *command, int found, char *const *argv)
{
    const char *written = argv[optind - 1];
    if (found == ':') {
        (void)usage_error(command, "option '%s' needs an argument", written);
    } else {
        (void)usage_error(command, "there is no option '%.40s'", written);
    }
    return false;
}

bool options_parse(int argc, char **argv, const char *command, unsigned takes, struct options *ret_options,
                   bool *ret_help)
{
    struct option long_options[OPTION_COUNT + 1];
    char short_options[2 * OPTION_COUNT + 2];
    *ret_options = (struct options){0};
    *ret_help = false;
    make_getopt(takes, long_options, short_options);
    opterr = 0;
    optind = 1;
    for (int found = 0; (found = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;) {
        if (found == '?' || found == ':') {
            return refuse(command, found, argv);
        }
        if (found == OPTION_HELP) {
            *ret_help = true;
        } else if (!take(command, found, optarg, ret_options)) {
            return false;
        }
    }
    ret_options->operands = argv + optind;
    ret_options->operand_count = argc - optind;
    return true;
}
