/* study.c: opens and closes a study with its series, places its documents, and publishes or discards it.
 * It handles no instance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "report.h"
#include "run.h"
#include "text.h"

/* ---- failure ---- */

void study_fail_locked(dcmchain_study *study, char *problem, bool residual)
{
    study->residual = study->residual || residual;
    if (study->failed && study->problem != NULL) {
        free(problem);
        return;
    }
    study->problem = problem;
    study->failed = true;
    if (problem != NULL) {
        char where[WHERE_BYTES];
        where_text(study, NULL, NULL, where, sizeof where);
        log_record(study->run->log, DCMCHAIN_LOG_ERROR, "", where, problem);
    }
}

void study_fail(dcmchain_study *study, char *problem, bool residual)
{
    (void)pthread_mutex_lock(&study->lock);
    study_fail_locked(study, problem, residual);
    (void)pthread_cond_broadcast(&study->changed);
    (void)pthread_mutex_unlock(&study->lock);
}

/* ---- opens ---- */

static char *callback_problem(const struct dcmchain_context *context, const dcmchain_series *series,
                              int result, const char *callback)
{
    char of_series[32] = "";
    if (series != NULL) {
        (void)snprintf(of_series, sizeof of_series, "series %u: ", series->source->ordinal);
    }
    return text_format("%sstage '%s': %s", of_series, context->entry->id, call_failure(result, callback));
}

/* All of its instances count as dropped, for the reason that the stage gave. */
static void leave_out(dcmchain_study *study, const struct dcmchain_context *context)
{
    AUTO_FREE char *reason = text_format("stage '%s': %s", context->entry->id,
                                         call_text()[0] != '\0' ? call_text() : "study left out");
    for (size_t i = 0; i < study->series_count; i++) {
        dcmchain_series *series = &study->series[i];
        series->counts.dropped = series->counts.found;
        if (reason != NULL) {
            tally_add(&series->dropped, reason, series->counts.found);
        }
    }
    study->left_out = true;
}

static bool open_study(dcmchain_study *study)
{
    struct run *run = study->run;
    for (size_t i = 0; i < run->context_count; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.study_open != NULL) {
            struct dcmchain_scope scope = scope_of(context, study, NULL);
            struct call call;
            call_begin(&call, context, study, NULL, NULL);
            int result = context->entry->stage.study_open(context, &scope, &study->handles[i]);
            call_end(&call);
            if (result == DCMCHAIN_DROP) {
                leave_out(study, context);
                return false;
            }
            if (result != DCMCHAIN_OK) {
                study_fail(study, callback_problem(context, NULL, result, "study_open()"),
                           result == DCMCHAIN_E_RESIDUAL);
                return false;
            }
        }
        study->opened = i + 1;
    }
    return true;
}

static bool open_series(dcmchain_series *series)
{
    struct run *run = series->study->run;
    for (size_t i = 0; i < run->context_count; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.series_open != NULL) {
            struct dcmchain_scope scope = scope_of(context, series->study, series);
            struct call call;
            call_begin(&call, context, series->study, series, NULL);
            int result = context->entry->stage.series_open(context, &scope, &series->handles[i]);
            call_end(&call);
            if (result != DCMCHAIN_OK) {
                study_fail(series->study, callback_problem(context, series, result, "series_open()"),
                           result == DCMCHAIN_E_RESIDUAL);
                return false;
            }
        }
        series->opened = i + 1;
    }
    return true;
}

static bool begin_sink(dcmchain_study *study)
{
    struct run *run = study->run;
    if (run->shared_sink != NULL) {
        study->sink = run->shared_sink;
        study->sink_borrowed = true;
        return true;
    }
    if (sink_study_begin(run->sink, &study->sink) != DCMCHAIN_OK) {
        study_fail(study, text_format("the staging folder could not be made"), false);
        return false;
    }
    return true;
}

static struct watch_task task_of(const dcmchain_study *study)
{
    return (struct watch_task){.doing = WATCH_STUDY, .study = study->source->ordinal};
}

/* What an earlier worker published keeps its counts, and is not done again; why instances were left out of
 * it, that worker said. */
static bool was_done_before(dcmchain_study *study)
{
    dcmchain_watch *watch = study->run->options.watch;
    const struct watch_published *published = watch_published_study(watch, study->source->ordinal);
    if (published == NULL) {
        return false;
    }
    for (size_t i = 0; i < study->series_count; i++) {
        watch_published_series(watch, study->first_series + i, &study->series[i].counts);
    }
    study->done_before = true;
    study->folder = published->study_uid[0] == '\0' ? NULL : strdup(published->study_uid);
    return true;
}

/* An earlier worker crashed in what concerns the study as a whole. */
static bool has_crashed(dcmchain_study *study)
{
    const struct watch_task task = task_of(study);
    char *problem = NULL;
    const bool crashed = watch_crash_of(study->run->options.watch, &task, &problem) != DCMCHAIN_E_ABSENT;
    if (crashed) {
        study_fail(study, problem, false);
    }
    return crashed;
}

static void open_all(dcmchain_study *study)
{
    const struct watch_task task = task_of(study);
    watch_begin(study->run->options.watch, &task);
    bool well = begin_sink(study) && open_study(study);
    for (size_t i = 0; well && i < study->series_count; i++) {
        well = open_series(&study->series[i]);
    }
    watch_end(study->run->options.watch);
}

void study_start(dcmchain_study *study)
{
    bool well = !was_done_before(study) && !has_crashed(study);
    if (well && study->source->mixed_patients) {
        if (study->run->mixed_patients_fail) {
            study_fail(study,
                       text_format("it holds more than one patient: \"mixed_patients\": \"warn\" in the "
                                   "pipeline lets it pass, each instance with its own pseudonym"),
                       false);
            well = false;
        } else {
            run_warn(study->run, study,
                     "the study holds more than one patient; each instance keeps a pseudonym of its own");
        }
    }
    if (well) {
        open_all(study);
    }
    (void)pthread_mutex_lock(&study->lock);
    study->state = STUDY_OPEN;
    study->ready = true;
    (void)pthread_cond_broadcast(&study->changed);
    (void)pthread_mutex_unlock(&study->lock);
}

/* ---- closes ---- */

/* Places, writes and shows what a close emitted; the artifacts go into their list whatever happens. */
static void finish_documents(dcmchain_study *study, dcmchain_series *series, struct call *call)
{
    struct run *run = study->run;
    for (size_t i = 0; i < call->emitted_count; i++) {
        struct dcmchain_artifact *artifact = call->emitted[i];
        int result = series != NULL ? artifact_list_add(&series->artifacts, &series->artifact_count, artifact)
                                    : artifact_list_add(&study->documents, &study->document_count, artifact);
        if (result != DCMCHAIN_OK) {
            artifact_free(artifact);
            study_fail(study, text_format("out of memory"), false);
            continue;
        }
        char *problem = NULL;
        if (!study->failed) {
            result = place_artifact(run, artifact, &problem);
            if (result == DCMCHAIN_OK) {
                result = finish_artifact(run, artifact, &problem);
            }
        }
        artifact_release(artifact);
        if (result != DCMCHAIN_OK) {
            char *text =
                text_format("document '%s': %s", artifact->kind, problem == NULL ? "failed" : problem);
            free(problem);
            study_fail(study, text, result == DCMCHAIN_E_RESIDUAL);
        }
    }
    free(call->emitted);
}

typedef int (*close_callback)(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok);

static void call_close(struct dcmchain_context *context, close_callback callback, dcmchain_study *study,
                       dcmchain_series *series, bool ok)
{
    ok = ok && !study->failed;
    struct dcmchain_scope scope = scope_of(context, study, series);
    struct call call;
    call_begin(&call, context, study, series, NULL);
    call.closing = ok;
    int result = callback(context, &scope, ok ? 1 : 0);
    call_end(&call);
    if (result != DCMCHAIN_OK && ok) {
        study_fail(
            study,
            callback_problem(context, series, result, series != NULL ? "series_close()" : "study_close()"),
            result == DCMCHAIN_E_RESIDUAL);
    }
    finish_documents(study, series, &call);
}

static void close_series(dcmchain_series *series)
{
    struct run *run = series->study->run;
    for (size_t i = 0; i < series->opened; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.series_close != NULL) {
            call_close(context, context->entry->stage.series_close, series->study, series,
                       series->counts.published > 0);
        }
    }
}

static uint64_t published(const dcmchain_study *study)
{
    struct dcmchain_counts counts;
    dcmchain_study_counts(study, &counts);
    return counts.published;
}

static void close_study(dcmchain_study *study)
{
    struct run *run = study->run;
    bool any = published(study) > 0;
    for (size_t i = 0; i < study->opened; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.study_close != NULL) {
            call_close(context, context->entry->stage.study_close, study, NULL, any);
        }
    }
}

static void discard(dcmchain_study *study)
{
    if (study->sink != NULL && !study->sink_borrowed) {
        sink_study_discard(study->sink);
    }
    study->sink = NULL;
}

/* What only an open study needs: all of its tasks have ended, and its artifacts are written and listed. */
static void release(dcmchain_study *study)
{
    if (!study->failed) {
        report_keep_tree(study);
    }
    artifact_list_free(&study->documents, &study->document_count);
    for (size_t i = 0; i < study->series_count; i++) {
        dcmchain_series *series = &study->series[i];
        artifact_list_free(&series->artifacts, &series->artifact_count);
        substitution_forget_sources(&series->substitution);
        dcmchain_dataset_free(series->head);
        series->head = NULL;
        for (size_t k = 0; k < series->source->count; k++) {
            scan_instance_free(series->source->instances[k]);
            series->source->instances[k] = NULL; /* a place in scan->all */
        }
    }
    struct scan_study *scanned = &study->run->scan->studies[study - study->run->studies];
    identity_free(scanned->identity);
    scanned->identity = NULL;
    substitution_forget_sources(&study->substitution);
    arena_free(&study->texts);
    names_free(study->names);
    study->names = NULL;
}

/* mercure takes an empty output folder for success, and deletes its input: there, a study of which the stages
 * left nothing fails, unless one of them left it out whole. */
static void fail_if_empty(dcmchain_study *study)
{
    if (study->run->options.mercure_context != 0 && !study->failed && !study->skipped && !study->left_out &&
        published(study) == 0) {
        study_fail(study,
                   text_format("nothing of it is left to publish: every instance was dropped or set aside"),
                   false);
    }
}

void study_finish(dcmchain_study *study)
{
    struct run *run = study->run;
    if (run_stopped(run) && !study->failed) {
        study->stopped = true;
        study_fail(study, NULL, false);
    }
    const struct watch_task task = task_of(study);
    watch_begin(run->options.watch, &task);
    for (size_t i = 0; i < study->series_count; i++) {
        close_series(&study->series[i]);
    }
    close_study(study);
    release(study);
    fail_if_empty(study);
    watch_end(run->options.watch);
    if (study->done_before) {
        study->state = STUDY_PUBLISHED;
        study->ended = true; /* by the worker that published it */
        return;
    }
    if (study->skipped) {
        study->state = STUDY_SKIPPED;
    } else if (study->failed) {
        study->state = study->stopped && study->problem == NULL ? STUDY_STOPPED : STUDY_FAILED;
    } else {
        study->state = published(study) > 0 ? STUDY_CLOSED : STUDY_EMPTY;
    }
    if (study->state != STUDY_CLOSED) {
        discard(study);
        study_end(study);
    } else if (!run->publish_run) {
        study_publish(study);
        study_end(study);
    }
}

/* ---- publication ---- */

static double seconds(clockid_t clock)
{
    struct timespec now = {0};
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int publish_sink(struct run *run, struct sink_study *sink, bool *ret_skipped, char **ret_problem)
{
    double wall = seconds(CLOCK_MONOTONIC);
    double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    int result = sink_study_publish(sink, ret_skipped, ret_problem);
    (void)pthread_mutex_lock(&run->warnings_lock);
    run->phases[DCMCHAIN_PHASE_PUBLISH].wall_s += seconds(CLOCK_MONOTONIC) - wall;
    run->phases[DCMCHAIN_PHASE_PUBLISH].cpu_s += seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    (void)pthread_mutex_unlock(&run->warnings_lock);
    return result;
}

void study_remember(dcmchain_study *study)
{
    dcmchain_watch *watch = study->run->options.watch;
    if (study->state != STUDY_PUBLISHED || study->run->options.dry_run != 0) {
        return;
    }
    for (size_t i = 0; i < study->series_count; i++) {
        watch_publish_series(watch, study->first_series + i, &study->series[i].counts);
    }
    watch_publish_study(watch, study->source->ordinal, dcmchain_study_final(study, 0x0020000D));
}

void study_publish(dcmchain_study *study)
{
    bool skipped = false;
    char *problem = NULL;
    watch_publishing(study->run->options.watch);
    int result = publish_sink(study->run, study->sink, &skipped, &problem);
    study->sink = NULL;
    if (result == DCMCHAIN_OK) {
        study->skipped = skipped;
        study->state = skipped ? STUDY_SKIPPED : STUDY_PUBLISHED;
        study_remember(study);
    }
    watch_was_published(study->run->options.watch);
    if (result == DCMCHAIN_OK) {
        return;
    }
    study_fail(study,
               problem != NULL ? problem
                               : text_format("it could not be published: %s", dcmchain_result_text(result)),
               false);
    study->state = STUDY_FAILED;
}

void study_end(dcmchain_study *study)
{
    struct run *run = study->run;
    bool published = study->state == STUDY_PUBLISHED && run->options.dry_run == 0;
    if (study->ended) {
        return;
    }
    study->ended = true;
    for (size_t i = 0; i < study->opened; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.study_end != NULL) {
            struct call call;
            call_begin(&call, context, NULL, NULL, NULL);
            context->entry->stage.study_end(context, context->handle, study->source->ordinal,
                                            published ? 1 : 0);
            call_end(&call);
        }
    }
}
