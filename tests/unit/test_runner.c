/* test_runner.c: the order rule and the head rule: which callback comes when, which name goes to whom, and
 * that threads and chance change nothing. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/harness.h"
#include "support/suite.h"
#include "text.h"

static struct harness harness;

static void set_up(void)
{
    harness_open(&harness);
}

static void tear_down(void)
{
    harness_close(&harness);
}

/* ---- the order of the callbacks ---- */

START_TEST(test_runner_one_thread_calls_follow_the_documented_order)
{
    harness_add(&harness, "b", 1, 1, 2, 2);
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "c", 1, 2, 1, 1);
    harness.documents = true;
    harness.pipeline.stage_count = 2; /* first, and the placer in the place of second */
    harness.stages[1] = harness.stages[2];
    harness.pipeline.placing = 1;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_str_eq(harness.traces[0],
                     "first run_open\nplacer run_open\nfirst run_close 0\nplacer run_close 0\n");
    ck_assert_str_eq(harness.traces[1], "first study_open\n"
                                        "placer study_open\n"
                                        "first series_open 1\n"
                                        "placer series_open 1\n"
                                        "first series_open 2\n"
                                        "placer series_open 2\n"
                                        "first instance 1.1 head\n"
                                        "placer instance 1.1 head\n"
                                        "placer place image 1.1\n"
                                        "first artifact image 1.1\n"
                                        "placer artifact image 1.1\n"
                                        "first instance 2.1 head\n"
                                        "placer instance 2.1 head\n"
                                        "placer place image 2.1\n"
                                        "first artifact image 2.1\n"
                                        "placer artifact image 2.1\n"
                                        "first instance 1.2\n"
                                        "placer instance 1.2\n"
                                        "placer place image 1.2\n"
                                        "first artifact image 1.2\n"
                                        "placer artifact image 1.2\n"
                                        "first series_close 1\n"
                                        "placer place series-data 1.0\n"
                                        "first artifact series-data 1.0\n"
                                        "placer artifact series-data 1.0\n"
                                        "placer series_close 1\n"
                                        "first series_close 2\n"
                                        "placer place series-data 2.0\n"
                                        "first artifact series-data 2.0\n"
                                        "placer artifact series-data 2.0\n"
                                        "placer series_close 2\n"
                                        "first study_close\n"
                                        "placer place task 0.0\n"
                                        "first artifact task 0.0\n"
                                        "placer artifact task 0.0\n"
                                        "placer study_close\n");
}
END_TEST

/* Several series of several sizes, one without Instance Numbers, two studies. */
static void add_studies(void)
{
    char file[32];
    for (unsigned study = 1; study <= 2; study++) {
        for (unsigned series = 1; series <= 4; series++) {
            for (unsigned instance = 1; instance <= 3 * series; instance++) {
                (void)snprintf(file, sizeof file, "f%u",
                               (study * 7919 + series * 104729 + instance * 1299709) % 1000003);
                harness_add(&harness, file, study, series, instance,
                            series == 3 ? -1 : (int)(100 - instance));
            }
        }
    }
}

/* The lines of a trace that begin so, one after the other. */
static char *lines_of(const char *trace, const char *beginning)
{
    struct text text = TEXT_EMPTY;
    for (const char *line = trace; *line != '\0'; line = strchr(line, '\n') + 1) {
        if (strncmp(line, beginning, strlen(beginning)) == 0) {
            text_append_bytes(&text, line, (size_t)(strchr(line, '\n') + 1 - line));
        }
    }
    return text_take(&text);
}

START_TEST(test_runner_any_threads_and_sleeps_place_in_one_order_and_write_the_same_bytes)
{
    static const uint32_t threads[] = {1, 2, 3, 8, 16};
    char first_digest[65] = "";
    char *first_places[2] = {NULL, NULL};
    char *first_tree = NULL;
    add_studies();
    harness.documents = true;
    harness.one_name = true; /* names are given by order of placement alone */
    harness.options.existing = DCMCHAIN_EXISTING_REPLACE;
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        harness.sleep_us = i == 0 ? 0 : 2000;
        harness_run(&harness, threads[i]);
        ck_assert_int_eq(harness.exit_code, 0);
        char digest[65];
        harness_digest(&harness, digest);
        char *places[2] = {lines_of(harness.traces[1], "placer place"),
                           lines_of(harness.traces[2], "placer place")};
        if (i == 0) {
            memcpy(first_digest, digest, sizeof digest);
            first_places[0] = places[0];
            first_places[1] = places[1];
            first_tree = strdup(harness.tree);
            continue;
        }
        ck_assert_str_eq(places[0], first_places[0]);
        ck_assert_str_eq(places[1], first_places[1]);
        ck_assert_str_eq(harness.tree, first_tree);
        ck_assert_str_eq(digest, first_digest);
        free(places[0]);
        free(places[1]);
    }
    free(first_places[0]);
    free(first_places[1]);
    free(first_tree);
}
END_TEST

START_TEST(test_runner_placement_is_heads_then_siblings_in_run_order_then_documents)
{
    harness_add(&harness, "a", 1, 2, 1, 1);
    harness_add(&harness, "b", 1, 2, 2, 0);
    harness_add(&harness, "c", 1, 1, 3, 10);
    harness_add(&harness, "d", 1, 1, 2, 9);
    harness_add(&harness, "e", 1, 1, 1, -1); /* absent last */
    harness.documents = true;
    harness.sleep_us = 3000;
    harness_run(&harness, 8);
    char *places = lines_of(harness.traces[1], "placer place");
    ck_assert_str_eq(places,
                     "placer place image 1.1\nplacer place image 2.1\nplacer place image 1.2\nplacer place "
                     "image 1.3\nplacer place image 2.2\n"
                     "placer place series-data 1.0\nplacer place series-data 2.0\nplacer place task 0.0\n");
    free(places);
}
END_TEST

START_TEST(test_runner_head_is_placed_before_a_sibling_starts)
{
    add_studies();
    harness.sleep_us = 2000;
    harness_run(&harness, 16);
    for (unsigned study = 1; study <= 2; study++) {
        for (unsigned series = 1; series <= 4; series++) {
            char placed[64];
            char sibling[64];
            (void)snprintf(placed, sizeof placed, "placer place image %u.1\n", series);
            (void)snprintf(sibling, sizeof sibling, "first instance %u.2\n", series);
            const char *head_at = strstr(harness.traces[study], placed);
            ck_assert_ptr_nonnull(head_at);
            const char *sibling_at = strstr(harness.traces[study], sibling);
            ck_assert_ptr_nonnull(sibling_at);
            ck_assert(head_at < sibling_at);
        }
    }
}
END_TEST

/* ---- the head's role goes on ---- */

START_TEST(test_runner_dropped_head_hands_its_role_to_the_next)
{
    for (unsigned i = 1; i <= 4; i++) {
        char file[8];
        (void)snprintf(file, sizeof file, "%u", i);
        harness_add(&harness, file, 1, 1, i, (int)i);
    }
    harness.fault_callback = "instance";
    harness.fault_at = 1;
    harness.fault_result = DCMCHAIN_DROP;
    harness.documents = true;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first instance 1.1 head\n"));
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first instance 1.2 head\n"));
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first instance 1.3\n"));
    ck_assert_str_eq(
        harness.tree,
        "study-1/\nstudy-1/series-1/\nstudy-1/series-1/image-2.dcm\nstudy-1/series-1/image-3.dcm\n"
        "study-1/series-1/image-4.dcm\nstudy-1/series-1/series-data-0.json\nstudy-1/task-document.json\n");
    ck_assert_ptr_nonnull(
        strstr(harness.json, "\"drop_reasons\":[{\"text\":\"stage 'first': not wanted\",\"count\":1}]"));
}
END_TEST

START_TEST(test_runner_series_dropped_whole_emits_no_document)
{
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "b", 1, 2, 1, 1);
    harness.fault_callback = "instance";
    harness.fault_at = 1; /* one thread: the head of series 1 */
    harness.fault_result = DCMCHAIN_DROP;
    harness.documents = true;
    harness_run(&harness, 1);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first series_close 1 not ok\n"));
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first series_close 2\n"));
    ck_assert_str_eq(harness.tree, "study-1/\nstudy-1/series-2/\nstudy-1/series-2/image-1.dcm\nstudy-1/"
                                   "series-2/series-data-0.json\nstudy-1/task-document.json\n");
}
END_TEST

START_TEST(test_runner_study_dropped_whole_publishes_nothing_and_is_done)
{
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness.fault_callback = "instance";
    harness.fault_at = 1;
    harness.fault_result = DCMCHAIN_DROP;
    harness_run(&harness, 2);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_str_eq(harness.tree, "");
    ck_assert_uint_eq(harness_output_entries(&harness), 0);
    ck_assert_ptr_nonnull(strstr(harness.json, "\"status\":\"empty\""));
    ck_assert_ptr_nonnull(strstr(harness.traces[1], "first study_close not ok\n"));
}
END_TEST

/* ---- names, duplicates, flat ---- */

START_TEST(test_runner_taken_names_are_proposed_anew_in_order)
{
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "b", 1, 1, 2, 1); /* one Instance Number twice */
    harness_add(&harness, "c", 1, 2, 1, 1);
    harness.one_name = true;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_str_eq(
        harness.tree,
        "study-1/\nstudy-1/all/\nstudy-1/all/image-2.dcm\nstudy-1/all/image-3.dcm\nstudy-1/all/image.dcm\n");
}
END_TEST

START_TEST(test_runner_equal_files_publish_one_and_count_the_other)
{
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "b", 1, 1, 1, 1);
    harness_add(&harness, "c", 1, 1, 2, 2);
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_ptr_nonnull(
        strstr(harness.json, "\"found\":3,\"published\":2,\"dropped\":0,\"quarantined\":0,\"duplicates\":1"));
}
END_TEST

START_TEST(test_runner_flat_studies_share_one_name_space)
{
    harness_add(&harness, "a", 1, 1, 1, 1);
    harness_add(&harness, "b", 2, 1, 1, 1);
    harness.pipeline.flat = true;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_str_eq(harness.tree, "study-1/\nstudy-1/series-1/\nstudy-1/series-1/image-1.dcm\nstudy-2/"
                                   "\nstudy-2/series-1/\nstudy-2/series-1/image-1.dcm\n");
}
END_TEST

START_TEST(test_runner_dry_run_gives_the_same_tree_and_creates_nothing)
{
    add_studies();
    harness.documents = true;
    harness.options.dry_run = 1;
    harness_run(&harness, 4);
    ck_assert_int_eq(harness.exit_code, 0);
    ck_assert_uint_eq(harness_output_entries(&harness), 0);
    char *dry = strdup(harness.tree);
    harness.options.dry_run = 0;
    harness_run(&harness, 4);
    ck_assert_str_eq(harness.tree, dry);
    ck_assert_uint_eq(harness_output_entries(&harness), 2);
    free(dry);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runner");
    TCase *test_case = tcase_create("runner");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_runner_one_thread_calls_follow_the_documented_order);
    tcase_add_test(test_case, test_runner_any_threads_and_sleeps_place_in_one_order_and_write_the_same_bytes);
    tcase_add_test(test_case, test_runner_placement_is_heads_then_siblings_in_run_order_then_documents);
    tcase_add_test(test_case, test_runner_head_is_placed_before_a_sibling_starts);
    tcase_add_test(test_case, test_runner_dropped_head_hands_its_role_to_the_next);
    tcase_add_test(test_case, test_runner_series_dropped_whole_emits_no_document);
    tcase_add_test(test_case, test_runner_study_dropped_whole_publishes_nothing_and_is_done);
    tcase_add_test(test_case, test_runner_taken_names_are_proposed_anew_in_order);
    tcase_add_test(test_case, test_runner_equal_files_publish_one_and_count_the_other);
    tcase_add_test(test_case, test_runner_flat_studies_share_one_name_space);
    tcase_add_test(test_case, test_runner_dry_run_gives_the_same_tree_and_creates_nothing);
    return run_suite(suite);
}
