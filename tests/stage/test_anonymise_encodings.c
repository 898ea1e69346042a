/* test_anonymise_encodings.c: text that says no character set, or a wrong one, and bytes that are text: what
 * holds identity goes in every encoding, what does not keeps its bytes. It calls the stage's own callbacks.
 */
#include "anonymise_harness.h"

#define SERIES_DESCRIPTION 0x0008103EU
#define CHARACTER_SET 0x00080005U

static const struct dcmchain_identity people[] = {
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Müller^Jörg"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Груздев^Пётр"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "山田^太郎"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "김희중"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "Παπαδάκης^Γιώργος"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "نصار^محمد"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "לוינסון^דוד"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "สมชาย^ใจดี"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010, "王小东^"},
    {DCMCHAIN_IDENTITY_NAME, 0x00100010,
     "\u00CF\u00E5\u00F2\u00F0\u00EE\u00E2"}, /* Петров in CP1251, read as Latin-1 */
};

static void open_people(void)
{
    set_up();
    study_info.identity = people;
    study_info.identity_count = sizeof people / sizeof people[0];
}

static void put_bytes(uint32_t tag, uint16_t vr, const void *bytes, size_t length)
{
    ck_assert_int_eq(dcmchain_element_set_bytes(put(root, tag, vr, NULL), bytes, length), DCMCHAIN_OK);
}

/* The bytes of the element; until the next call. */
static const char *bytes_of(uint32_t tag, size_t length)
{
    static char out[8192];
    void *stored = NULL;
    size_t count = 0;

    ck_assert_int_eq(dcmchain_element_get_bytes(dcmchain_item_find(root, tag), &stored, &count), DCMCHAIN_OK);
    ck_assert_uint_eq(count, length);
    ck_assert_uint_le(length, sizeof out);
    (void)memcpy(out, stored, length);
    dcmchain_free(stored);
    return out;
}

static const char *cleaned(const char *bytes, size_t length, const char *character_set)
{
    static char out[256];
    void *stored = NULL;
    size_t count = 0;

    begin(EXPLICIT);
    if (character_set != NULL) {
        (void)put(root, CHARACTER_SET, DCMCHAIN_VR_CS, character_set);
    }
    ck_assert_int_eq(
        dcmchain_element_set_bytes(put(root, SERIES_DESCRIPTION, DCMCHAIN_VR_LO, NULL), bytes, length), 0);
    run();
    ck_assert_int_eq(
        dcmchain_element_get_bytes(dcmchain_item_find(root, SERIES_DESCRIPTION), &stored, &count), 0);
    ck_assert_uint_lt(count, sizeof out);
    (void)memcpy(out, stored, count);
    while (count > 0 && (out[count - 1] == ' ' || out[count - 1] == '\0')) {
        count--;
    }
    out[count] = '\0';
    dcmchain_free(stored);
    return out;
}

START_TEST(test_encodings_undeclared_identity_is_removed_in_each)
{
    static const char *const texts[] = {
        "M\xFCller T1",                            /* ISO 8859-1 */
        "M\xC3\xBCller T1",                        /* UTF-8 */
        "M\x81ller T1",                            /* CP850 */
        "\xB3\xE0\xE3\xD7\xD4\xD5\xD2 T1",         /* ISO 8859-5 */
        "\xC3\xF0\xF3\xE7\xE4\xE5\xE2 T1",         /* CP1251 */
        "\xE7\xD2\xD5\xDA\xC4\xC5\xD7 T1",         /* KOI8-R */
        "\x8E\x52\x93\x63\x91\xBE\x98\x59 T1",     /* Shift JIS */
        "\xBB\xB3\xC5\xC4\xC2\xC0\xCF\xBA T1",     /* EUC-JP */
        "\x1B$B;3EDB@O:\x1B(B T1",                 /* ISO 2022 IR 87 */
        "\xB1\xE8\xC8\xF1\xC1\xDF T1",             /* EUC-KR */
        "\xD0\xE1\xF0\xE1\xE4\xDC\xEA\xE7\xF2 T1", /* ISO 8859-7 */
        "\xE6\xD5\xC7\xD1 T1",                     /* ISO 8859-6 */
        "\xEC\xE5\xE9\xF0\xF1\xE5\xEF T1",         /* ISO 8859-8 */
        "\xCA\xC1\xAA\xD2\xC2 T1",                 /* TIS-620 */
        "\xCD\xF5\xD0\xA1\xB6\xAB T1",             /* GB18030 */
    };
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        ck_assert_str_eq(cleaned(texts[at], strlen(texts[at]), NULL), "T1");
    }
}
END_TEST

START_TEST(test_encodings_undeclared_text_without_identity_keeps_its_bytes)
{
    static const char *const texts[] = {"Sch\344del T1", "\xE3\xEE\xEB\xEE\xE2\xE0", "\x93\xAA\x95\x94",
                                        "\x1B$BF,It\x1B(B T1", "\xB8\xD3\xB8\xAE MRI"};

    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        ck_assert_str_eq(cleaned(texts[at], strlen(texts[at]), NULL), texts[at]);
    }
}
END_TEST

START_TEST(test_encodings_text_under_a_wrong_set_is_compared_in_the_right_one)
{
    ck_assert_str_eq(cleaned("M\xC3\xBCller T1", 10, "ISO_IR 100"), "T1");
    ck_assert_str_eq(cleaned("\xC3\xF0\xF3\xE7\xE4\xE5\xE2 T1", 10, "ISO_IR 100"), "T1");
    ck_assert_str_eq(cleaned("Sch\xE4"
                             "del",
                             7, "ISO_IR 100"),
                     "Sch\xE4"
                     "del");
}
END_TEST

START_TEST(test_encodings_identity_that_came_undeclared_is_removed_where_it_is_declared)
{
    ck_assert_str_eq(cleaned("\xBF\xD5\xE2\xE0\xDE\xD2 T1", 9, "ISO_IR 144"), "T1"); /* Петров */
    ck_assert_str_eq(cleaned("\xCF\xE5\xF2\xF0\xEE\xE2 T1", 9, NULL), "T1");
}
END_TEST

START_TEST(test_encodings_text_with_control_bytes_is_replaced)
{
    ck_assert_str_eq(cleaned("a\xFC\x01"
                             "b",
                             4, NULL),
                     "REMOVED");
}
END_TEST

START_TEST(test_encodings_bytes_that_are_text_are_blanked_where_they_hold_identity)
{
    begin(EXPLICIT);
    put_bytes(0x00282000, DCMCHAIN_VR_OB, "\x01\x02Muller CT\0\x03other words\0", 26); /* ICC Profile */
    run();
    ck_assert_int_eq(memcmp(bytes_of(0x00282000, 26), "\x01\x02         \0\x03other words\0", 26), 0);
}
END_TEST

/* As ICC profiles hold descriptions: UTF-16, at any byte. */
START_TEST(test_encodings_text_of_two_bytes_a_character_is_blanked)
{
    static const char big[] = "\x01mlu\x02\0M\0u\0l\0l\0e\0r\0\0o\0t\0h\0e\0r";
    static const char little[] = "\x01\0M\0\xFC\0l\0l\0e\0r\0\x01\0o\0t\0h\0e\0r\0";

    begin(EXPLICIT);
    put_bytes(0x00282000, DCMCHAIN_VR_OB, big, sizeof big - 1);
    run();
    ck_assert_int_eq(memcmp(bytes_of(0x00282000, sizeof big - 1),
                            "\x01mlu\x02\0 \0 \0 \0 \0 \0 \0\0o\0t\0h\0e\0r", sizeof big - 1),
                     0);
    begin(EXPLICIT);
    put_bytes(0x00282000, DCMCHAIN_VR_OB, little, sizeof little - 1);
    run();
    ck_assert_int_eq(memcmp(bytes_of(0x00282000, sizeof little - 1),
                            "\x01\0 \0 \0 \0 \0 \0 \0\x01\0o\0t\0h\0e\0r\0", sizeof little - 1),
                     0);
}
END_TEST

/* Nothing but a length keeps text out of numbers and words. */
START_TEST(test_encodings_numbers_that_are_text_are_blanked_where_they_hold_identity)
{
    static const struct {
        uint32_t tag;
        uint16_t vr;
    } places[] = {{0x00189073, DCMCHAIN_VR_FD},  /* Acquisition Duration */
                  {0x00281101, DCMCHAIN_VR_US},  /* Red Palette Color Lookup Table Descriptor */
                  {0x00281201, DCMCHAIN_VR_OW}}; /* Red Palette Color Lookup Table Data */
    begin(EXPLICIT);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        put_bytes(places[i].tag, places[i].vr, "Muller \0other w\0", 16);
    }
    run();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        ck_assert_int_eq(memcmp(bytes_of(places[i].tag, 16), "       \0other w\0", 16), 0);
    }
}
END_TEST

/* In the bytes of a number chance spells short names: text fills the value up to a NUL, or is long. */
START_TEST(test_encodings_numbers_that_spell_a_name_by_chance_keep_their_bytes)
{
    static const char *const values[][2] = {
        {"\x9B\x8B\x80\xF5Muller'\xB7\xBF\x0A\xD9?", NULL},
        {"Muller \xD9\x8B\x80\xF5\x01 \xED\xF4?", NULL},
        {"\xA1\xF4\x01Mr Muller, 1\x9F", "\xA1\xF4\x01            \x9F"},
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *expected = values[i][1] != NULL ? values[i][1] : values[i][0];
        begin(EXPLICIT);
        put_bytes(0x00189073, DCMCHAIN_VR_FD, values[i][0], 16);
        run();
        ck_assert_msg(memcmp(bytes_of(0x00189073, 16), expected, 16) == 0, "value %zu", i);
    }
}
END_TEST

/* So are the many bytes of a profile, but for text between NULs. */
START_TEST(test_encodings_many_bytes_keep_what_chance_spells)
{
    static const char text[] = "\0Muller\0";
    static char profile[8192];

    (void)memset(profile, 1, sizeof profile);
    (void)memcpy(profile + 4096, "\xF5Muller'\xB7", 9);
    (void)memcpy(profile + 6000, text, sizeof text - 1);
    begin(EXPLICIT);
    put_bytes(0x00282000, DCMCHAIN_VR_OB, profile, sizeof profile);
    run();
    (void)memset(profile + 6001, ' ', 6);
    ck_assert_int_eq(memcmp(bytes_of(0x00282000, sizeof profile), profile, sizeof profile), 0);
}
END_TEST

START_TEST(test_encodings_long_text_in_bytes_is_cleaned)
{
    static char report[8192];

    (void)memset(report, '.', sizeof report - 1);
    (void)memcpy(report + 4096, " M\xFCller ", 8);
    begin(EXPLICIT);
    put_bytes(0x00282000, DCMCHAIN_VR_OB, report, sizeof report);
    run();
    ck_assert_ptr_null(memmem(bytes_of(0x00282000, sizeof report), sizeof report, "ller", 4));
}
END_TEST

/* In a big-endian file the bytes of numbers stand the other way round. */
START_TEST(test_encodings_numbers_that_are_text_in_a_big_endian_file_are_blanked)
{
    begin("1.2.840.10008.1.2.2");
    put_bytes(0x00189073, DCMCHAIN_VR_FD, " relluM\0", 8);
    run();
    ck_assert_ptr_null(memmem(bytes_of(0x00189073, 8), 8, "rellu", 5));
}
END_TEST

/* A thousand numbers are samples, and chance spells short names in them. */
START_TEST(test_encodings_many_numbers_keep_their_bytes)
{
    static char samples[8192];

    (void)memset(samples, 1, sizeof samples);
    (void)memcpy(samples + 4096, "Muller ", 7);
    begin(EXPLICIT);
    put_bytes(0x00281201, DCMCHAIN_VR_OW, samples, sizeof samples);
    run();
    ck_assert_int_eq(memcmp(bytes_of(0x00281201, sizeof samples), samples, sizeof samples), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise encodings");
    TCase *tests = tcase_create("encodings");

    tcase_add_checked_fixture(tests, open_people, tear_down);
    tcase_add_test(tests, test_encodings_undeclared_identity_is_removed_in_each);
    tcase_add_test(tests, test_encodings_undeclared_text_without_identity_keeps_its_bytes);
    tcase_add_test(tests, test_encodings_text_under_a_wrong_set_is_compared_in_the_right_one);
    tcase_add_test(tests, test_encodings_identity_that_came_undeclared_is_removed_where_it_is_declared);
    tcase_add_test(tests, test_encodings_text_with_control_bytes_is_replaced);
    tcase_add_test(tests, test_encodings_bytes_that_are_text_are_blanked_where_they_hold_identity);
    tcase_add_test(tests, test_encodings_numbers_that_are_text_are_blanked_where_they_hold_identity);
    tcase_add_test(tests, test_encodings_text_of_two_bytes_a_character_is_blanked);
    tcase_add_test(tests, test_encodings_numbers_that_spell_a_name_by_chance_keep_their_bytes);
    tcase_add_test(tests, test_encodings_many_bytes_keep_what_chance_spells);
    tcase_add_test(tests, test_encodings_long_text_in_bytes_is_cleaned);
    tcase_add_test(tests, test_encodings_numbers_that_are_text_in_a_big_endian_file_are_blanked);
    tcase_add_test(tests, test_encodings_many_numbers_keep_their_bytes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
