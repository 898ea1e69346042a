/* folders.c: see folders.h. It climbs from the inner folder by "..", which no link can mislead. */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "limits.h"

#define LIMIT_CLIMB 4096

static int open_folder(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The nearest folder above a path that does not exist. */
static int open_parent(const char *path)
{
    AUTO_FREE char *copy = strdup(path);
    if (copy == NULL) {
        return -1;
    }
    size_t length = strlen(copy);
    for (;;) {
        while (length > 1 && copy[length - 1] == '/') {
            length--;
        }
        while (length > 0 && copy[length - 1] != '/') {
            length--;
        }
        copy[length] = '\0';
        int fd = open_folder(length == 0 ? "." : copy);
        if (fd >= 0 || length <= 1 || errno != ENOENT) {
            return fd;
        }
    }
}

static bool same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

bool folder_is_inside(const char *inner, const char *outer)
{
    struct stat target;
    if (stat(outer, &target) != 0) {
        return false;
    }
    int fd = open_folder(inner);
    if (fd < 0 && errno == ENOENT) {
        fd = open_parent(inner);
    }
    struct stat here;
    bool found = false;
    bool known = fd >= 0 && fstat(fd, &here) == 0;
    for (int i = 0; known && !found && i < LIMIT_CLIMB; i++) {
        found = same(&here, &target);
        int above = found ? -1 : openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct stat next;
        known = above >= 0 && fstat(above, &next) == 0 && !same(&next, &here);
        if (above >= 0) {
            (void)close(fd);
            fd = above;
            here = known ? next : here;
        }
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return found;
}
