/* faults.c: preloaded into dcmchain (LD_PRELOAD), makes the N-th call of a family of system calls fail, to
 * show what a broken machine does to a run. It must change nothing else. What it reads from the environment:
 *
 * - DCMCHAIN_FAULT=FAMILY:N[+]:ERRNO: the N-th call, from 1, of FAMILY fails so; with + all that follow, too.
 *   Families: open close read write sync rename mkdir unlink list stat set lock process random map memory.
 *   No failures are "short", a read or write of half of what was asked for, and "change": before the N-th
 *   read another program changes the file that DCMCHAIN_FAULT_FILE names.
 * - DCMCHAIN_FAULT_MARK=FILE is made at the first fault: where it is not, there are no N calls.
 * - DCMCHAIN_FAULT_COUNT=FILE gets the number of calls of FAMILY when the run ends.
 * - DCMCHAIN_FAULT_CLOCK=1: the clock jumps back and forth by days at every look.
 *
 * Calls are counted over all processes of a run; what the C library and DCMTK call inside themselves is not
 * seen. ERRNO is a number. */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* ---- what is to fail ---- */

static char family[32];
static unsigned long wanted;
static int fault_errno;
static bool and_all_after;
static bool jumps;
static atomic_ulong own_calls;
static atomic_ulong *calls = &own_calls; /* of all processes, once it is shared */

__attribute__((constructor)) static void read_environment(void)
{
    const char *text = getenv("DCMCHAIN_FAULT");
    char after[2] = "";
    jumps = getenv("DCMCHAIN_FAULT_CLOCK") != NULL;
    if (text != NULL && (sscanf(text, "%31[a-z]:%lu:%d", family, &wanted, &fault_errno) == 3 ||
                         sscanf(text, "%31[a-z]:%lu%1[+]:%d", family, &wanted, after, &fault_errno) == 4)) {
        and_all_after = after[0] == '+';
    } else if (text != NULL) {
        abort(); /* a test that asks for nothing finds nothing */
    }
    long shared =
        syscall(SYS_mmap, NULL, sizeof own_calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != -1) {
        calls = (atomic_ulong *)shared;
    }
}

/* In the process that watches; its worker ends by _exit(). */
__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("DCMCHAIN_FAULT_COUNT");
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    if (file != NULL) {
        (void)fprintf(file, "%lu\n", atomic_load(calls));
        (void)fclose(file);
    }
}

static void mark(void)
{
    const char *path = getenv("DCMCHAIN_FAULT_MARK");
    if (path != NULL) {
        long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        (void)syscall(SYS_close, fd);
    }
}

static bool fails(const char *asked)
{
    if (wanted == 0 || strcmp(asked, family) != 0) {
        return false;
    }
    unsigned long number = atomic_fetch_add(calls, 1) + 1;
    if (number != wanted && !(and_all_after && number > wanted)) {
        return false;
    }
    if (number == wanted) {
        mark();
    }
    errno = fault_errno;
    return true;
}

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL) {
        abort();
    }
    return function;
}

/* NEXT(open)(path, flags): the call that stands behind ours. */
#define NEXT(name) (*(__typeof__(&(name)))next(#name))

/* The mode of open() and its like. */
#define TAKE_MODE(flags, mode)                                                                               \
    mode_t mode = 0;                                                                                         \
    if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {                                                            \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        mode = (mode_t)va_arg(list, unsigned);                                                               \
        va_end(list);                                                                                        \
    }

/* ---- open ---- */

int open(const char *path, int flags, ...)
{
    TAKE_MODE(flags, mode)
    return fails("open") ? -1 : NEXT(open)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    TAKE_MODE(flags, mode)
    return fails("open") ? -1 : NEXT(openat)(folder, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    return fails("open") ? NULL : NEXT(fopen)(path, mode);
}

int mkstemp(char *pattern)
{
    return fails("open") ? -1 : NEXT(mkstemp)(pattern);
}

int dup(int fd)
{
    return fails("open") ? -1 : NEXT(dup)(fd);
}

/* Also where the file is gone: the descriptor is, as Linux has it. */
int close(int fd)
{
    long result = syscall(SYS_close, fd);
    return fails("close") ? -1 : (int)result;
}

/* ---- read and write ---- */

#define CHANGED_BYTES 200000L /* more than is read at once */

/* A short read or write is no error: what a signal, or a network's file system, may always give. */
static size_t shortened(const char *asked, size_t length)
{
    return length > 1 && fails(asked) ? length / 2 : length;
}

/* Turns the first and the last of the last CHANGED_BYTES over, in place. */
static void change_file(void)
{
    int saved = errno;
    const char *path = getenv("DCMCHAIN_FAULT_FILE");
    long fd = path == NULL ? -1 : syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    long end = syscall(SYS_lseek, fd, 0, SEEK_END);
    for (long at = end - CHANGED_BYTES; fd >= 0 && at < end; at += CHANGED_BYTES - 1) {
        unsigned char byte = 0;
        (void)syscall(SYS_pread64, fd, &byte, 1, at);
        byte ^= 0xFF;
        (void)syscall(SYS_pwrite64, fd, &byte, 1, at);
    }
    (void)syscall(SYS_close, fd);
    errno = saved;
}

ssize_t read(int fd, void *buffer, size_t length)
{
    if (fails("change")) {
        change_file();
    }
    return fails("read") ? -1 : NEXT(read)(fd, buffer, shortened("short", length));
}

ssize_t pread(int fd, void *buffer, size_t length, off_t offset)
{
    if (fails("change")) {
        change_file();
    }
    return fails("read") ? -1 : NEXT(pread)(fd, buffer, shortened("short", length), offset);
}

/* Its own messages are not what is tested: a lost line on a terminal loses no data. */
ssize_t write(int fd, const void *buffer, size_t length)
{
    return fd > 2 && fails("write") ? -1 : NEXT(write)(fd, buffer, shortened("short", length));
}

ssize_t pwrite(int fd, const void *buffer, size_t length, off_t offset)
{
    return fails("write") ? -1 : NEXT(pwrite)(fd, buffer, length, offset);
}

int fsync(int fd)
{
    return fails("sync") ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    return fails("sync") ? -1 : NEXT(fdatasync)(fd);
}

int syncfs(int fd)
{
    return fails("sync") ? -1 : NEXT(syncfs)(fd);
}

/* ---- names ---- */

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : NEXT(rename)(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return fails("rename") ? -1 : NEXT(renameat)(from_fd, from, to_fd, to);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    return fails("rename") ? -1 : NEXT(renameat2)(from_fd, from, to_fd, to, flags);
}

int link(const char *from, const char *to)
{
    return fails("rename") ? -1 : NEXT(link)(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    return fails("mkdir") ? -1 : NEXT(mkdir)(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    return fails("mkdir") ? -1 : NEXT(mkdirat)(folder, path, mode);
}

int unlink(const char *path)
{
    return fails("unlink") ? -1 : NEXT(unlink)(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    return fails("unlink") ? -1 : NEXT(unlinkat)(folder, path, flags);
}

DIR *opendir(const char *path)
{
    return fails("list") ? NULL : NEXT(opendir)(path);
}

DIR *fdopendir(int fd)
{
    return fails("list") ? NULL : NEXT(fdopendir)(fd);
}

ssize_t getdents64(int fd, void *buffer, size_t length)
{
    return fails("list") ? -1 : NEXT(getdents64)(fd, buffer, length);
}

struct dirent *readdir(DIR *folder)
{
    return fails("list") ? NULL : NEXT(readdir)(folder);
}

/* ---- what is said of a file ---- */

int stat(const char *path, struct stat *ret)
{
    return fails("stat") ? -1 : NEXT(stat)(path, ret);
}

int lstat(const char *path, struct stat *ret)
{
    return fails("stat") ? -1 : NEXT(lstat)(path, ret);
}

int fstat(int fd, struct stat *ret)
{
    return fails("stat") ? -1 : NEXT(fstat)(fd, ret);
}

int fstatat(int folder, const char *path, struct stat *ret, int flags)
{
    return fails("stat") ? -1 : NEXT(fstatat)(folder, path, ret, flags);
}

int chmod(const char *path, mode_t mode)
{
    return fails("set") ? -1 : NEXT(chmod)(path, mode);
}

int fchmod(int fd, mode_t mode)
{
    return fails("set") ? -1 : NEXT(fchmod)(fd, mode);
}

int fchmodat(int folder, const char *path, mode_t mode, int flags)
{
    return fails("set") ? -1 : NEXT(fchmodat)(folder, path, mode, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return fails("set") ? -1 : NEXT(futimens)(fd, times);
}

int flock(int fd, int operation)
{
    return fails("lock") ? -1 : NEXT(flock)(fd, operation);
}

/* ---- the process ---- */

pid_t fork(void)
{
    return fails("process") ? -1 : NEXT(fork)();
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    return fails("random") ? -1 : NEXT(getrandom)(buffer, length, flags);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return fails("map") ? MAP_FAILED : NEXT(mmap)(address, length, protection, flags, fd, offset);
}

/* The C library's own names for its allocator: dlsym() allocates, and may not come back here. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
    return fails("memory") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("memory") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails("memory") ? NULL : __libc_realloc(memory, size);
}

/* ---- clocks ---- */

static time_t jump(void)
{
    static const time_t days[] = {0, 400, -9000, 30000, -1, 1};
    static atomic_ulong asked;
    return jumps ? days[atomic_fetch_add(&asked, 1) % (sizeof days / sizeof days[0])] * 86400 : 0;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
    int result = NEXT(clock_gettime)(clock, ret);
    ret->tv_sec += clock == CLOCK_REALTIME ? jump() : 0;
    return result;
}

time_t time(time_t *ret)
{
    struct timespec now;
    (void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    now.tv_sec += jump();
    if (ret != NULL) {
        *ret = now.tv_sec;
    }
    return now.tv_sec;
}
