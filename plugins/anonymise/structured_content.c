/* structured_content.c: reads the concept of a content item, and writes the dummies that keep it valid.
 * It must not remove a content item: references between them count their places. */
#include "structured_content.h"

#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"

#define KEY_OBJECT_SELECTION "1.2.840.10008.5.1.4.1.1.88.59"
#define TAG_CODE_VALUE 0x00080100U
#define TAG_CODING_SCHEME 0x00080102U
#define TAG_CODE_MEANING 0x00080104U
#define TAG_LONG_CODE_VALUE 0x00080119U
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_BIRTH_DATE 0x00100030U
#define TAG_PATIENT_SEX 0x00100040U
#define TAG_PATIENT_AGE 0x00101010U
#define TAG_DEVICE_UID 0x00181002U
#define TAG_MEASUREMENT_UNITS 0x004008EAU
#define TAG_RELATIONSHIP 0x0040A010U
#define TAG_VALUE_TYPE 0x0040A040U
#define TAG_CONCEPT_NAME 0x0040A043U
#define TAG_DATETIME 0x0040A120U
#define TAG_DATE 0x0040A121U
#define TAG_TIME 0x0040A122U
#define TAG_PERSON_NAME 0x0040A123U
#define TAG_UID 0x0040A124U
#define TAG_TEXT 0x0040A160U
#define TAG_FLOATING_POINT 0x0040A161U
#define TAG_NUMERATOR 0x0040A162U
#define TAG_DENOMINATOR 0x0040A163U
#define TAG_CONCEPT_CODE 0x0040A168U
#define TAG_MEASURED_VALUE 0x0040A300U
#define TAG_NUMERIC_VALUE 0x0040A30AU
#define TAG_CONTENT 0x0040A730U

#define DUMMY_TEXT "ANONYMIZED"

struct code {
    const char *value;
    const char *scheme;
    const char *meaning;
};

/* Whether an attribute says something of values of this kind. Other codes and numbers are no identity. */
static bool concerns(uint32_t value_tag, uint32_t attribute)
{
    switch (value_tag) {
    case TAG_TEXT:
        return true;
    case TAG_PERSON_NAME:
        return attribute == TAG_PATIENT_NAME;
    case TAG_DATETIME:
    case TAG_DATE:
        return attribute == TAG_BIRTH_DATE;
    case TAG_UID:
        return attribute == TAG_DEVICE_UID;
    case TAG_CONCEPT_CODE:
        return attribute == TAG_PATIENT_SEX;
    case TAG_MEASURED_VALUE:
        return attribute == TAG_PATIENT_AGE;
    default:
        return false;
    }
}

static bool is_value(uint32_t tag)
{
    return concerns(tag, TAG_PATIENT_NAME) || concerns(tag, TAG_BIRTH_DATE) ||
           concerns(tag, TAG_DEVICE_UID) || concerns(tag, TAG_PATIENT_SEX) || concerns(tag, TAG_PATIENT_AGE);
}

/* "" where the item has none. */
static const char *code_text(const dcmchain_item *item, uint32_t tag, char **ret_text)
{
    return dcmchain_item_get_text(item, tag, ret_text) < 0 ? "" : *ret_text;
}

static uint32_t attribute_of(const struct profile *profile, const dcmchain_item *content_item)
{
    const dcmchain_element *sequence = dcmchain_item_find(content_item, TAG_CONCEPT_NAME);
    const dcmchain_item *name = sequence == NULL ? NULL : dcmchain_element_item(sequence, 0);
    AUTO_API char *scheme = NULL;
    AUTO_API char *value = NULL;
    AUTO_API char *long_value = NULL;
    AUTO_API char *meaning = NULL;
    const char *code = "";

    if (name == NULL) {
        return 0;
    }
    code = code_text(name, TAG_CODE_VALUE, &value);
    if (code[0] == '\0') {
        code = code_text(name, TAG_LONG_CODE_VALUE, &long_value);
    }
    return concepts_find(profile->concepts, code_text(name, TAG_CODING_SCHEME, &scheme), code,
                         code_text(name, TAG_CODE_MEANING, &meaning));
}

uint32_t structured_attribute(const struct profile *profile, const struct subject *subject)
{
    uint32_t attribute = 0;

    if (!is_value(subject->tag) || subject->position == NULL || subject->position->item == NULL) {
        return 0; /* an attribute by itself, as explain asks for it, has no concept beside it */
    }
    attribute = attribute_of(profile, subject->position->item);
    return concerns(subject->tag, attribute) ? attribute : 0;
}

void structured_adapt(const struct subject *subject, struct decision *decision)
{
    const bool is_number = subject->tag == TAG_MEASURED_VALUE;

    switch (decision->action) {
    case ACTION_REMOVE:
    case ACTION_EMPTY:
    case ACTION_DUMMY:
    case ACTION_STUDY_ID:
        /* A measured value may be empty (Type 2), the others must say something. */
        decision->action = is_number ? ACTION_EMPTY : ACTION_DUMMY;
        break;
    case ACTION_KEEP:
        decision->action = subject->tag == TAG_UID ? ACTION_KEEP : ACTION_CLEAN;
        break;
    case ACTION_BIRTH_DATE:
    case ACTION_SHIFT:
    case ACTION_YEAR:
        if (subject->tag == TAG_TEXT) {
            decision->action = ACTION_DUMMY; /* in what spelling, nobody knows */
        }
        break;
    default:
        break;
    }
    decision->why = "by its concept, as the attribute of the same meaning";
}

static int set_code(dcmchain_item *item, const struct code *code)
{
    int result = dcmchain_item_set_text(item, TAG_CODE_VALUE, code->value);

    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_CODING_SCHEME, code->scheme);
    }
    return result < 0 ? result : dcmchain_item_set_text(item, TAG_CODE_MEANING, code->meaning);
}

/* One empty item is left of a sequence. */
static int keep_one_item(dcmchain_element *sequence, dcmchain_item **ret_item)
{
    const int result = dcmchain_element_clear(sequence);

    return result < 0 ? result : dcmchain_element_add_item(sequence, ret_item);
}

static int dummy_content(struct target *target)
{
    static const struct code comment = {"121106", "DCM", "Comment"};
    static const struct code key_object = {"113012", "DCM", "Key Object Description"};
    dcmchain_item *item = NULL;
    dcmchain_item *name = NULL;
    dcmchain_element *names = NULL;
    int result = keep_one_item(target->element, &item);

    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_RELATIONSHIP, "CONTAINS");
    }
    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_VALUE_TYPE, "TEXT");
    }
    if (result == 0) {
        result = dcmchain_item_insert(item, TAG_CONCEPT_NAME, DCMCHAIN_VR_SQ, &names);
    }
    if (result == 0) {
        result = dcmchain_element_add_item(names, &name);
    }
    if (result == 0) {
        result = set_code(
            name, strcmp(target->work->object.sop_class, KEY_OBJECT_SELECTION) == 0 ? &key_object : &comment);
    }
    return result < 0 ? result : dcmchain_item_set_text(item, TAG_TEXT, DUMMY_TEXT);
}

bool structured_has_dummy(uint32_t tag)
{
    return tag == TAG_CONTENT || tag == TAG_CONCEPT_CODE;
}

int structured_dummy(struct target *target)
{
    static const struct code undetermined = {"121103", "DCM", "Undetermined sex"};
    dcmchain_item *item = NULL;
    int result = 0;

    if (dcmchain_element_value_count(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    apply_report(target, "dummy", NULL, NULL);
    if (target->tag == TAG_CONTENT) {
        result = dummy_content(target);
    } else {
        result = keep_one_item(target->element, &item);
        result = result < 0 ? result : set_code(item, &undetermined);
    }
    return result < 0 ? result : DCMCHAIN_VISIT_SKIP;
}

/* 90 years in a unit of UCUM; 0: no unit of time. */
static double ninety_years(const dcmchain_item *item)
{
    static const struct {
        const char *unit;
        double count;
    } units[] = {{"a", 90}, {"mo", 1080}, {"wk", 4696}, {"d", 32872}};
    const dcmchain_element *sequence = dcmchain_item_find(item, TAG_MEASUREMENT_UNITS);
    const dcmchain_item *code = sequence == NULL ? NULL : dcmchain_element_item(sequence, 0);
    AUTO_API char *unit = NULL;

    if (code == NULL || dcmchain_item_get_text(code, TAG_CODE_VALUE, &unit) < 0) {
        return units[0].count;
    }
    for (size_t at = 0; at < sizeof units / sizeof units[0]; at++) {
        if (strcmp(units[at].unit, unit) == 0) {
            return units[at].count;
        }
    }
    return units[0].count;
}

/* The number under another spelling would still say the age. */
static int cap(dcmchain_item *item, double most)
{
    static const uint32_t others[] = {TAG_FLOATING_POINT, TAG_NUMERATOR, TAG_DENOMINATOR};
    char text[32];
    int result = 0;

    (void)snprintf(text, sizeof text, "%.0f", most);
    result = dcmchain_item_set_text(item, TAG_NUMERIC_VALUE, text);
    for (size_t at = 0; result == 0 && at < sizeof others / sizeof others[0]; at++) {
        if (dcmchain_item_find(item, others[at]) != NULL) {
            result = dcmchain_item_remove(item, others[at]);
        }
    }
    return result;
}

int structured_clean_number(struct target *target)
{
    dcmchain_item *item = NULL;
    int result = 0;

    if (target->tag != TAG_MEASURED_VALUE ||
        attribute_of(&target->work->run->profile, target->position->item) != TAG_PATIENT_AGE) {
        return DCMCHAIN_VISIT_NEXT;
    }
    for (size_t at = 0; result == 0 && (item = dcmchain_element_item(target->element, at)) != NULL; at++) {
        const dcmchain_element *number = dcmchain_item_find(item, TAG_NUMERIC_VALUE);
        const double most = ninety_years(item);
        double value = 0;
        if (number != NULL && dcmchain_element_get_double(number, 0, &value) == 0 && value < most) {
            continue;
        }
        target->decision.why = "ages over 89 are one";
        apply_report(target, "cap-age", NULL, NULL);
        result = cap(item, most);
    }
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}
