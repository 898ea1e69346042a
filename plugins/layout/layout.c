/* layout.c: the stage "layout": gives every artifact its path, by templates over its final values. Two that
 * would have one name each get a name of their own, the same on every run, since the core asks in a fixed
 * order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "dcmchain/stage.h"
#include "template.h"

#define MAX_ATTEMPTS 1000000U

enum {
    TEMPLATE_SERIES,
    TEMPLATE_IMAGE,
    TEMPLATE_SERIES_DATA,
    TEMPLATE_TASK,
    TEMPLATE_SERIES_DOCUMENT,
    TEMPLATE_STUDY_DOCUMENT,
    TEMPLATES
};

struct config {
    const char *templates[TEMPLATES];
};

#define TEMPLATE_OFFSET(index) (offsetof(struct config, templates) + (index) * sizeof(const char *))

static const struct dcmchain_setting settings[] = {
    {.key = "series",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{SeriesDescription|ProtocolName|\\\"series\\\"}\"",
     .maximum = 1000,
     .help =
         "What {series} stands for; where two series of a study would have one name, the later gets -2, -3 …",
     .offset = TEMPLATE_OFFSET(TEMPLATE_SERIES)},
    {.key = "image",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}/anonymised-images/{series}/{InstanceNumber:05|instance:05}\"",
     .maximum = 1000,
     .help = "Path of an instance, without .dcm.",
     .offset = TEMPLATE_OFFSET(TEMPLATE_IMAGE)},
    {.key = "series_data",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}/extracted-data/{series}\"",
     .maximum = 1000,
     .help = "Path of a document of kind 'series-data', without its extension.",
     .offset = TEMPLATE_OFFSET(TEMPLATE_SERIES_DATA)},
    {.key = "task",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}/{StudyID|StudyInstanceUID}\"",
     .maximum = 1000,
     .help = "Path of a document of kind 'task', without its extension.",
     .offset = TEMPLATE_OFFSET(TEMPLATE_TASK)},
    {.key = "series_document",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}/{kind}/{series}\"",
     .maximum = 1000,
     .help = "Path of any other document of a series, without its extension.",
     .offset = TEMPLATE_OFFSET(TEMPLATE_SERIES_DOCUMENT)},
    {.key = "study_document",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}/{kind}\"",
     .maximum = 1000,
     .help = "Path of any other document of a study, without its extension.",
     .offset = TEMPLATE_OFFSET(TEMPLATE_STUDY_DOCUMENT)},
};

struct run {
    struct template *templates[TEMPLATES];
};

/* The series' own name, given when its head is placed; and where the last search for a free name ended, so
 * that a series of equal numbers is not searched from the beginning each time. */
struct series {
    char *name;
    char *last_stem;
    unsigned last_attempt;
};

/* ---- opening and closing ---- */

static void run_free(struct run *run)
{
    for (size_t i = 0; i < TEMPLATES; i++) {
        template_free(run->templates[i]);
    }
    free(run);
}

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    const struct config *own = config;
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    for (size_t i = 0; i < TEMPLATES; i++) {
        char problem[160] = "out of memory";
        if (template_open(own->templates[i], &run->templates[i], problem, sizeof problem) != DCMCHAIN_OK) {
            run_free(run);
            return dcmchain_error(context, "setting '%s': %s", settings[i].key, problem);
        }
    }
    if (template_component_count(run->templates[TEMPLATE_SERIES]) != 1) {
        run_free(run);
        return dcmchain_error(context, "setting 'series': a name holds no '/'");
    }
    *ret_run = run;
    return DCMCHAIN_OK;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    run_free(run);
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    (void)scope;
    struct series *series = calloc(1, sizeof *series);
    if (series == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    *ret_series = series;
    return DCMCHAIN_OK;
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    (void)context;
    (void)ok;
    struct series *series = scope->series;
    free(series->name);
    free(series->last_stem);
    free(series);
    return DCMCHAIN_OK;
}

/* ---- names ---- */

static char *with_suffix(const char *stem, unsigned attempt, const char *extension)
{
    char suffix[16] = "";
    if (attempt > 1) {
        (void)snprintf(suffix, sizeof suffix, "-%u", attempt);
    }
    return component_join(stem, suffix, extension);
}

static int name_series(dcmchain_context *context, const struct run *run, struct series *series,
                       const struct template_values *values, dcmchain_path *path)
{
    char *stem = template_component(run->templates[TEMPLATE_SERIES], 0, values);
    int result = stem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_TAKEN;
    for (unsigned attempt = 1; result == DCMCHAIN_E_TAKEN && attempt < MAX_ATTEMPTS; attempt++) {
        char *name = with_suffix(stem, attempt, "");
        result = name == NULL ? DCMCHAIN_E_MEMORY : dcmchain_path_claim(path, name);
        if (result == DCMCHAIN_OK) {
            series->name = name;
        } else {
            free(name);
        }
    }
    free(stem);
    return result == DCMCHAIN_OK ? result : dcmchain_error(context, "no name could be given to the series");
}

/* The folders of a path, joined, and the stem of its last component. */
static int expand(const struct template *template, const struct template_values *values, char **ret_folder,
                  char **ret_stem)
{
    char *folder = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&folder, &length);
    size_t count = template_component_count(template);
    char *stem = NULL;
    bool well = stream != NULL;
    for (size_t i = 0; i < count && well; i++) {
        char *component = template_component(template, i, values);
        well = component != NULL;
        if (well && i + 1 < count) {
            well = fprintf(stream, "%s/", component) > 0;
            free(component);
        } else {
            stem = component;
        }
    }
    well = stream != NULL && fclose(stream) == 0 && well;
    if (!well) {
        free(folder);
        free(stem);
        return DCMCHAIN_E_MEMORY;
    }
    *ret_folder = folder;
    *ret_stem = stem;
    return DCMCHAIN_OK;
}

static int set_path(dcmchain_path *path, const char *folder, const char *stem, unsigned attempt,
                    const char *extension)
{
    char *name = with_suffix(stem, attempt, extension);
    size_t size = name == NULL ? 0 : strlen(folder) + strlen(name) + 1;
    char *relative = name == NULL ? NULL : malloc(size);
    int result = DCMCHAIN_E_MEMORY;
    if (relative != NULL) {
        (void)snprintf(relative, size, "%s%s", folder, name);
        result = dcmchain_path_set(path, relative);
    }
    free(name);
    free(relative);
    return result;
}

static unsigned first_attempt(const struct series *series, const char *stem)
{
    return series != NULL && series->last_stem != NULL && strcmp(series->last_stem, stem) == 0
               ? series->last_attempt + 1
               : 1;
}

static void remember(struct series *series, char *stem, unsigned attempt)
{
    if (series == NULL) {
        free(stem);
        return;
    }
    free(series->last_stem);
    series->last_stem = stem;
    series->last_attempt = attempt;
}

static size_t template_of(const dcmchain_artifact *artifact, const struct dcmchain_scope *scope)
{
    const char *kind = dcmchain_artifact_kind(artifact);
    if (strcmp(kind, DCMCHAIN_KIND_IMAGE) == 0) {
        return TEMPLATE_IMAGE;
    }
    if (strcmp(kind, DCMCHAIN_KIND_SERIES_DATA) == 0 && scope->series != NULL) {
        return TEMPLATE_SERIES_DATA;
    }
    if (strcmp(kind, DCMCHAIN_KIND_TASK) == 0 && scope->series == NULL) {
        return TEMPLATE_TASK;
    }
    return scope->series != NULL ? TEMPLATE_SERIES_DOCUMENT : TEMPLATE_STUDY_DOCUMENT;
}

static int place(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *artifact,
                 dcmchain_path *path)
{
    const struct run *run = scope->run;
    struct series *series = scope->series;
    struct template_values values = {
        .item = dcmchain_artifact_item(artifact),
        .kind = dcmchain_artifact_kind(artifact),
        .instance = dcmchain_artifact_instance_ordinal(artifact),
    };
    if (series != NULL && series->name == NULL) {
        int named = name_series(context, run, series, &values, path);
        if (named != DCMCHAIN_OK) {
            return named;
        }
    }
    values.series = series == NULL ? NULL : series->name;
    char *folder = NULL;
    char *stem = NULL;
    if (expand(run->templates[template_of(artifact, scope)], &values, &folder, &stem) != DCMCHAIN_OK) {
        return dcmchain_error(context, "out of memory");
    }
    unsigned attempt = first_attempt(series, stem);
    int result = DCMCHAIN_E_TAKEN;
    for (; result == DCMCHAIN_E_TAKEN && attempt < MAX_ATTEMPTS; attempt++) {
        result = set_path(path, folder, stem, attempt, dcmchain_artifact_extension(artifact));
    }
    free(folder);
    remember(series, stem, attempt - 1);
    if (result == DCMCHAIN_E_TAKEN) {
        return dcmchain_error(context, "no free name was found for a file: a folder of its path is taken");
    }
    return result; /* dcmchain_path_set() has said why */
}

DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof(struct dcmchain_stage),
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "layout",
        .version = "0.1.0",
        .summary = "places artifacts by templates over their final values",
        .settings = settings,
        .settings_count = sizeof settings / sizeof settings[0],
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .series_open = series_open,
        .place = place,
        .series_close = series_close,
        .run_close = run_close,
    };
    return &stage;
}
