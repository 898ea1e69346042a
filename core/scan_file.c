/* scan_file.c: looks at one file of IN: opens, walks, collects, and tells what it is. Nothing that a file
 * holds may stop the scan; no pixel is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "layout_pack.h"
#include "scan_parts.h"
#include "scan_value.h"
#include "text.h"
#include "watch.h"
#include "whole.h"

#define SMALL_BYTES (32U << 10)     /* such a file is read at once */
#define BEGINNING_BYTES (16U << 10) /* of a longer one: seldom shorter than the header */

struct input {
    int fd;
    struct stat status;
    uint64_t size;
    uint8_t *bytes; /* the first of it; all, where it is small */
    size_t bytes_length;
    struct source *source;
};

static void input_close(struct input *input)
{
    source_free(input->source);
    free(input->bytes);
    if (input->fd >= 0) {
        (void)close(input->fd);
    }
}

static int64_t mtime_ns(const struct stat *status)
{
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

static int input_open(struct input *input, int input_fd, const char *path)
{
    int result = scan_open_path(input_fd, path, &input->fd, &input->status);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    input->size = (uint64_t)input->status.st_size;
    size_t wanted = input->size <= SMALL_BYTES ? (size_t)input->size : BEGINNING_BYTES;
    input->bytes = malloc(wanted + 1);
    if (input->bytes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    result = whole_read_at(input->fd, input->bytes, wanted, 0, &input->bytes_length);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): input->bytes is input_close()'s, by the caller's AUTO */
    return input->size <= SMALL_BYTES ? source_open_memory(input->bytes, input->bytes_length, &input->source)
                                      : source_open_fd_from(input->fd, input->size, input->bytes,
                                                            input->bytes_length, &input->source);
}

/* A file that is written while we read it is not the one that we describe. */
static bool input_is_unchanged(const struct input *input)
{
    struct stat now;
    return fstat(input->fd, &now) == 0 && now.st_size == input->status.st_size &&
           mtime_ns(&now) == mtime_ns(&input->status) &&
           (input->size > SMALL_BYTES || input->bytes_length == input->size);
}

static int make_instance(const struct input *input, const char *path, struct scan_instance **ret_instance)
{
    struct scan_instance *instance = calloc(1, sizeof *instance);
    if (instance == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    instance->study_uid = "";
    instance->series_uid = "";
    instance->sop_uid = "";
    instance->sop_class = "";
    instance->file.path = strdup(path);
    if (instance->file.path == NULL) {
        free(instance);
        return DCMCHAIN_E_MEMORY;
    }
    instance->file.device = input->status.st_dev;
    instance->file.inode = input->status.st_ino;
    instance->file.size = input->size;
    instance->file.mtime_ns = mtime_ns(&input->status);
    *ret_instance = instance;
    return DCMCHAIN_OK;
}

static int set_problem(struct scan_instance *instance, const char *what, const char *why)
{
    if (instance->problem == NULL) {
        instance->problem = text_format("%s%s", what, why);
    }
    return instance->problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

/* A failed instance of which nothing is known but its path. */
static int found_failed(struct scan_finding *finding, const struct input *input, const char *path,
                        const char *what, const char *why)
{
    int result = make_instance(input, path, &finding->instance);
    if (result == DCMCHAIN_OK) {
        finding->found = FOUND_INSTANCE;
        result = set_problem(finding->instance, what, why);
    }
    return result;
}

/* ---- `.tags` ---- */

/* The name begins with the series UID; nothing else of it means anything. */
static void uid_of_name(const char *path, char ret_uid[SCAN_UID_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *hash = strchr(name, '#');
    ret_uid[0] = '\0';
    if (hash != NULL) {
        (void)scan_read_uid(name, (size_t)(hash - name), ret_uid);
    }
}

static int read_whole(const struct input *input, char **ret_text, size_t *ret_length)
{
    if (input->size > LIMIT_JSON_BYTES) {
        return DCMCHAIN_E_INVALID;
    }
    size_t length = 0;
    AUTO_FREE char *text = malloc((size_t)input->size + 1);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = whole_read_at(input->fd, text, (size_t)input->size, 0, &length);
    if (result == DCMCHAIN_OK) {
        text[length] = '\0';
        *ret_text = text;
        text = NULL;
        *ret_length = length;
    }
    return result;
}

static int take_tags(const struct input *input, const char *path, struct scan_shares *shares)
{
    char study_uid[SCAN_UID_SIZE] = "";
    char series_uid[SCAN_UID_SIZE] = "";
    AUTO_FREE char *text = NULL;
    AUTO(identity_cleanup) struct identity *identity = NULL;
    size_t length = 0;
    int result = identity_open(0, &identity);
    if (result == DCMCHAIN_OK) {
        result = read_whole(input, &text, &length);
    }
    if (result == DCMCHAIN_OK) {
        result = scan_harvest_tags(text, length, identity, study_uid, series_uid);
    }
    if (result == DCMCHAIN_E_MEMORY || result == DCMCHAIN_E_IO) {
        return result;
    }
    if (result != DCMCHAIN_OK) {
        uid_of_name(path, series_uid);
        return scan_share_add(shares, "", series_uid, NULL);
    }
    return scan_share_add(shares, study_uid, series_uid, identity);
}

/* ---- DICOM ---- */

static bool has_prefix(const struct input *input)
{
    return input->bytes_length >= 132 && memcmp(input->bytes + 128, "DICM", 4) == 0;
}

/* Takes over what the walk saw; a walk that failed may have seen enough to know the study. */
static int take_instance(struct scan_finding *finding, const struct input *input, struct collector *collector,
                         struct scan_chunk *chunk)
{
    struct scan_instance *instance = finding->instance;
    const char *problem = NULL;
    int result = collector_finish(collector, &chunk->common, instance, &problem);
    if (result == DCMCHAIN_OK && problem != NULL) {
        result = set_problem(instance, problem, "");
    }
    if (result == DCMCHAIN_OK) {
        result = scan_share_add(&chunk->shares, instance->study_uid, "", collector_identity(collector));
    }
    if (result == DCMCHAIN_OK && !input_is_unchanged(input)) {
        free(instance->problem);
        instance->problem = NULL;
        result = set_problem(instance, "it changed while it was read", "");
    }
    return result;
}

/* What neither begins nor is named like DICOM, and shows none of its UIDs, is something else. */
static bool may_be_dicom(const struct input *input, const char *path, const struct collector *collector)
{
    return has_prefix(input) || scan_has_dicom_name(path) || collector_saw_uids(collector);
}

static int found_other(struct scan_finding *finding, const struct input *input, const char *path)
{
    const char *kind = scan_kind(input->bytes, input->bytes_length);
    if (scan_has_dicom_name(path) && !scan_kind_is_text(kind)) {
        return found_failed(finding, input, path, "it is named .dcm but is not DICOM: ", kind);
    }
    finding->found = FOUND_NOT_DICOM;
    finding->reason = kind;
    return DCMCHAIN_OK;
}

/* Within a series many are equal. */
static int keep_layout(const struct walker_layout *layout, struct scan_common *common,
                       struct scan_instance *instance)
{
    char packed[LAYOUT_PACK_BYTES];
    const size_t length = layout_pack(layout, packed);
    instance->layout = intern_keep(&common->texts, packed, length);
    instance->has_stray = layout->stray_length > 0;
    return instance->layout == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int walk_input(const struct input *input, const char *path, struct scan_chunk *chunk,
                      struct scan_finding *finding)
{
    AUTO(collector_cleanup) struct collector *collector = NULL;
    int result = collector_open(&collector);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    char problem[256] = "";
    struct walker_layout layout;
    struct walker_visitor visitor = collector_visitor(collector);
    int walked = walker_walk(input->source, &visitor, &layout, problem, sizeof problem);
    int error = errno;
    if (walked == DCMCHAIN_E_MEMORY) {
        return walked;
    }
    if (walked == DCMCHAIN_E_ABSENT) {
        return found_other(finding, input, path);
    }
    if (collector_is_directory(collector)) {
        finding->found = FOUND_SKIPPED;
        finding->reason = "DICOMDIR";
        return DCMCHAIN_OK;
    }
    if (!may_be_dicom(input, path, collector)) {
        return found_other(finding, input, path);
    }
    result = make_instance(input, path, &finding->instance);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    finding->found = FOUND_INSTANCE;
    if (walked == DCMCHAIN_OK) {
        result = keep_layout(&layout, &chunk->common, finding->instance);
    } else if (problem[0] != '\0') {
        result = set_problem(finding->instance, problem, "");
    } else {
        result = set_problem(finding->instance, "reading: ", scan_error_text(error));
    }
    return result == DCMCHAIN_OK ? take_instance(finding, input, collector, chunk) : result;
}

int scan_read_file(int input_fd, const struct scan_entry *entry, struct scan_chunk *chunk,
                   struct scan_finding *ret_finding)
{
    struct scan_finding finding = {.found = FOUND_SKIPPED, .reason = entry->special};
    if (entry->special != NULL) {
        *ret_finding = finding;
        return DCMCHAIN_OK;
    }
    AUTO(input_close) struct input input = {.fd = -1};
    const char *control = scan_control_name(entry->path);
    int result = input_open(&input, input_fd, entry->path);
    finding.size = input.size;
    if (result == DCMCHAIN_E_MEMORY) {
        return result;
    }
    if (control != NULL && !has_prefix(&input)) {
        finding.reason = control;
        result = !scan_is_tags(entry->path) ? DCMCHAIN_OK
                 : result == DCMCHAIN_OK    ? take_tags(&input, entry->path, &chunk->shares)
                                            : DCMCHAIN_E_IO;
    } else if (result == DCMCHAIN_E_INVALID) {
        result = found_failed(&finding, &input, entry->path, "it is no regular file any more", "");
    } else if (result != DCMCHAIN_OK) {
        result = found_failed(&finding, &input, entry->path, "opening: ", scan_error_text(errno));
    } else {
        result = walk_input(&input, entry->path, chunk, &finding);
    }
    if (result != DCMCHAIN_OK) {
        scan_instance_free(finding.instance);
        return result;
    }
    *ret_finding = finding;
    return DCMCHAIN_OK;
}

int scan_crashed_file(int input_fd, const struct scan_entry *entry, int signal_number,
                      struct scan_finding *ret_finding)
{
    AUTO(input_close) struct input input = {.fd = -1};
    struct scan_finding finding = {.found = FOUND_NOTHING};
    int result = input_open(&input, input_fd, entry->path); /* so that quarantine can copy it */
    if (result != DCMCHAIN_E_MEMORY) {
        result = found_failed(&finding, &input, entry->path, "reading it crashed: signal ",
                              watch_signal_name(signal_number));
    }
    if (result != DCMCHAIN_OK) {
        scan_instance_free(finding.instance);
        return result;
    }
    *ret_finding = finding;
    return DCMCHAIN_OK;
}
