/* sleepy.c: a stage that runs in parallel and sleeps for a random time in every callback, so that threads
 * come to each other in every order. It must not change anything. */
#include <dcmchain/stage.h>
#include <time.h>

struct config {
    int64_t longest_ms;
};

static const struct dcmchain_setting settings[] = {
    {.key = "longest_ms",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "4",
     .minimum = 0,
     .maximum = 10000,
     .help = "How long it sleeps at most; 0: not at all.",
     .offset = offsetof(struct config, longest_ms)},
};

/* The clock's last digits are random enough. */
static int doze(const struct dcmchain_scope *scope)
{
    const struct config *config = scope->run;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t longest_us = (uint64_t)config->longest_ms * 1000;
    uint64_t us = longest_us == 0 ? 0 : ((uint64_t)now.tv_nsec / 64 * 2654435761U) % longest_us;
    struct timespec time = {.tv_sec = (time_t)(us / 1000000), .tv_nsec = (long)(us % 1000000) * 1000};
    (void)nanosleep(&time, NULL);
    return DCMCHAIN_OK;
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    (void)context;
    *ret_run = (void *)(uintptr_t)config; /* it lives until run_close has returned; doze() only reads it */
    return DCMCHAIN_OK;
}

static int open_any(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_state)
{
    (void)context;
    *ret_state = NULL;
    return doze(scope);
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_instance *instance)
{
    (void)context;
    (void)instance;
    return doze(scope);
}

static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_artifact *artifact)
{
    (void)context;
    (void)artifact;
    return doze(scope);
}

static int close_any(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    (void)context;
    (void)ok;
    return doze(scope);
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "sleepy",
    .version = "0.1.0",
    .summary = "sleeps at random",
    .settings = settings,
    .settings_count = sizeof settings / sizeof settings[0],
    .setting_size = sizeof settings[0],
    .config_size = sizeof(struct config),
    .concurrency = DCMCHAIN_PARALLEL,
    .run_open = run_open,
    .study_open = open_any,
    .series_open = open_any,
    .instance = instance,
    .artifact = artifact,
    .series_close = close_any,
    .study_close = close_any,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
