/* extract.c: the stage "extract": one JSON document a series, with the main attributes of its de-identified
 * head and the number of instances published. It must stand behind the stages that edit. */
#include <stdlib.h>
#include <string.h>

#include "dcmchain/stage.h"
#include "keyword_json.h"
#include "varying.h"

#define TAG_INSTANCES 0x00201209U /* Number of Series Related Instances */

enum { FORMAT_KEYWORD, FORMAT_DICOM_JSON };
static const char *const formats[] = {"keyword", "dicom-json", NULL};

struct config {
    struct dcmchain_strings attributes;
    int32_t format;
    int32_t varying;
};

static const struct dcmchain_setting settings[] = {
    {.key = "attributes",
     .type = DCMCHAIN_SETTING_STRINGS,
     .fallback = "[]",
     .help = "Which attributes of the head to write, by keyword or tag; an empty list stands for all that "
             "are not bulk data.",
     .offset = offsetof(struct config, attributes)},
    {.key = "format",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"keyword\"",
     .choices = formats,
     .help = "keyword: keys are DICOM keywords, values plain JSON; dicom-json: the DICOM JSON model of "
             "PS3.18 Annex F.",
     .offset = offsetof(struct config, format)},
    {.key = "varying",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "false",
     .help = "Add a table \"varying\" of what differs between the instances, one row for each (format "
             "keyword only).",
     .offset = offsetof(struct config, varying)},
};

struct run {
    const struct config *config;
    uint32_t *tags; /* of config->attributes */
};

/* ---- opening and closing ---- */

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    const struct config *own = config;
    if (own->varying && own->format == FORMAT_DICOM_JSON) {
        return dcmchain_error(
            context, "setting 'varying': it needs the format 'keyword', PS3.18 Annex F has no place for it");
    }
    struct run *run = calloc(1, sizeof *run);
    uint32_t *tags = calloc(own->attributes.count == 0 ? 1 : own->attributes.count, sizeof *tags);
    if (run == NULL || tags == NULL) {
        free(run);
        free(tags);
        return dcmchain_error(context, "out of memory");
    }
    for (size_t i = 0; i < own->attributes.count; i++) {
        if (dcmchain_tag_parse(own->attributes.values[i], &tags[i]) != DCMCHAIN_OK) {
            free(run);
            free(tags);
            return dcmchain_error(
                context, "setting 'attributes': member %zu is neither a keyword of PS3.6 nor a tag", i + 1);
        }
    }
    run->config = own;
    run->tags = tags;
    *ret_run = run;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    free(((struct run *)run)->tags);
    free(run);
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    const struct run *run = scope->run;
    struct varying *varying = NULL;
    if (run->config->varying && varying_open(&varying) != DCMCHAIN_OK) {
        return dcmchain_error(context, "out of memory");
    }
    *ret_series = varying;
    return DCMCHAIN_OK;
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_instance *instance)
{
    if (scope->series == NULL) {
        return DCMCHAIN_OK;
    }
    int result = varying_add(scope->series, dcmchain_instance_ordinal(instance),
                             dcmchain_dataset_root(dcmchain_instance_dataset(instance)));
    return result == DCMCHAIN_OK ? result : dcmchain_error(context, "out of memory");
}

/* ---- the document ---- */

static bool add(cJSON *object, const char *key, cJSON *value)
{
    if (value == NULL || !cJSON_AddItemToObject(object, key, value)) {
        cJSON_Delete(value);
        return false;
    }
    return true;
}

static cJSON *selected(const struct run *run, const dcmchain_item *head)
{
    cJSON *object = cJSON_CreateObject();
    bool well = object != NULL;
    for (size_t i = 0; well && i < run->config->attributes.count; i++) {
        char key[80];
        const dcmchain_element *element = dcmchain_item_find(head, run->tags[i]);
        keyword_key(run->tags[i], key, sizeof key);
        if (element != NULL && !keyword_skips(element) &&
            cJSON_GetObjectItemCaseSensitive(object, key) == NULL) {
            well = add(object, key, keyword_value(element));
        }
    }
    if (!well) {
        cJSON_Delete(object);
        object = NULL;
    }
    return object;
}

static cJSON *keyword_document(const struct run *run, const struct dcmchain_scope *scope, uint64_t instances)
{
    const dcmchain_item *head = dcmchain_series_head(scope->series_info);
    cJSON *object = run->config->attributes.count > 0 ? selected(run, head) : keyword_item(head);
    char key[80];
    keyword_key(TAG_INSTANCES, key, sizeof key);
    if (object == NULL) {
        return NULL;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
    bool well = add(object, key, cJSON_CreateNumber((double)instances));
    if (well && scope->series != NULL) {
        well = add(object, "varying", varying_table(scope->series, scope->series_info));
    }
    if (!well) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static bool is_selected(const struct run *run, const char *key)
{
    uint32_t tag = 0;
    if (run->config->attributes.count == 0) {
        return true;
    }
    for (size_t i = 0; i < run->config->attributes.count; i++) {
        if (dcmchain_tag_parse(key, &tag) == DCMCHAIN_OK && tag == run->tags[i]) {
            return true;
        }
    }
    return false;
}

static cJSON *dicom_document(const struct run *run, const struct dcmchain_scope *scope, uint64_t instances)
{
    char *text = NULL;
    if (dcmchain_item_to_json(dcmchain_series_head(scope->series_info), &text) != DCMCHAIN_OK) {
        return NULL;
    }
    cJSON *object = cJSON_Parse(text);
    dcmchain_free(text);
    for (cJSON *member = object == NULL ? NULL : object->child; member != NULL;) {
        cJSON *next = member->next;
        if (!is_selected(run, member->string) || strcmp(member->string, "00201209") == 0) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
        }
        member = next;
    }
    cJSON *count = object == NULL ? NULL : cJSON_AddObjectToObject(object, "00201209");
    cJSON *values = count != NULL && cJSON_AddStringToObject(count, "vr", "IS") != NULL
                        ? cJSON_AddArrayToObject(count, "Value")
                        : NULL;
    cJSON *number = values == NULL ? NULL : cJSON_CreateNumber((double)instances);
    if (number == NULL || !cJSON_AddItemToArray(values, number)) {
        cJSON_Delete(number);
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static int emit(dcmchain_context *context, const struct dcmchain_scope *scope)
{
    const struct run *run = scope->run;
    struct dcmchain_counts counts;
    dcmchain_series_counts(scope->series_info, &counts);
    cJSON *document = run->config->format == FORMAT_DICOM_JSON
                          ? dicom_document(run, scope, counts.published)
                          : keyword_document(run, scope, counts.published);
    char *text = document == NULL ? NULL : cJSON_Print(document);
    cJSON_Delete(document);
    if (text == NULL) {
        return dcmchain_error(
            context, "the document could not be made: out of memory, or a value of the head cannot be read");
    }
    int result = dcmchain_emit(context, scope, DCMCHAIN_KIND_SERIES_DATA, ".json", text, strlen(text));
    cJSON_free(text);
    return result;
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    int result = ok ? emit(context, scope) : DCMCHAIN_OK;
    varying_free(scope->series);
    return result;
}

DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof(struct dcmchain_stage),
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "extract",
        .version = "0.1.0",
        .summary = "writes the main attributes of each series as JSON",
        .settings = settings,
        .settings_count = sizeof settings / sizeof settings[0],
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .series_open = series_open,
        .instance = instance,
        .series_close = series_close,
        .run_close = run_close,
    };
    return &stage;
}
