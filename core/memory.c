/* memory.c: what a run takes over from the runs before it and leaves to those after: the key, and a line of
 * evidence per study (run.h). No source value is in what it writes. */
#include <string.h>

#include "cleanup.h"
#include "folders.h"
#include "report.h"
#include "run.h"
#include "text.h"

#define TAG_STUDY_INSTANCE_UID 0x0020000DU

/* ---- opening ---- */

/* What lasts holds the key: where mercure or a reader finds it, it would be published. */
static const char *place_problem(const struct run *run)
{
    const struct dcmchain_run_options *options = &run->options;
    if (folder_is_inside(options->persistence_folder, options->input_folder)) {
        return "persistence folder: it lies in the input folder: name another place";
    }
    if (options->output_folder != NULL &&
        folder_is_inside(options->persistence_folder, options->output_folder)) {
        return "persistence folder: it lies in the output folder, and the key in it: name another place";
    }
    return NULL;
}

static int open_folder(struct run *run, char **ret_problem)
{
    const struct dcmchain_run_options *options = &run->options;
    bool writes = options->dry_run == 0 || options->show_phi != 0;
    const char *problem = options->input_folder == NULL ? NULL : place_problem(run);
    if (problem != NULL) {
        *ret_problem = strdup(problem);
        return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
    }
    int result = persistence_open(options->persistence_folder, writes, &run->persistence, ret_problem);
    if (result == DCMCHAIN_E_ABSENT) {
        return DCMCHAIN_OK; /* a dry run creates nothing */
    }
    if (result == DCMCHAIN_OK && options->dry_run == 0) {
        result = persistence_check_log(run->persistence, PERSISTENCE_EVIDENCE, ret_problem);
    }
    return result;
}

static int open_key(struct run *run, struct key **ret_key, char **ret_problem)
{
    const struct dcmchain_run_options *options = &run->options;
    int result = DCMCHAIN_E_ABSENT;
    if (options->key_file != NULL) {
        return key_open_file(options->key_file, ret_key, ret_problem);
    }
    if (run->persistence != NULL) {
        result = persistence_key(run->persistence, options->dry_run == 0, ret_key, ret_problem);
    }
    if (result != DCMCHAIN_E_ABSENT) {
        return result;
    }
    result = key_open_random(run->options.watch, ret_key);
    if (result == DCMCHAIN_OK) {
        run_warn(
            run, NULL,
            run->options.mercure_context != 0
                ? "no persistence folder and no key file: a random key for this run alone; its pseudonyms "
                  "and UIDs will not match those of any other run: turn on the module's 'Provision "
                  "Persistent Storage'"
                : "no key file: a random key for this run alone; its pseudonyms and UIDs will not match "
                  "those of any other run: make one with 'dcmchain key new'");
    }
    return result;
}

int memory_open(struct run *run, char **ret_problem)
{
    struct key *key = NULL;
    int result = run->options.persistence_folder == NULL ? DCMCHAIN_OK : open_folder(run, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = open_key(run, &key, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = keyring_open(key, run->persistence, &run->ring, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        run->key = run->ring.keys[0];
    }
    return result;
}

int memory_open_random(struct run *run)
{
    struct key *key = NULL;
    char *problem = NULL; /* of retired keys: there are none */
    int result = key_open_random(NULL, &key);
    if (result == DCMCHAIN_OK) {
        result = keyring_open(key, NULL, &run->ring, &problem);
    }
    if (result == DCMCHAIN_OK) {
        run->key = run->ring.keys[0];
    }
    return result;
}

void memory_close(struct run *run)
{
    keyring_free(&run->ring);
    run->key = NULL;
    persistence_close(run->persistence);
    run->persistence = NULL;
}

int memory_log_show_phi(struct run *run, char **ret_problem)
{
    const char *reason = run->options.reason;
    const char *what = run->explain != NULL ? "explain --show-phi" : "run --show-phi";
    if (run->options.show_phi == 0) {
        return DCMCHAIN_OK;
    }
    if (run->persistence == NULL) {
        run_warn(run, NULL, "no note of this look at source values is kept: no persistence folder is named");
        return DCMCHAIN_OK;
    }
    int result = persistence_log_access(run->persistence, what, "studies", run->scan->study_count,
                                        reason == NULL ? "" : reason);
    if (result != DCMCHAIN_OK) {
        *ret_problem = strdup("the access log could not be written: nothing is shown");
    }
    return result;
}

/* ---- evidence ---- */

static void append_reasons(struct text *text, const char *key, const dcmchain_study *study, bool dropped)
{
    bool first = true;
    text_printf(text, ",\"%s\":[", key);
    for (size_t i = 0; i < study->series_count; i++) {
        const struct tally *tally = dropped ? &study->series[i].dropped : &study->series[i].quarantined;
        for (size_t k = 0; k < tally->count; k++) {
            text_append(text, first ? "{\"text\":" : ",{\"text\":");
            text_json_string(text, tally->entries[k].text);
            text_printf(text, ",\"count\":%llu}", (unsigned long long)tally->entries[k].count);
            first = false;
        }
    }
    text_append(text, "]");
}

static void append_stages(struct text *text, const struct run *run)
{
    text_append(text, ",\"stages\":[");
    for (size_t i = 0; i < run->pipeline->stage_count; i++) {
        AUTO_FREE char *stage =
            text_format("%s %s", run->pipeline->stages[i].stage.name, run->pipeline->stages[i].stage.version);
        text_append(text, i == 0 ? "" : ",");
        text_json_string(text, stage);
    }
    text_append(text, "]");
}

static char *evidence_line(const struct run *run, const dcmchain_study *study)
{
    char now[PERSISTENCE_TIME_BYTES];
    struct dcmchain_counts counts;
    struct text text = TEXT_EMPTY;
    persistence_time(now);
    dcmchain_study_counts(study, &counts);
    text_printf(&text, "{\"time\":\"%s\",\"version\":\"%s\"", now, dcmchain_version());
    text_json_member(&text, "pipeline", run->pipeline->name);
    append_stages(&text, run);
    text_json_member(&text, "policy", run->policy);
    text_printf(&text, ",\"key_id\":\"%s\",\"key_lasting\":%s", key_id(run->key),
                key_is_lasting(run->key) ? "true" : "false");
    text_json_member(&text, "project", run->pipeline->project);
    text_json_member(&text, "status", report_status(study));
    text_json_member(&text, "study_instance_uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID));
    text_printf(&text, ",\"residual_identifiers\":%s", study->residual ? "true" : "false");
    text_printf(
        &text, ",\"found\":%llu,\"published\":%llu,\"dropped\":%llu,\"quarantined\":%llu,\"duplicates\":%llu",
        (unsigned long long)counts.found,
        (unsigned long long)(study->state == STUDY_PUBLISHED ? counts.published : 0),
        (unsigned long long)counts.dropped, (unsigned long long)counts.quarantined,
        (unsigned long long)counts.duplicates);
    append_reasons(&text, "drop_reasons", study, true);
    append_reasons(&text, "quarantine_reasons", study, false);
    text_json_member(&text, "problem", study->problem);
    text_append(&text, "}");
    return text_take(&text);
}

bool memory_write_evidence(struct run *run)
{
    bool well = true;
    if (run->persistence == NULL || run->options.dry_run != 0) {
        return true;
    }
    for (size_t i = 0; i < run->study_count; i++) {
        AUTO_FREE char *line = evidence_line(run, &run->studies[i]);
        well = line != NULL &&
               persistence_append(run->persistence, PERSISTENCE_EVIDENCE, line) == DCMCHAIN_OK && well;
    }
    return well;
}
