/* whole.c: see whole.h. */
#include "whole.h"

#include <errno.h>
#include <unistd.h>

#include "dcmchain/base.h"

int whole_read_at(int fd, void *buffer, size_t length, uint64_t offset, size_t *ret_read)
{
    size_t done = 0;
    while (done < length &&
           offset < (uint64_t)INT64_MAX - length) { /* a seek past any file: nothing is there */
        ssize_t got = pread(fd, (char *)buffer + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR) {
            return DCMCHAIN_E_IO;
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    *ret_read = done;
    return DCMCHAIN_OK;
}

int whole_write(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno != EINTR) {
            return DCMCHAIN_E_IO;
        }
        if (written > 0) {
            at += written;
            length -= (size_t)written;
        }
    }
    return DCMCHAIN_OK;
}
