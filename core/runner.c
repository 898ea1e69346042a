/* runner.c: sends the instances of a run through the chain: the tasks of a study, who is its head, whose turn
 * it is to be placed. The order of placement lives here alone; what is done in a turn is elsewhere. */
#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "pool.h"
#include "runner.h"
#include "text.h"

/* A study of n series has n head tasks in series order, then one task for every instance but the first of
 * each series, in series and run order. The pool starts tasks in ascending order, so whoever waits for a turn
 * waits for tasks that have started. Task number and turn are the same number, counted within the study. */
struct task {
    dcmchain_series *series;
    uint32_t turn;
    uint32_t index; /* of the instance in its series; 0: the head's task */
};

/* ---- turns ---- */

static void wait_ready(dcmchain_study *study)
{
    (void)pthread_mutex_lock(&study->lock);
    while (!study->ready) {
        (void)pthread_cond_wait(&study->changed, &study->lock);
    }
    (void)pthread_mutex_unlock(&study->lock);
}

static void wait_head(dcmchain_series *series)
{
    dcmchain_study *study = series->study;
    (void)pthread_mutex_lock(&study->lock);
    while (!series->head_done) {
        (void)pthread_cond_wait(&study->changed, &study->lock);
    }
    (void)pthread_mutex_unlock(&study->lock);
}

static void wait_turn(dcmchain_study *study, size_t turn)
{
    (void)pthread_mutex_lock(&study->lock);
    while (study->turn != turn) {
        (void)pthread_cond_wait(&study->changed, &study->lock);
    }
    (void)pthread_mutex_unlock(&study->lock);
}

static void end_turn(dcmchain_study *study, dcmchain_series *head_of)
{
    (void)pthread_mutex_lock(&study->lock);
    study->turn++;
    if (head_of != NULL) {
        head_of->head_done = true;
    }
    (void)pthread_cond_broadcast(&study->changed);
    (void)pthread_mutex_unlock(&study->lock);
}

/* ---- what happens to one instance in its turn ---- */

static void set_aside(dcmchain_series *series, const struct scan_instance *source, const char *text)
{
    dcmchain_study *study = series->study;
    struct run *run = study->run;
    char where[WHERE_BYTES];
    where_text(study, series, source, where, sizeof where);
    if (run->quarantine_place != NULL &&
        quarantine_add(run->quarantine_place, run->scan, source, where, text) != DCMCHAIN_OK) {
        study_fail(
            study,
            text_format("instance %u of series %u failed (%s) and could not be copied to the quarantine "
                        "folder",
                        source->ordinal, series->source->ordinal, text),
            false);
        return;
    }
    log_printf(run->log, DCMCHAIN_LOG_WARNING, where, "set aside: %s", text);
    (void)pthread_mutex_lock(&study->lock);
    series->counts.quarantined++;
    tally_add(&series->quarantined, text, 1);
    (void)pthread_mutex_unlock(&study->lock);
}

static void left_out(dcmchain_series *series, const struct scan_instance *source,
                     const struct preparation *preparation)
{
    dcmchain_study *study = series->study;
    const char *text = preparation->text == NULL ? "out of memory" : preparation->text;
    if (preparation->result == PREPARED_DROPPED) {
        (void)pthread_mutex_lock(&study->lock);
        series->counts.dropped++;
        tally_add(&series->dropped, text, 1);
        (void)pthread_mutex_unlock(&study->lock);
    } else if (preparation->result == PREPARED_RESIDUAL || !study->run->quarantine) {
        study_fail(
            study,
            text_format("instance %u of series %u: %s", source->ordinal, series->source->ordinal, text),
            preparation->result == PREPARED_RESIDUAL);
    } else {
        set_aside(series, source, text);
    }
}

static void warn_conflict(dcmchain_study *study, uint32_t tag, const char *level)
{
    if (tag != 0) {
        const char *keyword = dcmchain_tag_keyword(tag);
        AUTO_FREE char *text =
            text_format("%s differs between instances of one %s; the first in run order counts for it",
                        keyword == NULL ? "an attribute" : keyword, level);
        if (text != NULL) {
            run_warn(study->run, study, text);
        }
    }
}

static int merge(dcmchain_series *series, char *const *finals)
{
    uint32_t of_study = 0;
    uint32_t of_series = 0;
    int result = substitution_merge(&series->study->substitution, finals, false, &of_study);
    if (result == DCMCHAIN_OK) {
        result = substitution_merge(&series->substitution, finals, true, &of_series);
    }
    warn_conflict(series->study, of_study, "study");
    warn_conflict(series->study, of_series, "series");
    return result;
}

/* Places a prepared instance and takes its artifact into the series. False where the study failed by it. */
static bool place_prepared(dcmchain_series *series, const struct scan_instance *source, bool head,
                           struct preparation *preparation)
{
    dcmchain_study *study = series->study;
    struct dcmchain_artifact *artifact = preparation->artifact;
    const struct watch_task task = prepare_task(series, source);
    char *problem = NULL;
    watch_begin(study->run->options.watch, &task);
    int result = merge(series, preparation->finals);
    if (result == DCMCHAIN_OK) {
        result = place_artifact(study->run, artifact, &problem);
    }
    watch_end(study->run->options.watch);
    if (result == DCMCHAIN_OK) {
        (void)pthread_mutex_lock(&study->lock);
        result = artifact_list_add(&series->artifacts, &series->artifact_count, artifact);
        if (result == DCMCHAIN_OK) {
            preparation->artifact = NULL;
            series->counts.published++;
        }
        (void)pthread_mutex_unlock(&study->lock);
    }
    if (result != DCMCHAIN_OK) {
        char *text = study->skipped
                         ? NULL
                         : text_format("instance %u of series %u: %s", source->ordinal,
                                       series->source->ordinal, problem == NULL ? "out of memory" : problem);
        free(problem);
        study_fail(study, text, false);
        return false;
    }
    if (head) {
        series->head = artifact->work->dataset;
    } else {
        dcmchain_dataset_free(artifact->work->dataset);
    }
    artifact->work->dataset = NULL;
    return true;
}

/* Out of turn, in parallel: the bytes. The loss of an instance that was placed always fails its study. */
static void finish_placed(dcmchain_series *series, struct dcmchain_artifact *artifact)
{
    dcmchain_study *study = series->study;
    const struct watch_task task = prepare_task(series, artifact->work->source);
    char *problem = NULL;
    watch_begin(study->run->options.watch, &task);
    int result = finish_artifact(study->run, artifact, &problem);
    watch_end(study->run->options.watch);
    if (result == DCMCHAIN_OK) {
        return;
    }
    if (run_stopped(study->run)) {
        free(problem);
        return; /* study_finish() sees it */
    }
    char *text = text_format("instance %u of series %u: %s", artifact->instance_ordinal,
                             series->source->ordinal, problem == NULL ? "out of memory" : problem);
    free(problem);
    study_fail(study, text, result == DCMCHAIN_E_RESIDUAL);
}

/* ---- tasks ---- */

static void count_duplicate(dcmchain_series *series)
{
    (void)pthread_mutex_lock(&series->study->lock);
    series->counts.duplicates++;
    (void)pthread_mutex_unlock(&series->study->lock);
}

static bool gives_up(const dcmchain_study *study)
{
    return study->failed || study->left_out || study->done_before || run_stopped(study->run);
}

static void progress(struct run *run, const struct scan_instance *source)
{
    run->files_done++;
    run->bytes_done += source->file.size;
}

/* What becomes of an instance that was prepared: its artifact where it is placed, else NULL. */
static struct dcmchain_artifact *take_in_turn(dcmchain_series *series, struct scan_instance *source,
                                              bool head, struct preparation *preparation)
{
    struct dcmchain_artifact *artifact = preparation->artifact;
    if (source->duplicate_of != NULL) {
        count_duplicate(series);
    } else if (preparation->result != PREPARED_OK) {
        left_out(series, source, preparation);
    } else if (place_prepared(series, source, head, preparation)) {
        return artifact;
    }
    return NULL;
}

/* Tries the instances of a series in run order until one is placed. It begins before its turn, and keeps the
 * turn once it has it. */
static struct dcmchain_artifact *run_head(const struct task *task)
{
    dcmchain_series *series = task->series;
    dcmchain_study *study = series->study;
    struct dcmchain_artifact *placed = NULL;
    bool in_turn = false;
    size_t index = 0;
    for (; index < series->source->count && placed == NULL && !gives_up(study); index++) {
        struct scan_instance *source = series->source->instances[index];
        struct preparation preparation = {0};
        if (source->duplicate_of == NULL) {
            prepare_instance(study->run, series, source, true, &preparation);
        }
        if (!in_turn) {
            wait_turn(study, task->turn);
            in_turn = true;
        }
        if (gives_up(study)) {
            preparation_free(&preparation);
            break;
        }
        placed = take_in_turn(series, source, true, &preparation);
        preparation_free(&preparation);
        progress(study->run, source);
    }
    if (!in_turn) {
        wait_turn(study, task->turn);
    }
    series->next = index;
    end_turn(study, series);
    return placed;
}

static struct dcmchain_artifact *run_sibling(const struct task *task)
{
    dcmchain_series *series = task->series;
    dcmchain_study *study = series->study;
    struct dcmchain_artifact *placed = NULL;
    wait_head(series);
    const bool mine =
        task->index >= series->next && !gives_up(study); /* else the head took it, and lets it go */
    struct scan_instance *source = mine ? series->source->instances[task->index] : NULL;
    struct preparation preparation = {0};
    if (mine && source->duplicate_of == NULL) {
        prepare_instance(study->run, series, source, false, &preparation);
    }
    wait_turn(study, task->turn);
    if (mine && !gives_up(study)) {
        placed = take_in_turn(series, source, false, &preparation);
    }
    end_turn(study, NULL);
    preparation_free(&preparation);
    if (mine) {
        progress(study->run, source);
    }
    return placed;
}

static void forget(const dcmchain_series *series, size_t index)
{
    scan_instance_free(series->source->instances[index]);
    series->source->instances[index] = NULL; /* a place in scan->all */
}

/* Of an instance that was taken, the artifact is kept. */
static void let_go(const struct task *task)
{
    const dcmchain_series *series = task->series;
    for (size_t i = 0; task->index == 0 && i < series->next; i++) {
        forget(series, i);
    }
    if (task->index > 0 && task->index >= series->next) {
        forget(series, task->index);
    }
}

static int run_task(void *closure, size_t number)
{
    const struct task *task = &((const struct task *)closure)[number];
    dcmchain_study *study = task->series->study;
    if (task->turn == 0) {
        study_start(study);
    } else {
        wait_ready(study);
    }
    struct dcmchain_artifact *placed = task->index == 0 ? run_head(task) : run_sibling(task);
    if (placed != NULL) {
        finish_placed(task->series, placed);
    }
    let_go(task);
    if (atomic_fetch_sub(&study->tasks_left, 1) == 1) {
        study_finish(study);
    }
    return 0;
}

static size_t study_tasks(dcmchain_study *study, struct task *tasks)
{
    size_t count = 0;
    for (size_t i = 0; i < study->series_count; i++, count++) {
        tasks[count] = (struct task){&study->series[i], (uint32_t)count, 0};
    }
    for (size_t i = 0; i < study->series_count; i++) {
        for (size_t k = 1; k < study->series[i].source->count; k++, count++) {
            tasks[count] = (struct task){&study->series[i], (uint32_t)count, (uint32_t)k};
        }
    }
    study->tasks_left = count;
    return count;
}

/* One pool over all studies; where the run is flat its studies share one name space, so they go one by one.
 */
int runner_run(struct run *run)
{
    size_t total = 0;
    for (size_t i = 0; i < run->study_count; i++) {
        for (size_t k = 0; k < run->studies[i].series_count; k++) {
            total += run->studies[i].series[k].source->count;
        }
    }
    AUTO_FREE struct task *tasks = calloc(total == 0 ? 1 : total, sizeof *tasks);
    if (tasks == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    size_t count = 0;
    for (size_t i = 0; i < run->study_count; i++) {
        size_t of_study = study_tasks(&run->studies[i], tasks + count);
        if (run->pipeline->flat) {
            (void)pool_run(run->threads, of_study, run_task, tasks, run->options.stop);
        } else {
            count += of_study;
        }
    }
    if (!run->pipeline->flat) {
        (void)pool_run(run->threads, count, run_task, tasks, run->options.stop);
    }
    /* Tasks that a stop kept from starting leave their studies open.
     * NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees tasks */
    for (size_t i = 0; i < run->study_count; i++) {
        if (run->studies[i].tasks_left > 0) {
            study_finish(&run->studies[i]);
        }
    }
    return DCMCHAIN_OK;
}
