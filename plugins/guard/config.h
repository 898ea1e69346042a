/* config.h: the settings of the stage, as the core fills them in.
 * The table that describes them is in settings.c. */
#ifndef GUARD_CONFIG_H
#define GUARD_CONFIG_H

#include "dcmchain/stage.h"

enum guard_mode { GUARD_FAIL, GUARD_SCRUB, GUARD_WARN };

struct guard_config {
    int32_t mode;
    int32_t reserved;
    uint64_t kept; /* bit n: the identity class n + 1 */
};

#define GUARD_SETTINGS 2U
extern const struct dcmchain_setting guard_settings[GUARD_SETTINGS];

/* A class as the setting names it: "name", "id" … */
const char *guard_class_name(uint32_t class_id);

#endif
