/* filter.c: the stage: leaves out, before anything else is done to them, instances that no work on their
 * header can make safe, and studies whose patient objects. It must not change a data set, nor name a patient.
 */
#include <stdlib.h>

#include "config.h"
#include "objections.h"
#include "risks.h"
#include "rules.h"

struct filter_run {
    const struct filter_config *config;
    struct rules *rules;
    struct risks *risks;
    struct objections *objections; /* NULL: no file is set */
};

static void run_close(dcmchain_context *context, void *handle, uint32_t outcome)
{
    struct filter_run *run = handle;
    (void)context;
    (void)outcome;
    rules_free(run->rules);
    risks_free(run->risks);
    objections_free(run->objections);
    free(run);
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct filter_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->config = config;
    int result = rules_open(context, run->config, &run->rules);
    if (result == DCMCHAIN_OK) {
        result = risks_open(context, &run->risks);
    }
    if (result == DCMCHAIN_OK && run->config->objections != NULL) {
        result = objections_read(context, run->config->objections, &run->objections);
    }
    if (result != DCMCHAIN_OK) {
        run_close(context, run, DCMCHAIN_OUTCOME_FAILED);
        return result;
    }
    *ret_run = run;
    return DCMCHAIN_OK;
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    const struct filter_run *run = scope->run;
    (void)ret_study;
    if (run->objections == NULL || !objections_concern(run->objections, scope->study_info)) {
        return DCMCHAIN_OK;
    }
    static const char text[] = "objection: the patient objects, or consent is lacking";
    return run->config->objection_exit == 0 ? dcmchain_drop(context, "%s", text)
                                            : dcmchain_error(context, "%s", text);
}

static int instance_seen(dcmchain_context *context, const struct dcmchain_scope *scope,
                         dcmchain_instance *instance)
{
    const struct filter_run *run = scope->run;
    const struct rule *rule = NULL;
    int result = rules_find(run->rules, instance, &rule);
    if (result == DCMCHAIN_OK && rule == NULL) {
        result = risks_report(run->risks, context, instance);
    }
    if (result != DCMCHAIN_OK) {
        return dcmchain_error(context, "a condition cannot be decided: %s", dcmchain_result_text(result));
    }
    if (rule == NULL) {
        return DCMCHAIN_OK;
    }
    return rule->quarantine ? dcmchain_error(context, "%s", rule->reason)
                            : dcmchain_drop(context, "%s", rule->reason);
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof(struct dcmchain_stage),
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "filter",
    .version = "0.1.0",
    .summary = "leaves out what cleaning a header cannot make safe, and studies that object",
    .settings = filter_settings,
    .settings_count = FILTER_SETTINGS,
    .setting_size = sizeof(struct dcmchain_setting),
    .config_size = sizeof(struct filter_config),
    .concurrency = DCMCHAIN_PARALLEL,
    .run_open = run_open,
    .study_open = study_open,
    .instance = instance_seen,
    .run_close = run_close,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
