/* settings.c: the table of settings: what the core checks, shows in `dcmchain help guard` and writes into
 * struct guard_config. It must offer only what is done. */
#include <stddef.h>

#include "config.h"

static const char *const mode_choices[] = {"fail", "scrub", "warn", NULL};
/* In the order of DCMCHAIN_IDENTITY_NAME … */
static const char *const class_choices[] = {"name",       "id",     "accession", "date",
                                            "birth-date", "uid",    "person",    "institution",
                                            "address",    "device", "site",      NULL};

const struct dcmchain_setting guard_settings[GUARD_SETTINGS] = {
    {.key = "mode",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"fail\"",
     .choices = mode_choices,
     .help = "What a hit does: fail (the study is not published, exit code 4), scrub (the value of an "
             "instance becomes a dummy; a hit in a UID, in bytes or elsewhere fails), warn (the study is "
             "published with a warning).",
     .offset = offsetof(struct guard_config, mode)},
    {.key = "kept",
     .type = DCMCHAIN_SETTING_SET,
     .fallback = "[]",
     .choices = class_choices,
     .help = "Classes of identity that the pipeline keeps on purpose: they are not searched. They must be "
             "those that "
             "the other stages say they keep.",
     .offset = offsetof(struct guard_config, kept)},
};

const char *guard_class_name(uint32_t class_id)
{
    return class_id > 0 && class_id < DCMCHAIN_IDENTITY_CLASSES ? class_choices[class_id - 1] : "value";
}
