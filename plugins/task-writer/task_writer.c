/* task_writer.c: the stage "task-writer": one task document a study, for who receives it. What of mercure's
 * task may be in it is mercure.c's, what dcmchain did is report.c's. */
#include "task_writer.h"

#include <stdlib.h>
#include <string.h>

static const struct dcmchain_setting settings[] = {
    {.key = "files",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "true",
     .help = "List every published file with its final SOP Instance UID and size.",
     .offset = offsetof(struct config, files)},
    {.key = "task_id",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Keep mercure's task id. It leads back to mercure's database, and holds the time and the "
             "server's network card.",
     .offset = offsetof(struct config, task_id)},
    {.key = "times",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Keep the times at which mercure received the study. On the day of the scan they undo a shift "
             "of dates.",
     .offset = offsetof(struct config, times)},
};

bool put(cJSON *object, const char *key, cJSON *value)
{
    if (value == NULL || !cJSON_AddItemToObject(object, key, value)) {
        cJSON_Delete(value);
        return false;
    }
    return true;
}

bool put_text(cJSON *object, const char *key, const char *text)
{
    return text == NULL || put(object, key, cJSON_CreateString(text));
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    const struct config *own = config;
    struct config *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    *copy = *own;
    *ret_run = copy;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    free(run);
}

static cJSON *make_document(dcmchain_context *context, const struct config *config,
                            const dcmchain_study *study)
{
    const char *received = dcmchain_task_json(context);
    cJSON *task = received == NULL ? NULL : cJSON_Parse(received);
    cJSON *document = cJSON_CreateObject();
    bool well = document != NULL && (!cJSON_IsObject(task) || put_mercure(document, task, config, study)) &&
                put_report(document, context, config, study);
    cJSON_Delete(task);
    if (!well) {
        cJSON_Delete(document);
        return NULL;
    }
    return document;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    if (!ok) {
        return DCMCHAIN_OK;
    }
    cJSON *document = make_document(context, scope->run, scope->study_info);
    char *text = document == NULL ? NULL : cJSON_Print(document);
    cJSON_Delete(document);
    if (text == NULL) {
        return dcmchain_error(context, "the task document could not be made: out of memory");
    }
    int result = dcmchain_emit(context, scope, DCMCHAIN_KIND_TASK, ".json", text, strlen(text));
    cJSON_free(text);
    return result;
}

DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof(struct dcmchain_stage),
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "task-writer",
        .version = "0.1.0",
        .summary = "writes the task document of each study, without identity",
        .settings = settings,
        .settings_count = sizeof settings / sizeof settings[0],
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .study_close = study_close,
        .run_close = run_close,
    };
    return &stage;
}
