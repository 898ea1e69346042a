/* test_layout_places.c: where the layout stage puts files, run by the core, which judges what names are
 * alike: numbered names, folders of a series' own, templates by kind, flat trees, settings that are wrong. */
#include "chain_world.h"

#define DESCRIPTION 0x0008103EU
#define NUMBER 0x00200013U
#define LAYOUT "{\"stage\": \"layout\"}"
#define LAYOUT_WITH(settings) "{\"stage\": \"layout\", \"settings\": {" settings "}}"
#define IMAGES WORLD_STUDY "/anonymised-images/"

/* A series with one instance per number; the description decides its folder. */
static void add_series(const char *series, const char *description, const char *const *numbers)
{
    for (size_t i = 0; numbers[i] != NULL; i++) {
        char instance[32];
        (void)snprintf(instance, sizeof instance, "%s.%zu", series, i + 1);
        if (numbers[i][0] == '\0') {
            WORLD_ADD(series, instance, {DESCRIPTION, "LO", description, 0});
        } else {
            WORLD_ADD(series, instance, {DESCRIPTION, "LO", description, 0}, {NUMBER, "IS", numbers[i], 0});
        }
    }
}
#define SERIES(series, description, ...)                                                                     \
    add_series(series, description, (const char *const[]){__VA_ARGS__, NULL})

static void check_there(const char *const *paths)
{
    size_t count = 0;
    ck_assert_msg(world.exit_code == 0, "%s", world.problems == NULL ? world.report : world.problems);
    for (; paths[count] != NULL; count++) {
        ck_assert_msg(world_has(paths[count]), "no '%s' in\n%s", paths[count], world.tree);
    }
}
#define THERE(...) check_there((const char *const[]){__VA_ARGS__, NULL})

/* ---- defaults ---- */

START_TEST(test_layout_default_tree_is_series_folders_with_numbers)
{
    SERIES("1", "T1 axial", "1", "2", "12345", "123456");
    SERIES("2", "Localiser", "7");
    world_run("", LAYOUT);
    THERE(IMAGES "T1 axial/00001.dcm", IMAGES "T1 axial/00002.dcm", IMAGES "T1 axial/12345.dcm",
          IMAGES "T1 axial/123456.dcm", IMAGES "Localiser/00007.dcm");
}
END_TEST

START_TEST(test_layout_instances_of_one_number_get_names_of_their_own)
{
    SERIES("1", "T1", "1", "1", "1", "2");
    world_run("", LAYOUT);
    THERE(IMAGES "T1/00001.dcm", IMAGES "T1/00001-2.dcm", IMAGES "T1/00001-3.dcm", IMAGES "T1/00002.dcm");
}
END_TEST

START_TEST(test_layout_instance_without_number_takes_its_place_in_the_series)
{
    SERIES("1", "T1", "9", "");
    world_run("", LAYOUT);
    THERE(IMAGES "T1/00009.dcm", IMAGES "T1/00002.dcm"); /* absent last in run order: the second */
}
END_TEST

START_TEST(test_layout_numbered_name_that_another_has_is_not_given_twice)
{
    SERIES("1", "T1", "5");
    SERIES("2", "T1-2", "5");
    SERIES("3", "T1", "5");
    world_run("", LAYOUT);
    THERE(IMAGES "T1/00005.dcm", IMAGES "T1-2/00005.dcm", IMAGES "T1-3/00005.dcm");
}
END_TEST

START_TEST(test_layout_series_without_description_falls_back)
{
    WORLD_ADD("1", "1", {0x00181030, "LO", "Brain protocol", 0});
    WORLD_ADD("2", "2", {NUMBER, "IS", "1", 0});
    WORLD_ADD("3", "3", {DESCRIPTION, "LO", "...", 0});
    world_run("", LAYOUT);
    THERE(IMAGES "Brain protocol/00001.dcm", IMAGES "series/00001.dcm", IMAGES "series-2/00001.dcm");
}
END_TEST

/* ---- names that are alike for some file system ---- */

START_TEST(test_layout_series_that_differ_in_case_or_composition_are_alike)
{
    SERIES("1",
           "Sch\xC3\xA4"
           "del",
           "1"); /* composed */
    SERIES("2",
           "SCHA\xCC\x88"
           "DEL",
           "1"); /* decomposed, in capitals */
    SERIES("3",
           "sch\xC3\xA4"
           "del",
           "1");
    world_run("", LAYOUT);
    THERE(IMAGES "Sch\xC3\xA4"
                 "del/00001.dcm",
          IMAGES "SCHA\xCC\x88"
                 "DEL-2/00001.dcm",
          IMAGES "sch\xC3\xA4"
                 "del-3/00001.dcm");
}
END_TEST

START_TEST(test_layout_folders_that_differ_in_case_are_alike)
{
    WORLD_ADD("1", "1", {0x00181030, "LO", "Head", 0}, {NUMBER, "IS", "1", 0});
    WORLD_ADD("2", "2", {0x00181030, "LO", "HEAD", 0}, {NUMBER, "IS", "1", 0});
    WORLD_ADD("3", "3", {0x00181030, "LO", "Head", 0}, {NUMBER, "IS", "1", 0});
    world_run("", LAYOUT_WITH("\"image_path\": \"{ProtocolName}/{InstanceNumber}\""));
    THERE(WORLD_STUDY "/Head/1.dcm", WORLD_STUDY "/HEAD-2/1.dcm", WORLD_STUDY "/Head/1-2.dcm");
}
END_TEST

START_TEST(test_layout_value_makes_neither_folder_nor_hidden_nor_reserved_name)
{
    SERIES("1", "../../escape", "1");
    SERIES("2", "CON", "1");
    SERIES("3", ".hidden. ", "1");
    SERIES("4", "a/b\\\\c", "1");
    world_run("", LAYOUT);
    THERE(IMAGES "-..-escape/00001.dcm", IMAGES "CON_/00001.dcm", IMAGES "hidden/00001.dcm");
    HAS_NOT(world.tree, "a/b");
}
END_TEST

START_TEST(test_layout_long_description_is_cut_and_stays_its_own)
{
    char first[1024] = "";
    char second[1024] = "";
    for (size_t i = 0; i < 90; i++) {
        memcpy(first + i * 3, "\xE5\xB1\xB1", 4); /* 270 bytes */
    }
    (void)snprintf(second, sizeof second, "%sx", first);
    SERIES("1", first, "1");
    SERIES("2", second, "1");
    world_run("", LAYOUT);
    char one[512];
    char two[512];
    (void)snprintf(one, sizeof one, IMAGES "%.198s/00001.dcm",
                   first); /* 66 characters; 200 at most, less '_' */
    (void)snprintf(two, sizeof two, IMAGES "%.195s-2/00001.dcm", first);
    THERE(one, two);
}
END_TEST

/* ---- documents, kinds, flat ---- */

START_TEST(test_layout_documents_go_by_their_kind)
{
    SERIES("1", "T1", "1", "2");
    SERIES("2", "T1", "1");
    world_run("", "{\"stage\": \"extract\"}, {\"stage\": \"task-writer\"}, " LAYOUT);
    THERE(WORLD_STUDY "/extracted-data/T1.json", WORLD_STUDY "/extracted-data/T1-2.json",
          WORLD_STUDY "/" WORLD_STUDY ".json", IMAGES "T1/00001.dcm", IMAGES "T1-2/00001.dcm");
}
END_TEST

START_TEST(test_layout_kind_paths_place_other_documents)
{
    SERIES("1", "T1", "1");
    world_run("", "{\"stage\": \"extract\", \"settings\": {\"varying\": true, \"format\": \"dicom-json\"}}, "
                  "{\"stage\": \"task-writer\"}, " LAYOUT_WITH(
                      "\"kind_paths\": {\"instance-data\": \"tables/{kind} of {series}\"}"));
    THERE(WORLD_STUDY "/tables/instance-data of T1.json", WORLD_STUDY "/extracted-data/T1.json");
    world_run(
        "",
        "{\"stage\": \"extract\", \"settings\": {\"varying\": true, \"format\": \"dicom-json\"}}, " LAYOUT);
    THERE(WORLD_STUDY "/instance-data/T1.json");
}
END_TEST

START_TEST(test_layout_study_id_names_the_task_document)
{
    WORLD_ADD("1", "1", {0x00200010, "SH", "STUDY 7", 0});
    world_run("", "{\"stage\": \"task-writer\"}, " LAYOUT);
    THERE(WORLD_STUDY "/STUDY 7.json");
}
END_TEST

START_TEST(test_layout_flat_tree_has_no_study_folder)
{
    SERIES("1", "T1", "1", "2");
    world_run("\"flat\": true, ",
              "{\"stage\": \"extract\"}, " LAYOUT_WITH(
                  "\"study_folder\": \"\", \"image_path\": \"{SeriesInstanceUID}#{SOPInstanceUID}\", "
                  "\"series_data_path\": \"{SeriesInstanceUID}\""));
    THERE(WORLD_STUDY ".1#" WORLD_STUDY ".9.1.1.dcm", WORLD_STUDY ".1#" WORLD_STUDY ".9.1.2.dcm",
          WORLD_STUDY ".1.json");
}
END_TEST

START_TEST(test_layout_study_folder_may_have_levels_and_settings_name_folders)
{
    WORLD_ADD("1", "1", {DESCRIPTION, "LO", "T1", 0}, {NUMBER, "IS", "1", 0}, {0x00080060, "CS", "MR", 0});
    world_run("", LAYOUT_WITH("\"study_folder\": \"{StudyInstanceUID} {Modality}\", "
                              "\"images_folder\": \"pictures\""));
    THERE(WORLD_STUDY " MR/pictures/T1/00001.dcm");
}
END_TEST

START_TEST(test_layout_path_that_is_too_long_fails_with_its_kind)
{
    char description[251];
    memset(description, 'a', sizeof description - 1);
    description[sizeof description - 1] = '\0';
    WORLD_ADD("1", "1", {DESCRIPTION, "LO", description, 0});
#define LEVEL "{SeriesDescription}/"
    world_run("",
              LAYOUT_WITH("\"image_path\": \"" LEVEL LEVEL LEVEL LEVEL LEVEL LEVEL LEVEL LEVEL LEVEL "x\""));
    ck_assert_int_eq(world.exit_code, 1);
    HAS(world.report, "makes a path that is too long");
}
END_TEST

/* ---- settings ---- */

static const struct {
    const char *settings;
    const char *pointer;
    const char *says;
} mistakes[] = {
    {"\"image_path\": \"{SeriesDescriptio}\"", "/image_path",
     "character 2: unknown keyword 'SeriesDescriptio'"},
    {"\"study_folder\": \"{series}\"", "/study_folder", "character 2: 'series' cannot stand in this setting"},
    {"\"series_name\": \"{series}\"", "/series_name", "character 2: 'series' cannot stand in this setting"},
    {"\"series_name\": \"a/b\"", "/series_name", "it is one name, so it has no '/'"},
    {"\"task_path\": \"{instance}\"", "/task_path", "character 2: 'instance' cannot stand in this setting"},
    {"\"image_path\": \"\"", "/image_path", "character 1: it is empty"},
    {"\"images_folder\": \"a/b\"", "/images_folder", "it cannot be the name of a folder on every system"},
    {"\"images_folder\": \"\"", "/images_folder", "it cannot be the name of a folder on every system"},
    {"\"data_folder\": \"NUL\"", "/data_folder", "it cannot be the name of a folder on every system"},
    {"\"data_folder\": \".x\"", "/data_folder", "it cannot be the name of a folder on every system"},
    {"\"kind_paths\": []", "/kind_paths", "expected an object of templates"},
    {"\"kind_paths\": {\"my-kind\": 3}", "/kind_paths/my-kind", "expected a template in a string"},
    {"\"kind_paths\": {\"image\": \"x\"}", "/kind_paths/image", "this kind has a template already"},
    {"\"kind_paths\": {\"my-kind\": \"a//b\"}", "/kind_paths/my-kind",
     "character 3: an empty name beside '/'"},
    {"\"image_pat\": \"x\"", "/image_pat", "did you mean 'image_path'"},
};

START_TEST(test_layout_wrong_setting_is_told_with_its_place)
{
    char stage[512];
    SERIES("1", "T1", "1");
    (void)snprintf(stage, sizeof stage, "{\"stage\": \"layout\", \"settings\": {%s}}", mistakes[_i].settings);
    world_run("", stage);
    ck_assert_int_eq(world.exit_code, -1);
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/stages/0/settings%s: ", mistakes[_i].pointer);
    HAS(world.problems, pointer);
    HAS(world.problems, mistakes[_i].says);
}
END_TEST

START_TEST(test_layout_all_wrong_settings_are_told_at_once)
{
    SERIES("1", "T1", "1");
    world_run("", LAYOUT_WITH("\"image_path\": \"}\", \"task_path\": \"/\", \"images_folder\": \"a/b\", "
                              "\"kind_paths\": {\"one\": \"{\", \"two\": 2}"));
    ck_assert_int_eq(world.exit_code, -1);
    HAS(world.problems, "settings/image_path: ");
    HAS(world.problems, "settings/task_path: ");
    HAS(world.problems, "settings/images_folder: ");
    HAS(world.problems, "settings/kind_paths/one: ");
    HAS(world.problems, "settings/kind_paths/two: ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout_places");
    TCase *tests = tcase_create("places");
    tcase_add_checked_fixture(tests, world_open, world_close);
    tcase_add_test(tests, test_layout_default_tree_is_series_folders_with_numbers);
    tcase_add_test(tests, test_layout_instances_of_one_number_get_names_of_their_own);
    tcase_add_test(tests, test_layout_instance_without_number_takes_its_place_in_the_series);
    tcase_add_test(tests, test_layout_numbered_name_that_another_has_is_not_given_twice);
    tcase_add_test(tests, test_layout_series_without_description_falls_back);
    tcase_add_test(tests, test_layout_series_that_differ_in_case_or_composition_are_alike);
    tcase_add_test(tests, test_layout_folders_that_differ_in_case_are_alike);
    tcase_add_test(tests, test_layout_value_makes_neither_folder_nor_hidden_nor_reserved_name);
    tcase_add_test(tests, test_layout_long_description_is_cut_and_stays_its_own);
    tcase_add_test(tests, test_layout_documents_go_by_their_kind);
    tcase_add_test(tests, test_layout_kind_paths_place_other_documents);
    tcase_add_test(tests, test_layout_study_id_names_the_task_document);
    tcase_add_test(tests, test_layout_flat_tree_has_no_study_folder);
    tcase_add_test(tests, test_layout_study_folder_may_have_levels_and_settings_name_folders);
    tcase_add_test(tests, test_layout_path_that_is_too_long_fails_with_its_kind);
    tcase_add_loop_test(tests, test_layout_wrong_setting_is_told_with_its_place, 0,
                        (int)(sizeof mistakes / sizeof mistakes[0]));
    tcase_add_test(tests, test_layout_all_wrong_settings_are_told_at_once);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
