/* settings.h: the settings of one stage entry: its table, the values given, and the config struct filled from
 * them. It knows neither files nor entries. Written while a pipeline is opened, immutable after. */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include "dcmchain/stage.h"
#include "json.h"
#include "pipeline.h"

/* Checks a stage's table as a loader must: DCMCHAIN_E_CONFIG with a text for its author. */
int settings_check_table(const struct dcmchain_stage *stage, char *ret_problem, size_t problem_size);

/* The n-th row, whatever the size of a row was when the stage was built; n below settings_count. */
struct dcmchain_setting settings_row(const struct dcmchain_stage *stage, size_t index);

/* Defaults in force. The stage must outlive it. DCMCHAIN_E_CONFIG with ret_problem: a default is wrong. */
int settings_open(const struct dcmchain_stage *stage, struct settings **ret_settings, char *ret_problem,
                  size_t problem_size);
void settings_free(struct settings *settings);

/* Sets one value from JSON or from an override's text. folder: what relative paths start at.
 * DCMCHAIN_E_CONFIG with ret_problem (what is allowed, "did you mean"; never the value of a sensitive
 * setting). DCMCHAIN_E_ABSENT: no such key, ret_problem says which there are. */
int settings_set(struct settings *settings, const char *key, const struct json *value, const char *folder,
                 char *ret_problem, size_t problem_size);
int settings_set_text(struct settings *settings, const char *key, const char *value, const char *folder,
                      char *ret_problem, size_t problem_size);

/* ---- setting_place.c ---- */

struct setting_place {
    const char *where;     /* a file, or what an override is called */
    const char *pointer;   /* to the whole setting */
    const struct json *at; /* the innermost value that was found, for its line; NULL: no file */
};
/* Remembers where a value came from. tree: borrowed, must outlive the settings; NULL: no file. */
int settings_set_place(struct settings *settings, const char *key, const char *where, const char *pointer,
                       const struct json *tree);
/* The place of something inside a setting, by a JSON pointer into it ("": the whole). False: it is not set,
 * or there is no such setting. */
bool settings_find_place(const struct settings *settings, const char *key, const char *inside,
                         struct setting_place *ret_place);

/* The next required setting that was not given, from *cursor on (0 at first); NULL: no more. Borrowed. */
const char *settings_missing(const struct settings *settings, size_t *cursor);
/* Fills and gives the config struct; NULL where its size is 0. Borrowed, as long as the settings. */
int settings_fill(struct settings *settings, const void **ret_config);
/* The value of the setting with DCMCHAIN_SETTING_PROJECT, NULL: there is none, or it is not set. Borrowed. */
const char *settings_project(const struct settings *settings);

/* "'a', 'b', 'c'", ending in " …" where it is too long for ret_list. */
void settings_list(const char *const *words, size_t count, char *ret_list, size_t size);

/* "string", "one of" …, as `dcmchain help` says it. Static. */
const char *settings_type_name(uint32_t type);

#endif
