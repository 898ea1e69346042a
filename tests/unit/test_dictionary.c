/* test_dictionary.c: tags, keywords and VRs; and that the environment changes none of it. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dataset/dataset_internal.h"

static void load(void)
{
    char *problem = NULL;
    ck_assert_int_eq(dictionary_load(&problem), DCMCHAIN_OK);
    ck_assert_ptr_null(problem);
}

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

/* The groups of PS3.6 below 7FE0 that repeat nowhere. A tag that the dictionary lacks is slow to ask for, so
 * not all 2^32 are. */
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

/* What a process prints whose environment has this DCMDICTPATH: loads, asks, parses a broken value. */
static void print_with(const char *path, char *ret_text, size_t size)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)(path == NULL ? unsetenv("DCMDICTPATH") : setenv("DCMDICTPATH", path, 1));
        (void)execl("/proc/self/exe", "test_dictionary", "--print", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    size_t used = 0;
    ssize_t got = 0;
    while (used + 1 < size && (got = read(ends[0], ret_text + used, size - 1 - used)) > 0) {
        used += (size_t)got;
    }
    ret_text[used] = '\0';
    (void)close(ends[0]);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", ret_text);
}

START_TEST(test_dictionary_load_ignores_the_environment_and_prints_nothing)
{
    static const char expected[] = "PatientName PN none 00080005 done\n";
    static const char *const paths[] = {NULL, "", "/nonexistent/dicom.dic", "/dev/null", "/proc/self/exe"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char text[4096];
        print_with(paths[i], text, sizeof text);
        ck_assert_str_eq(text, expected);
    }
    char own[64] = "/tmp/dictionary-XXXXXX";
    int file = mkstemp(own);
    static const char entries[] = "(0010,0010)\tLO\tOtherName\t1\tx\n(0009,1001)\tSQ\tMine\t1\tx\n";
    ck_assert_int_eq(write(file, entries, sizeof entries - 1), (ssize_t)sizeof entries - 1);
    (void)close(file);
    char text[4096];
    print_with(own, text, sizeof text);
    (void)unlink(own);
    ck_assert_str_eq(text, expected);
}
END_TEST

/* In the child: what print_with() compares. */
static int print(void)
{
    char *problem = NULL;
    if (dictionary_load(&problem) != DCMCHAIN_OK) {
        (void)printf("%s\n", problem);
        return EXIT_FAILURE;
    }
    uint32_t tag = 0;
    uint16_t vr = dcmchain_tag_vr(0x00100010);
    const char *mine = dcmchain_tag_keyword(0x00091001);
    dcmchain_dataset *dataset = NULL;
    int result = dcmchain_tag_parse("SpecificCharacterSet", &tag);
    if (result == DCMCHAIN_OK) {
        result = dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset);
    }
    dcmchain_item *root = result == DCMCHAIN_OK ? dcmchain_dataset_root(dataset) : NULL;
    char *text = NULL;
    double number = 0;
    /* DCMTK warns of such values by name and content. */
    if (root == NULL || dcmchain_item_set_text(root, 0x00100030, "no date") != DCMCHAIN_OK ||
        dcmchain_item_set_text(root, 0x00101030, "no number") != DCMCHAIN_OK ||
        dcmchain_item_get_text(root, 0x00100030, &text) != DCMCHAIN_OK ||
        dcmchain_element_get_double(dcmchain_item_find(root, 0x00101030), 0, &number) != DCMCHAIN_E_INVALID) {
        result = DCMCHAIN_FAIL;
    }
    (void)printf("%s %c%c %s %08x %s\n", dcmchain_tag_keyword(0x00100010), vr >> 8, vr & 0xFF,
                 mine == NULL ? "none" : mine, tag, dcmchain_result_text(result));
    dcmchain_free(text);
    dcmchain_dataset_free(dataset);
    return EXIT_SUCCESS;
}

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "--print") == 0) {
        return print();
    }
    Suite *suite = suite_create("dictionary");
    TCase *one = tcase_create("dictionary");
    tcase_add_checked_fixture(one, load, NULL);
    tcase_set_timeout(one, 60);
    tcase_add_loop_test(one, test_dictionary_parse_reads_keywords_and_numbers, 0, COUNT(tags));
    tcase_add_loop_test(one, test_dictionary_parse_refuses_other_texts, 0, COUNT(no_tags));
    tcase_add_test(one, test_dictionary_keyword_names_public_tags_only);
    tcase_add_test(one, test_dictionary_vr_is_the_one_without_context);
    tcase_add_test(one, test_dictionary_keywords_lead_back);
    tcase_add_test(one, test_dictionary_load_ignores_the_environment_and_prints_nothing);
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
