/* groups.c: see groups.h. A member that ends in '.' stands for all UIDs that begin so. */
#include "groups.h"

#include <stddef.h>
#include <string.h>

#define STORAGE "1.2.840.10008.5.1.4.1.1."

static const char *const secondary_capture[] = {STORAGE "7", STORAGE "7.", NULL};
static const char *const encapsulated[] = {STORAGE "104.", NULL};
static const char *const whole_slide[] = {STORAGE "77.1.6", NULL};
static const char *const raw_data[] = {STORAGE "66", NULL};
static const char *const audio[] = {STORAGE "9.4.1", STORAGE "9.4.2", NULL};
static const char *const video[] = {STORAGE "77.1.1.1", STORAGE "77.1.2.1", STORAGE "77.1.4.1", NULL};
static const char *const photograph[] = {STORAGE "77.1.4", STORAGE "77.1.4.1", STORAGE "77.1.7", NULL};
static const char *const ultrasound[] = {STORAGE "3",   STORAGE "3.1", STORAGE "6", STORAGE "6.1",
                                         STORAGE "6.2", STORAGE "6.3", NULL};
static const char *const ct[] = {STORAGE "2", STORAGE "2.1", STORAGE "2.2", NULL};
static const char *const mr[] = {STORAGE "4", STORAGE "4.1", STORAGE "4.3", STORAGE "4.4", NULL};
static const char *const pet[] = {STORAGE "20", STORAGE "128", STORAGE "128.1", STORAGE "130", NULL};
static const char *const dose_report[] = {STORAGE "88.67", STORAGE "88.68", STORAGE "88.73", STORAGE "88.76",
                                          NULL};
static const char *const structured_report[] = {STORAGE "88.", NULL};
static const char *const key_objects[] = {STORAGE "88.59", NULL};
static const char *const presentation_state[] = {STORAGE "11.", NULL};
static const char *const segmentation[] = {STORAGE "66.4", STORAGE "66.5", STORAGE "66.7", STORAGE "66.8",
                                           NULL};
static const char *const radiotherapy[] = {STORAGE "481.", NULL};
/* What no class alone may lose: dose and other reports, key objects, presentation states, segmentations, and
 * what radiotherapy plans with. */
static const char *const never_by_class[] = {STORAGE "88.",  STORAGE "11.",  STORAGE "66.4", STORAGE "66.5",
                                             STORAGE "66.7", STORAGE "66.8", STORAGE "481.", NULL};
/* Prefix: the standard's own classes; "private" is what is not in it. */
static const char *const standard[] = {"1.2.840.10008.", NULL};

static const struct {
    const char *name;
    const char *const *members;
} groups[] = {
    {"audio", audio},
    {"ct", ct},
    {"dose-report", dose_report},
    {"encapsulated", encapsulated},
    {"key-objects", key_objects},
    {"mr", mr},
    {"never-by-class", never_by_class},
    {"pet", pet},
    {"photograph", photograph},
    {"presentation-state", presentation_state},
    {"radiotherapy", radiotherapy},
    {"raw-data", raw_data},
    {"secondary-capture", secondary_capture},
    {"segmentation", segmentation},
    {"standard", standard},
    {"structured-report", structured_report},
    {"ultrasound", ultrasound},
    {"video", video},
    {"whole-slide", whole_slide},
};

const char *const group_names[] = {"audio",
                                   "ct",
                                   "dose-report",
                                   "encapsulated",
                                   "key-objects",
                                   "mr",
                                   "never-by-class",
                                   "pet",
                                   "photograph",
                                   "presentation-state",
                                   "radiotherapy",
                                   "raw-data",
                                   "secondary-capture",
                                   "segmentation",
                                   "standard",
                                   "structured-report",
                                   "ultrasound",
                                   "video",
                                   "whole-slide",
                                   NULL};

const char *const *group_find(const char *name)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (strcmp(groups[i].name, name) == 0) {
            return groups[i].members;
        }
    }
    return NULL;
}

bool group_has(const char *const *group, const char *sop_class_uid)
{
    for (size_t i = 0; group[i] != NULL; i++) {
        size_t length = strlen(group[i]);
        if (group[i][length - 1] == '.' ? strncmp(sop_class_uid, group[i], length) == 0
                                        : strcmp(sop_class_uid, group[i]) == 0) {
            return true;
        }
    }
    return false;
}
