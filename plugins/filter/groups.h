/* groups.h: groups of SOP classes (PS3.4 B.5) by name, for conditions and the shipped drops.
 * It must not decide what happens to an instance of one. Static data, any thread. */
#ifndef FILTER_GROUPS_H
#define FILTER_GROUPS_H

#include <stdbool.h>

/* NULL where there is no such group. */
const char *const *group_find(const char *name);
bool group_has(const char *const *group, const char *sop_class_uid);

/* The names, NULL-terminated. */
extern const char *const group_names[];

#endif
