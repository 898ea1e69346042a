/* chain.c: the public runner (chain.h): opening a pipeline, running it, reading the report. It holds no logic
 * of a run. */
#include "dcmchain/chain.h"

#include <stdlib.h>
#include <string.h>

#include "chain_parts.h"
#include "cleanup.h"
#include "report.h"
#include "run.h"
#include "text.h"

struct dcmchain_report {
    char *json;
    char *summary;
    char *tree;
    char *changes_text;
    char *changes_ndjson;
    int exit_code;
    int key_is_lasting;
};

bool chain_take_options(void *ret_options, size_t size, const void *options, uint32_t struct_size)
{
    if (struct_size < sizeof struct_size) {
        return false;
    }
    memcpy(ret_options, options, struct_size < size ? struct_size : size);
    return true;
}

static void append_problem(char **problems, const char *text)
{
    char *before = *problems;
    *problems = before == NULL
                    ? strdup(text)
                    : text_format("%s%s%s", before,
                                  before[0] != '\0' && before[strlen(before) - 1] == '\n' ? "" : "\n", text);
    free(before);
}

/* True where there are any that refuse the pipeline; warnings are only told. */
static bool take_problems(struct run *run, char **problems)
{
    AUTO_FREE char *warnings = problems_take(&run->setting_warnings);
    AUTO_FREE char *settings = problems_take(&run->setting_problems);
    if (warnings != NULL) {
        append_problem(problems, warnings);
    }
    if (settings != NULL) {
        append_problem(problems, settings);
    }
    if (run->problem != NULL) {
        AUTO_FREE char *text = text_format("%s: %s", run->pipeline->file, run->problem);
        append_problem(problems, text == NULL ? "out of memory" : text);
    }
    return settings != NULL || run->problem != NULL;
}

/* What only the stages can check, they check in run_open. */
static int try_stages(struct pipeline *pipeline, char *ret_policy, char **problems)
{
    struct run *run = run_new(pipeline, NULL); /* the run itself logs what they say */
    int result = run == NULL ? DCMCHAIN_E_MEMORY : memory_open_random(run);
    if (result == DCMCHAIN_OK) {
        result = contexts_open(run);
        contexts_close(run, result == DCMCHAIN_OK ? DCMCHAIN_OUTCOME_DONE : DCMCHAIN_OUTCOME_FAILED);
    }
    if (run != NULL && result != DCMCHAIN_E_MEMORY) {
        result = take_problems(run, problems) ? DCMCHAIN_E_CONFIG : result;
        memcpy(ret_policy, run->policy, POLICY_SIZE);
    }
    run_free(run);
    return result;
}

int dcmchain_chain_open(const struct dcmchain_chain_options *options, dcmchain_chain **ret_chain,
                        char **ret_problems)
{
    struct dcmchain_chain_options own = {0};
    char *problems = NULL;
    if (!chain_take_options(&own, sizeof own, options, options->struct_size)) {
        return DCMCHAIN_E_USAGE;
    }
    dcmchain_chain *chain = calloc(1, sizeof *chain);
    int result = chain == NULL ? DCMCHAIN_E_MEMORY : log_open(own.log, own.log_closure, &chain->log);
    if (result == DCMCHAIN_OK && own.task_file != NULL) {
        chain->task_file = strdup(own.task_file);
        result = chain->task_file == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    }
    if (result == DCMCHAIN_OK) {
        result = pipeline_open(&own, &chain->pipeline, &problems);
    }
    if (result == DCMCHAIN_OK) {
        result = try_stages(chain->pipeline, chain->policy, &problems);
    }
    *ret_problems = problems;
    if (result != DCMCHAIN_OK) {
        dcmchain_chain_free(chain);
        return result;
    }
    *ret_chain = chain;
    return DCMCHAIN_OK;
}

void dcmchain_chain_free(dcmchain_chain *chain)
{
    if (chain == NULL) {
        return;
    }
    pipeline_free(chain->pipeline);
    log_free(chain->log);
    free(chain->task_file);
    free(chain);
}

const char *dcmchain_chain_policy(const dcmchain_chain *chain)
{
    return chain->policy;
}

int dcmchain_chain_describe(const dcmchain_chain *chain, char **ret_json)
{
    const struct pipeline *pipeline = chain->pipeline;
    struct text text = TEXT_EMPTY;
    text_append(&text, "{");
    text_json_member(&text, "name", pipeline->name);
    text_json_member(&text, "description", pipeline->description);
    text_json_member(&text, "file", pipeline->file);
    text_json_member(&text, "policy", chain->policy);
    text_append(&text, ",\"stages\":[");
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        const struct pipeline_stage *entry = &pipeline->stages[i];
        text_append(&text, i == 0 ? "{" : ",{");
        text_json_member(&text, "id", entry->id);
        text_json_member(&text, "stage", entry->stage.name);
        text_json_member(&text, "version", entry->stage.version);
        text_json_member(&text, "file", entry->file);
        AUTO_FREE char *settings = settings_json(entry->settings, NULL, NULL);
        text_printf(&text, ",\"settings\":%s}", settings == NULL ? "{}" : settings);
        text.failed = text.failed || settings == NULL;
    }
    text_append(&text, "]}");
    char *json = text_take(&text);
    if (json == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}

/* ---- running ---- */

static int make_report(struct run *run, dcmchain_report **ret_report)
{
    dcmchain_report *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    report->json = report_json(run);
    report->summary = report_summary(run);
    report->tree = report_tree(run);
    report->exit_code = report_exit_code(run);
    report->key_is_lasting = key_is_lasting(run->key) ? 1 : 0;
    bool well = report->json != NULL && report->summary != NULL && report->tree != NULL;
    if (well && run->changes != NULL) {
        well = changes_write(run->changes, false, &report->changes_text) == DCMCHAIN_OK &&
               changes_write(run->changes, true, &report->changes_ndjson) == DCMCHAIN_OK;
    }
    if (!well) {
        dcmchain_report_free(report);
        return DCMCHAIN_E_MEMORY;
    }
    *ret_report = report;
    return DCMCHAIN_OK;
}

int dcmchain_chain_run(dcmchain_chain *chain, const struct dcmchain_run_options *options,
                       dcmchain_report **ret_report, char **ret_problem)
{
    struct run *run = run_new(chain->pipeline, chain->log);
    if (run == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = chain_take_options(&run->options, sizeof run->options, options, options->struct_size)
                     ? DCMCHAIN_OK
                     : DCMCHAIN_E_USAGE;
    char *problem = NULL;
    if (result == DCMCHAIN_OK) {
        result = run_execute(run, chain->task_file, &problem);
    }
    if (result == DCMCHAIN_OK) {
        result = make_report(run, ret_report);
    }
    if (result == DCMCHAIN_OK && (*ret_report)->exit_code != 0) {
        result = DCMCHAIN_FAIL;
    }
    run_free(run);
    if (problem != NULL) {
        *ret_problem = problem;
    }
    return result;
}

void dcmchain_report_free(dcmchain_report *report)
{
    if (report == NULL) {
        return;
    }
    free(report->json);
    free(report->summary);
    free(report->tree);
    free(report->changes_text);
    free(report->changes_ndjson);
    free(report);
}

int dcmchain_report_exit_code(const dcmchain_report *report)
{
    return report->exit_code;
}

int dcmchain_report_key_is_lasting(const dcmchain_report *report)
{
    return report->key_is_lasting;
}

static int give(const char *text, char **ret_text)
{
    char *copy = strdup(text == NULL ? "" : text);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_text = copy;
    return DCMCHAIN_OK;
}

int dcmchain_report_json(const dcmchain_report *report, char **ret_json)
{
    return give(report->json, ret_json);
}

int dcmchain_report_summary(const dcmchain_report *report, char **ret_text)
{
    return give(report->summary, ret_text);
}

int dcmchain_report_tree(const dcmchain_report *report, char **ret_text)
{
    return give(report->tree, ret_text);
}

int dcmchain_report_changes(const dcmchain_report *report, uint32_t as_ndjson, char **ret_text)
{
    return give(as_ndjson != 0 ? report->changes_ndjson : report->changes_text, ret_text);
}

int dcmchain_sweep(const char *output_folder)
{
    return sink_sweep(output_folder);
}
