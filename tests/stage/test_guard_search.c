/* test_guard_search.c: what the guard finds in one value, in which spelling and character set, and what it
 * passes. */
#include <check.h>
#include <string.h>

#include "dates.h"
#include "dcmchain/chain.h"
#include "guard_study.h"
#include "search.h"
#include "support/suite.h"

static const struct dcmchain_identity identity[] = {
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Zzyxner^Quentin^M^Dr.^Jr."},
    {DCMCHAIN_IDENTITY_NAME, 0x00101001, "Müller^Jürgen"},
    {DCMCHAIN_IDENTITY_NAME, 0x00101005, "Yamada^Tarou=山田^太郎=やまだ^たろう"},
    {DCMCHAIN_IDENTITY_NAME, 0x00101060, "Head^Rose"},
    {DCMCHAIN_IDENTITY_NAME, 0x00102297, "Иванов^Пётр"},
    {DCMCHAIN_IDENTITY_NAME, 0x00101001, "Bravo^Qwendol"},
    {DCMCHAIN_IDENTITY_ID, 0x00100020, "QX-4711-88"},
    {DCMCHAIN_IDENTITY_ID, 0x00101000, "0012345678"},
    {DCMCHAIN_IDENTITY_ID, 0x00101000, "417"},
    {DCMCHAIN_IDENTITY_ID, 0x00101000, "QRSTONX-93"}, /* begins as a name does */
    {DCMCHAIN_IDENTITY_ACCESSION, 0x00080050, "ACC0815"},
    {DCMCHAIN_IDENTITY_DATE, 0x00080020, "20240229"},
    {DCMCHAIN_IDENTITY_DATE, 0x00080021, "20240301101500.5+0100"},
    {DCMCHAIN_IDENTITY_DATE, 0x00080022, "19000101"},
    {DCMCHAIN_IDENTITY_DATE, 0x00080023, "20240101"},
    {DCMCHAIN_IDENTITY_BIRTH_DATE, 0x00100030, "19610203"},
    {DCMCHAIN_IDENTITY_UID, 0x0020000D, "1.2.276.0.99999.1.1"},
    {DCMCHAIN_IDENTITY_UID, 0x00200052, "1.2.840.10008.1.4.1.1"},
    {DCMCHAIN_IDENTITY_UID, 0x00083010, "1.2.840.10008.99.1234567.20240229"},
    {DCMCHAIN_IDENTITY_PERSON, 0x00080090, "Qrstone^Sam"},
    {DCMCHAIN_IDENTITY_INSTITUTION, 0x00080080, "St. Zebedee Hospital"},
    {DCMCHAIN_IDENTITY_INSTITUTION, 0x00081040, "Radiology"},
    {DCMCHAIN_IDENTITY_INSTITUTION, 0x00081040, "Neuroradiology"},
    {DCMCHAIN_IDENTITY_INSTITUTION, 0x00081040, "Zedward North"},
    {DCMCHAIN_IDENTITY_ADDRESS, 0x00080081, "12 Quarrel Lane, Zedtown"},
    {DCMCHAIN_IDENTITY_DEVICE, 0x00181000, "45123"},
    {DCMCHAIN_IDENTITY_DEVICE, 0x00081010, "CT"},
    {DCMCHAIN_IDENTITY_SITE, 0, "PACS1"},
};

static const dcmchain_study study = {identity, sizeof identity / sizeof identity[0]};

/* Classes found: a bit each. */
static int note(void *closure, const struct finding *finding)
{
    *(uint32_t *)closure |= 1U << finding->class_id;
    return DCMCHAIN_OK;
}

static uint32_t classes_in(const struct spot *spot, const void *bytes, size_t length)
{
    uint32_t classes = 0;
    struct search search = {.patterns = patterns, .found = note, .closure = &classes};
    ck_assert_int_eq(search_bytes(&search, spot, bytes, length), DCMCHAIN_OK);
    fold_free(&search.folded);
    return classes;
}

static uint32_t in_element(uint32_t tag, uint16_t vr, const char *value)
{
    struct spot spot;
    roles_of_element(tag, vr, false, &spot);
    return classes_in(&spot, value, strlen(value));
}

#define COMMENTS 0x00104000U
#define DESCRIPTION 0x0008103EU

static void expect(const char *value, uint32_t class_id, bool found)
{
    uint32_t classes = in_element(COMMENTS, DCMCHAIN_VR_LT, value);
    ck_assert_msg(((classes >> class_id & 1U) != 0) == found, "'%s': class %u is %sfound", value, class_id,
                  found ? "not " : "");
}

static const struct {
    const char *value;
    uint32_t class_id;
} spellings[] = {
    {"Zzyxner", DCMCHAIN_IDENTITY_NAME},
    {"seen ZZYXNER_T1_SAG", DCMCHAIN_IDENTITY_NAME},
    {"zzyxnerquentin1", DCMCHAIN_IDENTITY_NAME},
    {"Quentin, 63", DCMCHAIN_IDENTITY_NAME},
    {"QWENDOL BRAVO", DCMCHAIN_IDENTITY_NAME},
    {"Zzyxner's knee", DCMCHAIN_IDENTITY_NAME},
    {"brother of Mr. Zzyxne", DCMCHAIN_IDENTITY_NAME}, /* cut short */
    {"MRT for Qrston", DCMCHAIN_IDENTITY_PERSON},      /* cut short, and so might a number be */
    {"Mueller", DCMCHAIN_IDENTITY_NAME},
    {"Muller", DCMCHAIN_IDENTITY_NAME},
    {"MÜLLER", DCMCHAIN_IDENTITY_NAME},
    {"Mu\xCC\x88ller", DCMCHAIN_IDENTITY_NAME}, /* decomposed */
    {"M\xFCller", DCMCHAIN_IDENTITY_NAME},      /* Latin-1 */
    {"患者は山田太郎です", DCMCHAIN_IDENTITY_NAME},
    {"\x1B$B;3ED\x1B(B", DCMCHAIN_IDENTITY_NAME},         /* ISO 2022 IR 87 */
    {"\x8E\x52\x93\x63", DCMCHAIN_IDENTITY_NAME},         /* Shift JIS */
    {"\xC9\xBD\xCC\xEF", DCMCHAIN_IDENTITY_NAME},         /* GB18030 */
    {"\xB8\xD2\xD0\xDD\xDE\xD2", DCMCHAIN_IDENTITY_NAME}, /* ISO 8859-5 */
    {"head rose", DCMCHAIN_IDENTITY_NAME},
    {"QX 4711/88", DCMCHAIN_IDENTITY_ID},
    {"qx471188", DCMCHAIN_IDENTITY_ID},
    {"MRN 12345678", DCMCHAIN_IDENTITY_ID},
    {"acc0815.", DCMCHAIN_IDENTITY_ACCESSION},
    {"on 29.02.2024", DCMCHAIN_IDENTITY_DATE},
    {"2024-02-29", DCMCHAIN_IDENTITY_DATE},
    {"Feb 29, 2024", DCMCHAIN_IDENTITY_DATE},
    {"29-Feb-2024", DCMCHAIN_IDENTITY_DATE},
    {"1. März 2024", DCMCHAIN_IDENTITY_DATE},
    {"20240229101500", DCMCHAIN_IDENTITY_DATE},
    {"born 3/2/1961", DCMCHAIN_IDENTITY_BIRTH_DATE},
    {"born 02/03/1961", DCMCHAIN_IDENTITY_BIRTH_DATE},
    {"see 1.2.276.0.99999.1.1.", DCMCHAIN_IDENTITY_UID},
    {"1.2.840.10008.99.1234567.20240229", DCMCHAIN_IDENTITY_UID},
    {"asked Qrstone", DCMCHAIN_IDENTITY_PERSON},
    {"at st zebedee hospital", DCMCHAIN_IDENTITY_INSTITUTION},
    {"12 Quarrel Lane, Zedtown", DCMCHAIN_IDENTITY_ADDRESS},
};

START_TEST(test_search_spelling_is_found)
{
    expect(spellings[_i].value, spellings[_i].class_id, true);
}
END_TEST

static const struct {
    const char *value;
    uint32_t class_id;
} wolves[] = {
    {"T1 HEAD AX", DCMCHAIN_IDENTITY_NAME},
    {"rose bengal", DCMCHAIN_IDENTITY_NAME},
    {"SAG T1 BRAVO", DCMCHAIN_IDENTITY_NAME}, /* a sequence */
    {"Samuel", DCMCHAIN_IDENTITY_PERSON},
    {"slice 417", DCMCHAIN_IDENTITY_ID},
    {"9912345678", DCMCHAIN_IDENTITY_ID},
    {"12345678.5", DCMCHAIN_IDENTITY_ID},
    {"2.25.3.12345678.7", DCMCHAIN_IDENTITY_ID},
    {"1961", DCMCHAIN_IDENTITY_BIRTH_DATE},
    {"19610101", DCMCHAIN_IDENTITY_BIRTH_DATE},
    {"1900-01-01", DCMCHAIN_IDENTITY_DATE},
    {"120240229", DCMCHAIN_IDENTITY_DATE},
    {"202402291", DCMCHAIN_IDENTITY_DATE},
    {"29:02:2024", DCMCHAIN_IDENTITY_DATE},
    {"1.2.840.10008.1.4.1.1", DCMCHAIN_IDENTITY_UID},
    {"1.2.276.0.99999.1.12", DCMCHAIN_IDENTITY_UID},
    {"Department of Radiology", DCMCHAIN_IDENTITY_INSTITUTION},
    {"Neuroradiology protocol", DCMCHAIN_IDENTITY_INSTITUTION},
    {"serial 45123", DCMCHAIN_IDENTITY_DEVICE},
    {"CT", DCMCHAIN_IDENTITY_DEVICE},
    {"from PACS1", DCMCHAIN_IDENTITY_SITE},
};

START_TEST(test_search_what_only_looks_alike_is_passed)
{
    expect(wolves[_i].value, wolves[_i].class_id, false);
}
END_TEST

static const struct {
    uint32_t tag;
    uint16_t vr;
    const char *value;
    uint32_t classes; /* bits */
} elements[] = {
    {0x00100010, DCMCHAIN_VR_PN, "Head^X", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00080090, DCMCHAIN_VR_PN, "Sam", 1U << DCMCHAIN_IDENTITY_PERSON},
    {0x00100020, DCMCHAIN_VR_LO, "417", 1U << DCMCHAIN_IDENTITY_ID},
    {0x00181000, DCMCHAIN_VR_LO, "45123", 1U << DCMCHAIN_IDENTITY_DEVICE},
    {0x00081010, DCMCHAIN_VR_SH, "CT", 1U << DCMCHAIN_IDENTITY_DEVICE},
    {0x00400241, DCMCHAIN_VR_AE, "PACS1", 1U << DCMCHAIN_IDENTITY_SITE},
    {0x00080080, DCMCHAIN_VR_LO, "RADIOLOGY",
     0},                                        /* a value of the department, in the institution's element */
    {0x00080070, DCMCHAIN_VR_LO, "Zzyxner", 0}, /* a manufacturer */
    {0x00080070, DCMCHAIN_VR_LO, "Zzyxner Quentin", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\QRSTONE", 0},
    {0x00180015, DCMCHAIN_VR_CS, "ZZYXNER", 0},
    {0x00180015, DCMCHAIN_VR_CS, "ZEDWARD NORTH", 1U << DCMCHAIN_IDENTITY_INSTITUTION},
    {0x00180015, DCMCHAIN_VR_CS, "ZEDWARD", 0},
    {0x00080070, DCMCHAIN_VR_LO, "Zedward North", 0},
    {0x00180015, DCMCHAIN_VR_CS, "T2-12 QUARREL LA", 1U << DCMCHAIN_IDENTITY_ADDRESS}, /* cut at 16 */
    {0x00180015, DCMCHAIN_VR_CS, "12 QUARREL LA", 0},
    {0x00180015, DCMCHAIN_VR_CS, "MRT OF A ZZYXNE", 0},
    {0x00180015, DCMCHAIN_VR_CS, "MRT OF AN ZZYXNE", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00180015, DCMCHAIN_VR_CS, "KNEE QX-4711-8", 0},
    {0x00180015, DCMCHAIN_VR_CS, "KNEES QX-4711-8", 0},
    {0x00180015, DCMCHAIN_VR_CS, "KNEES/ QX-4711-8", 1U << DCMCHAIN_IDENTITY_ID},
    {0x00180024, DCMCHAIN_VR_SH, "SEQUENC QX-47118", 1U << DCMCHAIN_IDENTITY_ID},
    {0x00180024, DCMCHAIN_VR_SH, "SEQUENCE9 001234", 0}, /* six digits are many numbers' beginning */
    {0x00080104, DCMCHAIN_VR_LO, "Qrstone", 0},          /* of a registered code */
    {0x00080104, DCMCHAIN_VR_LO, "QX471188", 1U << DCMCHAIN_IDENTITY_ID},
    {0x00189073, DCMCHAIN_VR_DS, "12345678", 0},
    {0x00189073, DCMCHAIN_VR_DS, "0.5\\0012345678", 0},
    {0x00189073, DCMCHAIN_VR_DS, "PID 12345678", 1U << DCMCHAIN_IDENTITY_ID},
    {0x00200011, DCMCHAIN_VR_IS, "2024-02-29", 1U << DCMCHAIN_IDENTITY_DATE},
    {0x00080030, DCMCHAIN_VR_TM, "29.02.2024", 1U << DCMCHAIN_IDENTITY_DATE},
    {0x00080030, DCMCHAIN_VR_TM, "202402.29", 0},
    {0x00101010, DCMCHAIN_VR_AS, "Zzyxner", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00080020, DCMCHAIN_VR_DA, "29.02.2024", 1U << DCMCHAIN_IDENTITY_DATE},
    {0x00080020, DCMCHAIN_VR_DA, "Zzyxner", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00080018, DCMCHAIN_VR_UI, "1.2.Zzyxner", 1U << DCMCHAIN_IDENTITY_NAME},
    {0x00080020, DCMCHAIN_VR_DA, "20240229", 1U << DCMCHAIN_IDENTITY_DATE},
    {0x00080020, DCMCHAIN_VR_DA, "20240101", 0}, /* its own year */
    {0x00080020, DCMCHAIN_VR_DA, "19610203", 1U << DCMCHAIN_IDENTITY_BIRTH_DATE},
    {0x0008002A, DCMCHAIN_VR_DT, "20240301000000", 1U << DCMCHAIN_IDENTITY_DATE},
    {0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1", 1U << DCMCHAIN_IDENTITY_UID},
    {DESCRIPTION, DCMCHAIN_VR_LO, "a\\Zzyxner", 1U << DCMCHAIN_IDENTITY_NAME},
};

START_TEST(test_search_element_is_judged_by_tag_and_vr)
{
    uint32_t classes = in_element(elements[_i].tag, elements[_i].vr, elements[_i].value);
    if (elements[_i].tag == 0x00080080U) {
        ck_assert_uint_eq(classes >> DCMCHAIN_IDENTITY_NAME & 1U, 0);
        return;
    }
    ck_assert_msg(classes == elements[_i].classes, "%08X '%s': %x", elements[_i].tag, elements[_i].value,
                  classes);
}
END_TEST

START_TEST(test_search_bytes_hold_text_of_either_width)
{
    static const char narrow[] = "\x01\x02\xFF"
                                 "Zzyxner\x00\x07";
    static const char wide[] = "\x01\x00\x05Z\0z\0y\0x\0n\0e\0r\0\x00\x07";
    static const char chance[] = "\x01\x02SAM\xFF";
    const struct spot spot = {.role = ROLE_BYTES};
    ck_assert_uint_ne(classes_in(&spot, narrow, sizeof narrow), 0);
    ck_assert_uint_ne(classes_in(&spot, wide, sizeof wide), 0);
    ck_assert_uint_eq(classes_in(&spot, chance, sizeof chance), 0);
}
END_TEST

START_TEST(test_search_birth_date_of_new_year_passes_in_its_element_only)
{
    static const struct dcmchain_identity new_year[] = {
        {DCMCHAIN_IDENTITY_BIRTH_DATE, 0x00100030, "19610101"}};
    const dcmchain_study own = {new_year, 1};
    patterns_free(patterns);
    ck_assert_int_eq(patterns_open(&own, 0, &patterns), DCMCHAIN_OK);
    ck_assert_uint_eq(in_element(0x00100030, DCMCHAIN_VR_DA, "19610101"), 0);
    ck_assert_uint_eq(in_element(0x00080020, DCMCHAIN_VR_DA, "19610101"), 1U << DCMCHAIN_IDENTITY_BIRTH_DATE);
}
END_TEST

START_TEST(test_search_kept_class_is_not_searched)
{
    patterns_free(patterns);
    ck_assert_int_eq(patterns_open(&study,
                                   DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_UID) |
                                       DCMCHAIN_IDENTITY_BIT(DCMCHAIN_IDENTITY_DATE),
                                   &patterns),
                     DCMCHAIN_OK);
    expect("1.2.276.0.99999.1.1 of 29.02.2024", DCMCHAIN_IDENTITY_UID, false);
    expect("1.2.276.0.99999.1.1 of 29.02.2024", DCMCHAIN_IDENTITY_DATE, false);
    expect("Zzyxner", DCMCHAIN_IDENTITY_NAME, true);
}
END_TEST

START_TEST(test_patterns_too_common_values_are_counted)
{
    ck_assert_uint_ge(patterns_common_count(patterns, DCMCHAIN_IDENTITY_NAME), 2); /* Head, Rose */
    ck_assert_uint_eq(patterns_common_count(patterns, DCMCHAIN_IDENTITY_ID), 1);
    ck_assert_uint_eq(patterns_common_count(patterns, DCMCHAIN_IDENTITY_INSTITUTION), 2);
}
END_TEST

START_TEST(test_dates_shift_explains_what_falls_on_another_date)
{
    struct dates *dates = NULL;
    ck_assert_int_eq(dates_open(&dates), DCMCHAIN_OK);
    ck_assert_int_eq(dates_add(dates, 20240229, DCMCHAIN_IDENTITY_DATE, "b"), DCMCHAIN_OK);
    ck_assert_ptr_null(
        dates_judge(dates, patterns, "20240301", "20240229")); /* 1 March moved back by a day */
    ck_assert_ptr_nonnull(dates_judge(dates, patterns, "20240301", "20240228"));
    ck_assert_ptr_nonnull(dates_judge(dates, patterns, "20240229", "20240229")); /* nothing was moved */
    ck_assert_ptr_nonnull(dates_judge(dates, patterns, "20240229", ""));
    ck_assert_ptr_nonnull(dates_judge(dates, patterns, NULL, NULL));
    ck_assert_int_eq(dates_add(dates, 19610203, DCMCHAIN_IDENTITY_BIRTH_DATE, "a"), DCMCHAIN_OK);
    const struct dates_found *left = dates_judge(dates, patterns, "20240301", "20240229");
    ck_assert_ptr_nonnull(left);
    ck_assert_str_eq(left->where, "a");
    dates_free(dates);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    Suite *suite = suite_create("guard search");
    TCase *tests = tcase_create("search");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_search_spelling_is_found, 0, COUNT(spellings));
    tcase_add_loop_test(tests, test_search_what_only_looks_alike_is_passed, 0, COUNT(wolves));
    tcase_add_loop_test(tests, test_search_element_is_judged_by_tag_and_vr, 0, COUNT(elements));
    tcase_add_test(tests, test_search_bytes_hold_text_of_either_width);
    tcase_add_test(tests, test_search_birth_date_of_new_year_passes_in_its_element_only);
    tcase_add_test(tests, test_search_kept_class_is_not_searched);
    tcase_add_test(tests, test_patterns_too_common_values_are_counted);
    tcase_add_test(tests, test_dates_shift_explains_what_falls_on_another_date);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
