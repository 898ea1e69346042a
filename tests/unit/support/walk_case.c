/* walk_case.c: see walk_case.h. */
#include "walk_case.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct watch {
    struct walk_case *walked;
    uint32_t open; /* items */
    size_t wrong;  /* counted, and checked once: every check of the framework costs a system call */
    uint8_t sum;
};

static int on_element(void *closure, const struct walker_element *element)
{
    struct watch *watch = closure;
    struct walk_case *walked = watch->walked;
    watch->wrong += element->depth > LIMIT_DEPTH || element->depth != watch->open;
    watch->wrong += element->in_meta && element->big_endian;
    if (element->value != NULL) {
        watch->wrong += element->length > LIMIT_WALKER_VALUE_BYTES;
        for (uint32_t i = 0; i < element->length; i++) { /* touches every byte, for the sanitizer */
            watch->sum = (uint8_t)(watch->sum ^ element->value[i]);
        }
    }
    for (uint32_t i = 0; i < element->depth; i++) {
        watch->wrong += element->steps[i].tag == 0 && element->steps[i].item_index == UINT32_MAX;
    }
    if (walked->event_count < WALK_CASE_EVENTS) {
        walked->events[walked->event_count] = (struct walk_event){
            .tag = element->tag,
            .vr = element->vr,
            .length = element->length,
            .depth = element->depth,
            .in_meta = element->in_meta,
            .has_value = element->value != NULL,
            .value_offset = element->value_offset,
        };
    }
    walked->event_count++;
    return DCMCHAIN_OK;
}

static int on_item_start(void *closure, uint32_t depth)
{
    struct watch *watch = closure;
    watch->open++;
    watch->walked->item_count++;
    watch->wrong += depth != watch->open;
    return DCMCHAIN_OK;
}

static int on_item_end(void *closure, uint32_t depth)
{
    struct watch *watch = closure;
    watch->wrong += depth != watch->open || watch->open == 0;
    watch->open--;
    return DCMCHAIN_OK;
}

/* What holds of every layout. */
static void check_layout(const struct walk_case *walked, uint64_t size)
{
    const struct walker_layout *layout = &walked->layout;
    ck_assert_uint_eq(walked->event_count, layout->meta_elements + layout->elements);
    ck_assert_uint_eq(layout->meta_length == 0, layout->meta_elements == 0);
    ck_assert_uint_eq(layout->header_offset, layout->deflated ? 0 : layout->dataset_offset);
    uint64_t header_end = layout->header_offset + layout->header_length;
    if (layout->pixel_tag != 0) {
        ck_assert_uint_eq(header_end, layout->pixel_offset);
        ck_assert_uint_gt(layout->pixel_value_offset, layout->pixel_offset);
        ck_assert_uint_eq(layout->pixel_value_offset + layout->pixel_value_length, layout->pixel_end);
        ck_assert_uint_eq(layout->trailer_offset, layout->pixel_end);
    } else {
        ck_assert_uint_eq(header_end, layout->end);
        ck_assert_uint_eq(layout->trailer_length, 0);
    }
    ck_assert_uint_eq(layout->trailer_offset + layout->trailer_length, layout->end);
    if (!layout->deflated) {
        ck_assert_uint_eq(layout->end + layout->padding_length + layout->stray_length, size);
    }
    if (layout->meta_length > 0) {
        ck_assert_uint_eq(layout->meta_offset + layout->meta_length, layout->dataset_offset);
    }
    ck_assert_uint_le(layout->depth, LIMIT_DEPTH);
}

void walk_case_source(struct source *source, uint64_t size, struct walk_case *ret_case)
{
    memset(ret_case, 0, sizeof *ret_case);
    struct watch watch = {.walked = ret_case};
    struct walker_visitor visitor = {
        .closure = &watch, .element = on_element, .item_start = on_item_start, .item_end = on_item_end};
    ret_case->result =
        walker_walk(source, &visitor, &ret_case->layout, ret_case->problem, sizeof ret_case->problem);
    ck_assert_uint_eq(watch.wrong, 0);
    if (ret_case->result == DCMCHAIN_OK) {
        ck_assert_uint_eq(watch.open, 0);
        check_layout(ret_case, size);
        return;
    }
    ck_assert_uint_gt(strlen(ret_case->problem), 0);
    ck_assert_ptr_null(strstr(ret_case->problem, "Zzyx"));
    ck_assert_ptr_null(strstr(ret_case->problem, "phi-"));
    ck_assert_ptr_null(strstr(ret_case->problem, "2.25."));
}

void walk_case_bytes(const void *bytes, size_t length, struct walk_case *ret_case)
{
    uint8_t *copy = malloc(length == 0 ? 1 : length);
    ck_assert_ptr_nonnull(copy);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    struct source *source = NULL;
    ck_assert_int_eq(source_open_memory(length == 0 ? NULL : copy, length, &source), DCMCHAIN_OK);
    walk_case_source(source, length, ret_case);
    source_free(source);
    free(copy);
}

void walk_case_take(struct dicom_bytes *bytes, struct walk_case *ret_case)
{
    walk_case_bytes(bytes->data, bytes->length, ret_case);
    dicom_free(bytes);
}

const struct walk_event *walk_case_event(const struct walk_case *walked, size_t nth)
{
    size_t at = (size_t)walked->layout.meta_elements + nth;
    ck_assert_uint_lt(at, walked->event_count);
    ck_assert_uint_lt(at, WALK_CASE_EVENTS);
    return &walked->events[at];
}

void walk_case_expect(struct dicom_bytes *file, int result, const char *words)
{
    static struct walk_case walked;
    walk_case_take(file, &walked);
    ck_assert_msg(walked.result == result, "%d: %s", walked.result, walked.problem);
    if (result != DCMCHAIN_OK) {
        ck_assert_msg(strstr(walked.problem, words) != NULL, "%s", walked.problem);
    }
}

const char *walk_case_syntax(enum dicom_encoding encoding)
{
    return encoding == DICOM_IMPLICIT   ? DICOM_IMPLICIT_UID
           : encoding == DICOM_EXPLICIT ? DICOM_EXPLICIT_UID
                                        : DICOM_BIG_UID;
}

static void wrap_set(struct dicom_bytes *set, struct dicom_bytes *file)
{
    dicom_file(file, walk_case_syntax(set->encoding), set);
    dicom_free(set);
}

void walk_case_expect_set(struct dicom_bytes *set, int result, const char *words)
{
    struct dicom_bytes file = {0};
    wrap_set(set, &file);
    walk_case_expect(&file, result, words);
}

void walk_case_set(struct dicom_bytes *set, struct walk_case *ret_case)
{
    struct dicom_bytes file = {0};
    wrap_set(set, &file);
    walk_case_take(&file, ret_case);
}

int walk_case_run(const char *name, const struct walk_test *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 300);
    for (size_t i = 0; i < count; i++) {
        tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].loops);
    }
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
