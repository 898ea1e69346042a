/* persistence.c: see persistence.h. Every file is opened below the folder's descriptor, and never through a
 * link. The lock is one of the system's (flock): it ends with its owner, however that ends. */
#include "persistence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "text.h"
#include "whole.h"

#define GUARD "guard" /* mercure's own *.lock files beside our folder are none of ours */

struct persistence {
    char *path;
    int fd;
};

static int refuse(char **ret_problem, const char *what, const char *why)
{
    *ret_problem = text_format("persistence folder: %s: %s", what, why);
    return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
}

void persistence_close(struct persistence *persistence)
{
    if (persistence != NULL) {
        if (persistence->fd >= 0) {
            (void)close(persistence->fd);
        }
        free(persistence->path);
        free(persistence);
    }
}

const char *persistence_path(const struct persistence *persistence)
{
    return persistence->path;
}

static int open_folder(struct persistence *persistence, bool create, char **ret_problem)
{
    struct stat status;
    if (create && mkdir(persistence->path, 0700) != 0 && errno != EEXIST) {
        if (errno == ENOENT) {
            *ret_problem = strdup("persistence folder: there is none of that name");
            return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_USAGE;
        }
        return refuse(ret_problem, "'" PERSISTENCE_FOLDER "' in it could not be made", strerror(errno));
    }
    persistence->fd = open(persistence->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (persistence->fd < 0 && errno == ENOENT && !create) {
        return DCMCHAIN_E_ABSENT;
    }
    if (persistence->fd < 0 || fstat(persistence->fd, &status) != 0) {
        return refuse(ret_problem, "'" PERSISTENCE_FOLDER "' in it could not be opened", strerror(errno));
    }
    if ((status.st_mode & 077) != 0) {
        return refuse(ret_problem, "'" PERSISTENCE_FOLDER "' in it",
                      "it is open to others than its owner: chmod 700 it");
    }
    return DCMCHAIN_OK;
}

int persistence_open(const char *folder, bool create, struct persistence **ret_persistence,
                     char **ret_problem)
{
    struct persistence *persistence = calloc(1, sizeof *persistence);
    if (persistence == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    persistence->fd = -1;
    persistence->path = text_format("%s/" PERSISTENCE_FOLDER, folder);
    int result =
        persistence->path == NULL ? DCMCHAIN_E_MEMORY : open_folder(persistence, create, ret_problem);
    if (result != DCMCHAIN_OK) {
        persistence_close(persistence);
        return result;
    }
    *ret_persistence = persistence;
    return DCMCHAIN_OK;
}

/* -1: errno tells. */
static int lock(const struct persistence *persistence)
{
    AUTO_CLOSE int fd =
        openat(persistence->fd, GUARD, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    while (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return take_fd(&fd);
}

/* ---- keys ---- */

/* A key whose name is lost again would make other pseudonyms. */
static void sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *folder =
        text_format("%.*s", slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
    AUTO_CLOSE int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
    }
}

/* Whole under a name of its own first, and a name that is taken stays with its file. What a kill leaves
 * behind is a key that nobody ever used. */
static int make_key_file(const char *path)
{
    AUTO_FREE char *name = text_format("%s.XXXXXX", path);
    AUTO_CLOSE int fd = name == NULL ? -1 : mkostemp(name, O_CLOEXEC);
    if (fd < 0) {
        return name == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_IO;
    }
    char digits[KEY_TEXT_BYTES];
    int result = key_make_text(digits);
    if (result == DCMCHAIN_OK) {
        bool well = fchmod(fd, 0600) == 0 && whole_write(fd, digits, strlen(digits)) == DCMCHAIN_OK &&
                    fsync(fd) == 0 && link(name, path) == 0;
        result = well ? DCMCHAIN_OK : DCMCHAIN_E_IO;
    }
    int saved = errno;
    explicit_bzero(digits, sizeof digits);
    (void)unlink(name);
    if (result == DCMCHAIN_OK) {
        sync_folder_of(path);
    }
    errno = saved;
    return result;
}

int key_make_file(const char *path, char **ret_problem)
{
    int result = make_key_file(path);
    if (result == DCMCHAIN_E_IO) {
        *ret_problem = text_format("key file: it could not be made: %s%s", strerror(errno),
                                   errno == EEXIST ? ": it is never overwritten" : "");
    }
    return result;
}

static bool is_there(const struct persistence *persistence, const char *name)
{
    struct stat status;
    return fstatat(persistence->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Under the lock. */
static int open_key(struct persistence *persistence, bool make, struct key **ret_key, char **ret_problem)
{
    AUTO_FREE char *path = text_format("%s/" PERSISTENCE_KEY, persistence->path);
    if (path == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = DCMCHAIN_OK;
    if (!is_there(persistence, PERSISTENCE_KEY)) {
        if (!make) {
            return DCMCHAIN_E_ABSENT;
        }
        result = key_make_file(path, ret_problem);
    }
    return result == DCMCHAIN_OK ? key_open_file(path, ret_key, ret_problem) : result;
}

int persistence_key(struct persistence *persistence, bool make, struct key **ret_key, char **ret_problem)
{
    AUTO_CLOSE int guard = lock(persistence);
    if (guard < 0) {
        return refuse(ret_problem, "it could not be locked", strerror(errno));
    }
    int result = open_key(persistence, make, ret_key, ret_problem);
    return result == DCMCHAIN_E_IO ? DCMCHAIN_E_USAGE : result;
}

/* Under the lock. */
static int rotate(struct persistence *persistence, const char *old_id, char **ret_problem)
{
    AUTO_FREE char *retired = text_format(PERSISTENCE_RETIRED "/%s", old_id);
    AUTO_FREE char *path = text_format("%s/" PERSISTENCE_KEY, persistence->path);
    if (retired == NULL || path == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (mkdirat(persistence->fd, PERSISTENCE_RETIRED, 0700) != 0 && errno != EEXIST) {
        return refuse(ret_problem, "'" PERSISTENCE_RETIRED "' could not be made", strerror(errno));
    }
    if (renameat2(persistence->fd, PERSISTENCE_KEY, persistence->fd, retired, RENAME_NOREPLACE) != 0) {
        return refuse(ret_problem, "the key could not be retired", strerror(errno));
    }
    int result = key_make_file(path, ret_problem);
    if (result != DCMCHAIN_OK) {
        (void)renameat2(persistence->fd, retired, persistence->fd, PERSISTENCE_KEY, RENAME_NOREPLACE);
    }
    return result;
}

int persistence_rotate(struct persistence *persistence, char ret_old_id[17], char ret_new_id[17],
                       char **ret_problem)
{
    struct key *old = NULL;
    struct key *new = NULL;
    AUTO_CLOSE int guard = lock(persistence);
    if (guard < 0) {
        return refuse(ret_problem, "it could not be locked", strerror(errno));
    }
    int result = open_key(persistence, false, &old, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = rotate(persistence, key_id(old), ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = open_key(persistence, false, &new, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        (void)snprintf(ret_old_id, 17, "%s", key_id(old));
        (void)snprintf(ret_new_id, 17, "%s", key_id(new));
    }
    key_free(old);
    key_free(new);
    return result;
}

/* ---- the ring ---- */

static int ring_add(struct keyring *ring, struct key *key)
{
    struct key **keys = reallocarray(ring->keys, ring->count + 1, sizeof(void *));
    if (keys == NULL) {
        key_free(key);
        return DCMCHAIN_E_MEMORY;
    }
    keys[ring->count++] = key;
    ring->keys = keys;
    return DCMCHAIN_OK;
}

/* A retired key that cannot be read is an error: what it opens would look lost. */
static int ring_add_file(struct keyring *ring, const char *path, char **ret_problem)
{
    struct key *key = NULL;
    int result = key_open_file(path, &key, ret_problem);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    for (size_t i = 0; i < ring->count; i++) {
        if (strcmp(key_id(ring->keys[i]), key_id(key)) == 0) {
            key_free(key);
            return DCMCHAIN_OK;
        }
    }
    return ring_add(ring, key);
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL) {
        (void)closedir(*listing);
    }
}

static int ring_add_folder(struct keyring *ring, const char *folder, char **ret_problem)
{
    AUTO(close_listing) DIR *listing = opendir(folder);
    if (listing == NULL) {
        return errno == ENOENT ? DCMCHAIN_OK
                               : refuse(ret_problem, "the retired keys could not be read", strerror(errno));
    }
    int result = DCMCHAIN_OK;
    for (struct dirent *entry = readdir(listing); result == DCMCHAIN_OK && entry != NULL;
         entry = readdir(listing)) {
        if (entry->d_name[0] != '.') {
            AUTO_FREE char *path = text_format("%s/%s", folder, entry->d_name);
            result = path == NULL ? DCMCHAIN_E_MEMORY : ring_add_file(ring, path, ret_problem);
        }
    }
    return result;
}

int keyring_open(struct key *key, struct persistence *persistence, struct keyring *ret_ring,
                 char **ret_problem)
{
    int result = ring_add(ret_ring, key);
    AUTO_FREE char *folder =
        persistence == NULL ? NULL : text_format("%s/" PERSISTENCE_RETIRED, persistence->path);
    AUTO_FREE char *file = persistence == NULL ? NULL : text_format("%s/" PERSISTENCE_KEY, persistence->path);
    if (result == DCMCHAIN_OK && persistence != NULL) {
        result = folder == NULL || file == NULL ? DCMCHAIN_E_MEMORY
                                                : ring_add_folder(ret_ring, folder, ret_problem);
        if (result == DCMCHAIN_OK && is_there(persistence, PERSISTENCE_KEY)) {
            result = ring_add_file(ret_ring, file, ret_problem); /* where the run's is another, of a file */
        }
    }
    return result;
}

void keyring_free(struct keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        key_free(ring->keys[i]);
    }
    free(ring->keys);
    *ring = (struct keyring){0};
}

/* ---- logs ---- */

static int open_log(const struct persistence *persistence, const char *name)
{
    return openat(persistence->fd, name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                  0600);
}

/* A run that was killed while it wrote left half a line: the next begins on a line of its own. */
static bool begins_line(int fd)
{
    char last = '\n';
    struct stat status;
    return fstat(fd, &status) == 0 && (status.st_size == 0 || pread(fd, &last, 1, status.st_size - 1) == 1) &&
           last == '\n';
}

int persistence_append(struct persistence *persistence, const char *name, const char *line)
{
    AUTO_CLOSE int guard = lock(persistence);
    AUTO_CLOSE int fd = guard < 0 ? -1 : open_log(persistence, name);
    if (fd < 0) {
        return DCMCHAIN_E_IO;
    }
    AUTO_FREE char *whole = text_format("%s%s\n", begins_line(fd) ? "" : "\n", line);
    if (whole == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    return whole_write(fd, whole, strlen(whole)) == DCMCHAIN_OK && fdatasync(fd) == 0 ? DCMCHAIN_OK
                                                                                      : DCMCHAIN_E_IO;
}

int persistence_check_log(struct persistence *persistence, const char *name, char **ret_problem)
{
    AUTO_CLOSE int fd = open_log(persistence, name);
    return fd < 0 ? refuse(ret_problem, name, strerror(errno)) : DCMCHAIN_OK;
}

void persistence_time(char ret_time[PERSISTENCE_TIME_BYTES])
{
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts) == NULL ||
        strftime(ret_time, PERSISTENCE_TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        ret_time[0] = '\0';
    }
}

int persistence_log_access(struct persistence *persistence, const char *what, const char *kind,
                           unsigned long long count, const char *reason)
{
    char now[PERSISTENCE_TIME_BYTES];
    char names[1024];
    struct passwd user;
    struct passwd *found = NULL;
    struct text text = TEXT_EMPTY;
    persistence_time(now);
    (void)getpwuid_r(getuid(), &user, names, sizeof names, &found); /* containers have no such entry */
    text_printf(&text, "{\"time\":\"%s\",\"uid\":%u", now, (unsigned)getuid());
    text_json_member(&text, "user", found == NULL ? NULL : found->pw_name);
    text_json_member(&text, "what", what);
    text_json_member(&text, "kind", kind);
    text_printf(&text, ",\"count\":%llu", count);
    text_json_member(&text, "reason", reason);
    text_append(&text, "}");
    AUTO_FREE char *line = text_take(&text);
    return line == NULL ? DCMCHAIN_E_MEMORY : persistence_append(persistence, PERSISTENCE_ACCESS, line);
}
