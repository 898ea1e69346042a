/* command_stages.c: `dcmchain stages` and `dcmchain help STAGE`: the core's JSON, and the same for people. */
#include <cjson/cJSON.h>
#include <string.h>

#include "cli.h"

static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text == NULL ? "" : text;
}

static void print_stage(const cJSON *stage)
{
    if (cJSON_HasObjectItem(stage, "error")) {
        (void)fputs("! ", stdout);
        console_print(stdout, text_of(stage, "error"));
        (void)fputs("\n", stdout);
        return;
    }
    (void)printf("%-14s %-8s ", text_of(stage, "name"), text_of(stage, "version"));
    console_print(stdout, text_of(stage, "summary"));
    (void)fputs("\n               ", stdout);
    console_print(stdout, text_of(stage, "file"));
    (void)fputs("\n", stdout);
}

int command_stages(const struct options *options)
{
    char *json = NULL;
    if (options->operand_count > 0) {
        return usage_error("stages", "it takes no operands");
    }
    if (dcmchain_list_stages(options->stage_folders, &json) != DCMCHAIN_OK) {
        (void)fprintf(stderr, "dcmchain stages: out of memory\n");
        return EXIT_FAILED;
    }
    if (options->json) {
        (void)fputs(json, stdout);
        dcmchain_free(json);
        return EXIT_DONE;
    }
    cJSON *stages = cJSON_Parse(json);
    const cJSON *stage = NULL;
    cJSON_ArrayForEach(stage, stages)
    {
        print_stage(stage);
    }
    if (cJSON_GetArraySize(stages) == 0) {
        (void)fputs("no stage was found; DCMCHAIN_STAGE_PATH and --stage-dir say where to look\n", stdout);
    }
    cJSON_Delete(stages);
    dcmchain_free(json);
    return EXIT_DONE;
}

static void print_limits(const cJSON *setting)
{
    const cJSON *choice = NULL;
    const cJSON *minimum = cJSON_GetObjectItemCaseSensitive(setting, "minimum");
    const char *separator = ": ";
    cJSON_ArrayForEach(choice, cJSON_GetObjectItemCaseSensitive(setting, "choices"))
    {
        (void)printf("%s%s", separator, cJSON_GetStringValue(choice));
        separator = ", ";
    }
    if (minimum != NULL) {
        (void)printf(" from %.0f to %.0f", minimum->valuedouble,
                     cJSON_GetObjectItemCaseSensitive(setting, "maximum")->valuedouble);
    }
}

static void print_setting(const cJSON *setting)
{
    char *fallback = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(setting, "default"));
    bool required = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(setting, "required"));
    (void)printf("  %s\n      %s", text_of(setting, "key"), text_of(setting, "type"));
    print_limits(setting);
    if (required) {
        (void)fputs("; required", stdout);
    } else if (fallback != NULL && strcmp(fallback, "null") != 0) {
        (void)printf("; default %s", fallback);
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(setting, "sensitive"))) {
        (void)fputs("; sensitive", stdout);
    }
    (void)fputs("\n      ", stdout);
    console_print(stdout, text_of(setting, "help"));
    (void)fputs("\n", stdout);
    cJSON_free(fallback);
}

/* How the stage's own command is used. */
static int print_usage(const struct options *options)
{
    char help[] = "--help";
    char *arguments[] = {options->operands[0], help, NULL};
    const struct dcmchain_key_options none = {.struct_size = sizeof none};
    char *problem = NULL;
    int code = EXIT_DONE;
    (void)fputs("\n", stdout);
    int result = dcmchain_stage_command(options->stage_folders, &none, options->operands[0], 2, arguments,
                                        &code, &problem);
    if (result != DCMCHAIN_OK) {
        (void)fputs("dcmchain help: ", stderr);
        console_print_lines(stderr, problem != NULL ? problem : dcmchain_result_text(result));
    }
    dcmchain_free(problem);
    return result == DCMCHAIN_OK ? code : EXIT_FAILED;
}

int command_help(const struct options *options)
{
    char *json = NULL;
    char *problems = NULL;
    int result = dcmchain_describe_stage(options->stage_folders, options->operands[0], &json, &problems);
    if (result != DCMCHAIN_OK) {
        (void)fputs("dcmchain help: ", stderr);
        console_print_lines(stderr, problems == NULL ? dcmchain_result_text(result) : problems);
        dcmchain_free(problems);
        return EXIT_USAGE;
    }
    if (options->json) {
        (void)fputs(json, stdout);
        dcmchain_free(json);
        return EXIT_DONE;
    }
    cJSON *stage = cJSON_Parse(json);
    const cJSON *settings = cJSON_GetObjectItemCaseSensitive(stage, "settings");
    const cJSON *setting = NULL;
    int code = EXIT_DONE;
    (void)printf("%s %s: ", text_of(stage, "name"), text_of(stage, "version"));
    console_print(stdout, text_of(stage, "summary"));
    (void)printf("\n\n%s\n", cJSON_GetArraySize(settings) == 0 ? "It has no settings." : "Settings:");
    cJSON_ArrayForEach(setting, settings)
    {
        print_setting(setting);
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(stage, "command"))) {
        code = print_usage(options);
    }
    cJSON_Delete(stage);
    dcmchain_free(json);
    return code;
}
