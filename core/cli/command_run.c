/* command_run.c: `dcmchain run`: from its options to the chain, and what it tells. worker.c runs it in a
 * child, whatever happens to a parser or a stage. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "worker.h"

static bool print_tree(const struct options *options, const dcmchain_report *report)
{
    char *text = NULL;
    FILE *stream = options->report != NULL && strcmp(options->report, "-") == 0 ? stderr : stdout;
    if (options->key_file == NULL && dcmchain_report_key_is_lasting(report) == 0) {
        (void)fprintf(stream,
                      "no key file: names that come from the key are shown as <Study 1> and the like\n");
    }
    if (dcmchain_report_tree(report, &text) != DCMCHAIN_OK) {
        return false;
    }
    console_print(stream, text);
    dcmchain_free(text);
    text = NULL;
    if (options->changes && dcmchain_report_changes(report, options->json ? 1 : 0, &text) != DCMCHAIN_OK) {
        return false;
    }
    if (text != NULL) {
        console_print(stream, text);
        dcmchain_free(text);
    }
    return fflush(stream) == 0;
}

/* The report, the tree, the summary. False: one could not be written, which is said. */
static bool tell(const struct options *options, const dcmchain_report *report)
{
    char *text = NULL;
    bool well = true;
    if (options->report != NULL) {
        well = dcmchain_report_json(report, &text) == DCMCHAIN_OK && write_file(options->report, text);
        if (!well) {
            (void)fprintf(stderr, "dcmchain run: the report could not be written: %s\n", strerror(errno));
        }
        dcmchain_free(text);
        text = NULL;
    }
    if (options->dry_run && !print_tree(options, report)) {
        (void)fprintf(stderr, "dcmchain run: the tree could not be printed\n");
        well = false;
    }
    bool brief = options->quiet && dcmchain_report_exit_code(report) == EXIT_DONE;
    if (!brief && !options->log_json && dcmchain_report_summary(report, &text) == DCMCHAIN_OK) {
        console_print(stderr, text);
    }
    dcmchain_free(text);
    return well;
}

/* What the worker does. */
static int work(struct options *options, const struct worker *worker)
{
    struct console console;
    dcmchain_chain *chain = NULL;
    dcmchain_report *report = NULL;
    char *problem = NULL;
    console_open(&console, options);
    int code = open_chain("run", options, &console, true, &chain);
    if (code != EXIT_DONE) {
        return code;
    }
    struct dcmchain_run_options run = {
        .struct_size = sizeof run,
        .threads = options->threads,
        .input_folder = options->input,
        .output_folder = options->output,
        .key_file = options->key_file,
        .quarantine_folder = options->quarantine,
        .phi_map_file = options->phi_map,
        .mercure_context = options->mercure_context ? 1 : 0,
        .dry_run = options->dry_run ? 1 : 0,
        .existing = options->existing,
        .on_error = options->on_error,
        .collect_changes = options->changes ? 1 : 0,
        .show_phi = options->show_phi ? 1 : 0,
        .shard_index = options->shard_index,
        .shard_count = options->shard_count,
        .stop = worker->stop,
        .progress = console_progress,
        .progress_closure = &console,
        .may_publish = worker->may_publish,
        .may_publish_closure = worker->may_publish_closure,
        .watch = worker->watch,
        .persistence_folder = options->persistence,
        .reason = options->reason,
        .mercure_result = options->mercure_environment ? 1 : 0,
    };
    int result = dcmchain_chain_run(chain, &run, &report, &problem);
    console_finish(&console);
    if (report != NULL) {
        code = dcmchain_report_exit_code(report);
        code = tell(options, report) || code != EXIT_DONE ? code : EXIT_FAILED;
    } else {
        console_print_failure("run", problem, result);
        code = result == DCMCHAIN_E_USAGE ? EXIT_USAGE : EXIT_FAILED;
    }
    dcmchain_free(problem);
    dcmchain_report_free(report);
    dcmchain_chain_free(chain);
    return code;
}

static bool use_environment(struct options *options)
{
    const char *input = getenv("MERCURE_IN_DIR");
    const char *output = getenv("MERCURE_OUT_DIR");
    options->mercure_context = options->task != NULL;
    if (options->input == NULL && options->output == NULL && input != NULL && output != NULL) {
        options->mercure_context = true;
        options->mercure_environment = true;
    }
    options->persistence = persistence_folder(options->persistence);
    options->input = options->input != NULL ? options->input : input;
    options->output = options->output != NULL ? options->output : output;
    if (options->input == NULL) {
        (void)usage_error("run", "no input folder: give -i DIR (or set MERCURE_IN_DIR)");
        return false;
    }
    if (options->output == NULL && !options->dry_run) {
        (void)usage_error("run", "no output folder: give -o DIR (or set MERCURE_OUT_DIR)");
        return false;
    }
    return true;
}

/* The output folder is made by the run, so that a report may lie in it. */
static bool is_in_output(const struct options *options)
{
    size_t length = options->output == NULL ? 0 : strlen(options->output);
    while (length > 1 && options->output[length - 1] == '/') {
        length--;
    }
    return length > 0 && strncmp(options->report, options->output, length) == 0 &&
           options->report[length] == '/';
}

/* Before the work, which may take hours. */
static bool can_report(const struct options *options)
{
    if (options->report == NULL || is_in_output(options) || may_write_file(options->report)) {
        return true;
    }
    (void)usage_error("run", "--report: it cannot be written there: %s", strerror(errno));
    return false;
}

/* In mercure context the task lies at the top of the input. */
static bool find_task(struct options *options, char **ret_path)
{
    size_t size = strlen(options->input) + sizeof "/task.json";
    *ret_path = NULL;
    if (!options->mercure_context || options->task != NULL) {
        return true;
    }
    char *path = malloc(size);
    if (path == NULL) {
        return false;
    }
    (void)snprintf(path, size, "%s/task.json", options->input);
    *ret_path = path;
    if (access(path, F_OK) == 0) {
        options->task = path;
    }
    return true;
}

int command_run(struct options *options)
{
    char *task = NULL;
    if (options->operand_count > 0) {
        return usage_error("run", "'%.60s' is no option; folders are named with -i and -o",
                           options->operands[0]);
    }
    if ((options->changes || options->show_phi) && !options->dry_run) {
        return usage_error("run", "--changes and --show-phi go with --dry-run");
    }
    if (options->show_phi && (options->reason == NULL || options->reason[0] == '\0')) {
        return usage_error("run", "--show-phi needs --reason TEXT: why you need to see source values");
    }
    if (!use_environment(options) || !can_report(options) || !find_task(options, &task)) {
        return EXIT_USAGE;
    }
    int code = worker_run(options, work);
    free(task);
    return code;
}
