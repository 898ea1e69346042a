/* scan.c: see scan.h: the run of a scan from its folder to its result. What is in a file, how files are
 * sorted, and what identifies are scan_file.c's, scan_tree.c's and identity.c's. */
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "layout_pack.h"
#include "pool.h"
#include "scan_parts.h"
#include "text.h"
#include "watch.h"

/* Files whose identities are joined by one thread before all are: few enough to spread, and so many that the
 * chunks' identities stay small beside the files. */
#define CHUNK_FILES 32U
#define CHUNKS 256U

/* What the threads of a scan share. */
struct work {
    int input_fd;
    struct scan_list list;
    struct scan_finding *findings; /* as the list */
    struct scan_chunk *chunks;
    size_t chunk_count;
    size_t chunk_files;
    const struct scan_options *options;
    pthread_mutex_t lock; /* over what follows, and the call of progress() */
    uint64_t files;
    uint64_t bytes;
};

/* ---- reading all files ---- */

static void tell_progress(struct work *work, uint64_t bytes)
{
    (void)pthread_mutex_lock(&work->lock);
    work->files++;
    work->bytes += bytes;
    if (work->options->progress != NULL) {
        work->options->progress(work->options->progress_closure, work->files, work->bytes);
    }
    (void)pthread_mutex_unlock(&work->lock);
}

/* A file that an earlier worker crashed at is not opened again. */
static int read_entry(struct work *work, size_t index, struct scan_chunk *chunk)
{
    const struct scan_entry *entry = &work->list.entries[index];
    struct scan_finding *finding = &work->findings[index];
    const struct watch_task task = {.doing = WATCH_SCAN, .file = index + 1};
    const int number = watch_signal_of(work->options->watch, &task);
    int result = DCMCHAIN_OK;
    if (number != 0) {
        result = scan_crashed_file(work->input_fd, entry, number, finding);
    } else {
        watch_begin(work->options->watch, &task);
        result = scan_read_file(work->input_fd, entry, chunk, finding);
        watch_end(work->options->watch);
    }
    if (finding->instance != NULL) {
        finding->instance->file.number = index + 1;
        free(finding->instance->file.path); /* the list's copy serves: its entry is done with */
        finding->instance->file.path = work->list.entries[index].path;
        work->list.entries[index].path = NULL;
    }
    return result;
}

/* The pool's task. */
static int read_chunk(void *closure, size_t number)
{
    struct work *work = closure;
    size_t end = (number + 1) * work->chunk_files;
    end = end < work->list.count ? end : work->list.count;
    for (size_t i = number * work->chunk_files; i < end; i++) {
        if (work->options->stop != NULL && __atomic_load_n(work->options->stop, __ATOMIC_RELAXED) != 0) {
            return DCMCHAIN_FAIL;
        }
        const struct scan_entry *entry = &work->list.entries[i];
        struct scan_finding *finding = &work->findings[i];
        int result = read_entry(work, i, &work->chunks[number]);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (entry->special == NULL) {
            tell_progress(work, finding->size);
        }
    }
    return DCMCHAIN_OK;
}

static int read_files(struct work *work)
{
    work->chunk_files = work->list.count / CHUNKS > CHUNK_FILES ? work->list.count / CHUNKS : CHUNK_FILES;
    work->chunk_count = (work->list.count + work->chunk_files - 1) / work->chunk_files;
    work->findings = calloc(work->list.count + 1, sizeof *work->findings);
    work->chunks = calloc(work->chunk_count + 1, sizeof *work->chunks);
    if (work->findings == NULL || work->chunks == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    return pool_run(work->options->threads, work->chunk_count, read_chunk, work, work->options->stop);
}

static void findings_free(struct work *work)
{
    for (size_t i = 0; work->findings != NULL && i < work->list.count; i++) {
        scan_instance_free(work->findings[i].instance);
    }
    free(work->findings);
    work->findings = NULL;
    scan_list_free(&work->list);
}

static void common_free(struct scan_common *common)
{
    intern_free(&common->texts);
    intern_free(&common->attributes);
}

static void work_free(struct work *work)
{
    findings_free(work);
    for (size_t i = 0; work->chunks != NULL && i < work->chunk_count; i++) {
        scan_shares_free(&work->chunks[i].shares);
        common_free(&work->chunks[i].common);
    }
    free(work->chunks);
    (void)pthread_mutex_destroy(&work->lock);
}

/* ---- the result ---- */

static int count_reason(struct scan_count **counts, size_t *count, const char *reason)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*counts)[i].reason, reason) == 0) {
            (*counts)[i].count++;
            return DCMCHAIN_OK;
        }
    }
    struct scan_count *more = realloc(*counts, (*count + 1) * sizeof *more);
    if (more == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *counts = more;
    more[*count] = (struct scan_count){.count = 1};
    (void)snprintf(more[*count].reason, sizeof more[*count].reason, "%s", reason);
    (*count)++;
    return DCMCHAIN_OK;
}

static int by_reason(const void *left, const void *right)
{
    return strcmp(((const struct scan_count *)left)->reason, ((const struct scan_count *)right)->reason);
}

/* Moves what the instances point to into the scan. */
static int take_commons(struct scan *scan, struct work *work)
{
    scan->commons = calloc(work->chunk_count + 1, sizeof *scan->commons);
    if (scan->commons == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (; scan->common_count < work->chunk_count; scan->common_count++) {
        scan->commons[scan->common_count] = work->chunks[scan->common_count].common;
        work->chunks[scan->common_count].common = (struct scan_common){0};
    }
    return DCMCHAIN_OK;
}

/* Moves the findings into the scan: its instances, and how much of everything else there is. */
static int take_findings(struct scan *scan, struct work *work)
{
    scan->all = calloc(work->list.count + 1, sizeof(struct scan_instance *));
    int result = scan->all == NULL ? DCMCHAIN_E_MEMORY : take_commons(scan, work);
    for (size_t i = 0; i < work->list.count && result == DCMCHAIN_OK; i++) {
        struct scan_finding *finding = &work->findings[i];
        if (finding->found == FOUND_INSTANCE) {
            scan->all[scan->all_count++] = finding->instance;
            finding->instance = NULL;
        } else if (finding->found == FOUND_NOT_DICOM) {
            result = count_reason(&scan->not_dicom, &scan->not_dicom_count, finding->reason);
        } else {
            result = count_reason(&scan->skipped, &scan->skipped_count, finding->reason);
        }
    }
    if (scan->not_dicom_count > 1) {
        qsort(scan->not_dicom, scan->not_dicom_count, sizeof *scan->not_dicom, by_reason);
    }
    if (scan->skipped_count > 1) {
        qsort(scan->skipped, scan->skipped_count, sizeof *scan->skipped, by_reason);
    }
    scan->files = work->files;
    scan->bytes = work->bytes;
    if (result == DCMCHAIN_OK) {
        findings_free(work); /* the peak is still to come */
    }
    return result;
}

void scan_instance_free(struct scan_instance *instance)
{
    if (instance == NULL) {
        return;
    }
    free(instance->file.path);
    free(instance->header_sha256);
    free(instance->problem);
    free(instance);
}

void scan_layout(const struct scan_instance *instance, struct walker_layout *ret_layout)
{
    layout_unpack(instance->layout, ret_layout);
}

void scan_study_free(struct scan_study *study)
{
    free(study->series); /* their instances are in scan->all */
    identity_free(study->identity);
    for (size_t i = 0; study->warnings != NULL && study->warnings[i] != NULL; i++) {
        free(study->warnings[i]);
    }
    free(study->warnings);
}

void scan_free(struct scan *scan)
{
    if (scan == NULL) {
        return;
    }
    for (size_t i = 0; i < scan->study_count; i++) {
        scan_study_free(&scan->studies[i]);
    }
    for (size_t i = 0; i < scan->all_count; i++) {
        scan_instance_free(scan->all[i]);
    }
    for (size_t i = 0; i < scan->common_count; i++) {
        common_free(&scan->commons[i]);
    }
    free(scan->studies);
    free(scan->all);
    free(scan->commons);
    free(scan->not_dicom);
    free(scan->skipped);
    free(scan->task_json);
    if (scan->input_fd >= 0) {
        (void)close(scan->input_fd);
    }
    free(scan);
}

static void scan_cleanup(struct scan **scan)
{
    scan_free(*scan);
}

/* ---- the whole ---- */

static int open_input(const char *folder, int *ret_fd, char **ret_problem)
{
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        *ret_problem = text_format("the input folder cannot be opened: %s", scan_error_text(errno));
        return DCMCHAIN_E_USAGE;
    }
    *ret_fd = fd;
    return DCMCHAIN_OK;
}

static int warn_all(struct scan *scan, const char *warning)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < scan->study_count && warning != NULL && result == DCMCHAIN_OK; i++) {
        result = scan_warn(&scan->studies[i], strdup(warning));
    }
    return result;
}

static int scan_all(struct scan *scan, struct work *work, const struct scan_options *options,
                    char **ret_problem)
{
    AUTO(identity_cleanup) struct identity *task_identity = NULL;
    AUTO_FREE char *warning = NULL;
    int result = open_input(options->input_folder, &scan->input_fd, ret_problem);
    work->input_fd = scan->input_fd;
    if (result == DCMCHAIN_OK) {
        result = scan_take_task(scan, options, &task_identity, &warning, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = options->only_file != NULL
                     ? scan_list_one(options->only_file, &work->list)
                     : scan_list_folder(scan->input_fd, options, &work->list, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = read_files(work);
    }
    if (result == DCMCHAIN_E_IO) {
        *ret_problem = text_format("a .tags file of the input cannot be read: whom it names is not known");
        return DCMCHAIN_FAIL;
    }
    if (result == DCMCHAIN_OK) {
        result = take_findings(scan, work);
    }
    if (result == DCMCHAIN_OK) {
        result =
            scan_build(scan, work->chunks, work->chunk_count, task_identity, options->threads, options->stop);
    }
    if (result == DCMCHAIN_OK && options->shard_count > 0) {
        result = scan_keep_shard(scan, options->shard_index, options->shard_count);
    }
    if (result == DCMCHAIN_OK) {
        result = scan_warn_of_stray(scan);
    }
    return result == DCMCHAIN_OK ? warn_all(scan, warning) : result;
}

int scan_folder(const struct scan_options *options, struct scan **ret_scan, char **ret_problem)
{
    AUTO(scan_cleanup) struct scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    scan->input_fd = -1;
    struct work work = {.input_fd = -1, .options = options, .lock = PTHREAD_MUTEX_INITIALIZER};
    char *problem = NULL;
    int result = scan_all(scan, &work, options, &problem);
    work_free(&work);
    if (result != DCMCHAIN_OK) {
        if (problem == NULL) { /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attribute frees scan */
            problem = text_format("the input was not scanned: %s",
                                  result == DCMCHAIN_E_MEMORY ? "out of memory" : "stopped");
        }
        *ret_problem = problem;
        return result == DCMCHAIN_E_USAGE ? result : DCMCHAIN_FAIL;
    }
    *ret_scan = scan;
    scan = NULL;
    return DCMCHAIN_OK;
}

int scan_open_file(const struct scan *scan, const struct scan_instance *instance, int *ret_fd)
{
    AUTO_CLOSE int fd = -1;
    struct stat status;
    int result = scan_open_path(scan->input_fd, instance->file.path, &fd, &status);
    if (result == DCMCHAIN_E_IO && (errno == ENOENT || errno == ENOTDIR)) {
        return DCMCHAIN_E_INVALID; /* it has gone */
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    int64_t mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    if (status.st_dev != instance->file.device || status.st_ino != instance->file.inode ||
        (uint64_t)status.st_size != instance->file.size || mtime_ns != instance->file.mtime_ns) {
        return DCMCHAIN_E_INVALID;
    }
    *ret_fd = fd;
    fd = -1;
    return DCMCHAIN_OK;
}
