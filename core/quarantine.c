/* quarantine.c: copies failed instances to a folder that only its owner can read, below a folder of this
 * run's own, under their paths in the input, with a list of the reasons. It never overwrites, never moves. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "folders.h"
#include "run.h"
#include "text.h"
#include "whole.h"

struct quarantine {
    pthread_mutex_t lock;
    int folder_fd;
    int run_fd;     /* -1 until the first file comes */
    int reasons_fd; /* reasons.ndjson in it */
};

static int open_folder(const char *folder, int *ret_fd, char **ret_problem)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        *ret_problem = text_format("quarantine folder: it could not be made: %s", strerror(errno));
        return DCMCHAIN_E_USAGE;
    }
    AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        *ret_problem = text_format("quarantine folder: it could not be opened: %s", strerror(errno));
        return DCMCHAIN_E_USAGE;
    }
    if ((status.st_mode & 077) != 0) {
        *ret_problem =
            text_format("quarantine folder: others than its owner can look into it, and it will hold "
                        "patient data: chmod 700 it");
        return DCMCHAIN_E_USAGE;
    }
    *ret_fd = take_fd(&fd);
    return DCMCHAIN_OK;
}

int quarantine_open(const char *folder, const char *input_folder, const char *output_folder,
                    struct quarantine **ret_quarantine, char **ret_problem)
{
    if (folder_is_inside(folder, input_folder) ||
        (output_folder != NULL && folder_is_inside(folder, output_folder))) {
        *ret_problem =
            text_format("quarantine folder: it lies inside the input or the output folder: name another");
        return DCMCHAIN_E_USAGE;
    }
    struct quarantine *quarantine = calloc(1, sizeof *quarantine);
    if (quarantine == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = open_folder(folder, &quarantine->folder_fd, ret_problem);
    if (result != DCMCHAIN_OK) {
        free(quarantine);
        return result;
    }
    (void)pthread_mutex_init(&quarantine->lock, NULL);
    quarantine->run_fd = -1;
    quarantine->reasons_fd = -1;
    *ret_quarantine = quarantine;
    return DCMCHAIN_OK;
}

/* The first free "run-N". */
static int open_run(struct quarantine *quarantine)
{
    for (unsigned number = 1; quarantine->run_fd < 0; number++) {
        char name[32];
        (void)snprintf(name, sizeof name, "run-%u", number);
        if (mkdirat(quarantine->folder_fd, name, 0700) == 0) {
            quarantine->run_fd =
                openat(quarantine->folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (quarantine->run_fd < 0) {
                return DCMCHAIN_E_IO;
            }
        } else if (errno != EEXIST || number == 1000000) {
            return DCMCHAIN_E_IO;
        }
    }
    quarantine->reasons_fd = openat(quarantine->run_fd, "reasons.ndjson",
                                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return quarantine->reasons_fd < 0 ? DCMCHAIN_E_IO : DCMCHAIN_OK;
}

/* Makes the folders of a relative path below "files", and gives the last one. */
static int open_parents(int run_fd, const char *relative, int *ret_fd)
{
    AUTO_FREE char *copy = text_format("files/%s", relative);
    AUTO_CLOSE int fd = fcntl(run_fd, F_DUPFD_CLOEXEC, 0);
    if (copy == NULL || fd < 0) {
        return DCMCHAIN_E_IO;
    }
    char *start = copy;
    for (char *slash = strchr(start, '/'); slash != NULL; slash = strchr(start, '/')) {
        *slash = '\0';
        if (mkdirat(fd, start, 0700) != 0 && errno != EEXIST) {
            return DCMCHAIN_E_IO;
        }
        int next = openat(fd, start, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0) {
            return DCMCHAIN_E_IO;
        }
        (void)close(fd);
        fd = next;
        start = slash + 1;
    }
    *ret_fd = take_fd(&fd);
    return DCMCHAIN_OK;
}

static int copy_bytes(int from, int to)
{
    AUTO_FREE char *buffer = malloc(LIMIT_SPLICE_BYTES);
    if (buffer == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (;;) {
        ssize_t got = read(from, buffer, LIMIT_SPLICE_BYTES);
        if (got == 0) {
            return DCMCHAIN_OK;
        }
        if (got < 0 && errno != EINTR) {
            return DCMCHAIN_E_IO;
        }
        if (got > 0 && whole_write(to, buffer, (size_t)got) != DCMCHAIN_OK) {
            return DCMCHAIN_E_IO;
        }
    }
}

static int copy_file(const struct quarantine *quarantine, const struct scan *scan, const char *path)
{
    AUTO_CLOSE int from = openat(scan->input_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (from < 0 || fstat(from, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    if (!S_ISREG(status.st_mode)) {
        return DCMCHAIN_E_INVALID;
    }
    AUTO_CLOSE int parent = -1;
    int result = open_parents(quarantine->run_fd, path, &parent);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    AUTO_CLOSE int to = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0) {
        return DCMCHAIN_E_IO;
    }
    result = copy_bytes(from, to);
    if (result != DCMCHAIN_OK) {
        (void)unlinkat(parent, name, 0);
    }
    return result;
}

static int write_reason(const struct quarantine *quarantine, const char *path, const char *where,
                        const char *reason)
{
    struct text text = TEXT_EMPTY;
    text_append(&text, "{");
    text_json_member(&text, "file", path);
    text_json_member(&text, "where", where);
    text_json_member(&text, "reason", reason);
    text_append(&text, "}\n");
    AUTO_FREE char *line = text_take(&text);
    return line == NULL ? DCMCHAIN_E_MEMORY : whole_write(quarantine->reasons_fd, line, strlen(line));
}

int quarantine_add(struct quarantine *quarantine, const struct scan *scan,
                   const struct scan_instance *instance, const char *where, const char *reason)
{
    (void)pthread_mutex_lock(&quarantine->lock);
    int result = quarantine->reasons_fd >= 0 ? DCMCHAIN_OK : open_run(quarantine);
    if (result == DCMCHAIN_OK) {
        result = copy_file(quarantine, scan, instance->file.path);
    }
    if (result == DCMCHAIN_OK) {
        result = write_reason(quarantine, instance->file.path, where, reason);
    }
    (void)pthread_mutex_unlock(&quarantine->lock);
    return result;
}

void quarantine_close(struct quarantine *quarantine)
{
    if (quarantine == NULL) {
        return;
    }
    for (int i = 0; i < 3; i++) {
        int fd = i == 0 ? quarantine->reasons_fd : i == 1 ? quarantine->run_fd : quarantine->folder_fd;
        if (fd >= 0) {
            (void)close(fd);
        }
    }
    (void)pthread_mutex_destroy(&quarantine->lock);
    free(quarantine);
}
