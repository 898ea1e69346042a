/* pseudonym.c: digests to base32 IDs, letters, UIDs and numbers.
 * It must not see a source value. */
#include "pseudonym.h"

#include <stddef.h>
#include <string.h>

void pseudonym_id(const uint8_t digest[32], char ret_text[PSEUDONYM_ID_LENGTH + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint32_t bits = 0;
    uint32_t width = 0;
    size_t at = 0;

    for (size_t byte = 0; at < PSEUDONYM_ID_LENGTH; byte++) {
        bits = (bits << 8) | digest[byte];
        width += 8;
        while (width >= 5 && at < PSEUDONYM_ID_LENGTH) {
            width -= 5;
            ret_text[at++] = alphabet[(bits >> width) & 0x1FU];
        }
    }
    ret_text[at] = '\0';
}

static uint64_t leading_number(const uint8_t digest[32])
{
    uint64_t number = 0;

    for (size_t byte = 0; byte < 8; byte++) {
        number = (number << 8) | digest[byte];
    }
    return number;
}

void pseudonym_name(const uint8_t digest[32], char ret_text[PSEUDONYM_NAME_LENGTH + 1])
{
    uint64_t number = leading_number(digest);

    for (size_t at = 0; at < PSEUDONYM_NAME_LENGTH; at++) {
        ret_text[at] = (char)('A' + number % 26U);
        number /= 26U;
    }
    ret_text[PSEUDONYM_NAME_LENGTH] = '\0';
}

void pseudonym_uid(const uint8_t digest[32], char ret_text[PSEUDONYM_UID_BYTES])
{
    uint32_t number[4]; /* the first is the highest */
    char digits[45];    /* 2^128 has 39; they come by nines, the last nine with zeros before them */
    size_t count = 0;

    for (size_t word = 0; word < 4; word++) {
        number[word] = (uint32_t)digest[4 * word] << 24 | (uint32_t)digest[4 * word + 1] << 16 |
                       (uint32_t)digest[4 * word + 2] << 8 | digest[4 * word + 3];
    }
    number[1] = (number[1] & 0xFFFF0FFFU) | 0x4000U;     /* version 4 */
    number[2] = (number[2] & 0x3FFFFFFFU) | 0x80000000U; /* variant of RFC 4122 */
    while (count < sizeof digits) {
        uint64_t rest = 0;
        for (size_t word = 0; word < 4; word++) {
            rest = rest << 32 | number[word];
            number[word] = (uint32_t)(rest / 1000000000U);
            rest %= 1000000000U;
        }
        for (size_t digit = 0; digit < 9; digit++, rest /= 10U) {
            digits[count++] = (char)('0' + rest % 10U);
        }
    }
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    (void)memcpy(ret_text, "2.25.", 5);
    for (size_t at = 0; at < count; at++) {
        ret_text[5 + at] = digits[count - 1 - at];
    }
    ret_text[5 + count] = '\0';
}

uint32_t pseudonym_number(const uint8_t digest[32], uint32_t minimum, uint32_t maximum)
{
    return minimum + (uint32_t)(leading_number(digest) % ((uint64_t)maximum - minimum + 1U));
}
