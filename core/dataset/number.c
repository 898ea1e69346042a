/* number.c: binary numbers as text and back (PS3.5 6.2), whatever the locale of the process. */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elements.h"

static pthread_once_t locale_once = PTHREAD_ONCE_INIT;
static locale_t plain_locale; /* "C"; 0 where there is no memory for it: then the process's own serves */

static void make_locale(void)
{
    plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static uint64_t unsigned_of(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = size; i-- > 0;) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void put_unsigned(uint8_t *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> 8 * i);
    }
}

static float float_of(const uint8_t *bytes)
{
    const uint32_t bits = (uint32_t)unsigned_of(bytes, sizeof bits);
    float number = 0;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static double double_of(const uint8_t *bytes)
{
    const uint64_t bits = unsigned_of(bytes, sizeof bits);
    double number = 0;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static int64_t signed_of(uint16_t vr, const uint8_t *bytes)
{
    switch (vr) {
    case DCMCHAIN_VR_SS:
        return (int16_t)unsigned_of(bytes, 2);
    case DCMCHAIN_VR_SL:
        return (int32_t)unsigned_of(bytes, 4);
    default:
        return (int64_t)unsigned_of(bytes, 8);
    }
}

static double read_back(const char *text)
{
    return plain_locale != (locale_t)0 ? strtod_l(text, NULL, plain_locale) : strtod(text, NULL);
}

/* With as many digits as read back as the same. "%g" leaves trailing zeros out. */
static void decimal(double number, bool is_float, char ret_text[NUMBER_TEXT_BYTES])
{
    (void)pthread_once(&locale_once, make_locale);
    const locale_t before = plain_locale != (locale_t)0 ? uselocale(plain_locale) : (locale_t)0;
    const int most = is_float ? 9 : 17;
    for (int digits = is_float ? 6 : 15; digits <= most; digits++) {
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%.*g", digits, number);
        const double again = read_back(ret_text);
        if (is_float ? (float)again == (float)number : again == number) {
            break;
        }
    }
    if (before != (locale_t)0) {
        (void)uselocale(before);
    }
}

void number_to_text(uint16_t vr, const uint8_t *bytes, char ret_text[NUMBER_TEXT_BYTES])
{
    const size_t size = value_number_size(vr);
    switch (vr) {
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_UV:
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%llu", (unsigned long long)unsigned_of(bytes, size));
        break;
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SV:
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "%lld", (long long)signed_of(vr, bytes));
        break;
    case DCMCHAIN_VR_FL:
        decimal((double)float_of(bytes), true, ret_text);
        break;
    case DCMCHAIN_VR_FD:
        decimal(double_of(bytes), false, ret_text);
        break;
    default:
        (void)snprintf(ret_text, NUMBER_TEXT_BYTES, "(%04x,%04x)", (unsigned)unsigned_of(bytes, 2),
                       (unsigned)unsigned_of(bytes + 2, 2));
        break;
    }
}

double number_to_double(uint16_t vr, const uint8_t *bytes)
{
    switch (vr) {
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_UV:
        return (double)unsigned_of(bytes, value_number_size(vr));
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SV:
        return (double)signed_of(vr, bytes);
    case DCMCHAIN_VR_FL:
        return (double)float_of(bytes);
    case DCMCHAIN_VR_FD:
        return double_of(bytes);
    default:
        return 0;
    }
}

bool number_parse(const char *text, double *ret_number)
{
    char *end = NULL;
    /* What strtod() takes beyond decimal numbers: spaces before it, and hexadecimal ones. */
    if (*text == '\0' || strpbrk(text, " \t\n\v\f\rxX") != NULL) {
        return false;
    }
    (void)pthread_once(&locale_once, make_locale);
    const double number =
        plain_locale != (locale_t)0 ? strtod_l(text, &end, plain_locale) : strtod(text, &end);
    if (end == text || *end != '\0') {
        return false;
    }
    *ret_number = number;
    return true;
}

static bool integer_from_text(uint16_t vr, const char *text, uint8_t ret_bytes[8])
{
    char *end = NULL;
    errno = 0;
    if (vr == DCMCHAIN_VR_UV && strchr(text, '-') == NULL) {
        put_unsigned(ret_bytes, strtoull(text, &end, 10), sizeof(uint64_t));
        return errno == 0 && end != text && *end == '\0';
    }
    const long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') {
        return false;
    }
    put_unsigned(ret_bytes, (uint64_t)number, sizeof(uint64_t));
    switch (vr) {
    case DCMCHAIN_VR_US:
        return number >= 0 && number <= UINT16_MAX;
    case DCMCHAIN_VR_SS:
        return number >= INT16_MIN && number <= INT16_MAX;
    case DCMCHAIN_VR_UL:
        return number >= 0 && number <= UINT32_MAX;
    case DCMCHAIN_VR_SL:
        return number >= INT32_MIN && number <= INT32_MAX;
    default:
        return vr == DCMCHAIN_VR_SV;
    }
}

static bool decimal_from_text(uint16_t vr, const char *text, uint8_t ret_bytes[8])
{
    double number = 0;
    if (!number_parse(text, &number)) {
        return false;
    }
    uint64_t bits = 0;
    if (vr == DCMCHAIN_VR_FD) {
        memcpy(&bits, &number, sizeof bits);
        put_unsigned(ret_bytes, bits, sizeof bits);
        return true;
    }
    const float shorter = (float)number;
    if (isfinite(number) && !isfinite(shorter)) {
        return false;
    }
    uint32_t shorter_bits = 0;
    memcpy(&shorter_bits, &shorter, sizeof shorter_bits);
    put_unsigned(ret_bytes, shorter_bits, sizeof shorter_bits);
    return true;
}

bool number_from_text(uint16_t vr, const char *text, uint8_t ret_bytes[8])
{
    if (vr == DCMCHAIN_VR_AT) {
        uint32_t tag = 0;
        if (dcmchain_tag_parse(text, &tag) != DCMCHAIN_OK) {
            return false;
        }
        put_unsigned(ret_bytes, DCMCHAIN_TAG_GROUP(tag), 2);
        put_unsigned(ret_bytes + 2, DCMCHAIN_TAG_ELEMENT(tag), 2);
        return true;
    }
    return vr == DCMCHAIN_VR_FL || vr == DCMCHAIN_VR_FD ? decimal_from_text(vr, text, ret_bytes)
                                                        : integer_from_text(vr, text, ret_bytes);
}
