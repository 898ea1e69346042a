/* settings.c: the table of settings: what the core checks, shows in `dcmchain help anonymise` and writes into
 * struct anonymise_config. It must offer only what is done. */
#include <stddef.h>

#include "config.h"

static const char *const dates_choices[] = {"table", "empty", "year", "shift", "rebase", "keep", NULL};
static const char *const accession_choices[] = {"empty", "keyed", NULL};
static const char *const birth_date_choices[] = {"year", "table", NULL};
static const char *const series_description_choices[] = {"clean", "table", NULL};
static const char *const retain_choices[] = {
    "uids",       "device-identity", "institution-identity", "patient-characteristics",
    "full-dates", "modified-dates",  "safe-private",         NULL};
static const char *const safe_private_choices[] = {"numeric", "all", NULL};
static const char *const descriptors_choices[] = {"clean", "known-words", NULL};
static const char *const clean_choices[] = {"descriptors", "structured-content", "graphics", NULL};

const struct dcmchain_setting anonymise_settings[ANONYMISE_SETTINGS] = {
    {.key = "project",
     .type = DCMCHAIN_SETTING_STRING,
     .flags = DCMCHAIN_SETTING_PROJECT,
     .fallback = "\"\"",
     .maximum = 256,
     .help = "Name of the project, part of every pseudonym and UID: outputs of two projects cannot be joined "
             "though they share a key. Not a secret.",
     .offset = offsetof(struct anonymise_config, project)},
    {.key = "table",
     .type = DCMCHAIN_SETTING_FILE,
     .help = "Another de-identification table, in the form of data/ps3.15-2025b.csv. Default: PS3.15 table "
             "E.1-1, "
             "edition 2025b.",
     .offset = offsetof(struct anonymise_config, table)},
    {.key = "dates",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"table\"",
     .choices = dates_choices,
     .help = "Dates and times: table (removed, emptied or a dummy, as the table says), empty, year "
             "(YYYY0101, times "
             "as the table says), shift (back by a number of days of the patient's own, times and intervals "
             "kept), "
             "rebase (the study starts at 2000-01-01 00:00:00, intervals within it kept), keep.",
     .offset = offsetof(struct anonymise_config, dates)},
    {.key = "shift_days",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "365",
     .minimum = 1,
     .maximum = 36500,
     .help = "Most days that dates: shift goes back; at least 1.",
     .offset = offsetof(struct anonymise_config, shift_days)},
    {.key = "birth_date",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"year\"",
     .choices = birth_date_choices,
     .help = "Patient's Birth Date: year (YYYY0101; empty where it is not a valid date, and from the age of "
             "90), or "
             "table (emptied).",
     .offset = offsetof(struct anonymise_config, birth_date)},
    {.key = "reference_year",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "2026",
     .minimum = 1990,
     .maximum = 2200,
     .help = "The age of 90 is reckoned at the study date or at the end of this year, whichever is later; "
             "never by "
             "the clock.",
     .offset = offsetof(struct anonymise_config, reference_year)},
    {.key = "accession",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"empty\"",
     .choices = accession_choices,
     .help = "Accession Number: empty, or keyed (16 characters from the number and the key).",
     .offset = offsetof(struct anonymise_config, accession)},
    {.key = "patient_ids",
     .type = DCMCHAIN_SETTING_FILE,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .help = "A table of patient IDs given beforehand (CSV with the columns patient_id, new_patient_id and, "
             "where "
             "sources have one, issuer). A study of a patient who is not in it fails.",
     .offset = offsetof(struct anonymise_config, patient_ids)},
    {.key = "series_description",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"clean\"",
     .choices = series_description_choices,
     .help = "Series Description: clean (kept, without the study's own identity), or table (removed).",
     .offset = offsetof(struct anonymise_config, series_description)},
    {.key = "retain",
     .type = DCMCHAIN_SETTING_SET,
     .fallback = "[]",
     .choices = retain_choices,
     .help = "Options of PS3.15 that keep what their column of the table marks K.",
     .offset = offsetof(struct anonymise_config, retain)},
    {.key = "clean",
     .type = DCMCHAIN_SETTING_SET,
     .fallback = "[]",
     .choices = clean_choices,
     .help =
         "Options of PS3.15 that clean what their column of the table marks C, instead of the basic action.",
     .offset = offsetof(struct anonymise_config, clean)},
    {.key = "descriptors",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"clean\"",
     .choices = descriptors_choices,
     .help = "How descriptors that stay are cleaned: clean (of the study's own identity), or known-words (of "
             "that, "
             "and of every word that is in no list: data/descriptor-words.txt and known_words).",
     .offset = offsetof(struct anonymise_config, descriptors)},
    {.key = "known_words",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     .help = "With descriptors: known-words, words that stay besides the shipped lists.",
     .offset = offsetof(struct anonymise_config, known_words)},
    {.key = "safe_private",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"numeric\"",
     .choices = safe_private_choices,
     .help =
         "With retain: safe-private, what stays of PS3.15 table E.3.10-1: numeric (numbers and CS), or all "
         "(text cleaned, UIDs mapped, sequences entered; never bytes).",
     .offset = offsetof(struct anonymise_config, safe_private)},
    {.key = "extra_words",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     .help = "Words and phrases that go out of every text, besides the study's own identity: names of a "
             "site, of staff.",
     .offset = offsetof(struct anonymise_config, extra_words)},
    {.key = "extra_patterns",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     .help = "Regular expressions (PCRE2, UTF-8) whose matches go out of every text; of a pattern with a "
             "group, the first "
             "group.",
     .offset = offsetof(struct anonymise_config, extra_patterns)},
    {.key = "allow",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     .help = "Words and phrases that stay in text though they are found: a protocol that bears a name.",
     .offset = offsetof(struct anonymise_config, allow)},
    {.key = "hit_text",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"\"",
     .maximum = 16,
     .help =
         "What stands in a text where something was taken out: capital letters, digits, blanks, underscores. "
         "Empty: nothing, and REMOVED where nothing else is left.",
     .offset = offsetof(struct anonymise_config, hit_text)},
    {.key = "rules",
     .type = DCMCHAIN_SETTING_JSON,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .help =
         "Rules of your own, the first that matches wins over the profile: [{\"match\": {\"attribute\": …}, "
         "\"action\": …}, …]; docs/rules.md says all that a rule can be.",
     .offset = offsetof(struct anonymise_config, rules)},
};
