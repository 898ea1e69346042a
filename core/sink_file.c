/* sink_file.c: writes one file of a study below its staging folder. It publishes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "limits.h"
#include "names.h"
#include "sink_parts.h"
#include "text.h"
#include "whole.h"

struct sink_file {
    struct sink_study *study;
    int fd; /* -1 in a dry run */
    char *path;
    int error; /* errno of the first failure; it cannot be finished well after one */
};

/* ---- making and removing ---- */

/* Under study->lock. DCMCHAIN_E_IO with errno. */
static int open_tree(struct sink_study *study, int *ret_fd)
{
    const struct sink *sink = study->sink;
    if (!study->made && tree_make_folder(sink->staging_fd, study->tree) != 0) {
        return DCMCHAIN_E_IO;
    }
    study->made = true;
    *ret_fd = tree_open_child(sink->staging_fd, study->tree);
    return *ret_fd < 0 ? DCMCHAIN_E_IO : DCMCHAIN_OK;
}

/* The folder that a file is to be in: that of the last one, or made and opened now. Under study->lock. */
static int open_parent(struct sink_study *study, const char *relative, const char **ret_name)
{
    const char *slash = strrchr(relative, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - relative);
    *ret_name = slash == NULL ? relative : slash + 1;
    if (study->parent_fd >= 0 && strlen(study->parent) == length &&
        memcmp(study->parent, relative, length) == 0) {
        return DCMCHAIN_OK;
    }
    sink_study_forget(study);
    AUTO_CLOSE int tree_fd = -1;
    AUTO_CLOSE int parent_fd = -1;
    if (open_tree(study, &tree_fd) != DCMCHAIN_OK ||
        tree_open_parent(tree_fd, relative, tree_make_folder, &parent_fd, ret_name) != DCMCHAIN_OK) {
        return DCMCHAIN_E_IO;
    }
    study->parent = strndup(relative, length);
    if (study->parent == NULL) {
        errno = ENOMEM;
        return DCMCHAIN_E_IO;
    }
    study->parent_fd = take_fd(&parent_fd);
    return DCMCHAIN_OK;
}

static int create(struct sink_study *study, const char *relative, int *ret_fd)
{
    const char *name = NULL;
    if (open_parent(study, relative, &name) != DCMCHAIN_OK) {
        return DCMCHAIN_E_IO;
    }
    AUTO_CLOSE int fd =
        openat(study->parent_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return DCMCHAIN_E_IO;
    }
    if (fchmod(fd, 0644) != 0) {
        int saved = errno;
        (void)unlinkat(study->parent_fd, name, 0);
        errno = saved;
        return DCMCHAIN_E_IO;
    }
    *ret_fd = take_fd(&fd);
    return DCMCHAIN_OK;
}

/* With the folders above it that hold nothing else: what is staged is what a dry run would list. */
static int remove_file(struct sink_study *study, char *path)
{
    AUTO_CLOSE int tree_fd = -1;
    (void)pthread_mutex_lock(&study->lock);
    sink_study_forget(study);
    int result = open_tree(study, &tree_fd);
    int flags = 0;
    for (bool more = result == DCMCHAIN_OK; more;) {
        const char *name = NULL;
        AUTO_CLOSE int parent_fd = -1;
        bool removed = tree_open_parent(tree_fd, path, NULL, &parent_fd, &name) == DCMCHAIN_OK &&
                       unlinkat(parent_fd, name, flags) == 0;
        if (!removed && flags == 0) {
            result = DCMCHAIN_E_IO;
        }
        char *slash = strrchr(path, '/');
        more = removed && slash != NULL;
        if (more) {
            *slash = '\0';
            flags = AT_REMOVEDIR;
        }
    }
    (void)pthread_mutex_unlock(&study->lock);
    return result;
}

static void free_file(struct sink_file *file)
{
    free(file->path);
    free(file);
}

static int creation_failed(const char *relative, char **ret_problem)
{
    if (errno == EEXIST) {
        *ret_problem = text_format("'%s' was written already", relative);
        return DCMCHAIN_E_TAKEN;
    }
    *ret_problem = text_format("writing '%s' to the output folder: %s", relative, strerror(errno));
    return DCMCHAIN_E_IO;
}

int sink_file_create(struct sink_study *study, const char *relative, struct sink_file **ret_file,
                     char **ret_problem)
{
    char problem[256] = "";
    if (names_check_path(relative, problem, sizeof problem) != DCMCHAIN_OK) {
        *ret_problem = text_format("path: %s", problem);
        return DCMCHAIN_E_INVALID;
    }
    struct sink_file *file = calloc(1, sizeof *file);
    char *path = strdup(relative);
    if (file == NULL || path == NULL) {
        free(file);
        free(path);
        return DCMCHAIN_E_MEMORY;
    }
    *file = (struct sink_file){.study = study, .fd = -1, .path = path};
    if (!study->sink->dry_run) {
        (void)pthread_mutex_lock(&study->lock);
        int result = create(study, relative, &file->fd);
        (void)pthread_mutex_unlock(&study->lock);
        if (result != DCMCHAIN_OK) {
            free_file(file);
            return creation_failed(relative, ret_problem);
        }
    }
    *ret_file = file;
    return DCMCHAIN_OK;
}

/* ---- writing ---- */

static int failed(struct sink_file *file, int error)
{
    if (file->error == 0) {
        file->error = error;
    }
    errno = error;
    return DCMCHAIN_E_IO;
}

int sink_file_write(struct sink_file *file, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    if (file->error != 0) {
        return failed(file, file->error);
    }
    while (file->fd >= 0 && length > 0) {
        ssize_t written = write(file->fd, at, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return failed(file, written == 0 ? EIO : errno);
        }
        at += written;
        length -= (size_t)written;
    }
    return DCMCHAIN_OK;
}

/* Reads all of a piece; DCMCHAIN_E_INVALID where the source ends before. */
static int read_piece(int fd, uint8_t *buffer, size_t length, uint64_t offset)
{
    size_t done = 0;
    int result = whole_read_at(fd, buffer, length, offset, &done);
    return result == DCMCHAIN_OK && done < length ? DCMCHAIN_E_INVALID : result;
}

/* What a real run would meet in the source, without reading it. */
static int check_source(int fd, uint64_t offset, uint64_t length)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    uint64_t size = (uint64_t)status.st_size;
    return S_ISREG(status.st_mode) && (offset > size || length > size - offset) ? DCMCHAIN_E_INVALID
                                                                                : DCMCHAIN_OK;
}

/* By read and write: copy_file_range(2) took the same time on ext4 and tmpfs (256 MiB from and to the page
 * cache), and cannot share blocks where it could help, since a new header moves the pixels off their
 * alignment.
 */
int sink_file_splice(struct sink_file *file, int fd, uint64_t offset, uint64_t length)
{
    if (offset > INT64_MAX || length > INT64_MAX - offset) {
        (void)failed(file, EOVERFLOW);
        return DCMCHAIN_E_INVALID;
    }
    if (file->fd < 0) {
        return check_source(fd, offset, length);
    }
    uint8_t buffer[LIMIT_SPLICE_BYTES];
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && length > 0) {
        size_t piece = length < sizeof buffer ? (size_t)length : sizeof buffer;
        result = read_piece(fd, buffer, piece, offset);
        if (result != DCMCHAIN_OK) {
            (void)failed(file, result == DCMCHAIN_E_IO ? errno : EIO);
            return result;
        }
        result = sink_file_write(file, buffer, piece);
        offset += piece;
        length -= piece;
    }
    return result;
}

/* ---- finishing ---- */

/* Where folders are published whole, one file of a folder stands for all in it. */
static bool is_stood_for(const struct sink_study *study, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (study->sink->flat || slash == NULL || study->file_count == 0) {
        return false;
    }
    const char *last = study->files[study->file_count - 1];
    const size_t length = (size_t)(slash - path) + 1;
    return strncmp(last, path, length) == 0 && strchr(last + length, '/') == NULL;
}

/* Takes the path over where it succeeds. */
static int record(struct sink_study *study, char *path)
{
    int result = DCMCHAIN_OK;
    (void)pthread_mutex_lock(&study->lock);
    if (is_stood_for(study, path)) {
        (void)pthread_mutex_unlock(&study->lock);
        free(path);
        return result;
    }
    /* Grown at powers of two: the count tells the capacity. */
    if ((study->file_count & (study->file_count - 1)) == 0) {
        size_t capacity = study->file_count == 0 ? 1 : study->file_count * 2;
        char **grown = realloc(study->files, capacity * sizeof *grown);
        if (grown == NULL) {
            result = DCMCHAIN_E_MEMORY;
        } else {
            study->files = grown;
        }
    }
    if (result == DCMCHAIN_OK) {
        study->files[study->file_count++] = path;
    }
    (void)pthread_mutex_unlock(&study->lock);
    return result;
}

int sink_file_finish(struct sink_file *file, bool ok)
{
    int error = file->error;
    int result = ok && error == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
    if (file->fd >= 0) {
        if (result == DCMCHAIN_OK && tree_set_time(file->fd) != DCMCHAIN_OK) {
            error = errno;
            result = DCMCHAIN_E_IO;
        }
        if (close(file->fd) != 0 && result == DCMCHAIN_OK) { /* NFS tells of a full disk here */
            error = errno;
            result = DCMCHAIN_E_IO;
        }
    }
    if (result == DCMCHAIN_OK && record(file->study, file->path) != DCMCHAIN_OK) {
        error = ENOMEM;
        result = DCMCHAIN_E_IO;
    }
    if (result == DCMCHAIN_OK) {
        file->path = NULL;
    } else {
        if (!ok) {
            result = DCMCHAIN_OK; /* as asked, if it can be removed */
        }
        if (file->fd >= 0 && remove_file(file->study, file->path) != DCMCHAIN_OK) {
            error = error == 0 ? errno : error;
            result = DCMCHAIN_E_IO;
        }
    }
    free_file(file);
    errno = error;
    return result;
}
