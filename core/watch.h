/* watch.h: memory that a worker shares with the process that watches it: where its threads are, so that a
 * crash can be laid at the file or study that caused it, and what was published before. The calls of the
 * worker are for any thread; watch NULL is fine everywhere: nobody watches. */
#ifndef CORE_WATCH_H
#define CORE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "dcmchain/chain.h"
#include "dcmchain/stage.h"

enum watch_doing { WATCH_NOTHING, WATCH_SCAN, WATCH_INSTANCE, WATCH_STUDY };

/* What a thread is about. file: its number in IN's list, from 1. Ordinals are 0 where there is none. */
struct watch_task {
    uint32_t doing;
    uint32_t study;
    uint32_t series;
    uint32_t instance;
    uint64_t file;
};

/* The calling thread begins a task, and ends it. */
void watch_begin(dcmchain_watch *watch, const struct watch_task *task);
void watch_end(dcmchain_watch *watch);
/* The signal by which an earlier worker died of this task (file for SCAN and INSTANCE, study for STUDY); 0:
 * none. */
int watch_signal_of(const dcmchain_watch *watch, const struct watch_task *task);
/* "SEGV"; static. */
const char *watch_signal_name(int signal_number);
/* How an earlier worker died of this task, with the stage that was called then; owned. DCMCHAIN_E_ABSENT:
 * none did. */
int watch_crash_of(const dcmchain_watch *watch, const struct watch_task *task, char **ret_problem);
/* An earlier worker crashed where nobody could tell why: one thread is to do all. */
bool watch_is_serial(const dcmchain_watch *watch);

/* What an earlier worker published of a series and a study must not be done again. series: counted over all
 * studies. */
struct watch_published {
    uint32_t is_published;
    uint32_t reserved;
    char study_uid[72]; /* final */
};
void watch_publish_series(dcmchain_watch *watch, uint64_t series, const struct dcmchain_counts *counts);
void watch_publish_study(dcmchain_watch *watch, uint32_t study, const char *final_uid);
/* Around publishing a study and the two calls above: what is published is noted, too, before a crash of
 * another thread ends the process, and while one does no publication begins (the call does not return then).
 */
void watch_publishing(dcmchain_watch *watch);
void watch_was_published(dcmchain_watch *watch);
/* NULL: it was not. */
const struct watch_published *watch_published_study(const dcmchain_watch *watch, uint32_t study);
void watch_published_series(const dcmchain_watch *watch, uint64_t series, struct dcmchain_counts *ret_counts);

/* The random key of the first worker, which those that follow take too. False: there is none yet. */
bool watch_key(const dcmchain_watch *watch, uint8_t ret_key[32]);
void watch_keep_key(dcmchain_watch *watch, const uint8_t key[32]);

#endif
