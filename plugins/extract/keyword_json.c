/* keyword_json.c: see keyword_json.h. Numbers keep their digits: they go into the document as text that is a
 * number, never through a double. */
#include "keyword_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keyword_key(uint32_t tag, char *ret_key, size_t size)
{
    const char *keyword = dcmchain_tag_keyword(tag);
    /* A repeating group has one keyword for all its groups: only the first may use it. */
    bool repeating = (tag >> 24 == 0x50 || tag >> 24 == 0x60) && ((tag >> 16) & 0xFFU) != 0;
    if (keyword != NULL && !repeating) {
        (void)snprintf(ret_key, size, "%s", keyword);
    } else {
        (void)snprintf(ret_key, size, "(%04X,%04X)", tag >> 16, tag & 0xFFFFU);
    }
}

bool keyword_skips(const dcmchain_element *element)
{
    switch (dcmchain_element_vr(element)) {
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_OV:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_UN:
        return true;
    default:
        return DCMCHAIN_TAG_ELEMENT(dcmchain_element_tag(element)) == 0;
    }
}

static bool is_number(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UV:
        return true;
    default:
        return false;
    }
}

/* What PS3.5 lets DS and IS spell ("+1", "007", ".5", "5.") as JSON spells it. False: it is no number. */
static bool json_number(const char *value, char *ret_number, size_t size)
{
    const char *at = value;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+' ? 1 : 0;
    size_t whole = strspn(at, "0123456789");
    const char *digits = at;
    at += whole;
    size_t fraction = *at == '.' ? strspn(at + 1, "0123456789") : 0;
    const char *fraction_digits = at + 1;
    at += *at == '.' ? 1 + fraction : 0;
    const char *exponent = *at == 'e' || *at == 'E' ? at : "";
    if (exponent[0] != '\0') {
        size_t sign = at[1] == '+' || at[1] == '-' ? 1 : 0;
        size_t power = strspn(at + 1 + sign, "0123456789");
        at += power > 0 ? 1 + sign + power : 0;
    }
    if (*at != '\0' || whole + fraction == 0) {
        return false;
    }
    while (whole > 1 && digits[0] == '0') {
        digits++;
        whole--;
    }
    int written = snprintf(ret_number, size, "%s%.*s%s%.*s%s", negative ? "-" : "",
                           whole > 0 ? (int)whole : 1, whole > 0 ? digits : "0", fraction > 0 ? "." : "",
                           (int)fraction, fraction > 0 ? fraction_digits : "", exponent);
    return written > 0 && (size_t)written < size;
}

static cJSON *one_value(uint16_t vr, const char *value)
{
    char number[128];
    if (value[0] == '\0') {
        return cJSON_CreateNull();
    }
    /* NaN and infinities have no number in JSON, nor has a DS that is none: they stay text. */
    return is_number(vr) && json_number(value, number, sizeof number) ? cJSON_CreateRaw(number)
                                                                      : cJSON_CreateString(value);
}

static cJSON *nth_value(const dcmchain_element *element, size_t index)
{
    char *value = NULL;
    int result = dcmchain_element_get_value(element, index, &value);
    if (result == DCMCHAIN_E_MEMORY) {
        return NULL;
    }
    /* What does not decode is no text to show. */
    cJSON *json = result == DCMCHAIN_OK ? one_value(dcmchain_element_vr(element), value) : cJSON_CreateNull();
    dcmchain_free(value);
    return json;
}

static bool add(cJSON *array, cJSON *value)
{
    if (value == NULL || !cJSON_AddItemToArray(array, value)) {
        cJSON_Delete(value);
        return false;
    }
    return true;
}

cJSON *keyword_value(const dcmchain_element *element)
{
    size_t count = dcmchain_element_value_count(element);
    bool sequence = dcmchain_element_vr(element) == DCMCHAIN_VR_SQ;
    if (!sequence && count <= 1) {
        return count == 0 ? cJSON_CreateNull() : nth_value(element, 0);
    }
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; array != NULL && i < count; i++) {
        if (!add(array, sequence ? keyword_item(dcmchain_element_item(element, i)) : nth_value(element, i))) {
            cJSON_Delete(array);
            array = NULL;
        }
    }
    return array;
}

static int add_element(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    cJSON *object = closure;
    char key[80];
    (void)position;
    if (keyword_skips(element)) {
        return DCMCHAIN_VISIT_SKIP;
    }
    keyword_key(dcmchain_element_tag(element), key, sizeof key);
    cJSON *value = keyword_value(element);
    if (value == NULL || !cJSON_AddItemToObject(object, key, value)) {
        cJSON_Delete(value);
        return DCMCHAIN_E_MEMORY;
    }
    return DCMCHAIN_VISIT_SKIP;
}

cJSON *keyword_item(const dcmchain_item *item)
{
    cJSON *object = cJSON_CreateObject();
    if (object != NULL &&
        dcmchain_item_walk((dcmchain_item *)(uintptr_t)item, 0, add_element, object) != DCMCHAIN_OK) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}
