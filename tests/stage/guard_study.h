/* guard_study.h: a study in memory for the guard's suites, each of which says its identity; the functions
 * stand before those of the library. It searches nothing. */
#ifndef GUARD_STUDY_H
#define GUARD_STUDY_H

#include <check.h>

#include "patterns.h"

struct dcmchain_study {
    const struct dcmchain_identity *identity;
    size_t count;
};

size_t dcmchain_study_identity_count(const dcmchain_study *study)
{
    return study->count;
}

const struct dcmchain_identity *dcmchain_study_identity(const dcmchain_study *study, size_t index)
{
    return index < study->count ? &study->identity[index] : NULL;
}

static const dcmchain_study study; /* with the identity: defined by the suite */
static struct patterns *patterns;  /* … open, by the suite's fixture */

static void set_up(void)
{
    ck_assert_int_eq(patterns_open(&study, 0, &patterns), DCMCHAIN_OK);
}

static void tear_down(void)
{
    patterns_free(patterns);
    patterns = NULL;
}

#endif
