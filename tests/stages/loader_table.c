/* loader_table.c: a stage whose table has a default that its own type refuses. */
#include <dcmchain/stage.h>

static const struct dcmchain_setting settings[] = {
    {.key = "days", .type = DCMCHAIN_SETTING_INTEGER, .fallback = "\"many\"", .help = "Days.", .offset = 0}};

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "loader-table",
    .version = "0.1.0",
    .summary = "has a wrong default",
    .settings = settings,
    .settings_count = 1,
    .setting_size = sizeof settings[0],
    .config_size = sizeof(int64_t),
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
