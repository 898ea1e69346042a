/* hits.c: judges hits by their borders and neighbours: a part of a word is no name, Hodgkin's disease is no
 * patient, 120 ms is no patient ID. It must lean to removing: what stays wrongly is published. */
#include "hits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/cleanup.h"
#include "cleaner.h"
#include "dcmchain/base.h"
#include "numbers.h"

#define LONG_NAME 7U /* letters from which a name needs no borders */
#define LONG_ID 8U   /* the same for numbers of letters and digits */
#define MIN_STRAY 5U
#define MIN_PIECE 3U /* letters of a word that a name may take without its rest */
#define MIN_CUT 6U   /* bytes of a value that the end of a text cuts short */
#define ANY_NAME (PATTERN_NAME | PATTERN_STAFF)

/* More patterns that end at one place, each the end of the next longer one, than identities of the world
 * have. */
#define MAX_NESTED 64U
#define MAX_TOKEN 64U /* bytes of a word that can be in a list */

struct hit {
    size_t start;
    size_t end;
    uint32_t bits;
};

/* Arrays by folded place, each one longer than the text. */
struct search {
    const struct patterns *patterns;
    const char *text;
    const uint8_t *marks; /* bytes that are not looked at */
    uint32_t mode;
    struct folded folded;
    uint8_t *begins; /* a name part begins, or ends, here */
    uint8_t *ends;
    int32_t *covered; /* what counts: +1 where a hit starts, -1 behind its end; then their sum */
    int32_t *allowed; /* the same for allowed words; then how many bytes before a place are allowed */
};

static void cover(int32_t *array, size_t start, size_t end)
{
    array[start]++;
    array[end]--;
}

/* The zeros before an area code belong to the number. */
static struct hit widened(const struct search *search, struct hit hit)
{
    while ((hit.bits & PATTERN_PHONE) != 0U && hit.start > 0 && search->folded.bytes[hit.start - 1] == '0' &&
           !fold_is_apart(&search->folded, hit.start)) {
        hit.start--;
    }
    return hit;
}

/* The token that ends at, or begins at, a place; longer than any word of a list, it is cut. */
static size_t token_start(const struct search *search, size_t end)
{
    size_t start = end;

    while (start > 0 && end - start < MAX_TOKEN) {
        start--;
        if (fold_is_apart(&search->folded, start)) {
            break;
        }
    }
    return start;
}

static size_t token_end(const struct search *search, size_t start)
{
    size_t end = start;

    while (end < search->folded.length && end - start < MAX_TOKEN) {
        end++;
        if (fold_is_apart(&search->folded, end)) {
            break;
        }
    }
    return end;
}

static size_t letters(const struct folded *folded, size_t start, size_t end)
{
    size_t count = 0;

    for (size_t at = start; at < end; at++) {
        count += (folded->bytes[at] & 0xC0) != 0x80 ? 1U : 0U;
    }
    return count;
}

/* A genitive ("Zzyxs", "Zzyx's") ends where its s ends. */
static size_t with_genitive(const struct search *search, size_t end)
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
    return fold_is_border(folded, start) && fold_is_border(folded, with_genitive(search, end));
}

static uint8_t lists_of_token(const struct search *search, size_t start, size_t end)
{
    return end > start ? words_find(search->patterns->words, search->folded.bytes + start, end - start) : 0;
}

static uint8_t lists_before(const struct search *search, size_t start)
{
    return lists_of_token(search, token_start(search, start), start);
}

static uint8_t lists_after(const struct search *search, size_t end)
{
    return lists_of_token(search, end, token_end(search, end));
}

/* A word of the language, or a name of one or two letters, is a name only beside another part of a name or
 * behind a title. */
static bool weak_name_counts(const struct search *search, const struct hit *hit)
{
    if (!has_borders(search, hit->start, hit->end, true)) {
        return false;
    }
    return search->ends[hit->start] != 0 || search->begins[hit->end] != 0 ||
           (lists_before(search, hit->start) & WORDS_TITLE) != 0U;
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

    while (start > 0 && is_same_run(&search->folded, start)) {
        start--;
    }
    while (end < search->folded.length && is_same_run(&search->folded, end)) {
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
        return weak_name_counts(search, hit);
    }
    if ((hit->bits & PATTERN_EPONYM) != 0U &&
        ((lists_after(search, with_genitive(search, hit->end)) | lists_before(search, hit->start)) &
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

static bool id_counts(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t width = hit->end - hit->start;
    const bool digits = strspn(folded->bytes + hit->start, "0123456789") >= width;

    if ((hit->bits & PATTERN_SHORT_ID) != 0U) {
        return search->mode == CLEANER_TEXT && has_borders(search, hit->start, hit->end, true) &&
               (lists_before(search, hit->start) & WORDS_LABEL) != 0U;
    }
    if ((hit->bits & PATTERN_COMMON) != 0U) {
        return search->mode == CLEANER_TEXT && has_borders(search, hit->start, hit->end, true) &&
               (lists_before(search, hit->start) & WORDS_LABEL) != 0U;
    }
    if (width < MIN_CUT) { /* a short number must stand in one piece */
        for (size_t at = hit->start + 1; at < hit->end; at++) {
            if (digits && fold_is_apart(folded, at)) {
                return false;
            }
        }
    }
    if (digits && width < LONG_ID &&
        (numbers_has_unit(search->text, folded, hit->start, hit->end) ||
         (width < MIN_CUT && search->mode == CLEANER_TEXT &&
          numbers_is_designated(search->text, folded, search->patterns->words, hit->start, hit->end)))) {
        return false;
    }
    if (!digits && width >= LONG_ID && (folded->places[hit->start].flags & FOLD_DIGIT) == 0U &&
        (folded->places[hit->end - 1].flags & FOLD_DIGIT) == 0U) {
        return true;
    }
    return (hit->start == 0 || !is_same_run(folded, hit->start)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end));
}

/* A letter or two torn from a word beside the name: in "BAKER ROSE MLO" the M is nobody's initial. */
static bool tears_a_word(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t first = token_end(search, hit->start);
    const size_t last = token_start(search, hit->end);

    return (!fold_is_border(folded, hit->start) && first < hit->end && first - hit->start < MIN_PIECE) ||
           (!fold_is_border(folded, hit->end) && last > hit->start && hit->end - last < MIN_PIECE);
}

static bool counts(const struct search *search, const struct hit *hit)
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
    if ((hit->bits & PATTERN_INITIAL) != 0U && borders) { /* in "Mia Zzyx" the a is nobody's initial */
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
    if ((hit->bits & PATTERN_PHRASE) != 0U &&
        (search->mode == CLEANER_CODE ? strays(search, hit) : borders)) {
        return true;
    }
    return (hit->bits & PATTERN_PHONE) != 0U && (hit->start == 0 || !is_same_run(folded, hit->start)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end));
}

static bool is_initial(const struct search *search, size_t at)
{
    const char letter = search->folded.bytes[at];

    return letter >= 'a' && letter <= 'z' && (search->patterns->initials >> (letter - 'a') & 1U) != 0U;
}

/* "Q. R. Zzyx": single letters beside a name that are the patient's initials go with it. */
static void cover_initials(struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    size_t start = hit->start;
    size_t end = hit->end;

    while (hit->start - start < 3 && start > 0 && fold_is_apart(folded, start) &&
           fold_is_apart(folded, start - 1) && is_initial(search, start - 1)) {
        start--;
    }
    while (end - hit->end < 3 && end < folded->length && fold_is_apart(folded, end) &&
           fold_is_apart(folded, end + 1) && is_initial(search, end)) {
        end++;
    }
    cover(search->covered, start, end);
}

/* Whether the end of the text, from start on, tells whose it is: a word of it is in no list, or it is a
 * number.
 */
static bool tells(const struct search *search, size_t start)
{
    const struct folded *folded = &search->folded;

    for (size_t at = start; at < folded->length;) {
        const size_t end = fold_token_end(folded, at);
        if (lists_of_token(search, at, end) == 0 && strspn(folded->bytes + at, "0123456789") < end - at) {
            return true;
        }
        at = end;
    }
    return strspn(folded->bytes + start, "0123456789") == folded->length - start &&
           !is_same_run(folded, start);
}

/* A known value that the end of the text cuts short. state: the longest beginning of any that it ends with.
 */
static void cover_cut(struct search *search, uint32_t state)
{
    const struct automaton *automaton = search->patterns->automaton;
    const struct folded *folded = &search->folded;

    for (; search->mode != CLEANER_NAMED && automaton_depth(automaton, state) >= MIN_CUT;
         state = automaton_suffix(automaton, state)) {
        const size_t start = folded->length - automaton_depth(automaton, state);
        const bool begins =
            search->mode == CLEANER_CODE ? fold_is_apart(folded, start) : fold_is_border(folded, start);
        if (begins && tells(search, start)) {
            cover(search->covered, start, folded->length);
            return;
        }
    }
}

typedef void (*hit_taker)(struct search *search, const struct hit *hit);

/* First round: who stands beside whom, and what is allowed. */
static void take_places(struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;

    if ((hit->bits & ANY_NAME) != 0U) { /* a neighbour must not be the end of some other word */
        search->begins[hit->start] |= fold_is_apart(folded, hit->end) ? 1U : 0U;
        search->ends[hit->end] |= fold_is_apart(folded, hit->start) ? 1U : 0U;
    }
    if ((hit->bits & PATTERN_ALLOWED) != 0U && fold_is_apart(folded, hit->start) &&
        fold_is_apart(folded, hit->end)) {
        cover(search->allowed, hit->start, hit->end);
    }
}

/* Second round: what counts. */
static void take_counting(struct search *search, const struct hit *hit)
{
    if (!counts(search, hit)) {
        return;
    }
    cover(search->covered, hit->start, with_genitive(search, hit->end));
    if ((hit->bits & ANY_NAME) != 0U && search->mode == CLEANER_TEXT) {
        cover_initials(search, hit);
    }
}

/* Shows every place of every pattern to take; returns the state at the end of the text. */
static uint32_t each_hit(struct search *search, hit_taker take)
{
    const struct automaton *automaton = search->patterns->automaton;
    uint32_t state = 0;

    for (size_t at = 0; at < search->folded.length; at++) {
        size_t nested = 0;
        if (search->marks[search->folded.places[at].from] != 0) {
            state = 0;
            continue;
        }
        state = automaton_step(automaton, state, search->folded.bytes[at]);
        for (uint32_t match = state; match != 0; match = automaton_match(automaton, match)) {
            const struct hit hit = {at + 1 - automaton_depth(automaton, match), at + 1,
                                    automaton_bits(automaton, match)};
            if (nested++ == MAX_NESTED) { /* to judge them all would not be linear: all of it goes */
                cover(search->covered, at + 1 - automaton_depth(automaton, state), at + 1);
                break;
            }
            if (hit.bits != 0) {
                const struct hit wide = widened(search, hit);
                take(search, &wide);
            }
        }
    }
    return state;
}

static void find(struct search *search)
{
    const size_t places = search->folded.length + 1;
    int32_t open = 0;
    int32_t before = 0;

    (void)each_hit(search, take_places);
    for (size_t at = 0; at < places; at++) {
        open += search->allowed[at];
        search->allowed[at] = before;
        before += open > 0 ? 1 : 0;
    }
    cover_cut(search, each_hit(search, take_counting));
    open = 0;
    for (size_t at = 0; at < places; at++) {
        open += search->covered[at];
        search->covered[at] = open > 0 ? 1 : 0;
    }
}

/* Marks source bytes; separators between two covered places go too. */
static int mark(const struct search *search, uint8_t *marks)
{
    const struct folded *folded = &search->folded;
    int marked = 0;

    for (size_t at = 0; at < folded->length; at++) {
        if (search->covered[at] != 0) {
            const size_t from =
                at > 0 && search->covered[at - 1] != 0 ? folded->places[at - 1].to : folded->places[at].from;
            const size_t to = folded->places[at].to;
            if (to > from) {
                (void)memset(marks + from, 1, to - from);
            } else {
                (void)memset(marks + folded->places[at].from, 1, to - folded->places[at].from);
            }
            marked = 1;
        }
    }
    return marked;
}

/* Allowed bytes that no hit covers: other searches leave them alone. */
static void mark_allowed(const struct search *search, uint8_t *marks)
{
    const struct folded *folded = &search->folded;

    for (size_t at = 0; at < folded->length; at++) {
        for (uint32_t byte = folded->places[at].from;
             search->allowed[at + 1] > search->allowed[at] && byte < folded->places[at].to; byte++) {
            marks[byte] = marks[byte] == 0 ? HITS_ALLOWED : marks[byte];
        }
    }
}

int hits_mark(const struct patterns *patterns, const char *text, size_t length, uint32_t mode, uint8_t *marks)
{
    struct search search = {.patterns = patterns, .text = text, .marks = marks, .mode = mode};
    size_t places = 0;
    int result = fold_text(text, length, &search.folded);

    if (result < 0 || search.folded.length == 0) {
        folded_free(&search.folded);
        return result;
    }
    places = search.folded.length + 1;
    search.covered = calloc(places, 2 * (sizeof(int32_t) + 1));
    if (search.covered == NULL) {
        folded_free(&search.folded);
        return DCMCHAIN_E_MEMORY;
    }
    search.allowed = search.covered + places;
    search.begins = (uint8_t *)(search.allowed + places);
    search.ends = search.begins + places;
    find(&search);
    result = mark(&search, marks);
    mark_allowed(&search, marks);
    free(search.covered);
    folded_free(&search.folded);
    return result;
}
