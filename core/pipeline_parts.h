/* pipeline_parts.h: what the files that open a pipeline share: finding and reading the description
 * (pipeline.c), its top-level keys (pipeline_keys.c), its stage entries (pipeline_stages.c), and what lies
 * over it (pipeline_overlay.c). Nobody else includes it. */
#ifndef CORE_PIPELINE_PARTS_H
#define CORE_PIPELINE_PARTS_H

#include "json.h"
#include "pipeline.h"
#include "problems.h"

#define PIPELINE_PROBLEM_BYTES 1024 /* of one problem of a stage or a setting */

struct opening {
    const struct dcmchain_chain_options *options;
    struct pipeline *pipeline;
    struct problems problems;
    bool out_of_memory; /* somewhere on the way: what there is must not be used */
    char *folder;       /* of the description: what relative paths in it start at */
    struct json *json;  /* the description; the pipeline's, as task */
    struct json *task;  /* of the task file; NULL: none */
    size_t *entries;    /* of each pipeline->stages, its index in the description */
};

/* For a problem of the description. pointer: NULL where memory ran out. */
#define complain(opening, at, pointer, ...)                                                                  \
    problems_add(&(opening)->problems, (opening)->pipeline->file, at, (pointer) == NULL ? "" : (pointer),    \
                 __VA_ARGS__)

/* The same text, owned; remembers where memory ran out. */
char *opening_copy(struct opening *opening, const char *text);

/* Takes the policy hash that is expected; the last to be given counts. False: it is none. */
bool opening_expect(struct opening *opening, const char *policy);
#define EXPECT_POLICY "expected a policy hash: 32 hex digits, as 'dcmchain check' prints it"

/* Remembers where a setting that was taken stands; pointer: NULL where memory ran out. */
void opening_place(struct opening *opening, struct pipeline_stage *stage, const char *key, const char *where,
                   const char *pointer, const struct json *tree);

/* Reads the task file, if there is one, and checks its shape. False: it cannot be used, which is said. */
bool overlay_read_task(struct opening *opening);
/* The pipeline that the task's settings name: the member, NULL: none. Borrowed. */
const struct json *overlay_pipeline(const struct opening *opening);
/* Tells a problem of what the task says of the pipeline. */
void overlay_blame_pipeline(struct opening *opening, const struct json *member, const char *text);
/* Lays the task's settings and the overrides over the entries. */
void overlay_apply(struct opening *opening);

/* Takes one top-level key that mercure's settings may lay over the description: "result_json". False: it is
 * no such key. *ret_problem (static): it has no value that it may have; NULL: it is taken. */
bool keys_take_overlay(struct opening *opening, const char *key, const struct json *value,
                       const char **ret_problem);
/* Takes all top-level keys, stages among them. */
void keys_take(struct opening *opening);

/* Loads the stages of the description and takes their settings. */
void stages_take(struct opening *opening, const struct json *stages);
/* What can only be said when all settings are in: required ones, the project, who places; fills the configs.
 */
void stages_finish(struct opening *opening, const struct json *stages);

#endif
