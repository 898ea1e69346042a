/* folders.c: see folders.h. It climbs from the inner folder by "..", which no link can mislead. */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "limits.h"

#define LIMIT_CLIMB 4096

static int open_folder(const char *path)
{
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The nearest folder above a path that does not exist; *ret_rest is what is missing, part of the path. */
static int open_parent(const char *path, const char **ret_rest)
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
        *ret_rest = path + length;
        int fd = open_folder(length == 0 ? "." : copy);
        if (fd >= 0 || length <= 1 || errno != ENOENT) {
            return fd; /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attribute frees the copy */
        }
    }
}

static bool same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* The next component of a path that is not ".". */
static const char *next_component(const char *at, size_t *ret_length)
{
    do {
        at += strspn(at, "/");
        *ret_length = strcspn(at, "/");
        if (*ret_length != 1 || at[0] != '.') {
            return at;
        }
        at++;
    } while (true);
}

/* Whether a missing path would lie below another of the same folder. What holds ".." might. */
static bool rest_is_inside(const char *inner, const char *outer)
{
    for (;;) {
        size_t inner_length = 0;
        size_t outer_length = 0;
        inner = next_component(inner, &inner_length);
        outer = next_component(outer, &outer_length);
        bool unclear = (inner_length == 2 && strncmp(inner, "..", 2) == 0) ||
                       (outer_length == 2 && strncmp(outer, "..", 2) == 0);
        if (unclear || outer_length == 0) {
            return true;
        }
        if (inner_length != outer_length || strncasecmp(inner, outer, inner_length) != 0) {
            return false;
        }
        inner += inner_length;
        outer += outer_length;
    }
}

/* The same where the outer folder does not exist: no folder that does is inside. */
static bool is_inside_missing(const char *inner, const char *outer)
{
    const char *inner_rest = inner;
    const char *outer_rest = outer;
    struct stat inner_parent;
    struct stat outer_parent;
    AUTO_CLOSE int inner_fd = open_parent(inner, &inner_rest);
    AUTO_CLOSE int outer_fd = open_parent(outer, &outer_rest);
    return inner_fd >= 0 && outer_fd >= 0 && fstat(inner_fd, &inner_parent) == 0 &&
           fstat(outer_fd, &outer_parent) == 0 && same(&inner_parent, &outer_parent) &&
           rest_is_inside(inner_rest, outer_rest);
}

bool folder_is_inside(const char *inner, const char *outer)
{
    struct stat target;
    bool missing = stat(outer, &target) != 0;
    if (missing && errno != ENOENT) {
        return false;
    }
    int fd = open_folder(inner);
    if (fd < 0 && errno == ENOENT) {
        const char *rest = NULL;
        if (missing) {
            return is_inside_missing(inner, outer);
        }
        fd = open_parent(inner, &rest);
    } else if (missing) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return false;
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
