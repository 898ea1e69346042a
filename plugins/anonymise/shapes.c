/* shapes.c: compiles the shapes with PCRE2 and searches a text for each.
 * It must give up loudly: a search that meets its limit is no "nothing found". */
#include "shapes.h"

#include <stdio.h>
#include <stdlib.h>

#include "../common/late_pattern.h"
#include "cleaner.h"
#include "hits.h"
#include "shapes_table.h"

#define MATCH_LIMIT 2000000U /* steps of one search; a shipped shape needs a few for each byte */
#define HEAP_LIMIT_KIB 16384U
#define OPTIONS (PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C)
#define PATIENCE 48U /* searches for a shipped shape before it is made machine code; its limit is far */

struct shapes {
    const struct words *words; /* borrowed */
    pcre2_match_context *limits;
    struct late_pattern **patterns; /* the shipped ones, then those of the settings */
    size_t count;
};

static int add(struct shapes *shapes, const char *text, uint32_t patience)
{
    shapes->patterns[shapes->count] = late_pattern_new(text, OPTIONS, patience);
    return shapes->patterns[shapes->count++] == NULL ? DCMCHAIN_E_MEMORY : 0;
}

static int add_extra(struct shapes *shapes, const char *text, size_t number, char *ret_problem)
{
    PCRE2_UCHAR message[128] = "";
    size_t offset = 0;
    int error = 0;

    if (add(shapes, text, 1) < 0) {
        (void)snprintf(ret_problem, SHAPES_PROBLEM_BYTES, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    error = late_pattern_check(shapes->patterns[shapes->count - 1], &offset);
    if (error != 0) {
        (void)pcre2_get_error_message(error, message, sizeof message);
        (void)snprintf(ret_problem, SHAPES_PROBLEM_BYTES,
                       "setting 'extra_patterns': pattern %zu, at byte %zu: %s", number, offset + 1,
                       (const char *)message);
        return DCMCHAIN_E_INVALID;
    }
    return 0;
}

int shapes_open(const struct words *words, const struct dcmchain_strings *extra, struct shapes **ret_shapes,
                char *ret_problem)
{
    const size_t extras = extra == NULL ? 0 : extra->count;
    struct shapes *shapes = calloc(1, sizeof *shapes);
    int result = 0;

    if (shapes != NULL) {
        shapes->words = words;
        shapes->limits = pcre2_match_context_create(NULL);
        shapes->patterns = calloc(shapes_count + extras, sizeof(struct late_pattern *));
    }
    if (shapes == NULL || shapes->limits == NULL || shapes->patterns == NULL) {
        shapes_free(shapes);
        (void)snprintf(ret_problem, SHAPES_PROBLEM_BYTES, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    (void)pcre2_set_match_limit(shapes->limits, MATCH_LIMIT);
    (void)pcre2_set_heap_limit(shapes->limits, HEAP_LIMIT_KIB);
    for (size_t at = 0; result == 0 && at < shapes_count; at++) {
        result = add(shapes, shapes_table[at].pattern, PATIENCE);
    }
    if (result < 0) {
        (void)snprintf(ret_problem, SHAPES_PROBLEM_BYTES, "out of memory");
    }
    for (size_t at = 0; result == 0 && at < extras; at++) {
        result = add_extra(shapes, extra->values[at], at + 1, ret_problem);
    }
    if (result < 0) {
        shapes_free(shapes);
        return result;
    }
    *ret_shapes = shapes;
    return 0;
}

void shapes_free(struct shapes *shapes)
{
    if (shapes == NULL) {
        return;
    }
    for (size_t at = 0; at < shapes->count; at++) {
        late_pattern_free(shapes->patterns[at]);
    }
    free(shapes->patterns);
    pcre2_match_context_free(shapes->limits);
    free(shapes);
}

struct text {
    const char *bytes;
    size_t length;
    uint8_t *marks;
};

/* What the text holds, as SHAPE_NEEDS_… */
static uint32_t holds(const struct text *text)
{
    uint32_t found = 0;
    size_t digits = 0;

    for (size_t at = 0; at < text->length; at++) {
        const unsigned char byte = (unsigned char)text->bytes[at];
        if (byte >= '0' && byte <= '9') {
            digits++;
        } else if ((byte | 0x20U) - 'a' < 26U || byte >= 0x80U) {
            found |= SHAPE_NEEDS_LETTER;
        } else if (byte == '@') {
            found |= SHAPE_NEEDS_AT;
        }
    }
    found |= digits > 0 ? SHAPE_NEEDS_DIGIT : 0U;
    return found | (digits >= 8 ? SHAPE_NEEDS_EIGHT : 0U);
}

#define SHAPE_NEEDS (SHAPE_NEEDS_DIGIT | SHAPE_NEEDS_AT | SHAPE_NEEDS_LETTER | SHAPE_NEEDS_EIGHT)

/* UIDs keep their marks; what is allowed or kept as a whole stays, but not as part of more. */
static int mark(const struct text *text, size_t from, size_t to, uint8_t with)
{
    bool found = false;

    for (size_t at = from; at < to; at++) {
        found = found || text->marks[at] == 0 || text->marks[at] == SHAPES_HIT;
    }
    for (size_t at = from; found && at < to; at++) {
        if (text->marks[at] == 0 || text->marks[at] == SHAPES_HIT || text->marks[at] == HITS_ALLOWED) {
            text->marks[at] = with;
        }
    }
    return found ? 1 : 0;
}

static int search(const struct shapes *shapes, size_t index, const struct text *text, pcre2_match_data *match)
{
    const struct shape *shape = index < shapes_count ? &shapes_table[index] : NULL;
    const uint8_t with = shape != NULL && (shape->flags & SHAPE_AGE) != 0U ? SHAPES_AGE : SHAPES_HIT;
    int marked = 0;

    for (size_t at = 0; at <= text->length;) {
        const int groups =
            late_pattern_match(shapes->patterns[index], text->bytes, text->length, at, match, shapes->limits);
        const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(match);
        size_t from = 0;
        size_t to = 0;
        if (groups == PCRE2_ERROR_NOMATCH) {
            break;
        }
        if (groups < 0) {
            return DCMCHAIN_E_RANGE;
        }
        from = groups > 1 && ends[2] != PCRE2_UNSET ? ends[2] : ends[0];
        to = groups > 1 && ends[2] != PCRE2_UNSET ? ends[3] : ends[1];
        at = ends[1] > at ? ends[1] : at + 1;
        if (shape == NULL || shape->check == NULL || shape->check(shapes->words, text->bytes, &from, &to)) {
            while (to > from && text->bytes[to - 1] == ' ') {
                to--;
            }
            marked |= mark(text, from, to, with);
        }
    }
    return marked;
}

int shapes_mark(const struct shapes *shapes, const char *text, size_t length, uint32_t mode, bool only_extra,
                uint8_t *marks)
{
    const struct text searched = {text, length, marks};
    const uint32_t held = holds(&searched);
    static const uint32_t counted[] = {~0U, SHAPE_CODED, SHAPE_NAMED, SHAPE_NAMED | SHAPE_MAKER};
    const uint32_t counts = counted[mode];
    pcre2_match_data *match = pcre2_match_data_create(4, NULL);
    int marked = 0;

    if (match == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t at = only_extra ? shapes_count : 0; at < shapes->count; at++) {
        const uint32_t flags = at < shapes_count ? shapes_table[at].flags : ~SHAPE_NEEDS;
        int result = 0;
        if ((flags & SHAPE_NEEDS & ~held) != 0U || (counts != ~0U && (flags & counts) == 0U)) {
            continue;
        }
        result = search(shapes, at, &searched, match);
        if (result < 0) {
            marked = result;
            break;
        }
        marked |= result;
    }
    pcre2_match_data_free(match);
    return marked;
}
