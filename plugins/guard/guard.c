/* guard.c: the stage: searches everything that would be published for the identity of its study, and stops
 * the study at a hit. It shares no code with what removes the identity, and never shows a value. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "config.h"
#include "dates.h"
#include "inspect.h"
#include "scrub.h"

#define TAG_STUDY_DATE 0x00080020U
#define CLASSES_BYTES 400U
#define FINDINGS_BYTES 900U

struct guard_run {
    const struct guard_config *config;
    struct own_words *own;
};

struct guard_study {
    struct patterns *patterns;
    struct dates *dates;
    struct passed_pool *passed; /* values in which nothing was found */
};

/* ---- the run ---- */

static void run_close(dcmchain_context *context, void *handle, uint32_t outcome)
{
    struct guard_run *run = handle;
    (void)context;
    (void)outcome;
    own_words_free(run->own);
    free(run);
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct guard_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->config = config;
    AUTO_API char *description = NULL;
    int result = dcmchain_describe_run(context, &description);
    if (result == DCMCHAIN_OK) {
        result = own_words_open(description, &run->own);
    }
    if (result != DCMCHAIN_OK) {
        run_close(context, run, DCMCHAIN_OUTCOME_FAILED);
        return dcmchain_error(context, "the pipeline cannot be described: %s", dcmchain_result_text(result));
    }
    *ret_run = run;
    return DCMCHAIN_OK;
}

/* ---- the study ---- */

static void study_free(struct guard_study *study)
{
    patterns_free(study->patterns);
    dates_free(study->dates);
    passed_pool_free(study->passed);
    free(study);
}

/* What is not searched everywhere is said: by class and number, never what it is. */
static void tell_common(dcmchain_context *context, const struct patterns *patterns)
{
    char list[CLASSES_BYTES] = "";
    size_t used = 0;
    for (uint32_t class_id = 1; class_id < DCMCHAIN_IDENTITY_CLASSES && used < sizeof list; class_id++) {
        uint32_t count = patterns_common_count(patterns, class_id);
        if (count > 0) {
            int length = snprintf(list + used, sizeof list - used, "%s%s %u", used > 0 ? ", " : "",
                                  guard_class_name(class_id), count);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    if (used > 0) {
        dcmchain_note(context, "too short or common to be searched everywhere: %s", list);
    }
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    const struct guard_run *run = scope->run;
    struct guard_study *study = calloc(1, sizeof *study);
    int result = study == NULL ? DCMCHAIN_E_MEMORY : dates_open(&study->dates);
    if (result == DCMCHAIN_OK) {
        result = patterns_open(scope->study_info, run->config->kept, &study->patterns);
    }
    if (result == DCMCHAIN_OK) {
        result = passed_pool_open(&study->passed);
    }
    if (result != DCMCHAIN_OK) {
        if (study != NULL) {
            study_free(study);
        }
        return dcmchain_error(context, "the identity cannot be searched for: %s",
                              dcmchain_result_text(result));
    }
    tell_common(context, study->patterns);
    *ret_study = study;
    return DCMCHAIN_OK;
}

/* ---- findings ---- */

struct seen {
    const struct dcmchain_scope *scope;
    dcmchain_artifact *artifact;
    uint32_t counts[DCMCHAIN_IDENTITY_CLASSES];
    char where[DCMCHAIN_IDENTITY_CLASSES][INSPECT_WHERE_BYTES]; /* the first of each class */
};

static int judge(dcmchain_context *context, const struct guard_config *config, const char *text)
{
    if (config->mode == GUARD_WARN) {
        dcmchain_warn(context, "identifiers are left: %s", text);
        return DCMCHAIN_OK;
    }
    return dcmchain_residual(context, "identifiers are left: %s", text);
}

/* One text for all findings of an artifact: each class with its first place. */
static int judge_seen(dcmchain_context *context, const struct guard_config *config, const struct seen *seen)
{
    char text[FINDINGS_BYTES] = "";
    size_t used = 0;
    for (uint32_t class_id = 1; class_id < DCMCHAIN_IDENTITY_CLASSES; class_id++) {
        if (seen->counts[class_id] > 0 && used < sizeof text) {
            int length = snprintf(text + used, sizeof text - used, "%s%s in %s", used > 0 ? ", " : "",
                                  guard_class_name(class_id), seen->where[class_id]);
            used += length > 0 ? (size_t)length : 0;
        }
        if (seen->counts[class_id] > 1 && used < sizeof text) {
            int length =
                snprintf(text + used, sizeof text - used, " (and %u more)", seen->counts[class_id] - 1);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    return used == 0 ? DCMCHAIN_OK : judge(context, config, text);
}

static void count(struct seen *seen, uint32_t class_id, const char *where)
{
    if (seen->counts[class_id]++ == 0) {
        (void)snprintf(seen->where[class_id], sizeof seen->where[class_id], "%s", where);
    }
}

static int see_finding(void *closure, const char *where, const struct finding *finding)
{
    struct seen *seen = closure;
    const struct guard_study *study = seen->scope->study;
    if (finding->day == 0) {
        count(seen, finding->class_id, where);
        return DCMCHAIN_OK;
    }
    char full[INSPECT_WHERE_BYTES + 100];
    if (dcmchain_artifact_instance_ordinal(seen->artifact) != 0) {
        (void)snprintf(
            full, sizeof full, "%s in instance %u of series %u: %s", guard_class_name(finding->class_id),
            dcmchain_artifact_instance_ordinal(seen->artifact),
            seen->scope->series_info == NULL ? 0 : dcmchain_series_ordinal(seen->scope->series_info), where);
    } else {
        (void)snprintf(full, sizeof full, "%s in document '%s': %s", guard_class_name(finding->class_id),
                       dcmchain_artifact_kind(seen->artifact), where);
    }
    if (dates_add(study->dates, finding->day, finding->class_id, full) != DCMCHAIN_OK) {
        count(seen, finding->class_id, where); /* too many to be judged later: it stands */
    }
    return DCMCHAIN_OK;
}

static int artifact_seen(dcmchain_context *context, const struct dcmchain_scope *scope,
                         dcmchain_artifact *artifact)
{
    const struct guard_run *run = scope->run;
    const struct guard_study *study = scope->study;
    struct seen seen;
    seen.scope = scope; /* its texts are big, and written only where something is found */
    seen.artifact = artifact;
    memset(seen.counts, 0, sizeof seen.counts);
    struct passed *passed = passed_borrow(study->passed);
    int result = inspect_artifact(context, study->patterns, run->own, passed, artifact, see_finding, &seen);
    passed_return(study->passed, passed);
    return result != DCMCHAIN_OK ? result : judge_seen(context, run->config, &seen);
}

static int instance_seen(dcmchain_context *context, const struct dcmchain_scope *scope,
                         dcmchain_instance *instance)
{
    const struct guard_run *run = scope->run;
    const struct guard_study *study = scope->study;
    size_t count = 0;
    if (run->config->mode != GUARD_SCRUB) {
        return DCMCHAIN_OK;
    }
    int result = scrub_instance(context, study->patterns, instance, &count);
    if (result != DCMCHAIN_OK) {
        return dcmchain_error(context, "the data set cannot be searched: %s", dcmchain_result_text(result));
    }
    if (count > 0) {
        dcmchain_warn(context, "elements still held an identifier, and hold a dummy now");
    }
    return DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    const struct guard_run *run = scope->run;
    struct guard_study *study = scope->study;
    int result = DCMCHAIN_OK;
    if (ok != 0) {
        const struct dates_found *left = dates_judge(study->dates, study->patterns,
                                                     dcmchain_study_source(scope->study_info, TAG_STUDY_DATE),
                                                     dcmchain_study_final(scope->study_info, TAG_STUDY_DATE));
        if (left != NULL) {
            result = judge(context, run->config, left->where);
        }
    }
    study_free(study);
    return result;
}

static uint64_t passes(const void *config)
{
    return ((const struct guard_config *)config)->kept;
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof(struct dcmchain_stage),
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "guard",
    .version = "0.1.0",
    .summary = "stops a study of which something identifying would be published",
    .settings = guard_settings,
    .settings_count = GUARD_SETTINGS,
    .setting_size = sizeof(struct dcmchain_setting),
    .config_size = sizeof(struct guard_config),
    .concurrency = DCMCHAIN_PARALLEL,
    .run_open = run_open,
    .study_open = study_open,
    .instance = instance_seen,
    .artifact = artifact_seen,
    .study_close = study_close,
    .run_close = run_close,
    .passes = passes,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
