/* sink_plan.c: the steps of one publication, their journal, and the way back. It decides no step:
 * sink_publish.c does. A step is known as done by inode numbers, so that nothing that somebody else put there
 * is touched. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "names.h"
#include "sink_parts.h"

#define JOURNAL_HEAD "dcmchain journal 1\n"
#define JOURNAL_END "end\n"

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->steps[i].path);
    }
    free(plan->steps);
    *plan = (struct plan){0};
}

int plan_add(struct plan *plan, enum plan_kind kind, uint64_t inode, uint64_t old_inode, const char *path)
{
    /* Grown at powers of two: the count tells the capacity. */
    if ((plan->count & (plan->count - 1)) == 0) {
        size_t capacity = plan->count == 0 ? 1 : plan->count * 2;
        struct plan_step *grown = realloc(plan->steps, capacity * sizeof *grown);
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        plan->steps = grown;
    }
    char *copy = strdup(path);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    plan->steps[plan->count++] = (struct plan_step){kind, inode, old_inode, copy};
    return DCMCHAIN_OK;
}

int plan_move(sink_rename_function rename, int from_root, int to_root, const struct plan_step *step,
              unsigned flags)
{
    AUTO_CLOSE int from_fd = -1;
    AUTO_CLOSE int to_fd = -1;
    const char *from = NULL;
    const char *to = NULL;
    if (tree_open_parent(from_root, step->path, NULL, &from_fd, &from) != DCMCHAIN_OK ||
        tree_open_parent(to_root, step->path, NULL, &to_fd, &to) != DCMCHAIN_OK ||
        rename(from_fd, from, to_fd, to, flags) != 0) {
        return errno;
    }
    return 0;
}

/* ---- the way back ---- */

/* The inode number at a path; 0 where nothing is, or nothing that could be ours. DCMCHAIN_E_IO with errno. */
static int inode_at(int root_fd, const char *path, uint64_t *ret_inode)
{
    struct stat status;
    int result = tree_status(root_fd, path, &status);
    if (result == DCMCHAIN_E_IO && errno != ENOTDIR && errno != ELOOP) {
        return result;
    }
    *ret_inode = result == DCMCHAIN_OK ? (uint64_t)status.st_ino : 0;
    return DCMCHAIN_OK;
}

static int undo_move(const struct plan_step *step, sink_rename_function rename, int tree_fd, int out_fd)
{
    uint64_t staged = 0;
    uint64_t published = 0;
    if (inode_at(tree_fd, step->path, &staged) != DCMCHAIN_OK ||
        inode_at(out_fd, step->path, &published) != DCMCHAIN_OK) {
        return DCMCHAIN_E_IO;
    }
    uint64_t expected = step->kind == PLAN_SWAP ? step->old_inode : 0;
    if (published != step->inode || staged != expected) {
        return DCMCHAIN_OK; /* not done, or not ours any more */
    }
    errno = plan_move(rename, out_fd, tree_fd, step,
                      step->kind == PLAN_SWAP ? RENAME_EXCHANGE : RENAME_NOREPLACE);
    return errno == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
}

/* A folder that somebody else has used meanwhile stays. */
static int undo_folder(const char *path, int out_fd)
{
    const char *name = NULL;
    AUTO_CLOSE int parent_fd = -1;
    if (tree_open_parent(out_fd, path, NULL, &parent_fd, &name) != DCMCHAIN_OK ||
        unlinkat(parent_fd, name, AT_REMOVEDIR) != 0) {
        bool fine =
            errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR || errno == ELOOP;
        return fine ? DCMCHAIN_OK : DCMCHAIN_E_IO;
    }
    return DCMCHAIN_OK;
}

int plan_undo(const struct plan *plan, sink_rename_function rename, int tree_fd, int out_fd)
{
    int error = 0;
    for (size_t i = plan->count; i-- > 0;) {
        const struct plan_step *step = &plan->steps[i];
        AUTO_CLOSE int fd = -1;
        int result = DCMCHAIN_OK;
        if (step->kind == PLAN_NEW || step->kind == PLAN_SWAP) {
            result = undo_move(step, rename, tree_fd, out_fd);
        } else if (step->kind == PLAN_FOLDER) {
            result = undo_folder(step->path, out_fd);
        } else if (tree_open_folder(out_fd, step->path, &fd) == DCMCHAIN_OK) {
            (void)tree_set_time(fd);
        }
        if (result != DCMCHAIN_OK) {
            error = errno;
        }
    }
    errno = error;
    return error == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
}

/* ---- the journal ---- */

int plan_write(const struct plan *plan, int folder_fd, const char *name)
{
    int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        int saved = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        errno = saved;
        return DCMCHAIN_E_IO;
    }
    bool well = fputs(JOURNAL_HEAD, file) >= 0;
    for (size_t i = 0; well && i < plan->count; i++) {
        const struct plan_step *step = &plan->steps[i];
        well = fprintf(file, "%c %" PRIu64 " %" PRIu64 " %s\n", (char)step->kind, step->inode,
                       step->old_inode, step->path) > 0;
    }
    well = well && fputs(JOURNAL_END, file) >= 0 && fflush(file) == 0 && fsync(fd) == 0;
    int saved = errno;
    if (fclose(file) != 0 || !well || fsync(folder_fd) != 0) {
        errno = well ? errno : saved;
        return DCMCHAIN_E_IO;
    }
    return DCMCHAIN_OK;
}

static bool parse_step(char *line, struct plan_step *ret_step)
{
    char problem[256];
    int path_at = 0;
    char kind = '\0';
    size_t length = strlen(line);
    if (length == 0 || line[length - 1] != '\n') {
        return false;
    }
    line[length - 1] = '\0';
    if (sscanf(line, "%c %" SCNu64 " %" SCNu64 " %n", &kind, &ret_step->inode, &ret_step->old_inode,
               &path_at) != 3 ||
        path_at == 0 || strchr("nsft", kind) == NULL ||
        names_check_path(line + path_at, problem, sizeof problem) != DCMCHAIN_OK) {
        return false;
    }
    ret_step->kind = (enum plan_kind)kind;
    ret_step->path = line + path_at;
    return true;
}

/* True where it was read to its end. */
static bool read_steps(FILE *file, struct plan *plan, int *ret_result)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, file) < 0 || strcmp(line, JOURNAL_HEAD) != 0) {
        return false;
    }
    while (getline(&line, &size, file) >= 0) {
        struct plan_step step;
        if (strcmp(line, JOURNAL_END) == 0) {
            return true;
        }
        if (!parse_step(line, &step)) {
            return false;
        }
        *ret_result = plan_add(plan, step.kind, step.inode, step.old_inode, step.path);
        if (*ret_result != DCMCHAIN_OK) {
            return false;
        }
    }
    if (ferror(file)) {
        *ret_result = DCMCHAIN_E_IO;
    }
    return false;
}

int plan_read(int folder_fd, const char *name, struct plan *ret_plan)
{
    int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    if (file == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return DCMCHAIN_E_IO;
    }
    struct plan plan = {0};
    int result = DCMCHAIN_OK;
    if (!read_steps(file, &plan, &result)) {
        plan_free(&plan); /* not written to its end: no step was begun */
    }
    (void)fclose(file);
    if (result == DCMCHAIN_OK) {
        *ret_plan = plan;
    }
    return result;
}
