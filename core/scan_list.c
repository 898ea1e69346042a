/* scan_list.c: lists what is below IN and opens files there. No link is followed, nothing but folders and
 * regular files is opened, and no order but that of the names' bytes leaves this file. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "limits.h"
#include "scan_parts.h"
#include "text.h"

/* The folders that are open, outermost first, and the path of the innermost. */
struct traversal {
    DIR *folders[LIMIT_FOLDER_DEPTH + 1];
    size_t path_lengths[LIMIT_FOLDER_DEPTH + 1];
    size_t depth; /* open folders */
    char *path;
    size_t path_capacity;
    struct scan_list list;
    const struct scan_options *options;
    char *problem;
};

static int fail(struct traversal *traversal, char *problem)
{
    traversal->problem = problem;
    return problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_FAIL;
}

/* Appends a component to the path of the innermost folder. */
static int set_path(struct traversal *traversal, const char *name)
{
    size_t before = traversal->path_lengths[traversal->depth - 1];
    size_t length = strlen(name);
    size_t needed = before + 1 + length + 1;
    if (needed > traversal->path_capacity) {
        char *path = realloc(traversal->path, needed * 2);
        if (path == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        traversal->path = path;
        traversal->path_capacity = needed * 2;
    }
    if (before > 0) {
        traversal->path[before++] = '/';
    }
    memcpy(traversal->path + before, name, length + 1);
    return DCMCHAIN_OK;
}

static bool is_output(const struct traversal *traversal, int fd)
{
    const struct scan_options *options = traversal->options;
    struct stat status;
    return options->output_inode != 0 && fstat(fd, &status) == 0 && status.st_ino == options->output_inode &&
           status.st_dev == options->output_device;
}

/* Opens a folder below the innermost one. What cannot be listed may hide images: that fails the scan. */
static int enter(struct traversal *traversal, int parent_fd, const char *name)
{
    if (traversal->depth > LIMIT_FOLDER_DEPTH) {
        return fail(traversal,
                    text_format("the input has folders below more than %u folders", LIMIT_FOLDER_DEPTH));
    }
    int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        int error = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return fail(traversal,
                    text_format("a folder of the input cannot be listed: %s", scan_error_text(error)));
    }
    if (is_output(traversal, fd)) {
        (void)closedir(folder);
        return fail(traversal, text_format("the output folder lies inside the input folder"));
    }
    traversal->path_lengths[traversal->depth] = traversal->depth == 0 ? 0 : strlen(traversal->path);
    traversal->folders[traversal->depth++] = folder;
    return DCMCHAIN_OK;
}

static int add_entry(struct traversal *traversal, const char *special)
{
    struct scan_list *list = &traversal->list;
    if (list->count == LIMIT_FILES) {
        return fail(traversal, text_format("the input holds more than %llu entries", LIMIT_FILES));
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 256 : list->capacity * 2;
        struct scan_entry *entries = realloc(list->entries, capacity * sizeof *entries);
        if (entries == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        list->entries = entries;
        list->capacity = capacity;
    }
    char *path = strdup(traversal->path);
    if (path == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    list->entries[list->count++] = (struct scan_entry){.path = path, .special = special};
    return DCMCHAIN_OK;
}

/* The type of an entry as readdir() gives it, asked for where the file system leaves it out. */
static unsigned char type_of(DIR *folder, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN) {
        return entry->d_type;
    }
    if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return DT_REG; /* opening it will tell what is wrong */
    }
    return (unsigned char)IFTODT(status.st_mode);
}

static int take_entry(struct traversal *traversal, const struct dirent *entry)
{
    DIR *folder = traversal->folders[traversal->depth - 1];
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
        return DCMCHAIN_OK;
    }
    int result = set_path(traversal, entry->d_name);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    switch (type_of(folder, entry)) {
    case DT_DIR:
        return enter(traversal, dirfd(folder), entry->d_name);
    case DT_REG:
        return add_entry(traversal, NULL);
    case DT_LNK:
        return add_entry(traversal, "symbolic link");
    case DT_FIFO:
        return add_entry(traversal, "fifo");
    case DT_SOCK:
        return add_entry(traversal, "socket");
    default:
        return add_entry(traversal, "device");
    }
}

static int traverse(struct traversal *traversal, int input_fd)
{
    int result = enter(traversal, input_fd, ".");
    while (result == DCMCHAIN_OK && traversal->depth > 0) {
        const volatile int *stop = traversal->options->stop;
        if (stop != NULL && __atomic_load_n(stop, __ATOMIC_RELAXED) != 0) {
            return fail(traversal, strdup("stopped"));
        }
        errno = 0;
        const struct dirent *entry = readdir(traversal->folders[traversal->depth - 1]);
        if (entry != NULL) {
            result = take_entry(traversal, entry);
        } else if (errno != 0) {
            result = fail(traversal,
                          text_format("a folder of the input cannot be listed: %s", scan_error_text(errno)));
        } else {
            (void)closedir(traversal->folders[--traversal->depth]);
        }
    }
    return result;
}

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct scan_entry *)left)->path, ((const struct scan_entry *)right)->path);
}

int scan_list_folder(int input_fd, const struct scan_options *options, struct scan_list *ret_list,
                     char **ret_problem)
{
    struct traversal traversal = {.options = options};
    int result = traverse(&traversal, input_fd);
    while (traversal.depth > 0) {
        (void)closedir(traversal.folders[--traversal.depth]);
    }
    free(traversal.path);
    if (result != DCMCHAIN_OK) {
        scan_list_free(&traversal.list);
        *ret_problem = traversal.problem;
        return result;
    }
    if (traversal.list.count > 1) {
        qsort(traversal.list.entries, traversal.list.count, sizeof *traversal.list.entries, by_path);
    }
    *ret_list = traversal.list;
    return DCMCHAIN_OK;
}

int scan_list_one(const char *path, struct scan_list *ret_list)
{
    struct scan_entry *entries = calloc(1, sizeof *entries);
    char *copy = strdup(path);
    if (entries == NULL || copy == NULL) {
        free(entries);
        free(copy);
        return DCMCHAIN_E_MEMORY;
    }
    entries[0].path = copy;
    *ret_list = (struct scan_list){.entries = entries, .count = 1, .capacity = 1};
    return DCMCHAIN_OK;
}

void scan_list_free(struct scan_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->entries[i].path);
    }
    free(list->entries);
    *list = (struct scan_list){0};
}

/* One component at a time, so that no link on the way is followed (openat2(2) is not everywhere). O_NONBLOCK:
 * a FIFO put in the file's place since the listing must not hang us. */
int scan_open_path(int input_fd, const char *path, int *ret_fd, struct stat *ret_status)
{
    AUTO_CLOSE int folder = -1;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(path, '/')) {
        char name[NAME_MAX + 1];
        size_t length = (size_t)(slash - path);
        if (length >= sizeof name) {
            errno = ENAMETOOLONG;
            return DCMCHAIN_E_IO;
        }
        memcpy(name, path, length);
        name[length] = '\0';
        int next =
            openat(folder < 0 ? input_fd : folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0) {
            return DCMCHAIN_E_IO;
        }
        if (folder >= 0) {
            (void)close(folder);
        }
        folder = next;
        path = slash + 1;
    }
    AUTO_CLOSE int fd = openat(folder < 0 ? input_fd : folder, path,
                               O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return errno == ELOOP ? DCMCHAIN_E_INVALID : DCMCHAIN_E_IO;
    }
    if (!S_ISREG(status.st_mode)) {
        return DCMCHAIN_E_INVALID;
    }
    *ret_fd = fd;
    *ret_status = status;
    fd = -1; /* NOLINT(clang-analyzer-deadcode.DeadStores): the cleanup attribute reads it */
    return DCMCHAIN_OK;
}
