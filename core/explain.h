/* explain.h: what the stages do to an attribute, or to every element of one file, and why: the stages' own
 * answers, and for a file what they then did. It decides nothing. One file, so one thread at a time. */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include <stdbool.h>

#include "dcmchain/stage.h"

struct run;
struct explain;

int explain_open(bool show_values, struct explain **ret_explain);
void explain_free(struct explain *explain);

/* Asks every stage about one attribute. */
int explain_subject(struct explain *explain, struct run *run, const struct dcmchain_subject *subject);
/* Lists every element of a data set as it came, and asks every stage about each. */
int explain_dataset(struct explain *explain, struct run *run, dcmchain_dataset *dataset,
                    const char *sop_class_uid);
/* What dcmchain_explain() and dcmchain_change() give. */
void explain_answer(struct explain *explain, const char *stage_id, const char *action, const char *rule);
void explain_change(struct explain *explain, const char *stage_id, const struct dcmchain_position *position,
                    uint32_t tag, const char *action, const char *rule, const char *before,
                    const char *after);

/* As text, a line an element and answer, or as NDJSON, an object an element. Owned, NULL: out of memory. */
char *explain_write(const struct explain *explain, bool json);

#endif
