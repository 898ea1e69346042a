/* loader_places.c: a stage that places, and that needs a setting. */
#include <dcmchain/stage.h>

struct config {
    const char *needed;
    const char *needed_too;
};

static const struct dcmchain_setting settings[] = {
    {.key = "needed",
     .type = DCMCHAIN_SETTING_STRING,
     .flags = DCMCHAIN_SETTING_REQUIRED,
     .help = "It must be given.",
     .offset = offsetof(struct config, needed)},
    {.key = "needed_too",
     .type = DCMCHAIN_SETTING_STRING,
     .flags = DCMCHAIN_SETTING_REQUIRED,
     .help = "So must this.",
     .offset = offsetof(struct config, needed_too)},
};

static int place(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *artifact,
                 dcmchain_path *path)
{
    (void)scope;
    (void)artifact;
    (void)path;
    return dcmchain_error(context, "it is there to be loaded, not to be run");
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "loader-places",
    .version = "0.1.0",
    .summary = "places, and needs two settings",
    .settings = settings,
    .settings_count = sizeof settings / sizeof settings[0],
    .setting_size = sizeof settings[0],
    .config_size = sizeof(struct config),
    .place = place,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
