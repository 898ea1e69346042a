/* test_charset.c: Specific Character Set both ways. The names are the examples of PS3.5 Annexes H to K. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "cleanup.h"
#include "dcmchain/dataset.h"
#include "support/suite.h"

#define E "\x1b"

/* One value that reads as utf8, and that utf8 is written as again. */
struct sample {
    const char *terms;
    uint16_t vr;
    const char *stored;
    const char *utf8;
};

static const struct sample samples[] = {
    {"", DCMCHAIN_VR_PN, "Adams^John Robert", "Adams^John Robert"},
    {"ISO_IR 100", DCMCHAIN_VR_PN, "Buc^J\xE9r\xF4me", "Buc^Jérôme"},
    {"ISO_IR 101", DCMCHAIN_VR_LO, "W\xB3och", "Włoch"},
    {"ISO_IR 109", DCMCHAIN_VR_LO,
     "\xC6"
     "apelo",
     "Ĉapelo"},
    {"ISO_IR 110", DCMCHAIN_VR_LO,
     "\xD1"
     "ele",
     "Ņele"},
    {"ISO_IR 144", DCMCHAIN_VR_PN,
     "\xBB\xEE\xDA"
     "ce\xDC\xD1yp\xD3",
     "Люкceмбypг"},
    {"ISO_IR 127", DCMCHAIN_VR_PN, "\xE2\xC8\xC7\xE6\xEA^\xE4\xE6\xD2\xC7\xD1", "قباني^لنزار"},
    {"ISO_IR 126", DCMCHAIN_VR_PN, "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", "Διονυσιος"},
    {"ISO_IR 138", DCMCHAIN_VR_PN, "\xF9\xF8\xE5\xEF^\xE3\xE1\xE5\xF8\xE4", "שרון^דבורה"},
    {"ISO_IR 148", DCMCHAIN_VR_LO, "\xDDstanbul", "İstanbul"},
    {"ISO_IR 203", DCMCHAIN_VR_LO, "\xA4 1", "€ 1"},
    {"ISO_IR 166", DCMCHAIN_VR_PN, "\xB9\xD2\xC1^\xAA\xD7\xE8\xCD", "นาม^ชื่อ"},
    {"ISO_IR 13", DCMCHAIN_VR_PN, "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
    {"ISO_IR 192", DCMCHAIN_VR_PN, "Wang^XiaoDong=王^小東=", "Wang^XiaoDong=王^小東="},
    {"GB18030", DCMCHAIN_VR_PN, "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=", "Wang^XiaoDong=王^小东="},
    {"GBK", DCMCHAIN_VR_PN, "Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB=", "Wang^XiaoDong=王^小东="},
    /* Its second byte is that of a backslash. */
    {"GBK", DCMCHAIN_VR_LO, "a\x81\\b\\c", "a乗b\\c"},
    {"GB18030", DCMCHAIN_VR_LO, "a\x81\\b\\c", "a乗b\\c"},
    {"\\ISO 2022 IR 87", DCMCHAIN_VR_PN,
     "Yamada^Tarou=" E "$B;3ED" E "(B^" E "$BB@O:" E "(B=" E "$B$d$^$@" E "(B^" E "$B$?$m$&" E "(B",
     "Yamada^Tarou=山田^太郎=やまだ^たろう"},
    {"ISO 2022 IR 13\\ISO 2022 IR 87", DCMCHAIN_VR_PN,
     "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=" E "$B;3ED" E "(J^" E "$BB@O:" E "(J=" E "$B$d$^$@" E "(J^" E
     "$B$?$m$&" E "(J",
     "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
    {"\\ISO 2022 IR 87\\ISO 2022 IR 159", DCMCHAIN_VR_LO, E "$B;3" E "$(D0!" E "(B", "山丂"},
    {"\\ISO 2022 IR 149", DCMCHAIN_VR_PN,
     "Hong^Gildong=" E "$)C\xFB\xF3^" E "$)C\xD1\xCE\xD4\xD7=" E "$)C\xC8\xAB^" E "$)C\xB1\xE6\xB5\xBF",
     "Hong^Gildong=洪^吉洞=홍^길동"},
    {"\\ISO 2022 IR 58", DCMCHAIN_VR_PN,
     "Zhang^XiaoDong=" E "$)A\xD5\xC5^" E "$)A\xD0\xA1\xB6\xAB=", "Zhang^XiaoDong=张^小东="},
    {"ISO 2022 IR 100\\ISO 2022 IR 144", DCMCHAIN_VR_LO, "\xE9" E "-L\xBB\\\xE9" E "-L\xBB", "éЛ\\éЛ"},
    /* In LT a backslash is a letter, so the set stays; a new line resets it. */
    {"\\ISO 2022 IR 149", DCMCHAIN_VR_LT, E "$)C\xFB\xF3\\\xD1\xCE\r\n" E "$)C\xC8\xAB", "洪\\吉\r\n홍"},
};

static char *decode(const char *terms, uint16_t vr, const char *stored, size_t length, int *ret_result)
{
    struct charset *charset = NULL;
    char *utf8 = NULL;
    ck_assert_int_eq(charset_open(terms, &charset), DCMCHAIN_OK);
    *ret_result = charset_decode(charset, vr, stored, length, &utf8);
    charset_free(charset);
    return utf8;
}

START_TEST(test_charset_decode_reads_the_standards_examples)
{
    const struct sample *sample = &samples[_i];
    int result = DCMCHAIN_FAIL;
    AUTO_FREE char *utf8 = decode(sample->terms, sample->vr, sample->stored, strlen(sample->stored), &result);
    ck_assert_msg(result == DCMCHAIN_OK, "%s", sample->utf8);
    ck_assert_str_eq(utf8, sample->utf8);
}
END_TEST

START_TEST(test_charset_encode_writes_the_standards_examples)
{
    const struct sample *sample = &samples[_i];
    struct charset *charset = NULL;
    AUTO_FREE char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(charset_open(sample->terms, &charset), DCMCHAIN_OK);
    int result = charset_encode(charset, sample->vr, sample->utf8, &bytes, &length);
    charset_free(charset);
    ck_assert_msg(result == DCMCHAIN_OK, "%s", sample->utf8);
    ck_assert_uint_eq(length, strlen(sample->stored));
    ck_assert_mem_eq(bytes, sample->stored, length);
}
END_TEST

static const char *const good_terms[] = {NULL,         "",
                                         "ISO_IR 100", "ISO_IR 100 ",
                                         "ISO IR 100", "ISO-IR 100",
                                         "iso_ir 100", "ISO 2022 IR 100",
                                         "ISO_IR_100", "gb18030",
                                         "\\",         "\\ISO 2022 IR 87 ",
                                         "ISO_IR 6",   "ISO 2022 IR 6\\ISO 2022 IR 87"};

START_TEST(test_charset_open_takes_terms_as_devices_spell_them)
{
    struct charset *charset = NULL;
    ck_assert_msg(charset_open(good_terms[_i], &charset) == DCMCHAIN_OK, "%d", _i);
    charset_free(charset);
}
END_TEST

static const char *const bad_terms[] = {
    "ISO_IR 999",
    "UTF-8",
    "ISO_IR",
    "GB",
    "ISO_IR 100\\nonsense",
    "100",
    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\", /* more terms than there are sets to mix */
};

START_TEST(test_charset_open_refuses_unknown_terms)
{
    struct charset *charset = NULL;
    ck_assert_msg(charset_open(bad_terms[_i], &charset) == DCMCHAIN_E_CHARSET, "%d", _i);
    ck_assert_ptr_null(charset);
}
END_TEST

/* What must not be guessed: bytes of no meaning in their set. */
static const struct sample undecodable[] = {
    {"", DCMCHAIN_VR_LO, "J\xE9r\xF4me", NULL},
    {"", DCMCHAIN_VR_LO, "a" E "b", NULL},
    {"ISO_IR 192", DCMCHAIN_VR_LO, "J\xE9r", NULL},
    {"ISO_IR 192", DCMCHAIN_VR_LO, "\xED\xA0\x80", NULL},
    {"\\ISO 2022 IR 87", DCMCHAIN_VR_LO, E "$B;3E", NULL},
    {"\\ISO 2022 IR 87", DCMCHAIN_VR_LO, E "$B;3~~", NULL},
    {"\\ISO 2022 IR 149", DCMCHAIN_VR_LO, E "$)C\xFB", NULL},
    {"\\ISO 2022 IR 149", DCMCHAIN_VR_LO, "\xFB\xF3", NULL},
    {"GBK", DCMCHAIN_VR_LO, "a\x81", NULL},
    {"ISO_IR 13", DCMCHAIN_VR_LO, "\xFE", NULL},
    {"ISO_IR 100", DCMCHAIN_VR_LO, "a" E, NULL},
};

START_TEST(test_charset_decode_of_latin_1_gives_every_byte_its_code_point)
{
    struct charset *charset = NULL;
    ck_assert_int_eq(charset_open("ISO_IR 100", &charset), DCMCHAIN_OK);
    for (unsigned byte = 0x80; byte < 0x100; byte++) {
        const char bytes[] = {'a', (char)byte, 'z'};
        const char expected[] = {'a', (char)(0xC0U | byte >> 6), (char)(0x80U | (byte & 0x3FU)), 'z', '\0'};
        char *utf8 = NULL;
        ck_assert_int_eq(charset_decode(charset, DCMCHAIN_VR_LO, bytes, sizeof bytes, &utf8), DCMCHAIN_OK);
        ck_assert_str_eq(utf8, expected);
        char *back = NULL;
        size_t length = 0;
        ck_assert_int_eq(charset_encode(charset, DCMCHAIN_VR_LO, utf8, &back, &length), DCMCHAIN_OK);
        ck_assert_uint_eq(length, sizeof bytes);
        ck_assert_mem_eq(back, bytes, sizeof bytes);
        free(back);
        free(utf8);
    }
    charset_free(charset);
}
END_TEST

START_TEST(test_charset_decode_refuses_bytes_without_meaning)
{
    const struct sample *sample = &undecodable[_i];
    int result = DCMCHAIN_OK;
    char *utf8 = decode(sample->terms, sample->vr, sample->stored, strlen(sample->stored), &result);
    ck_assert_int_eq(result, DCMCHAIN_E_CHARSET);
    ck_assert_ptr_null(utf8);
}
END_TEST

START_TEST(test_charset_decode_shows_what_follows_a_nul)
{
    int result = DCMCHAIN_FAIL;
    AUTO_FREE char *utf8 = decode("ISO_IR 100", DCMCHAIN_VR_LO, "a\0b\xE9\0", 5, &result);
    ck_assert_int_eq(result, DCMCHAIN_OK);
    ck_assert_str_eq(utf8, "a bé ");
}
END_TEST

START_TEST(test_charset_decode_anyhow_always_gives_a_text)
{
    struct charset *charset = NULL;
    ck_assert_int_eq(charset_open("", &charset), DCMCHAIN_OK);
    AUTO_FREE char *latin = charset_decode_anyhow(charset, DCMCHAIN_VR_PN, "J\xE9r\xF4me", 6);
    AUTO_FREE char *utf8 = charset_decode_anyhow(charset, DCMCHAIN_VR_PN, "Jérôme", 8);
    AUTO_FREE char *none = charset_decode_anyhow(NULL, DCMCHAIN_VR_PN, "\xFF\0x", 3);
    charset_free(charset);
    ck_assert_str_eq(latin, "Jérôme");
    ck_assert_str_eq(utf8, "Jérôme");
    ck_assert_str_eq(none, "ÿ x");
}
END_TEST

static const struct sample unencodable[] = {
    {"", DCMCHAIN_VR_LO, NULL, "é"},
    {"ISO_IR 100", DCMCHAIN_VR_LO, NULL, "山"},
    {"ISO_IR 100", DCMCHAIN_VR_LO, NULL, "Ā"},     /* U+0100, the first that it lacks */
    {"ISO_IR 100", DCMCHAIN_VR_LO, NULL, "a\xC3"}, /* no UTF-8 */
    {"ISO_IR 192", DCMCHAIN_VR_LO, NULL, "a\xC3"},
    {"\\ISO 2022 IR 87", DCMCHAIN_VR_LO, NULL, "홍"},
    {"GBK", DCMCHAIN_VR_LO, NULL, "👍"},
    {"ISO_IR 13", DCMCHAIN_VR_LO, NULL, "é"},
    {"ISO_IR 100", DCMCHAIN_VR_LO, NULL, "a" E "$Bb"}, /* it would begin another set */
    {"ISO_IR 100", DCMCHAIN_VR_LO, NULL, "é" E "$Bb"},
};

START_TEST(test_charset_encode_refuses_what_the_set_lacks)
{
    struct charset *charset = NULL;
    char *bytes = NULL;
    size_t length = 77;
    ck_assert_int_eq(charset_open(unencodable[_i].terms, &charset), DCMCHAIN_OK);
    int result = charset_encode(charset, unencodable[_i].vr, unencodable[_i].utf8, &bytes, &length);
    charset_free(charset);
    ck_assert_int_eq(result, DCMCHAIN_E_CHARSET);
    ck_assert_ptr_null(bytes);
    ck_assert_uint_eq(length, 77);
}
END_TEST

/* Any bytes at all: no crash, no endless loop, and what decodes is UTF-8 that encodes. */
START_TEST(test_charset_decode_survives_random_bytes)
{
    static const char alphabet[] = "\x1b\x1b\x1b$()-BAJCDI;3^=\\ \xA1\xC8\xFB\xE9\x81\x7F";
    uint32_t random = 12345;
    for (unsigned round = 0; round < 20000; round++) {
        char bytes[24];
        size_t length = round % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            random = random * 1664525U + 1013904223U;
            bytes[i] = alphabet[(random >> 16) % (sizeof alphabet - 1)];
        }
        const struct sample *sample = &samples[round % (sizeof samples / sizeof samples[0])];
        struct charset *charset = NULL;
        ck_assert_int_eq(charset_open(sample->terms, &charset), DCMCHAIN_OK);
        AUTO_FREE char *anyhow = charset_decode_anyhow(charset, sample->vr, bytes, length);
        ck_assert_ptr_nonnull(anyhow);
        AUTO_FREE char *utf8 = NULL;
        if (charset_decode(charset, sample->vr, bytes, length, &utf8) == DCMCHAIN_OK) {
            ck_assert_str_eq(utf8, anyhow);
        }
        charset_free(charset);
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    Suite *suite = suite_create("charset");
    TCase *one = tcase_create("charset");
    tcase_set_timeout(one, 60);
    tcase_add_loop_test(one, test_charset_decode_reads_the_standards_examples, 0, COUNT(samples));
    tcase_add_loop_test(one, test_charset_encode_writes_the_standards_examples, 0, COUNT(samples));
    tcase_add_loop_test(one, test_charset_open_takes_terms_as_devices_spell_them, 0, COUNT(good_terms));
    tcase_add_loop_test(one, test_charset_open_refuses_unknown_terms, 0, COUNT(bad_terms));
    tcase_add_test(one, test_charset_decode_of_latin_1_gives_every_byte_its_code_point);
    tcase_add_loop_test(one, test_charset_decode_refuses_bytes_without_meaning, 0, COUNT(undecodable));
    tcase_add_test(one, test_charset_decode_shows_what_follows_a_nul);
    tcase_add_test(one, test_charset_decode_anyhow_always_gives_a_text);
    tcase_add_loop_test(one, test_charset_encode_refuses_what_the_set_lacks, 0, COUNT(unencodable));
    tcase_add_test(one, test_charset_decode_survives_random_bytes);
    suite_add_tcase(suite, one);
    return run_suite(suite);
}
