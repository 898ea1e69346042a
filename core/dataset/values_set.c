/* values_set.c: setting the value of one element, from bytes and from text. */
#include <stdlib.h>
#include <string.h>

#include "../charset.h"
#include "elements.h"

static int put_bytes(struct dcmchain_element *element, const void *bytes, size_t length)
{
    const size_t word = value_word_size(element->vr);
    if (element->kind == ELEMENT_REMOVED) {
        return DCMCHAIN_E_ABSENT; /* who holds it still must not bring it back */
    }
    if (length > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    if (word > 1 && length % word != 0) {
        return DCMCHAIN_E_INVALID;
    }
    const size_t padded = length + length % 2;
    uint8_t *value = element->of.bytes; /* what the arena holds is ours to write over */
    if (element->kind != ELEMENT_VALUE || padded > element->length) {
        value = padded == 0 ? NULL : arena_take(&element->item->dataset->arena, padded);
    }
    if (value == NULL && padded > 0) {
        return DCMCHAIN_E_MEMORY;
    }
    if (length > 0 && value != NULL) {
        memmove(value, bytes, length);
    }
    if (padded > length) {
        value[length] = value_padding(element->vr);
    }
    element->kind = ELEMENT_VALUE;
    element->of.bytes = value;
    element->length = (uint32_t)padded;
    return DCMCHAIN_OK;
}

/* The numbers of a text between its backslashes. */
static int put_numbers(struct dcmchain_element *element, const char *text)
{
    const size_t size = value_number_size(element->vr);
    size_t count = *text == '\0' ? 0 : 1;
    for (const char *at = strchr(text, '\\'); at != NULL; at = strchr(at + 1, '\\')) {
        count++;
    }
    char *words = strdup(text);
    uint8_t *bytes = malloc(count * size + sizeof(uint64_t)); /* each is written as if it had 8 */
    int result = words == NULL || bytes == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    char *word = words;
    for (size_t i = 0; i < count && result == DCMCHAIN_OK; i++) {
        char *end = word + strcspn(word, "\\");
        *end = '\0'; /* of the last, what stands there */
        result = number_from_text(element->vr, word, bytes + i * size) ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
        word = end + 1;
    }
    if (result == DCMCHAIN_OK) {
        result = put_bytes(element, bytes, count * size);
    }
    free(bytes);
    free(words);
    return result;
}

/* ASCII without controls is the same in every character set. */
static bool is_same_everywhere(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static int encode(struct dcmchain_element *element, const char *text)
{
    struct charset *charset = NULL;
    char *terms = dcmchain_vr_uses_charset(element->vr) ? value_charset_terms(element) : strdup("");
    int result = terms == NULL ? DCMCHAIN_E_MEMORY : charset_open(terms, &charset);
    free(terms);
    if (result == DCMCHAIN_E_CHARSET) {
        result = charset_open("", &charset); /* an unknown set: ASCII is in all of them */
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    char *bytes = NULL;
    size_t length = 0;
    result = charset_encode(charset, element->vr, text, &bytes, &length);
    if (result == DCMCHAIN_OK) {
        result = put_bytes(element, bytes, length);
    }
    free(bytes);
    charset_free(charset);
    return result;
}

static int put_text(struct dcmchain_element *element, const char *text)
{
    if (value_number_size(element->vr) != 0) {
        return put_numbers(element, text);
    }
    if (!dcmchain_vr_is_text(element->vr)) {
        return DCMCHAIN_E_TYPE;
    }
    return is_same_everywhere(text) ? put_bytes(element, text, strlen(text)) : encode(element, text);
}

int dcmchain_element_set_text(dcmchain_element *element, const char *text)
{
    if (element == NULL || text == NULL) {
        return element == NULL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_INVALID;
    }
    return elements_told(element->item, put_text(element, text));
}

int dcmchain_element_set_bytes(dcmchain_element *element, const void *bytes, size_t length_bytes)
{
    if (element == NULL || (bytes == NULL && length_bytes > 0)) {
        return element == NULL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_INVALID;
    }
    return element->kind == ELEMENT_SEQUENCE
               ? DCMCHAIN_E_TYPE
               : elements_told(element->item, put_bytes(element, bytes, length_bytes));
}
