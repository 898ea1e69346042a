/* policy_settings.c: the settings' part of the policy hash: each in one spelling, so that neither formatting
 * nor the order of keys counts. It must not make a published hash a quick test for a secret word: what is
 * sensitive goes in through a slow function. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "policy.h"
#include "settings_parts.h"

/* scrypt, RFC 7914: some 50 ms and 16 MiB for each guess. */
#define SLOW_N 16384U
#define SLOW_R 8U
#define SLOW_P 1U
#define SLOW_MEMORY (64U << 20)

struct member {
    const struct json *json;
};

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct member *)left)->json->key, ((const struct member *)right)->json->key);
}

static void write_canonical(struct text *text, const struct json *json);

static void write_object(struct text *text, const struct json *json)
{
    struct member *members = calloc(json->count + 1, sizeof *members);
    if (members == NULL) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < json->count; i++) {
        members[i].json = &json->children[i];
    }
    qsort(members, json->count, sizeof *members, by_key);
    text_append(text, "{");
    for (size_t i = 0; i < json->count; i++) {
        text_append(text, i == 0 ? "" : ",");
        text_json_string(text, members[i].json->key);
        text_append(text, ":");
        write_canonical(text, members[i].json);
    }
    text_append(text, "}");
    free(members);
}

/* Keys sorted, numbers by their value. Its depth is bounded by the parser's. */
static void write_canonical(struct text *text, const struct json *json)
{
    if (json->type == JSON_OBJECT) {
        write_object(text, json);
    } else if (json->type == JSON_ARRAY) {
        text_append(text, "[");
        for (size_t i = 0; i < json->count; i++) {
            text_append(text, i == 0 ? "" : ",");
            write_canonical(text, &json->children[i]);
        }
        text_append(text, "]");
    } else if (json->type == JSON_NUMBER && json->is_integer) {
        text_printf(text, "%lld", (long long)json->integer);
    } else if (json->type == JSON_NUMBER) {
        text_printf(text, "%.17g", strtod(json->string, NULL));
    } else {
        json_write(text, json);
    }
}

static char *canonical(const char *json_text)
{
    struct json_problem problem;
    struct json *json = NULL;
    struct text text = TEXT_EMPTY;
    if (json_parse(json_text, strlen(json_text), &json, &problem) != DCMCHAIN_OK) {
        return NULL; /* settings.c wrote it: only for want of memory */
    }
    write_canonical(&text, json);
    json_free(json);
    return text_take(&text);
}

/* A file that cannot be read is the stage's to complain about. */
static int add_file(struct digest *digest, const char *key, const char *path)
{
    uint8_t sha256[32];
    char buffer[16384];
    struct digest *contents = NULL;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = 0;
    int result = digest_open(&contents);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    while (fd >= 0 && ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))) {
        digest_add(contents, buffer, got > 0 ? (size_t)got : 0);
    }
    digest_close(contents, sha256);
    if (fd < 0 || got < 0) {
        policy_part(digest, key, "unreadable", 10);
    } else {
        policy_part(digest, key, sha256, sizeof sha256);
    }
    return DCMCHAIN_OK;
}

static int add_slowly(struct digest *digest, const char *key, const char *text)
{
    static const unsigned char salt[] = "dcmchain policy, sensitive setting";
    uint8_t slow[32];
    if (EVP_PBE_scrypt(text, strlen(text), salt, sizeof salt, SLOW_N, SLOW_R, SLOW_P, SLOW_MEMORY, slow,
                       sizeof slow) != 1) {
        return DCMCHAIN_E_MEMORY;
    }
    policy_part(digest, key, slow, sizeof slow);
    return DCMCHAIN_OK;
}

/* As a number, so that neither order nor repetition counts; in digits, so that no machine's byte order does.
 */
static void add_set(struct digest *digest, const char *key, uint64_t set)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%llx", (unsigned long long)set);
    policy_part(digest, key, text, (size_t)length);
}

static int add_value(struct digest *digest, const struct dcmchain_setting *row, const struct value *value)
{
    const bool sensitive = (row->flags & DCMCHAIN_SETTING_SENSITIVE) != 0;
    if (value->json == NULL) {
        policy_part(digest, row->key, "", 0);
        return DCMCHAIN_OK;
    }
    if (row->type == DCMCHAIN_SETTING_SET) {
        add_set(digest, row->key, value->set);
        return DCMCHAIN_OK;
    }
    if (row->type == DCMCHAIN_SETTING_FILE && value->text != NULL) {
        /* A list of patients changes daily, and is no policy: that there is one, is. */
        if (sensitive) {
            policy_part(digest, row->key, "a file", 6);
            return DCMCHAIN_OK;
        }
        return add_file(digest, row->key, value->text);
    }
    AUTO_FREE char *text = canonical(value->json);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (sensitive && value->size > 0) {
        return add_slowly(digest, row->key, text);
    }
    policy_part(digest, row->key, text, strlen(text));
    return DCMCHAIN_OK;
}

int policy_settings(struct digest *digest, const struct settings *settings)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < settings->stage->settings_count && result == DCMCHAIN_OK; i++) {
        struct dcmchain_setting row = settings_row(settings->stage, i);
        result = add_value(digest, &row, &settings->values[i]);
    }
    return result;
}
