/* hits.c: judges hits by their borders and neighbours: a part of a word is no name, Hodgkin's disease is no
 * patient, 120 ms is no patient ID. It must lean to removing: what stays wrongly is published. */
#include "hits.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cleaner.h"
#include "cleanup.h"
#include "dcmchain/base.h"

#define LONG_NAME 7U /* letters from which a name needs no borders */
#define LONG_ID 8U   /* the same for numbers of letters and digits */
#define MIN_CUT 6U   /* bytes of a value that the end of a text cuts short */
#define ANY_NAME (PATTERN_NAME | PATTERN_STAFF)

struct hit {
    size_t start;
    size_t end;
    uint32_t bits;
};

struct search {
    const struct patterns *patterns;
    const char *text;
    uint32_t mode;
    struct folded folded;
    struct hit *hits;
    size_t count;
    size_t room;
    uint8_t *begins; /* by folded place: a name part begins, or ends, here */
    uint8_t *ends;
    uint8_t *covered; /* folded bytes that count as hit */
};

static int add_hit(struct search *search, size_t start, size_t end, uint32_t bits)
{
    if (search->count == search->room) {
        const size_t room = search->room == 0 ? 32 : search->room * 2;
        struct hit *more = realloc(search->hits, room * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        search->hits = more;
        search->room = room;
    }
    while ((bits & PATTERN_PHONE) != 0U && start > 0 && search->folded.bytes[start - 1] == '0' &&
           !fold_is_apart(&search->folded, start)) {
        start--; /* the zeros before an area code */
    }
    search->hits[search->count++] = (struct hit){start, end, bits};
    if ((bits & ANY_NAME) != 0U) { /* a neighbour must not be the end of some other word */
        search->begins[start] |= fold_is_apart(&search->folded, end) ? 1U : 0U;
        search->ends[end] |= fold_is_apart(&search->folded, start) ? 1U : 0U;
    }
    return 0;
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
    return lists_of_token(search, fold_token_start(&search->folded, start), start);
}

static uint8_t lists_after(const struct search *search, size_t end)
{
    return lists_of_token(search, end, fold_token_end(&search->folded, end));
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

static bool name_counts(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t width = letters(folded, hit->start, hit->end);

    if (search->mode == CLEANER_NAMED || (search->mode == CLEANER_CODE && (hit->bits & PATTERN_NAME) == 0U)) {
        return false;
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
    if (width >= LONG_NAME && (hit->bits & PATTERN_EPONYM) == 0U) {
        return true;
    }
    return has_borders(search, hit->start, hit->end, width <= 3) ||
           (search->ends[hit->start] != 0 && search->begins[hit->end] == 0 &&
            fold_is_border(folded, hit->end));
}

/* No letter continues letters, no digit continues digits. */
static bool is_same_run(const struct folded *folded, size_t at)
{
    return !fold_is_apart(folded, at) &&
           ((folded->places[at - 1].flags ^ folded->places[at].flags) & FOLD_DIGIT) == 0U;
}

static bool is_number_with_unit(const struct search *search, const struct hit *hit)
{
    static const char *const units[] = {"mm",  "cm",  "m",  "ms",  "s",  "sec",   "min", "hz",
                                        "khz", "mhz", "kv", "kvp", "ma", "mas",   "mg",  "ml",
                                        "mci", "mbq", "kg", "g",   "t",  "tesla", "deg", "ppm"};
    const struct folded *folded = &search->folded;
    const size_t end = fold_token_end(folded, hit->end);
    const size_t from = folded->places[hit->start].from;
    const size_t to = folded->places[hit->end - 1].to;
    const char *text = search->text;

    if (from >= 2 && (text[from - 1] == '.' || text[from - 1] == ',') && text[from - 2] >= '0' &&
        text[from - 2] <= '9') {
        return true;
    }
    if ((text[to] == '.' || text[to] == ',') && text[to + 1] >= '0' && text[to + 1] <= '9') {
        return true;
    }
    for (size_t at = 0; at < sizeof units / sizeof units[0]; at++) {
        if (strlen(units[at]) == end - hit->end &&
            memcmp(units[at], folded->bytes + hit->end, end - hit->end) == 0) {
            return true;
        }
    }
    return text[to] == '%';
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
    if (digits && width < LONG_ID && is_number_with_unit(search, hit)) {
        return false;
    }
    if (!digits && width >= LONG_ID && (folded->places[hit->start].flags & FOLD_DIGIT) == 0U &&
        (folded->places[hit->end - 1].flags & FOLD_DIGIT) == 0U) {
        return true;
    }
    return (hit->start == 0 || !is_same_run(folded, hit->start)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end));
}

static bool counts(const struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const bool borders = has_borders(search, hit->start, hit->end, false);

    if ((hit->bits & PATTERN_FULL) != 0U && (borders || hit->end - hit->start >= LONG_ID + 2)) {
        return true;
    }
    if ((hit->bits & (PATTERN_ID | PATTERN_SHORT_ID)) != 0U && id_counts(search, hit)) {
        return true;
    }
    if ((hit->bits & ANY_NAME) != 0U && name_counts(search, hit)) {
        return true;
    }
    if (search->mode != CLEANER_TEXT) {
        return false;
    }
    if ((hit->bits & PATTERN_PHRASE) != 0U && borders) {
        return true;
    }
    return (hit->bits & PATTERN_PHONE) != 0U && (hit->start == 0 || !is_same_run(folded, hit->start)) &&
           (hit->end == folded->length || !is_same_run(folded, hit->end));
}

static void cover(struct search *search, size_t start, size_t end)
{
    (void)memset(search->covered + start, 1, end - start);
}

/* "Q. Zzyx": a single letter beside a name that is one of the patient's initials goes with it. */
static void cover_initials(struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    const size_t before = fold_token_start(folded, hit->start);
    const size_t after = fold_token_end(folded, hit->end);

    if (hit->start - before == 1 && folded->bytes[before] >= 'a' && folded->bytes[before] <= 'z' &&
        (search->patterns->initials >> (folded->bytes[before] - 'a') & 1U) != 0U) {
        cover(search, before, hit->start);
    }
    if (fold_is_apart(folded, hit->end) && after - hit->end == 1 && folded->bytes[hit->end] >= 'a' &&
        folded->bytes[hit->end] <= 'z' &&
        (search->patterns->initials >> (folded->bytes[hit->end] - 'a') & 1U) != 0U) {
        cover(search, hit->end, after);
    }
}

/* A known value that the end of the text cuts short. */
static void cover_cut(struct search *search, uint32_t state)
{
    const struct folded *folded = &search->folded;
    const size_t depth = automaton_depth(search->patterns->automaton, state);
    const size_t start = folded->length - depth;

    if (search->mode != CLEANER_TEXT || depth < MIN_CUT || !fold_is_border(folded, start)) {
        return;
    }
    for (size_t at = start; at < folded->length;) {
        const size_t end = fold_token_end(folded, at);
        if (lists_of_token(search, at, end) == 0 && strspn(folded->bytes + at, "0123456789") < end - at) {
            cover(search, start, folded->length); /* a word of it is in no list */
            return;
        }
        at = end;
    }
    if (strspn(folded->bytes + start, "0123456789") == depth && !is_same_run(folded, start)) {
        cover(search, start, folded->length);
    }
}

static int find(struct search *search, const uint8_t *marks)
{
    const struct automaton *automaton = search->patterns->automaton;
    uint32_t state = 0;
    int result = 0;

    for (size_t at = 0; result == 0 && at < search->folded.length; at++) {
        if (marks[search->folded.places[at].from] != 0) {
            state = 0;
            continue;
        }
        state = automaton_step(automaton, state, search->folded.bytes[at]);
        for (uint32_t match = state; result == 0 && match != 0; match = automaton_match(automaton, match)) {
            if (automaton_bits(automaton, match) != 0) {
                result = add_hit(search, at + 1 - automaton_depth(automaton, match), at + 1,
                                 automaton_bits(automaton, match));
            }
        }
    }
    for (size_t at = 0; result == 0 && at < search->count; at++) {
        const struct hit *hit = &search->hits[at];
        if (counts(search, hit)) {
            cover(search, hit->start, with_genitive(search, hit->end));
            if ((hit->bits & ANY_NAME) != 0U && search->mode == CLEANER_TEXT) {
                cover_initials(search, hit);
            }
        }
    }
    if (result == 0) {
        cover_cut(search, state);
    }
    return result;
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

int hits_mark(const struct patterns *patterns, const char *text, size_t length, uint32_t mode, uint8_t *marks)
{
    struct search search = {.patterns = patterns, .text = text, .mode = mode};
    int result = fold_text(text, length, &search.folded);

    if (result == 0 && search.folded.length > 0) {
        search.begins = calloc(search.folded.length + 1, 3);
        if (search.begins == NULL) {
            result = DCMCHAIN_E_MEMORY;
        } else {
            search.ends = search.begins + search.folded.length + 1;
            search.covered = search.ends + search.folded.length + 1;
            result = find(&search, marks);
        }
        result = result < 0 ? result : mark(&search, marks);
    }
    free(search.begins);
    free(search.hits);
    folded_free(&search.folded);
    return result;
}
