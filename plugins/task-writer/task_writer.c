/* task_writer.c: the stage: one task document a study, for whoever receives it. What of mercure's task may be
 * in it is mercure.c's, what dcmchain did is report.c's. It must not change a data set. */
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "task_writer.h"

static const struct dcmchain_setting settings[] = {
    {.key = "files",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "true",
     .help = "List every published file with its path, final SOP Instance UID and size.",
     .offset = offsetof(struct task_writer_config, files)},
    {.key = "checksums",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Compute the SHA-256 of every published file for that list; every byte is read once more.",
     .offset = offsetof(struct task_writer_config, checksums)},
    {.key = "task_id",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Keep mercure's task id. It leads back to mercure's database, and holds the time of the "
             "transfer and the server's network address.",
     .offset = offsetof(struct task_writer_config, task_id)},
    {.key = "times",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help =
         "Keep the times at which mercure received the study. On the day of the scan they undo a shift of "
         "dates.",
     .offset = offsetof(struct task_writer_config, times)},
};

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct task_writer_config *run = malloc(sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    memcpy(run, config, sizeof *run);
    *ret_run = run;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    free(run);
}

/* The core remembers a digest that was asked for here. */
static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *shown)
{
    const struct task_writer_config *config = scope->run;
    AUTO_API char *digest = NULL;
    if (config->files && config->checksums && dcmchain_artifact_sha256(shown, &digest) != DCMCHAIN_OK) {
        return dcmchain_error(context, "a published file could not be read for its checksum");
    }
    return DCMCHAIN_OK;
}

static const char *of_study(void *closure, uint32_t tag, bool final)
{
    const dcmchain_study *study = closure;
    return final ? dcmchain_study_final(study, tag) : dcmchain_study_source(study, tag);
}

static const char *of_series(void *closure, size_t index, uint32_t tag, bool final)
{
    const dcmchain_series *series = dcmchain_study_series(closure, index);
    return final ? dcmchain_series_final(series, tag) : dcmchain_series_source(series, tag);
}

static int make_document(dcmchain_context *context, const struct dcmchain_scope *scope)
{
    const struct substitutions substitutions = {scope->study_info, of_study, of_series,
                                                dcmchain_study_series_count(scope->study_info)};
    struct json json = {0};
    json_open(&json, NULL, '{', false);
    mercure_write(&json, dcmchain_task_json(context), &substitutions, scope->run);
    int result = report_write(&json, context, scope->study_info, scope->run);
    json_close(&json, '}');
    AUTO_FREE char *text = json_take(&json, true);
    if (result == DCMCHAIN_OK) {
        result = text == NULL
                     ? DCMCHAIN_E_MEMORY
                     : dcmchain_emit(context, scope, DCMCHAIN_KIND_TASK, ".json", text, strlen(text));
    }
    return result == DCMCHAIN_OK
               ? result
               : dcmchain_error(context, "the task document: %s", dcmchain_result_text(result));
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    return ok ? make_document(context, scope) : DCMCHAIN_OK;
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof stage,
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "task-writer",
        .version = TASK_WRITER_VERSION,
        .summary = "writes a task document for each study, without identity",
        .settings = settings,
        .settings_count = sizeof settings / sizeof settings[0],
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct task_writer_config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .artifact = artifact,
        .study_close = study_close,
        .run_close = run_close,
    };
    return &stage;
}
