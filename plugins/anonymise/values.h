/* values.h: changes the values of a text one by one, between its backslashes.
 * It knows no VR. Any thread. */
#ifndef ANONYMISE_VALUES_H
#define ANONYMISE_VALUES_H

#include <stdbool.h>
#include <stddef.h>

/* One value: 0 leaves it, 1 with *ret_value (owned, malloc()) replaces it, negative fails. value has a NUL
 * behind it only in the last. */
typedef int (*values_changer)(void *closure, const char *value, size_t length, char **ret_value);

/* 0: nothing changed, *ret_text untouched; 1: *ret_text is the new whole text, owned (free()). Where several
 * is false, the text is one value. */
int values_change(const char *text, bool several, values_changer changer, void *closure, char **ret_text);

#endif
