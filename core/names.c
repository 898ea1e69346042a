/* names.c: see names.h. A registry is a hash set of folded keys: paths, the folders above them, and claims,
 * each in a space of its own. */
#include "names.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "limits.h"
#include "text.h"

/* ---- what a path may be ---- */

/* Names that mercure reads as signals of its own in a folder that it watches. */
static const char *const reserved[] = {".lock", ".processing", ".complete", ".error",   ".sending",
                                       ".tags", "sent.txt",    ".send",     "task.json"};

static bool is_reserved(const char *component, size_t length)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strlen(reserved[i]) == length && strncasecmp(component, reserved[i], length) == 0) {
            return true;
        }
    }
    return strncasecmp(component, ".dcmchain", strlen(".dcmchain")) == 0;
}

static bool is_utf8(const char *text)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
    while (left > 0) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t used = utf8proc_iterate(at, left, &point);
        if (used <= 0) {
            return false;
        }
        at += used;
        left -= used;
    }
    return true;
}

static const char *component_problem(const char *component, size_t length)
{
    if (length == 0) {
        return "a component is empty";
    }
    if (strncmp(component, ".", length) == 0 || strncmp(component, "..", length < 2 ? 2 : length) == 0) {
        return "a component is '.' or '..'";
    }
    if (length > LIMIT_PATH_COMPONENT_BYTES) {
        return "a component is longer than 255 bytes";
    }
    if (is_reserved(component, length)) {
        return "a component is a name that mercure or dcmchain keeps for itself";
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)component[i] < 0x20 || component[i] == 0x7F) {
            return "a component holds a control character";
        }
    }
    return NULL;
}

int names_check_path(const char *relative, char *ret_problem, size_t problem_size)
{
    const char *problem = NULL;
    if (relative == NULL || relative[0] == '\0') {
        problem = "it is empty";
    } else if (strlen(relative) > LIMIT_PATH_BYTES) {
        problem = "it is longer than 2048 bytes";
    } else if (!is_utf8(relative)) {
        problem = "it is not UTF-8";
    }
    for (const char *at = relative; problem == NULL && at != NULL;) {
        const char *slash = strchr(at, '/');
        problem = component_problem(at, slash == NULL ? strlen(at) : (size_t)(slash - at));
        at = slash == NULL ? NULL : slash + 1;
    }
    if (problem != NULL) {
        (void)snprintf(ret_problem, problem_size, "%s", problem);
        return DCMCHAIN_E_INVALID;
    }
    return DCMCHAIN_OK;
}

/* ---- the registry ---- */

struct entry {
    char *key;      /* space and folded name */
    char *spelling; /* of a folder; NULL: a file or a claim */
};

struct names {
    struct entry *slots; /* key NULL: free */
    size_t slot_count;   /* a power of two */
    size_t count;
};

int names_open(struct names **ret_names)
{
    struct names *names = calloc(1, sizeof *names);
    if (names == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_names = names;
    return DCMCHAIN_OK;
}

void names_free(struct names *names)
{
    if (names == NULL) {
        return;
    }
    for (size_t i = 0; i < names->slot_count; i++) {
        free(names->slots[i].key);
        free(names->slots[i].spelling);
    }
    free(names->slots);
    free(names);
}

static uint64_t hash(const char *key)
{
    uint64_t value = 14695981039346656037ULL;
    for (; *key != '\0'; key++) {
        value = (value ^ (unsigned char)*key) * 1099511628211ULL; /* FNV-1a */
    }
    return value;
}

static struct entry *slot_of(struct entry *slots, size_t slot_count, const char *key)
{
    size_t at = hash(key) & (slot_count - 1);
    while (slots[at].key != NULL && strcmp(slots[at].key, key) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

static const struct entry *find(const struct names *names, const char *key)
{
    if (names->slot_count == 0) {
        return NULL;
    }
    const struct entry *entry = slot_of(names->slots, names->slot_count, key);
    return entry->key == NULL ? NULL : entry;
}

static int grow(struct names *names)
{
    size_t slot_count = names->slot_count == 0 ? 64 : names->slot_count * 2;
    struct entry *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < names->slot_count; i++) {
        if (names->slots[i].key != NULL) {
            *slot_of(slots, slot_count, names->slots[i].key) = names->slots[i];
        }
    }
    free(names->slots);
    names->slots = slots;
    names->slot_count = slot_count;
    return DCMCHAIN_OK;
}

/* Takes key and spelling over, also on failure. */
static int add(struct names *names, char *key, char *spelling)
{
    int result = key == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && (names->count + 1) * 2 > names->slot_count) {
        result = grow(names);
    }
    if (result != DCMCHAIN_OK) {
        free(key);
        free(spelling);
        return result;
    }
    *slot_of(names->slots, names->slot_count, key) = (struct entry){key, spelling};
    names->count++;
    return DCMCHAIN_OK;
}

/* ASCII: its lower case. NULL: it is not, or there is no memory, which the longer way tells too. */
static char *fold_ascii(const char *name)
{
    char *folded = strdup(name);
    for (char *at = folded; at != NULL && *at != '\0'; at++) {
        if ((*at & 0x80) != 0) {
            free(folded);
            return NULL;
        }
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    }
    return folded;
}

/* The name as an SMB server or a Mac sees it: case-folded and composed (Unicode 3.13, NFC). A path separator
 * stays itself under it. NULL without memory. */
static char *fold(const char *name)
{
    char *plain = fold_ascii(name);
    if (plain != NULL) {
        return plain;
    }
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)name, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    return length >= 0 ? (char *)folded : length == UTF8PROC_ERROR_INVALIDUTF8 ? strdup(name) : NULL;
}

static char *make_key(const char *space, const char *name)
{
    AUTO_FREE char *folded = fold(name);
    size_t length = folded == NULL ? 0 : strlen(folded);
    char *key = folded == NULL ? NULL : malloc(strlen(space) + 1 + length + 1);
    if (key != NULL) {
        char *end = stpcpy(key, space);
        *end = '\x01';
        memcpy(end + 1, folded, length + 1);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees folded */
    return key;
}

#define SPACE_PATHS "/"

/* A folder above a path: new, or the same folder spelt the same. */
static int check_folder(const struct names *names, const char *key, const char *spelling)
{
    const struct entry *there = find(names, key);
    if (there == NULL) {
        return DCMCHAIN_OK;
    }
    return there->spelling != NULL && strcmp(there->spelling, spelling) == 0 ? DCMCHAIN_OK : DCMCHAIN_E_TAKEN;
}

/* Checks (add_them false) or adds every folder above a path. */
static int each_folder(struct names *names, const char *relative, bool add_them)
{
    for (const char *slash = strchr(relative, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        char *folder = strndup(relative, (size_t)(slash - relative));
        AUTO_FREE char *key = folder == NULL ? NULL : make_key(SPACE_PATHS, folder);
        int result = key == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
        if (result == DCMCHAIN_OK && !add_them) {
            result = check_folder(names, key, folder);
        } else if (result == DCMCHAIN_OK && find(names, key) == NULL) {
            result = add(names, key, folder);
            key = NULL;
            folder = NULL;
        }
        free(folder);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees key */
    return DCMCHAIN_OK;
}

int names_claim_path(struct names *names, const char *relative)
{
    char *key = make_key(SPACE_PATHS, relative);
    int result = key == NULL                ? DCMCHAIN_E_MEMORY
                 : find(names, key) != NULL ? DCMCHAIN_E_TAKEN
                                            : each_folder(names, relative, false);
    if (result == DCMCHAIN_OK) {
        result = each_folder(names, relative, true);
    }
    if (result != DCMCHAIN_OK) {
        free(key);
        return result;
    }
    return add(names, key, NULL);
}

int names_claim(struct names *names, const char *space, const char *name)
{
    AUTO_FREE char *own = text_format("claim %s", space);
    char *key = own == NULL ? NULL : make_key(own, name);
    if (key != NULL && find(names, key) != NULL) {
        free(key);
        return DCMCHAIN_E_TAKEN;
    }
    return add(names, key, NULL);
}
