/* run.c: one run from its options to its end: folders, key, scan, stages, studies, publication. The parts are
 * elsewhere; their order, and what follows from a failure, is here. */
#include "run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cleanup.h"
#include "mercure.h"
#include "phi_map.h"
#include "pool.h"
#include "runner.h"
#include "text.h"
#include "ticker.h"

bool run_stopped(const struct run *run)
{
    return run->options.stop != NULL && __atomic_load_n(run->options.stop, __ATOMIC_RELAXED) != 0;
}

void run_warn(struct run *run, dcmchain_study *study, const char *text)
{
    if (study != NULL) {
        (void)pthread_mutex_lock(&study->lock);
        tally_add(&study->warnings, text, 1);
        (void)pthread_mutex_unlock(&study->lock);
    } else {
        (void)pthread_mutex_lock(&run->warnings_lock);
        tally_add(&run->warnings, text, 1);
        (void)pthread_mutex_unlock(&run->warnings_lock);
        log_record(run->log, DCMCHAIN_LOG_WARNING, "", "", text);
    }
}

void run_note(struct run *run, dcmchain_study *study, const char *text)
{
    pthread_mutex_t *lock = study != NULL ? &study->lock : &run->warnings_lock;
    (void)pthread_mutex_lock(lock);
    tally_add(study != NULL ? &study->notes : &run->notes, text, 1);
    (void)pthread_mutex_unlock(lock);
}

/* ---- phases ---- */

static struct phase_time now(void)
{
    struct timespec wall = {0};
    struct timespec cpu = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &wall);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return (struct phase_time){(double)wall.tv_sec + (double)wall.tv_nsec / 1e9,
                               (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9};
}

static void phase_begin(struct run *run, uint32_t phase, struct phase_time *ret_begun)
{
    run->files_done = 0;
    run->bytes_done = 0;
    run->phase = phase;
    *ret_begun = now();
}

static void phase_end(struct run *run, uint32_t phase, const struct phase_time *begun)
{
    struct phase_time ended = now();
    run->phases[phase].wall_s += ended.wall_s - begun->wall_s;
    run->phases[phase].cpu_s += ended.cpu_s - begun->cpu_s;
}

/* ---- before the first study ---- */

static int open_quarantine(struct run *run, char **ret_problem)
{
    const struct dcmchain_run_options *options = &run->options;
    const char *folder =
        options->quarantine_folder != NULL ? options->quarantine_folder : run->pipeline->quarantine_folder;
    run->quarantine = options->on_error == DCMCHAIN_ON_ERROR_DEFAULT
                          ? run->pipeline->quarantine
                          : options->on_error == DCMCHAIN_ON_ERROR_QUARANTINE;
    if (!run->quarantine) {
        return DCMCHAIN_OK;
    }
    if (folder == NULL && options->mercure_context != 0) {
        *ret_problem =
            text_format("on_error is 'quarantine' without a quarantine folder: mercure deletes its input, "
                        "so that what is set aside would be lost: name a folder that lasts");
        return DCMCHAIN_E_USAGE;
    }
    if (folder == NULL) {
        run_warn(run, NULL,
                 "no quarantine folder: failed instances are left out and stay in the input folder alone");
        return DCMCHAIN_OK;
    }
    return options->dry_run != 0 ? DCMCHAIN_OK
                                 : quarantine_open(folder, options->input_folder, options->output_folder,
                                                   &run->quarantine_place, ret_problem);
}

static int open_sink(struct run *run, char **ret_problem)
{
    const struct dcmchain_run_options *options = &run->options;
    struct sink_options sink = {
        .output_folder = options->output_folder,
        .dry_run = options->dry_run != 0,
        .flat = run->pipeline->flat,
        .undurable = run->pipeline->undurable,
        .existing = options->existing,
        .may_publish = options->may_publish,
        .may_publish_closure = options->may_publish_closure,
        .show_phi = options->show_phi != 0,
    };
    int result = sink_open(&sink, &run->sink, ret_problem);
    if (result == DCMCHAIN_OK && run->publish_run) {
        result = sink_study_begin(run->sink, &run->shared_sink);
    }
    return result;
}

static void scan_progress(void *closure, uint64_t files, uint64_t bytes)
{
    struct run *run = closure;
    run->files_done = files;
    run->bytes_done = bytes;
}

static int do_scan(struct run *run, const char *task_file, char **ret_problem)
{
    struct scan_options scan = {
        .input_folder = run->options.input_folder,
        .only_file = run->only_file,
        .task_file = task_file,
        .threads = run->threads,
        .strict_task = run->options.mercure_context != 0,
        .shard_index = run->options.shard_index,
        .shard_count = run->options.shard_count,
        .stop = run->options.stop,
        .progress = scan_progress,
        .progress_closure = run,
        .watch = run->options.watch,
    };
    if (run->sink != NULL) {
        sink_identity(run->sink, &scan.output_device, &scan.output_inode);
    }
    struct phase_time begun;
    phase_begin(run, DCMCHAIN_PHASE_SCAN, &begun);
    int result = scan_folder(&scan, &run->scan, ret_problem);
    phase_end(run, DCMCHAIN_PHASE_SCAN, &begun);
    return result;
}

/* ---- studies ---- */

/* Files that belong to no study fail or are set aside like any instance. */
static void handle_failed_files(struct run *run)
{
    for (size_t i = 0; i < run->scan->failed_count; i++) {
        const struct scan_instance *instance = run->scan->failed[i];
        log_printf(run->log, run->quarantine ? DCMCHAIN_LOG_WARNING : DCMCHAIN_LOG_ERROR, "",
                   "failed file %zu: %s%s", i + 1, run->quarantine ? "set aside: " : "", instance->problem);
        tally_add(&run->quarantined, instance->problem, 1);
        if (run->quarantine_place != NULL) {
            AUTO_FREE char *where = text_format("failed file %zu", i + 1);
            if (quarantine_add(run->quarantine_place, run->scan, instance, where == NULL ? "" : where,
                               instance->problem) != DCMCHAIN_OK &&
                run->problem == NULL) {
                run->problem = text_format("a failed file could not be copied to the quarantine folder");
            }
        }
    }
    if (run->scan->failed_count > 0 && !run->quarantine && run->problem == NULL) {
        run->problem =
            text_format("%zu %s could not be read as DICOM (first: %s) and cannot be said to belong "
                        "to a study; --on-error quarantine goes on without",
                        run->scan->failed_count, run->scan->failed_count == 1 ? "file" : "files",
                        run->scan->failed[0]->problem);
    }
}

static bool all_well(const struct run *run)
{
    for (size_t i = 0; i < run->study_count; i++) {
        if (run->studies[i].state == STUDY_FAILED || run->studies[i].state == STUDY_STOPPED) {
            return false;
        }
    }
    return run->problem == NULL && !run_stopped(run);
}

static bool is_anything_left(const struct run *run)
{
    for (size_t i = 0; i < run->study_count; i++) {
        if (run->studies[i].state == STUDY_CLOSED) {
            return true;
        }
    }
    return false;
}

/* An earlier worker published all, and crashed behind that. */
static bool was_published_before(const struct run *run)
{
    for (size_t i = 0; i < run->study_count; i++) {
        if (run->studies[i].done_before) {
            return true;
        }
    }
    return false;
}

/* publish: run: all studies at once, or none. */
static void publish_all(struct run *run)
{
    bool skipped = false;
    char *problem = NULL;
    bool well = all_well(run);
    if (was_published_before(run)) {
        sink_study_discard(run->shared_sink);
        run->shared_sink = NULL;
        return;
    }
    if (well && is_anything_left(run)) {
        well = mercure_write_result(run, &problem) == DCMCHAIN_OK;
    }
    if (well) {
        well = publish_sink(run, run->shared_sink, &skipped, &problem) == DCMCHAIN_OK;
    } else {
        sink_study_discard(run->shared_sink);
    }
    run->shared_sink = NULL;
    for (size_t i = 0; i < run->study_count; i++) {
        dcmchain_study *study = &run->studies[i];
        if (study->state == STUDY_CLOSED) {
            study->state = !well ? STUDY_STOPPED : skipped ? STUDY_SKIPPED : STUDY_PUBLISHED;
            study_remember(study);
            study_end(study);
        }
    }
    if (problem != NULL && run->problem == NULL) {
        run->problem = problem;
    } else {
        free(problem);
    }
}

/* A run that had DICOM in it and publishes none of it, by no stage's will, is not well. */
static void check_nothing_left(struct run *run)
{
    uint64_t set_aside = run->scan->failed_count;
    uint64_t found = run->scan->failed_count;
    for (size_t i = 0; i < run->study_count; i++) {
        struct dcmchain_counts counts;
        dcmchain_study_counts(&run->studies[i], &counts);
        set_aside += counts.quarantined;
        found += counts.found;
    }
    if (run->problem != NULL) {
        return;
    }
    if (found == 0 && run->scan->elsewhere == 0) {
        run->problem = text_format("the input folder holds no DICOM instance");
    } else if (set_aside == found && run->scan->elsewhere == 0) {
        run->problem = text_format("every instance failed and was set aside: nothing is left to publish");
    }
}

static uint32_t outcome_of(const struct run *run)
{
    return run_stopped(run) ? DCMCHAIN_OUTCOME_STOPPED
           : all_well(run)  ? DCMCHAIN_OUTCOME_DONE
                            : DCMCHAIN_OUTCOME_FAILED;
}

static void set_totals(struct run *run)
{
    uint64_t files = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < run->study_count; i++) {
        struct dcmchain_counts counts;
        dcmchain_study_counts(&run->studies[i], &counts);
        files += counts.found;
        bytes += run->studies[i].source->bytes;
    }
    run->files_total = files;
    run->bytes_total = bytes;
}

static void process(struct run *run)
{
    struct phase_time begun;
    set_totals(run);
    phase_begin(run, DCMCHAIN_PHASE_PROCESS, &begun);
    handle_failed_files(run);
    if (runner_run(run) != DCMCHAIN_OK && run->problem == NULL) {
        run->problem = text_format("out of memory");
    }
    check_nothing_left(run);
    run->stopped = run_stopped(run);
    if (run->shared_sink != NULL) {
        publish_all(run);
    }
    phase_end(run, DCMCHAIN_PHASE_PROCESS, &begun);
}

static int refuse_input(const struct run *run, char **ret_problem)
{
    if (run->options.mercure_context != 0 && run->scan->retain_input_images) {
        *ret_problem = text_format(
            "the rule retains its input images (\"retain_input_images\"): mercure would put the "
            "source images beside the anonymised ones: turn off 'Retain Input Images' on the rule's page");
        return DCMCHAIN_FAIL;
    }
    return DCMCHAIN_OK;
}

/* What makes a run fail before its first study: the problem is the run's. */
static int prepare(struct run *run, const char *task_file)
{
    char *problem = NULL;
    int result = do_scan(run, task_file, &problem);
    if (result == DCMCHAIN_OK) {
        mercure_task_missing(run);
        result = refuse_input(run, &problem);
    }
    if (result == DCMCHAIN_OK) {
        result = memory_log_show_phi(run, &problem);
    }
    if (result == DCMCHAIN_OK && run->options.phi_map_file != NULL) {
        result = phi_map_write(run->options.phi_map_file, run->options.output_folder, run->scan, &problem);
    }
    if (result == DCMCHAIN_OK) {
        result = contexts_open(run);
    }
    if (result == DCMCHAIN_OK) {
        result = studies_make(run);
    }
    if (problem == NULL && run->problem == NULL && run->setting_problems.count > 0) {
        problem = problems_take(&run->setting_problems); /* they were good when the chain was opened */
    }
    if (problem != NULL && run->problem == NULL) {
        run->problem = problem;
        problem = NULL;
    }
    free(problem);
    if (result != DCMCHAIN_OK && run->problem == NULL) {
        run->problem = strdup(run_stopped(run) ? "stopped" : dcmchain_result_text(result));
    }
    return result;
}

int run_execute(struct run *run, const char *task_file, char **ret_problem)
{
    char *problem = NULL;
    int result = run_check_options(run, &problem);
    run->threads = watch_is_serial(run->options.watch) ? 1
                   : run->options.threads == 0         ? pool_default_threads()
                                                       : run->options.threads;
    run->publish_run =
        run->pipeline->publish == PIPELINE_PUBLISH_RUN ||
        (run->pipeline->publish == PIPELINE_PUBLISH_DEFAULT && run->options.mercure_context != 0);
    run->mixed_patients_fail =
        run->pipeline->mixed_patients == PIPELINE_MIXED_FAIL ||
        (run->pipeline->mixed_patients == PIPELINE_MIXED_DEFAULT && run->options.mercure_context != 0);
    if (result == DCMCHAIN_OK) {
        result = memory_open(run, &problem);
    }
    if (result == DCMCHAIN_OK) {
        result = open_quarantine(run, &problem);
    }
    if (result == DCMCHAIN_OK) {
        result = names_open(&run->folders);
    }
    if (result == DCMCHAIN_OK && run->options.collect_changes != 0) {
        result = changes_open(run->options.show_phi != 0, &run->changes);
    }
    if (result == DCMCHAIN_OK) {
        result = open_sink(run, &problem);
    }
    if (result != DCMCHAIN_OK) {
        *ret_problem = problem != NULL ? problem : strdup(dcmchain_result_text(result));
        return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_USAGE;
    }
    struct ticker *ticker = ticker_start(run);
    mercure_hint(run);
    if (prepare(run, task_file) == DCMCHAIN_OK) {
        process(run);
    }
    run->stopped = run_stopped(run);
    contexts_close(run, outcome_of(run));
    if (!memory_write_evidence(run) && run->problem == NULL) {
        run->problem = text_format("evidence: it could not be written to the persistence folder");
    }
    ticker_stop(ticker);
    return DCMCHAIN_OK;
}

void run_free(struct run *run)
{
    if (run == NULL) {
        return;
    }
    studies_free(run);
    if (run->shared_sink != NULL) {
        sink_study_discard(run->shared_sink);
    }
    sink_close(run->sink);
    quarantine_close(run->quarantine_place);
    names_free(run->folders);
    changes_free(run->changes);
    scan_free(run->scan);
    memory_close(run);
    tally_free(&run->warnings);
    tally_free(&run->notes);
    tally_free(&run->quarantined);
    free(run->problem);
    text_free(&run->setting_problems.text);
    text_free(&run->setting_warnings.text);
    (void)pthread_mutex_destroy(&run->folders_lock);
    (void)pthread_mutex_destroy(&run->warnings_lock);
    free(run);
}

struct run *run_new(const struct pipeline *pipeline, struct log *log)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return NULL;
    }
    run->pipeline = pipeline;
    run->log = log;
    (void)pthread_mutex_init(&run->folders_lock, NULL);
    (void)pthread_mutex_init(&run->warnings_lock, NULL);
    return run;
}
