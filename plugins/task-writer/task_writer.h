/* task_writer.h: what the files of this stage share. It declares only. */
#ifndef TASK_WRITER_H
#define TASK_WRITER_H

#include <stdbool.h>

#include "../common/json.h"
#include "dcmchain/stage.h"

#define TASK_WRITER_VERSION "0.1.0"

#define TAG_MODALITY 0x00080060U
#define TAG_ACCESSION_NUMBER 0x00080050U
#define TAG_SERIES_DESCRIPTION 0x0008103EU
#define TAG_PATIENT_ID 0x00100020U
#define TAG_STUDY_INSTANCE_UID 0x0020000DU
#define TAG_SERIES_INSTANCE_UID 0x0020000EU

struct task_writer_config {
    int32_t files;
    int32_t checksums;
    int32_t task_id;
    int32_t times;
};

/* What mercure.c asks of a study: tests answer without one. series: index, in series order. NULL: absent. */
struct substitutions {
    void *closure;
    const char *(*study)(void *closure, uint32_t tag, bool final);
    const char *(*series)(void *closure, size_t series, uint32_t tag, bool final);
    size_t series_count;
};

/* mercure.c: mercure's own keys as members of the object that is open, where the task (as received) is about
 * this study; nothing where it is not, or is no JSON object. */
void mercure_write(struct json *json, const char *task, const struct substitutions *substitutions,
                   const struct task_writer_config *config);

/* report.c: the member "dcmchain": what was done to the study. A result of dcmchain_describe_run(). */
int report_write(struct json *json, dcmchain_context *context, const dcmchain_study *study,
                 const struct task_writer_config *config);

#endif
