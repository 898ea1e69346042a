/* loader.c: see loader.h: where stages and pipelines are. Loading one is loader_open.c's. */
#include "loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "suggest.h"
#include "text.h"

#define STAGE_ENDING ".so"

/* ---- lists ---- */

static int append(char ***list, size_t *count, char *text)
{
    char **grown = text == NULL ? NULL : realloc(*list, (*count + 2) * sizeof *grown);
    if (grown == NULL) {
        free(text);
        return DCMCHAIN_E_MEMORY;
    }
    grown[(*count)++] = text;
    grown[*count] = NULL;
    *list = grown;
    return DCMCHAIN_OK;
}

void loader_folders_free(char **folders)
{
    for (char **at = folders; at != NULL && *at != NULL; at++) {
        free(*at);
    }
    free(folders);
}

static void cleanup_list(char ***list)
{
    loader_folders_free(*list);
}

static int append_path(char ***list, size_t *count, const char *path)
{
    int result = DCMCHAIN_OK;
    while (path != NULL && result == DCMCHAIN_OK) {
        const char *colon = strchr(path, ':');
        size_t length = colon == NULL ? strlen(path) : (size_t)(colon - path);
        if (length > 0) {
            result = append(list, count, strndup(path, length));
        }
        path = colon == NULL ? NULL : colon + 1;
    }
    return result;
}

/* ---- where this library lies ---- */

/* The folder of libdcmchain.so (or of a program that holds its objects), so that a moved tree still works. */
static char *own_folder(void)
{
    Dl_info info;
    void *here = NULL;
    int (*function)(const char *, struct dcmchain_stage *, char *, size_t) = loader_open;
    memcpy(&here, &function, sizeof here);
    if (dladdr(here, &info) == 0 || info.dli_fname == NULL) {
        return NULL;
    }
    char *file = realpath(info.dli_fname, NULL);
    char *slash = file == NULL ? NULL : strrchr(file, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return file;
}

/* A build tree is no installation: `lib/stages` of some other program must not be taken for ours. */
static bool is_build_tree(const char *folder)
{
    AUTO_FREE char *cache = text_format("%s/CMakeCache.txt", folder);
    return cache != NULL && access(cache, F_OK) == 0;
}

/* Those of some folders beside the library that exist: the build tree's, or the installed ones. */
static int append_own(char ***list, size_t *count, const char *built, const char *const *installed)
{
    AUTO_FREE char *own = own_folder();
    const char *const build_tree[] = {built, NULL};
    int result = DCMCHAIN_OK;
    if (own == NULL) {
        return DCMCHAIN_OK;
    }
    for (const char *const *at = is_build_tree(own) ? build_tree : installed;
         *at != NULL && result == DCMCHAIN_OK; at++) {
        AUTO_FREE char *folder = text_format("%s/%s", own, *at);
        AUTO_FREE char *real = folder == NULL ? NULL : realpath(folder, NULL);
        result = folder == NULL ? DCMCHAIN_E_MEMORY
                 : real == NULL ? DCMCHAIN_OK
                                : append(list, count, strdup(real));
    }
    return result;
}

/* The same folder twice is searched once. */
static void drop_repeated(char **list)
{
    size_t kept = 0;
    for (size_t i = 0; list[i] != NULL; i++) {
        struct stat status;
        struct stat before;
        bool repeated = false;
        for (size_t k = 0; k < kept && !repeated; k++) {
            repeated = stat(list[k], &before) == 0 && stat(list[i], &status) == 0 &&
                       before.st_dev == status.st_dev && before.st_ino == status.st_ino;
        }
        if (repeated) {
            free(list[i]);
        } else {
            list[kept++] = list[i];
        }
    }
    list[kept] = NULL;
}

int loader_folders(const char *const *first, char ***ret_folders)
{
    static const char *const installed[] = {"dcmchain/stages", NULL};
    char **list = calloc(1, sizeof *list);
    size_t count = 0;
    int result = list == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (; first != NULL && *first != NULL && result == DCMCHAIN_OK; first++) {
        if ((*first)[0] != '\0') {
            result = append(&list, &count, strdup(*first));
        }
    }
    if (result == DCMCHAIN_OK) {
        result = append_path(&list, &count, getenv("DCMCHAIN_STAGE_PATH"));
    }
    if (result == DCMCHAIN_OK) {
        result = append_own(&list, &count, "stages", installed);
    }
    if (result != DCMCHAIN_OK) {
        loader_folders_free(list);
        return result;
    }
    drop_repeated(list);
    *ret_folders = list;
    return DCMCHAIN_OK;
}

/* ---- stages ---- */

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0;
}

bool loader_is_path(const char *stage)
{
    return strchr(stage, '/') != NULL || has_ending(stage, STAGE_ENDING);
}

int loader_absolute(const char *file, char **ret_file)
{
    AUTO_FREE char *here = file[0] == '/' ? NULL : getcwd(NULL, 0);
    char *absolute = here == NULL ? strdup(file) : text_format("%s/%s", here, file);
    if (absolute == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_file = absolute;
    return DCMCHAIN_OK;
}

/* The files of a folder that end so, sorted. */
static int list_files(const char *folder, const char *ending, char ***ret_files)
{
    char **list = calloc(1, sizeof *list);
    size_t count = 0;
    int result = list == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    DIR *directory = result == DCMCHAIN_OK ? opendir(folder) : NULL;
    for (struct dirent *entry = NULL;
         directory != NULL && result == DCMCHAIN_OK && (entry = readdir(directory)) != NULL;) {
        if (has_ending(entry->d_name, ending)) {
            result = append(&list, &count, text_format("%s/%s", folder, entry->d_name));
        }
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    if (result != DCMCHAIN_OK) {
        loader_folders_free(list);
        return result;
    }
    qsort(list, count, sizeof *list, compare);
    *ret_files = list;
    return DCMCHAIN_OK;
}

int loader_list(const char *folder, char ***ret_files)
{
    return list_files(folder, STAGE_ENDING, ret_files);
}

/* Where it was searched, and which of all names there is nearest. */
static void explain_absence(const char *what, const char *ending, const char *name, char *const *folders,
                            char *ret_problem, size_t size)
{
    struct text where = TEXT_EMPTY;
    AUTO(cleanup_list) char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; folders[i] != NULL; i++) {
        AUTO(cleanup_list) char **files = NULL;
        text_printf(&where, "%s%s", i == 0 ? "" : ", ", folders[i]);
        if (list_files(folders[i], ending, &files) != DCMCHAIN_OK) {
            continue;
        }
        for (size_t k = 0; files[k] != NULL; k++) {
            const char *base = strrchr(files[k], '/') + 1;
            (void)append(&names, &count, strndup(base, strlen(base) - strlen(ending)));
        }
    }
    const char *nearest = suggest(name, (const char *const *)names, count);
    (void)snprintf(ret_problem, size, "no %s '%.64s'%s%s%s in %s", what, name,
                   nearest == NULL ? "" : " (did you mean '", nearest == NULL ? "" : nearest,
                   nearest == NULL ? "" : "'?)",
                   where.bytes == NULL ? "any folder: there is none to search" : where.bytes);
    text_free(&where);
}

int loader_find(const char *name, const char *const *first, char **ret_file, char *ret_problem,
                size_t problem_size)
{
    AUTO(cleanup_list) char **folders = NULL;
    int result = loader_folders(first, &folders);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    for (size_t i = 0; folders[i] != NULL; i++) {
        AUTO_FREE char *file = text_format("%s/%s.so", folders[i], name);
        if (file == NULL) {
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees folders */
            return DCMCHAIN_E_MEMORY;
        }
        if (access(file, F_OK) == 0) {
            return loader_absolute(file, ret_file);
        }
    }
    explain_absence("stage", STAGE_ENDING, name, folders, ret_problem, problem_size);
    return DCMCHAIN_E_ABSENT;
}

/* The file of a pipeline in the first folder that has it; *ret_file stays NULL where none has. */
static int find_description(char *const *folders, const char *name, char **ret_file)
{
    for (; *folders != NULL; folders++) {
        AUTO_FREE char *file = text_format("%s/%s.json", *folders, name);
        if (file == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        if (access(file, F_OK) == 0) {
            return loader_absolute(file, ret_file);
        }
    }
    return DCMCHAIN_OK;
}

int loader_find_pipeline(const char *name, char **ret_file, char *ret_problem, size_t problem_size)
{
    static const char *const installed[] = {"../share/dcmchain/pipelines", "../../share/dcmchain/pipelines",
                                            NULL};
    AUTO(cleanup_list) char **folders = calloc(1, sizeof *folders);
    size_t count = 0;
    char *file = NULL;
    int result =
        folders == NULL ? DCMCHAIN_E_MEMORY : append_path(&folders, &count, getenv("DCMCHAIN_PIPELINE_PATH"));
    if (result == DCMCHAIN_OK) {
        result = append_own(&folders, &count, "pipelines", installed);
    }
    if (result == DCMCHAIN_OK) {
        result = find_description(folders, name, &file);
    }
    if (result != DCMCHAIN_OK) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees folders */
        return result;
    }
    if (file != NULL) {
        *ret_file = file;
        return DCMCHAIN_OK;
    }
    explain_absence("pipeline", ".json", name, folders, ret_problem, problem_size);
    return DCMCHAIN_E_ABSENT;
}
