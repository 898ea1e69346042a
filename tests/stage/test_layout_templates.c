/* test_layout_templates.c: what templates take, what they refuse and at which character, and what a parsed
 * one makes of values. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "component.h"
#include "dcmchain/chain.h"
#include "dcmchain/dataset.h"
#include "render.h"
#include "support/suite.h"
#include "template.h"

#define ALL                                                                                                  \
    (TEMPLATE_SERIES | TEMPLATE_INSTANCE | TEMPLATE_KIND | TEMPLATE_IMAGES_FOLDER | TEMPLATE_DATA_FOLDER)

/* ---- what is refused, and where ---- */

static const struct {
    const char *text;
    const char *says;
} mistakes[] = {
    {"", "character 1: it is empty"},
    {"/a", "character 1: an empty name beside '/'"},
    {"a//b", "character 3: an empty name beside '/'"},
    {"a/", "character 2: an empty name beside '/'"},
    {"{kind}/", "character 7: an empty name beside '/'"},
    {"a}", "character 2: a '}' without its '{'"},
    {"{SeriesNumber", "character 1: a '{' without its '}'"},
    {"ab{SeriesNumber|", "character 17: expected a keyword or a text in quotes"},
    {"{}", "character 2: expected a keyword or a text in quotes"},
    {"{SeriesNumber|}", "character 15: expected a keyword or a text in quotes"},
    {"{SeriesNumber{", "character 14: expected '|' or '}'"},
    {"{SeriesNumber/x}", "character 14: expected '|' or '}'"},
    {"{\"a\":05}", "character 5: expected '|' or '}'"},
    {"{\"a}", "character 2: a text without its closing '\"'"},
    {"{\"\"}", "character 2: a text that cannot stand in a file name"},
    {"{\"a/b\"}", "character 2: a text that cannot stand in a file name"},
    {"{\"a \"}", "character 2: a text that cannot stand in a file name"},
    {"{\".a\"}", "character 2: a text that cannot stand in a file name"},
    {"{SeriesNumber:5}", "character 15: expected a width as in ':05'"},
    {"{SeriesNumber:}", "character 15: expected a width as in ':05'"},
    {"{SeriesNumber:0}", "character 15: expected a width as in ':05'"},
    {"{SeriesNumber:033}", "character 15: a width of at most 32 is allowed"},
    {"{SeriesNumber:099999999999999999999}", "character 15: a width of at most 32 is allowed"},
    {"{SeriesNumber:05x}", "character 17: expected '|' or '}'"},
    {"{SeriesDescriptio}",
     "character 2: unknown keyword 'SeriesDescriptio'; did you mean 'SeriesDescription'?"},
    {"{Zzzzzzzzzzzz}", "character 2: unknown keyword 'Zzzzzzzzzzzz'"},
    {"{serie}", "character 2: unknown name 'serie'; did you mean 'series'?"},
    {"{seriesDescription}",
     "character 2: unknown name 'seriesDescription'; did you mean 'SeriesDescription'?"},
    {"{zzzzzzzzzzzz}", "character 2: unknown name 'zzzzzzzzzzzz'"},
    {"{PixelData}", "character 2: 'PixelData' is a sequence or binary data"},
    {"{ReferencedImageSequence}", "character 2: 'ReferencedImageSequence' is a sequence or binary data"},
    {"{(0000,0000)}", "character 2: '(0000,0000)' is no attribute of a data set"},
    {"a*b", "character 1: a character that cannot stand in a file name"},
    {"{kind}a\tb", "character 7: a character that cannot stand in a file name"},
    {"a\xE2\x80\xAE"
     "b",
     "character 1: a character that cannot stand in a file name"},
    {"a\xFF", "character 1: a character that cannot stand in a file name"},
    {".hidden", "character 1: a name that begins with a dot or a space"},
    {"a/ b", "character 3: a name that begins with a dot or a space"},
    {"a./b", "character 3: a name that ends with a dot or a space"},
    {"a /b", "character 3: a name that ends with a dot or a space"},
    {"\xC3\xA4\xC3\xB6}", "character 3: a '}' without its '{'"}, /* characters, not bytes */
};

START_TEST(test_layout_template_mistake_is_told_with_its_character)
{
    struct template template = {0};
    char problem[256] = "";
    ck_assert_msg(template_parse(mistakes[_i].text, ALL, &template, problem, sizeof problem) ==
                      DCMCHAIN_E_INVALID,
                  "'%s' was taken", mistakes[_i].text);
    ck_assert_msg(strncmp(problem, mistakes[_i].says, strlen(mistakes[_i].says)) == 0, "'%s': %s",
                  mistakes[_i].text, problem);
    ck_assert_ptr_null(template.parts);
}
END_TEST

START_TEST(test_layout_template_name_that_its_setting_has_not_is_refused)
{
    static const struct {
        const char *text;
        uint32_t bit;
    } names[] = {{"{series}", TEMPLATE_SERIES},
                 {"{instance}", TEMPLATE_INSTANCE},
                 {"{kind}", TEMPLATE_KIND},
                 {"{images_folder}", TEMPLATE_IMAGES_FOLDER},
                 {"{data_folder}", TEMPLATE_DATA_FOLDER}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct template template = {0};
        char problem[256] = "";
        ck_assert_int_eq(
            template_parse(names[i].text, ALL & ~names[i].bit, &template, problem, sizeof problem),
            DCMCHAIN_E_INVALID);
        ck_assert_ptr_nonnull(strstr(problem, "character 2: "));
        ck_assert_ptr_nonnull(strstr(problem, "cannot stand in this setting"));
        ck_assert_int_eq(template_parse(names[i].text, names[i].bit, &template, problem, sizeof problem),
                         DCMCHAIN_OK);
        ck_assert_uint_eq(template.parts[0].choices[0].builtin, names[i].bit);
        template_free(&template);
    }
}
END_TEST

START_TEST(test_layout_template_problem_longer_than_its_room_is_cut)
{
    struct template template = {0};
    char problem[12];
    ck_assert_int_eq(template_parse("{Zzzzzzzzzzzz}", ALL, &template, problem, sizeof problem),
                     DCMCHAIN_E_INVALID);
    ck_assert_str_eq(problem, "character 2");
}
END_TEST

/* ---- what is made of it ---- */

static dcmchain_dataset *dataset;

static void put(uint32_t tag, uint16_t vr, const char *text)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(dcmchain_dataset_root(dataset), tag, vr, &element), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_text(element, text), DCMCHAIN_OK);
}

static void set_up(void)
{
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset), DCMCHAIN_OK);
    put(0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    put(0x0008103E, DCMCHAIN_VR_LO, "T1 / axial ");
    put(0x00181030, DCMCHAIN_VR_LO, "   ");
    put(0x00200011, DCMCHAIN_VR_IS, " 7");
    put(0x00200013, DCMCHAIN_VR_IS, "-12");
    put(0x00200012, DCMCHAIN_VR_IS, "+0012");
    put(0x00200010, DCMCHAIN_VR_SH, "A7");
    put(0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\PRIMARY");
    put(0x00280010, DCMCHAIN_VR_US, "64");
    put(0x00080061, DCMCHAIN_VR_CS, "...");
}

static void tear_down(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

static const struct {
    const char *text;
    const char *path; /* components joined by '/' */
} templates[] = {
    {"plain", "plain"},
    {"a.b c", "a.b c"},
    {"{SeriesDescription}", "T1 - axial"}, /* a value makes no folder */
    {"{(0008,103E)}", "T1 - axial"},
    {"{ProtocolName|SeriesDescription}", "T1 - axial"}, /* spaces are no value */
    {"{PatientName|ProtocolName|\"series\"}", "series"},
    {"{PatientName|ProtocolName}", "none"},
    {"{ModalitiesInStudy|StudyID}", "A7"}, /* nothing is left of "..." */
    {"{SeriesNumber:05}", "00007"},
    {"{SeriesNumber}", "7"},
    {"{AcquisitionNumber:03}", "012"},
    {"{AcquisitionNumber:01}", "12"},
    {"{AcquisitionNumber}", "+0012"},
    {"{InstanceNumber:05}", "-00012"},
    {"{StudyID:05}", "A7"}, /* no number: as it is */
    {"{Rows:04}", "0064"},
    {"{SeriesNumber:032}", "00000000000000000000000000000007"},
    {"{ImageType}", "ORIGINAL-PRIMARY"},
    {"s{SeriesNumber}-{StudyID}/i{InstanceNumber}", "s7-A7/i-12"},
    {"{images_folder}/{series}/{instance:03}", "pictures/own name/003"},
    {"{data_folder}/{kind}", "data/image"},
};

static void check_render(const char *text, const struct render_values *values, const char *path)
{
    struct template template = {0};
    struct rendered rendered = {0};
    char problem[256] = "";
    char joined[512] = "";
    ck_assert_msg(template_parse(text, ALL, &template, problem, sizeof problem) == DCMCHAIN_OK, "%s: %s",
                  text, problem);
    ck_assert_int_eq(render(&template, values, &rendered), DCMCHAIN_OK);
    for (size_t i = 0; i < rendered.count; i++) {
        const size_t length = strlen(joined);
        (void)snprintf(joined + length, sizeof joined - length, "%s%s", i == 0 ? "" : "/",
                       rendered.components[i]);
    }
    ck_assert_msg(strcmp(joined, path) == 0, "'%s' gives '%s', not '%s'", text, joined, path);
    render_free(&rendered);
    template_free(&template);
}

START_TEST(test_layout_template_gives_its_path)
{
    const struct render_values values = {.item = dcmchain_dataset_root(dataset),
                                         .series = "own name",
                                         .instance = 3,
                                         .kind = "image",
                                         .images_folder = "pictures",
                                         .data_folder = "data"};
    check_render(templates[_i].text, &values, templates[_i].path);
}
END_TEST

START_TEST(test_layout_template_without_values_still_gives_a_name)
{
    const struct render_values nothing = {.kind = "task"};
    check_render("{series}/{instance:05}", &nothing, "none/none");
    check_render("{SeriesDescription|series|\"study\"}", &nothing, "study");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout_templates");
    TCase *tests = tcase_create("templates");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_layout_template_mistake_is_told_with_its_character, 0,
                        (int)(sizeof mistakes / sizeof mistakes[0]));
    tcase_add_test(tests, test_layout_template_name_that_its_setting_has_not_is_refused);
    tcase_add_test(tests, test_layout_template_problem_longer_than_its_room_is_cut);
    tcase_add_loop_test(tests, test_layout_template_gives_its_path, 0,
                        (int)(sizeof templates / sizeof templates[0]));
    tcase_add_test(tests, test_layout_template_without_values_still_gives_a_name);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
