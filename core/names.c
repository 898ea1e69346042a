/* names.c: see names.h. A registry is a hash set of names, each with the folder that it is in, so that what
 * many paths begin with is kept once. */
#include "names.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "arena.h"
#include "cleanup.h"
#include "dcmchain/base.h"
#include "hash.h"
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

/* A name in a folder, or a claim. */
struct entry {
    uint32_t parent; /* the number of the folder that it is in */
    uint32_t folder; /* its own number; NOTHING: a file or a claim */
    char key[];      /* folded; behind it, of a folder, the spelling */
};

#define NOTHING 0U
#define ROOT 1U
#define CLAIMS 2U
#define FIRST_SLOTS 64U

struct names {
    struct entry **slots; /* NULL: free */
    size_t slot_count;    /* a power of two */
    size_t count;
    uint32_t last_folder;
    struct arena entries;
};

int names_open(struct names **ret_names)
{
    struct names *names = calloc(1, sizeof *names);
    if (names == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    names->last_folder = CLAIMS;
    *ret_names = names;
    return DCMCHAIN_OK;
}

void names_free(struct names *names)
{
    if (names == NULL) {
        return;
    }
    free(names->slots);
    arena_free(&names->entries);
    free(names);
}

static uint64_t hash(uint32_t parent, const char *key)
{
    return hash_fold(hash_bytes(HASH_EMPTY ^ parent, key, strlen(key)));
}

/* The slot that holds the name, or the free one where it belongs. */
static struct entry **slot_of(struct entry **slots, size_t slot_count, uint32_t parent, const char *key)
{
    size_t at = hash(parent, key) & (slot_count - 1);
    while (slots[at] != NULL && (slots[at]->parent != parent || strcmp(slots[at]->key, key) != 0)) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

static const struct entry *find(const struct names *names, uint32_t parent, const char *key)
{
    return names->slot_count == 0 ? NULL : *slot_of(names->slots, names->slot_count, parent, key);
}

static int grow(struct names *names)
{
    size_t slot_count = names->slot_count == 0 ? FIRST_SLOTS : names->slot_count * 2;
    struct entry **slots = calloc(slot_count, sizeof(struct entry *));
    if (slots == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < names->slot_count; i++) {
        struct entry *entry = names->slots[i];
        if (entry != NULL) {
            *slot_of(slots, slot_count, entry->parent, entry->key) = entry;
        }
    }
    free(names->slots);
    names->slots = slots;
    names->slot_count = slot_count;
    return DCMCHAIN_OK;
}

/* spelling: of a folder, which gets a number; NULL: it is none. */
static int add(struct names *names, uint32_t parent, const char *key, const char *spelling,
               const struct entry **ret_entry)
{
    const size_t key_size = strlen(key) + 1;
    const size_t spelling_size = spelling == NULL ? 0 : strlen(spelling) + 1;
    if ((names->count + 1) * 4 > names->slot_count * 3 && grow(names) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    struct entry *entry = arena_take(&names->entries, sizeof *entry + key_size + spelling_size);
    if (entry == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    entry->parent = parent;
    entry->folder = spelling == NULL ? NOTHING : ++names->last_folder;
    memcpy(entry->key, key, key_size);
    if (spelling != NULL) {
        memcpy(entry->key + key_size, spelling, spelling_size);
    }
    *slot_of(names->slots, names->slot_count, parent, key) = entry;
    names->count++;
    *ret_entry = entry;
    return DCMCHAIN_OK;
}

/* To lower case, in place. False: it is not all ASCII. */
static bool fold_ascii(char *name)
{
    for (char *at = name; *at != '\0'; at++) {
        if ((*at & 0x80) != 0) {
            return false;
        }
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    }
    return true;
}

/* The name as an SMB server or a Mac sees it: case-folded and composed (Unicode 3.13, NFC). NULL without
 * memory. */
static char *fold(const char *name)
{
    char *plain = strdup(name);
    utf8proc_uint8_t *folded = NULL;
    if (plain == NULL || fold_ascii(plain)) {
        return plain;
    }
    free(plain);
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)name, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    return length >= 0 ? (char *)folded : length == UTF8PROC_ERROR_INVALIDUTF8 ? strdup(name) : NULL;
}

/* The folder above a path: new, or the same folder spelt the same. */
static int enter(struct names *names, const char *spelling, uint32_t *folder)
{
    char *key = fold(spelling);
    const struct entry *entry = key == NULL ? NULL : find(names, *folder, key);
    int result = key == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && entry == NULL) {
        result = add(names, *folder, key, spelling, &entry);
    } else if (result == DCMCHAIN_OK &&
               (entry->folder == NOTHING || strcmp(entry->key + strlen(key) + 1, spelling) != 0)) {
        result = DCMCHAIN_E_TAKEN;
    }
    *folder = result == DCMCHAIN_OK ? entry->folder : *folder;
    free(key);
    return result;
}

static int claim(struct names *names, uint32_t folder, const char *name)
{
    char *key = fold(name);
    const struct entry *entry = NULL;
    int result = key == NULL                        ? DCMCHAIN_E_MEMORY
                 : find(names, folder, key) != NULL ? DCMCHAIN_E_TAKEN
                                                    : add(names, folder, key, NULL, &entry);
    free(key);
    return result;
}

/* Below a folder that is new all is new: nothing of a path that is taken has been added. */
int names_claim_path(struct names *names, const char *relative)
{
    uint32_t folder = ROOT;
    int result = DCMCHAIN_OK;
    for (const char *slash = strchr(relative, '/'); result == DCMCHAIN_OK && slash != NULL;
         slash = strchr(relative, '/')) {
        char *component = strndup(relative, (size_t)(slash - relative));
        result = component == NULL ? DCMCHAIN_E_MEMORY : enter(names, component, &folder);
        free(component);
        relative = slash + 1;
    }
    return result == DCMCHAIN_OK ? claim(names, folder, relative) : result;
}

int names_claim(struct names *names, const char *space, const char *name)
{
    AUTO_FREE char *own = text_format("%s\x01%s", space, name);
    return own == NULL ? DCMCHAIN_E_MEMORY : claim(names, CLAIMS, own);
}
