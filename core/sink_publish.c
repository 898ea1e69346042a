/* sink_publish.c: decides the steps of a study's publication and takes them, all or none. It writes no file
 * of the study.
 *
 * What a reader of OUT sees: where one folder holds the study, a single rename shows it whole. Several first
 * components (a run that is published as a whole) and flat files come one by one, each whole, behind a
 * journal: while it lasts, a reader can see some and not yet the others. A failure takes back those that were
 * there, a kill leaves that to the next sweep; after it none is seen.
 *
 * What power loss needs: kill -9 needs no fsync, but mercure deletes its input once we exit with 0, so what
 * we call published must be on the disk. One syncfs() before the first rename puts every file's bytes there
 * (for 300 files of half a megabyte on ext4 a third of the time of an fsync() each), and the folder is synced
 * before success is told: a name never stands for bytes that are not there. "durability": "none" leaves all
 * that out; what a reader sees, and what a kill leaves, is the same. */
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

struct publication {
    struct sink *sink;
    struct sink_study *study;
    int tree_fd; /* -1 in a dry run */
    struct plan plan;
    size_t moves; /* steps that are PLAN_NEW or PLAN_SWAP */
    size_t there; /* of them, those that are in OUT already */
    const char *first_there;
    char *problem;
};

/* Takes the text over; the first one counts. */
static int fail(struct publication *publication, int result, char *text)
{
    if (publication->problem == NULL) {
        publication->problem = text;
    } else {
        free(text);
    }
    return result;
}

/* ---- the plan ---- */

static bool same_kind(const struct stat *staged, const struct stat *there)
{
    return (S_ISDIR(staged->st_mode) && S_ISDIR(there->st_mode)) ||
           (S_ISREG(staged->st_mode) && S_ISREG(there->st_mode));
}

static int status_in_out(struct publication *publication, const char *path, struct stat *ret_status)
{
    if (publication->sink->out_fd < 0) {
        return DCMCHAIN_E_ABSENT;
    }
    int result = tree_status(publication->sink->out_fd, path, ret_status);
    return result == DCMCHAIN_E_IO ? fail(publication, result,
                                          text_format("'%s' in the output folder: %s", path, strerror(errno)))
                                   : result;
}

/* A file, or a first component, that is to be moved to OUT. */
static int plan_one_move(struct publication *publication, const char *path, bool folder)
{
    struct stat staged = {.st_mode = folder ? S_IFDIR : S_IFREG};
    struct stat there = {0};
    if (publication->tree_fd >= 0 && tree_status(publication->tree_fd, path, &staged) != DCMCHAIN_OK) {
        return fail(publication, DCMCHAIN_E_IO,
                    text_format("'%s' in the staging folder: %s", path, strerror(errno)));
    }
    int result = status_in_out(publication, path, &there);
    bool swap = result == DCMCHAIN_OK;
    if (!swap && result != DCMCHAIN_E_ABSENT) {
        return result;
    }
    if (swap && publication->sink->existing == DCMCHAIN_EXISTING_REPLACE && !same_kind(&staged, &there)) {
        return fail(
            publication, DCMCHAIN_E_TAKEN,
            text_format("'%s' is in the output folder already and is not what dcmchain publishes there: "
                        "remove it",
                        path));
    }
    struct plan *plan = &publication->plan;
    result = plan_add(plan, swap ? PLAN_SWAP : PLAN_NEW, (uint64_t)staged.st_ino,
                      swap ? (uint64_t)there.st_ino : 0, path);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    publication->moves++;
    if (swap && publication->there++ == 0) {
        publication->first_there = plan->steps[plan->count - 1].path;
    }
    return DCMCHAIN_OK;
}

/* flat: a folder above a file is made, or is there. */
static int plan_one_folder(struct publication *publication, const char *path)
{
    struct stat there;
    int result = status_in_out(publication, path, &there);
    if (result == DCMCHAIN_E_ABSENT) {
        return plan_add(&publication->plan, PLAN_FOLDER, 0, 0, path);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (!S_ISDIR(there.st_mode)) {
        return fail(publication, DCMCHAIN_E_TAKEN,
                    text_format("'%s' is in the output folder already and is no folder", path));
    }
    /* With another time it is somebody else's: then that is not ours to set. */
    bool ours = there.st_mtim.tv_sec == SINK_MTIME_S && there.st_mtim.tv_nsec == 0;
    return ours ? plan_add(&publication->plan, PLAN_TOUCH, 0, 0, path) : DCMCHAIN_OK;
}

typedef int (*folder_function)(struct publication *publication, const char *path);

/* Every folder above the file that is not above the one before it; files are sorted, so each comes once and
 * after its own parent. */
static int each_new_folder(struct publication *publication, const char *file, const char *before,
                           folder_function handle)
{
    char *path = strdup(file);
    int result = path == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    char *slash = path == NULL ? NULL : strchr(path, '/');
    for (; result == DCMCHAIN_OK && slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path) + 1;
        if (before == NULL || strncmp(path, before, length) != 0) {
            *slash = '\0';
            result = handle(publication, path);
            *slash = '/';
        }
    }
    free(path);
    return result;
}

static int plan_first_component(struct publication *publication, const char *file, const char *before)
{
    const char *slash = strchr(file, '/');
    if (slash == NULL) {
        return plan_one_move(publication, file, false);
    }
    size_t length = (size_t)(slash - file);
    if (before != NULL && strncmp(file, before, length + 1) == 0) {
        return DCMCHAIN_OK;
    }
    char *first = strndup(file, length);
    int result = first == NULL ? DCMCHAIN_E_MEMORY : plan_one_move(publication, first, true);
    free(first);
    return result;
}

/* What is there already decides, before the first step. */
static int judge(struct publication *publication, bool *ret_skipped)
{
    if (publication->there == 0 || publication->sink->existing == DCMCHAIN_EXISTING_REPLACE) {
        return DCMCHAIN_OK;
    }
    if (publication->sink->existing == DCMCHAIN_EXISTING_SKIP && publication->there == publication->moves) {
        *ret_skipped = true;
        return DCMCHAIN_OK;
    }
    const char *more = publication->sink->existing == DCMCHAIN_EXISTING_SKIP
                           ? ", but other parts of what is published with it are not: remove it, or choose "
                             "--existing replace"
                           : "";
    return fail(publication, DCMCHAIN_E_TAKEN,
                text_format("'%s' is in the output folder already%s", publication->first_there, more));
}

static int make_plan(struct publication *publication, bool *ret_skipped)
{
    const struct sink_study *study = publication->study;
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < study->file_count; i++) {
        const char *file = study->files[i];
        const char *before = i == 0 ? NULL : study->files[i - 1];
        if (publication->sink->flat) {
            result = each_new_folder(publication, file, before, plan_one_folder);
            result = result == DCMCHAIN_OK ? plan_one_move(publication, file, false) : result;
        } else {
            result = plan_first_component(publication, file, before);
        }
    }
    return result == DCMCHAIN_OK ? judge(publication, ret_skipped) : result;
}

/* ---- taking the steps ---- */

/* Some file systems cannot sync a folder and say so. */
static int sync_folder(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == EOPNOTSUPP ? 0 : errno;
}

static int set_staged_time(struct publication *publication, const char *path)
{
    AUTO_CLOSE int fd = -1;
    if (tree_open_folder(publication->tree_fd, path, &fd) != DCMCHAIN_OK ||
        tree_set_time(fd) != DCMCHAIN_OK) {
        return fail(publication, DCMCHAIN_E_IO,
                    text_format("setting the time of '%s': %s", path, strerror(errno)));
    }
    return DCMCHAIN_OK;
}

/* Folders get their time when the last file is in them; then all goes to the disk. */
static int settle(struct publication *publication)
{
    const struct sink_study *study = publication->study;
    for (size_t i = 0; i < study->file_count; i++) {
        int result = each_new_folder(publication, study->files[i], i == 0 ? NULL : study->files[i - 1],
                                     set_staged_time);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return publication->sink->undurable || syncfs(publication->tree_fd) == 0
               ? DCMCHAIN_OK
               : fail(publication, DCMCHAIN_E_IO, text_format("writing to the disk: %s", strerror(errno)));
}

/* Made where nobody sees it, so that it appears with its mode and time whatever the umask. */
static int make_folder(struct publication *publication, const struct plan_step *step)
{
    static const char name[] = "folder";
    struct sink *sink = publication->sink;
    const char *target = NULL;
    AUTO_CLOSE int parent_fd = -1;
    if (tree_make_folder(sink->staging_fd, name) != 0 ||
        tree_open_parent(sink->out_fd, step->path, NULL, &parent_fd, &target) != DCMCHAIN_OK) {
        return errno;
    }
    if (sink->rename(sink->staging_fd, name, parent_fd, target, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    int error = errno;
    (void)unlinkat(sink->staging_fd, name, AT_REMOVEDIR);
    return error == EEXIST ? 0 : error; /* another run made it meanwhile */
}

static int take_step(struct publication *publication, const struct plan_step *step)
{
    struct sink *sink = publication->sink;
    switch (step->kind) {
    case PLAN_NEW:
        return plan_move(sink->rename, publication->tree_fd, sink->out_fd, step, RENAME_NOREPLACE);
    case PLAN_SWAP:
        return plan_move(sink->rename, publication->tree_fd, sink->out_fd, step, RENAME_EXCHANGE);
    case PLAN_FOLDER:
        return make_folder(publication, step);
    case PLAN_TOUCH:
        break;
    }
    return 0;
}

static int step_failed(struct publication *publication, int error, const char *path)
{
    switch (error) {
    case EEXIST:
        return fail(publication, DCMCHAIN_E_TAKEN, text_format("'%s' is in the output folder already", path));
    case EINVAL:
    case ENOSYS:
    case EOPNOTSUPP:
        return fail(publication, DCMCHAIN_E_IO, text_format("%s", SINK_NO_RENAME));
    case EXDEV:
    case EBUSY:
        return fail(publication, DCMCHAIN_E_IO,
                    text_format("'%s' in the output folder is a mount point", path));
    default:
        return fail(publication, DCMCHAIN_E_IO, text_format("publishing '%s': %s", path, strerror(error)));
    }
}

static int take_steps(struct publication *publication)
{
    const struct sink *sink = publication->sink;
    const struct plan *plan = &publication->plan;
    if (sink->may_publish != NULL && sink->may_publish(sink->may_publish_closure) == 0) {
        return fail(publication, DCMCHAIN_FAIL,
                    text_format("publication was forbidden: the program that started it ended"));
    }
    for (size_t i = 0; i < plan->count; i++) {
        int error = take_step(publication, &plan->steps[i]);
        if (error != 0) {
            return step_failed(publication, error, plan->steps[i].path);
        }
    }
    for (size_t i = 0; i < plan->count; i++) {
        AUTO_CLOSE int fd = -1;
        if ((plan->steps[i].kind == PLAN_FOLDER || plan->steps[i].kind == PLAN_TOUCH) &&
            tree_open_folder(sink->out_fd, plan->steps[i].path, &fd) == DCMCHAIN_OK) {
            (void)tree_set_time(fd);
        }
    }
    return DCMCHAIN_OK;
}

/* Everything that was renamed is on the disk before the journal goes, and that before success is told. */
static int commit(struct publication *publication, bool journal)
{
    const struct sink *sink = publication->sink;
    int error = sink->undurable ? 0 : sync_folder(sink->out_fd);
    if (error == 0 && journal && !sink->undurable) {
        error = syncfs(sink->out_fd) == 0 ? 0 : errno;
    }
    if (error == 0 && journal && unlinkat(sink->staging_fd, publication->study->journal, 0) != 0) {
        error = errno;
    }
    if (error != 0) {
        return fail(publication, DCMCHAIN_E_IO, text_format("writing to the disk: %s", strerror(error)));
    }
    if (journal && !sink->undurable) {
        (void)sync_folder(sink->staging_fd);
    }
    return DCMCHAIN_OK;
}

static void take_back(struct publication *publication, bool journal)
{
    struct sink *sink = publication->sink;
    struct sink_study *study = publication->study;
    if (plan_undo(&publication->plan, sink->rename, publication->tree_fd, sink->out_fd) == DCMCHAIN_OK) {
        if (journal) {
            (void)unlinkat(sink->staging_fd, study->journal, 0);
        }
        return;
    }
    study->stuck = true;
    sink->stuck = true;
    char *first = publication->problem;
    publication->problem = NULL;
    (void)fail(
        publication, DCMCHAIN_E_IO,
        text_format("%s; and what was published of it could not be taken back (%s): the next run tries again",
                    first == NULL ? "" : first, strerror(errno)));
    free(first);
}

/* Under publish_lock. */
static int take_all(struct publication *publication)
{
    /* One move needs no journal: it is done or not. */
    bool journal = publication->plan.count > 1;
    if (publication->plan.count == 0) {
        return DCMCHAIN_OK;
    }
    if (journal && plan_write(&publication->plan, publication->sink->staging_fd,
                              publication->study->journal) != DCMCHAIN_OK) {
        int error = errno;
        (void)unlinkat(publication->sink->staging_fd, publication->study->journal, 0);
        return fail(publication, DCMCHAIN_E_IO, text_format("writing the journal: %s", strerror(error)));
    }
    int result = take_steps(publication);
    if (result == DCMCHAIN_OK) {
        result = commit(publication, journal);
    }
    if (result != DCMCHAIN_OK) {
        take_back(publication, journal);
    }
    return result;
}

/* ---- the study ---- */

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int plan_and_take(struct publication *publication, bool *ret_skipped)
{
    int result = make_plan(publication, ret_skipped);
    return result == DCMCHAIN_OK && !*ret_skipped && !publication->sink->dry_run ? take_all(publication)
                                                                                 : result;
}

static void forget_plan(struct publication *publication)
{
    plan_free(&publication->plan);
    publication->plan = (struct plan){0};
    publication->moves = 0;
    publication->there = 0;
    publication->first_there = NULL;
    free(publication->problem);
    publication->problem = NULL;
}

static int publish(struct publication *publication, bool *ret_skipped)
{
    struct sink *sink = publication->sink;
    struct sink_study *study = publication->study;
    AUTO_CLOSE int tree_fd = -1;
    sink_study_forget(study);
    if (study->file_count == 0) {
        return DCMCHAIN_OK;
    }
    qsort(study->files, study->file_count, sizeof study->files[0], compare);
    int result = DCMCHAIN_OK;
    if (!sink->dry_run) {
        tree_fd = tree_open_child(sink->staging_fd, study->tree);
        publication->tree_fd = tree_fd;
        result = tree_fd < 0 ? fail(publication, DCMCHAIN_E_IO,
                                    text_format("the staging folder: %s", strerror(errno)))
                             : settle(publication);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    (void)pthread_mutex_lock(&sink->publish_lock);
    result = plan_and_take(publication, ret_skipped);
    if (result == DCMCHAIN_E_TAKEN && sink->existing == DCMCHAIN_EXISTING_SKIP && !study->stuck) {
        forget_plan(publication); /* another run may have published it since the plan was made: look again */
        result = plan_and_take(publication, ret_skipped);
    }
    (void)pthread_mutex_unlock(&sink->publish_lock);
    publication->tree_fd = -1;
    return result;
}

int sink_study_publish(struct sink_study *study, bool *ret_skipped, char **ret_problem)
{
    struct publication publication = {.sink = study->sink, .study = study, .tree_fd = -1};
    bool skipped = false;
    int result = publish(&publication, &skipped);
    plan_free(&publication.plan);
    sink_study_discard(study); /* with it goes what was exchanged */
    if (result == DCMCHAIN_OK) {
        free(publication.problem);
        *ret_skipped = skipped;
        return result;
    }
    if (publication.problem != NULL) {
        *ret_problem = publication.problem;
    }
    return result;
}
