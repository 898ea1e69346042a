/* fold.c: folding of text with utf8proc (Unicode case folding, decomposition) and a few letters that Unicode
 * does not decompose. It must not drop a letter or digit: only what separates them. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "dcmchain/base.h"

#define MAX_PARTS 32 /* code points that one may decompose into (18 in Unicode 15) */

struct fold_state {
    struct folded *folded;
    size_t room;
};

static const char *spelled(utf8proc_int32_t point)
{
    switch (point) {
    case 0x00E6: /* æ */
        return "ae";
    case 0x0153: /* œ */
        return "oe";
    case 0x00F8: /* ø */
        return "o";
    case 0x0111: /* đ */
    case 0x00F0: /* ð */
        return "d";
    case 0x0142: /* ł */
        return "l";
    case 0x00FE: /* þ */
        return "th";
    case 0x0127: /* ħ */
        return "h";
    case 0x0131: /* ı */
        return "i";
    default:
        return NULL;
    }
}

static bool is_ideographic(utf8proc_int32_t point)
{
    return (point >= 0x2E80 && point <= 0x9FFF) || (point >= 0xAC00 && point <= 0xD7FF) ||
           (point >= 0x1100 && point <= 0x11FF) || (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0x20000 && point <= 0x3FFFF) || (point >= 0x0E00 && point <= 0x0E7F);
}

static bool keeps(utf8proc_category_t category)
{
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

static int append(struct fold_state *state, const char *bytes, size_t count, struct fold_place place)
{
    struct folded *folded = state->folded;

    if (folded->length + count + 1 > state->room) {
        const size_t room = state->room * 2 + count + 16;
        char *more = realloc(folded->bytes, room);
        struct fold_place *places = NULL;
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        folded->bytes = more;
        places = realloc(folded->places, room * sizeof *places);
        if (places == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        folded->places = places;
        state->room = room;
    }
    for (size_t at = 0; at < count; at++) {
        folded->bytes[folded->length] = bytes[at];
        folded->places[folded->length++] = place;
        place.flags = (uint8_t)(place.flags & ~FOLD_FIRST);
    }
    folded->bytes[folded->length] = '\0';
    return 0;
}

/* What is nothing by itself belongs to the letter before. */
static void join_before(struct folded *folded, uint32_t from, uint32_t to)
{
    if (folded->length > 0 && folded->places[folded->length - 1].to == from) {
        folded->places[folded->length - 1].to = to;
    }
}

static int fold_point(struct fold_state *state, utf8proc_int32_t point, uint32_t from, uint32_t to)
{
    const utf8proc_category_t category = utf8proc_category(point);
    utf8proc_int32_t parts[MAX_PARTS];
    struct fold_place place = {.from = from, .to = to, .flags = FOLD_FIRST};
    const size_t length = state->folded->length;
    int boundary = 0;
    utf8proc_ssize_t count = 0;

    if ((category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) ||
        category == UTF8PROC_CATEGORY_CF) { /* accents, soft hyphens, joiners, marks of direction */
        join_before(state->folded, from, to);
        return 0;
    }
    if (!keeps(category)) {
        return 0;
    }
    count = utf8proc_decompose_char(
        point, parts, MAX_PARTS,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
    if (count < 0 || count > MAX_PARTS) {
        return DCMCHAIN_E_INVALID;
    }
    place.flags |= category == UTF8PROC_CATEGORY_LU ? FOLD_UPPER : 0U;
    place.flags |= is_ideographic(point) ? FOLD_IDEO : 0U;
    for (utf8proc_ssize_t at = 0; at < count; at++) {
        const char *spelling = spelled(parts[at]);
        utf8proc_uint8_t encoded[4];
        utf8proc_ssize_t width = 0;
        int result = 0;
        if (spelling != NULL) {
            result = append(state, spelling, strlen(spelling), place);
        } else if (keeps(utf8proc_category(parts[at]))) {
            width = utf8proc_encode_char(parts[at], encoded);
            place.flags |= parts[at] >= '0' && parts[at] <= '9' ? FOLD_DIGIT : 0U;
            result = append(state, (const char *)encoded, (size_t)width, place);
        }
        if (result < 0) {
            return result;
        }
        place.flags = (uint8_t)(place.flags & ~(FOLD_FIRST | FOLD_DIGIT));
    }
    if (state->folded->length == length) {
        join_before(state->folded, from, to); /* voiced sound marks of half-width katakana */
    }
    return 0;
}

int fold_text(const char *text, size_t length, struct folded *ret_folded)
{
    struct folded folded = {NULL, NULL, 0};
    struct fold_state state = {.folded = &folded, .room = 0};
    int result = append(&state, "", 0, (struct fold_place){0, 0, 0});
    size_t at = 0;

    if (length > UINT32_MAX) {
        result = DCMCHAIN_E_RANGE;
    }
    while (result == 0 && at < length) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t width =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &point);
        if (width <= 0) {
            at++;
            continue;
        }
        result = fold_point(&state, point, (uint32_t)at, (uint32_t)(at + (size_t)width));
        at += (size_t)width;
    }
    if (result < 0) {
        folded_free(&folded);
        return result;
    }
    *ret_folded = folded;
    return 0;
}

void folded_free(struct folded *folded)
{
    free(folded->bytes);
    free(folded->places);
    *folded = (struct folded){NULL, NULL, 0};
}

bool fold_is_apart(const struct folded *folded, size_t at)
{
    return at == 0 || at >= folded->length || folded->places[at - 1].to < folded->places[at].from;
}

bool fold_is_border(const struct folded *folded, size_t at)
{
    uint8_t before = 0;
    uint8_t after = 0;

    if (fold_is_apart(folded, at)) {
        return true;
    }
    before = folded->places[at - 1].flags;
    after = folded->places[at].flags;
    if (((before ^ after) & (FOLD_DIGIT | FOLD_IDEO)) != 0U) {
        return true;
    }
    return (before & (FOLD_DIGIT | FOLD_UPPER)) == 0U && (after & FOLD_UPPER) != 0U &&
           (after & FOLD_FIRST) != 0U;
}

size_t fold_near_start(const struct folded *folded, size_t end)
{
    size_t start = end;

    while (start > 0 && end - start < FOLD_NEAR) {
        start--;
        if (fold_is_apart(folded, start)) {
            break;
        }
    }
    return start;
}

size_t fold_near_end(const struct folded *folded, size_t start)
{
    size_t end = start;

    while (end < folded->length && end - start < FOLD_NEAR) {
        end++;
        if (fold_is_apart(folded, end)) {
            break;
        }
    }
    return end;
}

size_t fold_token_end(const struct folded *folded, size_t start)
{
    size_t end = start;

    while (end < folded->length) {
        end++;
        if (fold_is_apart(folded, end)) {
            break;
        }
    }
    return end;
}
