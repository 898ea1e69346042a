/* attribute.h: which elements a condition looks at, by name, and their values as text.
 * It must not compare. Immutable once parsed, any thread. */
#ifndef FILTER_ATTRIBUTE_H
#define FILTER_ATTRIBUTE_H

#include "dcmchain/stage.h"

#define ATTRIBUTE_MAX_STEPS 8U

/* A path of sequences down to an element; any item of each. A step may be a repeating group (60xx). */
struct attribute {
    uint32_t tags[ATTRIBUTE_MAX_STEPS];
    uint32_t count;
    uint32_t repeating; /* 1: the last step's group counts up in twos to its xxFE */
};

/* "Modality", "(0008,0060)", "60xx,0102", "RequestAttributesSequence/ScheduledProcedureStepID".
 * DCMCHAIN_E_CONFIG with ret_problem where it names nothing. */
int attribute_parse(const char *text, struct attribute *ret_attribute, char *ret_problem, size_t size);

/* Calls visit for each value of each such element, "" for one that is empty; until it returns something but
 * 0, which is returned. What does not decode comes with each byte beyond ASCII as '?'. */
typedef int (*attribute_visitor)(void *closure, const char *value);
int attribute_values(const struct attribute *attribute, dcmchain_instance *instance, attribute_visitor visit,
                     void *closure);

#endif
