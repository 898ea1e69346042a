/* shapes_checks.c: judges what a shape found. What has check digits must have them right; what may be a name
 * must not be a clinical word. It must not look beyond what was found. */
#include <string.h>

#include "fold.h"
#include "shapes_table.h"

#define MAX_DIGITS 40U

/* The digits of a range, without what separates them; a count of at most MAX_DIGITS. */
static size_t digits_of(const char *text, size_t from, size_t to, uint8_t *ret_digits)
{
    size_t count = 0;

    for (size_t at = from; at < to && count < MAX_DIGITS; at++) {
        if (text[at] >= '0' && text[at] <= '9') {
            ret_digits[count++] = (uint8_t)(text[at] - '0');
        }
    }
    return count;
}

#define WORD_NEW 0U      /* in no list: it may be a name */
#define WORD_LISTED 1U   /* also in the plural or genitive */
#define WORD_PARTICLE 2U /* "van", "de": listed, or part of a name */

static uint32_t kind_of_word(const struct words *words, const char *text, size_t from, size_t to)
{
    struct folded folded = {NULL, NULL, 0};
    uint32_t kind = WORD_NEW;

    if (fold_text(text + from, to - from, &folded) == 0) {
        const size_t length = folded.length;
        if (length == 0 || words_find(words, folded.bytes, length) != 0 ||
            (length > 3 && folded.bytes[length - 1] == 's' &&
             words_find(words, folded.bytes, length - 1) != 0)) {
            kind = length <= 3 ? WORD_PARTICLE : WORD_LISTED;
        }
    }
    folded_free(&folded);
    return kind;
}

static size_t word_end(const char *text, size_t at, size_t to)
{
    while (at < to && strchr(" ,^\t\r\n", text[at]) == NULL) {
        at++;
    }
    return at;
}

/* Words up to the first that is in a list: "Mr Smith Abdomen". */
bool shape_is_name(const struct words *words, const char *text, size_t *from, size_t *to)
{
    size_t end = *from;

    for (size_t at = *from; at < *to;) {
        const size_t stop = word_end(text, at, *to);
        const uint32_t kind = stop > at ? kind_of_word(words, text, at, stop) : WORD_PARTICLE;
        if (kind == WORD_LISTED) {
            break;
        }
        end = kind == WORD_NEW ? stop : end;
        at = stop + 1;
    }
    *to = end;
    return *to > *from;
}

/* "St. Mary's Hospital", not "Children's Hospital": one word before the last must be in no list. */
bool shape_is_place(const struct words *words, const char *text, size_t *from, size_t *to)
{
    for (size_t at = *from; at < *to;) {
        const size_t stop = word_end(text, at, *to);
        bool digits = false;
        for (size_t byte = at; byte < stop; byte++) {
            digits = digits || (text[byte] >= '0' && text[byte] <= '9');
        }
        if (stop < *to && stop > at && !digits && kind_of_word(words, text, at, stop) == WORD_NEW) {
            return true;
        }
        at = stop + 1;
    }
    return false;
}

/* "10.77.12.131", not the version 10.4.2.31: of so many digits that it is a machine of the house, or of the
 * world. */
bool shape_is_address(const struct words *words, const char *text, size_t *from, size_t *to)
{
    unsigned long octets[4] = {0, 0, 0, 0};
    size_t digits = 0;
    size_t octet = 0;
    bool at_home = false;

    (void)words;
    for (size_t at = *from; at < *to && octet < 4; at++) {
        if (text[at] == '.') {
            octet++;
        } else {
            octets[octet] = octets[octet] * 10 + (unsigned long)(text[at] - '0');
            digits++;
        }
    }
    at_home = octets[0] == 10 || (octets[0] == 172 && octets[1] >= 16 && octets[1] <= 31) ||
              (octets[0] == 192 && octets[1] == 168);
    return octets[0] <= 255 && octets[1] <= 255 && octets[2] <= 255 && octets[3] <= 255 &&
           digits >= (at_home ? 8U : 10U);
}

bool shape_is_phone(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];
    const size_t count = digits_of(text, *from, *to, digits);

    (void)words;
    return count >= 7 && count <= 15;
}

/* A number behind a label: digits enough to be one. */
bool shape_is_number(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];

    (void)words;
    return digits_of(text, *from, *to, digits) >= 3;
}

static bool has_luhn(const uint8_t *digits, size_t count)
{
    uint32_t sum = 0;

    for (size_t at = 0; at < count; at++) {
        const uint32_t digit = (count - at) % 2 == 0 ? digits[at] * 2U : digits[at];
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* The last ten digits of a Swedish number (its century does not count), or nine of a Canadian one. */
bool shape_is_luhn(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];
    const size_t count = digits_of(text, *from, *to, digits);

    (void)words;
    if (count == 12) {
        return has_luhn(digits + 2, 10);
    }
    return (count == 9 || count == 10) && has_luhn(digits, count);
}

/* NHS number: weights 10 to 2, modulo 11. */
bool shape_is_nhs(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];
    uint32_t sum = 0;

    (void)words;
    if (digits_of(text, *from, *to, digits) != 10) {
        return false;
    }
    for (uint32_t at = 0; at < 9; at++) {
        sum += digits[at] * (10U - at);
    }
    return (11U - sum % 11U) % 11U == digits[9];
}

/* KVNR: the letter as two digits, weights 1 and 2 in turn, digit sums, modulo 10. */
bool shape_is_kvnr(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];
    const uint32_t letter = ((uint32_t)(uint8_t)text[*from] | 0x20U) - 'a' + 1U;
    uint32_t sum = 0;

    (void)words;
    if (digits_of(text, *from + 1, *to, digits) != 9 || letter > 26) {
        return false;
    }
    sum = letter / 10U; /* weight 1; the units have weight 2 */
    sum += letter % 10U * 2U > 9U ? letter % 10U * 2U - 9U : letter % 10U * 2U;
    for (uint32_t at = 0; at < 8; at++) {
        const uint32_t product = digits[at] * (at % 2U + 1U);
        sum += product > 9U ? product - 9U : product;
    }
    return sum % 10U == digits[8];
}

static uint32_t modulo(const uint8_t *digits, size_t count, uint32_t by)
{
    uint32_t rest = 0;

    for (size_t at = 0; at < count; at++) {
        rest = (rest * 10U + digits[at]) % by;
    }
    return rest;
}

bool shape_is_insee(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];

    (void)words;
    return digits_of(text, *from, *to, digits) == 15 &&
           97U - modulo(digits, 13, 97) == digits[13] * 10U + digits[14];
}

/* AHV: an EAN-13 that begins with 756. */
bool shape_is_ahv(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];
    uint32_t sum = 0;

    (void)words;
    if (digits_of(text, *from, *to, digits) != 13) {
        return false;
    }
    for (uint32_t at = 0; at < 12; at++) {
        sum += digits[at] * (at % 2U == 0 ? 1U : 3U);
    }
    return (10U - sum % 10U) % 10U == digits[12];
}

/* DNI, NIE: the letter says the number modulo 23; X, Y, Z stand for 0, 1, 2. */
bool shape_is_dni(const struct words *words, const char *text, size_t *from, size_t *to)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    uint8_t digits[MAX_DIGITS];
    size_t count = 0;

    (void)words;
    if (text[*from] >= 'X' && text[*from] <= 'Z') {
        digits[count++] = (uint8_t)(text[*from] - 'X');
    }
    count += digits_of(text, *from, *to, digits + count);
    return count == 8 && text[*to - 1] == letters[modulo(digits, 8, 23)];
}

static uint32_t cpf_digit(const uint8_t *digits, uint32_t count)
{
    uint32_t sum = 0;

    for (uint32_t at = 0; at < count; at++) {
        sum += digits[at] * (count + 1U - at);
    }
    return sum * 10U % 11U % 10U;
}

bool shape_is_cpf(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];

    (void)words;
    return digits_of(text, *from, *to, digits) == 11 && cpf_digit(digits, 9) == digits[9] &&
           cpf_digit(digits, 10) == digits[10];
}

/* Verhoeff's check digit. */
bool shape_is_aadhaar(const struct words *words, const char *text, size_t *from, size_t *to)
{
    static const uint8_t permuted[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                            {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                            {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                            {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    uint8_t digits[MAX_DIGITS];
    const size_t count = digits_of(text, *from, *to, digits);
    uint32_t sum = 0;

    (void)words;
    for (size_t at = 0; at < count; at++) { /* in the dihedral group of the pentagon */
        const uint32_t digit = permuted[at % 8][digits[count - 1 - at]];
        const uint32_t turned = sum < 5 ? (sum + digit % 5U) % 5U : (sum + 5U - digit % 5U) % 5U;
        sum = turned + ((sum < 5) == (digit < 5) ? 0U : 5U);
    }
    return count == 12 && sum == 0;
}

static bool is_date(uint32_t day, uint32_t month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* A number that begins with the day and month of a birth (Denmark, Finland). */
bool shape_is_day_month(const struct words *words, const char *text, size_t *from, size_t *to)
{
    uint8_t digits[MAX_DIGITS];

    (void)words;
    return digits_of(text, *from, *to, digits) >= 6 &&
           is_date(digits[0] * 10U + digits[1], digits[2] * 10U + digits[3]);
}

/* ISO 13616: four characters to the end, letters as two digits, modulo 97. */
bool shape_is_iban(const struct words *words, const char *text, size_t *from, size_t *to)
{
    char plain[48];
    size_t count = 0;
    uint32_t rest = 0;

    (void)words;
    for (size_t at = *from; at < *to && count < sizeof plain; at++) {
        if (text[at] != ' ') {
            plain[count++] = text[at];
        }
    }
    if (count < 15 || count > 34) {
        return false;
    }
    for (size_t at = 0; at < count; at++) {
        const char letter = plain[(at + 4) % count];
        rest = letter >= 'A' ? (rest * 100U + (uint32_t)(letter - 'A') + 10U) % 97U
                             : (rest * 10U + (uint32_t)(letter - '0')) % 97U;
    }
    return rest == 1;
}
