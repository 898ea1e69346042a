/* test_intern.c: bytes that are kept, and bytes that are kept once. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "intern.h"
#include "support/suite.h"

START_TEST(test_arena_keeps_bytes_of_every_length_apart)
{
    struct arena arena = {0};
    char *kept[3000];
    char bytes[3000];
    for (size_t i = 0; i < sizeof bytes; i++) {
        memset(bytes, (int)('a' + i % 26), i);
        kept[i] = arena_keep(&arena, bytes, i);
        ck_assert_ptr_nonnull(kept[i]);
    }
    for (size_t i = 0; i < sizeof bytes; i++) {
        ck_assert_uint_eq(strlen(kept[i]), i);
        ck_assert_uint_eq(strspn(kept[i], (char[]){(char)('a' + i % 26), '\0'}), i);
    }
    ck_assert_ptr_nonnull(arena_keep(&arena, NULL, 0));
    arena_free(&arena);
    ck_assert_ptr_null(arena.blocks);
    ck_assert_uint_eq(arena.bytes, 0);
}
END_TEST

/* One file's worth must not cost a block that is made for thousands; of much, little may lie idle. */
START_TEST(test_arena_grows_with_what_it_holds)
{
    struct arena arena = {0};
    ck_assert_ptr_nonnull(arena_keep(&arena, "1.2.3", 5));
    ck_assert_uint_le(arena.bytes, 512);
    size_t kept = 6;
    for (unsigned i = 0; i < 20000; i++) {
        ck_assert_ptr_nonnull(arena_keep(&arena, "1.2.826.0.1.3680043.8.498.1", 27));
        kept += 28;
    }
    ck_assert_uint_ge(arena.bytes, kept);
    ck_assert_uint_le(arena.bytes, kept + kept / 2);
    arena_free(&arena);
}
END_TEST

START_TEST(test_intern_equal_bytes_are_one_pointer)
{
    struct intern intern = {0};
    const char *first[1000];
    char text[32];
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "1.2.%u", i);
        first[i] = intern_text(&intern, text);
        ck_assert_str_eq(first[i], text);
    }
    const size_t bytes = intern.arena.bytes;
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "1.2.%u", i);
        ck_assert_ptr_eq(intern_text(&intern, text), first[i]);
    }
    ck_assert_uint_eq(intern.count, 1000);
    ck_assert_uint_eq(intern.arena.bytes, bytes);
    intern_free(&intern);
    ck_assert_uint_eq(intern.count, 0);
}
END_TEST

START_TEST(test_intern_different_bytes_are_different_pointers)
{
    struct intern intern = {0};
    const char *whole = intern_keep(&intern, "ab\0cd", 5);
    const char *begin = intern_keep(&intern, "ab", 2);
    const char *other = intern_keep(&intern, "ab\0ce", 5);
    const char *nothing = intern_keep(&intern, NULL, 0);
    ck_assert_ptr_ne(whole, begin);
    ck_assert_ptr_ne(whole, other);
    ck_assert_int_eq(memcmp(whole, "ab\0cd", 6), 0);
    ck_assert_str_eq(nothing, "");
    ck_assert_ptr_eq(intern_text(&intern, ""), nothing);
    ck_assert_uint_eq(intern.count, 4);
    intern_free(&intern);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("intern");
    TCase *test_case = tcase_create("intern");
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_arena_keeps_bytes_of_every_length_apart);
    tcase_add_test(test_case, test_arena_grows_with_what_it_holds);
    tcase_add_test(test_case, test_intern_equal_bytes_are_one_pointer);
    tcase_add_test(test_case, test_intern_different_bytes_are_different_pointers);
    return run_suite(suite);
}
