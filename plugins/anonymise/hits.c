/* hits.c: finds the patterns of the identity in a text and marks those that count (hits_judge.c).
 * It must stay linear in the text. */
#include "hits.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "cleaner.h"
#include "dcmchain/base.h"
#include "hits_judge.h"

#define MIN_CUT 6U /* bytes of a value that the end of a text cuts short */

/* More patterns that end at one place, each the end of the next longer one, than identities of the world
 * have. */
#define MAX_NESTED 64U

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

/* "Q. R. Zzyx": single letters beside a name that are the patient's initials go with it. */
static void cover_initials(struct search *search, const struct hit *hit)
{
    const struct folded *folded = &search->folded;
    size_t start = hit->start;
    size_t end = hit->end;

    while (hit->start - start < 3 && start > 0 && fold_is_apart(folded, start) &&
           fold_is_apart(folded, start - 1) && hits_is_initial(search, start - 1)) {
        start--;
    }
    while (end - hit->end < 3 && end < folded->length && fold_is_apart(folded, end) &&
           fold_is_apart(folded, end + 1) && hits_is_initial(search, end)) {
        end++;
    }
    cover(search->covered, start, end);
}

/* A known value that the end of the text cuts short. state: the longest beginning of any that it ends with.
 */
static void cover_cut(struct search *search, uint32_t state)
{
    const struct automaton *automaton = search->patterns->automaton;
    const struct folded *folded = &search->folded;

    for (; search->mode != CLEANER_NAMED && search->mode != CLEANER_MAKER &&
           automaton_depth(automaton, state) >= MIN_CUT;
         state = automaton_suffix(automaton, state)) {
        const size_t start = folded->length - automaton_depth(automaton, state);
        const bool begins =
            search->mode == CLEANER_CODE ? fold_is_apart(folded, start) : fold_is_border(folded, start);
        if (begins && hits_tell(search, start, folded->length)) {
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
    if (!hits_count(search, hit)) {
        return;
    }
    cover(search->covered, hit->start, hits_with_genitive(search, hit->end));
    if ((hit->bits & ANY_NAME) != 0U && hits_is_free_text(search)) {
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
