/* scan_duplicates.c: finds instances that share a SOP Instance UID: equal bytes make a duplicate, different
 * ones a warning. Only files that may be equal are read whole, each once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "key.h"
#include "pool.h"
#include "scan_parts.h"
#include "text.h"

struct candidate {
    struct scan_instance *instance;
    size_t study;
    size_t order;       /* in the order of studies, series and run order */
    bool may_be_equal;  /* another has its UID, size and header */
    uint8_t sha256[32]; /* of the whole file, where it may be equal */
};

struct candidates {
    const struct scan *scan;
    const volatile int *stop;
    struct candidate *list;
    size_t count;
};

static int compare_keys(const struct candidate *a, const struct candidate *b)
{
    int order = strcmp(a->instance->sop_uid, b->instance->sop_uid);
    if (order == 0 && a->instance->file.size != b->instance->file.size) {
        order = a->instance->file.size < b->instance->file.size ? -1 : 1;
    }
    return order != 0 ? order : scan_compare_headers(a->instance, b->instance);
}

static int by_key(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    int order = compare_keys(a, b);
    return order != 0 ? order : a->order < b->order ? -1 : a->order > b->order;
}

static int by_content(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;
    int order = compare_keys(a, b);
    order = order != 0 ? order : memcmp(a->sha256, b->sha256, sizeof a->sha256);
    return order != 0 ? order : a->order < b->order ? -1 : a->order > b->order;
}

/* An instance that shares its UID has the hash of its header; most have none. */
static bool is_candidate(const struct scan_instance *instance)
{
    return instance->problem == NULL && instance->header_sha256 != NULL;
}

static size_t count_candidates(const struct scan *scan)
{
    size_t count = 0;
    for (size_t i = 0; i < scan->all_count; i++) {
        count += is_candidate(scan->all[i]) ? 1U : 0U;
    }
    return count;
}

static int list_candidates(const struct scan *scan, struct candidates *candidates)
{
    candidates->scan = scan;
    candidates->list = calloc(count_candidates(scan) + 1, sizeof *candidates->list);
    if (candidates->list == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    size_t order = 0;
    for (size_t i = 0; i < scan->study_count; i++) {
        for (size_t k = 0; k < scan->studies[i].count; k++) {
            const struct scan_series *series = &scan->studies[i].series[k];
            for (size_t n = 0; n < series->count; n++, order++) {
                if (is_candidate(series->instances[n])) {
                    candidates->list[candidates->count++] =
                        (struct candidate){.instance = series->instances[n], .study = i, .order = order};
                }
            }
        }
    }
    return DCMCHAIN_OK;
}

/* Keeps those whose UID is not theirs alone. */
static void keep_shared(struct candidates *candidates)
{
    struct candidate *list = candidates->list;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count;) {
        size_t end = i + 1;
        while (end < candidates->count &&
               strcmp(list[i].instance->sop_uid, list[end].instance->sop_uid) == 0) {
            end++;
        }
        for (size_t k = i; k < end && end - i > 1; k++) {
            bool equal_before = k > i && compare_keys(&list[k - 1], &list[k]) == 0;
            bool equal_after = k + 1 < end && compare_keys(&list[k], &list[k + 1]) == 0;
            list[kept] = list[k];
            list[kept++].may_be_equal = equal_before || equal_after;
        }
        i = end;
    }
    candidates->count = kept;
}

/* DCMCHAIN_FAIL: stopped. */
static int hash_file(const struct scan *scan, const struct candidate *candidate, const volatile int *stop,
                     uint8_t ret_sha256[32])
{
    AUTO_CLOSE int fd = -1;
    AUTO_FREE uint8_t *buffer = malloc(LIMIT_SPLICE_BYTES);
    struct digest *digest = NULL;
    int result = buffer == NULL ? DCMCHAIN_E_MEMORY : scan_open_file(scan, candidate->instance, &fd);
    if (result == DCMCHAIN_OK) {
        result = digest_open(&digest);
    }
    uint64_t left = candidate->instance->file.size;
    while (result == DCMCHAIN_OK && left > 0) {
        if (stop != NULL && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0) {
            result = DCMCHAIN_FAIL;
            break;
        }
        ssize_t got = read(fd, buffer, left < LIMIT_SPLICE_BYTES ? (size_t)left : LIMIT_SPLICE_BYTES);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            result = got == 0 ? DCMCHAIN_E_INVALID : DCMCHAIN_E_IO;
        } else if (got > 0) {
            digest_add(digest, buffer, (size_t)got);
            left -= (uint64_t)got;
        }
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees buffer */
    digest_close(digest, ret_sha256);
    return result;
}

/* The pool's task: one file. */
static int hash_candidate(void *closure, size_t index)
{
    struct candidates *candidates = closure;
    struct candidate *candidate = &candidates->list[index];
    if (!candidate->may_be_equal) {
        return DCMCHAIN_OK;
    }
    int result = hash_file(candidates->scan, candidate, candidates->stop, candidate->sha256);
    if (result == DCMCHAIN_OK || result == DCMCHAIN_E_MEMORY || result == DCMCHAIN_FAIL) {
        return result;
    }
    candidate->instance->problem =
        text_format("%s", result == DCMCHAIN_E_IO ? "it cannot be read" : "it changed while it was read");
    return candidate->instance->problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

/* Sorted by content: equal ones stand together, the first in run order before the others. */
static void mark(struct candidates *candidates)
{
    struct candidate *first = NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *candidate = &candidates->list[i];
        if (!candidate->may_be_equal || candidate->instance->problem != NULL) {
            continue;
        }
        if (first != NULL && compare_keys(first, candidate) == 0 &&
            memcmp(first->sha256, candidate->sha256, sizeof first->sha256) == 0) {
            candidate->instance->duplicate_of = first->instance;
        } else {
            first = candidate;
        }
    }
}

/* UIDs that instances with different bytes share, counted for each study. */
struct conflict {
    size_t uids;
    size_t last; /* the last such UID, by the end of its range: each counts once a study */
};

static void count_conflicts(const struct candidates *candidates, struct conflict *conflicts)
{
    const struct candidate *list = candidates->list;
    for (size_t i = 0; i < candidates->count;) {
        size_t end = i;
        size_t different = 0;
        while (end < candidates->count &&
               strcmp(list[i].instance->sop_uid, list[end].instance->sop_uid) == 0) {
            different += list[end].instance->duplicate_of == NULL && list[end].instance->problem == NULL;
            end++;
        }
        for (size_t k = i; k < end && different > 1; k++) {
            struct conflict *conflict = &conflicts[list[k].study];
            conflict->uids += conflict->last != end;
            conflict->last = end;
        }
        i = end;
    }
}

static int warn(struct scan *scan, const struct candidates *candidates)
{
    AUTO_FREE struct conflict *conflicts = calloc(scan->study_count + 1, sizeof *conflicts);
    int result = conflicts == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK) {
        count_conflicts(candidates, conflicts);
    }
    for (size_t i = 0; i < scan->study_count && result == DCMCHAIN_OK; i++) {
        if (conflicts[i].uids > 0) {
            result =
                scan_warn(&scan->studies[i],
                          conflicts[i].uids == 1
                              ? strdup("a SOP Instance UID stands in several files that differ: all of "
                                       "them are kept")
                              : text_format("%zu SOP Instance UIDs stand in several files that differ: all "
                                            "of them are kept",
                                            conflicts[i].uids));
        }
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees conflicts */
    return result;
}

int scan_find_duplicates(struct scan *scan, uint32_t threads, const volatile int *stop)
{
    struct candidates candidates = {0};
    int result = list_candidates(scan, &candidates);
    candidates.stop = stop;
    if (result == DCMCHAIN_OK && candidates.count > 1) {
        qsort(candidates.list, candidates.count, sizeof *candidates.list, by_key);
        keep_shared(&candidates);
        result = pool_run(threads, candidates.count, hash_candidate, &candidates, stop);
    }
    if (result == DCMCHAIN_OK && candidates.count > 1) {
        qsort(candidates.list, candidates.count, sizeof *candidates.list, by_content);
        mark(&candidates);
        result = warn(scan, &candidates);
    }
    free(candidates.list);
    return result;
}
