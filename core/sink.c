/* sink.c: opens and closes the sink, begins and discards studies. It writes no file and publishes nothing:
 * sink_file.c and sink_publish.c do. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "dcmchain/chain.h"
#include "sink_parts.h"
#include "text.h"

/* ---- the output folder ---- */

static int refuse(char **ret_problem, const char *format, const char *reason)
{
    *ret_problem = text_format("output folder: %s%s", format, reason);
    return DCMCHAIN_E_IO;
}

/* True where the folder above a path that is not there is one: what a dry run can tell about a creation. */
static bool has_parent(const char *folder)
{
    struct stat status;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') {
        length--;
    }
    while (length > 0 && folder[length - 1] != '/') {
        length--;
    }
    char *parent = length == 0 ? strdup(".") : strndup(folder, length);
    bool found = parent != NULL && stat(parent, &status) == 0 && S_ISDIR(status.st_mode);
    free(parent);
    return found;
}

static int open_output(const char *folder, bool dry_run, int *ret_fd, char **ret_problem)
{
    if (folder == NULL || folder[0] == '\0') {
        return dry_run ? DCMCHAIN_OK : refuse(ret_problem, "none was given", "");
    }
    if (!dry_run && (mkdir(folder, 0755) == 0 ? chmod(folder, 0755) != 0 : errno != EEXIST)) {
        return refuse(ret_problem, "it could not be made: ", strerror(errno));
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && dry_run && errno == ENOENT && has_parent(folder)) {
        return DCMCHAIN_OK; /* a real run would make it */
    }
    if (fd < 0) {
        return refuse(ret_problem, "it could not be opened: ", strerror(errno));
    }
    *ret_fd = fd;
    return DCMCHAIN_OK;
}

/* ---- what the file system can do ---- */

/* Moves a new folder to a name; 0 or an errno. */
static int try_rename(const struct sink *sink, const char *from, const char *to, unsigned flags)
{
    int fd = sink->staging_fd;
    return tree_make_folder(fd, from) == 0 && sink->rename(fd, from, fd, to, flags) == 0 ? 0 : errno;
}

/* Asked before any work is done: at publication it would be late. */
static int probe(const struct sink *sink, char **ret_problem)
{
    static const char one[] = "probe-1";
    static const char other[] = "probe-2";
    int error = try_rename(sink, one, other, RENAME_NOREPLACE);
    if (error == 0 && sink->existing == DCMCHAIN_EXISTING_REPLACE) {
        error = try_rename(sink, one, other, RENAME_EXCHANGE);
    }
    (void)unlinkat(sink->staging_fd, one, AT_REMOVEDIR);
    (void)unlinkat(sink->staging_fd, other, AT_REMOVEDIR);
    if (error == EINVAL || error == ENOSYS || error == EOPNOTSUPP) {
        *ret_problem = text_format("%s", SINK_NO_RENAME);
        return DCMCHAIN_E_IO;
    }
    return error == 0 ? DCMCHAIN_OK : refuse(ret_problem, "renaming in it: ", strerror(error));
}

/* ---- opening and closing ---- */

static int rename_by_system(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    return renameat2(from_fd, from, to_fd, to, flags);
}

static int open_staging(struct sink *sink, char **ret_problem)
{
    bool stuck = false;
    (void)staging_sweep(sink->out_fd, sink->rename, &stuck);
    if (stuck) {
        return refuse(ret_problem,
                      "a killed run left a publication half done that could not be taken back: see "
                      "the journal in its folder, '" SINK_STAGING_PREFIX "*', there",
                      "");
    }
    char name[SINK_STAGING_SIZE];
    if (staging_make(sink->out_fd, name, &sink->staging_fd, &sink->lock_fd) != DCMCHAIN_OK) {
        return refuse(ret_problem, "it cannot be written to: ", strerror(errno));
    }
    memcpy(sink->staging, name, sizeof name);
    return probe(sink, ret_problem);
}

int sink_open_with(const struct sink_options *options, sink_rename_function rename, struct sink **ret_sink,
                   char **ret_problem)
{
    struct stat status;
    struct sink *sink = calloc(1, sizeof *sink);
    if (sink == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    sink->out_fd = sink->staging_fd = sink->lock_fd = -1;
    sink->dry_run = options->dry_run;
    sink->flat = options->flat;
    sink->undurable = options->undurable;
    sink->existing = options->existing;
    sink->may_publish = options->may_publish;
    sink->may_publish_closure = options->may_publish_closure;
    sink->rename = rename;
    (void)pthread_mutex_init(&sink->publish_lock, NULL);
    int result = open_output(options->output_folder, options->dry_run, &sink->out_fd, ret_problem);
    if (result == DCMCHAIN_OK && !sink->dry_run) {
        result = open_staging(sink, ret_problem);
    }
    if (result == DCMCHAIN_OK && sink->out_fd >= 0 && fstat(sink->out_fd, &status) == 0) {
        sink->device = status.st_dev;
        sink->inode = status.st_ino;
    }
    if (result != DCMCHAIN_OK) {
        sink_close(sink);
        return result;
    }
    *ret_sink = sink;
    return DCMCHAIN_OK;
}

int sink_open(const struct sink_options *options, struct sink **ret_sink, char **ret_problem)
{
    return sink_open_with(options, rename_by_system, ret_sink, ret_problem);
}

void sink_close(struct sink *sink)
{
    if (sink == NULL) {
        return;
    }
    if (sink->staging_fd >= 0) {
        if (!sink->stuck) {
            (void)staging_remove(sink->out_fd, sink->staging, sink->staging_fd);
        }
        (void)close(sink->staging_fd);
    }
    if (sink->out_fd >= 0) {
        (void)close(sink->out_fd);
    }
    if (sink->lock_fd >= 0) {
        (void)close(sink->lock_fd);
    }
    (void)pthread_mutex_destroy(&sink->publish_lock);
    free(sink);
}

int sink_sweep(const char *output_folder)
{
    bool stuck = false;
    AUTO_CLOSE int fd = open(output_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? DCMCHAIN_OK : DCMCHAIN_E_IO;
    }
    return staging_sweep(fd, rename_by_system, &stuck);
}

void sink_identity(const struct sink *sink, dev_t *ret_device, ino_t *ret_inode)
{
    *ret_device = sink->device;
    *ret_inode = sink->inode;
}

/* ---- studies ---- */

int sink_study_begin(struct sink *sink, struct sink_study **ret_study)
{
    struct sink_study *study = calloc(1, sizeof *study);
    if (study == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    uint32_t number = sink->next_study++;
    study->sink = sink;
    study->parent_fd = -1;
    (void)snprintf(study->tree, sizeof study->tree, "s%u", number);
    (void)snprintf(study->journal, sizeof study->journal, "j%u", number);
    (void)pthread_mutex_init(&study->lock, NULL);
    *ret_study = study;
    return DCMCHAIN_OK;
}

int sink_study_exists(struct sink_study *study, const char *first_component)
{
    struct stat status;
    if (study->sink->out_fd < 0) {
        return DCMCHAIN_OK;
    }
    int result = tree_status(study->sink->out_fd, first_component, &status);
    return result == DCMCHAIN_OK ? DCMCHAIN_E_TAKEN : result == DCMCHAIN_E_ABSENT ? DCMCHAIN_OK : result;
}

void sink_study_forget(struct sink_study *study)
{
    if (study->parent_fd >= 0) {
        (void)close(study->parent_fd);
    }
    free(study->parent);
    study->parent_fd = -1;
    study->parent = NULL;
}

void sink_study_discard(struct sink_study *study)
{
    if (study == NULL) {
        return;
    }
    sink_study_forget(study);
    if (study->made && !study->stuck) {
        (void)tree_remove(study->sink->staging_fd, study->tree);
    }
    for (size_t i = 0; i < study->file_count; i++) {
        free(study->files[i]);
    }
    free(study->files);
    (void)pthread_mutex_destroy(&study->lock);
    free(study);
}
