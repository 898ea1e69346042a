/* faulty.c: a stage that fails, drops, finds an identifier or crashes at call N of a callback, and tells its
 * opens and closes in the log. */
#include <dcmchain/stage.h>
#include <stdlib.h>

static const char *const callbacks[] = {"none",     "run_open",     "study_open",  "series_open", "instance",
                                        "artifact", "series_close", "study_close", NULL};
enum { NONE, RUN_OPEN, STUDY_OPEN, SERIES_OPEN, INSTANCE, ARTIFACT, SERIES_CLOSE, STUDY_CLOSE };
static const char *const ways[] = {"fail", "drop", "residual", "crash", "unknown", NULL};
enum { FAIL, DROP, RESIDUAL, CRASH, UNKNOWN };

struct config {
    int64_t call;
    int32_t callback;
    int32_t how;
};

static const struct dcmchain_setting settings[] = {
    {.key = "callback",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"none\"",
     .choices = callbacks,
     .help = "Which callback.",
     .offset = offsetof(struct config, callback)},
    {.key = "call",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "1",
     .minimum = 1,
     .maximum = 1000,
     .help = "At which of its calls.",
     .offset = offsetof(struct config, call)},
    {.key = "how",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"fail\"",
     .choices = ways,
     .help = "What it does then.",
     .offset = offsetof(struct config, how)},
};

struct run {
    const struct config *config;
    int64_t calls; /* a serial stage: the core's lock guards it */
};

static int maybe(dcmchain_context *context, struct run *run, int32_t callback)
{
    if (run->config->callback != callback || ++run->calls != run->config->call) {
        return DCMCHAIN_OK;
    }
    switch (run->config->how) {
    case DROP:
        return dcmchain_drop(context, "made to drop");
    case RESIDUAL:
        return dcmchain_residual(context, "made to find one");
    case CRASH:
        abort();
    case UNKNOWN:
        return 4711; /* no result that a callback may give */
    default:
        return dcmchain_error(context, "made to fail");
    }
}

static int open_state(dcmchain_context *context, struct run *run, int32_t callback, const char *what,
                      void **ret_state)
{
    int result = maybe(context, run, callback);
    if (result == DCMCHAIN_OK) {
        *ret_state = malloc(1);
        dcmchain_log(context, DCMCHAIN_LOG_INFO, "open %s", what);
    }
    return result;
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->config = config;
    int result = maybe(context, run, RUN_OPEN);
    if (result != DCMCHAIN_OK) {
        free(run);
        return result;
    }
    dcmchain_log(context, DCMCHAIN_LOG_INFO, "open run");
    *ret_run = run;
    return DCMCHAIN_OK;
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    return open_state(context, scope->run, STUDY_OPEN, "study", ret_study);
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    return open_state(context, scope->run, SERIES_OPEN, "series", ret_series);
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_instance *instance)
{
    (void)instance;
    return maybe(context, scope->run, INSTANCE);
}

static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_artifact *artifact)
{
    (void)artifact;
    return maybe(context, scope->run, ARTIFACT);
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    (void)ok;
    free(scope->series);
    dcmchain_log(context, DCMCHAIN_LOG_INFO, "close series");
    return maybe(context, scope->run, SERIES_CLOSE);
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    (void)ok;
    free(scope->study);
    dcmchain_log(context, DCMCHAIN_LOG_INFO, "close study");
    return maybe(context, scope->run, STUDY_CLOSE);
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)outcome;
    dcmchain_log(context, DCMCHAIN_LOG_INFO, "close run");
    free(run);
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "faulty",
    .version = "0.1.0",
    .summary = "fails where it is told to",
    .settings = settings,
    .settings_count = sizeof settings / sizeof settings[0],
    .setting_size = sizeof settings[0],
    .config_size = sizeof(struct config),
    .run_open = run_open,
    .study_open = study_open,
    .series_open = series_open,
    .instance = instance,
    .artifact = artifact,
    .series_close = series_close,
    .study_close = study_close,
    .run_close = run_close,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
