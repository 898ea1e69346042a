/* test_walker_agreement.c: random sound files, whose elements the test counts as it writes them: the walker
 * must see as many, and the parser, over the walker's range, must see the same (dataset_parse() compares
 * count and stop position; what DCMTK sees: test_dataset_dcmtk.cc). Mangled ones: whatever the walker lets
 * pass must not harm the parser. */
#include <string.h>

#include "support/walk_case.h"

#define SEEDS 30
#define FILES 40 /* of one seed */
#define DEEPEST 5U

static struct walk_case walked; /* large; each test has a process of its own */

/* A file as it is made, and what a walk of it should find. */
struct making {
    uint64_t state;
    struct dicom_bytes set;
    uint64_t elements;
    uint64_t items;
    uint32_t depth; /* now */
    uint32_t deepest;
};

static uint32_t roll(struct making *making, uint32_t sides)
{
    making->state = making->state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(making->state >> 33) % sides;
}

/* In tag order; a private block stands where the group is odd. */
static const struct {
    uint32_t tag;
    const char *vr;
    uint32_t unit; /* bytes of one value */
} choices[] = {
    {0x00080005, "CS", 2}, {0x00080020, "DA", 8}, {0x00081030, "LO", 2}, {0x00081140, "SQ", 0},
    {0x00090010, "LO", 2}, {0x00091001, "LO", 2}, {0x00091002, "UN", 2}, {0x00091003, "OB", 2},
    {0x00091004, "FD", 8}, {0x00091005, "UT", 2}, {0x00091006, "??", 0}, {0x00091007, "US", 2},
    {0x00091008, "UC", 2}, {0x00091009, "SV", 8}, {0x0009100A, "AT", 4}, {0x00100010, "PN", 2},
    {0x00104000, "LT", 2}, {0x00180050, "DS", 2}, {0x00189073, "FD", 8}, {0x0020000D, "UI", 2},
    {0x00280010, "US", 2}, {0x00281201, "OW", 2}, {0x00400275, "SQ", 0}, {0x0040A730, "SQ", 0},
    {0x00420011, "OB", 2}, {0x00700022, "FL", 4}, {0x300A00B0, "SQ", 0}, {0x60003000, "OW", 2},
};

static void put_level(struct making *making);

static void put_items(struct making *making)
{
    making->depth++;
    for (uint32_t i = roll(making, 4); i > 0; i--) {
        bool undefined = roll(making, 2) == 1;
        size_t item = dicom_open_item(&making->set, undefined);
        making->items++;
        making->deepest = making->depth > making->deepest ? making->depth : making->deepest;
        put_level(making);
        dicom_close_item(&making->set, item, undefined);
    }
    making->depth--;
}

static void put_sequence(struct making *making, uint32_t tag)
{
    bool undefined = roll(making, 2) == 1;
    size_t sequence = dicom_open_sequence(&making->set, tag, "SQ", undefined);
    put_items(making);
    dicom_close_sequence(&making->set, sequence, undefined);
}

/* UN of undefined length, the items in implicit VR little endian. */
static void put_unknown(struct making *making, uint32_t tag)
{
    enum dicom_encoding encoding = making->set.encoding;
    dicom_head(&making->set, tag, "UN", DICOM_UNDEFINED);
    making->set.encoding = DICOM_IMPLICIT;
    put_items(making);
    dicom_delimiter(&making->set, DICOM_SEQUENCE_END, 0);
    making->set.encoding = encoding;
}

static void put_value(struct making *making, size_t choice)
{
    uint8_t value[400];
    size_t length = (size_t)choices[choice].unit * roll(making, 20);
    for (size_t i = 0; i < length; i++) {
        value[i] = (uint8_t)('0' + roll(making, 10));
    }
    dicom_element(&making->set, choices[choice].tag, choices[choice].vr, value, length);
}

static void put_level(struct making *making)
{
    bool root = making->depth == 0;
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        if (roll(making, root ? 2 : 4) != 0) {
            continue;
        }
        bool sequence = strcmp(choices[i].vr, "SQ") == 0;
        bool unknown = strcmp(choices[i].vr, "??") == 0;
        if ((sequence || unknown) && making->depth >= DEEPEST) {
            continue;
        }
        making->elements++;
        if (sequence) {
            put_sequence(making, choices[i].tag);
        } else if (unknown) {
            put_unknown(making, choices[i].tag);
        } else {
            put_value(making, i);
        }
    }
}

/* A sound file; its length without the padding that it may have. */
static size_t make_file(struct making *making, struct dicom_bytes *file)
{
    static const size_t sizes[] = {30, 0, 4};
    making->set.encoding = (enum dicom_encoding)roll(making, 3);
    dicom_element(&making->set, 0x00080000, "UL", "\0\0\0\0", 4);
    making->elements = 1;
    put_level(making);
    bool encapsulated = making->set.encoding == DICOM_EXPLICIT && roll(making, 2) == 0;
    if (encapsulated) {
        dicom_fragments(&making->set, sizes, 1 + roll(making, 3));
    } else if (roll(making, 2) == 0) {
        dicom_pixels(&making->set, 2 * (size_t)roll(making, 100));
    }
    if (roll(making, 3) == 0) {
        dicom_element(&making->set, 0xFFFCFFFC, "OB", "\0\0\0\0", 4);
        making->elements++;
    }
    dicom_file(file, encapsulated ? DICOM_JPEG_UID : walk_case_syntax(making->set.encoding), &making->set);
    dicom_free(&making->set);
    return file->length;
}

static int parse(const struct dicom_bytes *file)
{
    dcmchain_dataset *dataset = NULL;
    int result = dcmchain_dataset_read(file->data, file->length, &dataset);
    ck_assert_int_eq(result == DCMCHAIN_OK, dataset != NULL);
    dcmchain_dataset_free(dataset);
    return result;
}

START_TEST(test_walker_counts_what_was_written_and_what_the_parser_sees)
{
    struct making making = {.state = (uint64_t)_i * 7919 + 5};
    uint64_t deepest = 0;
    for (int i = 0; i < FILES; i++) {
        struct dicom_bytes file = {0};
        making.items = 0;
        making.deepest = 0;
        size_t end = make_file(&making, &file);
        dicom_fill(&file, 0, roll(&making, 3) == 0 ? roll(&making, 600) : 0);
        walk_case_bytes(file.data, file.length, &walked);
        ck_assert_msg(walked.result == DCMCHAIN_OK, "%d: %s", walked.result, walked.problem);
        ck_assert_uint_eq(walked.layout.elements, making.elements);
        ck_assert_uint_eq(walked.item_count, making.items);
        ck_assert_uint_eq(walked.layout.depth, making.deepest);
        ck_assert_uint_eq(walked.layout.end, end);
        ck_assert(!walked.layout.unsorted);
        ck_assert_int_eq(parse(&file), DCMCHAIN_OK);
        deepest = making.deepest > deepest ? making.deepest : deepest;
        dicom_free(&file);
    }
    ck_assert_uint_ge(deepest, 3); /* else these files prove little */
}
END_TEST

START_TEST(test_walker_mangled_file_that_passes_is_parsed_or_refused)
{
    struct making making = {.state = (uint64_t)_i * 104729 + 11};
    size_t passed = 0;
    for (int i = 0; i < FILES; i++) {
        struct dicom_bytes file = {0};
        (void)make_file(&making, &file);
        for (uint32_t change = roll(&making, 4); change < 4; change++) {
            file.data[132 + roll(&making, (uint32_t)file.length - 132)] = (uint8_t)roll(&making, 256);
        }
        walk_case_bytes(file.data, file.length, &walked);
        int parsed = parse(&file);
        ck_assert(parsed == DCMCHAIN_OK || parsed == DCMCHAIN_E_INVALID || parsed == DCMCHAIN_E_RANGE);
        passed += walked.result == DCMCHAIN_OK;
        dicom_free(&file);
    }
    ck_assert_uint_gt(passed, 0); /* else nothing came to the parser */
}
END_TEST

/* What other readers (DCMTK 3.6.7) read without a word, and lose something of. */
START_TEST(test_walker_refuses_what_the_parser_would_drop)
{
    for (enum dicom_encoding encoding = DICOM_IMPLICIT; encoding <= DICOM_BIG; encoding++) {
        struct dicom_bytes set = {.encoding = encoding};
        dicom_text(&set, 0x00080060, "CS", "MR");
        dicom_delimiter(&set, DICOM_SEQUENCE_END, 0);
        dicom_text(&set, 0x00100020, "LO", "phi-1");
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "stands where an element should");
        dicom_text(&set, 0x00080060, "CS", "MR");
        dicom_text(&set, 0x00100020, "LO", "phi-1");
        dicom_text(&set, 0x00080060, "CS", "CT");
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "(0008,0060): it is there twice");
        dicom_text(&set, 0x00080060, "CS", "MR");
        dicom_head(&set, 0x7FE00010, "OW", 100);
        dicom_fill(&set, 1, 98);
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "(7fe0,0010): the file ends inside its value");
    }
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_counts_what_was_written_and_what_the_parser_sees, SEEDS},
        {test_walker_mangled_file_that_passes_is_parsed_or_refused, SEEDS},
        {test_walker_refuses_what_the_parser_would_drop, 1},
    };
    return walk_case_run("walker_agreement", tests, sizeof tests / sizeof *tests);
}
