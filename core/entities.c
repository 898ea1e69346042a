/* entities.c: the studies and series of a run, and what stages may ask about them, instances and artifacts.
 * It answers; it changes nothing but what it makes and frees. */
#include <stdlib.h>

#include "run.h"

static int series_make(dcmchain_study *study, dcmchain_series *series, const struct scan_series *source)
{
    series->study = study;
    series->source = source;
    series->counts.found = source->count;
    series->handles = calloc(study->run->context_count, sizeof *series->handles);
    if (series->handles == NULL || substitution_open(&series->substitution) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    const char *added = NULL;
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < source->count && result == DCMCHAIN_OK; i++) {
        const struct scan_instance *instance = source->instances[i];
        const char *values[SCAN_ATTRIBUTES];
        if (instance->attributes == added) {
            continue; /* as the one before: of that, nothing is new */
        }
        added = instance->attributes;
        scan_values(instance, values);
        result = substitution_add_sources(&series->substitution, values, true);
        if (result == DCMCHAIN_OK) {
            result = substitution_add_sources(&study->substitution, values, false);
        }
    }
    return result;
}

static int study_make(struct run *run, dcmchain_study *study, const struct scan_study *source)
{
    study->run = run;
    study->source = source;
    (void)pthread_mutex_init(&study->lock, NULL);
    (void)pthread_cond_init(&study->changed, NULL);
    study->series = calloc(source->count == 0 ? 1 : source->count, sizeof *study->series);
    study->handles = calloc(run->context_count, sizeof *study->handles);
    if (study->series == NULL || study->handles == NULL ||
        substitution_open(&study->substitution) != DCMCHAIN_OK || names_open(&study->names) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    study->series_count = source->count;
    for (size_t i = 0; i < source->count; i++) {
        int result = series_make(study, &study->series[i], &source->series[i]);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        study->counts.found += source->series[i].count;
    }
    for (char **warning = source->warnings; warning != NULL && *warning != NULL; warning++) {
        tally_add(&study->warnings, *warning, 1);
    }
    return DCMCHAIN_OK;
}

int studies_make(struct run *run)
{
    run->studies = calloc(run->scan->study_count == 0 ? 1 : run->scan->study_count, sizeof *run->studies);
    if (run->studies == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < run->scan->study_count; i++) {
        run->study_count = i + 1; /* studies_free() takes a half-made one too */
        run->studies[i].first_series =
            i == 0 ? 0 : run->studies[i - 1].first_series + run->studies[i - 1].series_count;
        int result = study_make(run, &run->studies[i], &run->scan->studies[i]);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    scan_forget_values(run->scan); /* nobody asks again */
    return DCMCHAIN_OK;
}

static void series_free(dcmchain_series *series)
{
    artifact_list_free(&series->artifacts, &series->artifact_count);
    dcmchain_dataset_free(series->head);
    free(series->handles);
    substitution_free(&series->substitution);
    tally_free(&series->dropped);
    tally_free(&series->quarantined);
}

void studies_free(struct run *run)
{
    for (size_t i = 0; i < run->study_count; i++) {
        dcmchain_study *study = &run->studies[i];
        for (size_t k = 0; k < study->series_count; k++) {
            series_free(&study->series[k]);
        }
        artifact_list_free(&study->documents, &study->document_count);
        text_free(&study->tree);
        free(study->series);
        free(study->handles);
        free(study->problem);
        free(study->folder);
        names_free(study->names);
        arena_free(&study->texts);
        substitution_free(&study->substitution);
        tally_free(&study->warnings);
        tally_free(&study->notes);
        (void)pthread_mutex_destroy(&study->lock);
        (void)pthread_cond_destroy(&study->changed);
    }
    free(run->studies);
    run->studies = NULL;
    run->study_count = 0;
}

struct dcmchain_scope scope_of(const struct dcmchain_context *context, dcmchain_study *study,
                               dcmchain_series *series)
{
    size_t index = (size_t)(context - context->run->contexts);
    return (struct dcmchain_scope){
        .run = context->handle,
        .study = study == NULL ? NULL : study->handles[index],
        .series = series == NULL ? NULL : series->handles[index],
        .study_info = study,
        .series_info = series,
    };
}

/* ---- studies and series, as stage.h says ---- */

uint32_t dcmchain_study_ordinal(const dcmchain_study *study)
{
    return study->source->ordinal;
}

uint32_t dcmchain_series_ordinal(const dcmchain_series *series)
{
    return series->source->ordinal;
}

size_t dcmchain_study_series_count(const dcmchain_study *study)
{
    return study->series_count;
}

dcmchain_series *dcmchain_study_series(const dcmchain_study *study, size_t index)
{
    return index < study->series_count ? &study->series[index] : NULL;
}

void dcmchain_study_counts(const dcmchain_study *study, struct dcmchain_counts *ret_counts)
{
    struct dcmchain_counts sum = {0};
    for (size_t i = 0; i < study->series_count; i++) {
        const struct dcmchain_counts *counts = &study->series[i].counts;
        sum.found += counts->found;
        sum.published += counts->published;
        sum.dropped += counts->dropped;
        sum.quarantined += counts->quarantined;
        sum.duplicates += counts->duplicates;
    }
    *ret_counts = sum;
}

void dcmchain_series_counts(const dcmchain_series *series, struct dcmchain_counts *ret_counts)
{
    *ret_counts = series->counts;
}

const char *dcmchain_study_source(const dcmchain_study *study, uint32_t tag)
{
    return substitution_source(&study->substitution, tag);
}

const char *dcmchain_study_final(const dcmchain_study *study, uint32_t tag)
{
    return substitution_final(&study->substitution, tag);
}

const char *dcmchain_series_source(const dcmchain_series *series, uint32_t tag)
{
    const char *value = substitution_source(&series->substitution, tag);
    return value != NULL ? value : substitution_source(&series->study->substitution, tag);
}

const char *dcmchain_series_final(const dcmchain_series *series, uint32_t tag)
{
    const char *value = substitution_final(&series->substitution, tag);
    return value != NULL ? value : substitution_final(&series->study->substitution, tag);
}

const dcmchain_item *dcmchain_series_head(const dcmchain_series *series)
{
    return series->head == NULL ? NULL : dcmchain_dataset_root(series->head);
}

size_t dcmchain_study_identity_count(const dcmchain_study *study)
{
    return identity_count(study->source->identity);
}

const struct dcmchain_identity *dcmchain_study_identity(const dcmchain_study *study, size_t index)
{
    return index < identity_count(study->source->identity) ? identity_at(study->source->identity, index)
                                                           : NULL;
}

const char *dcmchain_study_warning(const dcmchain_study *study, size_t index)
{
    return index < study->warnings.count ? study->warnings.entries[index].text : NULL;
}

/* ---- instances ---- */

uint32_t dcmchain_instance_ordinal(const dcmchain_instance *instance)
{
    return instance->source->ordinal;
}

uint32_t dcmchain_instance_is_head(const dcmchain_instance *instance)
{
    return instance->head ? 1 : 0;
}

dcmchain_dataset *dcmchain_instance_dataset(dcmchain_instance *instance)
{
    return instance->dataset;
}

static int pixels_of(dcmchain_instance *instance, struct pixel_access **ret_pixels)
{
    int result = DCMCHAIN_OK;
    if (instance->pixels == NULL) {
        result = pixel_access_new(instance->file, &instance->layout, &instance->pixels);
    }
    *ret_pixels = instance->pixels;
    return result;
}

int dcmchain_instance_pixel_read(dcmchain_instance *instance, uint64_t offset_bytes, void *buffer,
                                 size_t length_bytes, size_t *ret_read)
{
    struct pixel_access *pixels = NULL;
    int result = pixels_of(instance, &pixels);
    return result != DCMCHAIN_OK ? result
                                 : pixel_access_read(pixels, offset_bytes, buffer, length_bytes, ret_read);
}

int dcmchain_instance_pixel_patch(dcmchain_instance *instance, uint64_t offset_bytes, const void *bytes,
                                  uint64_t length_bytes)
{
    struct pixel_access *pixels = NULL;
    int result = pixels_of(instance, &pixels);
    return result != DCMCHAIN_OK ? result : pixel_access_patch(pixels, offset_bytes, bytes, length_bytes);
}

int dcmchain_instance_pixel_mask(dcmchain_instance *instance, uint64_t offset_bytes, uint64_t length_bytes,
                                 const uint8_t *mask, size_t mask_bytes)
{
    struct pixel_access *pixels = NULL;
    int result = pixels_of(instance, &pixels);
    return result != DCMCHAIN_OK ? result
                                 : pixel_access_mask(pixels, offset_bytes, length_bytes, mask, mask_bytes);
}

const char *dcmchain_instance_source_sop_instance_uid(const dcmchain_instance *instance)
{
    return instance->source->sop_uid;
}

const char *dcmchain_instance_sop_class_uid(const dcmchain_instance *instance)
{
    return instance->source->sop_class;
}

const char *dcmchain_instance_patient_key(const dcmchain_instance *instance)
{
    return instance->source->patient_key == NULL ? "" : instance->source->patient_key;
}

uint32_t dcmchain_wants_changes(const dcmchain_context *context)
{
    return context->run->changes != NULL || context->run->explain != NULL ? 1 : 0;
}

void dcmchain_change(dcmchain_context *context, const dcmchain_instance *instance,
                     const struct dcmchain_position *position, uint32_t tag, const char *action,
                     const char *rule, const char *before, const char *after)
{
    if (context->run->explain != NULL) {
        explain_change(context->run->explain, context->entry->id, position, tag, action, rule, before, after);
    }
    if (context->run->changes != NULL) {
        changes_add(context->run->changes, instance->series->study->source->ordinal,
                    instance->series->source->ordinal, context->entry->id, position, tag, action, rule,
                    before, after);
    }
}

/* ---- artifacts ---- */

const char *dcmchain_artifact_kind(const dcmchain_artifact *artifact)
{
    return artifact->kind == NULL ? DCMCHAIN_KIND_IMAGE : artifact->kind;
}

const char *dcmchain_artifact_extension(const dcmchain_artifact *artifact)
{
    return artifact->extension == NULL ? ".dcm" : artifact->extension;
}

const char *dcmchain_artifact_path(const dcmchain_artifact *artifact)
{
    return artifact->path;
}

uint64_t dcmchain_artifact_size(const dcmchain_artifact *artifact)
{
    return artifact->size;
}

const char *dcmchain_artifact_sop_instance_uid(const dcmchain_artifact *artifact)
{
    return artifact->sop_uid == NULL ? "" : artifact->sop_uid;
}

uint32_t dcmchain_artifact_instance_ordinal(const dcmchain_artifact *artifact)
{
    return artifact->instance_ordinal;
}

static const dcmchain_item *first_head(const dcmchain_study *study)
{
    for (size_t i = 0; i < study->series_count; i++) {
        if (study->series[i].head != NULL) {
            return dcmchain_dataset_root(study->series[i].head);
        }
    }
    return NULL;
}

const dcmchain_item *dcmchain_artifact_item(const dcmchain_artifact *artifact)
{
    if (artifact->work != NULL && artifact->work->dataset != NULL) {
        return dcmchain_dataset_root(artifact->work->dataset);
    }
    return artifact->series != NULL ? dcmchain_series_head(artifact->series) : first_head(artifact->study);
}

dcmchain_artifact *dcmchain_series_artifact(const dcmchain_series *series, size_t index)
{
    return index < series->artifact_count ? series->artifacts[index] : NULL;
}

dcmchain_artifact *dcmchain_study_artifact(const dcmchain_study *study, size_t index)
{
    for (size_t i = 0; i < study->series_count; i++) {
        if (index < study->series[i].artifact_count) {
            return study->series[i].artifacts[index];
        }
        index -= study->series[i].artifact_count;
    }
    return index < study->document_count ? study->documents[index] : NULL;
}
