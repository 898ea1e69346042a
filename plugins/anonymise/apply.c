/* apply.c: removing, emptying, dummies, UIDs, and the patient's and study's own attributes.
 * It must not keep a value that it could not read. */
#include "apply.h"

#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "dates.h"
#include "encapsulated.h"
#include "structured_content.h"
#include "uids.h"
#include "values.h"

#define TAG_BIRTH_DATE 0x00100030U

void apply_report(const struct target *target, const char *action, const char *before, const char *after)
{
    const struct decision *decision = &target->decision;
    AUTO_API char *read = NULL;
    char rule[DECISION_TEXT_BYTES];

    if (target->work->wants == 0) {
        return;
    }
    decision_text(&target->work->run->profile, decision, rule);
    if (before == NULL && dcmchain_element_get_text(target->element, &read) == 0) {
        before = read;
    }
    dcmchain_change(target->work->context, target->work->instance, target->position, target->tag, action,
                    rule, before, after);
}

int apply_remove(struct target *target)
{
    apply_report(target, "remove", NULL, NULL);
    return DCMCHAIN_VISIT_REMOVE;
}

int apply_empty(struct target *target)
{
    int result = 0;

    if (dcmchain_element_length(target->element) == 0 && dcmchain_element_value_count(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    apply_report(target, "empty", NULL, "");
    result = dcmchain_element_clear(target->element);
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}

int apply_text(struct target *target, const char *action, const char *before, const char *after)
{
    apply_report(target, action, before, after);
    if (dcmchain_element_set_text(target->element, after) < 0) {
        const int result = dcmchain_element_clear(target->element);
        return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
    }
    return DCMCHAIN_VISIT_NEXT;
}

void apply_map_uid(dcmchain_context *context, const char *uid, size_t length,
                   char ret_uid[PSEUDONYM_UID_BYTES])
{
    uint8_t digest[32];

    while (length > 0 && (uid[length - 1] == ' ' || uid[length - 1] == '\0')) {
        length--;
    }
    dcmchain_hmac(context, "uid", uid, length, digest);
    pseudonym_uid(digest, ret_uid);
}

/* One value of UI: empty ones and those of the registry stay. */
static int map_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    char mapped[PSEUDONYM_UID_BYTES];

    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\0')) {
        length--;
    }
    if (length == 0 || uids_is_registered(value, length)) {
        return 0;
    }
    apply_map_uid(target->work->context, value, length, mapped);
    *ret_value = strdup(mapped);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

int apply_uid(struct target *target)
{
    AUTO_API char *text = NULL;
    AUTO_FREE char *mapped = NULL;
    int result = 0;

    if (target->vr == DCMCHAIN_VR_SQ || dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        target->work->opaque++;
        return apply_remove(target);
    }
    result = values_change(text, true, map_value, target, &mapped);
    if (result <= 0) {
        return result;
    }
    return apply_text(target, "map-uid", text, mapped);
}

/* A dummy that is valid for the VR (PS3.5 6.2). */
static const char *dummy_text(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AS:
        return "000D";
    case DCMCHAIN_VR_DA:
        return "19000101";
    case DCMCHAIN_VR_DT:
        return "19000101000000";
    case DCMCHAIN_VR_TM:
        return "000000";
    case DCMCHAIN_VR_AT:
        return "(0000,0000)";
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UV:
        return "0";
    default:
        return dcmchain_vr_is_text(vr) ? "ANONYMIZED" : NULL;
    }
}

int apply_dummy(struct target *target)
{
    static const uint8_t zeros[8] = {0};
    const uint16_t known = profile_vr(&target->work->run->profile, target->tag);
    const char *dummy = dummy_text(target->vr);
    AUTO_API char *before = NULL;
    int result = 0;

    if (target->vr == DCMCHAIN_VR_SQ && structured_has_dummy(target->tag)) {
        return structured_dummy(target);
    }
    if (target->vr == DCMCHAIN_VR_SQ || dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (target->vr == DCMCHAIN_VR_UI || known == DCMCHAIN_VR_UI) {
        return apply_uid(target);
    }
    if (dummy != NULL) {
        if (dcmchain_vr_is_text(target->vr) && dummy_text(known) != NULL) {
            dummy = dummy_text(known); /* a date that stands in another text VR stays a date */
        }
        if (dcmchain_element_get_text(target->element, &before) == 0 && strcmp(before, dummy) == 0) {
            return DCMCHAIN_VISIT_NEXT;
        }
        return apply_text(target, "dummy", before, dummy);
    }
    if (target->tag == ENCAPSULATED_DOCUMENT) {
        return encapsulated_dummy(target);
    }
    apply_report(target, "dummy", NULL, NULL);
    result = dcmchain_element_set_bytes(target->element, zeros,
                                        target->vr == DCMCHAIN_VR_OD || target->vr == DCMCHAIN_VR_OV   ? 8
                                        : target->vr == DCMCHAIN_VR_OF || target->vr == DCMCHAIN_VR_OL ? 4
                                                                                                       : 2);
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}

/* One date of a DA or DT: shifted, or cut to its year; what is no date is emptied. */
static int change_date(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    char source[DATES_DT_BYTES + 1] = "";
    char changed[DATES_DT_BYTES] = "";

    while (length > 0 && value[length - 1] == ' ') {
        length--;
    }
    if (length == 0) {
        return 0;
    }
    if (length < sizeof source) {
        (void)memcpy(source, value, length);
        if (target->decision.action == ACTION_SHIFT) {
            (void)dates_shift(source, target->work->shift, changed);
        } else {
            (void)dates_year(source, changed);
        }
    }
    *ret_value = strdup(changed);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

int apply_date(struct target *target)
{
    const struct table_row *row = target->decision.row;
    AUTO_API char *text = NULL;
    AUTO_FREE char *changed = NULL;
    int result = 0;

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        return apply_empty(target);
    }
    result = values_change(text, true, change_date, target, &changed);
    if (result <= 0) {
        return result;
    }
    if (changed[0] == '\0' && row != NULL && row->basic == TABLE_D) {
        return apply_dummy(target); /* no real date, where the standard demands one */
    }
    return apply_text(target, target->decision.action == ACTION_SHIFT ? "shift" : "year", text, changed);
}

int apply_birth_date(struct target *target)
{
    AUTO_API char *text = NULL;
    const bool is_content = target->tag != TAG_BIRTH_DATE; /* the value of a content item is never empty */
    char year[9] = "";
    int32_t born = 0;

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    /* A year that could be a person's of 90 and more is left out; at any day of that year. */
    if (dcmchain_element_get_text(target->element, &text) < 0 || strlen(text) > 10 ||
        !dates_read(text, &born) || !dates_year(text, year) || !dates_read(year, &born) ||
        dates_age(born, target->work->study->last_day) >= 90) {
        return is_content ? apply_dummy(target) : apply_empty(target);
    }
    return strcmp(text, year) == 0 ? DCMCHAIN_VISIT_NEXT : apply_text(target, "year", text, year);
}

int apply_patient_id(struct target *target)
{
    struct work *work = target->work;
    AUTO_API char *text = NULL;
    char id[PSEUDONYM_ID_LENGTH + 1];
    uint8_t digest[32];

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
    dcmchain_hmac(work->context, "nested-patient-id", text, strlen(text), digest);
    pseudonym_id(digest, id);
    return apply_text(target, "pseudonym", text, id);
}

int apply_patient_name(struct target *target)
{
    struct work *work = target->work;
    AUTO_API char *text = NULL;
    char name[PSEUDONYM_NAME_LENGTH + 1];
    uint8_t digest[32];

    if (target->position->depth == 0) {
        return apply_text(target, "pseudonym", NULL, work->patient_name);
    }
    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
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
