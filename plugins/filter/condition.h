/* condition.h: a condition over the attributes of a data set: comparisons, patterns, SOP class groups,
 * and/or/not. It decides nothing about what follows from it. Immutable once parsed, any thread. */
#ifndef FILTER_CONDITION_H
#define FILTER_CONDITION_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include "dcmchain/stage.h"

struct condition;

/* Reads {"all": […]}, {"any": […]}, {"not": {…}}, {"sop_class": …} or {"attribute": …, <operator>: …}.
 * DCMCHAIN_E_CONFIG with ret_problem: where it stands and what was expected. */
int condition_parse(const cJSON *json, struct condition **ret_condition, char *ret_problem, size_t size);
void condition_free(struct condition *condition);

/* True in *ret_holds where it holds for the instance; several values of an attribute: where one of them does.
 * A failure means that it cannot be told (a pattern beyond its limits): fail the instance. */
int condition_holds(const struct condition *condition, dcmchain_instance *instance, bool *ret_holds);

#endif
