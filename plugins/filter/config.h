/* config.h: the settings of the stage, as the core fills them in.
 * The table that describes them is in settings.c. */
#ifndef FILTER_CONFIG_H
#define FILTER_CONFIG_H

#include "dcmchain/stage.h"

struct filter_config {
    uint64_t drop; /* bit 0: none; bit n: shipped_drops[n - 1] */
    const char *rules;
    const char *objections;
    int64_t objection_exit;
};

#define FILTER_SETTINGS 4U
extern const struct dcmchain_setting filter_settings[FILTER_SETTINGS];

#endif
