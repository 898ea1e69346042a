/* value.c: see value.h. No number goes through a double: what the file says is what stands there. */
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"

#define NUMBER_SIZE 512U
#define LARGEST_EXPONENT 308

bool value_is_bulk_vr(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_OV:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_UN:
        return true;
    default:
        return false;
    }
}

static bool is_number_vr(uint16_t vr)
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

bool value_is_left_out(const dcmchain_element *element, uint64_t longest_value)
{
    uint16_t vr = dcmchain_element_vr(element);
    if (value_is_bulk_vr(vr) || DCMCHAIN_TAG_ELEMENT(dcmchain_element_tag(element)) == 0) {
        return true;
    }
    return vr != DCMCHAIN_VR_SQ && longest_value > 0 && dcmchain_element_length(element) > longest_value;
}

void value_key(uint32_t tag, char ret_key[VALUE_KEY_SIZE])
{
    const char *keyword = dcmchain_tag_keyword(tag);
    uint32_t back = 0;
    if (keyword != NULL && strlen(keyword) < VALUE_KEY_SIZE &&
        dcmchain_tag_parse(keyword, &back) == DCMCHAIN_OK && back == tag) {
        memcpy(ret_key, keyword, strlen(keyword) + 1);
    } else {
        (void)snprintf(ret_key, VALUE_KEY_SIZE, "(%04X,%04X)", DCMCHAIN_TAG_GROUP(tag),
                       DCMCHAIN_TAG_ELEMENT(tag));
    }
}

/* ---- numbers ---- */

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

bool value_number(const char *text, char *ret_number, size_t size)
{
    bool negative = text[0] == '-';
    const char *whole = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    size_t whole_count = digits_at(whole);
    const char *at = whole + whole_count;
    const char *fraction = *at == '.' ? at + 1 : at;
    size_t fraction_count = *at == '.' ? digits_at(fraction) : 0;
    at = fraction + fraction_count;
    if (whole_count + fraction_count == 0) {
        return false;
    }
    const char *exponent = NULL;
    long power = 0;
    if (*at == 'e' || *at == 'E') {
        exponent = at + 1;
        const char *first = exponent + (*exponent == '-' || *exponent == '+' ? 1 : 0);
        if (digits_at(first) == 0 || digits_at(first) > 6) {
            return false;
        }
        power = strtol(exponent, NULL, 10);
        at = first + digits_at(first);
    }
    while (whole_count > 0 && whole[0] == '0') {
        whole++;
        whole_count--;
    }
    if (*at != '\0' || power > LARGEST_EXPONENT || (long)whole_count + power > LARGEST_EXPONENT) {
        return false;
    }
    int written =
        snprintf(ret_number, size, "%s%.*s%s%.*s%s%.*s", negative ? "-" : "",
                 whole_count > 0 ? (int)whole_count : 1, whole_count > 0 ? whole : "0",
                 fraction_count > 0 ? "." : "", (int)fraction_count, fraction, exponent == NULL ? "" : "E",
                 exponent == NULL ? 0 : (int)(at - exponent), exponent == NULL ? "" : exponent);
    return written > 0 && (size_t)written < size;
}

/* PS3.18 F.2.3.1 spells what JSON cannot: "NaN", "inf", "-inf". */
static void write_number(struct json *json, const char *value)
{
    char number[NUMBER_SIZE];
    const char *letters = value + (value[0] == '-' ? 1 : 0);
    if (value_number(value, number, sizeof number)) {
        json_raw(json, NULL, number);
    } else if (strcmp(letters, "nan") == 0) {
        json_string(json, NULL, "NaN");
    } else {
        json_string(json, NULL, value);
    }
}

/* ---- values ---- */

/* Spaces at the end, and where PS3.5 6.2 calls them padding at the beginning, are not the value's. */
static char *trimmed(char *value, uint16_t vr)
{
    bool text_block = vr == DCMCHAIN_VR_LT || vr == DCMCHAIN_VR_ST || vr == DCMCHAIN_VR_UT ||
                      vr == DCMCHAIN_VR_UC || vr == DCMCHAIN_VR_PN;
    size_t length = strlen(value);
    while (length > 0 && value[length - 1] == ' ') {
        length--;
    }
    value[length] = '\0';
    return value + (text_block ? 0 : strspn(value, " "));
}

static void write_one(struct json *json, char *value, uint16_t vr)
{
    value = trimmed(value, vr);
    if (value[0] == '\0') {
        json_raw(json, NULL, "null");
    } else if (is_number_vr(vr)) {
        write_number(json, value);
    } else {
        json_string(json, NULL, value);
    }
}

/* The values are split here, from one reading of the whole: asking for each would read it each time. */
static void write_values(struct json *json, char *text, uint16_t vr)
{
    bool several = is_number_vr(vr) || vr == DCMCHAIN_VR_AT || dcmchain_vr_is_multi_valued(vr);
    char *backslash = several ? strchr(text, '\\') : NULL;
    if (backslash == NULL) {
        write_one(json, text, vr);
        return;
    }
    json_open(json, NULL, '[', true);
    for (char *value = text; value != NULL;) {
        backslash = strchr(value, '\\');
        if (backslash != NULL) {
            *backslash = '\0';
        }
        write_one(json, value, vr);
        value = backslash == NULL ? NULL : backslash + 1;
    }
    json_close(json, ']');
}

struct item_writer {
    struct json *json;
    uint64_t longest_value;
    uint32_t *undecodable;
};

static int write_element(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    const struct item_writer *writer = closure;
    (void)position;
    if (!value_is_left_out(element, writer->longest_value)) {
        char key[VALUE_KEY_SIZE];
        value_key(dcmchain_element_tag(element), key);
        int result = value_write(writer->json, key, element, writer->longest_value, writer->undecodable);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_VISIT_SKIP; /* value_write() has gone into its items */
}

static int write_items(struct json *json, const dcmchain_element *element, uint64_t longest_value,
                       uint32_t *ret_undecodable)
{
    struct item_writer writer = {json, longest_value, ret_undecodable};
    int result = DCMCHAIN_OK;
    json_open(json, NULL, '[', true);
    for (size_t i = 0; result == DCMCHAIN_OK; i++) {
        dcmchain_item *item = dcmchain_element_item(element, i);
        if (item == NULL) {
            break;
        }
        json_open(json, NULL, '{', true);
        result = dcmchain_item_walk(item, 0, write_element, &writer);
        json_close(json, '}');
    }
    json_close(json, ']');
    return result;
}

int value_write(struct json *json, const char *key, const dcmchain_element *element, uint64_t longest_value,
                uint32_t *ret_undecodable)
{
    uint16_t vr = dcmchain_element_vr(element);
    json_key(json, key);
    if (vr == DCMCHAIN_VR_SQ) {
        return write_items(json, element, longest_value, ret_undecodable);
    }
    AUTO_API char *text = NULL;
    int result = dcmchain_element_get_text(element, &text);
    if (result == DCMCHAIN_OK) {
        write_values(json, text, vr);
        return DCMCHAIN_OK;
    }
    if (result == DCMCHAIN_E_MEMORY) {
        return result;
    }
    *ret_undecodable += 1;
    json_raw(json, NULL, "null");
    return DCMCHAIN_OK;
}
