/* types.c: reads the Types of attributes by SOP class and path, and finds them.
 * It must not know what a letter of the de-identification table means. */
#include "types.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embedded.h"

#define UID_PREFIX "1.2.840.10008.5.1.4."
#define UID_LENGTH 16U /* behind the prefix, and a NUL */
#define MAX_CLASSES 256U
#define CLASS_WORDS (MAX_CLASSES / 64U)
#define CLASS_SLOTS 512U /* more than there are classes */
#define MAX_ROWS 4096U
#define MAX_STEPS 8U
#define MAX_LINE_BYTES 2048U
#define MAX_FIELDS 5U

struct types_class {
    char uid[UID_LENGTH];
    bool whole; /* all its modules are covered */
};

struct types_row {
    uint32_t tag;
    uint32_t depth;
    uint32_t steps[MAX_STEPS]; /* tags of the sequences, from the root */
    enum types_need need;
    uint64_t classes[CLASS_WORDS]; /* bits, in the order of the sorted classes */
};

struct types {
    struct types_class classes[MAX_CLASSES]; /* sorted */
    size_t class_count;
    uint16_t slots[CLASS_SLOTS]; /* index + 1 into classes, by a hash of the UID; 0: free */
    struct types_row *rows;      /* sorted by tag, depth and steps; several rows may be equal in these */
    size_t row_count;
    size_t row_room;
    char edition[32];
};

static int by_uid(const void *left, const void *right)
{
    return strcmp(((const struct types_class *)left)->uid, ((const struct types_class *)right)->uid);
}

static int by_place(const void *left, const void *right)
{
    const struct types_row *a = left;
    const struct types_row *b = right;

    if (a->tag != b->tag) {
        return a->tag < b->tag ? -1 : 1;
    }
    if (a->depth != b->depth) {
        return a->depth < b->depth ? -1 : 1;
    }
    for (uint32_t at = 0; at < a->depth; at++) {
        if (a->steps[at] != b->steps[at]) {
            return a->steps[at] < b->steps[at] ? -1 : 1;
        }
    }
    return 0;
}

/* The slot where a class stands, or would. FNV-1a. */
static size_t slot_of(const struct types *types, const char *uid)
{
    uint32_t hash = 2166136261U;

    for (const char *at = uid; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 16777619U;
    }
    for (size_t slot = hash % CLASS_SLOTS;; slot = (slot + 1) % CLASS_SLOTS) {
        const uint16_t index = types->slots[slot];
        if (index == 0 || strcmp(types->classes[index - 1].uid, uid) == 0) {
            return slot;
        }
    }
}

static void sort_classes(struct types *types)
{
    qsort(types->classes, types->class_count, sizeof types->classes[0], by_uid);
    for (size_t at = 0; at < types->class_count; at++) {
        types->slots[slot_of(types, types->classes[at].uid)] = (uint16_t)(at + 1);
    }
}

/* SIZE_MAX: not in the list. */
static size_t class_index(const struct types *types, const char *uid)
{
    const uint16_t index = types->slots[slot_of(types, uid)];

    return index == 0 ? SIZE_MAX : index - 1U;
}

static size_t split(char *line, char separator, char *ret_fields[], size_t room)
{
    size_t count = 0;
    char *at = line;

    while (count < room) {
        ret_fields[count++] = at;
        at = strchr(at, separator);
        if (at == NULL) {
            return count;
        }
        *at++ = '\0';
    }
    return count + 1; /* more than there is room for */
}

static int add_class(struct types *types, char *fields[])
{
    struct types_class *added = &types->classes[types->class_count];

    if (types->class_count == MAX_CLASSES || types->row_count > 0 || strlen(fields[1]) >= UID_LENGTH) {
        return -1; /* the rows' bits hold only once all classes are there, in their order */
    }
    (void)snprintf(added->uid, sizeof added->uid, "%s", fields[1]);
    added->whole = strcmp(fields[2], "whole") == 0;
    types->class_count++;
    return 0;
}

static int read_tag(const char *text, uint32_t *ret_tag)
{
    char *end = NULL;

    *ret_tag = (uint32_t)strtoul(text, &end, 16);
    return strlen(text) == 8 && *end == '\0' ? 0 : -1;
}

static int read_steps(char *text, struct types_row *row)
{
    char *steps[MAX_STEPS];
    const size_t count = text[0] == '\0' ? 0 : split(text, '/', steps, MAX_STEPS);

    if (count > MAX_STEPS) {
        return -1;
    }
    for (size_t at = 0; at < count; at++) {
        if (read_tag(steps[at], &row->steps[at]) < 0) {
            return -1;
        }
    }
    row->depth = (uint32_t)count;
    return 0;
}

/* "*", "!a b" (all but these), "a b". */
static int read_classes(const struct types *types, char *text, struct types_row *row)
{
    const bool all_but = text[0] == '!';
    char *at = text + (all_but ? 1 : 0);

    if (all_but || strcmp(text, "*") == 0) {
        (void)memset(row->classes, 0xFF, sizeof row->classes);
    }
    while (strcmp(text, "*") != 0 && *at != '\0') {
        const size_t length = strcspn(at, " ");
        const bool more = at[length] == ' ';
        size_t index = 0;
        at[length] = '\0';
        index = class_index(types, at);
        if (index == SIZE_MAX) {
            return -1;
        }
        if (all_but) {
            row->classes[index / 64U] &= ~(1ULL << (index % 64U));
        } else {
            row->classes[index / 64U] |= 1ULL << (index % 64U);
        }
        at += length + (more ? 1U : 0U);
    }
    return 0;
}

static int add_row(struct types *types, char *fields[])
{
    struct types_row row = {.need = strchr(fields[3], '1') != NULL   ? TYPES_VALUE
                                    : strchr(fields[3], '2') != NULL ? TYPES_PRESENT
                                                                     : TYPES_OPTIONAL};

    if (types->row_count == 0) {
        sort_classes(types);
    }
    if (types->row_count == MAX_ROWS || read_tag(fields[1], &row.tag) < 0 ||
        read_steps(fields[2], &row) < 0 || read_classes(types, fields[4], &row) < 0) {
        return -1;
    }
    if (types->row_count == types->row_room) {
        const size_t room = types->row_room == 0 ? 64 : types->row_room * 2;
        struct types_row *more = realloc(types->rows, room * sizeof *more);
        if (more == NULL) {
            return -1;
        }
        types->rows = more;
        types->row_room = room;
    }
    types->rows[types->row_count++] = row;
    return 0;
}

static int read_line(struct types *types, char *line)
{
    static const char edition_mark[] = "# edition: ";
    char *fields[MAX_FIELDS];
    size_t count = 0;

    if (strncmp(line, edition_mark, sizeof edition_mark - 1) == 0) {
        (void)snprintf(types->edition, sizeof types->edition, "%.31s", line + sizeof edition_mark - 1);
    }
    if (line[0] == '#' || line[0] == '\0') {
        return 0;
    }
    count = split(line, ',', fields, MAX_FIELDS);
    if (count == 3 && strcmp(fields[0], "class") == 0) {
        return add_class(types, fields);
    }
    return count == 5 && strcmp(fields[0], "type") == 0 ? add_row(types, fields) : -1;
}

int types_read(const char *text, size_t length, struct types **ret_types, char *ret_problem)
{
    struct types *types = calloc(1, sizeof *types);
    const char *end = text + length;
    size_t number = 0;
    int result = types == NULL ? DCMCHAIN_E_MEMORY : 0;

    while (result == 0 && text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        const size_t width = (size_t)((stop == NULL ? end : stop) - text);
        char line[MAX_LINE_BYTES];

        number++;
        if (width >= sizeof line) {
            result = DCMCHAIN_E_INVALID;
            break;
        }
        (void)memcpy(line, text, width);
        line[width] = '\0';
        result = read_line(types, line) < 0 ? DCMCHAIN_E_INVALID : 0;
        text = stop == NULL ? end : stop + 1;
    }
    if (result == 0 && (types->row_count == 0 || types->edition[0] == '\0')) {
        result = DCMCHAIN_E_INVALID;
    }
    if (result < 0) {
        (void)snprintf(ret_problem, TYPES_PROBLEM_BYTES, "line %zu of the types cannot be read", number);
        types_free(types);
        return result;
    }
    qsort(types->rows, types->row_count, sizeof *types->rows, by_place);
    *ret_types = types;
    return 0;
}

int types_read_shipped(struct types **ret_types, char *ret_problem)
{
    return types_read((const char *)embedded_types_2024b_csv, embedded_types_2024b_csv_size, ret_types,
                      ret_problem);
}

void types_free(struct types *types)
{
    if (types != NULL) {
        free(types->rows);
        free(types);
    }
}

/* The first row that is not before the key. */
static size_t lower_bound(const struct types *types, const struct types_row *key)
{
    size_t first = 0;
    size_t last = types->row_count;

    while (first < last) {
        const size_t middle = first + (last - first) / 2;
        if (by_place(&types->rows[middle], key) < 0) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return first;
}

enum types_need types_need(const struct types *types, const char *sop_class, uint32_t tag,
                           const struct dcmchain_position *position)
{
    struct types_row key = {.tag = tag, .depth = position != NULL ? position->depth : 0};
    const bool known = strncmp(sop_class, UID_PREFIX, sizeof UID_PREFIX - 1) == 0;
    const size_t index = known ? class_index(types, sop_class + sizeof UID_PREFIX - 1) : SIZE_MAX;
    enum types_need need = TYPES_OPTIONAL;
    size_t first = 0;
    bool found = false;

    if (index == SIZE_MAX) {
        return TYPES_UNKNOWN;
    }
    first = lower_bound(types, &(struct types_row){.tag = tag});
    if (first == types->row_count || types->rows[first].tag != tag) {
        return TYPES_UNKNOWN;
    }
    for (uint32_t at = 0; key.depth <= MAX_STEPS && at < key.depth; at++) {
        key.steps[at] = position->steps[at].tag;
    }
    if (key.depth > 0) {
        first = key.depth <= MAX_STEPS ? lower_bound(types, &key) : types->row_count;
    }
    for (size_t at = first; at < types->row_count && by_place(&types->rows[at], &key) == 0; at++) {
        const struct types_row *row = &types->rows[at];
        if ((row->classes[index / 64U] & (1ULL << (index % 64U))) != 0U) {
            found = true;
            need = row->need > need ? row->need : need;
        }
    }
    return found || types->classes[index].whole ? need : TYPES_UNKNOWN;
}

bool types_class(const struct types *types, size_t index, char ret_uid[TYPES_UID_BYTES])
{
    if (index >= types->class_count) {
        return false;
    }
    (void)snprintf(ret_uid, TYPES_UID_BYTES, "%s%s", UID_PREFIX, types->classes[index].uid);
    return true;
}

const char *types_edition(const struct types *types)
{
    return types->edition;
}
