/* test_scan.c: from a folder to studies, series and run order: what is found, what is not, what fails.
 * Every identity here is invented. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static const char *attribute(const struct scan_instance *instance, uint32_t tag)
{
    const char *values[SCAN_ATTRIBUTES];
    scan_values(instance, values);
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        if (scan_attributes[i] == tag) {
            return values[i];
        }
    }
    ck_abort_msg("no such attribute");
    return NULL;
}

START_TEST(test_scan_empty_folder_finds_nothing)
{
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 0);
    ck_assert_uint_eq(scan->failed_count, 0);
    ck_assert_uint_eq(scan->all_count, 0);
    ck_assert_ptr_null(scan->task_json);
    scan_free(scan);
    scan_free(NULL);
}
END_TEST

START_TEST(test_scan_missing_folder_is_usage_error_without_its_name)
{
    struct scan_options options = {.input_folder = "/nonexistent/zzyx"};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_E_USAGE);
    ck_assert_ptr_null(scan);
    ck_assert_ptr_nonnull(problem);
    ck_assert_ptr_null(strstr(problem, "zzyx"));
    free(problem);
}
END_TEST

START_TEST(test_scan_every_syntax_is_read_alike)
{
    static const enum syntax syntaxes[] = {IMPLICIT, EXPLICIT, BIG_ENDIAN_EXPLICIT, DEFLATED};
    static const char *const sops[] = {"1.1", "1.2", "1.3", "1.4"};
    for (size_t i = 0; i < 4; i++) {
        struct dicom_bytes set = {0};
        struct dicom_bytes file = {0};
        struct instance instance = named_instance();
        instance.sop = sops[i];
        instance.pixels = i % 2 == 0 ? 300000 : 64; /* beyond what is read at once, and below */
        put_instance(&set, syntaxes[i], &instance);
        put_file(&file, syntaxes[i], NULL, &set);
        input_write(&folder, sops[i], file.data, file.length);
        dicom_free(&set);
        dicom_free(&file);
    }
    struct scan *scan = input_scan(&folder, 2);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct scan_instance *instance = series->instances[i];
        ck_assert_ptr_null(instance->problem);
        ck_assert_str_eq(instance->sop_uid, sops[i]);
        ck_assert_str_eq(instance->sop_class, "1.2.840.10008.5.1.4.1.1.4");
        ck_assert_str_eq(attribute(instance, 0x00100010), "Zzyx^Ann");
        ck_assert_str_eq(instance->patient_key, "id 0  P1");
        struct walker_layout layout;
        scan_layout(instance, &layout);
        ck_assert_uint_eq(layout.pixel_tag, 0x7FE00010);
        ck_assert_uint_eq(layout.deflated, syntaxes[i] == DEFLATED);
        ck_assert_ptr_null(instance->header_sha256);                              /* nobody shares its UID */
        ck_assert_ptr_eq(instance->series_uid, series->instances[0]->series_uid); /* kept once */
        ck_assert_ptr_eq(instance->attributes, series->instances[0]->attributes);
    }
    ck_assert(scan_has_identity(&scan->studies[0], DCMCHAIN_IDENTITY_NAME, "Zzyx^Ann"));
    ck_assert(scan_has_identity(&scan->studies[0], DCMCHAIN_IDENTITY_SITE, "SENDERAE"));
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_file_without_preamble_is_read)
{
    struct dicom_bytes set = {0};
    struct instance instance = named_instance();
    put_instance(&set, IMPLICIT, &instance);
    input_write(&folder, "IM0001", set.data, set.length);
    struct scan *scan = input_scan(&folder, 1);
    ck_assert_uint_eq(scan_only_series(scan)->count, 1);
    ck_assert_ptr_null(scan_only_series(scan)->instances[0]->problem);
    scan_free(scan);
    dicom_free(&set);
}
END_TEST

START_TEST(test_scan_run_order_is_number_uid_header_path)
{
    static const struct {
        const char *number;
        const char *sop;
        const char *file;
    } files[] = {
        {"-3", "1.9", "z"},    {"+2", "1.8", "y"},    {" 5 ", "1.7", "x"},
        {"5\\6", "1.70", "w"}, {"10", "1.1", "v"},    {NULL, "1.10", "f1"},
        {"", "1.2", "f2"},     {"five", "1.3", "f3"}, {"99999999999999999999", "1.4", "f4"},
    };
    size_t count = sizeof files / sizeof files[0];
    for (size_t i = 0; i < count; i++) {
        struct instance instance = named_instance();
        instance.number = files[i].number;
        instance.sop = files[i].sop;
        input_write_instance(&folder, files[i].file, &instance);
    }
    struct scan *scan = input_scan(&folder, 3);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(series->instances[i]->sop_uid, files[i].sop);
        ck_assert_uint_eq(series->instances[i]->ordinal, i + 1);
        ck_assert_int_eq(series->instances[i]->has_number, i < 5);
    }
    ck_assert_int_eq(series->instances[0]->number, -3);
    ck_assert_int_eq(series->instances[3]->number, 5);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_series_order_is_number_then_uid)
{
    static const struct {
        const char *number;
        const char *uid;
    } series[] = {{"2", "1.9"}, {"10", "1.1"}, {"10", "1.2"}, {NULL, "1.3"}, {"x", "1.4"}};
    for (size_t i = 0; i < 5; i++) {
        struct instance instance = named_instance();
        char name[8];
        (void)snprintf(name, sizeof name, "%zu", 9 - i);
        instance.series_number = series[i].number;
        instance.series = series[i].uid;
        instance.sop = series[i].uid;
        input_write_instance(&folder, name, &instance);
    }
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 1);
    ck_assert_uint_eq(scan->studies[0].count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(scan->studies[0].series[i].uid, series[i].uid);
        ck_assert_uint_eq(scan->studies[0].series[i].ordinal, i + 1);
    }
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_studies_are_in_order_of_uid_with_their_bytes)
{
    static const char *const studies[] = {"1.10", "1.2", "1.3"};
    struct stat status;
    for (size_t i = 0; i < 3; i++) {
        struct instance instance = named_instance();
        instance.study = studies[2 - i];
        instance.series = studies[2 - i];
        instance.sop = studies[2 - i];
        input_write_instance(&folder, studies[i], &instance);
    }
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 3);
    for (size_t i = 0; i < 3; i++) {
        char *path = text_format("%s/%s", folder.path, studies[2 - i]);
        ck_assert_int_eq(stat(path, &status), 0);
        free(path);
        ck_assert_str_eq(scan->studies[i].uid, studies[i]);
        ck_assert_uint_eq(scan->studies[i].ordinal, i + 1);
        ck_assert_uint_eq(scan->studies[i].bytes, (uint64_t)status.st_size);
    }
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_equal_files_are_duplicates_of_the_first_in_run_order)
{
    struct instance instance = named_instance();
    input_write_instance(&folder, "b", &instance);
    input_write_instance(&folder, "a", &instance);
    input_write_instance(&folder, "c/d", &instance);
    instance.sop = "1.9";
    input_write_instance(&folder, "other", &instance);
    struct scan *scan = input_scan(&folder, 2);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 4);
    ck_assert_str_eq(series->instances[0]->file.path, "a");
    ck_assert_ptr_null(series->instances[0]->duplicate_of);
    ck_assert_ptr_eq(series->instances[1]->duplicate_of, series->instances[0]);
    ck_assert_ptr_eq(series->instances[2]->duplicate_of, series->instances[0]);
    ck_assert_ptr_null(series->instances[3]->duplicate_of);
    ck_assert_ptr_null(scan->studies[0].warnings[0]);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_equal_number_and_uid_are_in_order_of_the_header_whatever_the_paths)
{
    static const char *const names[] = {"One", "Two", "Three", "Four"};
    struct instance instance = named_instance();
    uint8_t last[32] = {0};
    for (size_t i = 0; i < 4; i++) {
        char path[8];
        instance.patient_name = names[i];
        (void)snprintf(path, sizeof path, "%zu", i);
        input_write_instance(&folder, path, &instance);
    }
    struct scan *scan = input_scan(&folder, 2);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_ptr_null(series->instances[i]->problem);
        ck_assert_int_lt(memcmp(last, series->instances[i]->header_sha256, sizeof last), 0);
        memcpy(last, series->instances[i]->header_sha256, sizeof last);
    }
    scan_free(scan);
}
END_TEST

/* It broke off, so that its header is not known; and the other's is needed as soon as there are two. */
START_TEST(test_scan_failed_instance_comes_before_a_good_one_of_its_uid)
{
    struct instance instance = named_instance();
    input_write_instance(&folder, "a", &instance);
    input_write_instance(&folder, "b", &instance);
    char *path = text_format("%s/b", folder.path);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(truncate(path, status.st_size - 2), 0);
    free(path);
    struct scan *scan = input_scan(&folder, 1);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 2);
    ck_assert_str_eq(series->instances[0]->file.path, "b");
    ck_assert_ptr_nonnull(series->instances[0]->problem);
    ck_assert_ptr_null(series->instances[1]->problem);
    ck_assert_ptr_null(series->instances[1]->duplicate_of);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_equal_uid_with_other_pixels_is_kept_with_one_warning)
{
    struct instance instance = named_instance();
    instance.pixels = 200000;
    input_write_instance(&folder, "a", &instance);
    input_write_instance(&folder, "a2", &instance);
    instance.pixel = 1; /* the header is the same */
    input_write_instance(&folder, "b", &instance);
    input_write_instance(&folder, "b2", &instance);
    instance.number = "2"; /* and here it is not */
    input_write_instance(&folder, "c", &instance);
    struct scan *scan = input_scan(&folder, 2);
    const struct scan_series *series = scan_only_series(scan);
    ck_assert_uint_eq(series->count, 5);
    ck_assert_ptr_null(series->instances[0]->duplicate_of);
    ck_assert_ptr_eq(series->instances[1]->duplicate_of, series->instances[0]);
    ck_assert_ptr_null(series->instances[2]->duplicate_of);
    ck_assert_ptr_eq(series->instances[3]->duplicate_of, series->instances[2]);
    ck_assert_ptr_null(series->instances[4]->duplicate_of);
    ck_assert_str_eq(scan->studies[0].warnings[0],
                     "a SOP Instance UID stands in several files that differ: all of them are kept");
    ck_assert_ptr_null(scan->studies[0].warnings[1]);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_two_patients_in_a_study_are_told)
{
    struct instance instance = named_instance();
    input_write_instance(&folder, "a", &instance);
    instance.sop = "1.2";
    instance.patient_id = " P1 ";
    instance.patient_name = "Other^Spelling";
    input_write_instance(&folder, "b", &instance);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert(!scan->studies[0].mixed_patients);
    scan_free(scan);
    instance.sop = "1.3";
    instance.issuer = "CLINIC";
    input_write_instance(&folder, "c", &instance);
    scan = input_scan(&folder, 2);
    ck_assert(scan->studies[0].mixed_patients);
    scan_free(scan);
}
END_TEST

struct progress {
    uint64_t calls;
    uint64_t files;
    uint64_t bytes;
};

static void on_progress(void *closure, uint64_t files, uint64_t bytes)
{
    struct progress *progress = closure;
    ck_assert_uint_eq(files, progress->files + 1);
    ck_assert_uint_ge(bytes, progress->bytes);
    *progress = (struct progress){progress->calls + 1, files, bytes};
}

/* Numbers, UIDs and names differ, some files are equal, some broken, some have `.tags`. */
static void write_many(const struct input_folder *into, unsigned count, bool backwards)
{
    for (unsigned k = 0; k < count; k++) {
        unsigned i = backwards ? count - 1 - k : k;
        char study[32];
        char series[40];
        char sop[64];
        char number[16];
        char name[32];
        char path[64];
        (void)snprintf(study, sizeof study, "1.2.%u", i % 3);
        (void)snprintf(series, sizeof series, "%s.%u", study, i % 7);
        (void)snprintf(sop, sizeof sop, "%s.%u", series, i % 11 == 0 ? 1 : i);
        (void)snprintf(number, sizeof number, "%u", (i * 7919U) % 1000);
        (void)snprintf(name, sizeof name, "Zzyx^N%u", i % 50);
        (void)snprintf(path, sizeof path, "f%u/%05u.dcm", (i * 31U) % 13, (i * 7919U) % 100003);
        struct instance instance = {.study = study,
                                    .series = series,
                                    .sop = sop,
                                    .number = i % 5 == 0 ? NULL : number,
                                    .series_number = i % 2 == 0 ? "3" : NULL,
                                    .patient_id = i % 17 == 0 ? "P2" : "P1",
                                    .patient_name = name,
                                    .pixels = 512};
        if (i % 97 == 0) {
            instance.series = NULL;
        }
        input_write_instance(into, path, &instance);
        if (i % 10 == 0) {
            char *tags = text_format("{\"SeriesInstanceUID\": \"%s\", \"PatientID\": \"T%u\"}", series, i);
            (void)snprintf(path, sizeof path, "%05u.tags", i);
            input_write_text(into, path, tags);
            free(tags);
        }
    }
}

START_TEST(test_scan_result_does_not_depend_on_threads_or_directory_order)
{
    struct input_folder other;
    input_make(&other);
    write_many(&folder, 1500, false);
    write_many(&other, 1500, true);
    struct scan *scan = input_scan(&folder, 1);
    char *one = scan_as_text(scan);
    ck_assert_uint_eq(scan->study_count, 3);
    ck_assert_ptr_nonnull(strstr(one, "'T1490'"));
    scan_free(scan);
    static const uint32_t threads[] = {2, 8, 16};
    for (size_t i = 0; i < 3; i++) {
        scan = input_scan(i == 1 ? &other : &folder, threads[i]);
        char *many = scan_as_text(scan);
        ck_assert_str_eq(one, many);
        free(many);
        scan_free(scan);
    }
    free(one);
    input_remove(&other);
}
END_TEST

START_TEST(test_scan_ten_thousand_files_are_found_with_progress)
{
    write_many(&folder, 10000, false);
    struct progress progress = {0};
    struct scan_options options = {
        .input_folder = folder.path, .progress = on_progress, .progress_closure = &progress};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_OK);
    ck_assert_uint_eq(scan->all_count, 10000);
    ck_assert_uint_eq(scan->files, 11000);
    ck_assert_uint_eq(progress.calls, 11000);
    ck_assert_uint_eq(progress.bytes, scan->bytes);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_stop_ends_it)
{
    write_many(&folder, 50, false);
    volatile int stop = 1;
    struct scan_options options = {.input_folder = folder.path, .stop = &stop};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_FAIL);
    ck_assert_ptr_null(scan);
    ck_assert_ptr_nonnull(problem);
    free(problem);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan");
    TCase *test_case = tcase_create("scan");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 120);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, test_scan_empty_folder_finds_nothing);
    tcase_add_test(test_case, test_scan_missing_folder_is_usage_error_without_its_name);
    tcase_add_test(test_case, test_scan_every_syntax_is_read_alike);
    tcase_add_test(test_case, test_scan_file_without_preamble_is_read);
    tcase_add_test(test_case, test_scan_run_order_is_number_uid_header_path);
    tcase_add_test(test_case, test_scan_series_order_is_number_then_uid);
    tcase_add_test(test_case, test_scan_studies_are_in_order_of_uid_with_their_bytes);
    tcase_add_test(test_case, test_scan_equal_files_are_duplicates_of_the_first_in_run_order);
    tcase_add_test(test_case, test_scan_equal_number_and_uid_are_in_order_of_the_header_whatever_the_paths);
    tcase_add_test(test_case, test_scan_failed_instance_comes_before_a_good_one_of_its_uid);
    tcase_add_test(test_case, test_scan_equal_uid_with_other_pixels_is_kept_with_one_warning);
    tcase_add_test(test_case, test_scan_two_patients_in_a_study_are_told);
    tcase_add_test(test_case, test_scan_result_does_not_depend_on_threads_or_directory_order);
    tcase_add_test(test_case, test_scan_ten_thousand_files_are_found_with_progress);
    tcase_add_test(test_case, test_scan_stop_ends_it);
    return run_suite(suite);
}
