/* trace.c: a stage that tells every callback in the log, and places. tests/e2e/test_callbacks.sh holds the
 * order to a fixed text; it must not change anything. */
#include <dcmchain/stage.h>
#include <stdio.h>
#include <stdlib.h>

#define TELL(...) dcmchain_log(context, DCMCHAIN_LOG_INFO, __VA_ARGS__)

static unsigned study_of(const struct dcmchain_scope *scope)
{
    return dcmchain_study_ordinal(scope->study_info);
}

static unsigned series_of(const struct dcmchain_scope *scope)
{
    return scope->series_info == NULL ? 0 : dcmchain_series_ordinal(scope->series_info);
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    (void)config;
    *ret_run = malloc(1);
    TELL("run_open");
    return *ret_run == NULL ? dcmchain_error(context, "out of memory") : DCMCHAIN_OK;
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    *ret_study = malloc(1);
    TELL("study_open %u, of %zu series", study_of(scope), dcmchain_study_series_count(scope->study_info));
    return *ret_study == NULL ? dcmchain_error(context, "out of memory") : DCMCHAIN_OK;
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    *ret_series = malloc(1);
    TELL("series_open %u.%u", study_of(scope), series_of(scope));
    return *ret_series == NULL ? dcmchain_error(context, "out of memory") : DCMCHAIN_OK;
}

static int instance(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_instance *instance)
{
    TELL("instance %u.%u.%u%s%s", study_of(scope), series_of(scope), dcmchain_instance_ordinal(instance),
         dcmchain_instance_is_head(instance) ? " head" : "",
         scope->run == NULL || scope->study == NULL || scope->series == NULL ? " without state" : "");
    return DCMCHAIN_OK;
}

static int place(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *artifact,
                 dcmchain_path *path)
{
    char name[120];
    unsigned ordinal = dcmchain_artifact_instance_ordinal(artifact);
    const char *kind = dcmchain_artifact_kind(artifact);
    TELL("place %u.%u.%u %s%s", study_of(scope), series_of(scope), ordinal, kind,
         dcmchain_artifact_path(artifact) == NULL ? "" : " placed before");
    (void)snprintf(name, sizeof name, "study-%u/%s-%u-%u%s", study_of(scope), kind, series_of(scope), ordinal,
                   dcmchain_artifact_extension(artifact));
    return dcmchain_path_set(path, name);
}

static int artifact(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_artifact *artifact)
{
    unsigned char first[4];
    size_t read = 0;
    int result = dcmchain_artifact_read(artifact, 128, first, sizeof first, &read);
    TELL("artifact %u.%u.%u %s%s", study_of(scope), series_of(scope),
         dcmchain_artifact_instance_ordinal(artifact), dcmchain_artifact_kind(artifact),
         result == DCMCHAIN_OK && dcmchain_artifact_path(artifact) != NULL ? "" : " not final");
    return DCMCHAIN_OK;
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct dcmchain_counts counts;
    free(scope->series);
    dcmchain_series_counts(scope->series_info, &counts);
    TELL("series_close %u.%u %s, published %u", study_of(scope), series_of(scope), ok ? "well" : "not well",
         (unsigned)counts.published);
    return ok ? dcmchain_emit(context, scope, "trace", ".txt", "series\n", 7) : DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    free(scope->study);
    TELL("study_close %u %s", study_of(scope), ok ? "well" : "not well");
    return ok ? dcmchain_emit(context, scope, "trace", ".txt", "study\n", 6) : DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    static const char *const words[] = {"done", "failed", "stopped"};
    free(run);
    TELL("run_close %s", outcome < 3 ? words[outcome] : "unknown");
}

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "trace",
    .version = "0.1.0",
    .summary = "tells every callback",
    .run_open = run_open,
    .study_open = study_open,
    .series_open = series_open,
    .instance = instance,
    .place = place,
    .artifact = artifact,
    .series_close = series_close,
    .study_close = study_close,
    .run_close = run_close,
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
