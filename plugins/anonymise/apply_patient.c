/* apply_patient.c: the numbers and the name by which a patient and a study go.
 * It must not keep one of them, at any depth. */
#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "patient_ids.h"

#define TAG_ISSUER 0x00100021U /* of Patient ID */

/* The ID that another patient would get at the top level of a study of their own. */
static int other_patient(const struct target *target, const char *source, char ret_id[PATIENT_ID_BYTES])
{
    const struct work *work = target->work;
    AUTO_API char *issuer = NULL;
    AUTO_FREE char *key = NULL;
    const char *why = NULL;
    const char *given = NULL;
    uint8_t digest[32];

    if (dcmchain_item_get_text(target->position->item, TAG_ISSUER, &issuer) < 0) {
        issuer = NULL;
    }
    key = patient_ids_key(issuer != NULL ? issuer : "", source);
    if (key == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    given = work->run->patient_ids == NULL ? NULL : patient_ids_find(work->run->patient_ids, key, &why);
    if (given != NULL) {
        (void)snprintf(ret_id, PATIENT_ID_BYTES, "%s", given);
        return 0;
    }
    dcmchain_hmac(work->context, "patient-id", key, strlen(key), digest);
    pseudonym_id(digest, ret_id);
    return 0;
}

int apply_patient_id(struct target *target)
{
    struct work *work = target->work;
    AUTO_API char *text = NULL;
    char id[PATIENT_ID_BYTES];
    int result = 0;

    if (target->position->depth == 0) {
        return apply_text(target, "pseudonym", NULL, work->patient_id);
    }
    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        return apply_empty(target);
    }
    if (work->source_id != NULL && strcmp(text, work->source_id) == 0) {
        return apply_text(target, "pseudonym", text, work->patient_id);
    }
    result = other_patient(target, text, id);
    return result < 0 ? result : apply_text(target, "pseudonym", text, id);
}

int apply_patient_name(struct target *target)
{
    struct work *work = target->work;
    AUTO_API char *text = NULL;
    char name[PSEUDONYM_NAME_LENGTH + 1];
    uint8_t digest[32];

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT; /* whose name nobody has said */
    }
    if (target->position->depth == 0) {
        return apply_text(target, "pseudonym", NULL, work->patient_name);
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        return apply_empty(target);
    }
    if (work->source_name != NULL && strcmp(text, work->source_name) == 0) {
        return apply_text(target, "pseudonym", text, work->patient_name);
    }
    dcmchain_hmac(work->context, "nested-patient-name", text, strlen(text), digest);
    pseudonym_name(digest, name);
    return apply_text(target, "pseudonym", text, name);
}

int apply_study_id(struct target *target)
{
    const char *id = target->work->study->study_id;

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (target->position->depth > 0 || id[0] == '\0') {
        return apply_empty(target); /* of some other study */
    }
    return apply_text(target, "pseudonym", NULL, id);
}

int apply_accession(struct target *target)
{
    AUTO_API char *text = NULL;
    char number[PSEUDONYM_ID_LENGTH + 1];
    uint8_t digest[32];

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0 || text[strspn(text, " ")] == '\0') {
        return apply_empty(target);
    }
    dcmchain_hmac(target->work->context, "accession-number", text, strlen(text), digest);
    pseudonym_id(digest, number);
    return apply_text(target, "pseudonym", text, number);
}
