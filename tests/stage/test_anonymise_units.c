/* test_anonymise_units.c: the table, the registry, pseudonyms, dates and values of the anonymise stage.
 * It needs no data set. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "dcmchain/dataset.h"
#include "pseudonym.h"
#include "rebase.h"
#include "support/suite.h"
#include "table.h"
#include "uids.h"
#include "values.h"

static const char head[] =
    "# edition: test 1\ntag,vr,keyword,basic,safe_private,uids,device,institution,patient,full_dates,"
    "modified_dates,descriptors,structured,graphics\n";

START_TEST(test_table_shipped_has_all_rows_and_its_edition)
{
    struct table *table = NULL;
    char problem[TABLE_PROBLEM_BYTES] = "";

    ck_assert_int_eq(table_read_shipped(&table, problem), 0);
    ck_assert_uint_eq(table_rows(table), 655);
    ck_assert_str_eq(table_edition(table), "PS3.15 E.1-1 2025b");
    ck_assert_ptr_nonnull(table_private(table));
    table_free(table);
}
END_TEST

START_TEST(test_table_rows_carry_letters_options_and_vr)
{
    struct table *table = NULL;
    const struct table_row *row = NULL;
    char problem[TABLE_PROBLEM_BYTES] = "";

    ck_assert_int_eq(table_read_shipped(&table, problem), 0);
    row = table_find(table, 0x00081140);
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->letters, "X/Z/U*");
    ck_assert_uint_eq(row->basic, TABLE_X | TABLE_Z | TABLE_U);
    ck_assert_int_eq(row->options[TABLE_UIDS], 'K');
    row = table_find(table, 0x00080020);
    ck_assert_ptr_nonnull(row);
    ck_assert_uint_eq(row->vr, DCMCHAIN_VR_DA);
    ck_assert_int_eq(row->options[TABLE_FULL_DATES], 'K');
    ck_assert_int_eq(row->options[TABLE_MODIFIED_DATES], 'C');
    row = table_find(table, 0x60023000); /* a mask */
    ck_assert_ptr_nonnull(row);
    ck_assert_str_eq(row->letters, "X");
    ck_assert_ptr_null(table_find(table, 0x00280010));
    table_free(table);
}
END_TEST

static void expect_problem(const char *rows, const char *expected)
{
    struct table *table = NULL;
    char problem[TABLE_PROBLEM_BYTES] = "";
    char text[1024];

    (void)snprintf(text, sizeof text, "%s%s", head, rows);
    ck_assert_int_lt(table_read(text, strlen(text), &table, problem), 0);
    ck_assert_ptr_null(table);
    ck_assert_ptr_nonnull(strstr(problem, expected));
}

START_TEST(test_table_wrong_file_is_refused_with_its_line)
{
    struct table *table = NULL;
    char problem[TABLE_PROBLEM_BYTES] = "";

    expect_problem("00100010,PN,PatientName,Q,,,,,,,,,,\n", "line 3: an action");
    expect_problem("00100010,PN,PatientName,X//Z,,,,,,,,,,\n", "line 3: an action");
    expect_problem("00100010,PN,PatientName,X/X,,,,,,,,,,\n", "line 3: an action");
    expect_problem("001000,PN,PatientName,X,,,,,,,,,,\n", "line 3: a tag");
    expect_problem("00100010,PN,PatientName,X,,,,,,,,,\n", "line 3: a row has");
    expect_problem("00100010,PN,PatientName,X,,Y,,,,,,,,\n", "line 3: an option");
    expect_problem("00100010,PNX,PatientName,X,,,,,,,,,,\n", "line 3: a VR");
    expect_problem("00100010,PN,A,X,,,,,,,,,,\n00100010,PN,B,Z,,,,,,,,,,\n", "two rows for 00100010");
    expect_problem("", "no rows");
    ck_assert_int_lt(table_read("tag,vr\n", 7, &table, problem), 0);
    ck_assert_ptr_nonnull(strstr(problem, "line 1: the columns"));
    ck_assert_int_lt(table_read_file("/nonexistent/table.csv", &table, problem), 0);
}
END_TEST

START_TEST(test_table_of_the_user_without_last_line_end_is_read)
{
    struct table *table = NULL;
    char problem[TABLE_PROBLEM_BYTES] = "";
    char text[1024];

    (void)snprintf(text, sizeof text, "%s%s", head,
                   "00100010,PN,PatientName,Z/D,,,,,,,,,,\r\n0018xxxx,,,X,,,,,,,,,,");
    ck_assert_int_eq(table_read(text, strlen(text), &table, problem), 0);
    ck_assert_str_eq(table_edition(table), "test 1");
    ck_assert_ptr_nonnull(table_find(table, 0x00181234));
    ck_assert_ptr_nonnull(table_find(table, 0x00100010));
    ck_assert_ptr_null(table_private(table));
    table_free(table);
}
END_TEST

START_TEST(test_uids_only_exact_registry_values_are_registered)
{
    ck_assert(uids_is_registered("1.2.840.10008.1.2", 17));
    ck_assert(uids_is_registered("1.2.840.10008.1.4.1.1", 21)); /* Talairach */
    ck_assert(uids_is_registered("1.2.840.10008.1.5.8", 19));   /* a palette */
    ck_assert(!uids_is_registered("1.2.840.10008.1.99", 18));
    ck_assert(!uids_is_registered("1.2.840.10008", 13));
    ck_assert(!uids_is_registered("1.2.840.10008.1.4.1.1.1", 23));
    ck_assert(!uids_is_registered("", 0));
    ck_assert(!uids_is_registered("9", 1));
    ck_assert(uids_is_class_like(0x00080016));
    ck_assert(!uids_is_class_like(0x00080018));
}
END_TEST

START_TEST(test_pseudonym_uid_is_a_random_uuid_in_decimal)
{
    uint8_t digest[32];
    char uid[PSEUDONYM_UID_BYTES];

    (void)memset(digest, 0xFF, sizeof digest);
    pseudonym_uid(digest, uid); /* ffffffff-ffff-4fff-bfff-ffffffffffff */
    ck_assert_str_eq(uid, "2.25.340282366920937632322261936355783213055");
    (void)memset(digest, 0, sizeof digest);
    pseudonym_uid(digest, uid); /* 00000000-0000-4000-8000-000000000000 */
    ck_assert_str_eq(uid, "2.25.302240678275694148452352");
}
END_TEST

START_TEST(test_pseudonym_id_is_base32_of_the_first_ten_bytes)
{
    uint8_t digest[32] = "foobarfoob"; /* RFC 4648 section 10: "foobar" begins MZXW6YTB */
    char id[PSEUDONYM_ID_LENGTH + 1];
    char name[PSEUDONYM_NAME_LENGTH + 1];

    pseudonym_id(digest, id);
    ck_assert_uint_eq(strlen(id), 16);
    ck_assert_int_eq(strncmp(id, "MZXW6YTBOJTG633C", 16), 0);
    pseudonym_name(digest, name);
    ck_assert_uint_eq(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 8);
    for (uint32_t seed = 0; seed < 1000; seed++) {
        uint32_t number = 0;
        (void)memcpy(digest + 4, &seed, sizeof seed);
        number = pseudonym_number(digest, 1, 3);
        ck_assert(number >= 1 && number <= 3);
    }
}
END_TEST

START_TEST(test_dates_days_go_there_and_back)
{
    uint32_t year = 0;
    uint32_t month = 0;
    uint32_t day = 0;

    ck_assert_int_eq(dates_to_days(1970, 1, 1), 0);
    ck_assert_int_eq(dates_to_days(2000, 3, 1), 11017);
    for (int32_t days = dates_to_days(1850, 1, 1); days < dates_to_days(2110, 1, 1); days++) {
        dates_from_days(days, &year, &month, &day);
        ck_assert(dates_is_valid(year, month, day));
        ck_assert_int_eq(dates_to_days(year, month, day), days);
    }
}
END_TEST

START_TEST(test_dates_what_is_no_real_date_is_not_read)
{
    static const char *const wrong[] = {
        "",          "0101",          "1961",          "196108",          "19610832",
        "00010101",  "18491231",      "19000101",      "20230229",        "1961-08-23",
        "19610823x", "2024022910111", "20240229+01",   "20240229101112.", "0101196",
        "11111111",  "19111111",      "18581117",      "99991231",        "20991231",
        "21000101",  "18991230",      "00010101120000"};
    int32_t days = 0;

    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        ck_assert_msg(!dates_read(wrong[at], &days), "%s", wrong[at]);
    }
    ck_assert(dates_read("20240229", &days));
    ck_assert(dates_read("2024.02.29", &days));
    ck_assert(dates_read("20240229101112.123456+0100", &days));
}
END_TEST

START_TEST(test_dates_where_clocks_begin_is_unset)
{
    const int32_t study = dates_to_days(2024, 2, 29);
    const int32_t turn = dates_to_days(2000, 1, 1);
    int32_t days = 0;

    ck_assert(dates_read("19700101", &days)); /* people are born on it */
    ck_assert(dates_is_unset(days, study));
    ck_assert(dates_is_unset(days, days));
    ck_assert(dates_is_unset(dates_to_days(1980, 1, 1), study));
    ck_assert(dates_is_unset(turn, study));
    ck_assert(!dates_is_unset(turn, turn + 200));
    ck_assert(!dates_is_unset(turn + 1, study));
    ck_assert(!rebase_begin("19700101", "101112").known);
    ck_assert(rebase_begin("20000101", "101112").known);
}
END_TEST

START_TEST(test_dates_shift_keeps_time_fraction_and_offset)
{
    char shifted[DATES_DT_BYTES];
    char year[9];

    ck_assert(dates_shift("20240301101112.123456+0100", -1, shifted));
    ck_assert_str_eq(shifted, "20240229101112.123456+0100");
    ck_assert(dates_shift("20240101", -365, shifted));
    ck_assert_str_eq(shifted, "20230101");
    ck_assert(!dates_shift("00010101", -1, shifted));
    ck_assert(dates_year("19610823", year));
    ck_assert_str_eq(year, "19610101");
    ck_assert(!dates_year("0101", year));
}
END_TEST

START_TEST(test_dates_ages_over_89_are_one)
{
    char age[5] = "";

    ck_assert(dates_cap_age("091Y", age));
    ck_assert_str_eq(age, "090Y");
    ck_assert(!dates_cap_age("089Y", age));
    ck_assert(!dates_cap_age("090Y", age));
    ck_assert(!dates_cap_age("999W", age));
    ck_assert(!dates_cap_age("young", age));
    ck_assert_int_eq(dates_age(dates_to_days(1961, 8, 23), dates_to_days(2024, 8, 22)), 62);
    ck_assert_int_eq(dates_age(dates_to_days(1961, 8, 23), dates_to_days(2024, 8, 23)), 63);
}
END_TEST

static int change(void *closure, const char *value, size_t length, char **ret_value)
{
    (void)closure;
    if (length != 1 || *value != 'b') {
        return 0;
    }
    *ret_value = strdup("BB");
    return 1;
}

START_TEST(test_values_only_changed_ones_are_replaced)
{
    char *text = NULL;

    ck_assert_int_eq(values_change("a \\b\\\\c", true, change, NULL, &text), 1);
    ck_assert_str_eq(text, "a \\BB\\\\c");
    free(text);
    text = NULL;
    ck_assert_int_eq(values_change("a\\c", true, change, NULL, &text), 0);
    ck_assert_int_eq(values_change("a\\b", false, change, NULL, &text), 0);
    ck_assert_ptr_null(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise units");
    TCase *tests = tcase_create("units");

    tcase_add_test(tests, test_table_shipped_has_all_rows_and_its_edition);
    tcase_add_test(tests, test_table_rows_carry_letters_options_and_vr);
    tcase_add_test(tests, test_table_wrong_file_is_refused_with_its_line);
    tcase_add_test(tests, test_table_of_the_user_without_last_line_end_is_read);
    tcase_add_test(tests, test_uids_only_exact_registry_values_are_registered);
    tcase_add_test(tests, test_pseudonym_uid_is_a_random_uuid_in_decimal);
    tcase_add_test(tests, test_pseudonym_id_is_base32_of_the_first_ten_bytes);
    tcase_add_test(tests, test_dates_days_go_there_and_back);
    tcase_add_test(tests, test_dates_what_is_no_real_date_is_not_read);
    tcase_add_test(tests, test_dates_where_clocks_begin_is_unset);
    tcase_add_test(tests, test_dates_shift_keeps_time_fraction_and_offset);
    tcase_add_test(tests, test_dates_ages_over_89_are_one);
    tcase_add_test(tests, test_values_only_changed_ones_are_replaced);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
