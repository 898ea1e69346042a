/* safe_private.c: reads the list of safe private attributes and finds its rows.
 * It must not let an element stay for its neighbour's row, nor bytes that nothing can clean. */
#include "safe_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "embedded.h"

#define TAG_GROUP_REFERENCE 0x00080301U
#define TAG_CREATOR_REFERENCE 0x00080302U

struct row {
    const char *creator; /* in the list's own text */
    uint16_t group;
    uint16_t vr; /* 0: the list says none */
    uint8_t offset;
};

struct safe_private {
    char *text; /* of the file, cut into lines in place */
    struct row *rows;
    size_t count;
    char edition[64];
};

static int by_place(const void *left, const void *right)
{
    const struct row *one = left;
    const struct row *other = right;
    const int order = strcmp(one->creator, other->creator);

    if (order != 0) {
        return order;
    }
    return one->group != other->group ? one->group - other->group : one->offset - other->offset;
}

/* "7E01,12,OB,HOLOGIC, Inc.": the creator is what is left, commas and all. */
static int read_row(char *line, struct row *ret_row)
{
    char *end = NULL;
    const unsigned long group = strtoul(line, &end, 16);
    unsigned long offset = 0;

    if (end != line + 4 || *end != ',') {
        return DCMCHAIN_E_INVALID;
    }
    line = end + 1;
    offset = strtoul(line, &end, 16);
    if (end != line + 2 || *end != ',') {
        return DCMCHAIN_E_INVALID;
    }
    line = end + 1;
    *ret_row = (struct row){.group = (uint16_t)group, .offset = (uint8_t)offset};
    if (line[0] != ',' && line[0] != '\0' && line[1] != '\0') {
        ret_row->vr = DCMCHAIN_VR(line[0], line[1]);
        line += 2;
    }
    if (line[0] != ',' || line[1] == '\0') {
        return DCMCHAIN_E_INVALID;
    }
    ret_row->creator = line + 1;
    return 0;
}

static int read_line(struct safe_private *list, char *line, bool *header_seen)
{
    static const char edition[] = "# edition: ";

    if (strncmp(line, edition, sizeof edition - 1) == 0) {
        (void)snprintf(list->edition, sizeof list->edition, "%s", line + sizeof edition - 1);
        return 0;
    }
    if (line[0] == '#' || line[0] == '\0') {
        return 0;
    }
    if (!*header_seen) {
        *header_seen = true;
        return strcmp(line, "group,offset,vr,creator") == 0 ? 0 : DCMCHAIN_E_INVALID;
    }
    return read_row(line, &list->rows[list->count++]);
}

static int read_list(struct safe_private *list)
{
    bool header_seen = false;
    size_t lines = 1;
    char *rest = NULL;
    int result = 0;

    for (const char *at = list->text; *at != '\0'; at++) {
        lines += *at == '\n' ? 1U : 0U;
    }
    list->rows = calloc(lines, sizeof *list->rows);
    if (list->rows == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (char *line = strtok_r(list->text, "\n", &rest); line != NULL && result == 0;
         line = strtok_r(NULL, "\n", &rest)) {
        result = read_line(list, line, &header_seen);
    }
    qsort(list->rows, list->count, sizeof *list->rows, by_place);
    return result;
}

int safe_private_open(struct safe_private **ret_list)
{
    struct safe_private *list = calloc(1, sizeof *list);
    int result = DCMCHAIN_E_MEMORY;

    if (list == NULL) {
        return result;
    }
    list->text = strdup((const char *)embedded_safe_private_2026a_csv);
    if (list->text != NULL) {
        result = read_list(list);
    }
    if (result < 0) {
        safe_private_free(list);
        return result;
    }
    *ret_list = list;
    return 0;
}

void safe_private_free(struct safe_private *list)
{
    if (list != NULL) {
        free(list->rows);
        free(list->text);
        free(list);
    }
}

const char *safe_private_edition(const struct safe_private *list)
{
    return list->edition;
}

size_t safe_private_rows(const struct safe_private *list)
{
    return list->count;
}

static const struct row *find(const struct safe_private *list, const char *creator, uint32_t tag)
{
    const struct row key = {.creator = creator,
                            .group = DCMCHAIN_TAG_GROUP(tag),
                            .offset = (uint8_t)(DCMCHAIN_TAG_ELEMENT(tag) & 0xFFU)};

    if (creator == NULL || DCMCHAIN_TAG_ELEMENT(tag) < 0x1000U) {
        return NULL;
    }
    return bsearch(&key, list->rows, list->count, sizeof key, by_place);
}

static bool is_number(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UV:
        return true;
    default:
        return false;
    }
}

static bool row_stays(const struct row *row, enum safe_private_mode mode)
{
    if (is_number(row->vr) || row->vr == DCMCHAIN_VR_CS) {
        return true;
    }
    return mode == SAFE_PRIVATE_ALL &&
           (dcmchain_vr_is_text(row->vr) || row->vr == DCMCHAIN_VR_AT || row->vr == DCMCHAIN_VR_SQ);
}

bool safe_private_keeps(const struct safe_private *list, enum safe_private_mode mode, const char *creator,
                        uint32_t tag, uint16_t vr)
{
    const struct row *row = find(list, creator, tag);

    if (row == NULL || !row_stays(row, mode)) {
        return false;
    }
    return row->vr == vr || (is_number(row->vr) && is_number(vr)) ||
           (mode == SAFE_PRIVATE_ALL && dcmchain_vr_uses_charset(row->vr) && dcmchain_vr_uses_charset(vr));
}

/* The first row of a creator and group, or behind where it would stand. */
static size_t first_row(const struct safe_private *list, const char *creator, uint16_t group)
{
    const struct row key = {.creator = creator, .group = group};
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (by_place(&list->rows[middle], &key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_of(const struct safe_private *list, size_t at, const char *creator, uint16_t group)
{
    return at < list->count && list->rows[at].group == group && strcmp(list->rows[at].creator, creator) == 0;
}

bool safe_private_keeps_creator(const struct safe_private *list, enum safe_private_mode mode,
                                const char *creator, uint32_t tag, const dcmchain_item *item)
{
    const uint16_t group = DCMCHAIN_TAG_GROUP(tag);
    const uint32_t block = DCMCHAIN_TAG(group, 0) | (tag & 0xFFU) << 8;

    if (creator == NULL || DCMCHAIN_TAG_ELEMENT(tag) < 0x10U || DCMCHAIN_TAG_ELEMENT(tag) > 0xFFU) {
        return false;
    }
    for (size_t at = first_row(list, creator, group); is_of(list, at, creator, group); at++) {
        const dcmchain_element *element = dcmchain_item_find(item, block | list->rows[at].offset);
        if (element != NULL && safe_private_keeps(list, mode, creator, block | list->rows[at].offset,
                                                  dcmchain_element_vr(element))) {
            return true;
        }
    }
    return false;
}

bool safe_private_knows(const struct safe_private *list, enum safe_private_mode mode, const char *creator,
                        uint16_t group)
{
    for (size_t at = first_row(list, creator, group); is_of(list, at, creator, group); at++) {
        if (row_stays(&list->rows[at], mode)) {
            return true;
        }
    }
    return false;
}

static void trim(char *text)
{
    const size_t first = strspn(text, " ");
    size_t length = strlen(text + first);

    while (length > 0 && text[first + length - 1] == ' ') {
        length--;
    }
    (void)memmove(text, text + first, length);
    text[length] = '\0';
}

bool safe_private_describes(const struct safe_private *list, enum safe_private_mode mode,
                            const dcmchain_element *sequence)
{
    const dcmchain_item *item = NULL;

    for (size_t at = 0; (item = dcmchain_element_item(sequence, at)) != NULL; at++) {
        const dcmchain_element *group = dcmchain_item_find(item, TAG_GROUP_REFERENCE);
        AUTO_API char *creator = NULL;
        int64_t number = 0;
        if (group == NULL || dcmchain_element_get_integer(group, 0, &number) < 0 ||
            dcmchain_item_get_text(item, TAG_CREATOR_REFERENCE, &creator) < 0) {
            return false;
        }
        trim(creator);
        if (!safe_private_knows(list, mode, creator, (uint16_t)number)) {
            return false;
        }
    }
    return true;
}

uint16_t safe_private_vr(const struct safe_private *list, const char *creator, uint32_t tag)
{
    const struct row *row = find(list, creator, tag);

    return row == NULL ? 0 : row->vr;
}

char *safe_private_creator(const dcmchain_element *element)
{
    const uint32_t tag = dcmchain_element_tag(element);
    char *creator = NULL;

    if (!DCMCHAIN_TAG_IS_PRIVATE(tag) ||
        (DCMCHAIN_TAG_ELEMENT(tag) < 0x100U ? dcmchain_element_get_text(element, &creator)
                                            : dcmchain_element_private_creator(element, &creator)) < 0) {
        return NULL;
    }
    trim(creator);
    return creator;
}
