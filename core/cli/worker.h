/* worker.h: work that is done in a child which the parent watches: whatever happens to a parser or a stage,
 * it ends as a clear error, an exit code and a clean output folder, and costs the run no more than what
 * caused it. */
#ifndef CLI_WORKER_H
#define CLI_WORKER_H

#include "cli.h"

/* What the child gets. */
struct worker {
    const volatile int *stop;
    int (*may_publish)(void *closure);
    void *may_publish_closure;
    dcmchain_watch *watch; /* NULL: there was no memory for one */
};

/* Runs work() in a child, again after a crash that can be laid at a file or study; its result is the exit
 * code. */
int worker_run(struct options *options, int (*work)(struct options *options, const struct worker *worker));

#endif
