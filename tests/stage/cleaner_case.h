/* cleaner_case.h: what a text becomes in the cleaner, as one line of a test. It opens no cleaner. */
#ifndef CLEANER_CASE_H
#define CLEANER_CASE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cleaner.h"

/* expected NULL: the value stays. */
static inline void expect_of(struct cleaner *cleaner, const struct cleaner_task *task, const char *value,
                             const char *expected)
{
    char *cleaned = NULL;
    const int result = cleaner_clean(cleaner, value, strlen(value), task, &cleaned);

    ck_assert_int_ge(result, 0);
    if (expected == NULL) {
        ck_assert_msg(result == 0, "'%s' became '%s'", value, result > 0 ? cleaned : "");
    } else {
        ck_assert_msg(result == 1, "'%s' stayed", value);
        ck_assert_msg(strcmp(cleaned, expected) == 0, "'%s' became '%s', not '%s'", value, cleaned, expected);
    }
    free(cleaned);
}

#endif
