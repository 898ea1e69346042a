/* config.h: the settings of the stage, as the core fills them in.
 * The table that describes them is in settings.c. */
#ifndef ANONYMISE_CONFIG_H
#define ANONYMISE_CONFIG_H

#include "dcmchain/stage.h"

enum dates_mode { DATES_TABLE, DATES_EMPTY, DATES_YEAR, DATES_SHIFT, DATES_REBASE, DATES_KEEP };
enum accession_mode { ACCESSION_EMPTY, ACCESSION_KEYED };
enum birth_date_mode { BIRTH_DATE_YEAR, BIRTH_DATE_TABLE };
enum descriptors_mode { DESCRIPTORS_CLEAN, DESCRIPTORS_KNOWN_WORDS };
enum series_description_mode { SERIES_DESCRIPTION_CLEAN, SERIES_DESCRIPTION_TABLE };

/* Bits of `retain`, in the order of its choices: the options of PS3.15 that keep what their column of the
 * table marks K. */
#define RETAIN_UIDS (1ULL << 0)
#define RETAIN_DEVICE (1ULL << 1)
#define RETAIN_INSTITUTION (1ULL << 2)
#define RETAIN_PATIENT (1ULL << 3)
#define RETAIN_FULL_DATES (1ULL << 4)
#define RETAIN_MODIFIED_DATES (1ULL << 5)
#define RETAIN_SAFE_PRIVATE (1ULL << 6)

/* Bits of `clean`, likewise: the options that clean what their column marks C. */
#define CLEAN_DESCRIPTORS (1ULL << 0)
#define CLEAN_STRUCTURED (1ULL << 1)
#define CLEAN_GRAPHICS (1ULL << 2)

struct anonymise_config {
    const char *project;
    const char *table;
    const char *patient_ids;
    int32_t dates;
    int32_t birth_date;
    int32_t series_description;
    int32_t safe_private; /* enum safe_private_mode, where RETAIN_SAFE_PRIVATE is in force */
    int32_t accession;
    int32_t descriptors; /* enum descriptors_mode */
    int64_t shift_days;
    int64_t reference_year;
    uint64_t retain;
    uint64_t clean;
    struct dcmchain_strings extra_words;
    struct dcmchain_strings extra_patterns;
    struct dcmchain_strings allow;
    struct dcmchain_strings known_words;
    const char *hit_text;
    const char *rules;
};

#define ANONYMISE_SETTINGS 19U
extern const struct dcmchain_setting anonymise_settings[ANONYMISE_SETTINGS];

#endif
