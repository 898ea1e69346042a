/* test_dictionary.c: tags, keywords and VRs as the built tables give them. What the build makes of a file,
 * right or broken: tests/e2e/test_dictionary_make.sh. */
#include <check.h>

#include "dataset/dictionary.h"
#include "dcmchain/dataset.h"
#include "support/suite.h"

static const struct {
    const char *text;
    uint32_t tag;
} tags[] = {
    {"PatientID", 0x00100020},
    {"(0010,0020)", 0x00100020},
    {"0010,0020", 0x00100020},
    {"00100020", 0x00100020},
    {"(7fe0,0010)", 0x7FE00010},
    {"(7FE0,0010)", 0x7FE00010},
    {"OverlayData", 0x60003000},
    {"CurveData", 0x50003000},
    {"(0009,1001)", 0x00091001},
    {"00000000", 0},
    {"FFFFFFFF", 0xFFFFFFFF},
    {"SOPInstanceUID", 0x00080018},
    {"MediaStorageSOPInstanceUID", 0x00020003},
    {"EthnicGroupCodeSequence", 0x00102161}, /* newer than DCMTK 3.6.7 */
    {"SourceSeriesInformationSequence", 0x3006004C},
};

START_TEST(test_dictionary_parse_reads_keywords_and_numbers)
{
    uint32_t tag = 1;
    ck_assert_msg(dcmchain_tag_parse(tags[_i].text, &tag) == DCMCHAIN_OK, "%s", tags[_i].text);
    ck_assert_uint_eq(tag, tags[_i].tag);
}
END_TEST

static const char *const no_tags[] = {
    "",          "patientid", "Patient ID",  "PatientIDs",         "(0010,0020", "0010,002",   "0010-0020",
    "001000200", "0x100020",  "(0010,002g)", "Unknown Tag & Data", "(00100020)", " 0010,0020", "0010,0020 ",
};

START_TEST(test_dictionary_parse_refuses_other_texts)
{
    uint32_t tag = 77;
    ck_assert_msg(dcmchain_tag_parse(no_tags[_i], &tag) == DCMCHAIN_E_ABSENT, "%s", no_tags[_i]);
    ck_assert_uint_eq(tag, 77);
}
END_TEST

START_TEST(test_dictionary_keyword_names_public_tags_only)
{
    ck_assert_str_eq(dcmchain_tag_keyword(0x00100010), "PatientName");
    ck_assert_str_eq(dcmchain_tag_keyword(0x60023000), "OverlayData");
    ck_assert_str_eq(dcmchain_tag_keyword(0x50003000), "CurveData");
    ck_assert_str_eq(dcmchain_tag_keyword(0x00020010), "TransferSyntaxUID");
    ck_assert_ptr_null(dcmchain_tag_keyword(0x00091001));
    ck_assert_ptr_null(dcmchain_tag_keyword(0x00290010));
    ck_assert_ptr_null(dcmchain_tag_keyword(0x00100021 + 0x0F00));
}
END_TEST

START_TEST(test_dictionary_vr_is_the_one_without_context)
{
    ck_assert_uint_eq(dcmchain_tag_vr(0x00100010), DCMCHAIN_VR_PN);
    ck_assert_uint_eq(dcmchain_tag_vr(0x00081140), DCMCHAIN_VR_SQ);
    ck_assert_uint_eq(dcmchain_tag_vr(0x00280106), DCMCHAIN_VR_US); /* US or SS */
    ck_assert_uint_eq(dcmchain_tag_vr(0x7FE00010), DCMCHAIN_VR_OW); /* OB or OW */
    ck_assert_uint_eq(dcmchain_tag_vr(0x60003000), DCMCHAIN_VR_OW);
    ck_assert_uint_eq(dcmchain_tag_vr(0x00283006), DCMCHAIN_VR_OW); /* US or OW */
    ck_assert_uint_eq(dcmchain_tag_vr(0x00091001), 0);
    ck_assert_uint_eq(dcmchain_tag_vr(0x00100F21), 0);
}
END_TEST

/* The groups of PS3.6 below 7FE0 that repeat nowhere. */
static const uint16_t groups[] = {
    0x0002, 0x0004, 0x0008, 0x0010, 0x0012, 0x0014, 0x0016, 0x0018, 0x0022, 0x0024, 0x0032, 0x0034, 0x0038,
    0x003A, 0x0040, 0x0042, 0x0044, 0x0046, 0x0048, 0x0050, 0x0052, 0x0054, 0x0060, 0x0062, 0x0064, 0x0066,
    0x0068, 0x006A, 0x0070, 0x0072, 0x0074, 0x0076, 0x0078, 0x0080, 0x0082, 0x0088, 0x0100, 0x0400, 0x2000,
    0x2010, 0x2020, 0x2030, 0x2040, 0x2050, 0x2100, 0x2110, 0x2120, 0x2130, 0x2200, 0x3002, 0x3004, 0x3006,
    0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x4000, 0x4008, 0x4010, 0x4FFE, 0x5200, 0x5400, 0x5600,
};

/* Every keyword leads back to its tag: the pipeline file and the documents speak in keywords. */
START_TEST(test_dictionary_keywords_lead_back)
{
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (uint32_t element = 1; element <= 0xFFFF; element++) {
            uint32_t tag = DCMCHAIN_TAG((uint32_t)groups[i], element);
            const char *keyword = dcmchain_tag_keyword(tag);
            uint32_t back = 0;
            if (keyword == NULL) {
                continue;
            }
            ck_assert_msg(dcmchain_tag_parse(keyword, &back) == DCMCHAIN_OK, "%s", keyword);
            ck_assert_msg(back == tag, "%s of %08x leads to %08x", keyword, tag, back);
            seen++;
        }
    }
    ck_assert_uint_gt(seen, 3500);
}
END_TEST

/* A list of all, which ends, and in which each is found again. */
START_TEST(test_dictionary_lists_every_keyword)
{
    size_t count = 0;
    for (const char *keyword; (keyword = dcmchain_dictionary_keyword(count)) != NULL; count++) {
        uint32_t tag = 0;
        ck_assert_msg(dcmchain_tag_parse(keyword, &tag) == DCMCHAIN_OK, "%s", keyword);
    }
    ck_assert_uint_gt(count, 5000);
    ck_assert_ptr_null(dcmchain_dictionary_keyword(count + 1));
    ck_assert_ptr_null(dcmchain_dictionary_keyword(SIZE_MAX));
}
END_TEST

/* Ranges: the ends, what lies between, and what has the other parity. */
static const struct {
    uint32_t tag;
    const char *keyword;
    uint16_t vr;
} ranges[] = {
    {0x50000005, "CurveDimensions", DCMCHAIN_VR_US},
    {0x50FE0005, "CurveDimensions", DCMCHAIN_VR_US},
    {0x50010005, NULL, 0},
    {0x51000005, NULL, 0},
    {0x4FFE0005, NULL, 0},
    {0x60003000, "OverlayData", DCMCHAIN_VR_OW},
    {0x60FE3000, "OverlayData", DCMCHAIN_VR_OW},
    {0x60FF3000, NULL, 0},
    {0x61003000, NULL, 0},
    {0x00203100, "SourceImageIDs", DCMCHAIN_VR_CS},
    {0x002031FE, "SourceImageIDs", DCMCHAIN_VR_CS},
    {0x00203101, NULL, 0},
    {0x00203200, NULL, 0},
    {0x7F000010, "VariablePixelData", DCMCHAIN_VR_OW},
    {0x7FFE0010, "VariablePixelData", DCMCHAIN_VR_OW},
    {0x7FE00010, "PixelData", DCMCHAIN_VR_OW},
    {0x00080000, "GenericGroupLength", DCMCHAIN_VR_UL},
    {0x12340000, "GenericGroupLength", DCMCHAIN_VR_UL},
    {0x00020000, "FileMetaInformationGroupLength", DCMCHAIN_VR_UL},
    {0x00090000, NULL, 0},
    {0x00090010, NULL, 0},
    {0xFFFEE000, "Item", 0},
};

START_TEST(test_dictionary_ranges_end_where_they_should)
{
    const char *keyword = dcmchain_tag_keyword(ranges[_i].tag);
    ck_assert_uint_eq(dcmchain_tag_vr(ranges[_i].tag), ranges[_i].vr);
    ck_assert_pstr_eq(keyword, ranges[_i].keyword);
}
END_TEST

START_TEST(test_dictionary_retired_keywords_are_found_with_and_without_the_mark)
{
    uint32_t tag = 0;
    ck_assert_int_eq(dcmchain_tag_parse("OtherPatientIDs", &tag), DCMCHAIN_OK);
    ck_assert_uint_eq(tag, 0x00101000);
    ck_assert_int_eq(dcmchain_tag_parse("RETIRED_OtherPatientIDs", &tag), DCMCHAIN_OK);
    ck_assert_str_eq(dcmchain_tag_keyword(0x00101000), "OtherPatientIDs");
    ck_assert_int_eq(dcmchain_tag_parse("RETIRED_PatientID", &tag), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_tag_parse("RETIRED_RETIRED_OtherPatientIDs", &tag), DCMCHAIN_E_ABSENT);
}
END_TEST

START_TEST(test_dictionary_knows_where_it_is_us_or_ss)
{
    static const uint32_t either[] = {0x00280106, 0x00280120, 0x00283002, 0x00281101, 0x00603004, 0x00409211};
    static const uint32_t one[] = {0x00280010, 0x00283006, 0x7FE00010, 0x00189219, 0x60000050,
                                   0x00290106, 0x00100F21, 0,          0xFFFFFFFF};
    for (size_t i = 0; i < sizeof either / sizeof either[0]; i++) {
        ck_assert_msg(dictionary_is_us_or_ss(either[i]), "%08x", either[i]);
        ck_assert_uint_eq(dcmchain_tag_vr(either[i]), DCMCHAIN_VR_US);
    }
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
        ck_assert_msg(!dictionary_is_us_or_ss(one[i]), "%08x", one[i]);
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    Suite *suite = suite_create("dictionary");
    TCase *one = tcase_create("dictionary");
    tcase_set_timeout(one, 60);
    tcase_add_loop_test(one, test_dictionary_parse_reads_keywords_and_numbers, 0, COUNT(tags));
    tcase_add_loop_test(one, test_dictionary_parse_refuses_other_texts, 0, COUNT(no_tags));
    tcase_add_test(one, test_dictionary_keyword_names_public_tags_only);
    tcase_add_test(one, test_dictionary_vr_is_the_one_without_context);
    tcase_add_test(one, test_dictionary_keywords_lead_back);
    tcase_add_test(one, test_dictionary_lists_every_keyword);
    tcase_add_loop_test(one, test_dictionary_ranges_end_where_they_should, 0, COUNT(ranges));
    tcase_add_test(one, test_dictionary_retired_keywords_are_found_with_and_without_the_mark);
    tcase_add_test(one, test_dictionary_knows_where_it_is_us_or_ss);
    suite_add_tcase(suite, one);
    return run_suite(suite);
}
