/* prepare.c: takes one instance from its file through the chain to serialised bytes, ready to be placed.
 * It places nothing and touches no output; many run at once. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "run.h"
#include "scan_value.h"
#include "text.h"

/* The bytes of a file that the parser gets: everything but the pixel element. */
struct parts {
    uint8_t *begin;   /* the file up to the data set, or up to the pixel element; owned, as the next two */
    void *inflated;   /* a deflated header; NULL: it is in begin */
    void *trailer;    /* NULL: there is none */
    const void *meta; /* borrowed, as the next two */
    const void *header;
    const uint8_t *preamble; /* NULL: there is none */
};

static void parts_free(struct parts *parts)
{
    free(parts->begin);
    free(parts->inflated);
    free(parts->trailer);
}

/* The file that is being read; its artifact takes it over. */
struct input {
    int fd;
    struct source *file;
};

static void input_close(struct input *input)
{
    source_free(input->file);
    if (input->fd >= 0) {
        (void)close(input->fd);
    }
}

static int read_range(struct source *source, uint64_t offset, uint64_t length, void **ret_bytes)
{
    if (length == 0) {
        *ret_bytes = NULL;
        return DCMCHAIN_OK;
    }
    void *bytes = malloc((size_t)length);
    if (bytes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    size_t got = 0;
    int result = source_seek(source, offset);
    if (result == DCMCHAIN_OK) {
        result = source_read(source, bytes, (size_t)length, &got);
    }
    if (result == DCMCHAIN_OK && got != length) {
        result = DCMCHAIN_E_INVALID; /* the file shrank since the scan */
    }
    if (result != DCMCHAIN_OK) {
        free(bytes);
        return result;
    }
    *ret_bytes = bytes;
    return DCMCHAIN_OK;
}

static int read_deflated(struct source *file, const struct walker_layout *layout, struct parts *parts)
{
    struct source *stream = NULL;
    int result = source_open_inflate(file, layout->dataset_offset, &stream);
    if (result == DCMCHAIN_OK) {
        result = read_range(stream, layout->header_offset, layout->header_length, &parts->inflated);
    }
    if (result == DCMCHAIN_OK) {
        result = read_range(stream, layout->trailer_offset, layout->trailer_length, &parts->trailer);
    }
    source_free(stream);
    parts->header = parts->inflated;
    return result;
}

/* Meta and header in one read. The walker has seen that they are within its limits. */
static int read_parts(struct source *file, const struct walker_layout *layout, struct parts *ret_parts)
{
    void *begin = NULL;
    uint64_t end = layout->deflated ? layout->dataset_offset : layout->header_offset + layout->header_length;
    int result = read_range(file, 0, end, &begin);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    ret_parts->begin = begin;
    ret_parts->preamble = layout->has_prefix ? ret_parts->begin : NULL;
    ret_parts->meta = begin == NULL ? NULL : ret_parts->begin + layout->meta_offset;
    if (layout->deflated) {
        return read_deflated(file, layout, ret_parts);
    }
    ret_parts->header = begin == NULL ? NULL : ret_parts->begin + layout->header_offset;
    return read_range(file, layout->trailer_offset, layout->trailer_length, &ret_parts->trailer);
}

static int parse_file(struct source *file, const struct walker_layout *layout, dcmchain_dataset **ret_dataset,
                      char *ret_problem, size_t problem_size)
{
    AUTO(parts_free) struct parts parts = {0};
    int result = read_parts(file, layout, &parts);
    if (result != DCMCHAIN_OK) {
        (void)snprintf(ret_problem, problem_size, "reading: %s",
                       result == DCMCHAIN_E_INVALID ? "the file changed since the scan"
                                                    : dcmchain_result_text(result));
        return result;
    }
    return dataset_parse(layout, parts.preamble, parts.meta, parts.header, parts.trailer, ret_dataset,
                         ret_problem, problem_size);
}

static int load(struct run *run, const struct scan_instance *source, const struct walker_layout *layout,
                struct input *input, dcmchain_dataset **ret_dataset, char *ret_problem, size_t problem_size)
{
    int result = scan_open_file(run->scan, source, &input->fd);
    if (result != DCMCHAIN_OK) {
        (void)snprintf(ret_problem, problem_size, "opening: %s",
                       result == DCMCHAIN_E_INVALID ? "the file changed since the scan"
                       : result == DCMCHAIN_E_IO    ? strerror(errno)
                                                    : dcmchain_result_text(result));
        return result;
    }
    result = source_open_fd_from(input->fd, source->file.size, NULL, 0, &input->file);
    if (result != DCMCHAIN_OK) {
        (void)snprintf(ret_problem, problem_size, "reading: %s", dcmchain_result_text(result));
        return result;
    }
    return parse_file(input->file, layout, ret_dataset, ret_problem, problem_size);
}

static void fail(struct preparation *preparation, enum prepared result, const char *stage_id,
                 const char *text)
{
    preparation->result = result;
    preparation->text = stage_id == NULL ? strdup(text) : text_format("stage '%s': %s", stage_id, text);
}

/* True where the instance passed every stage. */
static bool run_chain(struct run *run, dcmchain_series *series, struct dcmchain_instance *instance,
                      struct preparation *preparation)
{
    for (size_t i = 0; i < run->context_count; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        const struct dcmchain_stage *stage = &context->entry->stage;
        if (stage->instance == NULL) {
            continue;
        }
        struct dcmchain_scope scope = scope_of(context, series->study, series);
        struct call call;
        call_begin(&call, context, series->study, series, instance);
        int result = stage->instance(context, &scope, instance);
        call_end(&call);
        if (dataset_is_starved(instance->dataset)) {
            result =
                DCMCHAIN_E_MEMORY; /* a stage that took that for another answer may have decided wrongly */
        }
        if (result == DCMCHAIN_OK) {
            continue;
        }
        if (result == DCMCHAIN_DROP) {
            fail(preparation, PREPARED_DROPPED, context->entry->id,
                 call_text()[0] != '\0' ? call_text() : "dropped without a reason");
        } else {
            fail(preparation, result == DCMCHAIN_E_RESIDUAL ? PREPARED_RESIDUAL : PREPARED_FAILED,
                 context->entry->id,
                 result == DCMCHAIN_E_MEMORY ? "out of memory" : call_failure(result, "instance()"));
        }
        return false;
    }
    return true;
}

/* An instance that leaves the chain must still be one: its UIDs present, those that name it as the scan asks
 * of a source, and of that data set that will be in the file. */
static const char *check_final(const dcmchain_item *root, char **ret_sop_uid)
{
    static const uint32_t required[] = {0x00080016, 0x00080018, 0x0020000D, 0x0020000E};
    static const char *const problems[] = {
        "the chain left no usable SOP Class UID", "the chain left no usable SOP Instance UID",
        "the chain left no usable Study Instance UID", "the chain left no usable Series Instance UID"};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        AUTO_FREE char *value = NULL;
        char uid[SCAN_UID_SIZE];
        if (dcmchain_item_get_text(root, required[i], &value) != DCMCHAIN_OK || value[0] == '\0' ||
            strlen(value) >= FINAL_UID_SIZE ||
            (required[i] != 0x00080016 && !scan_read_uid(value, strlen(value), uid))) {
            return problems[i];
        }
        if (required[i] == 0x00080018) {
            *ret_sop_uid = value;
            value = NULL;
        }
    }
    return NULL;
}

/* Takes the instance's data set over, and the input. */
static void finish(struct dcmchain_instance *instance, struct input *input, struct preparation *preparation)
{
    dcmchain_dataset *dataset = instance->dataset;
    struct dcmchain_artifact *artifact = artifact_new(instance->series->study, instance->series);
    if (artifact == NULL) {
        dcmchain_dataset_free(dataset);
        fail(preparation, PREPARED_FAILED, NULL, "out of memory");
        return;
    }
    struct artifact_work *work = artifact->work;
    artifact->instance_ordinal = instance->source->ordinal;
    work->source = instance->source;
    work->layout = instance->layout;
    work->dataset = dataset;
    work->fd = input->fd;
    work->file = input->file;
    *input = (struct input){.fd = -1};
    preparation->artifact = artifact;
    const dcmchain_item *root = dcmchain_dataset_root(dataset);
    const char *problem = check_final(root, &work->sop_uid);
    int result = problem == NULL ? substitution_values(root, &preparation->finals) : DCMCHAIN_OK;
    if (problem == NULL && result == DCMCHAIN_OK) {
        result = dataset_serialise(dataset, &work->bytes);
    }
    if (problem == NULL && result == DCMCHAIN_OK && instance->pixels != NULL &&
        pixel_access_take(instance->pixels, &work->patches) != DCMCHAIN_OK) {
        problem = "patches of pixel data overlap";
    }
    if (problem == NULL && result != DCMCHAIN_OK) {
        problem = result == DCMCHAIN_E_MEMORY ? "out of memory" : "the data set cannot be serialised";
    }
    if (problem != NULL) {
        fail(preparation, PREPARED_FAILED, NULL, problem);
    }
}

struct watch_task prepare_task(const dcmchain_series *series, const struct scan_instance *source)
{
    return (struct watch_task){WATCH_INSTANCE, series->study->source->ordinal, series->source->ordinal,
                               source->ordinal, source->file.number};
}

static void prepare_watched(struct run *run, dcmchain_series *series, struct scan_instance *source, bool head,
                            struct preparation *ret_preparation)
{
    if (source->problem != NULL) {
        fail(ret_preparation, PREPARED_FAILED, NULL, source->problem);
        return;
    }
    char problem[256] = "";
    dcmchain_dataset *dataset = NULL;
    AUTO(input_close) struct input input = {.fd = -1};
    struct dcmchain_instance instance = {.source = source, .series = series, .head = head};
    scan_layout(source, &instance.layout);
    if (load(run, source, &instance.layout, &input, &dataset, problem, sizeof problem) != DCMCHAIN_OK) {
        fail(ret_preparation, PREPARED_FAILED, NULL, problem);
        return;
    }
    instance.dataset = dataset;
    instance.file = input.file;
    if (run->explain != NULL &&
        explain_dataset(run->explain, run, dataset, source->sop_class) != DCMCHAIN_OK) {
        fail(ret_preparation, PREPARED_FAILED, NULL, "it cannot be explained");
        dcmchain_dataset_free(dataset);
        return;
    }
    if (run_chain(run, series, &instance, ret_preparation)) {
        finish(&instance, &input, ret_preparation);
    } else {
        dcmchain_dataset_free(dataset);
    }
    pixel_access_free(instance.pixels);
}

void prepare_instance(struct run *run, dcmchain_series *series, struct scan_instance *source, bool head,
                      struct preparation *ret_preparation)
{
    *ret_preparation = (struct preparation){0};
    const struct watch_task task = prepare_task(series, source);
    AUTO_FREE char *text = NULL;
    if (watch_crash_of(run->options.watch, &task, &text) != DCMCHAIN_E_ABSENT) {
        fail(ret_preparation, PREPARED_FAILED, NULL, text == NULL ? "out of memory" : text);
        return;
    }
    watch_begin(run->options.watch, &task);
    prepare_watched(run, series, source, head, ret_preparation);
    watch_end(run->options.watch);
}

void preparation_free(struct preparation *preparation)
{
    free(preparation->text);
    artifact_free(preparation->artifact);
    substitution_values_free(preparation->finals);
    *preparation = (struct preparation){0};
}
