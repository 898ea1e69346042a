/* lookup.c: the stage: remembers what a published study was before. A record is written before publication
 * and confirmed after it: a crash in between leaves it, unconfirmed, and never loses a study that is out. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "command.h"
#include "store.h"

#define TAG_PATIENT_ID 0x00100020U
#define TAG_ISSUER 0x00100021U

struct config {
    int32_t encrypt;
};

struct pending {
    uint32_t study;
    int64_t row;
};

struct run {
    struct config config;
    pthread_mutex_t lock; /* of all below: studies close and end at the same time */
    struct store *store;  /* opened with the first study */
    struct pending *pending;
    size_t pending_count;
};

/* The patients of a study; most have one. */
struct study {
    pthread_mutex_t lock;
    cJSON *patients;
};

static const struct dcmchain_setting settings[] = {
    {.key = "encrypt",
     .type = DCMCHAIN_SETTING_BOOL,
     .fallback = "true",
     .help =
         "Seal every record with AES-256-GCM under a key derived from the run's. Without it they are plain "
         "text in the persistence folder.",
     .offset = offsetof(struct config, encrypt)},
};

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    memcpy(&run->config, config, sizeof run->config);
    (void)pthread_mutex_init(&run->lock, NULL);
    *ret_run = run;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *closure, uint32_t outcome)
{
    struct run *run = closure;
    (void)context;
    (void)outcome;
    store_close(run->store);
    free(run->pending);
    (void)pthread_mutex_destroy(&run->lock);
    free(run);
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    (void)scope;
    if (dcmchain_persistence(context) == NULL && !dcmchain_context_dry_run(context)) {
        return dcmchain_error(context, "there is no persistence folder to remember in: turn on the module's "
                                       "persistence, or give --persistence");
    }
    struct study *study = calloc(1, sizeof *study);
    if (study != NULL) {
        study->patients = cJSON_CreateArray();
    }
    if (study == NULL || study->patients == NULL) {
        free(study);
        return dcmchain_error(context, "out of memory");
    }
    (void)pthread_mutex_init(&study->lock, NULL);
    *ret_study = study;
    return DCMCHAIN_OK;
}

static void study_free(struct study *study)
{
    cJSON_Delete(study->patients);
    (void)pthread_mutex_destroy(&study->lock);
    free(study);
}

/* ---- patients ---- */

static bool is_known(const cJSON *patients, const char *key, const char *final)
{
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, patients)
    {
        if (strcmp(record_text(each, "key"), key) == 0 && strcmp(record_text(each, "final"), final) == 0) {
            return true;
        }
    }
    return false;
}

/* The core's key of a patient that has an ID is "id <length of the issuer> <issuer> <ID>". */
static cJSON *patient_of_key(const char *key, const char *final)
{
    char *rest = NULL;
    unsigned long length = strncmp(key, "id ", 3) == 0 ? strtoul(key + 3, &rest, 10) : 0;
    if (rest == NULL || *rest != ' ' || strlen(rest + 1) <= length) {
        return record_patient(key, "", "", final);
    }
    cJSON *patient = record_patient(key, rest + 1 + length + 1, rest + 1, final);
    char *issuer = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(patient, "issuer"));
    if (issuer != NULL) {
        issuer[length] = '\0'; /* of issuer and ID in one, the issuer */
    }
    return patient;
}

/* What stages before this one made of the patient. */
static int instance(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_instance *shown)
{
    struct study *study = scope->study;
    const dcmchain_item *root = dcmchain_dataset_root(dcmchain_instance_dataset(shown));
    const char *key = dcmchain_instance_patient_key(shown);
    AUTO_API char *final = NULL;
    int result = dcmchain_item_get_text(root, TAG_PATIENT_ID, &final);
    if (result != DCMCHAIN_OK && result != DCMCHAIN_E_ABSENT) {
        return dcmchain_error(context, "the final Patient ID: %s", dcmchain_result_text(result));
    }
    const char *text = final == NULL ? "" : final;
    bool well = true;
    (void)pthread_mutex_lock(&study->lock);
    if (!is_known(study->patients, key, text)) {
        cJSON *patient = patient_of_key(key, text);
        well = patient != NULL && cJSON_AddItemToArray(study->patients, patient);
    }
    (void)pthread_mutex_unlock(&study->lock);
    return well ? DCMCHAIN_OK : dcmchain_error(context, "out of memory");
}

/* ---- before and after publication ---- */

/* Under the lock. */
static int add(dcmchain_context *context, struct run *run, uint32_t ordinal, const cJSON *record)
{
    AUTO_FREE char *problem = NULL;
    int64_t row = 0;
    if (run->store == NULL && store_open(context, true, &run->store, &problem) != DCMCHAIN_OK) {
        return dcmchain_error(context, "%s", problem == NULL ? "out of memory" : problem);
    }
    struct pending *grown = reallocarray(run->pending, run->pending_count + 1, sizeof *grown);
    if (grown == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->pending = grown;
    int result = store_add(run->store, record, run->config.encrypt != 0, &row);
    if (result == DCMCHAIN_E_TAKEN) {
        return dcmchain_error(context, "two sources would share one pseudonym: %s",
                              store_problem(run->store));
    }
    if (result != DCMCHAIN_OK) {
        return dcmchain_error(context, "%s", store_problem(run->store));
    }
    run->pending[run->pending_count++] = (struct pending){ordinal, row};
    return DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct run *run = scope->run;
    struct study *study = scope->study;
    int result = DCMCHAIN_OK;
    if (ok != 0 && dcmchain_context_dry_run(context) == 0) {
        cJSON *record = record_make(context, scope->study_info, study->patients);
        study->patients = NULL;
        (void)pthread_mutex_lock(&run->lock);
        result = record == NULL ? dcmchain_error(context, "out of memory")
                                : add(context, run, dcmchain_study_ordinal(scope->study_info), record);
        (void)pthread_mutex_unlock(&run->lock);
        cJSON_Delete(record);
    }
    study_free(study);
    return result;
}

static void study_end(dcmchain_context *context, void *closure, uint32_t study_ordinal, uint32_t published)
{
    struct run *run = closure;
    (void)pthread_mutex_lock(&run->lock);
    for (size_t i = 0; i < run->pending_count; i++) {
        if (run->pending[i].study == study_ordinal) {
            int result = published != 0 ? store_confirm(run->store, run->pending[i].row)
                                        : store_remove(run->store, run->pending[i].row);
            if (result != DCMCHAIN_OK) {
                dcmchain_log(context, DCMCHAIN_LOG_WARNING, "study %u stays unconfirmed: %s", study_ordinal,
                             store_problem(run->store));
            }
        }
    }
    (void)pthread_mutex_unlock(&run->lock);
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof stage,
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "lookup",
        .version = "0.1.0",
        .summary = "remembers, sealed in the persistence folder, which source a published study came from",
        .settings = settings,
        .settings_count = sizeof settings / sizeof settings[0],
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .study_open = study_open,
        .instance = instance,
        .study_close = study_close,
        .run_close = run_close,
        .study_end = study_end,
        .command = lookup_command,
    };
    return &stage;
}
