/* config.h: the settings of the stage, as the core fills them in.
 * The table that describes them is in settings.c. */
#ifndef ANONYMISE_CONFIG_H
#define ANONYMISE_CONFIG_H

#include "dcmchain/stage.h"

enum dates_mode { DATES_TABLE, DATES_EMPTY, DATES_YEAR, DATES_SHIFT, DATES_KEEP };
enum birth_date_mode { BIRTH_DATE_YEAR, BIRTH_DATE_TABLE };
enum series_description_mode { SERIES_DESCRIPTION_CLEAN, SERIES_DESCRIPTION_TABLE };

/* Bits of `retain`: the options of PS3.15 that keep a column's K. */
#define RETAIN_UIDS 1ULL
#define RETAIN_DEVICE 2ULL
#define RETAIN_INSTITUTION 4ULL
#define RETAIN_PATIENT 8ULL

struct anonymise_config {
    const char *project;
    const char *table;
    int32_t dates;
    int32_t birth_date;
    int32_t series_description;
    int32_t reserved;
    int64_t shift_days;
    int64_t reference_year;
    uint64_t retain;
};

#define ANONYMISE_SETTINGS 8U
extern const struct dcmchain_setting anonymise_settings[ANONYMISE_SETTINGS];

#endif
