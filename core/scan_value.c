/* scan_value.c: see scan_value.h. */
#include "scan_value.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "limits.h"

bool scan_is_plain(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x80 || bytes[i] == 0x1B) {
            return false;
        }
    }
    return true;
}

static char *read_plain(const char *bytes, size_t length)
{
    char *text = malloc(length + 1);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = bytes[i];
        if (bytes[i] == '\0') {
            text[i] = ' ';
        }
    }
    text[length] = '\0';
    return text;
}

char *scan_read_text(const struct charset *charset, uint16_t vr, const char *bytes, size_t length)
{
    return scan_is_plain((const uint8_t *)bytes, length) ? read_plain(bytes, length)
                                                         : charset_decode_anyhow(charset, vr, bytes, length);
}

static bool is_padding(char byte)
{
    return byte == ' ' || byte == '\0' || (byte >= '\t' && byte <= '\r');
}

char *scan_first_value(char *to, const char *text)
{
    while (is_padding(*text) && *text != '\0') {
        text++;
    }
    size_t length = strcspn(text, "\\");
    while (length > 0 && is_padding(text[length - 1])) {
        length--;
    }
    memcpy(to, text, length);
    to[length] = '\0';
    return to + length + 1;
}

static void trim(const char **bytes, size_t *length)
{
    while (*length > 0 && is_padding(**bytes)) {
        (*bytes)++;
        (*length)--;
    }
    while (*length > 0 && is_padding((*bytes)[*length - 1])) {
        (*length)--;
    }
}

bool scan_read_uid(const char *bytes, size_t length, char *ret_uid)
{
    ret_uid[0] = '\0';
    trim(&bytes, &length);
    if (length == 0 || length > LIMIT_UID_BYTES) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)bytes[i];
        if (byte <= ' ' || byte >= 0x7F || byte == '\\') {
            return false;
        }
    }
    memcpy(ret_uid, bytes, length);
    ret_uid[length] = '\0';
    return true;
}

bool scan_read_integer(const char *bytes, size_t length, int64_t *ret_number)
{
    const char *backslash = memchr(bytes, '\\', length);
    length = backslash == NULL ? length : (size_t)(backslash - bytes);
    trim(&bytes, &length);
    bool negative = length > 0 && bytes[0] == '-';
    if (length > 0 && (bytes[0] == '-' || bytes[0] == '+')) {
        bytes++;
        length--;
    }
    int64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < '0' || bytes[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, bytes[i] - '0', &number)) { /* downwards: INT64_MIN fits */
            return false;
        }
    }
    if (length == 0 || (!negative && number == INT64_MIN)) {
        return false;
    }
    *ret_number = negative ? number : -number;
    return true;
}

static bool is_day(const char *value, size_t length)
{
    if (length < 8) {
        return false;
    }
    for (size_t i = 0; i < 8; i++) {
        if (value[i] < '0' || value[i] > '9') {
            return false;
        }
    }
    return true;
}

/* The times of a study's frames would be thousands of values that one day covers. */
static int add_value(struct identity *identity, uint32_t class_id, uint32_t tag, uint16_t vr,
                     const char *bytes, size_t length)
{
    char small[128];
    AUTO_FREE char *large = NULL;
    char *value = small;
    trim(&bytes, &length);
    if (vr == DCMCHAIN_VR_DT && is_day(bytes, length)) {
        length = 8;
    }
    if (length > LIMIT_IDENTITY_VALUE_BYTES + 8) {
        length = LIMIT_IDENTITY_VALUE_BYTES + 8; /* identity_add() cuts at a character */
    }
    if (length >= sizeof small) {
        large = malloc(length + 1);
        if (large == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        value = large;
    }
    memcpy(value, bytes, length);
    value[length] = '\0';
    return identity_add(identity, class_id, tag, value);
}

int scan_add_values(struct identity *identity, uint32_t class_id, uint32_t tag, uint16_t vr,
                    const char *bytes, size_t length)
{
    bool many = !dcmchain_vr_is_text(vr) || dcmchain_vr_is_multi_valued(vr);
    bool groups = vr == DCMCHAIN_VR_PN || class_id == DCMCHAIN_IDENTITY_NAME;
    size_t start = 0;
    for (size_t i = 0; i <= length; i++) {
        bool ends =
            i == length || bytes[i] == '\0' || (many && bytes[i] == '\\') || (groups && bytes[i] == '=');
        if (ends && i > start) {
            int result = add_value(identity, class_id, tag, vr, bytes + start, i - start);
            if (result != DCMCHAIN_OK) {
                return result;
            }
        }
        start = ends ? i + 1 : start;
    }
    return DCMCHAIN_OK;
}
