/* test_layout_components.c: one name of a path, made safe for file systems, Windows, SMB and mercure. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "support/suite.h"

static const struct {
    const char *text;
    const char *clean;
} texts[] = {
    {"plain", "plain"},
    {"", ""},
    {"a/b\\c", "a-b-c"},
    {"<a>:\"b\"|?*", "-a---b----"},
    {"..", ""},
    {". .a", "a"},
    {" a b ", "a b"},
    {"a. . ", "a"},
    {"a.b", "a.b"},
    {"../../etc/passwd", "-..-etc-passwd"},
    {"a\001b\x1F\x7F"
     "c",
     "a-b--c"},
    {"a\xC2\x80\xC2\x9F"
     "b",
     "a--b"}, /* C1 control characters */
    {"a\xE2\x80\x8B\xE2\x80\x8F"
     "b",
     "a--b"}, /* zero-width space, right-to-left mark */
    {"a\xE2\x80\xA8\xE2\x80\xAE"
     "b",
     "a--b"}, /* line separator, right-to-left override */
    {"a\xE2\x81\xA0\xE2\x81\xA9\xEF\xBB\xBF"
     "b",
     "a---b"}, /* word joiner, isolate, byte order mark */
    {"Sch\xC3\xA4"
     "del",
     "Sch\xC3\xA4"
     "del"},
    {"\xE5\xB1\xB1\xE7\x94\xB0", "\xE5\xB1\xB1\xE7\x94\xB0"},
    {"\xF0\x9F\xA9\xBB", "\xF0\x9F\xA9\xBB"}, /* beyond the BMP */
    {"a\xFF"
     "b\xC3",
     "a_b_"},
    {"\xC0\xAF", "__"},      /* '/' in two bytes is not UTF-8 */
    {"\xED\xA0\x80", "___"}, /* a surrogate is none either */
    {"\xFF.", "_"},
};

START_TEST(test_layout_component_is_made_clean)
{
    char *clean = component_clean(texts[_i].text);
    ck_assert_str_eq(clean, texts[_i].clean);
    char *again = component_clean(clean);
    ck_assert_str_eq(again, clean); /* clean text stays */
    free(again);
    free(clean);
}
END_TEST

static const struct {
    const char *clean;
    const char *suffix;
    const char *extension;
    const char *name;
} names[] = {
    {"a", "", "", "a"},
    {"a", "-2", ".dcm", "a-2.dcm"},
    {"", "", ".dcm", "_.dcm"},
    {"", "-3", "", "_-3"},
    {"CON", "", ".dcm", "CON_.dcm"},
    {"con", "", "", "con_"},
    {"Nul.txt", "", ".json", "Nul_.txt.json"},
    {"AUX ", "", "", "AUX_"}, /* the space goes first */
    {"AUX .x", "", "", "AUX _.x"},
    {"lpt1", "", ".dcm", "lpt1_.dcm"},
    {"COM\xC2\xB2", "", "", "COM\xC2\xB2_"},
    {"CONIN$", "", "", "CONIN$_"},
    {"clock$", "", "", "clock$_"},
    {"COM", "", ".dcm", "COM.dcm"},
    {"COM10", "", ".dcm", "COM10.dcm"},
    {"CONSOLE", "", "", "CONSOLE"},
    {"CON", "-2", ".dcm", "CON-2.dcm"},
    {"task", "", ".json", "task_.json"},
    {"TASK", "", ".json", "TASK_.json"},
    {"result", "", ".json", "result_.json"},
    {"task", "", ".dcm", "task.dcm"},
    {"task", "-2", ".json", "task-2.json"},
    {"sent.txt", "", "", "sent_.txt"},
    {"nomad_job", "", ".json", "nomad_job_.json"},
};

START_TEST(test_layout_component_becomes_a_name)
{
    char name[COMPONENT_SIZE];
    component_make(names[_i].clean, names[_i].suffix, names[_i].extension, COMPONENT_BYTES, name);
    ck_assert_str_eq(name, names[_i].name);
}
END_TEST

/* Characters of one to four bytes, repeated: what is too long ends with a whole one, and keeps what stands
 * behind it. */
START_TEST(test_layout_component_too_long_is_cut_on_a_character)
{
    static const char *const characters[] = {"a", "\xC3\xA4", "\xE5\xB1\xB1", "\xF0\x9F\xA9\xBB"};
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        for (size_t limit = 20; limit <= COMPONENT_BYTES; limit += 47) {
            char text[2048] = "";
            char name[COMPONENT_SIZE];
            const size_t size = strlen(characters[i]);
            for (size_t k = 0; k < 500; k++) {
                memcpy(text + k * size, characters[i], size + 1);
            }
            component_make(text, "-12", ".dcm", limit, name);
            const size_t length = strlen(name);
            ck_assert_uint_le(length, limit);
            ck_assert_uint_gt(length + size + 1, limit); /* as long as it may be; 1: a '_' has room */
            ck_assert_str_eq(name + length - 7, "-12.dcm");
            ck_assert_uint_eq((length - 7) % size, 0);
            ck_assert_mem_eq(name, text, length - 7);
        }
    }
}
END_TEST

START_TEST(test_layout_component_cut_at_a_dot_or_space_does_not_end_with_it)
{
    char text[300];
    char name[COMPONENT_SIZE];
    memset(text, 'a', sizeof text);
    memcpy(text + 247, " . .", 4);
    text[sizeof text - 1] = '\0';
    component_make(text, "", ".dcm", COMPONENT_BYTES, name);
    ck_assert_uint_eq(strlen(name), 247 + 4);
    ck_assert_str_eq(name + 246, "a.dcm");
}
END_TEST

START_TEST(test_layout_component_reserved_at_its_longest_still_fits)
{
    char text[300] = "CON.";
    char name[COMPONENT_SIZE];
    memset(text + 4, 'a', sizeof text - 5);
    component_make(text, "", ".dcm", COMPONENT_BYTES, name);
    ck_assert_uint_eq(strlen(name), COMPONENT_BYTES);
    ck_assert_mem_eq(name, "CON_.a", 6);
    ck_assert_str_eq(name + COMPONENT_BYTES - 4, ".dcm");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout_components");
    TCase *tests = tcase_create("components");
    tcase_add_loop_test(tests, test_layout_component_is_made_clean, 0, (int)(sizeof texts / sizeof texts[0]));
    tcase_add_loop_test(tests, test_layout_component_becomes_a_name, 0,
                        (int)(sizeof names / sizeof names[0]));
    tcase_add_test(tests, test_layout_component_too_long_is_cut_on_a_character);
    tcase_add_test(tests, test_layout_component_cut_at_a_dot_or_space_does_not_end_with_it);
    tcase_add_test(tests, test_layout_component_reserved_at_its_longest_still_fits);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
