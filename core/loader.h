/* loader.h: finds and loads stages (.so). A loaded stage stays: RTLD_NOW, RTLD_LOCAL, never unloaded. It
 * reads no settings. Any thread. */
#ifndef CORE_LOADER_H
#define CORE_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#include "dcmchain/stage.h"

#define LOADER_PROBLEM_BYTES 512U

/* Loads a file and copies its stage struct: the smaller of the two sizes, the rest zero. DCMCHAIN_E_CONFIG
 * with ret_problem: not loadable, no stage, an ABI that this library does not know, a broken table. */
int loader_open(const char *file, struct dcmchain_stage *ret_stage, char *ret_problem, size_t problem_size);

/* A stage that is found by name must be in a file of that name. DCMCHAIN_E_CONFIG with ret_problem. */
int loader_check_name(const char *file, const struct dcmchain_stage *stage, char *ret_problem,
                      size_t problem_size);

/* Is what a pipeline or a user calls a stage the path of its file, not a name? */
bool loader_is_path(const char *stage);
/* The same path from the root on, owned; links stay as they are. */
int loader_absolute(const char *file, char **ret_file);

/* The folders that are searched: those given (NULL-terminated, may be NULL), DCMCHAIN_STAGE_PATH, and the one
 * that belongs to this library (of the build tree, or installed). Owned, NULL-terminated, as its members. */
int loader_folders(const char *const *first, char ***ret_folders);
void loader_folders_free(char **folders);

/* The file of a stage by name, absolute. DCMCHAIN_E_ABSENT with ret_problem: where it was searched, and "did
 * you mean".
 */
int loader_find(const char *name, const char *const *first, char **ret_file, char *ret_problem,
                size_t problem_size);

/* All stage files in a folder, sorted; owned, NULL-terminated. A folder that cannot be read has none. */
int loader_list(const char *folder, char ***ret_files);

/* The file of a pipeline by name, absolute, in DCMCHAIN_PIPELINE_PATH and in the folders that belong to this
 * library. DCMCHAIN_E_ABSENT with ret_problem. */
int loader_find_pipeline(const char *name, char **ret_file, char *ret_problem, size_t problem_size);

#endif
