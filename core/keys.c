/* keys.c: the public calls that handle keys without a run, and stages' own commands, which need a key but no
 * pipeline (chain.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dcmchain/chain.h"
#include "loader.h"
#include "run.h"
#include "text.h"

static int no_place(char **ret_problem)
{
    *ret_problem = strdup("no place for a key is given: --key-file FILE, or --persistence DIR "
                          "(or set MODULE_PERSISTENCE_DIR)");
    return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
}

static bool take(const struct dcmchain_key_options *options, struct dcmchain_key_options *ret_own)
{
    size_t size = options->struct_size < sizeof *ret_own ? options->struct_size : sizeof *ret_own;
    *ret_own = (struct dcmchain_key_options){0};
    memcpy(ret_own, options, size);
    return ret_own->key_file != NULL || ret_own->persistence_folder != NULL;
}

static int give_id(const char *id, char **ret_id)
{
    *ret_id = strdup(id);
    return *ret_id == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int say_absent(int result, char **ret_problem)
{
    if (result == DCMCHAIN_E_ABSENT && *ret_problem == NULL) {
        *ret_problem = strdup("the persistence folder holds no key yet: the first run makes one, or "
                              "'dcmchain key new'");
    }
    return result;
}

/* The key of the folder as it is. */
static int open_key(const struct dcmchain_key_options *options, struct persistence **ret_persistence,
                    struct key **ret_key, char **ret_problem)
{
    int result = DCMCHAIN_OK;
    if (options->persistence_folder != NULL) {
        result = persistence_open(options->persistence_folder, false, ret_persistence, ret_problem);
        if (result == DCMCHAIN_E_ABSENT && options->key_file != NULL) {
            result = DCMCHAIN_OK;
        }
    }
    if (result == DCMCHAIN_OK) {
        result = options->key_file != NULL ? key_open_file(options->key_file, ret_key, ret_problem)
                                           : persistence_key(*ret_persistence, false, ret_key, ret_problem);
    }
    return say_absent(result, ret_problem);
}

int dcmchain_key_show(const struct dcmchain_key_options *options, char **ret_id, char **ret_problem)
{
    struct dcmchain_key_options own;
    struct persistence *persistence = NULL;
    struct key *key = NULL;
    if (!take(options, &own)) {
        return no_place(ret_problem);
    }
    int result = open_key(&own, &persistence, &key, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = give_id(key_id(key), ret_id);
    }
    key_free(key);
    persistence_close(persistence);
    return result;
}

int dcmchain_key_new(const struct dcmchain_key_options *options, char **ret_id, char **ret_problem)
{
    struct dcmchain_key_options own;
    struct persistence *persistence = NULL;
    struct key *key = NULL;
    int result = DCMCHAIN_OK;
    if (!take(options, &own)) {
        return no_place(ret_problem);
    }
    if (own.key_file == NULL) {
        result = persistence_open(own.persistence_folder, true, &persistence, ret_problem);
    }
    AUTO_FREE char *path = own.key_file != NULL ? text_format("%s", own.key_file)
                           : persistence != NULL
                               ? text_format("%s/" PERSISTENCE_KEY, persistence_path(persistence))
                               : NULL;
    if (result == DCMCHAIN_OK) {
        result = path == NULL ? DCMCHAIN_E_MEMORY : key_make_file(path, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = key_open_file(path, &key, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = give_id(key_id(key), ret_id);
    }
    key_free(key);
    persistence_close(persistence);
    return result;
}

int dcmchain_key_rotate(const struct dcmchain_key_options *options, char **ret_old_id, char **ret_new_id,
                        char **ret_problem)
{
    struct dcmchain_key_options own;
    struct persistence *persistence = NULL;
    char old_id[17] = "";
    char new_id[17] = "";
    if (!take(options, &own)) {
        return no_place(ret_problem);
    }
    if (own.key_file != NULL || own.persistence_folder == NULL) {
        *ret_problem =
            strdup("a key is rotated in a persistence folder alone, which keeps the old one; with key "
                   "files, make a new file and name it");
        return DCMCHAIN_E_USAGE;
    }
    int result = persistence_open(own.persistence_folder, false, &persistence, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = persistence_rotate(persistence, old_id, new_id, ret_problem);
    }
    persistence_close(persistence);
    if (result == DCMCHAIN_OK) {
        result = give_id(old_id, ret_old_id);
    }
    if (result == DCMCHAIN_OK) {
        result = give_id(new_id, ret_new_id);
    }
    return say_absent(result, ret_problem);
}

/* ---- stages' own commands ---- */

static bool asks_for_help(int argc, char **argv)
{
    return argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
}

static int load(const char *const *stage_folders, const char *stage, struct pipeline_stage *ret_entry,
                char **ret_problem)
{
    char problem[LOADER_PROBLEM_BYTES] = "";
    int result = loader_find(stage, stage_folders, &ret_entry->file, problem, sizeof problem);
    if (result == DCMCHAIN_OK) {
        result = loader_open(ret_entry->file, &ret_entry->stage, problem, sizeof problem);
    }
    if (result == DCMCHAIN_OK) {
        result = loader_check_name(ret_entry->file, &ret_entry->stage, problem, sizeof problem);
    }
    if (result == DCMCHAIN_OK && ret_entry->stage.command == NULL) {
        (void)snprintf(problem, sizeof problem, "the stage '%s' has no command", ret_entry->stage.name);
        result = DCMCHAIN_E_ABSENT;
    }
    if (result != DCMCHAIN_OK) {
        *ret_problem = strdup(problem);
        return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_ABSENT;
    }
    return DCMCHAIN_OK;
}

static int open_memory(struct run *run, const struct dcmchain_key_options *options, char **ret_problem)
{
    struct key *key = NULL;
    int result = open_key(options, &run->persistence, &key, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = keyring_open(key, run->persistence, &run->ring, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        run->key = run->ring.keys[0];
    }
    return result;
}

int dcmchain_stage_command(const char *const *stage_folders, const struct dcmchain_key_options *options,
                           const char *stage, int argc, char **argv, int *ret_exit_code, char **ret_problem)
{
    char id[] = ""; /* there is no pipeline and no entry of one */
    struct dcmchain_key_options own;
    struct pipeline_stage entry = {.id = id};
    struct pipeline pipeline = {.name = id, .project = "", .stages = &entry, .stage_count = 1};
    struct run *run = run_new(&pipeline, NULL);
    int result = run == NULL ? DCMCHAIN_E_MEMORY : load(stage_folders, stage, &entry, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = asks_for_help(argc, argv) ? memory_open_random(run)
                 : take(options, &own)     ? open_memory(run, &own, ret_problem)
                                           : no_place(ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        struct dcmchain_context context = {.run = run, .entry = &entry};
        (void)pthread_mutex_init(&context.serial, NULL);
        *ret_exit_code = entry.stage.command(&context, argc, argv);
        (void)pthread_mutex_destroy(&context.serial);
    }
    run_free(run);
    free(entry.file);
    return result;
}
