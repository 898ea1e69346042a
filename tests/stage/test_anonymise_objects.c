/* test_anonymise_objects.c: what keeps an object valid and of use: the dummies of encapsulated documents, and
 * names that tell its parts apart. It reads the outcome from the data set alone. */
#include "anonymise_harness.h"

#define DOCUMENT 0x00420011
#define MIME_TYPE 0x00420012
#define LENGTH 0x00420015

static char bytes_of_dummy[4096];

/* The document that is left, as text; its length in *ret_length. */
static const char *document(size_t *ret_length)
{
    void *bytes = NULL;

    ck_assert_int_eq(dcmchain_element_get_bytes(dcmchain_item_find(root, DOCUMENT), &bytes, ret_length), 0);
    ck_assert_uint_lt(*ret_length, sizeof bytes_of_dummy);
    (void)memcpy(bytes_of_dummy, bytes, *ret_length);
    bytes_of_dummy[*ret_length] = '\0';
    dcmchain_free(bytes);
    return bytes_of_dummy;
}

static void put_document(const char *sop_class, const char *mime_type)
{
    dcmchain_element *element = NULL;

    begin(EXPLICIT);
    instance_info.sop_class = sop_class;
    (void)put(root, 0x00080016, DCMCHAIN_VR_UI, sop_class);
    (void)put(root, 0x00080018, DCMCHAIN_VR_UI, "1.2.276.0.99999.1.1.1.2");
    (void)put(root, 0x0040E001, DCMCHAIN_VR_ST, "1.2.276.0.99999.9^QX-4711");
    element = put(root, DOCUMENT, DCMCHAIN_VR_OB, NULL);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, "letter about Zzyx ", 18), 0);
    if (mime_type != NULL) {
        (void)put(root, MIME_TYPE, DCMCHAIN_VR_LO, mime_type);
    }
    (void)put(root, LENGTH, DCMCHAIN_VR_UL, "17");
}

START_TEST(test_objects_encapsulated_documents_become_a_dummy_of_their_type)
{
    static const struct {
        const char *sop_class;
        const char *mime_type;
        const char *begins;
    } documents[] = {{"1.2.840.10008.5.1.4.1.1.104.1", "application/pdf", "%PDF-1.5\n"},
                     {"1.2.840.10008.5.1.4.1.1.104.2", "text/XML", "<?xml version=\"1.0\""},
                     {"1.2.840.10008.5.1.4.1.1.104.3", "model/stl", "REMOVED"},
                     {"1.2.840.10008.5.1.4.1.1.104.4", "model/obj", "# REMOVED\nv 0 0 0\n"},
                     {"1.2.840.10008.5.1.4.1.1.104.5", "model/mtl", "# REMOVED\nnewmtl"},
                     {"1.2.840.10008.5.1.4.1.1.104.1", NULL, "%PDF-1.5\n"},
                     {"1.2.3", "application/octet-stream", "REMOVED\n"}};

    for (size_t at = 0; at < sizeof documents / sizeof documents[0]; at++) {
        size_t length = 0;
        char expected[24];
        put_document(documents[at].sop_class, documents[at].mime_type);
        run();
        ck_assert_msg(strncmp(document(&length), documents[at].begins, strlen(documents[at].begins)) == 0,
                      "%zu: %.20s", at, bytes_of_dummy);
        ck_assert_uint_eq(length % 2, 0);
        (void)snprintf(expected, sizeof expected, "%zu", length);
        ck_assert_str_eq(text(root, LENGTH), expected);
        ck_assert_str_eq(text(root, MIME_TYPE),
                         documents[at].mime_type != NULL ? documents[at].mime_type : "<none>");
        ck_assert_str_eq(text(root, 0x0040E001), text(root, 0x00080018));
    }
}
END_TEST

START_TEST(test_objects_dummy_pdf_has_a_true_cross_references)
{
    size_t length = 0;
    const char *pdf = NULL;
    const char *row = NULL;
    unsigned long start = 0;

    put_document("1.2.840.10008.5.1.4.1.1.104.1", "application/pdf");
    run();
    pdf = document(&length);
    start = strtoul(strstr(pdf, "startxref\n") + 10, NULL, 10);
    ck_assert_uint_lt(start, length);
    ck_assert_int_eq(strncmp(pdf + start, "4 0 obj\n", 8), 0);
    row = strstr(pdf + start, "stream\n") + 7;
    ck_assert_int_eq(strncmp(row, "00 00 00 FF\n", 12), 0);
    for (unsigned long object = 1; object <= 4; object++) {
        char expected[16];
        char *end = NULL;
        unsigned long place = 0;
        row += 12;
        ck_assert_uint_eq(strtoul(row, &end, 16), 1);
        place = strtoul(end, &end, 16) << 8;
        place += strtoul(end, &end, 16);
        (void)snprintf(expected, sizeof expected, "%lu 0 obj\n", object);
        ck_assert_int_eq(strncmp(pdf + place, expected, strlen(expected)), 0);
    }
    ck_assert_ptr_null(strstr(pdf, "000"));
}
END_TEST

START_TEST(test_objects_dummy_stl_holds_as_many_triangles_as_it_says)
{
    size_t length = 0;
    const char *stl = NULL;

    put_document("1.2.840.10008.5.1.4.1.1.104.3", "model/stl");
    run();
    stl = document(&length);
    ck_assert_uint_eq(length, 84 + 50);
    ck_assert_int_eq(stl[80], 1);
    ck_assert_int_eq(stl[81] | stl[82] | stl[83], 0);
}
END_TEST

START_TEST(test_objects_empty_document_stays_empty)
{
    begin(EXPLICIT);
    (void)put(root, DOCUMENT, DCMCHAIN_VR_OB, NULL);
    run();
    ck_assert_uint_eq(dcmchain_element_length(dcmchain_item_find(root, DOCUMENT)), 0);
}
END_TEST

static const char *name_at(uint32_t sequence, size_t index, uint32_t name)
{
    return text(dcmchain_element_item(dcmchain_item_find(root, sequence), index), name);
}

START_TEST(test_objects_names_that_cleaning_makes_equal_are_numbered)
{
    static const struct {
        uint32_t sequence;
        uint32_t name;
    } parts[] = {{0x30060020, 0x30060026}, {0x00620002, 0x00620005}, {0x300A00B0, 0x300A00C2}};
    static const char *const source[] = {"Zzyx", "Quentin", "Liver", "Liver", "QX-4711", "REMOVED 2"};

    config.clean = CLEAN_DESCRIPTORS;
    for (size_t at = 0; at < sizeof parts / sizeof parts[0]; at++) {
        begin(EXPLICIT);
        for (size_t of = 0; of < 6; of++) {
            (void)put(put_item(root, parts[at].sequence), parts[at].name, DCMCHAIN_VR_LO, source[of]);
        }
        run();
        ck_assert_str_eq(name_at(parts[at].sequence, 0, parts[at].name), "REMOVED");
        ck_assert_str_eq(name_at(parts[at].sequence, 1, parts[at].name), "REMOVED 3");
        ck_assert_str_eq(name_at(parts[at].sequence, 2, parts[at].name), "Liver");
        ck_assert_str_eq(name_at(parts[at].sequence, 3, parts[at].name), "Liver"); /* as they came */
        ck_assert_str_eq(name_at(parts[at].sequence, 4, parts[at].name), "REMOVED 4");
        ck_assert_str_eq(name_at(parts[at].sequence, 5, parts[at].name), "REMOVED 2");
    }
}
END_TEST

START_TEST(test_objects_long_names_are_cut_for_their_number)
{
    static const char long_name[] =
        "Zzyx M\xC3\xB6glichst m\xC3\xB6glichst m\xC3\xB6glichst m\xC3\xB6glichst lang "
        "12345678";
    const char *second = NULL;

    config.clean = CLEAN_DESCRIPTORS;
    (void)put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    (void)put(put_item(root, 0x30060020), 0x30060026, DCMCHAIN_VR_LO, long_name);
    (void)put(put_item(root, 0x30060020), 0x30060026, DCMCHAIN_VR_LO, long_name);
    run();
    second = name_at(0x30060020, 1, 0x30060026);
    ck_assert_str_ne(second, name_at(0x30060020, 0, 0x30060026));
    ck_assert_ptr_null(strstr(second, "Zzyx"));
    ck_assert_str_eq(second + strlen(second) - 2, " 2");
    ck_assert_uint_le(strlen(second), 64);
}
END_TEST

START_TEST(test_objects_names_that_the_table_empties_stay_empty)
{
    (void)put(put_item(root, 0x30060020), 0x30060026, DCMCHAIN_VR_LO, "Liver");
    (void)put(put_item(root, 0x30060020), 0x30060026, DCMCHAIN_VR_LO, "Lung");
    run();
    ck_assert_str_eq(name_at(0x30060020, 0, 0x30060026), "");
    ck_assert_str_eq(name_at(0x30060020, 1, 0x30060026), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise objects");
    TCase *cases = tcase_create("objects");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_objects_encapsulated_documents_become_a_dummy_of_their_type);
    tcase_add_test(cases, test_objects_dummy_pdf_has_a_true_cross_references);
    tcase_add_test(cases, test_objects_dummy_stl_holds_as_many_triangles_as_it_says);
    tcase_add_test(cases, test_objects_empty_document_stays_empty);
    tcase_add_test(cases, test_objects_names_that_cleaning_makes_equal_are_numbered);
    tcase_add_test(cases, test_objects_long_names_are_cut_for_their_number);
    tcase_add_test(cases, test_objects_names_that_the_table_empties_stay_empty);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
