/* settings.c: the table of settings: what the core checks, shows in `dcmchain help filter` and writes into
 * struct filter_config. It must offer only what is done. */
#include <stddef.h>

#include "config.h"
#include "rules.h"

const struct dcmchain_setting filter_settings[FILTER_SETTINGS] = {
    {.key = "drop",
     .type = DCMCHAIN_SETTING_SET,
     .fallback = SHIPPED_DROPS_DEFAULT,
     .choices = shipped_drop_choices,
     .help = "The shipped drops that are in force, by name; none turns all of them off.",
     .offset = offsetof(struct filter_config, drop)},
    {.key = "rules",
     .type = DCMCHAIN_SETTING_JSON,
     .fallback = "[]",
     .help = "Conditions of one's own, tried in order after the shipped ones: [{\"name\": …, \"when\": "
             "condition, "
             "\"action\": \"drop\" or \"quarantine\"}]. The name is the reason that is counted.",
     .offset = offsetof(struct filter_config, rules)},
    {.key = "objections",
     .type = DCMCHAIN_SETTING_FILE,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .help = "A file of source patient IDs or accession numbers, one a line, that object or lack consent: a "
             "study with "
             "one of them publishes nothing.",
     .offset = offsetof(struct filter_config, objections)},
    {.key = "objection_exit",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "0",
     .minimum = 0,
     .maximum = 1,
     .help =
         "Exit code where a study was left out because of an objection: 0, done; or 1, failed (then, where "
         "publish is run, nothing of the whole run is published).",
     .offset = offsetof(struct filter_config, objection_exit)},
};
