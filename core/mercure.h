/* mercure.h: what a run says to mercure. It must not be asked outside mercure context. */
#ifndef CORE_MERCURE_H
#define CORE_MERCURE_H

#include "run.h"

#define MERCURE_RESULT "result.json"

/* Stages OUT/result.json with what else is published at once, where it is wanted. *ret_problem owned. */
int mercure_write_result(struct run *run, char **ret_problem);
/* After the scan. Warns where mercure's settings cannot be in force, since they came without them. */
void mercure_task_missing(struct run *run);
/* Says what only the target's exclusion filter can keep out. */
void mercure_hint(struct run *run);

#endif
