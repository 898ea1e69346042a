/* task_writer.h: what the files of this stage share. */
#ifndef TASK_WRITER_H
#define TASK_WRITER_H

#include <cjson/cJSON.h>

#include "dcmchain/stage.h"

struct config {
    int32_t files;
    int32_t task_id;
    int32_t times;
};

/* Adds a value that was just made; false without memory (the value is freed). */
bool put(cJSON *object, const char *key, cJSON *value);
/* Adds a text, nothing where it is NULL. */
bool put_text(cJSON *object, const char *key, const char *text);

/* mercure.c: mercure's own keys, from what mercure received, by an allow-list. task: as received. */
bool put_mercure(cJSON *document, const cJSON *task, const struct config *config,
                 const dcmchain_study *study);
/* report.c: the object "dcmchain": what was done to the study. */
bool put_report(cJSON *document, dcmchain_context *context, const struct config *config,
                const dcmchain_study *study);

#endif
