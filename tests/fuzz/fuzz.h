/* fuzz.h: what the fuzz targets share: libFuzzer's two entries, and a file in memory for what wants a path.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What must hold whatever the input: an end that the fuzzer sees, with NDEBUG too. */
#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            (void)fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* A file that holds parts, one after the other; its path is good until the descriptor that is returned is
 * closed. */
static inline int memory_file(const char *before, const uint8_t *data, size_t size, const char *after,
                              char ret_path[32])
{
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    MUST(fd >= 0);
    MUST(dprintf(fd, "%s", before) >= 0);
    MUST(size == 0 || write(fd, data, size) == (ssize_t)size);
    MUST(dprintf(fd, "%s", after) >= 0);
    (void)snprintf(ret_path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
