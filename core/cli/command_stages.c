/* command_stages.c: `dcmchain stages` and `dcmchain help STAGE`: the core's JSON, and the same for people. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "cli.h"

#define SETTING_INDENT 6U

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

static void print_limits(FILE *stream, const cJSON *setting)
{
    const cJSON *choice = NULL;
    const cJSON *minimum = cJSON_GetObjectItemCaseSensitive(setting, "minimum");
    const char *separator = ": ";
    cJSON_ArrayForEach(choice, cJSON_GetObjectItemCaseSensitive(setting, "choices"))
    {
        (void)fprintf(stream, "%s%s", separator, cJSON_GetStringValue(choice));
        separator = ", ";
    }
    if (minimum != NULL) {
        (void)fprintf(stream, " from %.0f to %.0f", minimum->valuedouble,
                      cJSON_GetObjectItemCaseSensitive(setting, "maximum")->valuedouble);
    }
}

/* As in a pipeline file; a list with blanks, where a line may end. */
static void print_value(FILE *stream, const cJSON *value)
{
    if (cJSON_IsArray(value)) {
        const char *separator = "[";
        const cJSON *member = NULL;
        cJSON_ArrayForEach(member, value)
        {
            (void)fputs(separator, stream);
            print_value(stream, member);
            separator = ", ";
        }
        (void)fputs(separator[0] == '[' ? "[]" : "]", stream);
        return;
    }
    char *text = cJSON_PrintUnformatted(value);
    console_print(stream, text == NULL ? "" : text);
    cJSON_free(text);
}

static void print_type(FILE *stream, const cJSON *setting)
{
    const cJSON *fallback = cJSON_GetObjectItemCaseSensitive(setting, "default");
    console_print(stream, text_of(setting, "type"));
    print_limits(stream, setting);
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(setting, "required"))) {
        (void)fputs("; required", stream);
    } else if (fallback != NULL && !cJSON_IsNull(fallback)) {
        (void)fputs("; default ", stream);
        print_value(stream, fallback);
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(setting, "sensitive"))) {
        (void)fputs("; sensitive", stream);
    }
}

/* What print makes of a stage or setting, in lines of a terminal's width. */
static bool print_indented(unsigned indent, const cJSON *what, void (*print)(FILE *stream, const cJSON *what))
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream != NULL) {
        print(stream, what);
    }
    const bool well = stream != NULL && fclose(stream) == 0;
    if (well) {
        (void)printf("%*s", (int)indent, "");
        console_print_wrapped(stdout, text, indent);
    }
    free(text);
    return well;
}

static void print_help(FILE *stream, const cJSON *setting)
{
    console_print(stream, text_of(setting, "help"));
}

static bool print_setting(const cJSON *setting)
{
    (void)printf("  %s\n", text_of(setting, "key"));
    return print_indented(SETTING_INDENT, setting, print_type) &&
           print_indented(SETTING_INDENT, setting, print_help);
}

static void print_title(FILE *stream, const cJSON *stage)
{
    (void)fprintf(stream, "%s %s: ", text_of(stage, "name"), text_of(stage, "version"));
    console_print(stream, text_of(stage, "summary"));
}

static bool print_settings(const cJSON *stage)
{
    const cJSON *settings = cJSON_GetObjectItemCaseSensitive(stage, "settings");
    const cJSON *setting = NULL;
    bool well = print_indented(0, stage, print_title);
    (void)printf("\n%s\n", cJSON_GetArraySize(settings) == 0 ? "It has no settings." : "Settings:");
    cJSON_ArrayForEach(setting, settings)
    {
        well = well && print_setting(setting);
    }
    return well;
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
        console_print_failure("help", problem, result);
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
        console_print_failure("help", problems, result);
        dcmchain_free(problems);
        return EXIT_USAGE;
    }
    if (options->json) {
        (void)fputs(json, stdout);
        dcmchain_free(json);
        return EXIT_DONE;
    }
    cJSON *stage = cJSON_Parse(json);
    int code = EXIT_DONE;
    if (!print_settings(stage)) {
        (void)fprintf(stderr, "dcmchain help: out of memory\n");
        code = EXIT_FAILED;
    }
    if (code == EXIT_DONE && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(stage, "command"))) {
        code = print_usage(options);
    }
    cJSON_Delete(stage);
    dcmchain_free(json);
    return code;
}
