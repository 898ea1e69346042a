/* apply.h: carries out a decision on one element. Each returns DCMCHAIN_VISIT_NEXT, DCMCHAIN_VISIT_REMOVE or
 * a negative result, and reports what it changed. It decides nothing. */
#ifndef ANONYMISE_APPLY_H
#define ANONYMISE_APPLY_H

#include "state.h"

int apply_remove(struct target *target);
int apply_empty(struct target *target);
int apply_dummy(struct target *target);
int apply_uid(struct target *target);
int apply_date(struct target *target);
int apply_birth_date(struct target *target);
int apply_patient_id(struct target *target);
int apply_patient_name(struct target *target);
int apply_study_id(struct target *target);
int apply_accession(struct target *target);
/* What stays: text cleaned, instance UIDs mapped, ages capped; the rest untouched. */
int apply_clean(struct target *target);

/* Sets a text; where the element cannot hold it, empties it. before: NULL or the text that stood there. */
int apply_text(struct target *target, const char *action, const char *before, const char *after);
/* dcmchain_change() with the rule's text, if somebody asked. */
void apply_report(const struct target *target, const char *action, const char *before, const char *after);

/* The UID that takes the place of one (trimmed), the same everywhere for one key and project. */
void apply_map_uid(const struct work *work, const char *uid, size_t length,
                   char ret_uid[PSEUDONYM_UID_BYTES]);

#endif
