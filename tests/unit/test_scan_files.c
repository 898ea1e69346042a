/* test_scan_files.c: files that are no good instance: not DICOM, broken, special, changing under our eyes.
 * Every identity here is invented. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "dcmchain/dataset.h"
#include "support/scan_input.h"
#include "support/suite.h"
#include "text.h"

static struct input_folder folder;

static void set_up(void)
{
    input_make(&folder);
}

static void tear_down(void)
{
    input_remove(&folder);
}

START_TEST(test_scan_other_files_are_counted_by_content)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0};
    static const uint8_t zeros[600];
    input_write_text(&folder, "notes.bin", "plain words\n");
    input_write_text(&folder, "words.dcm", "plain words\n"); /* words are no image, whatever their name */
    input_write_text(&folder, "a/b", " {\"x\": 1}");
    input_write_text(&folder, "a/task.json", "{}"); /* mercure's only at the top */
    input_write_text(&folder, "page", "<html></html>");
    input_write(&folder, "picture", png, sizeof png);
    input_write(&folder, "zeros", zeros, sizeof zeros);
    input_write(&folder, "none", "", 0);
    input_write(&folder, "none.dcm", "", 0);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->all_count, 0);
    static const struct {
        const char *reason;
        uint64_t count;
    } expected[] = {{"text", 2}, {"json", 2}, {"xml", 1}, {"image", 1}, {"binary", 1}, {"empty", 2}};
    ck_assert_uint_eq(scan->not_dicom_count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_uint_eq(scan_reason(scan->not_dicom, scan->not_dicom_count, expected[i].reason),
                          expected[i].count);
    }
    ck_assert_uint_eq(scan->files, 9);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_dcm_name_or_prefix_that_cannot_be_read_fails)
{
    static const uint8_t zeros[600];
    uint8_t prefix[140] = {0};
    memcpy(prefix + 128, "DICM", 4);
    input_write(&folder, "zeros.dcm", zeros, sizeof zeros);
    input_write(&folder, "prefix", prefix, sizeof prefix);
    struct instance instance = named_instance();
    instance.study = NULL;
    input_write_instance(&folder, "no-study", &instance);
    instance = named_instance();
    instance.series = "";
    input_write_instance(&folder, "no-series", &instance);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 0);
    ck_assert_uint_eq(scan->failed_count, 4);
    static const char *const paths[] = {"no-series", "no-study", "prefix", "zeros.dcm"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(scan->failed[i]->file.path, paths[i]);
        ck_assert_ptr_nonnull(scan->failed[i]->problem);
    }
    ck_assert_str_eq(scan->failed[0]->problem, "it has no usable Series Instance UID");
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_broken_file_of_a_known_study_fails_within_it)
{
    struct dicom_bytes set = {0};
    struct dicom_bytes file = {0};
    struct instance instance = named_instance();
    input_write_instance(&folder, "good", &instance);
    instance.sop = "1.2.3.4.6";
    put_instance(&set, EXPLICIT, &instance);
    put_file(&file, EXPLICIT, NULL, &set);
    input_write(&folder, "cut", file.data, file.length - 10);
    instance.sop = NULL;
    input_write_instance(&folder, "no-sop", &instance);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->failed_count, 0);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 3);
    ck_assert_str_eq(series->instances[0]->file.path, "no-sop");
    ck_assert_str_eq(series->instances[0]->problem, "it has no usable SOP Instance UID");
    ck_assert_ptr_null(series->instances[1]->problem);
    ck_assert_ptr_nonnull(series->instances[2]->problem);
    scan_free(scan);
    dicom_free(&set);
    dicom_free(&file);
}
END_TEST

START_TEST(test_scan_uids_are_trimmed_kept_whole_or_refused)
{
    char longest[130];
    memset(longest, '1', sizeof longest);
    longest[129] = '\0';
    static const struct {
        const char *file;
        const char *kept; /* NULL: refused */
    } cases[] = {{"a", "1.2.3"}, {"b", "1.2.x"}, {"c", NULL}, {"d", ""}, {"e", NULL}, {"f", NULL}};
    const char *uids[] = {" 1.2.3 ", "1.2.x", "1.2\\3", longest + 1, longest, "1.2.\xC3\xA4"};
    for (size_t i = 0; i < 6; i++) {
        struct instance instance = named_instance();
        instance.sop = uids[i];
        input_write_instance(&folder, cases[i].file, &instance);
    }
    struct scan *scan = input_scan(&folder, 1);
    ck_assert_uint_eq(scan_only_series(scan)->count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct scan_instance *instance = scan_only_series(scan)->instances[i];
        size_t which = (size_t)(instance->file.path[0] - 'a');
        const char *kept = which == 3 ? longest + 1 : cases[which].kept;
        ck_assert_str_eq(instance->sop_uid, kept == NULL ? "" : kept);
        ck_assert_int_eq(instance->problem == NULL, kept != NULL);
    }
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_dicomdir_is_skipped_by_its_class)
{
    struct dicom_bytes file = {0};
    struct dicom_bytes set = {0};
    put_text(&set, EXPLICIT, 0x00041130, DCMCHAIN_VR_CS, "SET");
    put_file(&file, EXPLICIT, "1.2.840.10008.1.3.10", &set);
    input_write(&folder, "INDEX.dcm", file.data, file.length);
    struct scan *scan = input_scan(&folder, 1);
    ck_assert_uint_eq(scan->all_count, 0);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, "DICOMDIR"), 1);
    scan_free(scan);
    dicom_free(&file);
    dicom_free(&set);
}
END_TEST

START_TEST(test_scan_links_and_special_files_are_never_opened)
{
    struct input_folder other;
    input_make(&other);
    struct instance instance = named_instance();
    input_write_instance(&other, "secret.dcm", &instance);
    char *target = text_format("%s/secret.dcm", other.path);
    char *link_file = text_format("%s/link.dcm", folder.path);
    char *link_folder = text_format("%s/folder", folder.path);
    char *loop = text_format("%s/loop", folder.path);
    char *fifo = text_format("%s/fifo.dcm", folder.path);
    ck_assert_int_eq(symlink(target, link_file), 0);
    ck_assert_int_eq(symlink(other.path, link_folder), 0);
    ck_assert_int_eq(symlink(".", loop), 0);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", folder.path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->all_count, 0);
    ck_assert_uint_eq(scan->files, 0);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, "symbolic link"), 3);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, "fifo"), 1);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, "socket"), 1);
    scan_free(scan);
    (void)close(fd);
    free(target);
    free(link_file);
    free(link_folder);
    free(loop);
    free(fifo);
    input_remove(&other);
}
END_TEST

START_TEST(test_scan_open_file_refuses_a_changed_file)
{
    struct instance instance = named_instance();
    input_write_instance(&folder, "d/a", &instance);
    struct scan *scan = input_scan(&folder, 1);
    const struct scan_instance *found = scan_only_series(scan)->instances[0];
    int fd = -1;
    ck_assert_int_eq(scan_open_file(scan, found, &fd), DCMCHAIN_OK);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    char *path = text_format("%s/d/a", folder.path);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000000}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    ck_assert_int_eq(scan_open_file(scan, found, &fd), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(truncate(path, 10), 0);
    ck_assert_int_eq(scan_open_file(scan, found, &fd), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(scan_open_file(scan, found, &fd), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert_int_eq(scan_open_file(scan, found, &fd), DCMCHAIN_E_INVALID);
    free(path);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_folders_beyond_the_limit_fail)
{
    struct text path = TEXT_EMPTY;
    for (unsigned i = 0; i < LIMIT_FOLDER_DEPTH; i++) {
        text_append(&path, "d/");
    }
    text_append(&path, "file");
    input_write_text(&folder, path.bytes, "x");
    scan_free(input_scan(&folder, 1));
    text_append(&path, "s/file");
    input_write_text(&folder, path.bytes, "x");
    text_free(&path);
    struct scan_options options = {.input_folder = folder.path};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_FAIL);
    ck_assert_ptr_nonnull(problem);
    free(problem);
}
END_TEST

START_TEST(test_scan_unreadable_file_and_folder_fail)
{
    if (geteuid() == 0) {
        return; /* root reads everything */
    }
    input_write_text(&folder, "closed", "x");
    char *path = text_format("%s/closed", folder.path);
    ck_assert_int_eq(chmod(path, 0), 0);
    struct scan *scan = input_scan(&folder, 1);
    ck_assert_uint_eq(scan->failed_count, 1);
    scan_free(scan);
    free(path);
}
END_TEST

/* Called after the first file: what was listed is no longer there, or is something else. */
static void on_first_file(void *closure, uint64_t files, uint64_t bytes)
{
    (void)closure;
    (void)bytes;
    if (files > 1) {
        return;
    }
    static const char *const names[] = {"b.dcm", "c", "d", "e"};
    for (size_t i = 0; i < 4; i++) {
        char *path = text_format("%s/%s", folder.path, names[i]);
        ck_assert_int_eq(unlink(path), 0);
        if (i == 1) {
            ck_assert_int_eq(symlink("a", path), 0);
        } else if (i == 2) {
            ck_assert_int_eq(mkfifo(path, 0600), 0);
        } else if (i == 3) {
            ck_assert_int_eq(mkdir(path, 0700), 0);
        }
        free(path);
    }
    char *path = text_format("%s/f", folder.path);
    char *moved = text_format("%s/moved", folder.path);
    ck_assert_int_eq(rename(path, moved), 0);
    ck_assert_int_eq(symlink("moved", path), 0); /* the file is there still, behind a link */
    free(path);
    free(moved);
}

START_TEST(test_scan_files_that_change_after_the_listing_fail)
{
    struct instance instance = named_instance();
    static const char *const names[] = {"a", "b.dcm", "c", "d", "e", "f/g", "h"};
    for (size_t i = 0; i < 7; i++) {
        char sop[8];
        (void)snprintf(sop, sizeof sop, "1.%zu", i);
        instance.sop = sop;
        input_write_instance(&folder, names[i], &instance);
    }
    struct scan_options options = {.input_folder = folder.path, .threads = 1, .progress = on_first_file};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_OK);
    ck_assert_uint_eq(scan_only_series(scan)->count, 2);
    ck_assert_uint_eq(scan->failed_count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(scan->failed[i]->file.path, names[i + 1]);
        ck_assert_ptr_nonnull(scan->failed[i]->problem);
        ck_assert(strlen(names[i + 1]) < 2 || strstr(scan->failed[i]->problem, names[i + 1]) == NULL);
    }
    scan_free(scan);
}
END_TEST

struct writer {
    char *path;
    volatile int stop;
};

static void *rewrite(void *closure)
{
    const struct writer *writer = closure;
    static const char more[3000];
    for (unsigned i = 0; !__atomic_load_n(&writer->stop, __ATOMIC_RELAXED); i++) {
        int fd = open(writer->path, O_WRONLY | O_APPEND | O_CLOEXEC);
        if (fd >= 0) {
            ck_assert_int_gt(write(fd, more, sizeof more), 0);
            ck_assert_int_eq(ftruncate(fd, i % 2 == 0 ? 300 : 100000), 0);
            (void)close(fd);
        }
    }
    return NULL;
}

START_TEST(test_scan_file_that_is_written_meanwhile_is_no_crash)
{
    struct instance instance = named_instance();
    instance.pixels = 90000;
    input_write_instance(&folder, "still", &instance);
    instance.sop = "1.99";
    input_write_instance(&folder, "moving", &instance);
    struct writer writer = {.path = text_format("%s/moving", folder.path)};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, rewrite, &writer), 0);
    for (unsigned i = 0; i < 100; i++) {
        struct scan *scan = input_scan(&folder, 2);
        ck_assert_uint_eq(scan->all_count, 2);
        scan_free(scan);
    }
    __atomic_store_n(&writer.stop, 1, __ATOMIC_RELAXED);
    (void)pthread_join(thread, NULL);
    free(writer.path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan files");
    TCase *test_case = tcase_create("scan files");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 120);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, test_scan_other_files_are_counted_by_content);
    tcase_add_test(test_case, test_scan_dcm_name_or_prefix_that_cannot_be_read_fails);
    tcase_add_test(test_case, test_scan_broken_file_of_a_known_study_fails_within_it);
    tcase_add_test(test_case, test_scan_uids_are_trimmed_kept_whole_or_refused);
    tcase_add_test(test_case, test_scan_dicomdir_is_skipped_by_its_class);
    tcase_add_test(test_case, test_scan_links_and_special_files_are_never_opened);
    tcase_add_test(test_case, test_scan_open_file_refuses_a_changed_file);
    tcase_add_test(test_case, test_scan_folders_beyond_the_limit_fail);
    tcase_add_test(test_case, test_scan_unreadable_file_and_folder_fail);
    tcase_add_test(test_case, test_scan_files_that_change_after_the_listing_fail);
    tcase_add_test(test_case, test_scan_file_that_is_written_meanwhile_is_no_crash);
    return run_suite(suite);
}
