/* frozen.c: a stage that knows frozen.h alone. What lies behind its struct in memory is no callback. */
#include "frozen.h"

struct config {
    int64_t number;
};

static const struct dcmchain_setting settings[] = {
    {"number", 2, 0, "7", 1, 9, NULL, "A number that it tells.", offsetof(struct config, number)},
};

static int run_open(void *context, const void *config, void **ret_run)
{
    (void)config;
    dcmchain_log(context, 2, "number %d", (int)((const struct config *)config)->number);
    *ret_run = NULL;
    return 0;
}

static int instance(void *context, const struct dcmchain_scope *scope, void *instance)
{
    dcmchain_log(context, 2, "instance %u.%u", dcmchain_series_ordinal(scope->series_info),
                 dcmchain_instance_ordinal(instance));
    return 0;
}

/* A member behind the end would be called if the loader believed in it. */
static const struct {
    struct dcmchain_stage stage;
    uintptr_t poison[8];
} memory = {
    .stage = {.struct_size = sizeof(struct dcmchain_stage),
              .abi = 1,
              .name = "frozen",
              .version = "0.0.1",
              .summary = "was built long ago",
              .settings = settings,
              .settings_count = 1,
              .setting_size = sizeof settings[0],
              .config_size = sizeof(struct config),
              .run_open = run_open,
              .instance = instance},
    .poison = {0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA, 0xAAAA},
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &memory.stage;
}
