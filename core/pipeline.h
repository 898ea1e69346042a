/* pipeline.h: a pipeline description, checked against the stages' own settings tables, with what is laid over
 * it. It loads and names stages; it runs nothing. Immutable once opened. */
#ifndef CORE_PIPELINE_H
#define CORE_PIPELINE_H

#include <stdbool.h>

#include "dcmchain/chain.h"
#include "dcmchain/stage.h"

enum pipeline_publish { PIPELINE_PUBLISH_DEFAULT, PIPELINE_PUBLISH_STUDY, PIPELINE_PUBLISH_RUN };
enum pipeline_mixed { PIPELINE_MIXED_DEFAULT, PIPELINE_MIXED_WARN, PIPELINE_MIXED_FAIL };

struct json;
struct settings; /* settings.h: the values of one entry */

struct pipeline_stage {
    char *id;
    char *file; /* of the .so, absolute */
    struct dcmchain_stage
        stage; /* copied by the loader: the smaller of the two struct sizes, the rest zero */
    struct settings *settings;
    const void *config; /* filled, config_size bytes; NULL if 0 */
};

struct pipeline {
    char *name;              /* the file's "name", else the file's base name */
    char *description;       /* "" if none */
    char *file;              /* absolute path of the description */
    bool quarantine;         /* on_error is "quarantine", not "stop" */
    char *quarantine_folder; /* NULL if none */
    int quarantine_exit;     /* 3, or 0 */
    enum pipeline_publish publish;
    enum pipeline_mixed mixed_patients;
    bool flat;
    bool undurable;   /* durability is "none": nothing waits for the disk */
    bool result_json; /* in mercure: OUT/result.json */
    const char
        *project; /* of the entry with DCMCHAIN_SETTING_PROJECT; "" if none. Borrowed from its settings */
    struct pipeline_stage *stages;
    size_t stage_count;
    struct json *json; /* the description and the task, for the places of settings; NULL: none */
    struct json *task;
    char expect_policy[33]; /* the only policy hash that is accepted, lower case; "": any */
    size_t placing;         /* index of the one stage with place() */
};

/* Loads, lays over (process.settings of the task, then the overrides), checks. DCMCHAIN_E_CONFIG with
 * *ret_problems (owned, all problems, a line each); *ret_problems may hold warnings on success, else NULL. */
int pipeline_open(const struct dcmchain_chain_options *options, struct pipeline **ret_pipeline,
                  char **ret_problems);
void pipeline_free(struct pipeline *pipeline);

/* Hex digest of a sensitive value for reports: given by the caller, since the key is not the pipeline's.
 * NULL: sensitive settings show their count only. */
typedef void (*settings_digest)(void *closure, const char *json_text, char ret_hex[65]);

/* The settings in force of one entry as a JSON object, owned. */
char *settings_json(const struct settings *settings, settings_digest digest, void *closure);

#endif
