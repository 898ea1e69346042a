/* test_anonymise_patient_ids.c: patient IDs that were given beforehand: the file, and what fails a study. */
#include "anonymise_harness.h"

#include <unistd.h>

#include "patient_ids.h"

static struct patient_ids *read_ids(const char *text)
{
    struct patient_ids *ids = NULL;
    char problem[PATIENT_IDS_PROBLEM_BYTES] = "";

    ck_assert_msg(patient_ids_read(text, strlen(text), &ids, problem) == 0, "%s", problem);
    return ids;
}

static void expect_problem(const char *text, const char *expected)
{
    struct patient_ids *ids = NULL;
    char problem[PATIENT_IDS_PROBLEM_BYTES] = "";

    ck_assert_int_lt(patient_ids_read(text, strlen(text), &ids, problem), 0);
    ck_assert_msg(strstr(problem, expected) != NULL, "%s", problem);
}

static const char *find(const struct patient_ids *ids, const char *issuer, const char *id,
                        const char **ret_why)
{
    char *key = patient_ids_key(issuer, id);
    const char *found = NULL;

    *ret_why = "";
    found = patient_ids_find(ids, key, ret_why);
    free(key);
    return found;
}

START_TEST(test_patient_ids_reads_commas_semicolons_quotes_and_a_mark)
{
    static const char *const texts[] = {
        "patient_id,new_patient_id\nQX-4711,P001\n",
        "\xEF\xBB\xBFnew_patient_id;patient_id\r\nP001; QX-4711 \r\n",
        "patient_id,new_patient_id,note\n\"QX-4711\",\"P001\",\"a, \"\"b\"\"\nc\"\n"};

    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        struct patient_ids *ids = read_ids(texts[at]);
        const char *why = NULL;
        ck_assert_str_eq(find(ids, "", "QX-4711", &why), "P001");
        ck_assert_ptr_null(find(ids, "", "QX-4712", &why));
        ck_assert_ptr_nonnull(strstr(why, "not in the table"));
        ck_assert_ptr_null(find(ids, "A", "QX-4711", &why));
        patient_ids_free(ids);
    }
}
END_TEST

START_TEST(test_patient_ids_keeps_issuers_apart)
{
    struct patient_ids *ids = read_ids("issuer,patient_id,new_patient_id\nA,77,P001\nB,77,P002\n");
    const char *why = NULL;

    ck_assert_str_eq(find(ids, "A", "77", &why), "P001");
    ck_assert_str_eq(find(ids, "B", "77", &why), "P002");
    patient_ids_free(ids);
}
END_TEST

START_TEST(test_patient_ids_gives_none_that_joins_patients_or_tells_the_old_one)
{
    struct patient_ids *ids = read_ids("patient_id,new_patient_id\nAA,P001\nBB,P001\nCC,P002\nDD,P001\n"
                                       "X-77,study-x77\nEE,E1\n");
    const char *why = NULL;

    ck_assert_ptr_null(find(ids, "", "AA", &why));
    ck_assert_ptr_nonnull(strstr(why, "two patients"));
    ck_assert_ptr_null(find(ids, "", "BB", &why));
    ck_assert_ptr_null(find(ids, "", "DD", &why));
    ck_assert_ptr_null(find(ids, "", "X-77", &why));
    ck_assert_ptr_nonnull(strstr(why, "holds the old one"));
    ck_assert_str_eq(find(ids, "", "CC", &why), "P002");
    ck_assert_str_eq(find(ids, "", "EE", &why), "E1");
    patient_ids_free(ids);
}
END_TEST

START_TEST(test_patient_ids_refuses_what_is_no_table)
{
    expect_problem("", "empty");
    expect_problem("id,new\nA,B\n", "columns");
    expect_problem("patient_id,new_patient_id\n", "no patient");
    expect_problem("patient_id,new_patient_id\nAA,\n", "line 2");
    expect_problem("patient_id,new_patient_id\nAA,P\\1\n", "line 2");
    expect_problem("patient_id,new_patient_id\nAA,P1\nAA,P2\n", "line 3");
    expect_problem("patient_id,new_patient_id\n\"AA,P1\n", "CSV");
}
END_TEST

START_TEST(test_anonymise_given_patient_ids_are_used_and_missing_ones_fail_the_study)
{
    static const char *const files[] = {"patient_id,new_patient_id\nQX-4711,TRIAL-7\n",
                                        "patient_id,new_patient_id\nQX-4712,TRIAL-7\n"};
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    char path[] = "/tmp/dcmchain-patient-ids-XXXXXX";
    const int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    config.patient_ids = path;
    for (size_t at = 0; at < 2; at++) {
        struct dcmchain_scope scope = {.study_info = &study_info};
        FILE *file = fopen(path, "we");
        ck_assert_ptr_nonnull(file);
        ck_assert_int_ge(fputs(files[at], file), 0);
        (void)fclose(file);
        begin(EXPLICIT);
        (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
        if (at == 0) {
            run();
            ck_assert_str_eq(text(root, 0x00100020), "TRIAL-7");
            continue;
        }
        ck_assert_int_eq(stage->run_open(&context, &config, &scope.run), DCMCHAIN_OK);
        ck_assert_int_lt(stage->study_open(&context, &scope, &scope.study), 0);
        ck_assert_ptr_nonnull(strstr(context.error, "not in the table of patient IDs"));
        ck_assert_ptr_null(strstr(context.error, "4711"));
        stage->run_close(&context, scope.run, DCMCHAIN_OUTCOME_FAILED);
    }
    (void)remove(path);
}
END_TEST

/* The core gives the second patient of a mixed study a key of their own; whatever on_error says of the
 * instance, the study must not be published. */
START_TEST(test_anonymise_a_second_patient_who_is_missing_fails_the_study)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    struct dcmchain_scope scope = {.study_info = &study_info};
    char path[] = "/tmp/dcmchain-patient-ids-XXXXXX";
    const int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("patient_id,new_patient_id\nQX-4711,TRIAL-7\n", file), 0);
    (void)fclose(file);
    config.patient_ids = path;
    ck_assert_int_eq(stage->run_open(&context, &config, &scope.run), DCMCHAIN_OK);
    ck_assert_int_eq(stage->study_open(&context, &scope, &scope.study), DCMCHAIN_OK);
    instance_info.patient_key = "PATIENT_KEY_OF_ANOTHER";
    ck_assert_int_lt(stage->instance(&context, &scope, &instance_info), 0);
    ck_assert_int_lt(stage->study_close(&context, &scope, 1), 0);
    ck_assert_ptr_nonnull(strstr(context.error, "no ID in the table"));
    stage->run_close(&context, scope.run, DCMCHAIN_OUTCOME_FAILED);
    (void)remove(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise patient ids");
    TCase *tests = tcase_create("file");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_patient_ids_reads_commas_semicolons_quotes_and_a_mark);
    tcase_add_test(tests, test_patient_ids_keeps_issuers_apart);
    tcase_add_test(tests, test_patient_ids_gives_none_that_joins_patients_or_tells_the_old_one);
    tcase_add_test(tests, test_patient_ids_refuses_what_is_no_table);
    tcase_add_test(tests, test_anonymise_given_patient_ids_are_used_and_missing_ones_fail_the_study);
    tcase_add_test(tests, test_anonymise_a_second_patient_who_is_missing_fails_the_study);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
