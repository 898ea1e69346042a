/* test_anonymise_profile.c: what depends on the object: Types by SOP class and path, dummies, pseudonyms,
 * rebased dates. It calls the stage's own callbacks over a faked context (anonymise_fakes.h). */
#include "anonymise_harness.h"

#define PET_IMAGE "1.2.840.10008.5.1.4.1.1.128"
#define RT_STRUCTURE_SET "1.2.840.10008.5.1.4.1.1.481.3"
#define INVENTORY "1.2.840.10008.5.1.4.1.1.201.1" /* not all its modules are covered */
#define NOBODYS "1.2.276.0.99999.4"

START_TEST(test_anonymise_compound_letters_follow_the_object)
{
    static const struct {
        const char *sop_class;
        const char *series_date;  /* X/D: Type 1 in PET, 3 in MR */
        const char *content_date; /* Z/D: Type 2C, 2C, unknown */
    } cases[] = {{MR_IMAGE, "<none>", ""},
                 {PET_IMAGE, "19000101", ""},
                 {NOBODYS, "19000101", "19000101"},
                 {"", "19000101", "19000101"}};

    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        begin(EXPLICIT);
        instance_info.sop_class = cases[at].sop_class;
        (void)put(root, 0x00080021, DCMCHAIN_VR_DA, "20240301");
        (void)put(root, 0x00080023, DCMCHAIN_VR_DA, "20240301");
        run();
        ck_assert_msg(strcmp(text(root, 0x00080021), cases[at].series_date) == 0, "%s", cases[at].sop_class);
        ck_assert_msg(strcmp(text(root, 0x00080023), cases[at].content_date) == 0, "%s", cases[at].sop_class);
    }
}
END_TEST

START_TEST(test_anonymise_removal_keeps_what_the_object_requires_at_a_path)
{
    dcmchain_item *referenced = NULL;

    instance_info.sop_class = RT_STRUCTURE_SET;
    config.series_description = SERIES_DESCRIPTION_TABLE;
    referenced = put_item(
        root, 0x3006004C); /* Source Series Information Sequence: Series Description is of Type 1 there */
    (void)put(referenced, 0x0008103E, DCMCHAIN_VR_LO, "Head");
    (void)put(root, 0x0008103E, DCMCHAIN_VR_LO, "Head");
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "<none>");
    ck_assert_str_eq(text(referenced, 0x0008103E), "ANONYMIZED");
}
END_TEST

START_TEST(test_anonymise_referenced_images_keep_their_items_and_map_their_uids)
{
    dcmchain_item *image = put_item(root, 0x00081140);

    (void)put(image, 0x00081150, DCMCHAIN_VR_UI, MR_IMAGE);
    (void)put(image, 0x00081155, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.7");
    (void)put(image, 0x00081160, DCMCHAIN_VR_IS, "3");
    run();
    ck_assert_str_eq(text(image, 0x00081150), MR_IMAGE);
    ck_assert_int_eq(strncmp(text(image, 0x00081155), "2.25.", 5), 0);
    ck_assert_str_eq(text(image, 0x00081160), "3");
}
END_TEST

START_TEST(test_anonymise_codes_of_persons_become_one_valid_code)
{
    dcmchain_element *codes = NULL;
    dcmchain_item *person = put_item(root, 0x0040A370); /* Referenced Request Sequence: no row */

    for (size_t at = 0; at < 2; at++) {
        dcmchain_item *code = put_item(person, 0x00401101);
        (void)put(code, 0x00080100, DCMCHAIN_VR_SH, "QX99");
        (void)put(code, 0x00080102, DCMCHAIN_VR_SH, "99SITE");
        (void)put(code, 0x00080104, DCMCHAIN_VR_LO, "Somebody");
    }
    run();
    codes = dcmchain_item_find(person, 0x00401101);
    ck_assert_uint_eq(dcmchain_element_value_count(codes), 1);
    ck_assert_str_eq(text(dcmchain_element_item(codes, 0), 0x00080100), "REMOVED");
    ck_assert_str_eq(text(dcmchain_element_item(codes, 0), 0x00080102), "99DCMCHAIN");
    ck_assert_str_eq(text(dcmchain_element_item(codes, 0), 0x00080104), "Removed");
}
END_TEST

START_TEST(test_anonymise_signatures_go_with_their_parameters)
{
    dcmchain_item *parameters = put_item(root, 0x4FFE0001);
    dcmchain_item *signature = put_item(root, 0xFFFAFFFA);

    (void)put(parameters, 0x04000005, DCMCHAIN_VR_US, "1");
    (void)put(signature, 0x04000005, DCMCHAIN_VR_US, "1");
    run();
    ck_assert_str_eq(text(root, 0x4FFE0001), "<none>");
    ck_assert_str_eq(text(root, 0xFFFAFFFA), "<none>");
}
END_TEST

START_TEST(test_anonymise_rebase_moves_the_study_to_a_fixed_instant)
{
    config.dates = DATES_REBASE;
    study_info.time = "101112.5";
    (void)put(root, 0x00080020, DCMCHAIN_VR_DA, "20240229");
    (void)put(root, 0x00080030, DCMCHAIN_VR_TM, "101112.5");
    (void)put(root, 0x00080021, DCMCHAIN_VR_DA, "20240301"); /* the next day, ten hours earlier in it */
    (void)put(root, 0x00080031, DCMCHAIN_VR_TM, "001112");
    (void)put(root, 0x0008002A, DCMCHAIN_VR_DT, "20240229101113.500000+0100");
    (void)put(root, 0x00080022, DCMCHAIN_VR_DA, "20240115"); /* no time beside it */
    (void)put(root, 0x00080023, DCMCHAIN_VR_DA, "19000101"); /* no real date */
    run();
    ck_assert_str_eq(text(root, 0x00080020), "20000101");
    ck_assert_str_eq(text(root, 0x00080030), "000000.0");
    ck_assert_str_eq(text(root, 0x00080021), "20000101");
    ck_assert_str_eq(text(root, 0x00080031), "135959");
    ck_assert_str_eq(text(root, 0x0008002A), "20000101000001.000000+0100");
    ck_assert_str_eq(text(root, 0x00080022), "19991117");
    ck_assert_str_eq(text(root, 0x00080023), "");
    ck_assert_str_eq(text(root, 0x00280303), "MODIFIED");
}
END_TEST

START_TEST(test_anonymise_dates_that_were_never_set_are_emptied_not_moved)
{
    static const char *const unset[] = {"19700101", "99991231", "00010101",
                                        "19000101", "11111111", "20000101"};

    for (size_t at = 0; at < sizeof unset / sizeof unset[0]; at++) {
        for (int mode = 0; mode < 2; mode++) {
            char instant[16];
            begin(EXPLICIT);
            config.dates = mode == 0 ? DATES_SHIFT : DATES_REBASE;
            (void)snprintf(instant, sizeof instant, "%s120000", unset[at]);
            (void)put(root, 0x00080020, DCMCHAIN_VR_DA, "20240229");
            (void)put(root, 0x00080023, DCMCHAIN_VR_DA, unset[at]);
            (void)put(root, 0x0008002A, DCMCHAIN_VR_DT, instant);
            run();
            ck_assert_str_ne(text(root, 0x00080020), "");
            ck_assert_msg(text(root, 0x00080023)[0] == '\0', "%s", unset[at]);
            ck_assert_msg(text(root, 0x0008002A)[0] == '\0', "%s", instant);
        }
    }
    begin(EXPLICIT);
    config.dates = DATES_SHIFT;
    (void)put(root, 0x00100030, DCMCHAIN_VR_DA, "19700101"); /* somebody's birth; it does not move */
    run();
    ck_assert_str_eq(text(root, 0x00100030), "19700101");
}
END_TEST

START_TEST(test_anonymise_shift_leaves_no_date_of_a_retained_option_behind)
{
    config.dates = DATES_SHIFT;
    config.shift_days = 1;
    config.retain = RETAIN_DEVICE | RETAIN_UIDS;
    (void)put(root, 0x0018700C, DCMCHAIN_VR_DA, "20240301"); /* Date of Last Detector Calibration: device K */
    (void)put(root, 0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.5");
    (void)put(root, 0x0020000E, DCMCHAIN_VR_UI, "1.2.276.0.20240301.5");
    run();
    ck_assert_str_eq(text(root, 0x0018700C), "20240229");
    ck_assert_str_eq(text(root, 0x00080018), "1.2.276.0.99999.5");
    ck_assert_int_eq(strncmp(text(root, 0x0020000E), "2.25.", 5), 0);
}
END_TEST

/* What a date option leaves as it is must be what it says: a name may stand in it. */
START_TEST(test_anonymise_times_and_zone_that_stay_are_cleaned_of_text)
{
    static const int32_t modes[] = {DATES_SHIFT, DATES_KEEP};

    for (size_t at = 0; at < sizeof modes / sizeof modes[0]; at++) {
        begin(EXPLICIT);
        config.dates = modes[at];
        (void)put(root, 0x00080201, DCMCHAIN_VR_SH, "-0330");
        (void)put(root, 0x00080030, DCMCHAIN_VR_TM, "101112.5");
        run();
        ck_assert_str_eq(text(root, 0x00080201), "-0330");
        ck_assert_str_eq(text(root, 0x00080030), "101112.5");
        begin(EXPLICIT);
        config.dates = modes[at];
        (void)put(root, 0x00080201, DCMCHAIN_VR_SH, "Zzyx");
        (void)put(root, 0x00080030, DCMCHAIN_VR_TM, "Zzyx");
        run();
        ck_assert_str_eq(text(root, 0x00080201), "REMOVED");
        ck_assert_str_eq(text(root, 0x00080030), "");
    }
}
END_TEST

/* A patient whose ID is 0330: the offset is one all the same. */
START_TEST(test_anonymise_zone_that_equals_an_id_stays)
{
    static const struct dcmchain_identity same[] = {{DCMCHAIN_IDENTITY_ID, 0x00100020, "0330"}};

    study_info.identity = same;
    study_info.identity_count = 1;
    config.dates = DATES_SHIFT;
    (void)put(root, 0x00080201, DCMCHAIN_VR_SH, "-0330");
    (void)put(root, 0x00081030, DCMCHAIN_VR_LO, "knee 0330");
    run();
    ck_assert_str_eq(text(root, 0x00080201), "-0330");
    ck_assert_ptr_null(strstr(text(root, 0x00081030), "0330"));
}
END_TEST

START_TEST(test_anonymise_age_over_89_empties_the_birth_date)
{
    config.retain = RETAIN_PATIENT;
    (void)put(root, 0x00100030, DCMCHAIN_VR_DA, "19700523");
    (void)put(root, 0x00101010, DCMCHAIN_VR_AS, "091Y");
    run();
    ck_assert_str_eq(text(root, 0x00100030), "");
    ck_assert_str_eq(text(root, 0x00101010), "090Y");
}
END_TEST

START_TEST(test_anonymise_accession_number_is_empty_or_keyed)
{
    dcmchain_item *request = put_item(root, 0x0040A370);

    (void)put(root, 0x00080050, DCMCHAIN_VR_SH, "A-77");
    (void)put(request, 0x00080050, DCMCHAIN_VR_SH, "A-77");
    config.accession = ACCESSION_KEYED;
    run();
    ck_assert_uint_eq(strspn(text(root, 0x00080050), "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 16);
    ck_assert_str_eq(text(root, 0x00080050), text(request, 0x00080050));
    begin(EXPLICIT);
    (void)put(root, 0x00080050, DCMCHAIN_VR_SH, "A-77");
    config.accession = ACCESSION_EMPTY;
    run();
    ck_assert_str_eq(text(root, 0x00080050), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise profile");
    TCase *tests = tcase_create("stage");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_anonymise_compound_letters_follow_the_object);
    tcase_add_test(tests, test_anonymise_removal_keeps_what_the_object_requires_at_a_path);
    tcase_add_test(tests, test_anonymise_referenced_images_keep_their_items_and_map_their_uids);
    tcase_add_test(tests, test_anonymise_codes_of_persons_become_one_valid_code);
    tcase_add_test(tests, test_anonymise_signatures_go_with_their_parameters);
    tcase_add_test(tests, test_anonymise_rebase_moves_the_study_to_a_fixed_instant);
    tcase_add_test(tests, test_anonymise_dates_that_were_never_set_are_emptied_not_moved);
    tcase_add_test(tests, test_anonymise_shift_leaves_no_date_of_a_retained_option_behind);
    tcase_add_test(tests, test_anonymise_times_and_zone_that_stay_are_cleaned_of_text);
    tcase_add_test(tests, test_anonymise_zone_that_equals_an_id_stays);
    tcase_add_test(tests, test_anonymise_age_over_89_empties_the_birth_date);
    tcase_add_test(tests, test_anonymise_accession_number_is_empty_or_keyed);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
