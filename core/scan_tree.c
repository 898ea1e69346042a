/* scan_tree.c: sorts what the scan found into studies, series and run order, and closes each study's
 * identity. No order here may depend on which file was read first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan_parts.h"
#include "text.h"

/* ---- order ---- */

static bool has_place(const struct scan_instance *instance)
{
    return instance->study_uid[0] != '\0' && instance->series_uid[0] != '\0';
}

static int compare_numbers(bool has_left, int64_t left, bool has_right, int64_t right)
{
    if (has_left != has_right) {
        return has_left ? -1 : 1;
    }
    return !has_left || left == right ? 0 : left < right ? -1 : 1;
}

/* By study, series and run order; those without a study last, by path. */
static int compare_instances(const void *left, const void *right)
{
    const struct scan_instance *a = *(struct scan_instance *const *)left;
    const struct scan_instance *b = *(struct scan_instance *const *)right;
    if (has_place(a) != has_place(b)) {
        return has_place(a) ? -1 : 1;
    }
    int order = 0;
    if (has_place(a)) {
        order = strcmp(a->study_uid, b->study_uid);
        order = order != 0 ? order : strcmp(a->series_uid, b->series_uid);
        order = order != 0 ? order : compare_numbers(a->has_number, a->number, b->has_number, b->number);
        order = order != 0 ? order : strcmp(a->sop_uid, b->sop_uid);
        order = order != 0 ? order : scan_compare_headers(a, b);
    }
    return order != 0 ? order : strcmp(a->file.path, b->file.path);
}

static const struct scan_instance *numbered(const struct scan_series *series)
{
    for (size_t i = 0; i < series->count; i++) {
        if (series->instances[i]->has_series_number) {
            return series->instances[i];
        }
    }
    return series->instances[0];
}

/* A series' number is that of its first instance that has one. */
static int compare_series(const void *left, const void *right)
{
    const struct scan_series *a = left;
    const struct scan_series *b = right;
    const struct scan_instance *first = numbered(a);
    const struct scan_instance *second = numbered(b);
    int order = compare_numbers(first->has_series_number, first->series_number, second->has_series_number,
                                second->series_number);
    return order != 0 ? order : strcmp(a->uid, b->uid);
}

/* ---- studies and series ---- */

/* How many instances from `start` on share its study, or its series too. */
static size_t run_length(const struct scan *scan, size_t start, size_t end, bool series_too)
{
    size_t at = start;
    while (at < end && strcmp(scan->all[at]->study_uid, scan->all[start]->study_uid) == 0 &&
           (!series_too || strcmp(scan->all[at]->series_uid, scan->all[start]->series_uid) == 0)) {
        at++;
    }
    return at - start;
}

static void fill_series(struct scan_series *series, struct scan_instance **instances, size_t count)
{
    (void)snprintf(series->uid, sizeof series->uid, "%s", instances[0]->series_uid);
    series->instances = instances;
    series->count = count;
    for (size_t i = 0; i < count; i++) {
        instances[i]->ordinal = (uint32_t)i + 1;
    }
}

/* Every instance that can be published says whose it is. */
static bool has_two_patients(struct scan_instance *const *instances, size_t count)
{
    const char *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *key = instances[i]->patient_key;
        if (instances[i]->problem != NULL || key == NULL) {
            continue;
        }
        if (first != NULL && strcmp(first, key) != 0) {
            return true;
        }
        first = key;
    }
    return false;
}

static int fill_study(struct scan *scan, struct scan_study *study, size_t start, size_t count)
{
    (void)snprintf(study->uid, sizeof study->uid, "%s", scan->all[start]->study_uid);
    size_t series_count = 0;
    for (size_t at = start; at < start + count; at += run_length(scan, at, start + count, true)) {
        series_count++;
    }
    study->series = calloc(series_count, sizeof *study->series);
    study->warnings = calloc(1, sizeof *study->warnings);
    if (study->series == NULL || study->warnings == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t at = start; at < start + count;) {
        size_t length = run_length(scan, at, start + count, true);
        fill_series(&study->series[study->count++], &scan->all[at], length);
        at += length;
    }
    qsort(study->series, study->count, sizeof *study->series, compare_series);
    for (size_t i = 0; i < study->count; i++) {
        study->series[i].ordinal = (uint32_t)i + 1;
    }
    for (size_t i = start; i < start + count; i++) {
        study->bytes += scan->all[i]->file.size;
    }
    study->mixed_patients = has_two_patients(&scan->all[start], count);
    return identity_open(0, &study->identity);
}

static int make_studies(struct scan *scan)
{
    if (scan->all_count > 1) {
        qsort(scan->all, scan->all_count, sizeof(struct scan_instance *), compare_instances);
    }
    size_t placed = 0;
    size_t studies = 0;
    while (placed < scan->all_count && has_place(scan->all[placed])) {
        placed += run_length(scan, placed, scan->all_count, false);
        studies++;
    }
    scan->failed = scan->all_count == 0 ? NULL : scan->all + placed;
    scan->failed_count = scan->all_count - placed;
    scan->studies = calloc(studies == 0 ? 1 : studies, sizeof *scan->studies);
    if (scan->studies == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t at = 0; at < placed;) {
        size_t length = run_length(scan, at, placed, false);
        struct scan_study *study = &scan->studies[scan->study_count++];
        study->ordinal = (uint32_t)scan->study_count;
        int result = fill_study(scan, study, at, length);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        at += length;
    }
    return DCMCHAIN_OK;
}

int scan_warn(struct scan_study *study, char *text)
{
    size_t count = 0;
    while (study->warnings[count] != NULL) {
        count++;
    }
    char **warnings = text == NULL ? NULL : realloc(study->warnings, (count + 2) * sizeof *warnings);
    if (warnings == NULL) {
        free(text);
        return DCMCHAIN_E_MEMORY;
    }
    warnings[count] = text;
    warnings[count + 1] = NULL;
    study->warnings = warnings;
    return DCMCHAIN_OK;
}

/* ---- identity ---- */

/* The series of all studies by UID, and what came to each study. */
struct receiver {
    struct scan_study *study;
    size_t unreadable; /* `.tags` of it that could not be read */
    bool overflow;
};

struct series_entry {
    const char *uid;
    size_t receiver;
};

struct receivers {
    struct receiver *receivers; /* as scan->studies */
    size_t count;
    struct series_entry *series; /* by UID */
    size_t series_count;
};

static int compare_entries(const void *left, const void *right)
{
    const struct series_entry *a = left;
    const struct series_entry *b = right;
    int order = strcmp(a->uid, b->uid);
    return order != 0 ? order : a->receiver < b->receiver ? -1 : a->receiver > b->receiver;
}

static int receivers_open(struct receivers *receivers, const struct scan *scan)
{
    size_t series_count = 0;
    for (size_t i = 0; i < scan->study_count; i++) {
        series_count += scan->studies[i].count;
    }
    receivers->receivers = calloc(scan->study_count + 1, sizeof *receivers->receivers);
    receivers->series = calloc(series_count + 1, sizeof *receivers->series);
    if (receivers->receivers == NULL || receivers->series == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    receivers->count = scan->study_count;
    for (size_t i = 0; i < scan->study_count; i++) {
        receivers->receivers[i].study = &scan->studies[i];
        for (size_t k = 0; k < scan->studies[i].count; k++) {
            receivers->series[receivers->series_count++] =
                (struct series_entry){.uid = scan->studies[i].series[k].uid, .receiver = i};
        }
    }
    if (series_count > 1) {
        qsort(receivers->series, series_count, sizeof *receivers->series, compare_entries);
    }
    return DCMCHAIN_OK;
}

static void receivers_free(struct receivers *receivers)
{
    free(receivers->receivers);
    free(receivers->series);
}

/* only: to nobody else, so that the first can be taken over. */
static int give(struct receiver *receiver, struct scan_share *share, bool only)
{
    receiver->overflow = receiver->overflow || share->overflow;
    if (share->identity == NULL) {
        receiver->unreadable++;
        return DCMCHAIN_OK;
    }
    if (only && identity_count(receiver->study->identity) == 0) {
        identity_free(receiver->study->identity);
        receiver->study->identity = share->identity;
        share->identity = NULL;
        return DCMCHAIN_OK;
    }
    int result = identity_merge(receiver->study->identity, share->identity);
    receiver->overflow = receiver->overflow || result == DCMCHAIN_E_RANGE;
    return result == DCMCHAIN_E_RANGE ? DCMCHAIN_OK : result;
}

static int compare_study_uid(const void *key, const void *member)
{
    return strcmp(key, ((const struct receiver *)member)->study->uid);
}

/* To the study that it names, and to every one that has its series. What could not be read and names no known
 * series may belong to any study; so may what a file says that broke off before it said whose it is. */
static int give_share(struct receivers *receivers, struct scan_share *share)
{
    int result = DCMCHAIN_OK;
    struct receiver *named = bsearch(share->study_uid, receivers->receivers, receivers->count,
                                     sizeof *receivers->receivers, compare_study_uid);
    bool given = named != NULL;
    if (named != NULL) {
        result = give(named, share, share->series_uid[0] == '\0');
    }
    size_t low = 0;
    size_t high = share->series_uid[0] == '\0' ? 0 : receivers->series_count;
    size_t end = high;
    while (low < high) { /* the first that is not before it */
        size_t middle = (low + high) / 2;
        if (strcmp(receivers->series[middle].uid, share->series_uid) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low;
         i < end && result == DCMCHAIN_OK && strcmp(receivers->series[i].uid, share->series_uid) == 0; i++) {
        struct receiver *receiver = &receivers->receivers[receivers->series[i].receiver];
        given = true;
        if (receiver != named) {
            result = give(receiver, share, false);
        }
    }
    const bool anybodys =
        share->identity == NULL || (share->study_uid[0] == '\0' && share->series_uid[0] == '\0');
    for (size_t i = 0; i < receivers->count && !given && anybodys; i++) {
        result = give(&receivers->receivers[i], share, false);
    }
    return result;
}

/* An identity that is not whole must not clean anything: nothing of the study may leave. */
static int refuse(struct scan_study *study)
{
    for (size_t i = 0; i < study->count; i++) {
        for (size_t k = 0; k < study->series[i].count; k++) {
            struct scan_instance *instance = study->series[i].instances[k];
            if (instance->problem == NULL) {
                instance->problem =
                    text_format("its study has more than %u identifying values, and %u for each file",
                                LIMIT_IDENTITY_VALUES, LIMIT_IDENTITY_INSTANCE);
            }
            if (instance->problem == NULL) {
                return DCMCHAIN_E_MEMORY;
            }
            instance->duplicate_of = NULL;
        }
    }
    return DCMCHAIN_OK;
}

static int close_identity(struct receiver *receiver, const struct identity *task_identity)
{
    struct scan_study *study = receiver->study;
    int result = task_identity == NULL ? DCMCHAIN_OK : identity_merge(study->identity, task_identity);
    if (result == DCMCHAIN_E_RANGE || receiver->overflow) {
        result = refuse(study);
    }
    if (result == DCMCHAIN_OK && receiver->unreadable > 0) {
        result = scan_warn(study, text_format("%zu .tags files could not be read: what they tell of the "
                                              "patient is not searched for",
                                              receiver->unreadable));
    }
    return result == DCMCHAIN_OK ? identity_close(study->identity) : result;
}

static int close_identities(struct scan *scan, struct scan_chunk *chunks, size_t chunk_count,
                            const struct identity *task_identity)
{
    struct receivers receivers = {0};
    int result = receivers_open(&receivers, scan);
    for (size_t i = 0; i < chunk_count && result == DCMCHAIN_OK; i++) {
        struct scan_shares *shares = &chunks[i].shares;
        for (size_t k = 0; k < shares->count && result == DCMCHAIN_OK; k++) {
            result = give_share(&receivers, &shares->shares[k]);
        }
        scan_shares_free(shares); /* two copies of all are not needed at once */
    }
    for (size_t i = 0; i < receivers.count && result == DCMCHAIN_OK; i++) {
        result = close_identity(&receivers.receivers[i], task_identity);
    }
    receivers_free(&receivers);
    return result;
}

int scan_build(struct scan *scan, struct scan_chunk *chunks, size_t chunk_count,
               const struct identity *task_identity, uint32_t threads, const volatile int *stop)
{
    int result = scan_hash_headers(scan, threads, stop);
    if (result == DCMCHAIN_OK) {
        result = make_studies(scan);
    }
    if (result == DCMCHAIN_OK) {
        result = scan_find_duplicates(scan, threads, stop);
    }
    if (result == DCMCHAIN_OK) {
        result = close_identities(scan, chunks, chunk_count, task_identity);
    }
    return result;
}

static size_t count_stray(const struct scan_study *study)
{
    size_t count = 0;
    for (size_t i = 0; i < study->count; i++) {
        for (size_t j = 0; j < study->series[i].count; j++) {
            count += study->series[i].instances[j]->has_stray ? 1U : 0U;
        }
    }
    return count;
}

int scan_warn_of_stray(struct scan *scan)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < scan->study_count && result == DCMCHAIN_OK; i++) {
        const size_t count = count_stray(&scan->studies[i]);
        if (count > 0) {
            result = scan_warn(
                &scan->studies[i],
                text_format("%zu files have bytes behind their data set, which are left out", count));
        }
    }
    return result;
}
