/* scan_attributes.c: the attributes whose source values a scan keeps, and how an instance keeps them: which
 * of them are there, as bits, then the first value of each. It must not read a file's elements. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "scan_parts.h"
#include "scan_value.h"

const uint32_t scan_attributes[SCAN_ATTRIBUTES] = {
    0x00080020, /* Study Date */
    0x00080021, /* Series Date */
    0x00080022, /* Acquisition Date */
    0x00080023, /* Content Date */
    0x00080030, /* Study Time */
    0x00080031, /* Series Time */
    0x00080050, /* Accession Number */
    0x00080060, /* Modality */
    0x00080070, /* Manufacturer */
    0x00080080, /* Institution Name */
    0x00080090, /* Referring Physician's Name */
    0x00081010, /* Station Name */
    0x00081030, /* Study Description */
    0x0008103E, /* Series Description */
    0x00081090, /* Manufacturer's Model Name */
    0x00100010, /* Patient's Name */
    0x00100020, /* Patient ID */
    0x00100021, /* Issuer of Patient ID */
    0x00100030, /* Patient's Birth Date */
    0x00100040, /* Patient's Sex */
    0x00101010, /* Patient's Age */
    0x00180015, /* Body Part Examined */
    0x00181000, /* Device Serial Number */
    0x00181030, /* Protocol Name */
    0x0020000D, /* Study Instance UID */
    0x0020000E, /* Series Instance UID */
    0x00200010, /* Study ID */
    0x00200011, /* Series Number */
    0x00200052, /* Frame of Reference UID */
};

int scan_attribute_index(uint32_t tag)
{
    size_t low = 0;
    size_t high = SCAN_ATTRIBUTES;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (scan_attributes[middle] < tag) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < SCAN_ATTRIBUTES && scan_attributes[low] == tag ? (int)low : -1;
}

int scan_keep_attributes(struct scan_common *common, struct scan_instance *instance, char *const *texts)
{
    uint32_t present = 0;
    size_t size = sizeof present;
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        size += texts[i] == NULL ? 0 : strlen(texts[i]) + 1;
    }
    AUTO_FREE char *block = malloc(size);
    if (block == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    char *at = block + sizeof present;
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        if (texts[i] != NULL) {
            present |= 1U << i;
            at = scan_first_value(at, texts[i]);
        }
    }
    memcpy(block, &present, sizeof present);
    instance->attributes = intern_keep(&common->attributes, block, (size_t)(at - block));
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees block */
    return instance->attributes == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

void scan_values(const struct scan_instance *instance, const char *ret_values[SCAN_ATTRIBUTES])
{
    static const char nothing[sizeof(uint32_t)] = "";
    uint32_t present = 0;
    const char *at = instance->attributes == NULL ? nothing : instance->attributes;
    memcpy(&present, at, sizeof present);
    at += sizeof present;
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        ret_values[i] = (present >> i & 1U) != 0 ? at : NULL;
        at += ret_values[i] == NULL ? 0 : strlen(at) + 1;
    }
}

void scan_forget_values(struct scan *scan)
{
    for (size_t i = 0; i < scan->all_count; i++) {
        if (scan->all[i] != NULL) {
            scan->all[i]->attributes = NULL;
        }
    }
    for (size_t i = 0; i < scan->common_count; i++) {
        intern_free(&scan->commons[i].attributes);
    }
}
