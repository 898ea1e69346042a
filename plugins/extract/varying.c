/* varying.c: see varying.h. */
#include "varying.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "keyword_json.h"

#define TAG_SOP_INSTANCE_UID 0x00080018U

struct row {
    uint32_t ordinal;
    cJSON *values;
};

struct varying {
    pthread_mutex_t lock; /* over what follows */
    struct row *rows;
    size_t count;
    size_t capacity;
};

int varying_open(struct varying **ret_varying)
{
    struct varying *varying = calloc(1, sizeof *varying);
    if (varying == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_init(&varying->lock, NULL);
    *ret_varying = varying;
    return DCMCHAIN_OK;
}

void varying_free(struct varying *varying)
{
    if (varying == NULL) {
        return;
    }
    for (size_t i = 0; i < varying->count; i++) {
        cJSON_Delete(varying->rows[i].values);
    }
    free(varying->rows);
    (void)pthread_mutex_destroy(&varying->lock);
    free(varying);
}

static int append(struct varying *varying, struct row row)
{
    if (varying->count == varying->capacity) {
        size_t capacity = varying->capacity == 0 ? 64 : varying->capacity * 2;
        struct row *grown = realloc(varying->rows, capacity * sizeof *grown);
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        varying->rows = grown;
        varying->capacity = capacity;
    }
    varying->rows[varying->count++] = row;
    return DCMCHAIN_OK;
}

int varying_add(struct varying *varying, uint32_t ordinal, const dcmchain_item *item)
{
    struct row row = {ordinal, keyword_item(item)};
    if (row.values == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_lock(&varying->lock);
    int result = append(varying, row);
    (void)pthread_mutex_unlock(&varying->lock);
    if (result != DCMCHAIN_OK) {
        cJSON_Delete(row.values);
    }
    return result;
}

static int compare_rows(const void *left, const void *right)
{
    uint32_t one = ((const struct row *)left)->ordinal;
    uint32_t other = ((const struct row *)right)->ordinal;
    return one < other ? -1 : one > other ? 1 : 0;
}

static const struct row *find(const struct varying *varying, uint32_t ordinal)
{
    struct row key = {.ordinal = ordinal};
    return bsearch(&key, varying->rows, varying->count, sizeof key, compare_rows);
}

/* Only what was published counts: a stage behind this one may have dropped an instance. */
static size_t keep_published(const struct varying *varying, const dcmchain_series *series,
                             const struct row **ret_rows)
{
    size_t count = 0;
    dcmchain_artifact *artifact = NULL;
    for (size_t i = 0; (artifact = dcmchain_series_artifact(series, i)) != NULL; i++) {
        uint32_t ordinal = dcmchain_artifact_instance_ordinal(artifact);
        const struct row *row = ordinal == 0 ? NULL : find(varying, ordinal);
        if (row != NULL && count < varying->count) {
            ret_rows[count++] = row;
        }
    }
    return count;
}

static bool differs(const struct row *const *rows, size_t count, const char *key)
{
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(rows[0]->values, key);
    for (size_t i = 1; i < count; i++) {
        const cJSON *other = cJSON_GetObjectItemCaseSensitive(rows[i]->values, key);
        if ((first == NULL) != (other == NULL) || (first != NULL && !cJSON_Compare(first, other, 1))) {
            return true;
        }
    }
    return false;
}

static bool add_copy(cJSON *object, const char *key, const cJSON *value)
{
    cJSON *copy = value == NULL ? cJSON_CreateNull() : cJSON_Duplicate(value, 1);
    if (copy == NULL || !cJSON_AddItemToObject(object, key, copy)) {
        cJSON_Delete(copy);
        return false;
    }
    return true;
}

/* The keys of all rows in the order of their first coming, each once. */
static cJSON *all_keys(const struct row *const *rows, size_t count)
{
    cJSON *keys = cJSON_CreateObject();
    for (size_t i = 0; keys != NULL && i < count; i++) {
        for (const cJSON *member = rows[i]->values->child; member != NULL; member = member->next) {
            if (cJSON_GetObjectItemCaseSensitive(keys, member->string) == NULL &&
                cJSON_AddNullToObject(keys, member->string) == NULL) {
                cJSON_Delete(keys);
                return NULL;
            }
        }
    }
    return keys;
}

static bool fill(cJSON *table, const struct row *const *rows, size_t count)
{
    cJSON *keys = all_keys(rows, count);
    char uid[80];
    keyword_key(TAG_SOP_INSTANCE_UID, uid, sizeof uid);
    bool well = keys != NULL;
    for (size_t i = 0; well && i < count; i++) {
        cJSON *object = cJSON_CreateObject();
        well = object != NULL &&
               add_copy(object, uid, cJSON_GetObjectItemCaseSensitive(rows[i]->values, uid)) &&
               cJSON_AddItemToArray(table, object);
    }
    for (const cJSON *key = well ? keys->child : NULL; well && key != NULL; key = key->next) {
        if (strcmp(key->string, uid) == 0 || !differs(rows, count, key->string)) {
            continue;
        }
        cJSON *object = table->child;
        for (size_t i = 0; well && i < count; i++, object = object->next) {
            well =
                add_copy(object, key->string, cJSON_GetObjectItemCaseSensitive(rows[i]->values, key->string));
        }
    }
    cJSON_Delete(keys);
    return well;
}

cJSON *varying_table(struct varying *varying, const dcmchain_series *series)
{
    if (varying->count > 0) {
        qsort(varying->rows, varying->count, sizeof *varying->rows, compare_rows);
    }
    const struct row **rows = calloc(varying->count == 0 ? 1 : varying->count, sizeof(const struct row *));
    cJSON *table = rows == NULL ? NULL : cJSON_CreateArray();
    size_t count = table == NULL ? 0 : keep_published(varying, series, rows);
    if (count > 0 && !fill(table, rows, count)) {
        cJSON_Delete(table);
        table = NULL;
    }
    free(rows);
    return table;
}
