/* loader.c: see loader.h: where stages and pipelines are. Loading one is loader_open.c's. */
#include "loader.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "suggest.h"
#include "text.h"

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

/* Those of some folders beside the library that exist: the build tree's, the installed one's. */
static int append_own(char ***list, size_t *count, const char *const *candidates, size_t candidate_count)
{
    AUTO_FREE char *own = own_folder();
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < candidate_count && own != NULL && result == DCMCHAIN_OK; i++) {
        char *folder = text_format("%s/%s", own, candidates[i]);
        if (folder != NULL && access(folder, R_OK | X_OK) == 0) {
            result = append(list, count, folder);
        } else {
            result = folder == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
            free(folder);
        }
    }
    return result;
}

int loader_folders(const char *const *first, char ***ret_folders)
{
    static const char *const own[] = {"stages", "dcmchain/stages"};
    char **list = calloc(1, sizeof *list);
    size_t count = 0;
    int result = list == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (; first != NULL && *first != NULL && result == DCMCHAIN_OK; first++) {
        result = append(&list, &count, strdup(*first));
    }
    if (result == DCMCHAIN_OK) {
        result = append_path(&list, &count, getenv("DCMCHAIN_STAGE_PATH"));
    }
    if (result == DCMCHAIN_OK) {
        result = append_own(&list, &count, own, sizeof own / sizeof own[0]);
    }
    if (result != DCMCHAIN_OK) {
        loader_folders_free(list);
        return result;
    }
    *ret_folders = list;
    return DCMCHAIN_OK;
}

/* ---- stages ---- */

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool is_stage_file(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 3 && strcmp(name + length - 3, ".so") == 0;
}

int loader_list(const char *folder, char ***ret_files)
{
    char **list = calloc(1, sizeof *list);
    size_t count = 0;
    int result = list == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    DIR *directory = result == DCMCHAIN_OK ? opendir(folder) : NULL;
    for (struct dirent *entry = NULL;
         directory != NULL && result == DCMCHAIN_OK && (entry = readdir(directory)) != NULL;) {
        if (is_stage_file(entry->d_name)) {
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

/* The names of all stages in some folders, for "did you mean". */
static void explain_absence(const char *name, char *const *folders, char *ret_problem, size_t size)
{
    struct text where = TEXT_EMPTY;
    AUTO(cleanup_list) char **names = calloc(1, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; folders[i] != NULL; i++) {
        AUTO(cleanup_list) char **files = NULL;
        text_printf(&where, "%s%s", i == 0 ? "" : ", ", folders[i]);
        if (names == NULL || loader_list(folders[i], &files) != DCMCHAIN_OK) {
            continue;
        }
        for (size_t k = 0; files[k] != NULL; k++) {
            const char *base = strrchr(files[k], '/') + 1;
            (void)append(&names, &count, strndup(base, strlen(base) - 3));
        }
    }
    const char *nearest = suggest(name, (const char *const *)names, count);
    (void)snprintf(ret_problem, size, "no stage '%s' in %s%s%s%s", name,
                   where.bytes == NULL ? "any folder (there is none to search)" : where.bytes,
                   nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                   nearest == NULL ? "" : "'?");
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
        char *file = text_format("%s/%s.so", folders[i], name);
        if (file == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        if (access(file, F_OK) == 0) {
            *ret_file = file;
            return DCMCHAIN_OK;
        }
        free(file);
    }
    explain_absence(name, folders, ret_problem, problem_size);
    return DCMCHAIN_E_ABSENT;
}

int loader_find_pipeline(const char *name, char **ret_file, char *ret_problem, size_t problem_size)
{
    static const char *const own[] = {"pipelines", "../share/dcmchain/pipelines",
                                      "../../share/dcmchain/pipelines"};
    AUTO(cleanup_list) char **folders = calloc(1, sizeof *folders);
    size_t count = 0;
    int result =
        folders == NULL ? DCMCHAIN_E_MEMORY : append_path(&folders, &count, getenv("DCMCHAIN_PIPELINE_PATH"));
    if (result == DCMCHAIN_OK) {
        result = append_own(&folders, &count, own, sizeof own / sizeof own[0]);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    for (size_t i = 0; folders[i] != NULL; i++) {
        char *file = text_format("%s/%s.json", folders[i], name);
        if (file == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        if (access(file, F_OK) == 0) {
            *ret_file = file;
            return DCMCHAIN_OK;
        }
        free(file);
    }
    (void)snprintf(ret_problem, problem_size,
                   "no pipeline '%s' among the shipped ones%s%s; a file is named by its path, as ./%s.json",
                   name, count > 0 ? " in " : "", count > 0 ? folders[count - 1] : "", name);
    return DCMCHAIN_E_ABSENT;
}
