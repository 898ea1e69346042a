/* walk_case.h: walks test bytes with a visitor that checks what every walk must keep: its events, its ranges,
 * and that no problem text holds a value. The cases themselves say what a walk should give. */
#ifndef TEST_WALK_CASE_H
#define TEST_WALK_CASE_H

#include <check.h>

#include "support/dicom_bytes.h"
#include "walker.h"

#define WALK_CASE_EVENTS 512U

/* One element as the visitor saw it. */
struct walk_event {
    uint32_t tag;
    uint16_t vr;
    uint32_t length;
    uint32_t depth;
    bool in_meta;
    bool has_value;
    uint64_t value_offset;
};

struct walk_case {
    int result;
    struct walker_layout layout; /* zeros unless DCMCHAIN_OK */
    char problem[256];
    struct walk_event events[WALK_CASE_EVENTS]; /* the first ones */
    size_t event_count;                         /* all */
    size_t item_count;
};

/* From a copy of exactly this size, so that a sanitizer sees a read beyond it. */
void walk_case_bytes(const void *bytes, size_t length, struct walk_case *ret_case);
void walk_case_source(struct source *source, uint64_t size, struct walk_case *ret_case);
/* Frees the bytes too. */
void walk_case_take(struct dicom_bytes *bytes, struct walk_case *ret_case);
/* The nth event that is not of the file meta; fails where there is none. */
const struct walk_event *walk_case_event(const struct walk_case *walked, size_t nth);

/* Walk a whole file, or a data set in this encoding behind a right file meta; expect this result and, where
 * not DCMCHAIN_OK, these words in the problem. Free the bytes. */
void walk_case_expect(struct dicom_bytes *file, int result, const char *words);
void walk_case_expect_set(struct dicom_bytes *set, int result, const char *words);
void walk_case_set(struct dicom_bytes *set, struct walk_case *ret_case);

/* A test and how often it runs, with _i from 0. */
struct walk_test {
    const TTest *test;
    int loops;
};

/* Runs a suite; EXIT_SUCCESS or EXIT_FAILURE. */
int walk_case_run(const char *name, const struct walk_test *tests, size_t count);

const char *walk_case_syntax(enum dicom_encoding encoding);

#endif
