/* walker.c: see walker.h: a file's preamble, file meta and transfer syntax, and the ranges around its Pixel
 * Data. What is inside a data set is walk.c's. */
#include "walker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "walk.h"

#define PREFIX_OFFSET 128U
#define PREFIX_END 132U
#define FIRST_GROUP 0x0008U /* of a data set */
#define TAG_TRANSFER_SYNTAX 0x00020010U

static const char implicit_little[] = "1.2.840.10008.1.2";
static const char explicit_little[] = "1.2.840.10008.1.2.1";
static const char explicit_big[] = "1.2.840.10008.1.2.2";

/* ---- transfer syntax ---- */

/* PS3.5 chapter 10 and annex A, by UID; one that ends with '.' stands for all that begin so. First match. */
static const struct {
    const char *uid;
    bool implicit_vr;
    bool big_endian;
    bool deflated;
    bool encapsulated;
} transfer_syntaxes[] = {
    {.uid = implicit_little, .implicit_vr = true},
    {.uid = explicit_little},
    {.uid = explicit_big, .big_endian = true},
    {.uid = "1.2.840.10008.1.2.1.99", .deflated = true},
    {.uid = "1.2.840.10008.1.2.1.98", .encapsulated = true}, /* Encapsulated Uncompressed */
    {.uid = "1.2.840.10008.1.2.4.94"},                       /* JPIP: a reference instead of Pixel Data */
    {.uid = "1.2.840.10008.1.2.4.95", .deflated = true},
    {.uid = "1.2.840.10008.1.2.4.204"}, /* the same for HTJ2K */
    {.uid = "1.2.840.10008.1.2.4.205", .deflated = true},
    {.uid = "1.2.840.10008.1.2.4.", .encapsulated = true},  /* JPEG and its family, MPEG, HEVC */
    {.uid = "1.2.840.10008.1.2.5", .encapsulated = true},   /* RLE */
    {.uid = "1.2.840.10008.1.2.8.1", .encapsulated = true}, /* Deflated Image Frame */
};

static bool is_syntax(const char *uid, const char *known)
{
    size_t length = strlen(known);
    return known[length - 1] == '.' ? strncmp(uid, known, length) == 0 : strcmp(uid, known) == 0;
}

int walker_take_transfer_syntax(const char *uid, struct walker_layout *layout)
{
    for (size_t i = 0; i < sizeof transfer_syntaxes / sizeof *transfer_syntaxes; i++) {
        if (is_syntax(uid, transfer_syntaxes[i].uid)) {
            layout->explicit_vr = !transfer_syntaxes[i].implicit_vr;
            layout->big_endian = transfer_syntaxes[i].big_endian;
            layout->deflated = transfer_syntaxes[i].deflated;
            layout->encapsulated = transfer_syntaxes[i].encapsulated;
            return DCMCHAIN_OK;
        }
    }
    return DCMCHAIN_E_ABSENT;
}

static int take_transfer_syntax(struct walk *walk)
{
    const char *uid = walk->layout->transfer_syntax;
    if (walker_take_transfer_syntax(uid, walk->layout) == DCMCHAIN_OK) {
        return DCMCHAIN_OK;
    }
    (void)snprintf(walk->problem, walk->problem_size,
                   uid[0] == '\0' ? "the file meta information has no Transfer Syntax UID"
                                  : "the transfer syntax is not one that dcmchain knows");
    return DCMCHAIN_E_INVALID;
}

/* Sees the file meta go by, for the caller's visitor too. */
struct meta_visitor {
    const struct walker_visitor *visitor;
    struct walker_layout *layout;
};

/* A UID ends with at most one NUL (PS3.5 9.1); spaces are met too. One that is longer than a UID can be, or
 * has a NUL inside, is none that we know: "?". */
static void take_uid(const uint8_t *value, size_t length, struct walker_layout *layout)
{
    while (length > 0 && (value[length - 1] == '\0' || value[length - 1] == ' ')) {
        length--;
    }
    if (length >= sizeof layout->transfer_syntax || memchr(value, '\0', length) != NULL) {
        (void)snprintf(layout->transfer_syntax, sizeof layout->transfer_syntax, "?");
        return;
    }
    memcpy(layout->transfer_syntax, value, length);
    layout->transfer_syntax[length] = '\0';
}

static int on_meta_element(void *closure, const struct walker_element *element)
{
    struct meta_visitor *meta = closure;
    if (element->tag == TAG_TRANSFER_SYNTAX && element->depth == 0 && element->value != NULL) {
        take_uid(element->value, element->length, meta->layout);
    }
    return meta->visitor == NULL || meta->visitor->element == NULL
               ? DCMCHAIN_OK
               : meta->visitor->element(meta->visitor->closure, element);
}

static int on_meta_item_start(void *closure, uint32_t depth)
{
    struct meta_visitor *meta = closure;
    return meta->visitor == NULL || meta->visitor->item_start == NULL
               ? DCMCHAIN_OK
               : meta->visitor->item_start(meta->visitor->closure, depth);
}

static int on_meta_item_end(void *closure, uint32_t depth)
{
    struct meta_visitor *meta = closure;
    return meta->visitor == NULL || meta->visitor->item_end == NULL
               ? DCMCHAIN_OK
               : meta->visitor->item_end(meta->visitor->closure, depth);
}

/* The file meta is walked to its last element of group 0002, whatever its group length says (PS3.10 7.1). */
static int walk_meta(struct walk *walk, const struct walker_visitor *visitor)
{
    struct meta_visitor meta = {visitor, walk->layout};
    struct walker_visitor inner = {.closure = &meta,
                                   .element = on_meta_element,
                                   .item_start = on_meta_item_start,
                                   .item_end = on_meta_item_end};
    walk->visitor = &inner;
    walk->in_meta = true;
    walk->layout->meta_offset = walk->offset;
    int result = walk_elements(walk, true, false, WALK_META_GROUP);
    walk->in_meta = false;
    walk->visitor = visitor;
    walk->layout->meta_elements = walk->elements;
    walk->elements = 0;
    walk->items = 0;
    walk->deepest = 0;
    walk->has_content = false;
    walk->layout->unsorted = false;
    walk->layout->meta_length = walk->offset - walk->layout->meta_offset;
    return result == DCMCHAIN_OK && walk->layout->meta_length > LIMIT_HEADER_BYTES
               ? walk_beyond(walk, "the file meta information is larger than the limit of the data set")
               : result;
}

/* ---- what a file begins with ---- */

static bool is_plausible_tag(uint32_t tag)
{
    return DCMCHAIN_TAG_GROUP(tag) == FIRST_GROUP &&
           (dcmchain_tag_vr(tag) != 0 || DCMCHAIN_TAG_ELEMENT(tag) == 0);
}

/* A data set without file meta begins with an element of group 0008 and a VR or a length that fits: then its
 * transfer syntax can be told (PS3.10 has none of this, old archives do). NULL: it is no data set. */
static const char *guess(const uint8_t *bytes, size_t length, uint64_t rest)
{
    if (length < 8) {
        return NULL;
    }
    bool has_vr = walk_vr_is_known(DCMCHAIN_VR(bytes[4], bytes[5]));
    if (has_vr && is_plausible_tag(walk_tag(bytes, true))) {
        return explicit_big;
    }
    if (!is_plausible_tag(walk_tag(bytes, false))) {
        return NULL;
    }
    if (has_vr) {
        return explicit_little;
    }
    uint32_t value_length =
        (uint32_t)bytes[7] << 24 | (uint32_t)bytes[6] << 16 | (uint32_t)bytes[5] << 8 | bytes[4];
    return value_length % 2 == 0 && value_length <= rest - 8 ? implicit_little : NULL;
}

/* DCMCHAIN_E_ABSENT: not DICOM at all. */
static int walk_beginning(struct walk *walk, const struct walker_visitor *visitor)
{
    uint8_t bytes[PREFIX_END + 8];
    size_t got = 0;
    int result = walk_read(walk, bytes, sizeof bytes, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    struct walker_layout *layout = walk->layout;
    layout->has_prefix = got >= PREFIX_END && memcmp(bytes + PREFIX_OFFSET, "DICM", 4) == 0;
    size_t start = layout->has_prefix ? PREFIX_END : 0;
    walk->offset = start;
    static const uint8_t meta_tag[] = {WALK_META_GROUP, 0};
    bool meta = got >= start + 8 && memcmp(bytes + start, meta_tag, 2) == 0;
    if (meta && walk_vr_is_known(DCMCHAIN_VR(bytes[start + 4], bytes[start + 5]))) {
        result = walk_meta(walk, visitor);
        return result == DCMCHAIN_OK ? take_transfer_syntax(walk) : result;
    }
    const char *guessed = guess(bytes + start, got - start, source_size(walk->source) - start);
    if (guessed != NULL) {
        layout->transfer_syntax_guessed = true;
        (void)snprintf(layout->transfer_syntax, sizeof layout->transfer_syntax, "%s", guessed);
        return take_transfer_syntax(walk);
    }
    if (!layout->has_prefix) {
        (void)snprintf(walk->problem, walk->problem_size, "it is not DICOM");
        return DCMCHAIN_E_ABSENT;
    }
    (void)snprintf(walk->problem, walk->problem_size,
                   meta ? "the file meta information is not in explicit VR little endian"
                        : "no file meta information and no data set follow the prefix 'DICM'");
    return DCMCHAIN_E_INVALID;
}

/* ---- the whole file ---- */

static int finish_layout(struct walk *walk)
{
    struct walker_layout *layout = walk->layout;
    layout->end = walk->offset;
    layout->elements = walk->elements;
    layout->depth = walk->deepest;
    layout->header_length =
        (layout->pixel_tag != 0 ? layout->pixel_offset : layout->end) - layout->header_offset;
    layout->trailer_offset = layout->pixel_tag != 0 ? layout->pixel_end : layout->end;
    layout->trailer_length = layout->end - layout->trailer_offset;
    if (layout->header_length + layout->trailer_length > LIMIT_HEADER_BYTES) {
        (void)snprintf(walk->problem, walk->problem_size,
                       "the data set without Pixel Data is larger than the limit of %llu bytes",
                       (unsigned long long)LIMIT_HEADER_BYTES);
        return DCMCHAIN_E_RANGE;
    }
    if (!walk->has_content) { /* group lengths are not written again: nothing would be left */
        (void)snprintf(walk->problem, walk->problem_size, "the data set is empty");
        return DCMCHAIN_E_INVALID;
    }
    return DCMCHAIN_OK;
}

static int walk_set(struct walk *walk)
{
    struct walker_layout *layout = walk->layout;
    struct source *file = walk->source;
    struct source *stream = NULL;
    layout->dataset_offset = walk->offset;
    if (layout->deflated) {
        int result = source_open_inflate(file, walk->offset, &stream);
        if (result != DCMCHAIN_OK) {
            (void)snprintf(walk->problem, walk->problem_size, "out of memory");
            return result;
        }
        walk->source = stream;
        walk->offset = 0;
    }
    layout->header_offset = walk->offset;
    int result = walk_elements(walk, layout->explicit_vr, layout->big_endian, WALK_NO_GROUP);
    if (result == DCMCHAIN_OK) {
        result = finish_layout(walk);
    }
    walk->source = file;
    source_free(stream);
    return result;
}

int walker_walk(struct source *file, const struct walker_visitor *visitor, struct walker_layout *ret_layout,
                char *ret_problem, size_t problem_size)
{
    AUTO_FREE struct walk *walk = malloc(sizeof *walk);
    if (walk == NULL) {
        (void)snprintf(ret_problem, problem_size, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    struct walker_layout layout = {0};
    ret_problem[0] = '\0';
    memset(walk, 0, offsetof(struct walk, value));
    walk->source = file;
    walk->visitor = visitor;
    walk->layout = &layout;
    walk->problem = ret_problem;
    walk->problem_size = problem_size;
    int result = walk_beginning(walk, visitor);
    if (result == DCMCHAIN_OK) {
        result = walk_set(walk);
    }
    if (result == DCMCHAIN_OK) {
        *ret_layout = layout;
    }
    return result;
}
