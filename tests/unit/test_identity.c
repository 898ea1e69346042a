/* test_identity.c: classes of attributes and keys, and the set of values.
 * Every name and number here is invented. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/dataset.h"
#include "identity.h"
#include "limits.h"
#include "support/suite.h"

static struct identity *open_identity(void)
{
    struct identity *identity = NULL;
    ck_assert_int_eq(identity_open(0, &identity), DCMCHAIN_OK);
    return identity;
}

static void assert_value(const struct identity *identity, size_t index, uint32_t class_id, uint32_t tag,
                         const char *value)
{
    const struct dcmchain_identity *found = identity_at(identity, index);
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found->value, value);
    ck_assert_uint_eq(found->class_id, class_id);
    ck_assert_uint_eq(found->tag, tag);
}

START_TEST(test_identity_class_comes_from_tag_before_vr)
{
    ck_assert_uint_eq(identity_class(0x00100010, DCMCHAIN_VR_PN), DCMCHAIN_IDENTITY_NAME);
    ck_assert_uint_eq(identity_class(0x00100010, DCMCHAIN_VR_UN), DCMCHAIN_IDENTITY_NAME);
    ck_assert_uint_eq(identity_class(0x00100020, DCMCHAIN_VR_LO), DCMCHAIN_IDENTITY_ID);
    ck_assert_uint_eq(identity_class(0x00100030, DCMCHAIN_VR_DA), DCMCHAIN_IDENTITY_BIRTH_DATE);
    ck_assert_uint_eq(identity_class(0x00080050, DCMCHAIN_VR_SH), DCMCHAIN_IDENTITY_ACCESSION);
    ck_assert_uint_eq(identity_class(0x00080080, DCMCHAIN_VR_LO), DCMCHAIN_IDENTITY_INSTITUTION);
    ck_assert_uint_eq(identity_class(0x00080081, DCMCHAIN_VR_ST), DCMCHAIN_IDENTITY_ADDRESS);
    ck_assert_uint_eq(identity_class(0x00181000, DCMCHAIN_VR_LO), DCMCHAIN_IDENTITY_DEVICE);
    ck_assert_uint_eq(identity_class(0x00181002, DCMCHAIN_VR_UI), DCMCHAIN_IDENTITY_DEVICE);
    ck_assert_uint_eq(identity_class(0x40080202, DCMCHAIN_VR_LO), DCMCHAIN_IDENTITY_INSTITUTION);
}
END_TEST

START_TEST(test_identity_class_of_other_tags_comes_from_vr)
{
    ck_assert_uint_eq(identity_class(0x00080090, DCMCHAIN_VR_PN), DCMCHAIN_IDENTITY_PERSON);
    ck_assert_uint_eq(identity_class(0x00291010, DCMCHAIN_VR_PN), DCMCHAIN_IDENTITY_PERSON);
    ck_assert_uint_eq(identity_class(0x00080020, DCMCHAIN_VR_DA), DCMCHAIN_IDENTITY_DATE);
    ck_assert_uint_eq(identity_class(0x0008002A, DCMCHAIN_VR_DT), DCMCHAIN_IDENTITY_DATE);
    ck_assert_uint_eq(identity_class(0x0020000D, DCMCHAIN_VR_UI), DCMCHAIN_IDENTITY_UID);
    ck_assert_uint_eq(identity_class(0x00020016, DCMCHAIN_VR_AE), DCMCHAIN_IDENTITY_SITE);
    ck_assert_uint_eq(identity_class(0x00081190, DCMCHAIN_VR_UR), DCMCHAIN_IDENTITY_SITE);
    ck_assert_uint_eq(identity_class(0x0008103E, DCMCHAIN_VR_LO), 0);
    ck_assert_uint_eq(identity_class(0x00080030, DCMCHAIN_VR_TM), 0);
    ck_assert_uint_eq(identity_class(0x00291010, DCMCHAIN_VR_UN), 0);
}
END_TEST

START_TEST(test_identity_class_of_registered_uids_and_sequences_is_none)
{
    ck_assert_uint_eq(identity_class(0x00080016, DCMCHAIN_VR_UI), 0);
    ck_assert_uint_eq(identity_class(0x00020010, DCMCHAIN_VR_UI), 0);
    ck_assert_uint_eq(identity_class(0x00020012, DCMCHAIN_VR_UI), 0);
    ck_assert_uint_eq(identity_class(0x00101002, DCMCHAIN_VR_SQ), 0);
    ck_assert_uint_eq(identity_class(0x00100020, DCMCHAIN_VR_SQ), 0);
}
END_TEST

START_TEST(test_identity_class_of_key_knows_mercure_and_keywords)
{
    static const struct {
        const char *key;
        uint32_t class_id;
        uint32_t tag;
    } keys[] = {
        {"patient_name", DCMCHAIN_IDENTITY_NAME, 0x00100010},
        {"mrn", DCMCHAIN_IDENTITY_ID, 0x00100020},
        {"acc", DCMCHAIN_IDENTITY_ACCESSION, 0x00080050},
        {"uid", DCMCHAIN_IDENTITY_UID, 0},
        {"received_series_uid", DCMCHAIN_IDENTITY_UID, 0x0020000E},
        {"sender_address", DCMCHAIN_IDENTITY_SITE, 0},
        {"mercure_server", DCMCHAIN_IDENTITY_SITE, 0},
        {"device_serial_number", DCMCHAIN_IDENTITY_DEVICE, 0x00181000},
        {"creation_time", DCMCHAIN_IDENTITY_DATE, 0},
        {"SenderAET", DCMCHAIN_IDENTITY_SITE, 0},
        {"Filename", DCMCHAIN_IDENTITY_UID, 0},
        {"PatientName", DCMCHAIN_IDENTITY_NAME, 0x00100010},
        {"PatientBirthDate", DCMCHAIN_IDENTITY_BIRTH_DATE, 0x00100030},
        {"ReferringPhysicianName", DCMCHAIN_IDENTITY_PERSON, 0x00080090},
        {"AccessionNumber", DCMCHAIN_IDENTITY_ACCESSION, 0x00080050},
        {"StationName", DCMCHAIN_IDENTITY_DEVICE, 0x00081010},
        {"SeriesDate", DCMCHAIN_IDENTITY_DATE, 0x00080021},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint32_t tag = 1;
        ck_assert_uint_eq(identity_class_of_key(keys[i].key, &tag), keys[i].class_id);
        ck_assert_uint_eq(tag, keys[i].tag);
    }
    static const char *const none[] = {"Modality", "SpecificCharacterSet", "module_name", "", "no such key"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        uint32_t tag = 7;
        ck_assert_uint_eq(identity_class_of_key(none[i], &tag), 0);
        ck_assert_uint_eq(tag, 7);
    }
}
END_TEST

START_TEST(test_identity_add_trims_and_ignores_what_is_no_value)
{
    struct identity *identity = open_identity();
    static const char *const nothing[] = {"", "  ", "\r\n", "MISSING", " MISSING "};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_ID, 0, nothing[i]), DCMCHAIN_OK);
    }
    ck_assert_int_eq(identity_add(identity, 0, 0, "of no class"), DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), 0);
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_ID, 0x00100020, "  A 1 \n"), DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), 1);
    assert_value(identity, 0, DCMCHAIN_IDENTITY_ID, 0x00100020, "A 1");
    ck_assert_ptr_null(identity_at(identity, 1));
    identity_free(identity);
}
END_TEST

START_TEST(test_identity_registered_uids_are_kept_only_as_own_ones)
{
    struct identity *identity = open_identity();
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0x00200052, "1.2.840.10008.1.4.1.1"),
                     DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), 0);
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0x0020000D, "1.2.840.10008.9.9"),
                     DCMCHAIN_OK);
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0x00081155, "1.2.840.100089.1"),
                     DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), 2);
    identity_free(identity);
}
END_TEST

START_TEST(test_identity_repeat_keeps_the_tag_that_tells_more)
{
    struct identity *identity = open_identity();
    static const uint32_t tags[] = {0, 0x00101001, 0x00100010, 0x00101005, 0};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_NAME, tags[i], "Zz^A"), DCMCHAIN_OK);
    }
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_PERSON, 0x00080090, "Zz^A"), DCMCHAIN_OK);
    ck_assert_int_eq(identity_close(identity), DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), 2);
    assert_value(identity, 0, DCMCHAIN_IDENTITY_NAME, 0x00100010, "Zz^A");
    assert_value(identity, 1, DCMCHAIN_IDENTITY_PERSON, 0x00080090, "Zz^A");
    identity_free(identity);
}
END_TEST

START_TEST(test_identity_close_order_does_not_depend_on_insertion)
{
    struct identity *forward = open_identity();
    struct identity *backward = open_identity();
    char value[32];
    for (uint32_t i = 0; i < 3000; i++) {
        (void)snprintf(value, sizeof value, "value %u", i % 1000);
        ck_assert_int_eq(identity_add(forward, 1 + i % 11, i, value), DCMCHAIN_OK);
        uint32_t k = 2999 - i;
        (void)snprintf(value, sizeof value, "value %u", k % 1000);
        ck_assert_int_eq(identity_add(backward, 1 + k % 11, k, value), DCMCHAIN_OK);
    }
    struct identity *merged = open_identity();
    ck_assert_int_eq(identity_merge(merged, backward), DCMCHAIN_OK);
    ck_assert_int_eq(identity_merge(merged, forward), DCMCHAIN_OK);
    identity_close(forward);
    identity_close(backward);
    identity_close(merged);
    ck_assert_uint_eq(identity_count(forward), 3000);
    ck_assert_uint_eq(identity_count(backward), 3000);
    ck_assert_uint_eq(identity_count(merged), 3000);
    for (size_t i = 0; i < 3000; i++) {
        const struct dcmchain_identity *one = identity_at(forward, i);
        assert_value(backward, i, one->class_id, one->tag, one->value);
        assert_value(merged, i, one->class_id, one->tag, one->value);
        if (i > 0) {
            const struct dcmchain_identity *before = identity_at(forward, i - 1);
            ck_assert(before->class_id < one->class_id ||
                      (before->class_id == one->class_id && strcmp(before->value, one->value) < 0));
        }
    }
    identity_free(forward);
    identity_free(backward);
    identity_free(merged);
}
END_TEST

START_TEST(test_identity_long_value_is_cut_at_a_character)
{
    struct identity *identity = open_identity();
    char *value = malloc(LIMIT_IDENTITY_VALUE_BYTES + 100);
    ck_assert_ptr_nonnull(value);
    memset(value, 'a', LIMIT_IDENTITY_VALUE_BYTES - 1);
    (void)strcpy(value + LIMIT_IDENTITY_VALUE_BYTES - 1, "\xC3\xA4 and more"); /* would be cut within */
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_ADDRESS, 0, value), DCMCHAIN_OK);
    ck_assert_uint_eq(strlen(identity_at(identity, 0)->value), LIMIT_IDENTITY_VALUE_BYTES - 1);
    value[LIMIT_IDENTITY_VALUE_BYTES - 1] = '\0';
    ck_assert_str_eq(identity_at(identity, 0)->value, value);
    free(value);
    identity_free(identity);
}
END_TEST

START_TEST(test_identity_beyond_limit_is_refused)
{
    struct identity *identity = open_identity();
    char value[32];
    for (uint32_t i = 0; i < LIMIT_IDENTITY_VALUES; i++) {
        (void)snprintf(value, sizeof value, "1.2.%u", i);
        ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0, value), DCMCHAIN_OK);
    }
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0, "1.3"), DCMCHAIN_E_RANGE);
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_UID, 0, "1.2.1"), DCMCHAIN_OK);
    ck_assert_uint_eq(identity_count(identity), LIMIT_IDENTITY_VALUES);
    identity_free(identity);
}
END_TEST

START_TEST(test_identity_beyond_limit_has_room_for_what_each_file_says_of_itself)
{
    struct identity *study = open_identity();
    char value[32];
    for (uint32_t i = 0; i < LIMIT_IDENTITY_VALUES; i++) {
        (void)snprintf(value, sizeof value, "1.2.%u", i);
        ck_assert_int_eq(identity_add(study, DCMCHAIN_IDENTITY_UID, 0, value), DCMCHAIN_OK);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        struct identity *file = open_identity();
        (void)snprintf(value, sizeof value, "1.3.%u", i);
        ck_assert_int_eq(identity_add(file, DCMCHAIN_IDENTITY_UID, 0x00080018, value), DCMCHAIN_OK);
        identity_allow_instance(file);
        ck_assert_int_eq(identity_merge(study, file), DCMCHAIN_OK);
        identity_free(file);
    }
    for (uint32_t i = 0; i < 1000 * (LIMIT_IDENTITY_INSTANCE - 1); i++) {
        (void)snprintf(value, sizeof value, "1.4.%u", i);
        ck_assert_int_eq(identity_add(study, DCMCHAIN_IDENTITY_UID, 0, value), DCMCHAIN_OK);
    }
    ck_assert_int_eq(identity_add(study, DCMCHAIN_IDENTITY_UID, 0, "1.5"), DCMCHAIN_E_RANGE);
    identity_free(study);
}
END_TEST

START_TEST(test_identity_after_close_takes_nothing)
{
    struct identity *identity = open_identity();
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_ID, 0, "one"), DCMCHAIN_OK);
    ck_assert_int_eq(identity_close(identity), DCMCHAIN_OK);
    ck_assert_int_eq(identity_add(identity, DCMCHAIN_IDENTITY_ID, 0, "two"), DCMCHAIN_E_INVALID);
    ck_assert_uint_eq(identity_count(identity), 1);
    identity_free(identity);
    identity_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("identity");
    TCase *test_case = tcase_create("identity");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 60);
    tcase_add_test(test_case, test_identity_class_comes_from_tag_before_vr);
    tcase_add_test(test_case, test_identity_class_of_other_tags_comes_from_vr);
    tcase_add_test(test_case, test_identity_class_of_registered_uids_and_sequences_is_none);
    tcase_add_test(test_case, test_identity_class_of_key_knows_mercure_and_keywords);
    tcase_add_test(test_case, test_identity_add_trims_and_ignores_what_is_no_value);
    tcase_add_test(test_case, test_identity_registered_uids_are_kept_only_as_own_ones);
    tcase_add_test(test_case, test_identity_repeat_keeps_the_tag_that_tells_more);
    tcase_add_test(test_case, test_identity_close_order_does_not_depend_on_insertion);
    tcase_add_test(test_case, test_identity_long_value_is_cut_at_a_character);
    tcase_add_test(test_case, test_identity_beyond_limit_is_refused);
    tcase_add_test(test_case, test_identity_beyond_limit_has_room_for_what_each_file_says_of_itself);
    tcase_add_test(test_case, test_identity_after_close_takes_nothing);
    return run_suite(suite);
}
