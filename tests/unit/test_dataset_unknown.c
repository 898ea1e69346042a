/* test_dataset_unknown.c: elements with VR UN that the dictionary, or a caller, knows: which become what it
 * says, and that what is made of them can be written and read again. */
#include <check.h>

#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

#define REFERENCES 0x00081140U /* a sequence */
#define ICON 0x00880200U       /* a sequence, too */
#define OVERLAY 0x60003000U    /* words */

static dcmchain_dataset *dataset;

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

static void read_bytes(const void *bytes, size_t length)
{
    destroy();
    ck_assert_int_eq(dcmchain_dataset_read(bytes, length, &dataset), DCMCHAIN_OK);
}

/* Reads a file whose data set is this one element with VR UN; the value is freed. */
static void read_unknown(const char *syntax, enum dicom_encoding encoding, uint32_t tag,
                         struct dicom_bytes *value)
{
    struct dicom_bytes set = {.encoding = encoding};
    struct dicom_bytes file = {0};
    dicom_element(&set, tag, "UN", value->data, value->length);
    dicom_file(&file, syntax, &set);
    read_bytes(file.data, file.length);
    dicom_free(&file);
    dicom_free(&set);
    dicom_free(value);
}

static void is(uint32_t tag, uint16_t vr)
{
    const dcmchain_element *element = dcmchain_item_find(dcmchain_dataset_root(dataset), tag);
    ck_assert_ptr_nonnull(element);
    ck_assert_uint_eq(dcmchain_element_vr(element), vr);
}

/* The element is of this VR, now and after the data set was written and read again. */
static void is_and_stays(uint32_t tag, uint16_t vr)
{
    void *bytes = NULL;
    size_t length = 0;
    is(tag, vr);
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length), DCMCHAIN_OK);
    read_bytes(bytes, length);
    dcmchain_free(bytes);
    is(tag, vr);
}

START_TEST(test_dataset_unknown_sequence_becomes_its_items)
{
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, _i == 1);
    dicom_text(&value, 0x00100010, "PN", "Doe^Jane");
    dicom_close_item(&value, item, _i == 1);
    read_unknown(DICOM_BIG_UID, DICOM_BIG, REFERENCES, &value);
    is_and_stays(REFERENCES, DCMCHAIN_VR_SQ);
    const dcmchain_element *sequence = dcmchain_item_find(dcmchain_dataset_root(dataset), REFERENCES);
    char *name = NULL;
    ck_assert_int_eq(dcmchain_item_get_text(dcmchain_element_item(sequence, 0), 0x00100010, &name),
                     DCMCHAIN_OK);
    ck_assert_str_eq(name, "Doe^Jane");
    dcmchain_free(name);
}
END_TEST

/* A delimiter that an item of a defined length holds as if it were an element: other readers would end the
 * item there, and see other elements than we do. */
START_TEST(test_dataset_unknown_sequence_with_a_delimiter_for_an_element_stays_unknown)
{
    static const uint32_t delimiters[] = {DICOM_ITEM, DICOM_ITEM_END, DICOM_SEQUENCE_END};
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, false);
    dicom_text(&value, 0x00080060, "CS", "MR");
    dicom_delimiter(&value, delimiters[_i], 4);
    dicom_raw(&value, "1234", 4);
    dicom_close_item(&value, item, false);
    read_unknown(DICOM_EXPLICIT_UID, DICOM_EXPLICIT, REFERENCES, &value);
    is_and_stays(REFERENCES, DCMCHAIN_VR_UN);
}
END_TEST

/* Its bytes are implicit VR little endian, and no transfer syntax has both that and fragments. */
START_TEST(test_dataset_unknown_icon_with_fragments_stays_unknown)
{
    static const char *const syntaxes[] = {DICOM_JPEG_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID};
    static const size_t sizes[] = {4, 6};
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, false);
    dicom_us(&value, 0x00280010, 2);
    dicom_fragments(&value, sizes, 2);
    dicom_close_item(&value, item, false);
    read_unknown(syntaxes[_i], _i == 2 ? DICOM_BIG : DICOM_EXPLICIT, ICON, &value);
    is_and_stays(ICON, DCMCHAIN_VR_UN);
}
END_TEST

/* Words that are no whole number of words would be turned around into other bytes. */
START_TEST(test_dataset_unknown_value_that_its_words_do_not_fill_stays_unknown)
{
    struct dicom_bytes value = {.encoding = DICOM_EXPLICIT};
    dicom_raw(&value, "123", 3);
    read_unknown(DICOM_BIG_UID, DICOM_BIG, OVERLAY, &value);
    is(OVERLAY, DCMCHAIN_VR_UN);
}
END_TEST

/* ---- what a caller knows to be a sequence ---- */

#define PRIVATE 0x2001105FU
#define NESTED 0x20011061U

static const struct {
    const char *uid;
    enum dicom_encoding encoding;
} syntaxes[] = {
    {DICOM_IMPLICIT_UID, DICOM_IMPLICIT}, {DICOM_EXPLICIT_UID, DICOM_EXPLICIT}, {DICOM_BIG_UID, DICOM_BIG}};

static dcmchain_element *found(const dcmchain_item *item, uint32_t tag)
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    ck_assert_ptr_nonnull(element);
    return element;
}

static void holds_text(const dcmchain_item *item, uint32_t tag, const char *expected)
{
    char *text = NULL;
    ck_assert_int_eq(dcmchain_item_get_text(item, tag, &text), DCMCHAIN_OK);
    ck_assert_str_eq(text, expected);
    dcmchain_free(text);
}

/* An element of VR UN or OB with these bytes in a new data set, which are freed. */
static dcmchain_element *put_unknown(dcmchain_item *item, uint16_t vr, struct dicom_bytes *value)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(item, PRIVATE, vr, &element), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, value->data, value->length), DCMCHAIN_OK);
    dicom_free(value);
    return element;
}

static dcmchain_item *new_root(void)
{
    destroy();
    ck_assert_int_eq(dcmchain_dataset_new(DICOM_EXPLICIT_UID, &dataset), DCMCHAIN_OK);
    return dcmchain_dataset_root(dataset);
}

/* Two items: of text, a number, a public sequence, and a private element that is one of its own. */
static void put_items(struct dicom_bytes *value, bool undefined)
{
    size_t item = dicom_open_item(value, undefined);
    size_t sequence = dicom_open_sequence(value, REFERENCES, "SQ", undefined);
    size_t inner = dicom_open_item(value, undefined);
    dicom_text(value, 0x00081155, "UI", "2.25.10");
    dicom_close_item(value, inner, undefined);
    dicom_close_sequence(value, sequence, undefined);
    dicom_text(value, 0x00100010, "PN", "Doe^Jane");
    dicom_us(value, 0x00280010, 0x0102);
    dicom_text(value, 0x20010010, "LO", "MAKER");
    sequence = dicom_open_sequence(value, NESTED, "SQ", false);
    inner = dicom_open_item(value, undefined);
    dicom_text(value, 0x00100020, "LO", "inside");
    dicom_close_item(value, inner, undefined);
    dicom_close_sequence(value, sequence, false);
    dicom_close_item(value, item, undefined);
    item = dicom_open_item(value, undefined);
    dicom_close_item(value, item, undefined);
}

/* The items of put_items(); nested: of this VR. */
static dcmchain_element *has_items(uint16_t nested)
{
    const dcmchain_element *sequence = found(dcmchain_dataset_root(dataset), PRIVATE);
    const dcmchain_item *item = dcmchain_element_item(sequence, 0);
    ck_assert_uint_eq(dcmchain_element_vr(sequence), DCMCHAIN_VR_SQ);
    ck_assert_uint_eq(dcmchain_element_value_count(sequence), 2);
    holds_text(dcmchain_element_item(found(item, REFERENCES), 0), 0x00081155, "2.25.10");
    holds_text(item, 0x00100010, "Doe^Jane");
    holds_text(item, 0x00280010, "258");
    holds_text(item, 0x20010010, "MAKER");
    ck_assert_uint_eq(dcmchain_element_vr(found(item, NESTED)), nested);
    ck_assert_uint_eq(dcmchain_item_count(dcmchain_element_item(sequence, 1)), 0);
    return found(item, NESTED);
}

START_TEST(test_dataset_decode_items_makes_a_sequence_of_private_bytes_of_any_file)
{
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    void *bytes = NULL;
    size_t length = 0;
    put_items(&value, _i >= 3);
    read_unknown(syntaxes[_i % 3].uid, syntaxes[_i % 3].encoding, PRIVATE, &value);
    is(PRIVATE, DCMCHAIN_VR_UN);
    ck_assert_int_eq(dcmchain_element_decode_items(found(dcmchain_dataset_root(dataset), PRIVATE)),
                     DCMCHAIN_OK);
    dcmchain_element *nested = has_items(DCMCHAIN_VR_UN);
    ck_assert_int_eq(dcmchain_element_decode_items(nested), DCMCHAIN_OK);
    holds_text(dcmchain_element_item(nested, 0), 0x00100020, "inside");
    ck_assert_int_eq(dcmchain_element_decode_items(nested), DCMCHAIN_E_TYPE);
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length), DCMCHAIN_OK);
    read_bytes(bytes, length);
    dcmchain_free(bytes);
    nested = has_items(DCMCHAIN_VR_SQ);
    holds_text(dcmchain_element_item(nested, 0), 0x00100020, "inside");
}
END_TEST

START_TEST(test_dataset_decode_items_takes_unknown_and_other_bytes_and_no_other_vr)
{
    static const struct {
        uint16_t vr;
        int result;
    } vrs[] = {{DCMCHAIN_VR_UN, DCMCHAIN_OK},     {DCMCHAIN_VR_OB, DCMCHAIN_OK},
               {DCMCHAIN_VR_OW, DCMCHAIN_E_TYPE}, {DCMCHAIN_VR_LT, DCMCHAIN_E_TYPE},
               {DCMCHAIN_VR_UL, DCMCHAIN_E_TYPE}, {DCMCHAIN_VR_SQ, DCMCHAIN_E_TYPE}};
    for (size_t i = 0; i < sizeof vrs / sizeof vrs[0]; i++) {
        dcmchain_element *element = NULL;
        ck_assert_int_eq(dcmchain_item_insert(new_root(), PRIVATE, vrs[i].vr, &element), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_decode_items(element), vrs[i].result);
        is(PRIVATE, vrs[i].result == DCMCHAIN_OK ? DCMCHAIN_VR_SQ : vrs[i].vr);
        ck_assert_uint_eq(dcmchain_element_value_count(element), 0);
        ck_assert_int_eq(dcmchain_item_remove(dcmchain_dataset_root(dataset), PRIVATE), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_decode_items(element), DCMCHAIN_E_ABSENT);
    }
    ck_assert_int_eq(dcmchain_element_decode_items(NULL), DCMCHAIN_E_ABSENT);
}
END_TEST

enum broken {
    BROKEN_NOT_ITEMS,
    BROKEN_BYTES_BEHIND,
    BROKEN_SHORT_HEAD,
    BROKEN_ITEM_BEYOND,
    BROKEN_ELEMENT_BEYOND,
    BROKEN_TAG_TWICE,
    BROKEN_DELIMITER,
    BROKEN_SEQUENCE_END,
    BROKEN_NEVER_CLOSED,
    BROKEN_EXPLICIT,
    BROKEN_KINDS
};

static void put_broken(struct dicom_bytes *value, enum broken how)
{
    size_t item = 0;
    if (how == BROKEN_NOT_ITEMS) {
        dicom_text(value, 0x00100010, "PN", "Doe^Jane");
        return;
    }
    put_items(value, false);
    value->encoding = how == BROKEN_EXPLICIT ? DICOM_EXPLICIT : DICOM_IMPLICIT;
    item = dicom_open_item(value, how == BROKEN_NEVER_CLOSED);
    dicom_text(value, 0x00100010, "PN", "Doe^Jane");
    if (how == BROKEN_TAG_TWICE) {
        dicom_text(value, 0x00100010, "PN", "Doe^John");
    } else if (how == BROKEN_DELIMITER) {
        dicom_delimiter(value, DICOM_ITEM_END, 0);
    } else if (how == BROKEN_ELEMENT_BEYOND) {
        dicom_head(value, 0x00100020, "LO", 2);
    }
    if (how != BROKEN_NEVER_CLOSED) {
        dicom_close_item(value, item, false);
    }
    if (how == BROKEN_ITEM_BEYOND) {
        dicom_delimiter(value, DICOM_ITEM, 2);
    } else if (how == BROKEN_SEQUENCE_END) {
        dicom_delimiter(value, DICOM_SEQUENCE_END, 0);
    } else if (how == BROKEN_BYTES_BEHIND || how == BROKEN_SHORT_HEAD) {
        dicom_fill(value, 0, how == BROKEN_BYTES_BEHIND ? 8 : 2);
    }
}

START_TEST(test_dataset_decode_items_leaves_what_is_no_items_as_it_is)
{
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    struct dicom_bytes before = {0};
    void *bytes = NULL;
    size_t length = 0;
    put_broken(&value, (enum broken)_i);
    dicom_raw(&before, value.data, value.length);
    dcmchain_element *element = put_unknown(new_root(), DCMCHAIN_VR_UN, &value);
    ck_assert_int_eq(dcmchain_element_decode_items(element), DCMCHAIN_E_INVALID);
    is(PRIVATE, DCMCHAIN_VR_UN);
    ck_assert_ptr_null(dcmchain_element_item(element, 0));
    ck_assert_int_eq(dcmchain_element_get_bytes(element, &bytes, &length), DCMCHAIN_OK);
    ck_assert_uint_eq(length, before.length);
    ck_assert_mem_eq(bytes, before.data, length);
    dcmchain_free(bytes);
    is_and_stays(PRIVATE, DCMCHAIN_VR_UN);
    dicom_free(&before);
}
END_TEST

/* Neither is written with items, and no reader takes them from there. */
START_TEST(test_dataset_decode_items_makes_none_in_group_lengths_and_the_file_meta)
{
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    dcmchain_element *element = NULL;
    put_items(&value, false);
    dicom_text(&set, 0x00080060, "CS", "MR");
    dicom_element(&set, 0x20010000, "UN", value.data, value.length);
    dicom_file(&file, DICOM_EXPLICIT_UID, &set);
    read_bytes(file.data, file.length);
    dicom_free(&file);
    dicom_free(&set);
    dicom_free(&value);
    element = found(dcmchain_dataset_root(dataset), 0x20010000);
    ck_assert_int_eq(dcmchain_element_decode_items(element), DCMCHAIN_E_INVALID);
    is(0x20010000, DCMCHAIN_VR_UN);
    ck_assert_int_eq(
        dcmchain_item_insert(dcmchain_dataset_meta(dataset), 0x00020102, DCMCHAIN_VR_OB, &element),
        DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_decode_items(element), DCMCHAIN_E_INVALID);
    ck_assert_uint_eq(dcmchain_element_vr(element), DCMCHAIN_VR_OB);
}
END_TEST

/* An item with so many sequences in each other. */
static void put_deep(struct dicom_bytes *value, unsigned sequences)
{
    size_t item = dicom_open_item(value, false);
    if (sequences > 0) {
        size_t sequence = dicom_open_sequence(value, REFERENCES, "SQ", false);
        put_deep(value, sequences - 1);
        dicom_close_sequence(value, sequence, false);
    }
    dicom_close_item(value, item, false);
}

START_TEST(test_dataset_decode_items_goes_as_deep_as_a_file_may_and_no_deeper)
{
    for (unsigned around = 0; around < 2; around++) {
        for (unsigned beyond = 0; beyond < 2; beyond++) {
            struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
            dcmchain_item *item = new_root();
            void *bytes = NULL;
            size_t length = 0;
            if (around == 1) {
                dcmchain_element *sequence = NULL;
                ck_assert_int_eq(dcmchain_item_insert(item, ICON, DCMCHAIN_VR_SQ, &sequence), DCMCHAIN_OK);
                ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
            }
            put_deep(&value, DCMCHAIN_MAX_DEPTH - 1 - around + beyond);
            dcmchain_element *element = put_unknown(item, DCMCHAIN_VR_UN, &value);
            ck_assert_int_eq(dcmchain_element_decode_items(element),
                             beyond == 1 ? DCMCHAIN_E_RANGE : DCMCHAIN_OK);
            ck_assert_uint_eq(dcmchain_element_vr(element), beyond == 1 ? DCMCHAIN_VR_UN : DCMCHAIN_VR_SQ);
            ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length), DCMCHAIN_OK);
            read_bytes(bytes, length);
            dcmchain_free(bytes);
        }
    }
}
END_TEST

/* The limit is one for all calls: what each of them decodes is within it. */
START_TEST(test_dataset_decode_items_counts_all_that_it_decoded_in_a_data_set)
{
    static const int results[] = {DCMCHAIN_OK, DCMCHAIN_E_RANGE};
    dcmchain_item *root = new_root();
    dcmchain_element *sequence = NULL;
    ck_assert_int_eq(dcmchain_item_insert(root, ICON, DCMCHAIN_VR_SQ, &sequence), DCMCHAIN_OK);
    for (size_t i = 0; i < 2; i++) {
        struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
        dcmchain_item *item = NULL;
        for (size_t at = 0; at < 1000001; at++) {
            dicom_delimiter(&value, DICOM_ITEM, 0);
        }
        ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
        dcmchain_element *element = put_unknown(item, DCMCHAIN_VR_UN, &value);
        ck_assert_int_eq(dcmchain_element_decode_items(element), results[i]);
        ck_assert_uint_eq(dcmchain_element_vr(element), i == 0 ? DCMCHAIN_VR_SQ : DCMCHAIN_VR_UN);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_unknown");
    TCase *test_case = tcase_create("unknown");
    tcase_add_checked_fixture(test_case, NULL, destroy);
    tcase_add_loop_test(test_case, test_dataset_unknown_sequence_becomes_its_items, 0, 2);
    tcase_add_loop_test(test_case,
                        test_dataset_unknown_sequence_with_a_delimiter_for_an_element_stays_unknown, 0, 3);
    tcase_add_loop_test(test_case, test_dataset_unknown_icon_with_fragments_stays_unknown, 0, 3);
    tcase_add_test(test_case, test_dataset_unknown_value_that_its_words_do_not_fill_stays_unknown);
    tcase_add_loop_test(test_case, test_dataset_decode_items_makes_a_sequence_of_private_bytes_of_any_file, 0,
                        6);
    tcase_add_test(test_case, test_dataset_decode_items_takes_unknown_and_other_bytes_and_no_other_vr);
    tcase_add_loop_test(test_case, test_dataset_decode_items_leaves_what_is_no_items_as_it_is, 0,
                        BROKEN_KINDS);
    tcase_add_test(test_case, test_dataset_decode_items_makes_none_in_group_lengths_and_the_file_meta);
    tcase_add_test(test_case, test_dataset_decode_items_goes_as_deep_as_a_file_may_and_no_deeper);
    tcase_add_test(test_case, test_dataset_decode_items_counts_all_that_it_decoded_in_a_data_set);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
