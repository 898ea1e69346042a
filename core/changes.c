/* changes.c: see changes.h. Entries live in a hash table by their whole key, and are sorted once, when
 * written. */
#include "changes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "limits.h"

enum { FIELD_PATH, FIELD_STAGE, FIELD_ACTION, FIELD_RULE, FIELD_BEFORE, FIELD_AFTER, FIELDS };

struct change {
    uint32_t study;
    uint32_t series;
    uint32_t tag;
    uint64_t hash;
    uint64_t count;
    char *fields[FIELDS]; /* NULL: absent */
};

struct changes {
    pthread_mutex_t lock;
    bool show_values;
    struct change *entries;
    size_t count;
    uint32_t *slots; /* index + 1 into entries, 0: free; slot_count is a power of two */
    size_t slot_count;
    uint64_t beyond;
};

int changes_open(bool show_values, struct changes **ret_changes)
{
    struct changes *changes = calloc(1, sizeof *changes);
    if (changes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_init(&changes->lock, NULL);
    changes->show_values = show_values;
    *ret_changes = changes;
    return DCMCHAIN_OK;
}

static void change_free(struct change *change)
{
    for (size_t i = 0; i < FIELDS; i++) {
        free(change->fields[i]);
    }
}

void changes_free(struct changes *changes)
{
    if (changes == NULL) {
        return;
    }
    for (size_t i = 0; i < changes->count; i++) {
        change_free(&changes->entries[i]);
    }
    free(changes->entries);
    free(changes->slots);
    (void)pthread_mutex_destroy(&changes->lock);
    free(changes);
}

static uint64_t hash_number(uint64_t hash, uint32_t number)
{
    const unsigned char bytes[] = {(unsigned char)number, (unsigned char)(number >> 8),
                                   (unsigned char)(number >> 16), (unsigned char)(number >> 24)};
    return hash_bytes(hash, bytes, sizeof bytes);
}

static uint64_t change_hash(const struct change *change)
{
    uint64_t hash = HASH_EMPTY;
    hash = hash_number(hash, change->study);
    hash = hash_number(hash, change->series);
    hash = hash_number(hash, change->tag);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *field = change->fields[i];
        hash = field == NULL ? hash_bytes(hash, "\1", 1) : hash_bytes(hash, field, strlen(field) + 1);
    }
    return hash;
}

static int compare_fields(const char *left, const char *right)
{
    if (left == NULL || right == NULL) {
        return (left != NULL) - (right != NULL);
    }
    return strcmp(left, right);
}

static int compare_changes(const void *left, const void *right)
{
    const struct change *a = left;
    const struct change *b = right;
    if (a->study != b->study) {
        return a->study < b->study ? -1 : 1;
    }
    if (a->series != b->series) {
        return a->series < b->series ? -1 : 1;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        int order = compare_fields(a->fields[i], b->fields[i]);
        if (order != 0) {
            return order;
        }
    }
    return a->tag == b->tag ? 0 : a->tag < b->tag ? -1 : 1;
}

static bool grow_slots(struct changes *changes)
{
    if (changes->count * 2 < changes->slot_count) {
        return true;
    }
    size_t slot_count = changes->slot_count == 0 ? 1024 : changes->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    struct change *entries = realloc(changes->entries, slot_count * sizeof *entries);
    if (entries != NULL) {
        changes->entries = entries;
    }
    if (slots == NULL || entries == NULL) {
        free(slots);
        return false;
    }
    for (size_t i = 0; i < changes->count; i++) {
        size_t at = entries[i].hash & (slot_count - 1);
        while (slots[at] != 0) {
            at = (at + 1) & (slot_count - 1);
        }
        slots[at] = (uint32_t)i + 1;
    }
    free(changes->slots);
    changes->slots = slots;
    changes->slot_count = slot_count;
    return true;
}

/* Counts a change; takes its fields over. Under the lock. */
static void count_change(struct changes *changes, struct change *change)
{
    if (changes->count >= LIMIT_CHANGES || !grow_slots(changes)) {
        changes->beyond++;
        change_free(change);
        return;
    }
    size_t at = change->hash & (changes->slot_count - 1);
    while (changes->slots[at] != 0) {
        struct change *there = &changes->entries[changes->slots[at] - 1];
        if (there->hash == change->hash && compare_changes(there, change) == 0) {
            there->count++;
            change_free(change);
            return;
        }
        at = (at + 1) & (changes->slot_count - 1);
    }
    changes->entries[changes->count] = *change;
    changes->entries[changes->count].count = 1;
    changes->count++;
    changes->slots[at] = (uint32_t)changes->count;
}

/* "(0040,0275)/(0040,0007)": sequences without item numbers, since it stands for all instances. */
static char *path_text(const struct dcmchain_position *position, uint32_t tag)
{
    struct text text = TEXT_EMPTY;
    for (uint32_t i = 0; position != NULL && i < position->depth; i++) {
        uint32_t step = position->steps[i].tag;
        text_printf(&text, "(%04X,%04X)/", step >> 16, step & 0xFFFFU);
    }
    text_printf(&text, "(%04X,%04X)", tag >> 16, tag & 0xFFFFU);
    return text_take(&text);
}

static char *value_text(bool show, const char *value)
{
    if (value == NULL) {
        return NULL;
    }
    return strdup(show || value[0] == '\0' ? value : "****");
}

void changes_add(struct changes *changes, uint32_t study, uint32_t series, const char *stage_id,
                 const struct dcmchain_position *position, uint32_t tag, const char *action, const char *rule,
                 const char *before, const char *after)
{
    struct change change = {.study = study, .series = series, .tag = tag};
    change.fields[FIELD_PATH] = path_text(position, tag);
    change.fields[FIELD_STAGE] = strdup(stage_id);
    change.fields[FIELD_ACTION] = strdup(action == NULL ? "" : action);
    change.fields[FIELD_RULE] = strdup(rule == NULL ? "" : rule);
    change.fields[FIELD_BEFORE] = value_text(changes->show_values, before);
    change.fields[FIELD_AFTER] = value_text(changes->show_values, after);
    change.hash = change_hash(&change);
    (void)pthread_mutex_lock(&changes->lock);
    count_change(changes, &change);
    (void)pthread_mutex_unlock(&changes->lock);
}

static const char *or_absent(const char *field)
{
    return field == NULL ? "-" : field[0] == '\0' ? "(empty)" : field;
}

static void write_ndjson(struct text *text, const struct change *change)
{
    static const char *const names[FIELDS] = {"path", "stage", "action", "rule", "before", "after"};
    text_printf(text, "{\"study\":%u,\"series\":%u,\"tag\":\"%08X\"", change->study, change->series,
                change->tag);
    text_json_member(text, "keyword", dcmchain_tag_keyword(change->tag));
    for (size_t i = 0; i < FIELDS; i++) {
        text_printf(text, ",\"%s\":", names[i]);
        text_json_string(text, change->fields[i]);
    }
    text_printf(text, ",\"count\":%llu}\n", (unsigned long long)change->count);
}

static void write_line(struct text *text, const struct change *change)
{
    const char *keyword = dcmchain_tag_keyword(change->tag);
    text_printf(text, "  %-28s %-32s %-8s %6llu  %s -> %s  [%s: %s]\n", change->fields[FIELD_PATH],
                keyword == NULL ? "" : keyword, change->fields[FIELD_ACTION],
                (unsigned long long)change->count, or_absent(change->fields[FIELD_BEFORE]),
                or_absent(change->fields[FIELD_AFTER]), change->fields[FIELD_STAGE],
                change->fields[FIELD_RULE]);
}

int changes_write(struct changes *changes, bool ndjson, char **ret_text)
{
    struct text text = TEXT_EMPTY;
    (void)pthread_mutex_lock(&changes->lock);
    if (changes->count > 0) {
        qsort(changes->entries, changes->count, sizeof *changes->entries, compare_changes);
        free(changes->slots); /* the indices are stale: nothing is added after this */
        changes->slots = NULL;
        changes->slot_count = 0;
    }
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->entries[i];
        if (ndjson) {
            write_ndjson(&text, change);
            continue;
        }
        if (i == 0 || change[-1].study != change->study || change[-1].series != change->series) {
            text_printf(&text, "study %u, series %u\n", change->study, change->series);
        }
        write_line(&text, change);
    }
    if (changes->beyond > 0 && !ndjson) {
        text_printf(&text, "%llu more changes beyond the limit of %u kinds\n",
                    (unsigned long long)changes->beyond, LIMIT_CHANGES);
    }
    (void)pthread_mutex_unlock(&changes->lock);
    *ret_text = text_take(&text);
    return *ret_text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}
