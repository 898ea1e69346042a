/* risks.h: instances that may show a person in their pixels, by what their header says and leaves unsaid.
 * It must not drop any. Immutable once made, any thread. */
#ifndef FILTER_RISKS_H
#define FILTER_RISKS_H

#include "condition.h"

struct risks;

int risks_open(dcmchain_context *context, struct risks **ret_risks);
void risks_free(struct risks *risks);

/* Warns of each that concerns the instance. */
int risks_report(const struct risks *risks, dcmchain_context *context, dcmchain_instance *instance);

#endif
