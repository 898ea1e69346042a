/* loader_newer.c: a stage that was built with a later header of the same ABI: members and columns are
 * appended, of which this library knows nothing. */
#include <dcmchain/stage.h>

struct newer_setting {
    struct dcmchain_setting known;
    const char *unit;
    uint64_t since;
};

struct newer_stage {
    struct dcmchain_stage known;
    int (*later)(void);
};

struct config {
    int64_t first;
    int64_t second;
};

static const struct newer_setting settings[] = {
    {{.key = "first",
      .type = DCMCHAIN_SETTING_INTEGER,
      .fallback = "1",
      .help = "First.",
      .offset = offsetof(struct config, first)},
     "mm",
     9},
    {{.key = "second",
      .type = DCMCHAIN_SETTING_INTEGER,
      .fallback = "2",
      .help = "Second.",
      .offset = offsetof(struct config, second)},
     "days",
     9},
};

static int later(void)
{
    return DCMCHAIN_OK;
}

static const struct newer_stage stage = {
    .known = {.struct_size = sizeof stage,
              .abi = DCMCHAIN_STAGE_ABI,
              .name = "loader-newer",
              .version = "7.0.0",
              .summary = "brings members and columns of a later header",
              .settings = &settings[0].known,
              .settings_count = sizeof settings / sizeof settings[0],
              .setting_size = sizeof settings[0],
              .config_size = sizeof(struct config)},
    .later = later,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage.known;
}
