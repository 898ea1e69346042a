/* shapes.h: finds in a text what identifies by its shape, nobody's known identity: e-mail, phone, address,
 * national numbers, long runs of digits, names and numbers behind labels; and the patterns of the settings.
 * It changes no text. Read-only once open, any thread. */
#ifndef ANONYMISE_SHAPES_H
#define ANONYMISE_SHAPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcmchain/stage.h"
#include "words.h"

#define SHAPES_PROBLEM_BYTES 256

/* In marks. */
#define SHAPES_HIT 1U /* goes */
#define SHAPES_AGE 8U /* a number of years over 89 */

struct shapes;

/* extra: patterns of the settings (PCRE2). On failure ret_problem says which one, by its number, and why. */
int shapes_open(const struct words *words, const struct dcmchain_strings *extra, struct shapes **ret_shapes,
                char *ret_problem);
void shapes_free(struct shapes *shapes);

/* Marks the bytes of hits; bytes that are marked otherwise stay as they are. mode: CLEANER_TEXT …;
 * only_extra: the patterns of the settings alone. 1: marked something, 0, or negative: the search gave up,
 * and the value must go. */
int shapes_mark(const struct shapes *shapes, const char *text, size_t length, uint32_t mode, bool only_extra,
                uint8_t *marks);

#endif
