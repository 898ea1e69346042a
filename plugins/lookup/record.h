/* record.h: what is remembered of one published study, as a JSON object:
 *
 *     {"time", "pipeline", "version", "project", "key_id", "folder", "shift_days": n or null,
 *      "patients": [{"key", "id", "issuer", "final"}], "accession": {"source", "final"},
 *      "study": {"source", "final"}, "series": [{"source", "final"} …],
 *      "task": {"accession", "patient"}}          of mercure's task, where it is about the study
 *
 * It must not know how it is stored. One record belongs to one thread. */
#ifndef LOOKUP_RECORD_H
#define LOOKUP_RECORD_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "dcmchain/stage.h"

/* The record of a study that is about to be published; patients (taken over) is a JSON array. NULL: no
 * memory. */
cJSON *record_make(dcmchain_context *context, const dcmchain_study *study, cJSON *patients);
/* One entry of "patients". NULL: no memory. */
cJSON *record_patient(const char *key, const char *id, const char *issuer, const char *final);

/* A member as text, "" where there is none; of "accession" and "study" by two keys. Borrowed. */
const char *record_text(const cJSON *object, const char *key);
const char *record_pair(const cJSON *record, const char *pair, const char *key);

/* Every name that the record is found by: patient IDs, accession numbers, UIDs, source and final. */
#define RECORD_PATIENT "patient"
#define RECORD_ACCESSION "accession"
#define RECORD_UID "uid"
typedef int (*record_visitor)(void *closure, const char *domain, const char *value);
int record_names(const cJSON *record, record_visitor visitor, void *closure);

/* Every final value that stands for one source value alone: kind, final, and who it stands for. */
typedef int (*record_claim)(void *closure, const char *kind, const char *final, const char *owner);
int record_claims(const cJSON *record, record_claim claim, void *closure);

#endif
