/* crasher.c: a stage that crashes the process in one of several ways, at the instance whose Image Comments
 * are CRASH or at the study whose Study Description is. */
#include <dcmchain/stage.h>
#include <stdlib.h>
#include <string.h>

static const char *const callbacks[] = {"instance", "artifact", "study_open", "study_close", NULL};
enum { INSTANCE, ARTIFACT, STUDY_OPEN, STUDY_CLOSE };
static const char *const ways[] = {"fault", "abort", "overflow", NULL};
enum { FAULT, ABORT, OVERFLOW };

struct config {
    int32_t callback;
    int32_t how;
};

static const struct dcmchain_setting settings[] = {
    {.key = "callback",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"instance\"",
     .choices = callbacks,
     .help = "Where.",
     .offset = offsetof(struct config, callback)},
    {.key = "how",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"fault\"",
     .choices = ways,
     .help = "How.",
     .offset = offsetof(struct config, how)},
};

static volatile int sink;

static int overflow(int depth)
{
    volatile char room[65536];
    room[depth % 65536] = (char)depth;
    sink = room[0];
    return depth < 0 ? 0 : overflow(depth + 1) + room[depth % 65536];
}

static void crash(const struct config *config)
{
    switch (config->how) {
    case FAULT:
        *(volatile int *)((uintptr_t)sink) = 1; /* sink is 0 */
        break;
    case ABORT:
        abort();
    default:
        sink = overflow(1);
    }
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    (void)context;
    *ret_run = (void *)(uintptr_t)config;
    return DCMCHAIN_OK;
}

static int is_marked(const char *text)
{
    return text != NULL && strcmp(text, "CRASH") == 0;
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_instance *info)
{
    const struct config *config = scope->run;
    char *comments = NULL;
    (void)context;
    if (config->callback == INSTANCE &&
        dcmchain_item_get_text(dcmchain_dataset_root(dcmchain_instance_dataset(info)), 0x00204000U,
                               &comments) == 0 &&
        is_marked(comments)) {
        crash(config);
    }
    dcmchain_free(comments);
    return DCMCHAIN_OK;
}

static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *info)
{
    const struct config *config = scope->run;
    (void)context;
    if (config->callback == ARTIFACT && dcmchain_artifact_instance_ordinal(info) == 2 &&
        is_marked(dcmchain_study_source(scope->study_info, 0x00081030U))) {
        crash(config);
    }
    return DCMCHAIN_OK;
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    const struct config *config = scope->run;
    (void)context;
    (void)ret_study;
    if (config->callback == STUDY_OPEN && is_marked(dcmchain_study_source(scope->study_info, 0x00081030U))) {
        crash(config);
    }
    return DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    const struct config *config = scope->run;
    (void)context;
    (void)ok;
    if (config->callback == STUDY_CLOSE && is_marked(dcmchain_study_source(scope->study_info, 0x00081030U))) {
        crash(config);
    }
    return DCMCHAIN_OK;
}

DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {.struct_size = sizeof stage,
                                                .abi = DCMCHAIN_STAGE_ABI,
                                                .name = "crasher",
                                                .version = "1.0.0",
                                                .summary = "crashes",
                                                .settings = settings,
                                                .settings_count = 2,
                                                .setting_size = sizeof(struct dcmchain_setting),
                                                .config_size = sizeof(struct config),
                                                .concurrency = DCMCHAIN_PARALLEL,
                                                .run_open = run_open,
                                                .study_open = study_open,
                                                .instance = instance,
                                                .artifact = artifact,
                                                .study_close = study_close};
    return &stage;
}
