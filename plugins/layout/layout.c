/* layout.c: the stage: places every artifact by the template of its kind, and finds a name of its own for
 * each. Names depend on the final values and the order of placement alone. It must not change a data set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "component.h"
#include "config.h"
#include "names.h"
#include "render.h"

#define PATH_BYTES 2048U       /* the core takes no longer one */
#define SERIES_NAME_BYTES 200U /* so that a template may add to {series} */
#define MOST_NUMBERS 1000000U  /* "name-1000000": then the fault is in the template */

/* All of this is only touched in place(), which comes one at a time within a study. */
struct study_state {
    char *folder;         /* of the study, "" or with a '/' at its end; NULL before the first placement */
    struct names folders; /* by wanted folder: the one that stands for it */
    struct names files;   /* by wanted path: the last number given behind it */
};

struct series_state {
    char *name; /* {series}; NULL before its head is placed */
};

/* ---- names ---- */

static void number_text(uint32_t number, char ret_suffix[16])
{
    ret_suffix[0] = '\0';
    if (number > 1) {
        (void)snprintf(ret_suffix, 16, "-%u", number);
    }
}

/* Joins with one more component, and claims what comes out with the core as a folder of this study: a folder
 * that differs by case or composition alone is another one on an SMB share, and becomes "name-2". */
static int enter_folder(struct study_state *study, dcmchain_path *path, char **folder, const char *component)
{
    AUTO_FREE char *wanted = NULL;
    if (asprintf(&wanted, "%s%s", *folder, component) < 0) {
        wanted = NULL;
        return DCMCHAIN_E_MEMORY;
    }
    const struct names_entry *known = names_find(&study->folders, wanted);
    char *entered = known == NULL ? NULL : strdup(known->value);
    int result = known == NULL || entered != NULL ? DCMCHAIN_OK : DCMCHAIN_E_MEMORY;
    for (uint32_t number = 1; result == DCMCHAIN_OK && entered == NULL && number <= MOST_NUMBERS; number++) {
        char suffix[16];
        char name[COMPONENT_SIZE];
        AUTO_FREE char *claim = NULL;
        number_text(number, suffix);
        component_make(component, suffix, "", COMPONENT_BYTES, name);
        if (asprintf(&claim, "folder %s%s/", *folder, name) < 0) {
            claim = NULL;
            return DCMCHAIN_E_MEMORY;
        }
        result = dcmchain_path_claim(path, claim);
        if (result == DCMCHAIN_OK) {
            entered = strdup(claim + strlen("folder "));
            result = entered == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
        } else if (result == DCMCHAIN_E_TAKEN) {
            result = DCMCHAIN_OK;
        }
    }
    if (result == DCMCHAIN_OK && known == NULL) {
        struct names_entry *entry = entered == NULL ? NULL : names_put(&study->folders, wanted);
        if (entry != NULL) {
            entry->value = strdup(entered);
        }
        result = entry == NULL || entry->value == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    }
    if (result != DCMCHAIN_OK) {
        free(entered);
        return result;
    }
    free(*folder);
    *folder = entered;
    return DCMCHAIN_OK;
}

/* Proposes folder and name until one is free. What the core says of a path that it refuses is the text of the
 * failure. */
static int propose(struct study_state *study, dcmchain_path *path, const char *folder, const char *component,
                   const char *extension)
{
    AUTO_FREE char *wanted = NULL;
    if (asprintf(&wanted, "%s%s%s", folder, component, extension) < 0) {
        wanted = NULL;
        return DCMCHAIN_E_MEMORY;
    }
    const struct names_entry *known = names_find(&study->files, wanted);
    uint32_t number = known == NULL ? 1 : known->number + 1;
    int result = DCMCHAIN_E_TAKEN;
    for (; result == DCMCHAIN_E_TAKEN && number <= MOST_NUMBERS; number++) {
        char suffix[16];
        char name[COMPONENT_SIZE];
        AUTO_FREE char *relative = NULL;
        number_text(number, suffix);
        component_make(component, suffix, extension, COMPONENT_BYTES, name);
        if (asprintf(&relative, "%s%s", folder, name) < 0) {
            relative = NULL;
            return DCMCHAIN_E_MEMORY;
        }
        result = dcmchain_path_set(path, relative);
    }
    if (result == DCMCHAIN_OK && number > 2) { /* a name that was free at once is not worth a note */
        struct names_entry *entry = names_put(&study->files, wanted);
        if (entry == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        entry->number = number - 1;
    }
    return result;
}

/* ---- what is decided once ---- */

static int name_study(const struct layout_run *run, struct study_state *study,
                      const struct render_values *values)
{
    struct rendered rendered = {0};
    char *folder = strdup("");
    int result = folder == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && run->study_folder.count > 0) {
        result = render(&run->study_folder, values, &rendered);
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < rendered.count; i++) {
        char name[COMPONENT_SIZE];
        char *longer = NULL;
        component_make(rendered.components[i], "", "", COMPONENT_BYTES, name);
        if (asprintf(&longer, "%s%s/", folder, name) < 0) {
            longer = NULL;
            result = DCMCHAIN_E_MEMORY;
        }
        free(folder);
        folder = longer;
    }
    render_free(&rendered);
    study->folder = folder;
    return result;
}

static int name_series(const struct layout_run *run, struct series_state *series, dcmchain_path *path,
                       const struct render_values *values)
{
    struct rendered rendered = {0};
    int result = render(&run->series_name, values, &rendered);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    const char *wanted = rendered.components[0]; /* its template has no '/' */
    for (uint32_t number = 1; series->name == NULL && result == DCMCHAIN_OK && number <= MOST_NUMBERS;
         number++) {
        char suffix[16];
        char name[COMPONENT_SIZE];
        AUTO_FREE char *claim = NULL;
        number_text(number, suffix);
        component_make(wanted, suffix, "", SERIES_NAME_BYTES, name);
        if (asprintf(&claim, "series %s", name) < 0) {
            claim = NULL;
            result = DCMCHAIN_E_MEMORY;
            break;
        }
        result = dcmchain_path_claim(path, claim);
        if (result == DCMCHAIN_OK) {
            series->name = strdup(name);
            result = series->name == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
        } else if (result == DCMCHAIN_E_TAKEN) {
            result = DCMCHAIN_OK;
        }
    }
    render_free(&rendered);
    return result;
}

/* ---- callbacks ---- */

static int run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    struct layout_run *run = NULL;
    int result = layout_run_open(context, config, &run);
    if (result == DCMCHAIN_OK) {
        *ret_run = run;
    }
    return result;
}

static void run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    (void)context;
    (void)outcome;
    layout_run_free(run);
}

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    (void)scope;
    *ret_study = calloc(1, sizeof(struct study_state));
    return *ret_study == NULL ? dcmchain_error(context, "out of memory") : DCMCHAIN_OK;
}

static int study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct study_state *study = scope->study;
    (void)context;
    (void)ok;
    free(study->folder);
    names_clear(&study->folders);
    names_clear(&study->files);
    free(study);
    return DCMCHAIN_OK;
}

static int series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    (void)scope;
    *ret_series = calloc(1, sizeof(struct series_state));
    return *ret_series == NULL ? dcmchain_error(context, "out of memory") : DCMCHAIN_OK;
}

static int series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    struct series_state *series = scope->series;
    (void)context;
    (void)ok;
    free(series->name);
    free(series);
    return DCMCHAIN_OK;
}

/* Folders and file of one artifact. */
static int place_rendered(struct study_state *study, dcmchain_path *path, const struct rendered *rendered,
                          const char *extension)
{
    char *folder = strdup(study->folder);
    int result = folder == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i + 1 < rendered->count; i++) {
        result = enter_folder(study, path, &folder, rendered->components[i]);
    }
    if (result == DCMCHAIN_OK && strlen(folder) >= PATH_BYTES) {
        result = DCMCHAIN_E_RANGE;
    }
    if (result == DCMCHAIN_OK) {
        result = propose(study, path, folder, rendered->components[rendered->count - 1], extension);
    }
    free(folder);
    return result;
}

static int place(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *artifact,
                 dcmchain_path *path)
{
    const struct layout_run *run = scope->run;
    struct study_state *study = scope->study;
    struct series_state *series = scope->series;
    struct render_values values = {
        .item = dcmchain_artifact_item(artifact),
        .instance = dcmchain_artifact_instance_ordinal(artifact),
        .kind = dcmchain_artifact_kind(artifact),
        .images_folder = run->config->images_folder,
        .data_folder = run->config->data_folder,
    };
    int result = study->folder == NULL ? name_study(run, study, &values) : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && series != NULL && series->name == NULL) {
        result = name_series(run, series, path, &values);
    }
    values.series = series == NULL ? NULL : series->name;
    struct rendered rendered = {0};
    if (result == DCMCHAIN_OK) {
        result = render(layout_template(run, values.kind), &values, &rendered);
    }
    if (result == DCMCHAIN_OK) {
        result = place_rendered(study, path, &rendered, dcmchain_artifact_extension(artifact));
        render_free(&rendered);
    }
    switch (result) {
    case DCMCHAIN_OK:
    case DCMCHAIN_E_INVALID: /* dcmchain_path_set() has said why */
        return result;
    case DCMCHAIN_E_TAKEN:
        return dcmchain_error(context, "no free name: the templates give one name to too many files");
    case DCMCHAIN_E_RANGE:
        return dcmchain_error(context, "the template of kind '%s' makes a path that is too long",
                              values.kind);
    default:
        return dcmchain_error(context, "naming an artifact: %s", dcmchain_result_text(result));
    }
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    static const struct dcmchain_stage stage = {
        .struct_size = sizeof stage,
        .abi = DCMCHAIN_STAGE_ABI,
        .name = "layout",
        .version = LAYOUT_VERSION,
        .summary = "gives every file its place in the output, by templates over final values",
        .settings = layout_settings,
        .settings_count = LAYOUT_SETTINGS,
        .setting_size = sizeof(struct dcmchain_setting),
        .config_size = sizeof(struct layout_config),
        .concurrency = DCMCHAIN_PARALLEL,
        .run_open = run_open,
        .study_open = study_open,
        .series_open = series_open,
        .place = place,
        .series_close = series_close,
        .study_close = study_close,
        .run_close = run_close,
    };
    return &stage;
}
