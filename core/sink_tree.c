/* sink_tree.c: folders and files below a folder that is held open, component by component, so that no
 * symbolic link is ever followed. It knows nothing of studies or publication. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "limits.h"
#include "sink_parts.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

int tree_open_child(int parent_fd, const char *name)
{
    return openat(parent_fd, name, FOLDER_FLAGS);
}

int tree_list(int folder_fd, struct tree_listing *ret_listing)
{
    ret_listing->fd = tree_open_child(folder_fd, ".");
    ret_listing->error = 0;
    ret_listing->at = ret_listing->length = 0;
    return ret_listing->fd < 0 ? -1 : 0;
}

const char *tree_list_next(struct tree_listing *listing)
{
    for (;;) {
        if (listing->at == listing->length) {
            const ssize_t length = getdents64(listing->fd, listing->bytes, sizeof listing->bytes);
            if (length <= 0) {
                listing->error =
                    length < 0 && errno != ENOENT ? errno : 0; /* it was removed: nothing is in it */
                return NULL;
            }
            listing->at = 0;
            listing->length = (size_t)length;
        }
        const char *entry = listing->bytes + listing->at;
        unsigned short size = 0;
        memcpy(&size, entry + offsetof(struct dirent64, d_reclen), sizeof size);
        listing->at += size;
        const char *name = entry + offsetof(struct dirent64, d_name);
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            return name;
        }
    }
}

void tree_list_close(struct tree_listing *listing)
{
    (void)close(listing->fd);
}

int tree_make_folder(int parent_fd, const char *name)
{
    if (mkdirat(parent_fd, name, 0755) != 0) {
        return errno == EEXIST ? 0 : -1;
    }
    /* By name: a umask that takes the owner's rights would keep us from opening it. */
    return fchmodat(parent_fd, name, 0755, 0);
}

/* The next component of a path: copies it, moves past it; false at the last one. */
static bool next_component(const char **at, char ret_component[LIMIT_PATH_COMPONENT_BYTES + 1])
{
    const char *slash = strchr(*at, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - *at);
    if (slash == NULL || length > LIMIT_PATH_COMPONENT_BYTES) {
        return false;
    }
    memcpy(ret_component, *at, length);
    ret_component[length] = '\0';
    *at = slash + 1;
    return true;
}

int tree_open_parent(int root_fd, const char *relative, tree_make_function make, int *ret_fd,
                     const char **ret_name)
{
    char component[LIMIT_PATH_COMPONENT_BYTES + 1];
    const char *at = relative;
    AUTO_CLOSE int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);
    while (fd >= 0 && next_component(&at, component)) {
        int next = tree_open_child(fd, component);
        if (next < 0 && errno == ENOENT && make != NULL && make(fd, component) == 0) {
            next = tree_open_child(fd, component);
        }
        int saved = errno;
        (void)close(fd);
        fd = next;
        errno = saved;
    }
    if (fd < 0) {
        return DCMCHAIN_E_IO;
    }
    *ret_fd = take_fd(&fd);
    *ret_name = at;
    return DCMCHAIN_OK;
}

int tree_open_folder(int root_fd, const char *relative, int *ret_fd)
{
    const char *name = NULL;
    AUTO_CLOSE int parent_fd = -1;
    if (tree_open_parent(root_fd, relative, NULL, &parent_fd, &name) != DCMCHAIN_OK) {
        return DCMCHAIN_E_IO;
    }
    int fd = tree_open_child(parent_fd, name[0] == '\0' ? "." : name);
    if (fd < 0) {
        return DCMCHAIN_E_IO;
    }
    *ret_fd = fd;
    return DCMCHAIN_OK;
}

int tree_status(int root_fd, const char *relative, struct stat *ret_status)
{
    const char *name = NULL;
    AUTO_CLOSE int parent_fd = -1;
    if (tree_open_parent(root_fd, relative, NULL, &parent_fd, &name) != DCMCHAIN_OK ||
        fstatat(parent_fd, name, ret_status, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_IO;
    }
    return DCMCHAIN_OK;
}

int tree_set_time(int fd)
{
    const struct timespec times[2] = {{.tv_sec = SINK_MTIME_S}, {.tv_sec = SINK_MTIME_S}};
    return futimens(fd, times) == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
}

/* ---- removing ---- */

struct clearing {
    int root_fd;
    const char *keep;
    uint64_t moved;
    size_t removed;
    int error;
};

/* A folder in a folder goes up to the root, under a name of its own, to be emptied there. */
static bool move_up(struct clearing *clearing, int folder_fd, const char *name)
{
    for (int attempt = 0; attempt < 1000000; attempt++) {
        char up[32];
        (void)snprintf(up, sizeof up, "c-%llu", (unsigned long long)clearing->moved++);
        if (renameat(folder_fd, name, clearing->root_fd, up) == 0) {
            return true;
        }
        if (errno == EACCES && fchmodat(folder_fd, name, 0700, 0) == 0 &&
            renameat(folder_fd, name, clearing->root_fd, up) == 0) {
            return true;
        }
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) {
            return false;
        }
    }
    return false;
}

static int open_to_empty(int parent_fd, const char *name)
{
    int fd = tree_open_child(parent_fd, name);
    if (fd < 0 && errno == EACCES && fchmodat(parent_fd, name, 0700, 0) == 0) {
        fd = tree_open_child(parent_fd, name);
    }
    if (fd >= 0) {
        (void)fchmod(fd, 0700); /* a study that was write-protected may be replaced */
    }
    return fd;
}

typedef bool (*entry_function)(struct clearing *clearing, int folder_fd, const char *name);

/* Files go; for what is a folder with something in it the function is asked. */
static void each_entry(struct clearing *clearing, int folder_fd, const char *keep, entry_function handle)
{
    struct tree_listing listing;
    if (tree_list(folder_fd, &listing) != 0) {
        clearing->error = errno;
        return;
    }
    for (const char *name = tree_list_next(&listing); name != NULL; name = tree_list_next(&listing)) {
        if (keep != NULL && strcmp(name, keep) == 0) {
            continue;
        }
        if (unlinkat(folder_fd, name, 0) == 0 || unlinkat(folder_fd, name, AT_REMOVEDIR) == 0 ||
            errno == ENOENT || handle(clearing, folder_fd, name)) {
            clearing->removed++;
        } else {
            clearing->error = errno;
        }
    }
    clearing->error = listing.error != 0 ? listing.error : clearing->error;
    tree_list_close(&listing);
}

static bool empty_and_remove(struct clearing *clearing, int folder_fd, const char *name)
{
    AUTO_CLOSE int fd = open_to_empty(folder_fd, name);
    if (fd < 0) {
        return false;
    }
    each_entry(clearing, fd, NULL, move_up);
    return unlinkat(folder_fd, name, AT_REMOVEDIR) == 0;
}

int tree_clear(int root_fd, const char *keep)
{
    struct clearing clearing = {.root_fd = root_fd, .keep = keep};
    do {
        clearing.removed = 0;
        clearing.error = 0;
        each_entry(&clearing, root_fd, keep, empty_and_remove);
    } while (clearing.removed > 0);
    errno = clearing.error;
    return clearing.error == 0 ? DCMCHAIN_OK : DCMCHAIN_E_IO;
}

int tree_remove(int parent_fd, const char *name)
{
    AUTO_CLOSE int fd = open_to_empty(parent_fd, name);
    if (fd < 0) {
        return errno == ENOENT ? DCMCHAIN_OK : DCMCHAIN_E_IO;
    }
    if (tree_clear(fd, NULL) != DCMCHAIN_OK || unlinkat(parent_fd, name, AT_REMOVEDIR) != 0) {
        return DCMCHAIN_E_IO;
    }
    return DCMCHAIN_OK;
}
