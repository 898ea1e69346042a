/* verify.c: does a published tree hold what its task documents say (chain.h)? For the receiving side, which
 * has neither key nor source. It reads, and changes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dataset/dataset_internal.h"
#include "dcmchain/chain.h"
#include "json.h"
#include "key.h"
#include "scan.h"
#include "text.h"

#define HASH_PIECE 65536

struct entry {
    char *path; /* below the folder */
    uint64_t size;
    const struct scan_instance *instance; /* NULL: no DICOM */
    bool listed;
    bool regular;
};

struct verifying {
    const char *folder;
    struct entry *entries; /* sorted by path */
    size_t count;
    struct text text;
    unsigned long long problems;
    unsigned long long documents;
    unsigned long long files;
    unsigned long long bytes;
    unsigned long long digests;
};

static void complain(struct verifying *verifying, const char *path, const char *what)
{
    verifying->problems++;
    text_printf(&verifying->text, "%s: %s\n", path, what);
}

/* ---- what is there ---- */

static int compare_entries(const void *left, const void *right)
{
    return strcmp(((const struct entry *)left)->path, ((const struct entry *)right)->path);
}

static struct entry *find_entry(const struct verifying *verifying, const char *path)
{
    char *copy = strdup(path);
    const struct entry key = {.path = copy};
    struct entry *found =
        copy == NULL || verifying->count == 0
            ? NULL
            : bsearch(&key, verifying->entries, verifying->count, sizeof key, compare_entries);
    free(copy);
    return found;
}

/* nftw() gives its callback no closure. */
static pthread_mutex_t walking = PTHREAD_MUTEX_INITIALIZER;
static struct verifying *walker; /* under walking */

static int see(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)place;
    size_t prefix = strlen(walker->folder);
    if (type == FTW_D) {
        return 0;
    }
    if (type == FTW_DNR || type == FTW_NS) {
        errno = EACCES;
        return -1;
    }
    struct entry *grown = reallocarray(walker->entries, walker->count + 1, sizeof *grown);
    char *copy = grown == NULL ? NULL : strdup(path + prefix + strspn(path + prefix, "/"));
    walker->entries = grown == NULL ? walker->entries : grown;
    if (copy == NULL) {
        return -1;
    }
    walker->entries[walker->count++] =
        (struct entry){.path = copy, .size = (uint64_t)status->st_size, .regular = S_ISREG(status->st_mode)};
    return 0;
}

static int list_files(struct verifying *verifying)
{
    (void)pthread_mutex_lock(&walking);
    walker = verifying;
    int result = nftw(verifying->folder, see, 32, FTW_PHYS);
    walker = NULL;
    (void)pthread_mutex_unlock(&walking);
    if (result == 0 && verifying->count > 0) {
        qsort(verifying->entries, verifying->count, sizeof *verifying->entries, compare_entries);
    }
    return result == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
}

static void match_instances(struct verifying *verifying, const struct scan *scan)
{
    for (size_t i = 0; i < scan->all_count; i++) {
        struct entry *entry = find_entry(verifying, scan->all[i]->file.path);
        if (entry != NULL) {
            entry->instance = scan->all[i];
        }
    }
}

/* ---- a task document ---- */

static const char *text_of(const struct json *object, const char *key)
{
    const struct json *member = json_member(object, key);
    return member == NULL || member->type != JSON_STRING ? NULL : member->string;
}

static bool hash_file(const struct verifying *verifying, const char *path, char ret_hex[65])
{
    AUTO_FREE char *whole = text_format("%s/%s", verifying->folder, path);
    uint8_t piece[HASH_PIECE];
    AUTO_CLOSE int fd = whole == NULL ? -1 : open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct digest *digest = NULL;
    uint8_t sha256[32];
    if (fd < 0 || digest_open(&digest) != DCMCHAIN_OK) {
        return false;
    }
    ssize_t got = 0;
    while ((got = read(fd, piece, sizeof piece)) > 0) {
        digest_add(digest, piece, (size_t)got);
    }
    digest_close(digest, sha256);
    digest_hex(sha256, sizeof sha256, ret_hex);
    return got == 0;
}

static void check_digest(struct verifying *verifying, const char *path, const char *listed)
{
    char hex[65];
    if (!hash_file(verifying, path, hex)) {
        complain(verifying, path, "it could not be read");
    } else if (strcmp(hex, listed) != 0) {
        complain(verifying, path, "its SHA-256 is not the one listed");
    }
    verifying->digests++;
}

static void check_uids(struct verifying *verifying, const struct entry *entry, const char *sop_uid,
                       const char *study_uid)
{
    const struct scan_instance *instance = entry->instance;
    if (instance == NULL || instance->problem != NULL) {
        complain(verifying, entry->path, "it is no DICOM file that can be read");
    } else if (strcmp(instance->sop_uid, sop_uid) != 0) {
        complain(verifying, entry->path, "its SOP Instance UID is not the one listed");
    } else if (study_uid != NULL && strcmp(instance->study_uid, study_uid) != 0) {
        complain(verifying, entry->path, "its Study Instance UID is not the document's");
    }
}

/* True: it is listed as an instance. */
static bool check_file(struct verifying *verifying, const struct json *file, const char *study_uid)
{
    const char *path = text_of(file, "path");
    const char *sop_uid = text_of(file, "sop_instance_uid");
    const char *sha256 = text_of(file, "sha256");
    const struct json *size = json_member(file, "size");
    struct entry *entry = path == NULL ? NULL : find_entry(verifying, path);
    if (path == NULL) {
        complain(verifying, "(a listed file)", "it has no path");
        return sop_uid != NULL;
    }
    if (entry == NULL || !entry->regular) {
        complain(verifying, path, entry == NULL ? "it is missing" : "it is no regular file");
        return sop_uid != NULL;
    }
    entry->listed = true;
    verifying->files++;
    verifying->bytes += entry->size;
    if (size == NULL || !size->is_integer || (uint64_t)size->integer != entry->size) {
        complain(verifying, path, "its size is not the one listed");
    } else if (sha256 != NULL) {
        check_digest(verifying, path, sha256);
    }
    if (sop_uid != NULL) {
        check_uids(verifying, entry, sop_uid, study_uid);
    }
    return sop_uid != NULL;
}

static void check_document(struct verifying *verifying, const char *path, const struct json *ours)
{
    const struct json *files = json_member(ours, "files");
    const struct json *out = json_member(ours, "instances_out");
    int64_t instances = 0;
    for (size_t i = 0; i < files->count; i++) {
        instances += check_file(verifying, &files->children[i], text_of(ours, "study_instance_uid")) ? 1 : 0;
    }
    if (out == NULL || !out->is_integer || out->integer != instances) {
        complain(verifying, path, "it lists another number of instances than it counts");
    }
    verifying->documents++;
}

/* Any JSON file that lists files as a task document does. */
static int read_document(struct verifying *verifying, struct entry *entry)
{
    AUTO_FREE char *whole = text_format("%s/%s", verifying->folder, entry->path);
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    struct json *json = NULL;
    struct json_problem problem;
    if (whole == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (json_read_file(whole, &text, &length) != DCMCHAIN_OK ||
        json_parse(text, length, &json, &problem) != DCMCHAIN_OK) {
        complain(verifying, entry->path, "it is no JSON text that can be read");
        return DCMCHAIN_OK;
    }
    const struct json *ours = json->type == JSON_OBJECT ? json_member(json, "dcmchain") : NULL;
    const struct json *files = ours != NULL && ours->type == JSON_OBJECT ? json_member(ours, "files") : NULL;
    if (files != NULL && files->type == JSON_ARRAY) {
        check_document(verifying, entry->path, ours);
        entry->listed = true;
    }
    json_free(json);
    return DCMCHAIN_OK;
}

/* ---- what nobody listed ---- */

static void check_unlisted(struct verifying *verifying)
{
    static const char *const signals[] = {".complete", ".processing", "result.json"};
    for (size_t i = 0; i < verifying->count; i++) {
        const struct entry *entry = &verifying->entries[i];
        bool ignored = entry->listed;
        for (size_t k = 0; k < sizeof signals / sizeof signals[0]; k++) {
            ignored = ignored || strcmp(entry->path, signals[k]) == 0;
        }
        if (ignored) {
            continue;
        }
        if (strcmp(entry->path, "task.json") == 0) {
            complain(verifying, entry->path,
                     "mercure wrote it, and it identifies the patient: the target lacks the exclusion filter "
                     "'task.json'");
        } else if (entry->instance != NULL || !entry->regular) {
            complain(verifying, entry->path,
                     entry->regular ? "no task document lists this instance" : "it is no regular file");
        } else {
            text_printf(&verifying->text, "%s: not listed (no instance)\n", entry->path);
        }
    }
}

static int verify(struct verifying *verifying)
{
    struct scan *scan = NULL;
    AUTO_FREE char *problem = NULL;
    const struct scan_options options = {.input_folder = verifying->folder, .threads = 1};
    int result = list_files(verifying);
    if (result == DCMCHAIN_OK && scan_folder(&options, &scan, &problem) != DCMCHAIN_OK) {
        result = DCMCHAIN_E_IO;
    }
    if (result == DCMCHAIN_OK) {
        match_instances(verifying, scan);
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < verifying->count; i++) {
        struct entry *entry = &verifying->entries[i];
        size_t length = strlen(entry->path);
        bool own = strcmp(entry->path, "task.json") != 0 && strcmp(entry->path, "result.json") != 0;
        if (own && entry->regular && length > 5 && strcmp(entry->path + length - 5, ".json") == 0) {
            result = read_document(verifying, entry);
        }
    }
    if (result == DCMCHAIN_OK) {
        check_unlisted(verifying);
    }
    scan_free(scan);
    return result;
}

static const char *ending(unsigned long long count)
{
    return count == 1 ? "" : "s";
}

int dcmchain_verify(const char *folder, char **ret_text)
{
    struct verifying verifying = {.folder = folder};
    int result = verify(&verifying);
    for (size_t i = 0; i < verifying.count; i++) {
        free(verifying.entries[i].path);
    }
    free(verifying.entries);
    if (result == DCMCHAIN_OK && verifying.documents == 0) {
        complain(&verifying, "the folder", "it holds no task document that lists files");
    }
    text_printf(&verifying.text,
                "%llu task document%s, %llu file%s, %llu bytes, %llu digest%s checked: %llu problem%s\n",
                verifying.documents, ending(verifying.documents), verifying.files, ending(verifying.files),
                verifying.bytes, verifying.digests, ending(verifying.digests), verifying.problems,
                ending(verifying.problems));
    char *text = text_take(&verifying.text);
    if (result != DCMCHAIN_OK || text == NULL) {
        free(text);
        return result != DCMCHAIN_OK ? result : DCMCHAIN_E_MEMORY;
    }
    *ret_text = text;
    return verifying.problems == 0 ? DCMCHAIN_OK : DCMCHAIN_FAIL;
}
