/* run_check.c: what must be right about the options of a run before anything is opened. It must not make
 * anything.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "folders.h"
#include "run.h"
#include "text.h"

static int usage(char **ret_problem, const char *text)
{
    *ret_problem = strdup(text);
    return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
}

/* What one shard cannot know of the others must not matter. */
static const char *shard_problem(const struct run *run)
{
    const struct dcmchain_run_options *options = &run->options;
    if (options->shard_index < 1 || options->shard_index > options->shard_count ||
        options->shard_count > LIMIT_SHARDS) {
        return "a shard is I/N, with I from 1 to N, and N is at most 100000";
    }
    if (options->mercure_context != 0) {
        return "a shard takes a part of the studies, but mercure deletes its whole input afterwards: run "
               "shards outside mercure";
    }
    if (run->pipeline->publish == PIPELINE_PUBLISH_RUN) {
        return "shards publish each for itself, but the pipeline publishes all or nothing (\"publish\": "
               "\"run\")";
    }
    if (run->pipeline->flat) {
        return "the studies of a flat pipeline share their names, which shards cannot agree on";
    }
    if (options->dry_run == 0 && options->key_file == NULL && options->persistence_folder == NULL) {
        return "shards need a lasting key, since all must give the same names: give a key file or a "
               "persistence folder";
    }
    return NULL;
}

int run_check_options(const struct run *run, char **ret_problem)
{
    const struct dcmchain_run_options *options = &run->options;
    if (options->input_folder == NULL) {
        return usage(ret_problem, "no input folder is given");
    }
    struct stat status;
    errno = 0;
    if (stat(options->input_folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        *ret_problem = text_format("the input folder: %s", errno != 0 ? strerror(errno) : "it is no folder");
        return DCMCHAIN_E_USAGE;
    }
    if (options->output_folder == NULL && options->dry_run == 0) {
        return usage(ret_problem, "no output folder is given");
    }
    if (options->output_folder != NULL && (folder_is_inside(options->output_folder, options->input_folder) ||
                                           folder_is_inside(options->input_folder, options->output_folder))) {
        return usage(ret_problem,
                     "input and output folder lie inside one another, or are the same: name another "
                     "output folder");
    }
    if (options->existing > DCMCHAIN_EXISTING_SKIP || options->on_error > DCMCHAIN_ON_ERROR_QUARANTINE) {
        return usage(ret_problem, "an option has a value that this library does not know");
    }
    if (options->existing == DCMCHAIN_EXISTING_SKIP && options->key_file == NULL &&
        options->persistence_folder == NULL) {
        return usage(ret_problem,
                     "studies that exist can only be skipped with a lasting key, since their names come "
                     "from it: give a key file or a persistence folder");
    }
    if (run->pipeline->undurable && options->mercure_context != 0) {
        return usage(ret_problem,
                     "\"durability\" is \"none\", but mercure deletes its input once the module is "
                     "done: what is published must be on the disk by then");
    }
    if (options->shard_count > 0 || options->shard_index > 0) {
        const char *problem = shard_problem(run);
        if (problem != NULL) {
            return usage(ret_problem, problem);
        }
    }
    if (options->phi_map_file != NULL && options->dry_run != 0) {
        return usage(ret_problem, "a dry run creates nothing: it writes no PHI map");
    }
    return DCMCHAIN_OK;
}
