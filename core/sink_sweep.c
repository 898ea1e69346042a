/* sink_sweep.c: staging folders: made with a lock that tells whether their owner lives, and taken away when
 * it does not. It touches nothing whose name, owner and lock are not those of a staging folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "sink_parts.h"

/* ---- making ---- */

static int draw_name(char ret_name[SINK_STAGING_SIZE])
{
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        return -1;
    }
    (void)snprintf(ret_name, SINK_STAGING_SIZE, SINK_STAGING_PREFIX "%016llx", (unsigned long long)number);
    return 0;
}

static bool is_at(int folder_fd, const char *name, int fd)
{
    struct stat by_name;
    struct stat by_fd;
    return fstatat(folder_fd, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &by_fd) == 0 &&
           by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

static int open_staging(int out_fd, const char *name)
{
    int fd = tree_open_child(out_fd, name);
    if (fd < 0 && errno == EACCES && fchmodat(out_fd, name, 0700, 0) == 0) {
        fd = tree_open_child(out_fd, name);
    }
    if (fd >= 0 && fchmod(fd, 0700) != 0) {
        int saved = errno;
        (void)close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* 1: it is ours; 0: a sweep took it in the moment before it was locked, try another; -1 with errno. */
static int try_staging(int out_fd, const char *name, int *ret_fd, int *ret_lock_fd)
{
    if (mkdirat(out_fd, name, 0700) != 0) {
        return errno == EEXIST ? 0 : -1;
    }
    AUTO_CLOSE int fd = open_staging(out_fd, name);
    if (fd < 0) {
        return errno == ENOENT ? 0 : -1;
    }
    AUTO_CLOSE int lock_fd = openat(fd, SINK_LOCK, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock_fd < 0) {
        return errno == ENOENT || errno == EEXIST ? 0 : -1;
    }
    if (flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? 0 : -1;
    }
    if (!is_at(fd, SINK_LOCK, lock_fd) || !is_at(out_fd, name, fd)) {
        return 0;
    }
    *ret_fd = take_fd(&fd);
    *ret_lock_fd = take_fd(&lock_fd);
    return 1;
}

int staging_make(int out_fd, char ret_name[SINK_STAGING_SIZE], int *ret_fd, int *ret_lock_fd)
{
    for (int attempt = 0; attempt < 100; attempt++) {
        if (draw_name(ret_name) != 0) {
            return DCMCHAIN_E_IO;
        }
        int made = try_staging(out_fd, ret_name, ret_fd, ret_lock_fd);
        if (made > 0) {
            return DCMCHAIN_OK;
        }
        if (made < 0) {
            int saved = errno;
            (void)unlinkat(out_fd, ret_name, AT_REMOVEDIR);
            errno = saved;
            return DCMCHAIN_E_IO;
        }
    }
    errno = EAGAIN;
    return DCMCHAIN_E_IO;
}

int staging_remove(int out_fd, const char *name, int staging_fd)
{
    if (tree_clear(staging_fd, SINK_LOCK) != DCMCHAIN_OK ||
        (unlinkat(staging_fd, SINK_LOCK, 0) != 0 && errno != ENOENT) ||
        unlinkat(out_fd, name, AT_REMOVEDIR) != 0) {
        return DCMCHAIN_E_IO;
    }
    return DCMCHAIN_OK;
}

/* ---- sweeping ---- */

static bool is_staging_name(const char *name)
{
    size_t prefix = strlen(SINK_STAGING_PREFIX);
    return strncmp(name, SINK_STAGING_PREFIX, prefix) == 0 && strlen(name + prefix) == SINK_STAGING_DIGITS &&
           strspn(name + prefix, "0123456789abcdef") == SINK_STAGING_DIGITS;
}

static bool is_empty(int fd)
{
    struct tree_listing listing;
    if (tree_list(fd, &listing) != 0) {
        return false;
    }
    const bool empty = tree_list_next(&listing) == NULL && listing.error == 0;
    tree_list_close(&listing);
    return empty;
}

/* Takes the lock of a staging folder whose owner does not live; -1: it lives, or this is none of ours. A
 * folder without a lock is ours if it is empty: its owner was killed before it made the lock, or lives and is
 * about to; then O_EXCL tells one of the two of the other. */
static int take_lock(int fd)
{
    const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    struct stat status;
    AUTO_CLOSE int lock_fd = openat(fd, SINK_LOCK, flags);
    if (lock_fd < 0 && errno == ENOENT && is_empty(fd)) {
        lock_fd = openat(fd, SINK_LOCK, flags | O_CREAT | O_EXCL, 0600);
    }
    if (lock_fd < 0 || fstat(lock_fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        flock(lock_fd, LOCK_EX | LOCK_NB) != 0 || !is_at(fd, SINK_LOCK, lock_fd)) {
        return -1;
    }
    return take_fd(&lock_fd);
}

/* "j<N>" of the tree "s<N>". */
static int undo_journal(int out_fd, int staging_fd, const char *journal, sink_rename_function rename)
{
    char tree[SINK_NAME_SIZE];
    struct plan plan = {0};
    int result = plan_read(staging_fd, journal, &plan);
    if (result != DCMCHAIN_OK || plan.count == 0) {
        return result;
    }
    (void)snprintf(tree, sizeof tree, "s%s", journal + 1);
    AUTO_CLOSE int tree_fd = tree_open_child(staging_fd, tree);
    result = tree_fd < 0 ? DCMCHAIN_E_IO : plan_undo(&plan, rename, tree_fd, out_fd);
    plan_free(&plan);
    return result;
}

static int undo_journals(int out_fd, int staging_fd, sink_rename_function rename)
{
    struct tree_listing listing;
    if (tree_list(staging_fd, &listing) != 0) {
        return DCMCHAIN_E_IO;
    }
    int result = DCMCHAIN_OK;
    for (const char *name = tree_list_next(&listing); name != NULL; name = tree_list_next(&listing)) {
        if (name[0] == 'j' && strlen(name) < SINK_NAME_SIZE && name[1] != '\0' &&
            strspn(name + 1, "0123456789") == strlen(name + 1)) {
            if (undo_journal(out_fd, staging_fd, name, rename) != DCMCHAIN_OK ||
                unlinkat(staging_fd, name, 0) != 0) {
                result = DCMCHAIN_E_IO;
            }
        }
    }
    result = listing.error != 0 ? DCMCHAIN_E_IO : result;
    tree_list_close(&listing);
    return result;
}

static int sweep_one(int out_fd, const char *name, sink_rename_function rename, bool *ret_stuck)
{
    struct stat status;
    if (fstatat(out_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid()) {
        return DCMCHAIN_OK;
    }
    AUTO_CLOSE int fd = tree_open_child(out_fd, name);
    AUTO_CLOSE int lock_fd = fd < 0 ? -1 : take_lock(fd);
    if (lock_fd < 0) {
        return DCMCHAIN_OK;
    }
    if (undo_journals(out_fd, fd, rename) != DCMCHAIN_OK) {
        *ret_stuck = true;
        return DCMCHAIN_E_IO;
    }
    return staging_remove(out_fd, name, fd);
}

int staging_sweep(int out_fd, sink_rename_function rename, bool *ret_stuck)
{
    struct tree_listing listing;
    if (tree_list(out_fd, &listing) != 0) {
        return DCMCHAIN_E_IO;
    }
    int result = DCMCHAIN_OK;
    for (const char *name = tree_list_next(&listing); name != NULL; name = tree_list_next(&listing)) {
        if (is_staging_name(name) && sweep_one(out_fd, name, rename, ret_stuck) != DCMCHAIN_OK) {
            result = DCMCHAIN_E_IO;
        }
    }
    result = listing.error != 0 ? DCMCHAIN_E_IO : result;
    tree_list_close(&listing);
    return result;
}
