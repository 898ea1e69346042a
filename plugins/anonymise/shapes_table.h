/* shapes_table.h: the shipped shapes: one pattern each, what a text needs to be worth the search, and a check
 * of what was found. Part of shapes.h. */
#ifndef ANONYMISE_SHAPES_TABLE_H
#define ANONYMISE_SHAPES_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words.h"

/* What a text must hold. */
#define SHAPE_NEEDS_DIGIT 1U
#define SHAPE_NEEDS_AT 2U
#define SHAPE_NEEDS_LETTER 4U
#define SHAPE_NEEDS_EIGHT 8U /* digits, eight of them at least */
/* Where it counts beside free text. */
#define SHAPE_CODED 16U  /* also in coded strings */
#define SHAPE_NAMED 32U  /* also in registered codes */
#define SHAPE_MAKER 128U /* also in makers, models, software */
#define SHAPE_AGE 64U    /* a number that is capped, not removed */

/* Judges what was found, and may narrow it. */
typedef bool (*shape_check)(const struct words *words, const char *text, size_t *from, size_t *to);

struct shape {
    const char *pattern; /* PCRE2, UTF-8; its first group, where it has one, is what goes */
    shape_check check;   /* NULL: every match counts */
    uint32_t flags;
};

extern const struct shape shapes_table[];
extern const size_t shapes_count;

/* Checks, in shapes_checks.c: check digits of national numbers, plausible telephone numbers, words that are
 * no anatomy. */
bool shape_is_name(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_place(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_address(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_phone(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_number(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_luhn(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_nhs(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_kvnr(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_insee(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_ahv(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_dni(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_cpf(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_aadhaar(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_day_month(const struct words *words, const char *text, size_t *from, size_t *to);
bool shape_is_iban(const struct words *words, const char *text, size_t *from, size_t *to);

#endif
