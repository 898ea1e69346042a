/* anonymise.c: the stage: its entry, and what it holds for a run and a study.
 * It must not touch an element: engine.c does. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dates.h"
#include "embedded.h"
#include "engine.h"
#include "explain.h"
#include "pixels.h"

#define TAG_STUDY_DATE 0x00080020U
#define TAG_STUDY_UID 0x0020000DU
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_PATIENT_ID 0x00100020U
#define TAG_MODALITY 0x00080060U

/* What may stand in every VR that is cleaned: the repertoire of CS. */
static bool is_hit_text(const char *text, char *ret_problem)
{
    if (text == NULL || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _") == strlen(text)) {
        return true;
    }
    (void)strcpy(ret_problem,
                 "setting 'hit_text': only capital letters, digits, blanks and underscores fit every VR");
    return false;
}

static void free_run(struct run_state *run)
{
    profile_close(&run->profile);
    rules_close(&run->rules);
    shapes_free(run->shapes);
    words_free(run->words);
    free(run);
}

static void run_close(dcmchain_context *context, void *closure, uint32_t outcome)
{
    struct run_state *run = closure;

    (void)context;
    (void)outcome;
    if (run != NULL) {
        free_run(run);
    }
}

/* The tables that are compiled in; a file that a setting names is in the policy already. */
static void add_policy(dcmchain_context *context)
{
    for (const struct embedded_file *file = embedded_files; file->name != NULL; file++) {
        dcmchain_policy_add(context, file->name, file->bytes, file->size);
    }
}

/* All that is wrong with the settings is told at once. */
static int open_parts(dcmchain_context *context, const struct anonymise_config *settings,
                      struct run_state *run)
{
    char problem[SHAPES_PROBLEM_BYTES + PROFILE_PROBLEM_BYTES] = "";
    const int result = rules_open(context, settings->rules, &run->rules);

    if (profile_open(settings, &run->profile, problem) < 0 ||
        shapes_open(run->words, &settings->extra_patterns, &run->shapes, problem) < 0 ||
        !is_hit_text(settings->hit_text, problem)) {
        return dcmchain_error(context, "%s", problem);
    }
    return result;
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct run_state *run = calloc(1, sizeof *run);
    int result = DCMCHAIN_OK;

    if (run == NULL || words_open(&run->words) < 0) {
        free(run);
        return dcmchain_error(context, "out of memory");
    }
    result = open_parts(context, config, run);
    if (result != DCMCHAIN_OK) {
        free_run(run);
        return result;
    }
    rules_check(context, &run->rules, &run->profile);
    run->profile.rules = &run->rules;
    add_policy(context);
    if (dcmchain_project(context)[0] == '\0') {
        dcmchain_warn(
            context,
            "no project is set: whoever has outputs of several projects under one key can join them");
    }
    *ret_run = run;
    return DCMCHAIN_OK;
}

static int fill_cleaner(const struct run_state *run, const dcmchain_study *info, struct cleaner *cleaner)
{
    const size_t count = dcmchain_study_identity_count(info);
    int result = 0;

    for (size_t at = 0; result == 0 && at < count; at++) {
        const struct dcmchain_identity *identity = dcmchain_study_identity(info, at);
        if (!profile_keeps_identity(&run->profile, identity->class_id, identity->tag)) {
            result = cleaner_add(cleaner, identity->class_id, identity->value);
        }
    }
    return result < 0 ? result : cleaner_finish(cleaner);
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    const struct run_state *run = scope->run;
    const char *uid = dcmchain_study_source(scope->study_info, TAG_STUDY_UID);
    const char *date = dcmchain_study_source(scope->study_info, TAG_STUDY_DATE);
    const struct anonymise_config *settings = &run->profile.config;
    const struct cleaner_rules rules = {.words = run->words,
                                        .shapes = run->shapes,
                                        .extra_words = &settings->extra_words,
                                        .allow = &settings->allow,
                                        .hit_text = settings->hit_text,
                                        .keep_dates = settings->dates == DATES_KEEP ? 1U : 0U};
    struct study_state *study = calloc(1, sizeof *study);
    uint8_t digest[32];
    int32_t day = 0;
    int result = DCMCHAIN_E_MEMORY;

    if (study != NULL && cleaner_open(&rules, &study->cleaner) == 0) {
        result = fill_cleaner(run, scope->study_info, study->cleaner);
    }
    if (result < 0) {
        if (study != NULL) {
            cleaner_free(study->cleaner);
        }
        free(study);
        return dcmchain_error(context, "the identity of the study cannot be searched for: %s",
                              dcmchain_result_text(result));
    }
    if (uid != NULL && uid[0] != '\0') {
        dcmchain_hmac(context, "study-id", uid, strlen(uid), digest);
        pseudonym_id(digest, study->study_id);
    }
    study->last_day = dates_to_days((uint32_t)run->profile.config.reference_year, 12, 31);
    if (date != NULL && dates_read(date, &day) && day > study->last_day) {
        study->last_day = day;
    }
    *ret_study = study;
    return DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct study_state *study = scope->study;

    (void)context;
    (void)ok;
    if (study != NULL) {
        cleaner_free(study->cleaner);
        free(study);
    }
    return DCMCHAIN_OK;
}

/* The text of a top-level attribute as it came, NULL where it is absent, empty or does not decode. */
static char *source_text(dcmchain_item *root, uint32_t tag)
{
    char *text = NULL;

    if (dcmchain_item_get_text(root, tag, &text) < 0 || text[0] == '\0') {
        dcmchain_free(text);
        return NULL;
    }
    return text;
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_instance *info)
{
    const struct run_state *run = scope->run;
    const char *key = dcmchain_instance_patient_key(info);
    dcmchain_dataset *dataset = dcmchain_instance_dataset(info);
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    AUTO_API char *source_id = source_text(root, TAG_PATIENT_ID);
    AUTO_API char *source_name = source_text(root, TAG_PATIENT_NAME);
    AUTO_API char *modality = source_text(root, TAG_MODALITY);
    struct work work = {.context = context,
                        .instance = info,
                        .run = run,
                        .study = scope->study,
                        .object = {dcmchain_instance_sop_class_uid(info), modality != NULL ? modality : ""},
                        .source_id = source_id,
                        .source_name = source_name,
                        .wants = dcmchain_wants_changes(context)};
    uint8_t digest[32];
    int result = 0;

    dcmchain_hmac(context, "patient-id", key, strlen(key), digest);
    pseudonym_id(digest, work.patient_id);
    dcmchain_hmac(context, "patient-name", key, strlen(key), digest);
    pseudonym_name(digest, work.patient_name);
    dcmchain_hmac(context, "date-shift", key, strlen(key), digest);
    work.shift = -(int32_t)pseudonym_number(digest, 1, (uint32_t)run->profile.config.shift_days);
    result = pixels_run(&work, dataset);
    if (result < 0) {
        return result; /* with its reason */
    }
    result = engine_run(&work, dataset);
    if (result < 0) {
        return dcmchain_error(context, "the data set cannot be de-identified: %s",
                              dcmchain_result_text(result));
    }
    return DCMCHAIN_OK;
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {.struct_size = sizeof stage,
                                                .abi = DCMCHAIN_STAGE_ABI,
                                                .name = "anonymise",
                                                .version = ANONYMISE_VERSION,
                                                .summary = "de-identifies every element by PS3.15 annex E",
                                                .settings = anonymise_settings,
                                                .settings_count = ANONYMISE_SETTINGS,
                                                .setting_size = sizeof(struct dcmchain_setting),
                                                .config_size = sizeof(struct anonymise_config),
                                                .concurrency = DCMCHAIN_PARALLEL,
                                                .run_open = run_open,
                                                .study_open = study_open,
                                                .instance = instance,
                                                .study_close = study_close,
                                                .run_close = run_close,
                                                .explain = explain};

    return &stage;
}
