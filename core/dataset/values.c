/* values.c: reading the value of one element, in bytes, as text and as numbers. It changes none. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../charset.h"
#include "elements.h"

#define TAG_CHARACTER_SET 0x00080005U
#define MOST_TERMS_BYTES 1024U /* of a value that can be one: eight terms of 16 characters, and padding */

/* ---- what a VR is made of ---- */

size_t value_number_size(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_SS:
        return 2;
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_AT:
        return 4;
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UV:
        return 8;
    default:
        return 0;
    }
}

size_t value_word_size(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AT: /* two numbers of 16 bits */
    case DCMCHAIN_VR_OW:
        return 2;
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
        return 4;
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OV:
        return 8;
    default:
        return value_number_size(vr);
    }
}

uint8_t value_padding(uint16_t vr)
{
    return dcmchain_vr_is_text(vr) && vr != DCMCHAIN_VR_UI ? ' ' : '\0';
}

void value_swap(uint8_t *bytes, size_t length, size_t word_size)
{
    for (size_t at = 0; word_size > 1 && at + word_size <= length; at += word_size) {
        for (size_t i = 0; i < word_size / 2; i++) {
            const uint8_t byte = bytes[at + i];
            bytes[at + i] = bytes[at + word_size - 1 - i];
            bytes[at + word_size - 1 - i] = byte;
        }
    }
}

/* ---- text ---- */

bool value_is_plain(const uint8_t *bytes, size_t length)
{
    const uint8_t escape = 0x1B;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x80 || bytes[i] == escape) {
            return false;
        }
    }
    return true;
}

static char *copy(const void *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (text != NULL) {
        if (length > 0) {
            memcpy(text, bytes, length);
        }
        text[length] = '\0';
    }
    return text;
}

char *value_charset_terms(const struct dcmchain_element *element)
{
    for (const struct dcmchain_item *item = element->item; item != NULL;
         item = item->sequence == NULL ? NULL : item->sequence->item) {
        const struct dcmchain_element *stated = dcmchain_item_find(item, TAG_CHARACTER_SET);
        if (stated == NULL || stated->kind != ELEMENT_VALUE) {
            continue;
        }
        size_t length = stated->length;
        if (length > MOST_TERMS_BYTES) { /* every text copies it: millions of texts would copy millions */
            return copy("?", 1);         /* no set is called so */
        }
        while (length > 0 && (stated->of.bytes[length - 1] == ' ' || stated->of.bytes[length - 1] == '\0')) {
            length--;
        }
        return copy(stated->of.bytes, length);
    }
    return copy("", 0);
}

/* What is the same in every character set needs none; NUL as charset_decode() has it. */
static int decode_plain(const struct dcmchain_element *element, char **ret_text)
{
    char *text = copy(element->of.bytes, element->length);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (char *at = memchr(text, '\0', element->length); at != NULL;
         at = memchr(at, '\0', element->length - (size_t)(at - text))) {
        *at++ = ' ';
    }
    *ret_text = text;
    return DCMCHAIN_OK;
}

/* Decoded, padding and all. */
static int decode(const struct dcmchain_element *element, char **ret_text)
{
    if (value_is_plain(element->of.bytes, element->length)) {
        return decode_plain(element, ret_text);
    }
    struct charset *charset = NULL;
    char *terms = dcmchain_vr_uses_charset(element->vr) ? value_charset_terms(element) : copy("", 0);
    int result = terms == NULL ? DCMCHAIN_E_MEMORY : charset_open(terms, &charset);
    free(terms);
    if (result == DCMCHAIN_OK) {
        result =
            charset_decode(charset, element->vr, (const char *)element->of.bytes, element->length, ret_text);
        charset_free(charset);
    }
    return result;
}

static void trim_right(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    text[length] = '\0';
}

static bool leading_is_padding(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AE:
    case DCMCHAIN_VR_CS:
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_LO:
    case DCMCHAIN_VR_SH:
        return true;
    default:
        return false;
    }
}

static int numbers_text(const struct dcmchain_element *element, size_t size, char **ret_text)
{
    const size_t count = element->length / size;
    char *text = malloc(count * NUMBER_TEXT_BYTES + 1);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    char *at = text;
    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *at++ = '\\';
        }
        number_to_text(element->vr, element->of.bytes + i * size, at);
        at += strlen(at);
    }
    *ret_text = text;
    return DCMCHAIN_OK;
}

static int whole_text(const struct dcmchain_element *element, char **ret_text)
{
    const size_t size = value_number_size(element->vr);
    if (element->kind != ELEMENT_VALUE || (size == 0 && !dcmchain_vr_is_text(element->vr))) {
        return DCMCHAIN_E_TYPE;
    }
    if (size != 0) {
        return numbers_text(element, size, ret_text);
    }
    char *text = NULL;
    int result = decode(element, &text);
    if (result == DCMCHAIN_OK) {
        trim_right(text);
        *ret_text = text;
    }
    return result;
}

int dcmchain_element_get_text(const dcmchain_element *element, char **ret_text)
{
    return element == NULL ? DCMCHAIN_E_ABSENT : elements_told(element->item, whole_text(element, ret_text));
}

/* The first value of a text, trimmed and ended where it stands. *ret_rest: what is behind its backslash;
 * NULL: it is the last. */
static char *cut_value(char *text, uint16_t vr, char **ret_rest)
{
    char *end = dcmchain_vr_is_multi_valued(vr) ? text + strcspn(text, "\\") : text + strlen(text);
    *ret_rest = *end == '\0' ? NULL : end + 1;
    while (end > text && end[-1] == ' ') {
        end--;
    }
    *end = '\0';
    while (leading_is_padding(vr) && *text == ' ') {
        text++;
    }
    return text;
}

/* One value of a text, moved to its begin. */
static int take_value(char *text, uint16_t vr, size_t index)
{
    char *rest = text;
    char *value = text;
    for (size_t i = 0; i <= index; i++) {
        if (rest == NULL) {
            return DCMCHAIN_E_RANGE;
        }
        value = cut_value(rest, vr, &rest);
    }
    memmove(text, value, strlen(value) + 1);
    return DCMCHAIN_OK;
}

/* Where a binary number stands; NULL past the end. */
static const uint8_t *number_at(const struct dcmchain_element *element, size_t size, size_t index)
{
    return index < element->length / size ? element->of.bytes + index * size : NULL;
}

static int one_value(const struct dcmchain_element *element, size_t index, char **ret_text)
{
    const size_t size = value_number_size(element->vr);
    char *text = NULL;
    if (size != 0 && element->kind == ELEMENT_VALUE) {
        const uint8_t *number = number_at(element, size, index);
        if (number == NULL) {
            return DCMCHAIN_E_RANGE;
        }
        text = malloc(NUMBER_TEXT_BYTES);
        if (text == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        number_to_text(element->vr, number, text);
        *ret_text = text;
        return DCMCHAIN_OK;
    }
    int result = whole_text(element, &text);
    if (result == DCMCHAIN_OK) {
        result = element->length == 0 ? DCMCHAIN_E_RANGE : take_value(text, element->vr, index);
    }
    if (result != DCMCHAIN_OK) {
        free(text);
        return result;
    }
    *ret_text = text;
    return DCMCHAIN_OK;
}

int dcmchain_element_get_value(const dcmchain_element *element, size_t index, char **ret_text)
{
    return element == NULL ? DCMCHAIN_E_ABSENT
                           : elements_told(element->item, one_value(element, index, ret_text));
}

int dataset_each_value(const dcmchain_element *element, int (*each)(void *closure, const char *value),
                       void *closure)
{
    const size_t size = value_number_size(element->vr);
    int result = DCMCHAIN_OK;
    if (size != 0 && element->kind == ELEMENT_VALUE) {
        char number[NUMBER_TEXT_BYTES];
        for (size_t i = 0; i < element->length / size && result == DCMCHAIN_OK; i++) {
            number_to_text(element->vr, element->of.bytes + i * size, number);
            result = each(closure, number);
        }
        return result;
    }
    char *text = NULL;
    result = dcmchain_element_get_text(element, &text);
    char *rest = element->length == 0 ? NULL : text;
    while (result == DCMCHAIN_OK && rest != NULL) {
        result = each(closure, cut_value(rest, element->vr, &rest));
    }
    free(text);
    return result;
}

/* ---- numbers ---- */

static bool is_decimal_text(uint16_t vr)
{
    return vr == DCMCHAIN_VR_DS || vr == DCMCHAIN_VR_IS;
}

int dcmchain_element_get_double(const dcmchain_element *element, size_t index, double *ret_number)
{
    if (element == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    const size_t size = value_number_size(element->vr);
    if (element->kind != ELEMENT_VALUE || element->vr == DCMCHAIN_VR_AT ||
        (size == 0 && !is_decimal_text(element->vr))) {
        return DCMCHAIN_E_TYPE;
    }
    if (size != 0) {
        const uint8_t *bytes = number_at(element, size, index);
        if (bytes != NULL) {
            *ret_number = number_to_double(element->vr, bytes);
        }
        return bytes == NULL ? DCMCHAIN_E_RANGE : DCMCHAIN_OK;
    }
    char *text = NULL;
    double number = 0;
    int result = dcmchain_element_get_value(element, index, &text);
    if (result == DCMCHAIN_OK && (!number_parse(text, &number) || !isfinite(number))) {
        result = DCMCHAIN_E_INVALID; /* DS and IS know no infinity */
    }
    free(text);
    if (result == DCMCHAIN_OK) {
        *ret_number = number;
    }
    return result;
}

int dcmchain_element_get_integer(const dcmchain_element *element, size_t index, int64_t *ret_number)
{
    if (element == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    if (element->vr == DCMCHAIN_VR_AT || element->vr == DCMCHAIN_VR_FL || element->vr == DCMCHAIN_VR_FD ||
        (value_number_size(element->vr) == 0 && !is_decimal_text(element->vr))) {
        return DCMCHAIN_E_TYPE;
    }
    char *text = NULL;
    int result = dcmchain_element_get_value(element, index, &text);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    char *end = NULL;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        result = errno == ERANGE ? DCMCHAIN_E_RANGE : DCMCHAIN_E_INVALID;
    } else {
        *ret_number = number;
    }
    free(text);
    return result;
}

/* ---- counts and bytes ---- */

static uint64_t encoded_length(const struct dcmchain_element *sequence, unsigned depth)
{
    const uint64_t item_head = 8;
    const uint64_t element_head = 12; /* at most */
    uint64_t length = 0;
    for (uint32_t i = 0; i < sequence->length; i++) {
        const struct dcmchain_item *item = sequence->of.items[i];
        length += item_head;
        for (size_t j = 0; j < item->count; j++) {
            const struct dcmchain_element *element = item->elements[j];
            const bool nested = element->kind == ELEMENT_SEQUENCE && depth < DCMCHAIN_MAX_DEPTH;
            length += element->kind == ELEMENT_REMOVED ? 0
                      : nested                         ? element_head + encoded_length(element, depth + 1)
                                                       : element_head + element->length;
        }
    }
    return length;
}

uint32_t dcmchain_element_length(const dcmchain_element *element)
{
    if (element == NULL) {
        return 0;
    }
    if (element->kind == ELEMENT_SEQUENCE) {
        const uint64_t length = encoded_length(element, 0);
        return length < WALKER_UNDEFINED ? (uint32_t)length : WALKER_UNDEFINED;
    }
    return element->kind == ELEMENT_FRAGMENTS ? WALKER_UNDEFINED : element->length;
}

size_t dcmchain_element_value_count(const dcmchain_element *element)
{
    if (element == NULL) {
        return 0;
    }
    const size_t size = value_number_size(element->vr);
    if (element->kind == ELEMENT_SEQUENCE || size != 0) {
        return element->kind == ELEMENT_SEQUENCE ? element->length : element->length / size;
    }
    if (element->length == 0) {
        return 0;
    }
    size_t count = 1;
    char *text = NULL;
    if (element->kind == ELEMENT_VALUE && dcmchain_vr_is_multi_valued(element->vr) &&
        elements_told(element->item, decode(element, &text)) == DCMCHAIN_OK) {
        for (const char *at = strchr(text, '\\'); at != NULL; at = strchr(at + 1, '\\')) {
            count++;
        }
    }
    free(text);
    return count;
}

int dcmchain_element_get_bytes(const dcmchain_element *element, void **ret_bytes, size_t *ret_length_bytes)
{
    if (element == NULL || element->kind != ELEMENT_VALUE) {
        return element == NULL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_TYPE;
    }
    char *bytes = copy(element->of.bytes, element->length);
    if (bytes == NULL) {
        return elements_told(element->item, DCMCHAIN_E_MEMORY);
    }
    *ret_bytes = bytes;
    *ret_length_bytes = element->length;
    return DCMCHAIN_OK;
}
