/* test_anonymise_stage.c: the anonymise stage on data sets in memory, at top level and in sequences.
 * It calls the stage's own callbacks over a faked context (anonymise_fakes.h). */
#include "anonymise_harness.h"

/* Elements of each action of the table. */
static void put_table_elements(dcmchain_item *item)
{
    (void)put(item, 0x00080020, DCMCHAIN_VR_DA, "20240229");          /* Study Date: Z */
    (void)put(item, 0x00080021, DCMCHAIN_VR_DA, "20240229");          /* Series Date: X/D */
    (void)put(item, 0x00080022, DCMCHAIN_VR_DA, "20240229");          /* Acquisition Date: X/Z */
    (void)put(item, 0x00080050, DCMCHAIN_VR_SH, "A1");                /* Accession Number: Z */
    (void)put(item, 0x00080080, DCMCHAIN_VR_LO, "Somewhere");         /* Institution Name: X/Z/D */
    (void)put(item, 0x00080081, DCMCHAIN_VR_ST, "Somewhere 1");       /* Institution Address: X */
    (void)put(item, 0x00081030, DCMCHAIN_VR_LO, "Abdomen");           /* Study Description: X */
    (void)put(item, 0x00081070, DCMCHAIN_VR_PN, "Techqx^Bo");         /* Operators' Name: X/Z/D */
    (void)put(item, 0x00189151, DCMCHAIN_VR_DT, "20240229101112.5");  /* Frame Reference DateTime: D */
    (void)put(item, 0x00200052, DCMCHAIN_VR_UI, "1.2.276.0.99999.9"); /* Frame of Reference UID: U */
    (void)put(item, 0x00280010, DCMCHAIN_VR_US, "256");               /* Rows: in no row */
}

/* of an MR image, which requires none of those that the table leaves to the object */
static void expect_table_elements(const dcmchain_item *item)
{
    ck_assert_str_eq(text(item, 0x00080020), "");
    ck_assert_str_eq(text(item, 0x00080021), "<none>");
    ck_assert_str_eq(text(item, 0x00080022), "<none>");
    ck_assert_str_eq(text(item, 0x00080050), "");
    ck_assert_str_eq(text(item, 0x00080080), "<none>");
    ck_assert_str_eq(text(item, 0x00080081), "<none>");
    ck_assert_str_eq(text(item, 0x00081030), "<none>");
    ck_assert_str_eq(text(item, 0x00081070), "<none>");
    ck_assert_str_eq(text(item, 0x00189151), "19000101000000");
    ck_assert_int_eq(strncmp(text(item, 0x00200052), "2.25.", 5), 0);
    ck_assert_str_eq(text(item, 0x00280010), "256");
}

START_TEST(test_anonymise_table_actions_are_done_at_every_depth)
{
    static const char *const syntaxes[] = {IMPLICIT, EXPLICIT, "1.2.840.10008.1.2.2"};

    for (size_t at = 0; at < 3; at++) {
        dcmchain_item *deep = NULL;
        begin(syntaxes[at]);
        put_table_elements(root);
        deep = put_item(put_item(put_item(root, TAG_SHARED_GROUPS), TAG_MR_TIMING), 0x00400260);
        put_table_elements(deep);
        run();
        expect_table_elements(root);
        expect_table_elements(deep);
    }
}
END_TEST

START_TEST(test_anonymise_patient_id_is_never_empty_and_follows_the_patient)
{
    char first[64];

    run(); /* there is none */
    (void)snprintf(first, sizeof first, "%s", text(root, 0x00100020));
    ck_assert_uint_eq(strlen(first), 16);
    ck_assert_str_eq(text(root, 0x00100010), "<none>");
    begin(IMPLICIT);
    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, NULL);
    run();
    ck_assert_str_eq(text(root, 0x00100020), first);
    begin(IMPLICIT);
    instance_info.patient_key = "another";
    run();
    ck_assert_str_ne(text(root, 0x00100020), first);
}
END_TEST

START_TEST(test_anonymise_nested_ids_agree_with_the_top_level)
{
    dcmchain_item *same = put_item(root, TAG_SHARED_GROUPS);
    dcmchain_item *other = put_item(root, TAG_SHARED_GROUPS);

    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(same, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(other, 0x00100020, DCMCHAIN_VR_LO, "QX-4712");
    run();
    ck_assert_str_eq(text(same, 0x00100020), text(root, 0x00100020));
    ck_assert_str_ne(text(other, 0x00100020), text(root, 0x00100020));
    ck_assert_uint_eq(strlen(text(other, 0x00100020)), 16);
}
END_TEST

START_TEST(test_anonymise_empty_study_id_stays_empty)
{
    (void)put(root, 0x00200010, DCMCHAIN_VR_SH, NULL);
    run();
    ck_assert_str_eq(text(root, 0x00200010), "");
    begin(EXPLICIT);
    run();
    ck_assert_str_eq(text(root, 0x00200010), "<none>");
}
END_TEST

START_TEST(test_anonymise_uids_are_mapped_alike_and_classes_stay)
{
    dcmchain_item *reference = put_item(root, 0x00081140); /* Referenced Image Sequence: X/Z/U* */

    (void)put(root, 0x00080016, DCMCHAIN_VR_UI, "1.2.840.10008.5.1.4.1.1.4");
    (void)put(root, 0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    (void)put(root, 0x00200052, DCMCHAIN_VR_UI, "1.2.840.10008.1.4.1.1"); /* Talairach */
    (void)put(root, 0x0040E011, DCMCHAIN_VR_UI, "1.2.276.0.99999.77");    /* in no row */
    (void)put(reference, 0x00081150, DCMCHAIN_VR_UI, "1.2.840.10008.5.1.4.1.1.4");
    (void)put(reference, 0x00081155, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    (void)put(root, 0x00080058, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2\\1.2.3");
    run();
    ck_assert_str_eq(text(root, 0x00080016), "1.2.840.10008.5.1.4.1.1.4");
    ck_assert_int_eq(strncmp(text(root, 0x00080018), "2.25.", 5), 0);
    ck_assert_str_eq(text(reference, 0x00081155), text(root, 0x00080018));
    ck_assert_str_eq(text(reference, 0x00081150), "1.2.840.10008.5.1.4.1.1.4");
    ck_assert_str_eq(text(root, 0x00200052), "1.2.840.10008.1.4.1.1");
    ck_assert_int_eq(strncmp(text(root, 0x0040E011), "2.25.", 5), 0);
    ck_assert_int_eq(strncmp(text(root, 0x00080058), text(root, 0x00080018), strlen(text(root, 0x00080018))),
                     0);
    ck_assert_ptr_nonnull(strstr(text(root, 0x00080058), "\\2.25."));
}
END_TEST

START_TEST(test_anonymise_private_groups_curves_and_overlays_are_removed)
{
    dcmchain_item *item = put_item(root, TAG_SHARED_GROUPS);

    (void)put(root, 0x00090010, DCMCHAIN_VR_LO, "ACME");
    (void)put(root, 0x00091001, DCMCHAIN_VR_LO, "Zzyx");
    (void)put(item, 0x00210010, DCMCHAIN_VR_LO, "ACME");
    (void)put(item, 0x00211001, DCMCHAIN_VR_LO, "Zzyx");
    (void)put(root, 0x50000005, DCMCHAIN_VR_US, "2");
    (void)put(root, 0x60020010, DCMCHAIN_VR_US, "8");
    (void)put(item, 0x60004000, DCMCHAIN_VR_LT, "overlay Zzyx");
    run();
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00090010));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00091001));
    ck_assert_uint_eq(dcmchain_item_count(item), 0);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x50000005));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x60020010));
    ck_assert_str_eq(rule_of(0x00091001), "PS3.15 E.1-1 2025b X");
}
END_TEST

START_TEST(test_anonymise_what_nothing_knows_is_removed_with_a_warning)
{
    (void)put(root, 0x0018FFF0, DCMCHAIN_VR_LO, "x");
    run();
    ck_assert_ptr_null(dcmchain_item_find(root, 0x0018FFF0));
    ck_assert_ptr_nonnull(strstr(context.warnings, "neither dictionary nor table"));
}
END_TEST

START_TEST(test_anonymise_text_that_stays_is_cleaned_at_every_depth)
{
    dcmchain_item *item = put_item(root, 0x0018A001); /* Contributing Equipment Sequence: in no row */

    (void)put(root, 0x0008103E, DCMCHAIN_VR_LO, "Liver Zzyx");
    (void)put(root, 0x00181250, DCMCHAIN_VR_SH, "Body\\Zzyx");
    (void)put(root, 0x00180015, DCMCHAIN_VR_CS, "LIVER");
    (void)put(item, 0x00080070, DCMCHAIN_VR_LO, "ACME");
    (void)put(item, 0x0018A003, DCMCHAIN_VR_ST, "done by Quentin Zzyx\\and QX-4711");
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "Liver");
    ck_assert_str_eq(text(root, 0x00181250), "Body\\REMOVED");
    ck_assert_str_eq(text(root, 0x00180015), "LIVER");
    ck_assert_ptr_null(strstr(text(item, 0x0018A003), "Zzyx"));
    ck_assert_str_eq(text(item, 0x00080070), "ACME");
}
END_TEST

/* Every character of it may stand in a number or a time, and it is none. */
START_TEST(test_anonymise_text_in_a_numeric_vr_is_cleaned)
{
    static const struct {
        uint32_t tag;
        uint16_t vr;
        const char *value;
        const char *expected;
    } values[] = {
        {0x00180050, DCMCHAIN_VR_DS, "+49 221 5551239", ""}, {0x00181164, DCMCHAIN_VR_DS, "0.5\\1e-3", NULL},
        {0x00200011, DCMCHAIN_VR_IS, "2024-02-29", ""},      {0x00200013, DCMCHAIN_VR_IS, " +17", NULL},
        {0x00181318, DCMCHAIN_VR_TM, "29.02.2024", ""},      {0x00181316, DCMCHAIN_VR_TM, "10:11:12.5", NULL},
        {0x00181314, DCMCHAIN_VR_DS, "29.02.2024", ""},      {0x00180080, DCMCHAIN_VR_DS, "20240229", NULL}};
    static const struct dcmchain_identity more[] = {
        {DCMCHAIN_IDENTITY_DATE, 0x00080020, "20240229"},
        {DCMCHAIN_IDENTITY_ADDRESS, 0x00102154, "+49 221 5551239"}};

    study_info.identity = more;
    study_info.identity_count = 2;
    for (size_t at = 0; at < sizeof values / sizeof values[0]; at++) {
        (void)put(root, values[at].tag, values[at].vr, values[at].value);
    }
    run();
    for (size_t at = 0; at < sizeof values / sizeof values[0]; at++) {
        ck_assert_str_eq(text(root, values[at].tag),
                         values[at].expected != NULL ? values[at].expected : values[at].value);
    }
}
END_TEST

START_TEST(test_anonymise_meaning_of_a_registered_code_keeps_a_lone_name)
{
    dcmchain_item *code = put_item(root, 0x00082218); /* Anatomic Region Sequence */
    dcmchain_item *local = put_item(root, 0x00082218);

    (void)put(code, 0x00080102, DCMCHAIN_VR_SH, "SCT");
    (void)put(code, 0x00080104, DCMCHAIN_VR_LO, "Zzyx space");
    (void)put(local, 0x00080102, DCMCHAIN_VR_SH, "99ACME");
    (void)put(local, 0x00080104, DCMCHAIN_VR_LO, "Zzyx space");
    run();
    ck_assert_str_eq(text(code, 0x00080104), "Zzyx space");
    ck_assert_str_eq(text(local, 0x00080104), "space");
}
END_TEST

START_TEST(test_anonymise_unchanged_values_are_not_reported_nor_rewritten)
{
    (void)put(root, 0x00100020, DCMCHAIN_VR_LO, "QX-4711");
    (void)put(root, 0x00180050, DCMCHAIN_VR_DS, "001.000000E+01 ");
    (void)put(root, 0x00180015, DCMCHAIN_VR_CS, "HEAD");
    (void)put(root, 0x00080090, DCMCHAIN_VR_PN, NULL);
    run();
    ck_assert_str_eq(rule_of(0x00180050), "");
    ck_assert_str_eq(rule_of(0x00180015), "");
    ck_assert_str_eq(rule_of(0x00080090), "");
    ck_assert_uint_eq(context.change_count, 4); /* Patient ID and three claims */
}
END_TEST

START_TEST(test_anonymise_text_that_does_not_decode_is_compared_and_stays)
{
    dcmchain_element *element = put(root, 0x0008103E, DCMCHAIN_VR_LO, NULL);
    dcmchain_element *coil = put(root, 0x00181250, DCMCHAIN_VR_SH, NULL);

    ck_assert_int_eq(dcmchain_element_set_bytes(element, "M\xFCller", 6),
                     0); /* no character set is declared */
    ck_assert_int_eq(dcmchain_element_set_bytes(coil, "Body", 4), 0);
    run();
    ck_assert_uint_eq(dcmchain_element_length(dcmchain_item_find(root, 0x0008103E)), 6);
    ck_assert_str_eq(text(root, 0x00181250), "Body");
    ck_assert_ptr_nonnull(strstr(context.warnings, "do not decode"));
}
END_TEST

START_TEST(test_anonymise_un_elements_are_judged_as_what_they_are)
{
    dcmchain_element *name = put(root, 0x0008103E, DCMCHAIN_VR_UN, NULL);
    dcmchain_element *uid = put(root, 0x00200052, DCMCHAIN_VR_UN, NULL);
    dcmchain_element *address = put(root, 0x00080081, DCMCHAIN_VR_OB, NULL);
    dcmchain_element *sequence = put(root, 0x0018A001, DCMCHAIN_VR_UN, NULL);

    ck_assert_int_eq(dcmchain_element_set_bytes(name, "Liver Zzyx", 10), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(uid, "1.2.276.0.99999.9\0", 18), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(address, "Street", 6), 0);
    ck_assert_int_eq(dcmchain_element_set_bytes(sequence, "no items", 8), 0);
    run();
    ck_assert_str_eq(text(root, 0x0008103E), "Liver");
    ck_assert_int_eq(strncmp(text(root, 0x00200052), "2.25.", 5), 0);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00080081));
    ck_assert_ptr_null(dcmchain_item_find(root, 0x0018A001));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise stage");
    TCase *tests = tcase_create("stage");

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_anonymise_table_actions_are_done_at_every_depth);
    tcase_add_test(tests, test_anonymise_patient_id_is_never_empty_and_follows_the_patient);
    tcase_add_test(tests, test_anonymise_nested_ids_agree_with_the_top_level);
    tcase_add_test(tests, test_anonymise_empty_study_id_stays_empty);
    tcase_add_test(tests, test_anonymise_uids_are_mapped_alike_and_classes_stay);
    tcase_add_test(tests, test_anonymise_private_groups_curves_and_overlays_are_removed);
    tcase_add_test(tests, test_anonymise_what_nothing_knows_is_removed_with_a_warning);
    tcase_add_test(tests, test_anonymise_text_that_stays_is_cleaned_at_every_depth);
    tcase_add_test(tests, test_anonymise_text_in_a_numeric_vr_is_cleaned);
    tcase_add_test(tests, test_anonymise_meaning_of_a_registered_code_keeps_a_lone_name);
    tcase_add_test(tests, test_anonymise_unchanged_values_are_not_reported_nor_rewritten);
    tcase_add_test(tests, test_anonymise_text_that_does_not_decode_is_compared_and_stays);
    tcase_add_test(tests, test_anonymise_un_elements_are_judged_as_what_they_are);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
