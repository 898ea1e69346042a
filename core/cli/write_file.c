/* write_file.c: files that are whole or not there (cli.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static bool write_all(int fd, const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* A device, a pipe, a link: moving a file to its place would take it away. */
static bool is_special(const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0 && !S_ISREG(there.st_mode);
}

static bool write_into(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC);
    bool well = fd >= 0 && write_all(fd, text);
    int saved = errno;
    if (fd >= 0 && close(fd) != 0) {
        saved = errno;
        well = false;
    }
    errno = saved;
    return well;
}

static bool write_beside(const char *path, const char *text)
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *beside = malloc(size);
    if (beside == NULL) {
        return false;
    }
    (void)snprintf(beside, size, "%s.XXXXXX", path);
    int fd = mkstemp(beside);
    bool made = fd >= 0;
    bool well = made && write_all(fd, text) && fchmod(fd, 0644) == 0;
    int saved = errno;
    if (made && close(fd) != 0) {
        saved = errno;
        well = false;
    }
    if (well && rename(beside, path) != 0) {
        saved = errno;
        well = false;
    }
    if (made && !well) {
        (void)unlink(beside);
    }
    free(beside);
    errno = saved;
    return well;
}

bool may_write_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (strcmp(path, "-") == 0 || is_special(path)) {
        return true;
    }
    char *folder = slash == NULL   ? strdup(".")
                   : slash == path ? strdup("/")
                                   : strndup(path, (size_t)(slash - path));
    const bool may = folder != NULL && access(folder, W_OK | X_OK) == 0;
    const int saved = errno;
    free(folder);
    errno = saved;
    return may;
}

bool write_file(const char *path, const char *text)
{
    if (strcmp(path, "-") == 0) {
        return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
    }
    return is_special(path) ? write_into(path, text) : write_beside(path, text);
}
