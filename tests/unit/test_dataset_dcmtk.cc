/* test_dataset_dcmtk.cc: DCMTK, as a second reader, sees what our data set sees in the same bytes, and in the
 * bytes that ours is written as. What may differ is named in dcmtk/second_reader.h. DCMCHAIN_TEST_FULL: many
 * more sets. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dcmtk/agreement.h"
#include "support/suite.h"

#include <check.h> /* last: it defines fail */

START_TEST(test_dataset_random_files_are_what_dcmtk_reads)
{
    struct random_set random = {};
    random.state = static_cast<uint64_t>(_i) * 7919 + 5;
    random.depth_most = 4;
    for (uint64_t i = 0; i < sets_of_a_seed() * KINDS; i++) {
        check_file(make_file(random, static_cast<int>(i % KINDS)), name_of("seed", _i, i));
    }
    /* Else these files prove little. */
    ck_assert_uint_gt(differences.elements, 20 * KINDS * sets_of_a_seed());
    ck_assert_uint_gt(differences.texts, 0);
    ck_assert_uint_gt(differences.numbers, 0);
    ck_assert_uint_gt(differences.unknown_decoded, 0);
    ck_assert_uint_gt(differences.padded, 0);
    ck_assert_uint_gt(differences.group_lengths, 0);
    ck_assert_uint_gt(random.unsorted, 0);
}
END_TEST

START_TEST(test_dataset_deepest_files_are_what_dcmtk_reads)
{
    struct random_set random = {};
    random.state = static_cast<uint64_t>(_i) * 104729 + 3;
    random.depth_most = DCMCHAIN_MAX_DEPTH;
    for (int kind = 0; kind < KINDS; kind++) {
        check_file(make_file(random, kind), name_of("deep", _i, static_cast<uint64_t>(kind)));
    }
    ck_assert_uint_gt(differences.elements, KINDS * DCMCHAIN_MAX_DEPTH);
}
END_TEST

namespace {

/* The same content over the API, in another data set. */
void copy_item(dcmchain_item *from, dcmchain_item *to)
{
    for (size_t i = 0; i < dcmchain_item_count(from); i++) {
        dcmchain_element *element = dcmchain_item_at(from, i);
        dcmchain_element *made = nullptr;
        void *bytes = nullptr;
        size_t length = 0;
        uint32_t tag = dcmchain_element_tag(element);
        uint16_t vr = dcmchain_element_vr(element);
        if (DCMCHAIN_TAG_ELEMENT(tag) == 0) {
            continue;
        }
        ck_assert_int_eq(dcmchain_item_insert(to, tag, vr, &made), DCMCHAIN_OK);
        if (vr != DCMCHAIN_VR_SQ) {
            ck_assert_int_eq(dcmchain_element_get_bytes(element, &bytes, &length), DCMCHAIN_OK);
            int result = dcmchain_element_set_bytes(made, bytes, length);
            ck_assert_msg(result == DCMCHAIN_OK, "%08x %c%c of %zu bytes: %s", tag, vr >> 8, vr & 0xFF,
                          length, dcmchain_result_text(result));
            dcmchain_free(bytes);
            continue;
        }
        for (size_t k = 0; k < dcmchain_element_value_count(element); k++) {
            dcmchain_item *inner = nullptr;
            ck_assert_int_eq(dcmchain_element_add_item(made, &inner), DCMCHAIN_OK);
            copy_item(dcmchain_element_item(element, k), inner);
        }
    }
}

} // namespace

START_TEST(test_dataset_made_in_any_syntax_is_what_dcmtk_reads)
{
    static const char *const syntaxes[] = {DICOM_IMPLICIT_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID,
                                           DICOM_DEFLATED_UID};
    struct random_set random = {};
    random.state = static_cast<uint64_t>(_i) * 15485863 + 7;
    random.convertible = true;
    for (uint64_t i = 0; i < sets_of_a_seed(); i++) {
        int result = DCMCHAIN_OK;
        random.depth_most = i % 8 == 7 ? DCMCHAIN_MAX_DEPTH : 4;
        std::string name = name_of("made", _i, i);
        dataset_pointer from = read_ours(make_file(random, static_cast<int>(i % ENCAPSULATED)), result);
        ck_assert_msg(result == DCMCHAIN_OK, "%s: %s", name.c_str(), dcmchain_result_text(result));
        for (const char *syntax : syntaxes) {
            dcmchain_dataset *made = nullptr;
            ck_assert_int_eq(dcmchain_dataset_new(syntax, &made), DCMCHAIN_OK);
            dataset_pointer owner(made, dcmchain_dataset_free);
            copy_item(dcmchain_dataset_root(from.get()), dcmchain_dataset_root(made));
            MUST_AGREE(compare_written(made, nullptr), syntax, name);
            if (!is_deflated(made)) {
                std::string pixels(random_roll(&random, 200), '\0');
                std::generate(pixels.begin(), pixels.end(),
                              [&] { return static_cast<char>(random_roll(&random, 256)); });
                MUST_AGREE(compare_written_pixels(made, pixels), syntax, name);
            }
        }
    }
    ck_assert_uint_gt(differences.elements, 0);
    ck_assert_uint_gt(differences.implicit_vr, 0);
}
END_TEST

/* Fragments are refused where the transfer syntax has none, and kept where it has. */
START_TEST(test_dataset_icon_fragments_in_any_syntax_are_what_dcmtk_reads)
{
    static const size_t sizes[] = {10, 7, 0, 300};
    static const char *const syntaxes[] = {DICOM_IMPLICIT_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID,
                                           DICOM_JPEG_UID};
    struct dicom_bytes set = {};
    struct dicom_bytes file = {};
    int result = DCMCHAIN_OK;
    set.encoding = _i == 0 ? DICOM_IMPLICIT : _i == 2 ? DICOM_BIG : DICOM_EXPLICIT;
    dicom_text(&set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
    size_t sequence = dicom_open_sequence(&set, 0x00880200, "SQ", true);
    size_t item = dicom_open_item(&set, true);
    dicom_us(&set, 0x00280010, 8);
    dicom_fragments(&set, sizes, 4);
    dicom_close_item(&set, item, true);
    dicom_close_sequence(&set, sequence, true);
    dicom_file(&file, syntaxes[_i], &set);
    dicom_free(&set);
    std::string bytes = take(file);
    dataset_pointer ours = read_ours(bytes, result);
    ck_assert_int_eq(result, _i < 3 ? DCMCHAIN_E_INVALID : DCMCHAIN_OK);
    if (result == DCMCHAIN_OK) {
        check_file(bytes, syntaxes[_i]);
    }
}
END_TEST

/* (0028,0106) and the like in implicit VR: as Pixel Representation of their level says, else that of one
 * around it. What a look-up table begins with is a count, and US. */
START_TEST(test_dataset_us_or_ss_is_told_by_pixel_representation)
{
    const int above = _i % 3; /* 2: none */
    const int own = _i / 3;
    struct dicom_bytes set = {};
    struct dicom_bytes file = {};
    set.encoding = DICOM_IMPLICIT;
    dicom_us(&set, 0x00280010, 1);
    if (above < 2) {
        dicom_us(&set, 0x00280103, static_cast<uint16_t>(above));
    }
    dicom_us(&set, 0x00280106, 0x8001);
    size_t sequence = dicom_open_sequence(&set, 0x00283000, "SQ", true);
    size_t item = dicom_open_item(&set, true);
    if (own < 2) {
        dicom_us(&set, 0x00280103, static_cast<uint16_t>(own));
    }
    dicom_us(&set, 0x00280120, 0xFFFE);
    dicom_us(&set, 0x00283002, 0xFFFE);
    dicom_close_item(&set, item, true);
    dicom_close_sequence(&set, sequence, true);
    dicom_file(&file, DICOM_IMPLICIT_UID, &set);
    dicom_free(&set);
    std::string bytes = take(file);
    check_file(bytes, "pixel representation");
    int result = DCMCHAIN_OK;
    dataset_pointer ours = read_ours(bytes, result);
    dcmchain_item *root = dcmchain_dataset_root(ours.get());
    dcmchain_item *inner = dcmchain_element_item(dcmchain_item_find(root, 0x00283000), 0);
    bool signed_inside = own == 1 || (own == 2 && above == 1);
    ck_assert_uint_eq(dcmchain_element_vr(dcmchain_item_find(root, 0x00280106)),
                      above == 1 ? DCMCHAIN_VR_SS : DCMCHAIN_VR_US);
    ck_assert_uint_eq(dcmchain_element_vr(dcmchain_item_find(inner, 0x00280120)),
                      signed_inside ? DCMCHAIN_VR_SS : DCMCHAIN_VR_US);
    ck_assert_uint_eq(dcmchain_element_vr(dcmchain_item_find(inner, 0x00283002)), DCMCHAIN_VR_US);
}
END_TEST

namespace {

std::vector<std::filesystem::path> files_below(const char *folder)
{
    std::vector<std::filesystem::path> paths;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.file_size() < (32U << 20)) {
            paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

bool check_real(const std::filesystem::path &path)
{
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    std::string name = path.filename().string();
    int result = DCMCHAIN_OK;
    dataset_pointer ours = read_ours(bytes, result);
    if (result != DCMCHAIN_OK) {
        return false; /* no DICOM, or broken: the walker's suites say which */
    }
    std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), end_of(bytes));
    ck_assert_msg(theirs != nullptr, "DCMTK does not read %s", name.c_str());
    MUST_AGREE(compare_read(ours.get(), *theirs), "reading", name);
    MUST_AGREE(compare_written(ours.get(), theirs.get()), "writing", name);
    return true;
}

} // namespace

START_TEST(test_dataset_real_files_are_what_dcmtk_reads)
{
    static const char *const folders[] = {"/usr/lib/python3/dist-packages/pydicom/data/test_files",
                                          TEST_SOURCE "/../shared/samples"};
    if (!std::filesystem::is_directory(folders[_i])) {
        (void)printf("not done here: %s is not there\n", folders[_i]);
        return;
    }
    size_t taken = 0;
    for (const auto &path : files_below(folders[_i])) {
        taken += check_real(path) ? 1U : 0U;
    }
    ck_assert_uint_gt(taken, 80);
}
END_TEST

int main()
{
    second::set_up();
    Suite *suite = suite_create("dataset_dcmtk");
    TCase *one = tcase_create("dataset_dcmtk");
    tcase_set_timeout(one, 1800);
    tcase_add_loop_test(one, test_dataset_random_files_are_what_dcmtk_reads, 0, 6);
    tcase_add_loop_test(one, test_dataset_deepest_files_are_what_dcmtk_reads, 0, 4);
    tcase_add_loop_test(one, test_dataset_made_in_any_syntax_is_what_dcmtk_reads, 0, 4);
    tcase_add_loop_test(one, test_dataset_icon_fragments_in_any_syntax_are_what_dcmtk_reads, 0, 4);
    tcase_add_loop_test(one, test_dataset_us_or_ss_is_told_by_pixel_representation, 0, 9);
    tcase_add_loop_test(one, test_dataset_real_files_are_what_dcmtk_reads, 0, 2);
    suite_add_tcase(suite, one);
    return run_suite(suite);
}
