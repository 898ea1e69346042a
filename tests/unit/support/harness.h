/* harness.h: runs the core's runner over stages that live in the test itself: an input folder of made files,
 * a pipeline without a file, a trace of every callback. */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "run.h"

#define HARNESS_STUDIES 8 /* at most */

/* What the stages of a harness do, and what they saw. */
struct harness {
    char base[64]; /* a folder of its own; base/in, base/out */
    char input[80];
    char output[80];
    struct pipeline pipeline;
    struct pipeline_stage stages[3];
    struct dcmchain_run_options options;
    struct run *run; /* after harness_run() */
    int exit_code;
    char *tree;
    char *json;

    pthread_mutex_t lock;
    char *traces[HARNESS_STUDIES + 1]; /* by study ordinal; 0: the run. Lines of callbacks */
    unsigned opens;                    /* opens that returned well, less closes */
    unsigned callbacks;                /* counted over fault_callback's calls */

    const char *fault_callback; /* "instance", "place" …: fails at its fault_at-th call, in fault_stage */
    unsigned fault_at;
    int fault_result; /* DCMCHAIN_FAIL, DCMCHAIN_DROP, DCMCHAIN_E_RESIDUAL */
    const char *fault_stage;
    unsigned sleep_us; /* instance() and artifact() sleep up to this at random */
    bool stop_at_fault;
    volatile int stop;
    bool documents; /* emit one a series and one a study */
    bool one_name;  /* place proposes the same name for all images, then with -2, -3 … */
    bool edit_source_in_instance;
};

/* A new harness: two traced stages "first" and "second" (parallel) and a placing one, "placer". */
void harness_open(struct harness *harness);
void harness_close(struct harness *harness);

/* Writes an instance into IN. number < 0: no Instance Number. */
void harness_add(struct harness *harness, const char *file, unsigned study, unsigned series,
                 unsigned instance, int number);
/* Writes bytes into IN. */
void harness_add_bytes(struct harness *harness, const char *file, const void *bytes, size_t length);

/* Runs it with `threads`; harness->exit_code, tree, json, and the run. A harness may run again. */
void harness_run(struct harness *harness, uint32_t threads);
/* All bytes and names of OUT in one digest of 64 hex digits. */
void harness_digest(const struct harness *harness, char ret_hex[65]);
/* Entries of OUT, hidden ones too. */
unsigned harness_output_entries(const struct harness *harness);

#endif
