/* config.h: the settings of the extract stage, as the core fills them, and what run_open makes of them.
 * It declares data only. */
#ifndef EXTRACT_CONFIG_H
#define EXTRACT_CONFIG_H

#include "dcmchain/stage.h"

#define EXTRACT_VERSION "0.1.0"
#define EXTRACT_KEYWORD 0
#define EXTRACT_DICOM_JSON 1

struct extract_config {
    struct dcmchain_strings attributes;
    int32_t format; /* EXTRACT_KEYWORD … */
    int32_t varying;
    int64_t longest_value;
};

/* Which elements go into a document. */
struct selection {
    const uint32_t *tags; /* these alone; NULL: all that are not bulk */
    size_t tag_count;
    uint64_t longest_value; /* bytes; a longer value is bulk, unless its tag is named. 0: none is */
    int32_t format;
};

#define EXTRACT_SETTINGS 4U
extern const struct dcmchain_setting extract_settings[EXTRACT_SETTINGS];

/* The tags of config->attributes, NULL where all are wanted (*ret_tags owned, free()). What is wrong is told
 * with dcmchain_error(), whose result it returns. */
int extract_read_attributes(dcmchain_context *context, const struct extract_config *config,
                            uint32_t **ret_tags);

#endif
