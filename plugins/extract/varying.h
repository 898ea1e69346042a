/* varying.h: what differs between the instances of a series: their top-level values, gathered as they pass.
 */
#ifndef EXTRACT_VARYING_H
#define EXTRACT_VARYING_H

#include <cjson/cJSON.h>

#include "dcmchain/stage.h"

struct varying;

int varying_open(struct varying **ret_varying);
void varying_free(struct varying *varying);
/* Remembers one instance's values. Any thread. DCMCHAIN_E_MEMORY. */
int varying_add(struct varying *varying, uint32_t ordinal, const dcmchain_item *item);
/* One object for each published instance in the order of placement: its SOP Instance UID and the attributes
 * that are not alike in all of them. Owned; NULL without memory. */
cJSON *varying_table(struct varying *varying, const dcmchain_series *series);

#endif
