/* hits_judge.c: a part of a word is no name, Hodgkin's disease is no patient, 120 ms is no patient ID.
 * It must lean to removing: what stays wrongly is published. */
#include "hits_judge.h"

#include <string.h>

#include "cleaner.h"
#include "numbers.h"

#define LONG_NAME 7U /* letters from which a name needs no borders */
#define LONG_ID 8U   /* the same for numbers of letters and digits */
#define MIN_STRAY 5U
#define MIN_WHOLE_ID 6U /* bytes from which a number may be in pieces */
#define MIN_PIECE 3U    /* letters of a word that a name may take without its rest */
#define MIN_SERIAL 5U   /* digits of one */

static size_t letters(const struct folded *folded, size_t start, size_t end)
{
    size_t count = 0;

    for (size_t at = start; at < end; at++) {
        count += (folded->bytes[at] & 0xC0) != 0x80 ? 1U : 0U;
    }
    return count;
}

size_t hits_with_genitive(const struct search *search, size_t end)
{
    const struct folded *folded = &search->folded;

    if (end < folded->length && folded->bytes[end] == 's' && fold_is_border(folded, end + 1)) {
        const char *gap = search->text + folded->places[end - 1].to;
        const size_t width = folded->places[end].from - folded->places[end - 1].to;
        if (width == 0 || (width == 1 && (*gap == '\'' || *gap == '`')) ||
            (width == 3 && memcmp(gap, "\xE2\x80\x99", 3) == 0)) { /* U+2019 */
            return end + 1;
        }
    }
    return end;
}

static bool has_borders(const struct search *search, size_t start, size_t end, bool apart)
{
    const struct folded *folded = &search->folded;

    if (apart) {
        return fold_is_apart(folded, start) && fold_is_apart(folded, end);
    }
    return fold_is_border(folded, start) && fold_is_border(folded, hits_with_genitive(search, end));
}

static uint8_t lists_of_token(const struct search *search, size_t start, size_t end)
{
    return end > start ? words_find(search->patterns->words, search->folded.bytes + start, end - start) : 0;
}

static uint8_t lists_before(const struct search *search, size_t start)
{
    return lists_of_token(search, fold_near_start(&search->folded, start), start);
}

static uint8_t lists_after(const struct search *search, size_t end)
{
    return lists_of_token(search, end, fold_near_end(&search->folded, end));
}

bool hits_is_initial(const struct search *search, size_t at)
{
    const char letter = search->folded.bytes[at];

    return letter >= 'a' && letter <= 'z' && (search->patterns->initials >> (letter - 'a') & 1U) != 0U;
}

/* Where the word before a single letter with its dot ends: "Bo Q. Head". */
static size_t behind_initial(const struct search *search, size_t start)
{
    const struct folded *folded = &search->folded;

    if (start > 1 && fold_is_apart(folded, start) && fold_is_apart(folded, start - 1) &&
        (folded->places[start - 1].flags & FOLD_DIGIT) == 0U &&
        search->text[folded->places[start - 1].to] == '.') {
        return start - 1;
    }
    return start;
}

/* A word of the language, or a name of one or two letters, is a name only beside another part of a name or
 * behind a title. */
static bool weak_name_counts(const struct search *search, const struct hit *hit)
{
    if (!has_borders(search, hit->start, hit->end, true)) {
        return false;
    }
    return search->ends[hit->start] != 0 || search->begins[hit->end] != 0 ||
           search->ends[behind_initial(search, hit->start)] != 0 ||
           (lists_before(search, hit->start) & WORDS_TITLE) != 0U;
}

/* "Head, B.", "B. Head": an initial of the patient, in capitals and with its dot, beside a word. */
static bool has_initial_beside(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t sides[2] = {hit->start - 1, hit->end}; /* a start of 0 wraps: behind any end */

    for (size_t side = 0; side < 2; side++) {
        const size_t at = sides[side];
        const char *letter = at < folded->length ? search->text + folded->places[at].from : "";
        if (*letter >= 'A' && *letter <= 'Z' && letter[1] == '.' && hits_is_initial(search, at) &&
            fold_is_apart(folded, at) && fold_is_apart(folded, at + 1)) {
            return true;
        }
    }
    return false;
}

/* Staff and places in a coded string: no defined term, and alone between borders. */
static bool strays(const struct search *search, const struct hit *hit)
{
    return (hit->bits & (PATTERN_COMMON | PATTERN_EPONYM)) == 0U &&
           letters(&search->folded, hit->start, hit->end) >= MIN_STRAY &&
           has_borders(search, hit->start, hit->end, true);
}

/* No letter continues letters, no digit continues digits. */
static bool is_same_run(const struct folded *folded, size_t at)
{
    return !fold_is_apart(folded, at) &&
           ((folded->places[at - 1].flags ^ folded->places[at].flags) & FOLD_DIGIT) == 0U;
}

/* A part of a word of the lists: in "PERFUSION" nobody is called Perfusio. */
static bool is_in_a_word(const struct search *search, const struct hit *hit)
{
    size_t start = hit->start;
    size_t end = hit->end;

    while (start > 0 && end - start < FOLD_NEAR && is_same_run(&search->folded, start)) {
        start--;
    }
    while (end < search->folded.length && end - start < FOLD_NEAR && is_same_run(&search->folded, end)) {
        end++;
    }
    return end - start > hit->end - hit->start && lists_of_token(search, start, end) != 0;
}

static bool name_counts(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t width = letters(folded, hit->start, hit->end);

    if (search->mode == CLEANER_NAMED) {
        return false;
    }
    if (search->mode == CLEANER_CODE && (hit->bits & PATTERN_NAME) == 0U) {
        return strays(search, hit);
    }
    if ((folded->places[hit->start].flags & FOLD_IDEO) != 0U) {
        return true;
    }
    if (width <= 2 || (hit->bits & PATTERN_COMMON) != 0U) {
        return weak_name_counts(search, hit) ||
               (has_borders(search, hit->start, hit->end, true) && has_initial_beside(search, hit));
    }
    if (search->mode == CLEANER_MAKER && (width < MIN_STRAY || (hit->bits & PATTERN_EPONYM) != 0U)) {
        return weak_name_counts(search, hit);
    }
    if ((hit->bits & PATTERN_EPONYM) != 0U &&
        ((lists_after(search, hits_with_genitive(search, hit->end)) | lists_before(search, hit->start)) &
         WORDS_EPONYM_CONTEXT) != 0U) {
        return weak_name_counts(search, hit);
    }
    if (width >= LONG_NAME && (hit->bits & PATTERN_EPONYM) == 0U && !is_in_a_word(search, hit)) {
        return true;
    }
    return has_borders(search, hit->start, hit->end, width <= 3) ||
           (search->ends[hit->start] != 0 && search->begins[hit->end] == 0 &&
            fold_is_border(folded, hit->end));
}

bool hits_is_free_text(const struct search *search)
{
    return search->mode == CLEANER_TEXT || search->mode == CLEANER_MAKER;
}

static size_t digits_in(const struct search *search, const struct hit *hit)
{
    size_t digits = 0;

    for (size_t at = hit->start; at < hit->end; at++) {
        digits += (search->folded.places[at].flags & FOLD_DIGIT) != 0U ? 1U : 0U;
    }
    return digits;
}

/* Digits that measure or count something. From MIN_WHOLE_ID digits on a unit behind them is no excuse. */
static bool is_no_id(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;

    if (numbers_has_decimals(search->text, folded, hit->start, hit->end)) {
        return true;
    }
    if (hit->end - hit->start >= MIN_WHOLE_ID) {
        return false;
    }
    return numbers_has_unit(search->text, folded, hit->end) ||
           (search->mode == CLEANER_TEXT && (hit->bits & PATTERN_ANYWHERE) == 0U &&
            numbers_is_designated(search->text, folded, search->patterns->words, hit->start, hit->end));
}

static bool id_counts(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t width = hit->end - hit->start;
    const bool digits = strspn(folded->bytes + hit->start, "0123456789") >= width;
    const bool begins_with_digit = (folded->places[hit->start].flags & FOLD_DIGIT) != 0U;
    const bool ends_with_digit = (folded->places[hit->end - 1].flags & FOLD_DIGIT) != 0U;
    /* letters and so many digits that it is the same number beside other letters, too */
    const bool rare = !digits && digits_in(search, hit) >= MIN_SERIAL;

    if ((hit->bits & PATTERN_SHORT_ID) != 0U) {
        return hits_is_free_text(search) && has_borders(search, hit->start, hit->end, true) &&
               (lists_before(search, hit->start) & WORDS_LABEL) != 0U;
    }
    if ((hit->bits & PATTERN_COMMON) != 0U) {
        return hits_is_free_text(search) && has_borders(search, hit->start, hit->end, true) &&
               (lists_before(search, hit->start) & WORDS_LABEL) != 0U;
    }
    if (width < MIN_WHOLE_ID) { /* a short number must stand in one piece */
        for (size_t at = hit->start + 1; at < hit->end; at++) {
            if (digits && fold_is_apart(folded, at)) {
                return false;
            }
        }
    }
    if (digits && width < LONG_ID && is_no_id(search, hit)) {
        return false;
    }
    if (!digits && width >= LONG_ID && !begins_with_digit && !ends_with_digit) {
        return true;
    }
    return (hit->start == 0 || !is_same_run(folded, hit->start) || (rare && !begins_with_digit)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end) || (rare && !ends_with_digit));
}

/* A letter or two torn from a word beside the name: in "BAKER ROSE MLO" the M is nobody's initial. */
static bool tears_a_word(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t first = fold_near_end(folded, hit->start);
    const size_t last = fold_near_start(folded, hit->end);

    return (!fold_is_border(folded, hit->start) && first < hit->end && first - hit->start < MIN_PIECE) ||
           (!fold_is_border(folded, hit->end) && last > hit->start && hit->end - last < MIN_PIECE);
}

/* A single letter that stands with digits beside the name. */
static bool tears_a_number(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;

    return (!fold_is_apart(folded, hit->start) && fold_is_apart(folded, hit->start + 1)) ||
           (!fold_is_apart(folded, hit->end) && fold_is_apart(folded, hit->end - 1));
}

bool hits_tell(const struct search *search, size_t start, size_t to)
{
    const struct folded *folded = &search->folded;

    for (size_t at = start; at < to;) {
        const size_t end = fold_token_end(folded, at);
        if (lists_of_token(search, at, end) == 0 && strspn(folded->bytes + at, "0123456789") < end - at) {
            return true;
        }
        at = end;
    }
    return strspn(folded->bytes + start, "0123456789") == to - start && !is_same_run(folded, start);
}

/* A place of several words, one of which no list has, or a serial number: stations and sites are called like
 * their devices, and makers as "G.E. Medical Systems". */
static bool is_more_than_a_product(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    bool named = false;

    for (size_t at = hit->start; at < hit->end;) {
        const size_t end = fold_near_end(folded, at);
        named = named || (letters(folded, at, end) > MIN_PIECE && end - at < hit->end - hit->start &&
                          lists_of_token(search, at, end) == 0);
        at = end;
    }
    return named || digits_in(search, hit) >= MIN_SERIAL;
}

bool hits_count(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const bool borders = has_borders(search, hit->start, hit->end, false);

    if ((size_t)(search->allowed[hit->end] - search->allowed[hit->start]) == hit->end - hit->start) {
        return false;
    }
    if ((hit->bits & PATTERN_EXTRA) != 0U && (borders || hit->end - hit->start >= LONG_NAME)) {
        return true;
    }
    if ((hit->bits & PATTERN_FULL) != 0U &&
        (borders || (hit->end - hit->start >= LONG_ID + 2 && !tears_a_word(search, hit)))) {
        return true;
    }
    /* in "Mia Zzyx" the a is nobody's initial, nor is the T in "Zzyx T1" and "3T Zzyx" */
    if ((hit->bits & PATTERN_INITIAL) != 0U && borders && !tears_a_number(search, hit)) {
        return true;
    }
    if ((hit->bits & (PATTERN_ID | PATTERN_SHORT_ID)) != 0U && id_counts(search, hit)) {
        return true;
    }
    if ((hit->bits & ANY_NAME) != 0U && name_counts(search, hit)) {
        return true;
    }
    if (search->mode == CLEANER_NAMED) {
        return false;
    }
    if ((hit->bits & PATTERN_PHRASE) != 0U && search->mode == CLEANER_MAKER) {
        return borders && is_more_than_a_product(search, hit);
    }
    if ((hit->bits & PATTERN_PHRASE) != 0U &&
        (search->mode == CLEANER_CODE ? strays(search, hit) : borders)) {
        return true;
    }
    return (hit->bits & PATTERN_PHONE) != 0U && (hit->start == 0 || !is_same_run(folded, hit->start)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end));
}
