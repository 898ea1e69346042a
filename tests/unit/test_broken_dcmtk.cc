/* test_broken_dcmtk.cc: what our data set takes of bytes that are not sound is what DCMTK, as a second
 * reader, sees in them, and it is written as DICOM. */
#include <cstdlib>

#include "dcmtk/agreement.h"
#include "support/suite.h"

#include <check.h> /* last: it defines fail */

namespace {

bool has_uid(dcmchain_dataset *dataset, uint32_t tag)
{
    char *uid = nullptr;
    int result = dcmchain_item_get_text(dcmchain_dataset_root(dataset), tag, &uid);
    dcmchain_free(uid);
    return result == DCMCHAIN_OK || result == DCMCHAIN_E_ABSENT;
}

} // namespace

/* What ours takes of bytes that are not sound is what DCMTK reads, if that reads them at all; and it is
 * written well. */
START_TEST(test_dataset_mangled_files_are_what_dcmtk_reads)
{
    struct random_set random = {};
    random.state = static_cast<uint64_t>(_i) * 32452843 + 9;
    random.depth_most = 4;
    size_t taken = 0;
    size_t refused = 0;
    for (uint64_t i = 0; i < sets_of_a_seed() * KINDS * 4; i++) {
        int result = DCMCHAIN_OK;
        std::string name = name_of("mangled", _i, i);
        std::string bytes = make_file(random, static_cast<int>(i % KINDS));
        for (uint32_t change = random_roll(&random, 4); change < 4; change++) {
            bytes[300 + random_roll(&random, static_cast<uint32_t>(bytes.size()) - 300)] =
                static_cast<char>(random_roll(&random, 256));
        }
        dataset_pointer ours = read_ours(bytes, result);
        if (result != DCMCHAIN_OK) {
            refused++;
            continue;
        }
        taken++;
        std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), end_of(bytes));
        if (theirs != nullptr) {
            MUST_AGREE(compare_read(ours.get(), *theirs), "reading", name);
        }
        if (has_uid(ours.get(), 0x00080016) &&
            has_uid(ours.get(), 0x00080018)) { /* else it cannot be a file */
            MUST_AGREE(compare_written(ours.get(), theirs.get()), "writing", name);
        }
    }
    ck_assert_uint_gt(taken, 0);
    ck_assert_uint_gt(refused, 0);
}
END_TEST

/* UN of a known sequence, in which anything may stand: what is decoded is a sequence for DCMTK too, what is
 * not keeps its bytes. */
START_TEST(test_dataset_mangled_unknown_sequences_are_what_dcmtk_reads)
{
    static const uint32_t odd_tags[] = {DICOM_ITEM, DICOM_ITEM_END, DICOM_SEQUENCE_END,
                                        0x00080000, 0x00020010,     0x7FE00010};
    struct random_set random = {};
    random.state = static_cast<uint64_t>(_i) * 49979687 + 13;
    random.depth_most = 3;
    size_t decoded = 0;
    size_t kept = 0;
    for (uint64_t i = 0; i < sets_of_a_seed() * 60; i++) {
        struct dicom_bytes set = {};
        struct dicom_bytes file = {};
        int result = DCMCHAIN_OK;
        std::string name = name_of("unknown", _i, i);
        random.set.encoding = DICOM_IMPLICIT;
        random.elements = 2900; /* small */
        size_t item = dicom_open_item(&random.set, i % 2 == 0);
        random_set_make(&random);
        uint32_t odd = random_roll(&random, 12);
        if (odd < sizeof odd_tags / sizeof odd_tags[0]) {
            dicom_element(&random.set, odd_tags[odd], "UN", "12345678", 2 * random_roll(&random, 5));
        }
        dicom_close_item(&random.set, item, i % 2 == 0);
        for (uint32_t change = random_roll(&random, 4); change < 3; change++) {
            random.set.data[random_roll(&random, static_cast<uint32_t>(random.set.length))] =
                static_cast<uint8_t>(random_roll(&random, 256));
        }
        set.encoding = i % 3 == 0 ? DICOM_BIG : DICOM_EXPLICIT;
        dicom_text(&set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
        dicom_element(&set, 0x0040A730, "UN", random.set.data, random.set.length);
        dicom_text(&set, 0x0040DB00, "CS", "BEHIND");
        dicom_file(&file, i % 3 == 0 ? DICOM_BIG_UID : DICOM_EXPLICIT_UID, &set);
        dicom_free(&set);
        dicom_free(&random.set);
        std::string bytes = take(file);
        dataset_pointer ours = read_ours(bytes, result);
        ck_assert_msg(result == DCMCHAIN_OK, "reading %s: %s", name.c_str(), dcmchain_result_text(result));
        std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), bytes.size());
        ck_assert_ptr_nonnull(theirs.get());
        dcmchain_element *element = dcmchain_item_find(dcmchain_dataset_root(ours.get()), 0x0040A730);
        (dcmchain_element_vr(element) == DCMCHAIN_VR_SQ ? decoded : kept)++;
        MUST_AGREE(compare_read(ours.get(), *theirs), "reading", name);
        MUST_AGREE(compare_written(ours.get(), theirs.get()), "writing", name);
    }
    ck_assert_uint_gt(decoded, 0);
    ck_assert_uint_gt(kept, 0);
}
END_TEST

int main()
{
    second::set_up();
    Suite *suite = suite_create("broken_dcmtk");
    TCase *one = tcase_create("broken_dcmtk");
    tcase_set_timeout(one, 1800);
    tcase_add_loop_test(one, test_dataset_mangled_files_are_what_dcmtk_reads, 0, 6);
    tcase_add_loop_test(one, test_dataset_mangled_unknown_sequences_are_what_dcmtk_reads, 0, 4);
    suite_add_tcase(suite, one);
    return run_suite(suite);
}
