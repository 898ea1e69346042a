/* document.c: see document.h. */
#include "document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "value.h"

#define TAG_SPECIFIC_CHARACTER_SET 0x00080005U
#define TAG_SERIES_INSTANCES 0x00201209U

static bool is_wanted(const struct selection *selection, const dcmchain_element *element)
{
    if (selection->tags == NULL) {
        return !value_is_left_out(element, selection->longest_value);
    }
    for (size_t i = 0; i < selection->tag_count; i++) {
        if (selection->tags[i] == dcmchain_element_tag(element)) {
            return !value_is_left_out(element, 0);
        }
    }
    return false;
}

static int add(struct members *members, uint32_t tag, char *text)
{
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if ((members->count & (members->count - 1)) == 0) { /* grown at powers of two */
        size_t capacity = members->count == 0 ? 1 : members->count * 2;
        struct member *grown = realloc(members->list, capacity * sizeof(struct member));
        if (grown == NULL) {
            free(text);
            return DCMCHAIN_E_MEMORY;
        }
        members->list = grown;
    }
    members->list[members->count++] = (struct member){tag, text};
    return DCMCHAIN_OK;
}

/* ---- format keyword ---- */

struct reader {
    const struct selection *selection;
    struct members *members;
};

static int read_element(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    const struct reader *reader = closure;
    (void)position;
    if (!is_wanted(reader->selection, element)) {
        return DCMCHAIN_VISIT_SKIP;
    }
    struct json json = {.depth = 1, .inline_depth = 1};
    int result =
        value_write(&json, NULL, element, reader->selection->longest_value, &reader->members->undecodable);
    char *text = json_take(&json, false);
    if (result != DCMCHAIN_OK) {
        free(text);
        return result;
    }
    result = add(reader->members, dcmchain_element_tag(element), text);
    return result == DCMCHAIN_OK ? DCMCHAIN_VISIT_SKIP : result;
}

static int read_keyword(const dcmchain_item *item, struct reader *reader)
{
    /* The walk only reads here; its item is not const because other visitors edit. */
    return dcmchain_item_walk((dcmchain_item *)(uintptr_t)item, 0, read_element, reader);
}

/* ---- format dicom-json ---- */

/* The library's own DICOM JSON is taken apart at its top level, as text: no number is read and written again.
 */
static int take_member(void *closure, const char *key, const char *value, size_t length)
{
    const struct reader *reader = closure;
    uint32_t tag = (uint32_t)strtoul(key, NULL, 16);
    char *text = tag == TAG_SPECIFIC_CHARACTER_SET
                     ? strdup("{\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]}") /* the document is UTF-8 */
                     : strndup(value, length);
    return add(reader->members, tag, text);
}

static int drop_unwanted(const dcmchain_item *item, const struct selection *selection,
                         struct members *members)
{
    size_t kept = 0;
    for (size_t i = 0; i < members->count; i++) {
        const dcmchain_element *element = dcmchain_item_find(item, members->list[i].tag);
        if (element != NULL && is_wanted(selection, element)) {
            members->list[kept++] = members->list[i];
        } else {
            free(members->list[i].text);
        }
    }
    members->count = kept;
    return DCMCHAIN_OK;
}

static int read_dicom_json(const dcmchain_item *item, struct reader *reader)
{
    AUTO_API char *text = NULL;
    int result = dcmchain_item_to_json(item, &text);
    if (result == DCMCHAIN_OK) {
        result = json_split(text, take_member, reader);
    }
    return result == DCMCHAIN_OK ? drop_unwanted(item, reader->selection, reader->members) : result;
}

/* ---- both ---- */

int members_read(const dcmchain_item *item, const struct selection *selection, struct members *ret_members)
{
    struct members members = {0};
    struct reader reader = {selection, &members};
    int result = selection->format == EXTRACT_DICOM_JSON ? read_dicom_json(item, &reader)
                                                         : read_keyword(item, &reader);
    if (result != DCMCHAIN_OK) {
        members_free(&members);
        return result;
    }
    *ret_members = members;
    return DCMCHAIN_OK;
}

void members_free(struct members *members)
{
    for (size_t i = 0; i < members->count; i++) {
        free(members->list[i].text);
    }
    free(members->list);
    *members = (struct members){0};
}

void member_key(uint32_t tag, int32_t format, char ret_key[])
{
    if (format == EXTRACT_DICOM_JSON) {
        (void)snprintf(ret_key, VALUE_KEY_SIZE, "%08" PRIX32, tag);
    } else {
        value_key(tag, ret_key);
    }
}

static void write_count(struct json *json, int32_t format, uint64_t instances)
{
    char key[VALUE_KEY_SIZE];
    char text[64];
    member_key(TAG_SERIES_INSTANCES, format, key);
    (void)snprintf(text, sizeof text,
                   format == EXTRACT_DICOM_JSON ? "{\"vr\":\"IS\",\"Value\":[%" PRIu64 "]}" : "%" PRIu64,
                   instances);
    json_raw(json, key, text);
}

void members_write(struct json *json, const struct members *members, int32_t format, uint64_t instances)
{
    bool counted = false;
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->list[i];
        if (!counted && member->tag >= TAG_SERIES_INSTANCES) {
            write_count(json, format, instances);
            counted = true;
        }
        if (member->tag != TAG_SERIES_INSTANCES) {
            char key[VALUE_KEY_SIZE];
            member_key(member->tag, format, key);
            json_raw(json, key, member->text);
        }
    }
    if (!counted) {
        write_count(json, format, instances);
    }
}
