/* loader_settings.c: a stage with a setting of every type, for the tests of settings and pipelines. It does
 * nothing to an instance. */
#include <dcmchain/stage.h>

struct config {
    const char *project;
    const char *text;
    const char *rules;
    const char *table;
    struct dcmchain_strings words;
    int64_t number;
    int64_t any_number;
    uint64_t set;
    int32_t flag;
    int32_t choice;
};

static const char *const choices[] = {"table", "empty", "shift", NULL};
static const char *const set_choices[] = {"none", "uids", "device", NULL};

#define AT(member) .offset = offsetof(struct config, member)

static const struct dcmchain_setting settings[] = {
    {.key = "project",
     .type = DCMCHAIN_SETTING_STRING,
     .flags = DCMCHAIN_SETTING_PROJECT,
     .fallback = "\"\"",
     .help = "The project.",
     AT(project)},
    {.key = "text", .type = DCMCHAIN_SETTING_STRING, .maximum = 8, .help = "A short text.", AT(text)},
    {.key = "rules",
     .type = DCMCHAIN_SETTING_JSON,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .help = "Rules of any form.",
     AT(rules)},
    {.key = "table", .type = DCMCHAIN_SETTING_FILE, .help = "A file.", AT(table)},
    {.key = "words",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     .help = "Words.",
     AT(words)},
    {.key = "number",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "3",
     .minimum = 1,
     .maximum = 10,
     .help = "A number.",
     AT(number)},
    {.key = "any_number", .type = DCMCHAIN_SETTING_INTEGER, .fallback = "0", .help = "Any.", AT(any_number)},
    {.key = "set",
     .type = DCMCHAIN_SETTING_SET,
     .fallback = "[\"uids\"]",
     .choices = set_choices,
     .help = "Some.",
     AT(set)},
    {.key = "flag", .type = DCMCHAIN_SETTING_BOOL, .fallback = "true", .help = "A flag.", AT(flag)},
    {.key = "choice",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"table\"",
     .choices = choices,
     .help = "One.",
     AT(choice)},
};

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "loader-settings",
    .version = "1.2.3",
    .summary = "has a setting of every type",
    .settings = settings,
    .settings_count = sizeof settings / sizeof settings[0],
    .setting_size = sizeof settings[0],
    .config_size = sizeof(struct config),
    .concurrency = DCMCHAIN_PARALLEL,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
