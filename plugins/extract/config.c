/* config.c: the table of settings, and the attributes that they name. It must not touch a study. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "../common/keywords.h"
#include "value.h"

static const char *const formats[] = {"keyword", "dicom-json", NULL};

const struct dcmchain_setting extract_settings[EXTRACT_SETTINGS] = {
    {.key = "attributes",
     .type = DCMCHAIN_SETTING_STRINGS,
     .fallback = "[]",
     .help = "Attributes to write, by keyword or (gggg,eeee). Empty: all of the data set but bulk data.",
     .offset = offsetof(struct extract_config, attributes)},
    {.key = "format",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"keyword\"",
     .choices = formats,
     .help = "keyword: plain JSON with DICOM keywords as keys; dicom-json: the DICOM JSON model of PS3.18 "
             "Annex F.",
     .offset = offsetof(struct extract_config, format)},
    {.key = "varying",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Add a table of the attributes that differ between the instances, a row for each.",
     .offset = offsetof(struct extract_config, varying)},
    {.key = "longest_value",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "65536",
     .minimum = 0,
     .maximum = INT64_C(1) << 31,
     .help = "A value of more bytes counts as bulk data, unless attributes names it. 0: none does.",
     .offset = offsetof(struct extract_config, longest_value)},
};

static bool read_attribute(dcmchain_context *context, const char *name, size_t index, uint32_t *ret_tag)
{
    const char *nearest = NULL;
    char pointer[24];
    (void)snprintf(pointer, sizeof pointer, "/%zu", index);
    if (keywords_parse(name, ret_tag, &nearest) != DCMCHAIN_OK) {
        (void)dcmchain_setting_problem(context, "attributes", pointer, "unknown keyword '%s'%s%s%s", name,
                                       nearest == NULL ? "" : "; did you mean '",
                                       nearest == NULL ? "" : nearest, nearest == NULL ? "" : "'?");
        return false;
    }
    if (value_is_bulk_vr(dcmchain_tag_vr(*ret_tag))) {
        (void)dcmchain_setting_problem(context, "attributes", pointer,
                                       "'%s' is binary data, which is left out", name);
        return false;
    }
    return true;
}

int extract_read_attributes(dcmchain_context *context, const struct extract_config *config,
                            uint32_t **ret_tags)
{
    size_t count = config->attributes.count;
    uint32_t *tags = count == 0 ? NULL : calloc(count, sizeof *tags);
    if (count > 0 && tags == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < count; i++) {
        if (!read_attribute(context, config->attributes.values[i], i, &tags[i])) {
            result = DCMCHAIN_FAIL; /* go on: all that is wrong is told at once */
        }
    }
    if (result != DCMCHAIN_OK) {
        free(tags);
        return result;
    }
    *ret_tags = tags;
    return DCMCHAIN_OK;
}
