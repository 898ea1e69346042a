/* config.h: the settings of the layout stage, as the core fills them, and what run_open makes of them.
 * It declares data only. */
#ifndef LAYOUT_CONFIG_H
#define LAYOUT_CONFIG_H

#include "dcmchain/stage.h"
#include "template.h"

#define LAYOUT_VERSION "0.1.0"

struct layout_config {
    const char *study_folder;
    const char *images_folder;
    const char *data_folder;
    const char *series_name;
    const char *image_path;
    const char *series_data_path;
    const char *task_path;
    const char *other_path;
    const char *kind_paths;
};

#define LAYOUT_SETTINGS 9U
extern const struct dcmchain_setting layout_settings[LAYOUT_SETTINGS];

/* A kind of artifact with a template of its own. */
struct kind_path {
    char *kind;
    struct template template;
};

struct layout_run {
    const struct layout_config *config;
    struct template study_folder; /* no parts: paths begin without a folder of the study */
    struct template series_name;
    struct template other_path;
    struct kind_path *kinds;
    size_t kind_count;
};

/* Parses the templates. What is wrong is told with dcmchain_setting_problem(), all of it. */
int layout_run_open(dcmchain_context *context, const struct layout_config *config,
                    struct layout_run **ret_run);
void layout_run_free(struct layout_run *run);
/* The template of a kind. Never NULL. */
const struct template *layout_template(const struct layout_run *run, const char *kind);

#endif
