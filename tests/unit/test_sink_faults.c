/* test_sink_faults.c: writing and publishing while system calls fail or do less than was asked: ranges of a
 * source, and failures of every call on the way. */
/* Its inline functions would stand in the way of ours. */
#undef _FORTIFY_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "limits.h"
#include "support/sink_world.h"
#include "support/suite.h"

static struct world world;

static void set_up(void)
{
    world_open(&world);
}

static void tear_down(void)
{
    world_close(&world);
}

/* ---- system calls that fail as told (these replace the C library's in this program) ---- */

enum call { CALL_NONE, CALL_WRITE, CALL_PREAD, CALL_SYNCFS, CALL_FSYNC, CALL_FUTIMENS, CALL_FCHMOD };
static enum call fault_call;
static int fault_after; /* calls that go well before */
static int fault_error;
static bool fault_lasts;
static size_t short_bytes; /* write() and pread() move at most as much; 0: all */

static bool faulty(enum call call)
{
    if (fault_call != call || fault_after-- > 0) {
        return false;
    }
    if (!fault_lasts) {
        fault_call = CALL_NONE;
    }
    errno = fault_error;
    return true;
}

static void fault(enum call call, int after, int error, bool lasts)
{
    fault_call = call;
    fault_after = after;
    fault_error = error;
    fault_lasts = lasts;
}

static size_t shortened(size_t length)
{
    return short_bytes != 0 && short_bytes < length ? short_bytes : length;
}

/* NOLINTBEGIN: these are the C library's names */
ssize_t write(int fd, const void *bytes, size_t length)
{
    return faulty(CALL_WRITE) ? -1 : syscall(SYS_write, fd, bytes, shortened(length));
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
    return faulty(CALL_PREAD) ? -1 : syscall(SYS_pread64, fd, bytes, shortened(length), offset);
}

int syncfs(int fd)
{
    return faulty(CALL_SYNCFS) ? -1 : (int)syscall(SYS_syncfs, fd);
}

int fsync(int fd)
{
    return faulty(CALL_FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int futimens(int fd, const struct timespec times[2])
{
    return faulty(CALL_FUTIMENS) ? -1 : (int)syscall(SYS_utimensat, fd, NULL, times, 0);
}

int fchmod(int fd, mode_t mode)
{
    return faulty(CALL_FCHMOD) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}
/* NOLINTEND */

/* ---- ranges of a source ---- */

#define SOURCE_BYTES ((size_t)12 * LIMIT_SPLICE_BYTES + 17) /* more than the full disk of a test holds */

static uint8_t *source_bytes;

static int make_source(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/source", world.base);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    source_bytes = malloc(SOURCE_BYTES);
    ck_assert(fd >= 0 && source_bytes != NULL);
    uint32_t state = 1;
    for (size_t i = 0; i < SOURCE_BYTES; i++) {
        state = state * 1664525U + 1013904223U;
        source_bytes[i] = (uint8_t)(state >> 24);
    }
    ck_assert_int_eq(syscall(SYS_write, fd, source_bytes, SOURCE_BYTES), SOURCE_BYTES);
    return fd;
}

static void expect_spliced(const char *path, size_t offset, size_t length)
{
    char full[160];
    (void)snprintf(full, sizeof full, "%s/%s", world.out, path);
    uint8_t *found = malloc(length + 5);
    FILE *file = fopen(full, "r");
    ck_assert(found != NULL && file != NULL);
    ck_assert_uint_eq(fread(found, 1, length + 5, file), length + 4);
    ck_assert_mem_eq(found, "head", 4);
    ck_assert(length == 0 || memcmp(found + 4, source_bytes + offset, length) == 0);
    (void)fclose(file);
    free(found);
}

START_TEST(test_sink_file_splice_copies_exactly_the_range)
{
    const size_t lengths[] = {0,
                              1,
                              LIMIT_SPLICE_BYTES - 1,
                              LIMIT_SPLICE_BYTES,
                              LIMIT_SPLICE_BYTES + 1,
                              (size_t)3 * LIMIT_SPLICE_BYTES};
    const size_t limits[] = {0, 4093};
    int fd = make_source();
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    char path[32];
    for (size_t round = 0; round < 2; round++) {
        short_bytes = limits[round];
        for (size_t i = 0; i < 6; i++) {
            (void)snprintf(path, sizeof path, "A/%zu-%zu", round, i);
            struct sink_file *file = world_create(study, path);
            ck_assert_int_eq(sink_file_write(file, "head", 4), DCMCHAIN_OK);
            ck_assert_int_eq(sink_file_splice(file, fd, 17, lengths[i]), DCMCHAIN_OK);
            ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_OK);
        }
    }
    short_bytes = 0;
    world_publish_well(study);
    for (size_t i = 0; i < 12; i++) {
        (void)snprintf(path, sizeof path, "A/%zu-%zu", i / 6, i % 6);
        expect_spliced(path, 17, lengths[i % 6]);
    }
    free(source_bytes);
    (void)close(fd);
}
END_TEST

START_TEST(test_sink_file_splice_past_the_end_of_the_source_is_invalid_and_spoils_the_file)
{
    int fd = make_source();
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/good", NULL);
    const uint64_t ranges[][2] = {{0, SOURCE_BYTES + 1}, {SOURCE_BYTES, 1}, {UINT64_MAX, 2}, {2, UINT64_MAX}};
    for (size_t i = 0; i < 4; i++) {
        struct sink_file *file = world_create(study, "A/bad");
        ck_assert_int_eq(sink_file_splice(file, fd, ranges[i][0], ranges[i][1]), DCMCHAIN_E_INVALID);
        ck_assert_int_eq(sink_file_write(file, "x", 1), DCMCHAIN_E_IO);
        ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_E_IO);
    }
    world_publish_well(study);
    world_end(&world);
    world_expect(&world, "A/\nA/good\n");
    free(source_bytes);
    (void)close(fd);
}
END_TEST

/* ---- failures ---- */

START_TEST(test_sink_file_write_goes_on_after_an_interruption)
{
    int fd = make_source();
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    struct sink_file *file = world_create(study, "A/b");
    short_bytes = 100000;
    fault(CALL_WRITE, 0, EINTR, false);
    ck_assert_int_eq(sink_file_write(file, "head", 4), DCMCHAIN_OK);
    fault(CALL_WRITE, 1, EINTR, false);
    ck_assert_int_eq(sink_file_splice(file, fd, 0, 300000), DCMCHAIN_OK);
    fault(CALL_PREAD, 1, EINTR, false);
    ck_assert_int_eq(sink_file_splice(file, fd, 300000, 300000), DCMCHAIN_OK);
    short_bytes = 0;
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_OK);
    world_publish_well(study);
    expect_spliced("A/b", 0, 600000);
    free(source_bytes);
    (void)close(fd);
}
END_TEST

START_TEST(test_sink_file_read_failure_of_the_source_is_told_by_errno)
{
    int fd = make_source();
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    struct sink_file *file = world_create(study, "A/b");
    fault(CALL_PREAD, 1, EIO, true);
    ck_assert_int_eq(sink_file_splice(file, fd, 0, SOURCE_BYTES), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EIO);
    fault(CALL_NONE, 0, 0, false);
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EIO);
    world_publish_well(study);
    world_expect(&world, "STAGING\n");
    free(source_bytes);
    (void)close(fd);
}
END_TEST

/* A limit on the size of files: write(2) is short at first, then refused. */
START_TEST(test_sink_file_beyond_a_limit_fails_and_leaves_nothing)
{
    int fd = make_source();
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    struct rlimit limit = {100000, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct sink_file *file = world_create(study, "A/b");
    ck_assert_int_eq(sink_file_splice(file, fd, 0, SOURCE_BYTES), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EFBIG);
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EFBIG);
    world_publish_well(study);
    world_expect(&world, "STAGING\n");
    free(source_bytes);
    (void)close(fd);
}
END_TEST

START_TEST(test_sink_file_on_a_full_disk_fails_and_leaves_nothing)
{
    int fd = make_source();
    world_make(&world, "out/", "");
    if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", world.out, "tmpfs", 0, "size=256k") != 0) {
        fault(CALL_WRITE, 1, ENOSPC, true); /* no mount here: the C library's word for it */
    }
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    struct sink_file *file = world_create(study, "A/b");
    ck_assert_int_eq(sink_file_splice(file, fd, 0, SOURCE_BYTES), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, ENOSPC);
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, ENOSPC);
    fault(CALL_NONE, 0, 0, false);
    world_put(study, "A/small", "there is room for this");
    world_publish_well(study);
    world_end(&world);
    world_expect(&world, "A/\nA/small\n");
    (void)umount(world.out);
    free(source_bytes);
    (void)close(fd);
}
END_TEST

START_TEST(test_sink_file_that_cannot_get_its_mode_or_time_is_not_kept)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/good", NULL);
    fault(CALL_FCHMOD, 0, EPERM, false);
    free(world_not_created(study, "A/bad", DCMCHAIN_E_IO));
    struct sink_file *file = world_create(study, "A/bad");
    fault(CALL_FUTIMENS, 0, EPERM, false);
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EPERM);
    world_publish_well(study);
    world_end(&world);
    world_expect(&world, "A/\nA/good\n");
}
END_TEST

/* Every sync and every time of a publication fails once: nothing of it may stay, old studies come back. */
static void expect_taken_back(enum call call, bool flat)
{
    for (int after = 0;; after++) {
        WORLD_RUN(&world, "A/old", NULL);
        world.options.existing = 1; /* replace */
        world.options.flat = flat;
        world_sink(&world);
        struct sink_study *study =
            flat ? world_study(&world, "A/old", "B/new", NULL) : world_study(&world, "A/x", "B/new", NULL);
        bool skipped = false;
        char *problem = NULL;
        fault(call, after, EIO, false);
        int result = sink_study_publish(study, &skipped, &problem);
        bool reached = fault_call == CALL_NONE;
        fault(CALL_NONE, 0, 0, false);
        world_end(&world);
        if (result != DCMCHAIN_OK) {
            ck_assert_ptr_nonnull(strstr(problem, "Input/output error"));
            free(problem);
            world_expect(&world, "A/\nA/old\n");
            world_expect_fixed(&world);
        } else {
            ck_assert_ptr_null(problem);
        }
        world.options.existing = 0;
        world.options.flat = false;
        char command[128];
        (void)snprintf(command, sizeof command, "rm -rf '%s'", world.out);
        ck_assert_int_eq(system(command), 0);
        if (!reached) {
            ck_assert_int_ge(after, 1);
            return;
        }
    }
}

START_TEST(test_sink_publish_that_cannot_sync_is_taken_back)
{
    expect_taken_back(CALL_SYNCFS, false);
    expect_taken_back(CALL_SYNCFS, true);
    expect_taken_back(CALL_FSYNC, false);
    expect_taken_back(CALL_FSYNC, true);
    expect_taken_back(CALL_FUTIMENS, false);
}
END_TEST

START_TEST(test_sink_publish_whose_journal_cannot_be_written_takes_no_step)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/x", "B/y", NULL);
    fault(CALL_FSYNC, 0, ENOSPC, true);
    char *problem = world_publish(study, DCMCHAIN_E_IO);
    fault(CALL_NONE, 0, 0, false);
    ck_assert_ptr_nonnull(strstr(problem, "journal"));
    free(problem);
    world_end(&world);
    world_expect(&world, "");
}
END_TEST

/* Folders that cannot be synced, as some network file systems have them, are no failure. */
START_TEST(test_sink_publish_where_folders_cannot_be_synced_goes_on)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/x", NULL);
    fault(CALL_FSYNC, 0, EINVAL, true);
    world_publish_well(study);
    fault(CALL_NONE, 0, 0, false);
    world_end(&world);
    world_expect(&world, "A/\nA/x\n");
}
END_TEST

START_TEST(test_sink_publish_undurable_waits_for_no_disk)
{
    for (int call = CALL_SYNCFS; call <= CALL_FSYNC; call++) {
        world.options.undurable = true;
        world_sink(&world);
        struct sink_study *study = world_study(&world, call == CALL_FSYNC ? "A/x" : "B/x", NULL);
        fault((enum call)call, 0, EIO, true);
        world_publish_well(study);
        fault(CALL_NONE, 0, 0, false);
        world_end(&world);
    }
    world_expect(&world, "A/\nA/x\nB/\nB/x\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink_faults");
    TCase *test_case = tcase_create("sink_faults");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_sink_file_splice_copies_exactly_the_range);
    tcase_add_test(test_case,
                   test_sink_file_splice_past_the_end_of_the_source_is_invalid_and_spoils_the_file);
    tcase_add_test(test_case, test_sink_file_write_goes_on_after_an_interruption);
    tcase_add_test(test_case, test_sink_file_read_failure_of_the_source_is_told_by_errno);
    tcase_add_test(test_case, test_sink_file_beyond_a_limit_fails_and_leaves_nothing);
    tcase_add_test(test_case, test_sink_file_on_a_full_disk_fails_and_leaves_nothing);
    tcase_add_test(test_case, test_sink_file_that_cannot_get_its_mode_or_time_is_not_kept);
    tcase_add_test(test_case, test_sink_publish_that_cannot_sync_is_taken_back);
    tcase_add_test(test_case, test_sink_publish_whose_journal_cannot_be_written_takes_no_step);
    tcase_add_test(test_case, test_sink_publish_where_folders_cannot_be_synced_goes_on);
    tcase_add_test(test_case, test_sink_publish_undurable_waits_for_no_disk);
    return run_suite(suite);
}
