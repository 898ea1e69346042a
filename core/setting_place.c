/* setting_place.c: where a value of a setting stands in the description, the task or an override, so that
 * what a stage finds inside it can be told with its place. It reads no value. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "problems.h"
#include "settings_parts.h"

static struct value *find(const struct settings *settings, const char *key)
{
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        if (strcmp(settings_row(settings->stage, i).key, key) == 0) {
            return &settings->values[i];
        }
    }
    return NULL;
}

int settings_set_place(struct settings *settings, const char *key, const char *where, const char *pointer,
                       const struct json *tree)
{
    struct value *value = find(settings, key);
    if (value == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    free(value->where);
    free(value->pointer);
    value->where = strdup(where);
    value->pointer = strdup(pointer);
    value->tree = tree;
    return value->where == NULL || value->pointer == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

/* The child that a reference token of a pointer names. RFC 6901: ~1 is '/', ~0 is '~'. */
static const struct json *step(const struct json *from, const char *token, size_t length)
{
    for (size_t i = 0; i < from->count; i++) {
        AUTO_FREE char *name =
            from->type == JSON_OBJECT ? pointer_to("", from->children[i].key) : pointer_to_index("", i);
        if (name != NULL && strlen(name + 1) == length && memcmp(name + 1, token, length) == 0) {
            return &from->children[i];
        }
    }
    return NULL;
}

/* The innermost value that the pointer reaches. */
static const struct json *reach(const struct json *tree, const char *pointer)
{
    while (tree != NULL && *pointer == '/') {
        size_t length = strcspn(pointer + 1, "/");
        const struct json *next = step(tree, pointer + 1, length);
        if (next == NULL) {
            break;
        }
        tree = next;
        pointer += 1 + length;
    }
    return tree;
}

bool settings_find_place(const struct settings *settings, const char *key, const char *inside,
                         struct setting_place *ret_place)
{
    const struct value *value = find(settings, key);
    if (value == NULL || value->where == NULL) {
        return false;
    }
    *ret_place = (struct setting_place){value->where, value->pointer, reach(value->tree, inside)};
    return true;
}
