/* scan_task.c: the task file of a run, mercure's task.json: opening, reading, and what follows where it does
 * not parse. What it says is scan_json.c's to read. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "scan_parts.h"
#include "text.h"
#include "whole.h"

/* Opens the task file: the one that was named, else task.json in IN if there is one (*ret_fd: -1). */
static int open_task(const struct scan *scan, const char *task_file, int *ret_fd, char **ret_problem)
{
    int fd = -1;
    struct stat status;
    int result = DCMCHAIN_OK;
    if (task_file == NULL) {
        result = scan_open_path(scan->input_fd, "task.json", &fd, &status);
        if (result == DCMCHAIN_E_INVALID || (result == DCMCHAIN_E_IO && errno == ENOENT)) {
            return DCMCHAIN_OK;
        }
    } else {
        fd = open(task_file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        result = fd < 0 ? DCMCHAIN_E_IO : DCMCHAIN_OK;
    }
    if (result != DCMCHAIN_OK) {
        *ret_problem = text_format("the task file cannot be opened: %s", scan_error_text(errno));
        return task_file == NULL ? DCMCHAIN_FAIL : DCMCHAIN_E_USAGE;
    }
    *ret_fd = fd;
    return DCMCHAIN_OK;
}

static int read_task(int fd, char **ret_text, size_t *ret_length, char **ret_problem)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > (off_t)LIMIT_JSON_BYTES) {
        *ret_problem = text_format("the task file is no regular file of at most %u bytes", LIMIT_JSON_BYTES);
        return DCMCHAIN_FAIL;
    }
    size_t size = (size_t)status.st_size;
    size_t done = 0;
    AUTO_FREE char *text = malloc(size + 1);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = whole_read_at(fd, text, size, 0, &done);
    if (result != DCMCHAIN_OK || done < size) {
        *ret_problem = text_format("the task file cannot be read: %s",
                                   result == DCMCHAIN_OK ? "it changed" : scan_error_text(errno));
        return DCMCHAIN_FAIL;
    }
    text[size] = '\0';
    *ret_text = text;
    *ret_length = size;
    text = NULL;
    return DCMCHAIN_OK;
}

int scan_take_task(struct scan *scan, const struct scan_options *options, struct identity **ret_identity,
                   char **ret_warning, char **ret_problem)
{
    AUTO_CLOSE int fd = -1;
    AUTO_FREE char *text = NULL;
    AUTO_FREE char *problem = NULL;
    AUTO(identity_cleanup) struct identity *identity = NULL;
    size_t length = 0;
    int result = open_task(scan, options->task_file, &fd, ret_problem);
    if (result != DCMCHAIN_OK || fd < 0) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees text */
        return result;
    }
    result = read_task(fd, &text, &length, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = identity_open(0, &identity);
    }
    if (result != DCMCHAIN_OK) {
        return result; /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attribute frees text */
    }
    result = scan_harvest_task(text, length, identity, &scan->retain_input_images, &problem);
    if (result == DCMCHAIN_E_INVALID) {
        char **ret_text = options->strict_task || options->task_file != NULL ? ret_problem : ret_warning;
        *ret_text = text_format("the task file does not parse: %s", problem == NULL ? "" : problem);
        if (ret_text == ret_problem) {
            return DCMCHAIN_FAIL;
        }
    } else if (result != DCMCHAIN_OK) {
        return result;
    } else {
        scan->task_json = text;
        text = NULL;
    }
    *ret_identity = identity;
    identity = NULL;
    return DCMCHAIN_OK;
}
