/* test_runner_faults.c: what fails, where, and what follows: every close is called, nothing of a failed study
 * is in OUT, the rest is as the options say. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "support/harness.h"
#include "support/suite.h"

static struct harness harness;

static void set_up(void)
{
    harness_open(&harness);
    harness.documents = true;
    /* Study 1: two series of two; study 2: one of one. */
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "b", 1, 1, 2, 2);
    harness_add(&harness, "c", 1, 2, 1, 1);
    harness_add(&harness, "d", 1, 2, 2, 2);
    harness_add(&harness, "e", 2, 1, 1, 1);
}

static void tear_down(void)
{
    harness_close(&harness);
}

/* ---- failures at call N of each callback ---- */

static const struct {
    const char *callback;
    const char *stage;
    unsigned calls; /* how often it is called in the whole run */
} places[] = {
    {"run_open", "second", 1},     {"study_open", "second", 2},  {"series_open", "second", 3},
    {"instance", "second", 5},     {"place", "placer", 10},      {"artifact", "second", 10},
    {"series_close", "second", 3}, {"study_close", "second", 2}, {"series_close", "first", 3},
};

START_TEST(test_runner_fault_anywhere_closes_everything_and_publishes_no_failed_study)
{
    for (unsigned call = 1; call <= places[_i].calls; call++) {
        for (uint32_t threads = 1; threads <= 4; threads += 3) {
            harness.fault_callback = places[_i].callback;
            harness.fault_stage = places[_i].stage;
            harness.fault_at = call;
            harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
            harness_run(&harness, threads);
            ck_assert_msg(harness.exit_code == 1, "%s, call %u", places[_i].callback, call);
            ck_assert_msg(harness.opens == 0, "%s, call %u: %u opens without their closes",
                          places[_i].callback, call, harness.opens);
            unsigned published = 0;
            for (size_t i = 0; i < harness.run->study_count; i++) {
                published += harness.run->studies[i].state == STUDY_PUBLISHED ? 1 : 0;
            }
            ck_assert_uint_eq(published, strcmp(places[_i].callback, "run_open") == 0 ? 0 : 1);
            ck_assert_ptr_nonnull(strstr(harness.json, "made to fail"));
        }
    }
}
END_TEST

/* The failed study is not in OUT, not even in part, and no staging folder is left. */
START_TEST(test_runner_failed_study_leaves_the_other_published)
{
    harness.fault_callback = "artifact";
    harness.fault_at = 3; /* one thread: of study 1 */
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_str_eq(harness.tree, "study-2/\nstudy-2/series-1/\nstudy-2/series-1/image-1.dcm\nstudy-2/"
                                   "series-1/series-data-0.json\nstudy-2/task-document.json\n");
    ck_assert_uint_eq(harness_output_entries(&harness), 1);
}
END_TEST

START_TEST(test_runner_failed_study_keeps_a_whole_run_from_publication)
{
    harness.pipeline.publish = PIPELINE_PUBLISH_RUN;
    harness.fault_callback = "artifact";
    harness.fault_at = 3;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_str_eq(harness.tree, "");
    ck_assert_uint_eq(harness_output_entries(&harness), 0);
}
END_TEST

START_TEST(test_runner_mercure_context_publishes_all_or_nothing)
{
    harness.options.mercure_context = 1;
    harness.fault_callback = "study_close";
    harness.fault_at = 2;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_uint_eq(harness_output_entries(&harness), 0);
    harness.fault_callback = NULL;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_uint_eq(harness_output_entries(&harness), 2);
}
END_TEST

START_TEST(test_runner_residual_identifier_stops_its_study_with_4_whatever_on_error)
{
    harness.fault_callback = "artifact";
    harness.fault_at = 2;
    harness.fault_result = DCMCHAIN_E_RESIDUAL;
    harness.options.on_error = DCMCHAIN_ON_ERROR_QUARANTINE;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 4);
    ck_assert_uint_eq(harness_output_entries(&harness), 1);
    ck_assert_ptr_nonnull(strstr(harness.json, "found in element (0010,0010)"));
    harness.fault_callback = "instance";
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 4);
}
END_TEST

/* ---- quarantine ---- */

static char *quarantine_folder(void)
{
    static char folder[96];
    (void)snprintf(folder, sizeof folder, "%s/aside", harness.base);
    return folder;
}

START_TEST(test_runner_failed_instance_is_set_aside_and_its_study_goes_on)
{
    harness.fault_callback = "instance";
    harness.fault_at = 1; /* the head of study 1, series 1: "a" */
    harness.options.on_error = DCMCHAIN_ON_ERROR_QUARANTINE;
    harness.options.quarantine_folder = quarantine_folder();
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 3);
    ck_assert_uint_eq(harness_output_entries(&harness), 2);
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first instance 1.2 head\n"));
    char command[640];
    (void)snprintf(command, sizeof command,
                   "cmp '%s/in/a' '%s/run-1/files/a' && test \"$(ls '%s/run-1/files')\" = a && test $(stat "
                   "-c %%a '%s') = 700",
                   harness.base, quarantine_folder(), quarantine_folder(), quarantine_folder());
    ck_assert_int_eq(system(command), 0);
    harness.pipeline.quarantine_exit = 0;
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 0);
}
END_TEST

START_TEST(test_runner_instance_lost_after_placement_fails_its_study_also_in_quarantine)
{
    harness.fault_callback = "artifact";
    harness.fault_at = 1;
    harness.options.on_error = DCMCHAIN_ON_ERROR_QUARANTINE;
    harness.options.quarantine_folder = quarantine_folder();
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_uint_eq(harness_output_entries(&harness), 1);
}
END_TEST

START_TEST(test_runner_unreadable_file_fails_the_run_or_is_set_aside)
{
    char bytes[160] = {0};
    memcpy(bytes + 128, "DICM\x02\x00", 6);
    harness_add_bytes(&harness, "broken", bytes, 140);
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_uint_eq(harness_output_entries(&harness), 2); /* the good studies are published */
    harness.options.on_error = DCMCHAIN_ON_ERROR_QUARANTINE;
    harness.options.quarantine_folder = quarantine_folder();
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 3);
    char command[640];
    (void)snprintf(command, sizeof command, "cmp '%s/in/broken' '%s/run-1/files/broken'", harness.base,
                   quarantine_folder());
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- sources that change, stops, what is there already ---- */

START_TEST(test_runner_source_that_changes_fails_its_study)
{
    harness.edit_source_in_instance = true;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_uint_eq(harness_output_entries(&harness), 0);
    ck_assert_ptr_nonnull(strstr(harness.json, "changed"));
}
END_TEST

START_TEST(test_runner_stop_anywhere_closes_everything_and_leaves_no_part)
{
    harness.stop_at_fault = true;
    harness.fault_callback = places[_i].callback;
    harness.fault_stage = places[_i].stage;
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    for (unsigned call = 1; call <= places[_i].calls; call++) {
        harness.fault_at = call;
        harness_run(&harness, 4);
        ck_assert_int_eq(harness.exit_code, 1);
        ck_assert_uint_eq(harness.opens, 0);
        ck_assert_ptr_nonnull(strstr(harness.json, "\"outcome\":\"stopped\""));
    }
}
END_TEST

START_TEST(test_runner_existing_study_fails_or_is_replaced)
{
    char before[65];
    char after[65];
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 0);
    harness_digest(&harness, before);
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(harness.json, "--existing replace or skip"));
    harness_digest(&harness, after);
    ck_assert_str_eq(before, after);
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 0);
    harness_digest(&harness, after);
    ck_assert_str_eq(before, after);
}
END_TEST

START_TEST(test_runner_existing_study_is_skipped_with_a_lasting_key)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/key", harness.base);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 64; i++) {
        ck_assert_int_ne(fputc("0123456789abcdef"[i % 16], file), EOF);
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
    harness.options.key_file = path;
    harness.options.existing = DCMCHAIN_EXISTING_SKIP;
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 0);
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(harness.json, "\"status\":\"skipped\""));
    ck_assert_ptr_null(strstr(harness.json, "\"status\":\"published\""));
}
END_TEST

START_TEST(test_runner_empty_input_fails_with_a_reason)
{
    harness_close(&harness);
    harness_open(&harness);
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 1);
    ck_assert_ptr_nonnull(strstr(harness.json, "holds no DICOM instance"));
}
END_TEST

int main(void)
{
    const int count = (int)(sizeof places / sizeof places[0]);
    Suite *suite = suite_create("runner faults");
    TCase *test_case = tcase_create("runner faults");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_loop_test(test_case, test_runner_fault_anywhere_closes_everything_and_publishes_no_failed_study,
                        0, count);
    tcase_add_test(test_case, test_runner_failed_study_leaves_the_other_published);
    tcase_add_test(test_case, test_runner_failed_study_keeps_a_whole_run_from_publication);
    tcase_add_test(test_case, test_runner_mercure_context_publishes_all_or_nothing);
    tcase_add_test(test_case, test_runner_residual_identifier_stops_its_study_with_4_whatever_on_error);
    tcase_add_test(test_case, test_runner_failed_instance_is_set_aside_and_its_study_goes_on);
    tcase_add_test(test_case, test_runner_instance_lost_after_placement_fails_its_study_also_in_quarantine);
    tcase_add_test(test_case, test_runner_unreadable_file_fails_the_run_or_is_set_aside);
    tcase_add_test(test_case, test_runner_source_that_changes_fails_its_study);
    tcase_add_loop_test(test_case, test_runner_stop_anywhere_closes_everything_and_leaves_no_part, 0, count);
    tcase_add_test(test_case, test_runner_existing_study_fails_or_is_replaced);
    tcase_add_test(test_case, test_runner_existing_study_is_skipped_with_a_lasting_key);
    tcase_add_test(test_case, test_runner_empty_input_fails_with_a_reason);
    return run_suite(suite);
}
