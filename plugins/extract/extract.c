/* extract.c: the stage: a JSON document a series, of its head as it is published. It takes everything from
 * final values, so it may stand anywhere in a chain; it must not change a data set. */
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "config.h"
#include "document.h"
#include "varying.h"

#define KIND_INSTANCE_DATA "instance-data" /* the table of format dicom-json */
#define MOST_HEADER_BYTES                                                                                    \
    (256ULL << 20) /* read for one row of the table; the core reads no longer header                         \
                    */

struct run_state {
    const struct extract_config *config;
    uint32_t *tags;
    struct selection selection;
};

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct run_state *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->config = config;
    int result = extract_read_attributes(context, run->config, &run->tags);
    if (result != DCMCHAIN_OK) {
        free(run);
        return result;
    }
    run->selection = (struct selection){run->tags, run->config->attributes.count,
                                        (uint64_t)run->config->longest_value, run->config->format};
    *ret_run = run;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *closure, uint32_t outcome)
{
    struct run_state *run = closure;
    (void)context;
    (void)outcome;
    free(run->tags);
    free(run);
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    const struct run_state *run = scope->run;
    struct varying *varying = NULL;
    if (run->config->varying && varying_open(&varying) != DCMCHAIN_OK) {
        return dcmchain_error(context, "out of memory");
    }
    *ret_series = varying;
    return DCMCHAIN_OK;
}

/* ---- the final values of one instance, for the table ---- */

static bool is_header(uint32_t type)
{
    return type == DCMCHAIN_SEGMENT_META || type == DCMCHAIN_SEGMENT_HEADER ||
           type == DCMCHAIN_SEGMENT_TRAILER || type == DCMCHAIN_SEGMENT_DEFLATED;
}

static int read_segment(dcmchain_artifact *artifact, const struct dcmchain_segment *segment, uint8_t *buffer)
{
    uint64_t done = 0;
    while (done < segment->length_bytes) {
        size_t got = 0;
        int result = dcmchain_artifact_read(artifact, segment->offset_bytes + done, buffer + done,
                                            (size_t)(segment->length_bytes - done), &got);
        if (result != DCMCHAIN_OK || got == 0) {
            return result != DCMCHAIN_OK ? result : DCMCHAIN_E_INVALID;
        }
        done += got;
    }
    return DCMCHAIN_OK;
}

/* The file as it will be published, but for its pixels: a data set of its own. */
static int read_final(dcmchain_artifact *artifact, dcmchain_dataset **ret_dataset)
{
    struct dcmchain_segment segment;
    uint64_t length = 0;
    for (size_t i = 0; dcmchain_artifact_segment(artifact, i, &segment) == DCMCHAIN_OK; i++) {
        length += is_header(segment.type) ? segment.length_bytes : 0;
    }
    if (length > MOST_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    AUTO_FREE uint8_t *bytes = malloc((size_t)length + 1);
    uint64_t done = 0;
    int result = bytes == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0;
         result == DCMCHAIN_OK && dcmchain_artifact_segment(artifact, i, &segment) == DCMCHAIN_OK; i++) {
        if (is_header(segment.type)) {
            result = read_segment(artifact, &segment, bytes + done);
            done += segment.length_bytes;
        }
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees bytes */
    return result == DCMCHAIN_OK ? dcmchain_dataset_read(bytes, (size_t)length, ret_dataset) : result;
}

/* Documents, and files behind the closing of the series, have no row. */
static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *shown)
{
    const struct run_state *run = scope->run;
    uint32_t ordinal = dcmchain_artifact_instance_ordinal(shown);
    if (!run->config->varying || ordinal == 0) {
        return DCMCHAIN_OK;
    }
    struct members members = {0};
    dcmchain_dataset *dataset = NULL;
    int result = read_final(shown, &dataset);
    if (result == DCMCHAIN_OK) {
        result = members_read(dcmchain_dataset_root(dataset), &run->selection, &members);
    }
    if (result == DCMCHAIN_OK) {
        result = varying_add(scope->series, ordinal, &members);
    }
    members_free(&members);
    dcmchain_dataset_free(dataset);
    return result == DCMCHAIN_OK ? result
                                 : dcmchain_error(context, "reading the final values of an instance: %s",
                                                  dcmchain_result_text(result));
}

/* ---- documents ---- */

static int emit(dcmchain_context *context, const struct dcmchain_scope *scope, const char *kind,
                struct json *json)
{
    AUTO_FREE char *text = json_take(json, true);
    return text == NULL ? DCMCHAIN_E_MEMORY
                        : dcmchain_emit(context, scope, kind, ".json", text, strlen(text));
}

static int emit_document(dcmchain_context *context, const struct dcmchain_scope *scope,
                         const struct members *members, struct varying *table)
{
    const struct run_state *run = scope->run;
    struct dcmchain_counts counts;
    struct json json = {0};
    int result = DCMCHAIN_OK;
    dcmchain_series_counts(scope->series_info, &counts);
    json_open(&json, NULL, '{', false);
    members_write(&json, members, run->config->format, counts.published);
    if (table != NULL && run->config->format == EXTRACT_KEYWORD) {
        result = varying_write_table(table, &json);
    }
    json_close(&json, '}');
    if (result == DCMCHAIN_OK) {
        result = emit(context, scope, DCMCHAIN_KIND_SERIES_DATA, &json);
    }
    json_free(&json);
    if (result == DCMCHAIN_OK && table != NULL && run->config->format == EXTRACT_DICOM_JSON) {
        result = varying_write_dicom_json(table, &json);
        result = result == DCMCHAIN_OK ? emit(context, scope, KIND_INSTANCE_DATA, &json) : result;
        json_free(&json);
    }
    return result;
}

static int make_documents(dcmchain_context *context, const struct dcmchain_scope *scope)
{
    const struct run_state *run = scope->run;
    const dcmchain_item *head = dcmchain_series_head(scope->series_info);
    struct varying *table = scope->series;
    struct members members = {0};
    if (head == NULL) {
        return dcmchain_error(context, "the series has no head");
    }
    if (table != NULL && !varying_is_complete(table)) {
        dcmchain_warn(context, "a series has more than %u different attributes: no table of what varies",
                      VARYING_COLUMNS);
        table = NULL;
    }
    int result = members_read(head, &run->selection, &members);
    if (result == DCMCHAIN_OK && members.undecodable > 0) {
        dcmchain_warn(context, "a value that does not decode in its character set is null in the document");
    }
    if (result == DCMCHAIN_OK) {
        result = emit_document(context, scope, &members, table);
    }
    members_free(&members);
    return result == DCMCHAIN_OK
               ? result
               : dcmchain_error(context, "the document of a series: %s", dcmchain_result_text(result));
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    int result = ok ? make_documents(context, scope) : DCMCHAIN_OK;
    varying_free(scope->series);
    return result;
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof stage,
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "extract",
        .version = EXTRACT_VERSION,
        .summary = "writes the main attributes of each series as a JSON document",
        .settings = extract_settings,
        .settings_count = EXTRACT_SETTINGS,
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct extract_config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .series_open = series_open,
        .artifact = artifact,
        .series_close = series_close,
        .run_close = run_close,
    };
    return &stage;
}
