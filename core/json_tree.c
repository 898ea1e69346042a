/* json_tree.c: what is done with JSON that is read already, and the reading of files (json.h). The grammar is
 * json.c's. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "json.h"
#include "limits.h"
#include "whole.h"

static void free_members(struct json *json)
{
    for (size_t i = 0; i < json->count; i++) {
        free_members(&json->children[i]);
    }
    free(json->children);
    free(json->key);
    free(json->string);
}

void json_free(struct json *json)
{
    if (json != NULL) {
        free_members(json);
        free(json);
    }
}

const struct json *json_member(const struct json *object, const char *key)
{
    for (size_t i = 0; i < object->count; i++) {
        if (object->children[i].key != NULL && strcmp(object->children[i].key, key) == 0) {
            return &object->children[i];
        }
    }
    return NULL;
}

static void write_children(struct text *text, const struct json *json)
{
    text_append(text, json->type == JSON_OBJECT ? "{" : "[");
    for (size_t i = 0; i < json->count; i++) {
        text_append(text, i == 0 ? "" : ",");
        if (json->children[i].key != NULL) {
            text_json_string(text, json->children[i].key);
            text_append(text, ":");
        }
        json_write(text, &json->children[i]);
    }
    text_append(text, json->type == JSON_OBJECT ? "}" : "]");
}

void json_write(struct text *text, const struct json *json)
{
    switch (json->type) {
    case JSON_ARRAY:
    case JSON_OBJECT:
        write_children(text, json);
        break;
    case JSON_STRING:
        text_json_string(text, json->string);
        break;
    case JSON_NUMBER:
        text_append(text, json->string);
        break;
    default:
        text_append(text, json->type == JSON_TRUE ? "true" : json->type == JSON_FALSE ? "false" : "null");
    }
}

/* ---- harvest ---- */

static int harvest(const struct json *json, const char *key, json_visitor visitor, void *closure)
{
    if (json->string != NULL) {
        return visitor(closure, key, json->string);
    }
    for (size_t i = 0; i < json->count; i++) {
        const struct json *child = &json->children[i];
        int result = harvest(child, child->key != NULL ? child->key : key, visitor, closure);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

int json_harvest(const char *text, size_t length, json_visitor visitor, void *closure)
{
    struct json_problem problem;
    struct json *json = NULL;
    int result = json_parse_lenient(text, length, &json, &problem);
    if (result == DCMCHAIN_OK) {
        result = harvest(json, "", visitor, closure);
    }
    json_free(json);
    return result;
}

/* ---- files ---- */

int json_read_file(const char *path, char **ret_text, size_t *ret_length)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    size_t length = 0;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    if (!S_ISREG(status.st_mode)) {
        return DCMCHAIN_E_TYPE;
    }
    if (status.st_size > (off_t)LIMIT_JSON_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    AUTO_FREE char *text = malloc((size_t)status.st_size + 1);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = whole_read_at(fd, text, (size_t)status.st_size, 0, &length);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    text = NULL;
    return DCMCHAIN_OK;
}

const char *json_read_problem(int result)
{
    switch (result) {
    case DCMCHAIN_E_IO:
        return strerror(errno);
    case DCMCHAIN_E_TYPE:
        return "it is not a regular file";
    case DCMCHAIN_E_RANGE:
        return "it is larger than the limit of 16 MiB";
    default:
        return dcmchain_result_text(result);
    }
}
