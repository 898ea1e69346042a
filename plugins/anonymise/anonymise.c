/* anonymise.c: the stage: its entry, and what it holds for a run and a study.
 * It must not touch an element: engine.c does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dates.h"
#include "embedded.h"
#include "engine.h"
#include "explain.h"
#include "pixels.h"

#define TAG_STUDY_DATE 0x00080020U
#define TAG_STUDY_UID 0x0020000DU
#define TAG_STUDY_ID 0x00200010U
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_PATIENT_ID 0x00100020U
#define TAG_ISSUER 0x00100021U /* of Patient ID */
#define TAG_MODALITY 0x00080060U
#define TAG_PATIENT_AGE 0x00101010U
#define TAG_STUDY_TIME 0x00080030U

static int open_patient_ids(dcmchain_context *context, const char *path, struct run_state *run)
{
    char problem[PATIENT_IDS_PROBLEM_BYTES] = "";

    if (path != NULL && path[0] != '\0' && patient_ids_read_file(path, &run->patient_ids, problem) < 0) {
        return dcmchain_error(context, "setting 'patient_ids': %s", problem);
    }
    return 0;
}

/* What may stand in every VR that is cleaned: the repertoire of CS. */
static bool is_hit_text(const char *text, char *ret_problem)
{
    static const char reason[] =
        "setting 'hit_text': only capital letters, digits, blanks and underscores fit every VR";

    if (text == NULL || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _") == strlen(text)) {
        return true;
    }
    (void)memcpy(ret_problem, reason, sizeof reason);
    return false;
}

static void free_run(struct run_state *run)
{
    if (run != NULL) {
        profile_close(&run->profile);
        rules_close(&run->rules);
        patient_ids_free(run->patient_ids);
        shapes_free(run->shapes);
        known_words_free(run->known_words);
        words_free(run->words);
        free(run);
    }
}

static void run_close(dcmchain_context *context, void *closure, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    free_run(closure);
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
    if (settings->descriptors == DESCRIPTORS_KNOWN_WORDS &&
        known_words_open(run->words, &settings->known_words, &run->known_words) < 0) {
        return dcmchain_error(context, "out of memory");
    }
    return settings->patient_ids == NULL || result < 0
               ? result
               : open_patient_ids(context, settings->patient_ids, run);
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
        dcmchain_warn(context, "no project is set (setting 'project'): whoever has outputs of several "
                               "projects under one key can "
                               "join them");
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
            result = identity->tag == TAG_STUDY_ID
                         ? cleaner_add_study_id(cleaner, identity->value)
                         : cleaner_add(cleaner, identity->class_id, identity->value);
        }
    }
    return result < 0 ? result : cleaner_finish(cleaner);
}

/* What the study's own attributes say of its dates and of the patient's age. */
static void read_dates(const struct run_state *run, const dcmchain_study *info, struct study_state *study)
{
    const char *date = dcmchain_study_source(info, TAG_STUDY_DATE);
    const char *age = dcmchain_study_source(info, TAG_PATIENT_AGE);
    int32_t day = 0;

    study->last_day = dates_to_days((uint32_t)run->profile.config.reference_year, 12, 31);
    if (date != NULL && dates_read(date, &day)) {
        study->day = day;
        study->last_day = day > study->last_day ? day : study->last_day;
    }
    study->aged = age != NULL && dates_is_over_89(age);
    study->origin = rebase_begin(date, dcmchain_study_source(info, TAG_STUDY_TIME));
}

/* A patient who has no ID in the table fails the whole study, before anything is written of it; a second
 * patient in it (mixed_patients: warn) who has none does at its close, whatever on_error says. */
static int check_patient(dcmchain_context *context, const struct patient_ids *ids, const dcmchain_study *info)
{
    const char *id = dcmchain_study_source(info, TAG_PATIENT_ID);
    const char *issuer = dcmchain_study_source(info, TAG_ISSUER);
    AUTO_FREE char *key = NULL;
    const char *why = "the patient has no ID to be found by in the table of patient IDs";

    if (ids == NULL) {
        return 0;
    }
    if (id == NULL || id[strspn(id, " ")] == '\0') {
        return dcmchain_error(context, "%s", why);
    }
    key = patient_ids_key(issuer != NULL ? issuer : "", id);
    if (key == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    return patient_ids_find(ids, key, &why) == NULL ? dcmchain_error(context, "%s", why) : 0;
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    const struct run_state *run = scope->run;
    const char *uid = dcmchain_study_source(scope->study_info, TAG_STUDY_UID);
    const struct anonymise_config *settings = &run->profile.config;
    const struct cleaner_rules rules = {.words = run->words,
                                        .shapes = run->shapes,
                                        .extra_words = &settings->extra_words,
                                        .allow = &settings->allow,
                                        .hit_text = settings->hit_text,
                                        .keep_dates = settings->dates == DATES_KEEP ? 1U : 0U};
    struct study_state *study = calloc(1, sizeof *study);
    uint8_t digest[32];
    int result = check_patient(context, run->patient_ids, scope->study_info);

    if (result < 0) {
        free(study);
        return result;
    }
    result = DCMCHAIN_E_MEMORY;
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
    read_dates(run, scope->study_info, study);
    if (run->profile.config.dates == DATES_REBASE && !study->origin.known) {
        dcmchain_warn(context, "a study without a study date cannot be rebased: its dates were emptied");
    }
    *ret_study = study;
    return DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct study_state *study = scope->study;
    bool unlisted = false;

    if (study != NULL) {
        unlisted = atomic_load(&study->unlisted);
        cleaner_free(study->cleaner);
        free(study);
    }
    return unlisted && ok != 0
               ? dcmchain_error(context, "one of its patients has no ID in the table of patient IDs")
               : DCMCHAIN_OK;
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

/* The pseudonyms of the instance's patient, and how far their dates shift. */
static int make_pseudonyms(struct work *work, const char *key)
{
    const struct run_state *run = work->run;
    const char *why = NULL;
    uint8_t digest[32];

    if (run->patient_ids != NULL) {
        const char *given = patient_ids_find(run->patient_ids, key, &why);
        if (given == NULL) {
            return dcmchain_error(work->context, "%s", why);
        }
        (void)snprintf(work->patient_id, sizeof work->patient_id, "%s", given);
    } else {
        dcmchain_hmac(work->context, "patient-id", key, strlen(key), digest);
        pseudonym_id(digest, work->patient_id);
    }
    dcmchain_hmac(work->context, "patient-name", key, strlen(key), digest);
    pseudonym_name(digest, work->patient_name);
    dcmchain_hmac(work->context, "date-shift", key, strlen(key), digest);
    work->shift = -(int32_t)pseudonym_number(digest, 1, (uint32_t)run->profile.config.shift_days);
    return 0;
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_instance *info)
{
    struct study_state *study = scope->study;
    dcmchain_dataset *dataset = dcmchain_instance_dataset(info);
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    AUTO_API char *source_id = source_text(root, TAG_PATIENT_ID);
    AUTO_API char *source_name = source_text(root, TAG_PATIENT_NAME);
    AUTO_API char *modality = source_text(root, TAG_MODALITY);
    AUTO_API char *age = source_text(root, TAG_PATIENT_AGE);
    struct work work = {.context = context,
                        .instance = info,
                        .run = scope->run,
                        .study = study,
                        .object = {dcmchain_instance_sop_class_uid(info), modality != NULL ? modality : ""},
                        .source_id = source_id,
                        .source_name = source_name,
                        .aged = study->aged || (age != NULL && dates_is_over_89(age)),
                        .wants = dcmchain_wants_changes(context)};
    int result = make_pseudonyms(&work, dcmchain_instance_patient_key(info));

    if (result < 0) {
        atomic_store(&study->unlisted, true);
        return result;
    }
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

/* Classes of identity that stay on purpose. Rules of one's own are reported one by one. */
static uint64_t keeps(const void *handle)
{
    const struct anonymise_config *config = handle;
    uint64_t kept = 0;

    if ((config->retain & RETAIN_UIDS) != 0U) {
        kept |= DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_UID);
    }
    if ((config->retain & RETAIN_DEVICE) != 0U) {
        kept |= DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_DEVICE);
    }
    if ((config->retain & RETAIN_INSTITUTION) != 0U) {
        kept |= DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_INSTITUTION) |
                DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_ADDRESS);
    }
    if (config->dates == DATES_KEEP || (config->retain & RETAIN_FULL_DATES) != 0U) {
        kept |= DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_DATE);
    }
    return kept;
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
                                                .explain = explain,
                                                .keeps = keeps};

    return &stage;
}
