/* patient_ids.h: patient IDs that were given beforehand, from a CSV file. It makes no ID itself. Immutable
 * once read, any thread. Its texts for people hold no value of the file. */
#ifndef ANONYMISE_PATIENT_IDS_H
#define ANONYMISE_PATIENT_IDS_H

#include <stddef.h>

struct patient_ids;

#define PATIENT_IDS_PROBLEM_BYTES 160

/* Columns patient_id and new_patient_id, and issuer if sources have one; comma or semicolon, quotes as in RFC
 * 4180. Negative with a text in ret_problem (PATIENT_IDS_PROBLEM_BYTES: "line 3: …") where it is wrong. */
int patient_ids_read(const char *text, size_t length, struct patient_ids **ret_ids, char *ret_problem);
int patient_ids_read_file(const char *path, struct patient_ids **ret_ids, char *ret_problem);
void patient_ids_free(struct patient_ids *ids);

/* The new ID of a patient, by the key of dcmchain_instance_patient_key(). NULL, with the reason in *ret_why
 * (a static text), where the file has none that may be used. */
const char *patient_ids_find(const struct patient_ids *ids, const char *patient_key, const char **ret_why);

/* The key that the core gives a patient with an ID. Owned (free()), NULL: out of memory. */
char *patient_ids_key(const char *issuer, const char *patient_id);

#endif
