/* scan_headers.c: hashes the headers of instances that share a SOP Instance UID, the last word but one of run
 * order. All others are told apart without: their files are not read again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "key.h"
#include "pool.h"
#include "scan_parts.h"
#include "source.h"
#include "text.h"

#define SHA256_BYTES 32U

struct sharing {
    const struct scan *scan;
    struct scan_instance **list;
    size_t count;
};

static void source_cleanup(struct source **source)
{
    source_free(*source);
}

static int by_uid(const void *left, const void *right)
{
    return strcmp((*(struct scan_instance *const *)left)->sop_uid,
                  (*(struct scan_instance *const *)right)->sop_uid);
}

/* Keeps those whose UID is not theirs alone. */
static void keep_shared(struct sharing *sharing)
{
    struct scan_instance **list = sharing->list;
    size_t kept = 0;
    for (size_t i = 0, end = 0; i < sharing->count; i = end) {
        for (end = i + 1; end < sharing->count && strcmp(list[i]->sop_uid, list[end]->sop_uid) == 0; end++) {
        }
        for (size_t k = i; k < end && end - i > 1; k++) {
            list[kept++] = list[k];
        }
    }
    sharing->count = kept;
}

static int add_range(struct digest *digest, struct source *source, uint64_t offset, uint64_t length)
{
    uint8_t buffer[16384];
    int result = source_seek(source, offset);
    while (length > 0 && result == DCMCHAIN_OK) {
        size_t got = 0;
        result = source_read(source, buffer, length < sizeof buffer ? (size_t)length : sizeof buffer, &got);
        if (result == DCMCHAIN_OK && got == 0) {
            result = DCMCHAIN_E_INVALID; /* it has become shorter */
        }
        digest_add(digest, buffer, result == DCMCHAIN_OK ? got : 0);
        length -= result == DCMCHAIN_OK ? got : 0;
    }
    return result;
}

/* Of a deflated data set the bytes as stored are taken, all of them. */
static int add_header(struct digest *digest, struct source *source, const struct walker_layout *layout)
{
    int result = add_range(digest, source, layout->meta_offset, layout->meta_length);
    if (result == DCMCHAIN_OK && layout->deflated) {
        return add_range(digest, source, layout->dataset_offset,
                         source_size(source) - layout->dataset_offset);
    }
    if (result == DCMCHAIN_OK) {
        result = add_range(digest, source, layout->header_offset, layout->header_length);
    }
    return result == DCMCHAIN_OK ? add_range(digest, source, layout->trailer_offset, layout->trailer_length)
                                 : result;
}

static int hash_header(const struct scan *scan, struct scan_instance *instance)
{
    AUTO_CLOSE int fd = -1;
    AUTO(source_cleanup) struct source *source = NULL;
    AUTO_FREE uint8_t *sha256 = malloc(SHA256_BYTES);
    struct digest *digest = NULL;
    struct walker_layout layout;
    int result = sha256 == NULL ? DCMCHAIN_E_MEMORY : scan_open_file(scan, instance, &fd);
    if (result == DCMCHAIN_OK) {
        result = source_open_fd_from(fd, instance->file.size, NULL, 0, &source);
    }
    if (result == DCMCHAIN_OK) {
        result = digest_open(&digest);
    }
    if (result == DCMCHAIN_OK) {
        scan_layout(instance, &layout);
        result = add_header(digest, source, &layout);
    }
    digest_close(digest, result == DCMCHAIN_OK ? sha256 : NULL);
    if (result == DCMCHAIN_OK) {
        instance->header_sha256 = sha256;
        sha256 = NULL;
    }
    return result; /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attribute frees sha256 */
}

/* The pool's task: one file. */
static int hash_shared(void *closure, size_t index)
{
    const struct sharing *sharing = closure;
    struct scan_instance *instance = sharing->list[index];
    if (instance->problem != NULL) {
        return DCMCHAIN_OK; /* what its header is, is not known: it comes first */
    }
    int result = hash_header(sharing->scan, instance);
    if (result == DCMCHAIN_OK || result == DCMCHAIN_E_MEMORY) {
        return result;
    }
    instance->problem =
        text_format("%s%s", result == DCMCHAIN_E_IO ? "reading: " : "",
                    result == DCMCHAIN_E_IO ? scan_error_text(errno) : "it changed while it was read");
    return instance->problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

int scan_compare_headers(const struct scan_instance *left, const struct scan_instance *right)
{
    const uint8_t *a = left->header_sha256;
    const uint8_t *b = right->header_sha256;
    if (a == NULL || b == NULL) {
        return (a != NULL) - (b != NULL);
    }
    return memcmp(a, b, SHA256_BYTES);
}

int scan_hash_headers(struct scan *scan, uint32_t threads, const volatile int *stop)
{
    AUTO_FREE struct scan_instance **list = calloc(scan->all_count + 1, sizeof(struct scan_instance *));
    struct sharing sharing = {.scan = scan, .list = list};
    if (list == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < scan->all_count; i++) {
        list[sharing.count++] = scan->all[i];
    }
    qsort(list, sharing.count, sizeof(struct scan_instance *), by_uid);
    keep_shared(&sharing);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees list */
    return pool_run(threads, sharing.count, hash_shared, &sharing, stop);
}
