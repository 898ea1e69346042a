/* walk_head.c: the bytes below the walk: reading, skipping, what an element begins with, and how a problem is
 * told. It knows no nesting, and puts no value into a message. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "walk.h"

#define STEP_TEXT 32U /* more than one step of a path needs */

/* ---- problems ---- */

int walk_invalid(struct walk *walk, uint64_t offset, const char *text)
{
    char path[160] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < walk->depth && used + STEP_TEXT < sizeof path; i++) {
        int written =
            snprintf(path + used, sizeof path - used, "%s(%04x,%04x)[%u]", i == 0 ? " in " : "/",
                     walk->steps[i].tag >> 16, walk->steps[i].tag & 0xFFFFU, walk->steps[i].item_index);
        used += written > 0 ? (size_t)written : 0;
        if (i == 2 && walk->depth > 4) {
            i = walk->depth - 2; /* deep nesting: the outermost and the innermost tell enough */
        }
    }
    (void)snprintf(walk->problem, walk->problem_size, "%s at byte %llu%s", text, (unsigned long long)offset,
                   path);
    return DCMCHAIN_E_INVALID;
}

int walk_invalid_at(struct walk *walk, const struct walk_head *head, const char *text)
{
    char whole[128];
    (void)snprintf(whole, sizeof whole, "element (%04x,%04x): %s", head->tag >> 16, head->tag & 0xFFFFU,
                   text);
    return walk_invalid(walk, head->offset, whole);
}

int walk_beyond(struct walk *walk, const char *text)
{
    (void)snprintf(walk->problem, walk->problem_size, "%s", text);
    return DCMCHAIN_E_RANGE;
}

/* ---- bytes ---- */

const void *walk_view(struct walk *walk, size_t length)
{
    const void *bytes = source_view(walk->source, walk->offset, length);
    walk->offset += bytes == NULL ? 0 : length;
    return bytes;
}

int walk_read(struct walk *walk, void *buffer, size_t length, size_t *ret_read)
{
    const void *bytes = walk_view(walk, length);
    if (bytes != NULL) {
        memcpy(buffer, bytes, length);
        *ret_read = length;
        return DCMCHAIN_OK;
    }
    int result = source_seek(walk->source, walk->offset);
    if (result == DCMCHAIN_OK) {
        result = source_read(walk->source, buffer, length, ret_read);
    }
    if (result == DCMCHAIN_OK) {
        walk->offset += *ret_read;
    } else if (result == DCMCHAIN_E_INVALID) {
        (void)snprintf(walk->problem, walk->problem_size, "%s", source_problem(walk->source));
    } else {
        (void)snprintf(walk->problem, walk->problem_size, "reading: %s",
                       result == DCMCHAIN_E_IO ? strerror(errno) : dcmchain_result_text(result));
    }
    return result;
}

int walk_read_whole(struct walk *walk, void *buffer, size_t length)
{
    size_t got = 0;
    uint64_t from = walk->offset;
    int result = walk_read(walk, buffer, length, &got);
    if (result == DCMCHAIN_OK && got != length) {
        return walk_invalid(walk, from, "the file ends inside an element");
    }
    return result;
}

static uint16_t get16(const uint8_t *bytes, bool big_endian)
{
    return (uint16_t)(big_endian ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
}

static uint32_t get32(const uint8_t *bytes, bool big_endian)
{
    uint32_t first = get16(bytes, big_endian);
    uint32_t second = get16(bytes + 2, big_endian);
    return big_endian ? first << 16 | second : second << 16 | first;
}

uint32_t walk_tag(const uint8_t *bytes, bool big_endian)
{
    return (uint32_t)get16(bytes, big_endian) << 16 | get16(bytes + 2, big_endian);
}

int walk_skip(struct walk *walk, const struct walk_head *head)
{
    if (head->length == 0) {
        return DCMCHAIN_OK;
    }
    uint64_t end = head->value_offset + head->length;
    if (source_size(walk->source) != UINT64_MAX) {
        if (end > source_size(walk->source)) {
            return walk_invalid_at(walk, head, "the file ends inside its value");
        }
        walk->offset = end;
        return DCMCHAIN_OK;
    }
    uint8_t last = 0;
    size_t got = 0;
    walk->offset = end - 1;
    int result = walk_read(walk, &last, 1, &got);
    return result != DCMCHAIN_OK ? result
           : got == 1            ? DCMCHAIN_OK
                                 : walk_invalid_at(walk, head, "the file ends inside its value");
}

/* ---- VRs ---- */

/* One bit for each second letter, by first letter: asked for every element of every file. */
#define LETTER(letter) (1U << ((letter) - 'A'))
#define LETTERS ('Z' - 'A' + 1)

static const uint32_t known_vrs[LETTERS] = {
    ['A' - 'A'] = LETTER('E') | LETTER('S') | LETTER('T'),
    ['C' - 'A'] = LETTER('S'),
    ['D' - 'A'] = LETTER('A') | LETTER('S') | LETTER('T'),
    ['F' - 'A'] = LETTER('D') | LETTER('L'),
    ['I' - 'A'] = LETTER('S'),
    ['L' - 'A'] = LETTER('O') | LETTER('T'),
    ['O' - 'A'] = LETTER('B') | LETTER('D') | LETTER('F') | LETTER('L') | LETTER('V') | LETTER('W'),
    ['P' - 'A'] = LETTER('N'),
    ['S' - 'A'] = LETTER('H') | LETTER('L') | LETTER('Q') | LETTER('S') | LETTER('T') | LETTER('V'),
    ['T' - 'A'] = LETTER('M'),
    ['U' - 'A'] = LETTER('C') | LETTER('I') | LETTER('L') | LETTER('N') | LETTER('R') | LETTER('S') |
                  LETTER('T') | LETTER('V'),
};
static const uint32_t long_vrs[LETTERS] = {
    ['O' - 'A'] = LETTER('B') | LETTER('D') | LETTER('F') | LETTER('L') | LETTER('V') | LETTER('W'),
    ['S' - 'A'] = LETTER('Q') | LETTER('V'),
    ['U' - 'A'] = LETTER('C') | LETTER('N') | LETTER('R') | LETTER('T') | LETTER('V'),
};

static bool in_table(const uint32_t table[LETTERS], uint16_t vr)
{
    unsigned first = (unsigned)(vr >> 8) - 'A';
    unsigned second = (vr & 0xFFU) - 'A';
    return first < LETTERS && second < LETTERS && (table[first] >> second & 1U) != 0;
}

bool walk_vr_is_known(uint16_t vr)
{
    return in_table(known_vrs, vr);
}

bool walk_vr_is_long(uint16_t vr)
{
    return in_table(long_vrs, vr);
}

uint16_t walk_implicit_vr(uint32_t tag)
{
    uint16_t vr = DCMCHAIN_TAG_IS_PRIVATE(tag) ? 0 : dcmchain_tag_vr(tag);
    if (vr == 0 && DCMCHAIN_TAG_ELEMENT(tag) == 0) {
        vr = DCMCHAIN_VR_UL; /* a group length */
    }
    if (vr == 0 && DCMCHAIN_TAG_IS_PRIVATE(tag) && DCMCHAIN_TAG_ELEMENT(tag) >= 0x10 &&
        DCMCHAIN_TAG_ELEMENT(tag) <= 0xFF) {
        vr = DCMCHAIN_VR_LO; /* a private creator (PS3.5 7.8.1) */
    }
    return vr == 0 ? DCMCHAIN_VR_UN : vr;
}

/* ---- heads ---- */

int walk_read_head(struct walk *walk, const struct walk_frame *item, struct walk_head *head)
{
    uint8_t bytes[4];
    int result = walk_read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (!item->explicit_vr) {
        head->vr = walk_implicit_vr(head->tag);
        head->length = get32(bytes, item->big_endian);
    } else {
        head->vr = DCMCHAIN_VR(bytes[0], bytes[1]);
        if (!walk_vr_is_known(head->vr)) {
            return walk_invalid_at(walk, head, "it has no VR that PS3.5 knows");
        }
        head->length = get16(bytes + 2, item->big_endian);
        if (walk_vr_is_long(head->vr)) {
            result = walk_read_whole(walk, bytes, sizeof bytes);
            head->length = result == DCMCHAIN_OK ? get32(bytes, item->big_endian) : 0;
        }
    }
    head->value_offset = walk->offset;
    return result;
}

int walk_read_item_head(struct walk *walk, bool big_endian, struct walk_head *ret_head)
{
    uint8_t bytes[8];
    struct walk_head head = {.offset = walk->offset};
    int result = walk_read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    head.tag = walk_tag(bytes, big_endian);
    head.length = get32(bytes + 4, big_endian);
    head.value_offset = walk->offset;
    *ret_head = head;
    return DCMCHAIN_OK;
}
