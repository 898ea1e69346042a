/* pipeline_parts.h: what the files that open a pipeline share: the file's checks (pipeline.c), its stage
 * entries (pipeline_stages.c), and what lies over it (pipeline_overlay.c). Nobody else includes it. */
#ifndef CORE_PIPELINE_PARTS_H
#define CORE_PIPELINE_PARTS_H

#include "json.h"
#include "pipeline.h"
#include "problems.h"

struct opening {
    const struct dcmchain_chain_options *options;
    struct pipeline *pipeline;
    struct problems problems;
    char *folder; /* of the description: what relative paths in it start at */
    char *text;   /* the description */
    struct json *json;
    char *task_text; /* of the task file; NULL: none */
    struct json *task;
};

/* Reads the task file, if there is one. False: it is unreadable, which is said. */
bool overlay_read_task(struct opening *opening);
/* The pipeline that the task's settings name, NULL: none. Borrowed. */
const char *overlay_pipeline(const struct opening *opening);
/* Lays the task's settings and the overrides over the entries. */
void overlay_apply(struct opening *opening);

/* Loads the stages of the description and takes their settings. */
void stages_take(struct opening *opening, const struct json *stages);
/* What can only be said when all settings are in: required ones, the project, who places; fills the configs.
 */
void stages_finish(struct opening *opening, const struct json *stages);

#endif
