/* substitution.c: see substitution.h. Which attributes there are is scan_attributes.c's list; which level
 * each belongs to is said here. */
#include "substitution.h"

#include <stdlib.h>
#include <string.h>

#include "scan.h"

enum level { LEVEL_STUDY, LEVEL_SERIES };

/* The level of an attribute: what PS3.3 calls the Patient and Study modules is LEVEL_STUDY, all else
 * LEVEL_SERIES. */
static enum level level_of(uint32_t tag)
{
    switch (tag) {
    case 0x00080020: /* Study Date */
    case 0x00080030: /* Study Time */
    case 0x00080050: /* Accession Number */
    case 0x00080090: /* Referring Physician's Name */
    case 0x00081030: /* Study Description */
    case 0x0020000D: /* Study Instance UID */
    case 0x00200010: /* Study ID */
        return LEVEL_STUDY;
    default:
        return DCMCHAIN_TAG_GROUP(tag) == 0x0010 ? LEVEL_STUDY : LEVEL_SERIES;
    }
}

static bool belongs(uint32_t tag, bool series_level)
{
    return level_of(tag) == (series_level ? LEVEL_SERIES : LEVEL_STUDY);
}

int substitution_values(const dcmchain_item *root, char ***ret_values)
{
    char **values = calloc(SCAN_ATTRIBUTES, sizeof *values);
    if (values == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        int result = dcmchain_item_get_text(root, scan_attributes[i], &values[i]);
        if (result == DCMCHAIN_E_MEMORY) {
            substitution_values_free(values);
            return result;
        }
    }
    *ret_values = values;
    return DCMCHAIN_OK;
}

void substitution_values_free(char **values)
{
    for (size_t i = 0; values != NULL && i < SCAN_ATTRIBUTES; i++) {
        free(values[i]);
    }
    free(values);
}

int substitution_open(struct substitution *substitution)
{
    substitution->sources = calloc(SCAN_ATTRIBUTES, sizeof *substitution->sources);
    substitution->finals = calloc(SCAN_ATTRIBUTES, sizeof *substitution->finals);
    if (substitution->sources == NULL || substitution->finals == NULL) {
        substitution_free(substitution);
        return DCMCHAIN_E_MEMORY;
    }
    return DCMCHAIN_OK;
}

void substitution_free(struct substitution *substitution)
{
    substitution_values_free(substitution->sources);
    substitution_values_free(substitution->finals);
    *substitution = (struct substitution){0};
}

void substitution_forget_sources(struct substitution *substitution)
{
    substitution_values_free(substitution->sources);
    substitution->sources = NULL;
}

static int take(char **slot, const char *value)
{
    *slot = strdup(value);
    return *slot == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

int substitution_add_sources(struct substitution *substitution, const char *const *sources, bool series_level)
{
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        if (sources[i] == NULL || substitution->sources[i] != NULL ||
            !belongs(scan_attributes[i], series_level)) {
            continue;
        }
        int result = take(&substitution->sources[i], sources[i]);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

int substitution_merge(struct substitution *substitution, char *const *finals, bool series_level,
                       uint32_t *ret_conflict)
{
    *ret_conflict = 0;
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        if (finals[i] == NULL || !belongs(scan_attributes[i], series_level)) {
            continue;
        }
        if (substitution->finals[i] != NULL) {
            if (*ret_conflict == 0 && strcmp(substitution->finals[i], finals[i]) != 0) {
                *ret_conflict = scan_attributes[i];
            }
            continue;
        }
        int result = take(&substitution->finals[i], finals[i]);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

static const char *look_up(char *const *values, uint32_t tag)
{
    for (size_t i = 0; values != NULL && i < SCAN_ATTRIBUTES; i++) {
        if (scan_attributes[i] == tag) {
            return values[i];
        }
    }
    return NULL;
}

const char *substitution_source(const struct substitution *substitution, uint32_t tag)
{
    return look_up(substitution->sources, tag);
}

const char *substitution_final(const struct substitution *substitution, uint32_t tag)
{
    return look_up(substitution->finals, tag);
}
