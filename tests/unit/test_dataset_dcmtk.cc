/* test_dataset_dcmtk.cc: DCMTK, as a second reader, sees what our data set sees in the same bytes, and in the
 * bytes that ours is written as. What may differ is named in dcmtk/second_reader.h. DCMCHAIN_TEST_FULL: many
 * more sets. */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dataset/dataset_internal.h"
#include "dcmtk/second_reader.h"

extern "C" {
#include "dcmtk/random_set.h"
}

#include <check.h> /* last: it defines fail */

namespace {

typedef std::unique_ptr<dcmchain_dataset, decltype(&dcmchain_dataset_free)> dataset_pointer;

second::counts differences; /* of one test: each has a process of its own */

uint64_t sets_of_a_seed()
{
    return getenv("DCMCHAIN_TEST_FULL") != nullptr ? 60 : 6;
}

/* The bytes of a C builder, freed. */
std::string take(struct dicom_bytes &bytes)
{
    std::string taken(reinterpret_cast<const char *>(bytes.data), bytes.length);
    dicom_free(&bytes);
    return taken;
}

dataset_pointer read_ours(const std::string &bytes, int &ret_result)
{
    dcmchain_dataset *dataset = nullptr;
    ret_result = dcmchain_dataset_read(bytes.data(), bytes.size(), &dataset);
    return dataset_pointer(dataset, dcmchain_dataset_free);
}

/* Where the last element ends: DCMTK takes what is behind it, padding and the like, for elements. */
size_t end_of(const std::string &bytes)
{
    struct source *source = nullptr;
    walker_layout layout = {};
    char problem[256];
    ck_assert_int_eq(source_open_memory(bytes.data(), bytes.size(), &source), DCMCHAIN_OK);
    int result = walker_walk(source, nullptr, &layout, problem, sizeof problem);
    source_free(source);
    ck_assert_int_eq(result, DCMCHAIN_OK);
    return layout.deflated ? bytes.size() : layout.end;
}

bool is_implicit(const dcmchain_dataset *dataset)
{
    return strcmp(dcmchain_dataset_transfer_syntax(dataset), DICOM_IMPLICIT_UID) == 0;
}

bool is_deflated(const dcmchain_dataset *dataset)
{
    return strcmp(dcmchain_dataset_transfer_syntax(dataset), DICOM_DEFLATED_UID) == 0;
}

#define MUST_AGREE(problem, what, seed)                                                                      \
    do {                                                                                                     \
        const std::string found = (problem);                                                                 \
        ck_assert_msg(found.empty(), "%s of %s: %s", what, std::string(seed).c_str(), found.c_str());        \
    } while (0)

/* ---- reading ---- */

std::string compare_pixels(const dcmchain_dataset *ours, DcmItem *theirs)
{
    struct dcmchain_pixel_info info = {};
    DcmElement *pixels = nullptr;
    dcmchain_dataset_pixel_info(ours, &info);
    (void)theirs->findAndGetElement(DcmTagKey(DCMCHAIN_TAG_GROUP(info.tag), DCMCHAIN_TAG_ELEMENT(info.tag)),
                                    pixels);
    if (info.tag == 0) {
        bool none = !theirs->tagExists(DCM_PixelData) && !theirs->tagExists(DCM_FloatPixelData) &&
                    !theirs->tagExists(DCM_DoubleFloatPixelData);
        return none ? "" : "DCMTK has Pixel Data";
    }
    if (pixels == nullptr) {
        return "DCMTK has no Pixel Data";
    }
    if ((pixels->getLengthField() == DCM_UndefinedLength) != (info.encapsulated == 1)) {
        return "one has fragments, one has none";
    }
    return info.encapsulated == 1 || pixels->getLengthField() == info.length_bytes
               ? ""
               : "another length of Pixel Data";
}

std::string compare_read(dcmchain_dataset *ours, second::reading &theirs)
{
    struct dcmchain_pixel_info info = {};
    dcmchain_dataset_pixel_info(ours, &info);
    std::string problem = second::compare(dcmchain_dataset_root(ours), theirs.root(), second::READ,
                                          is_implicit(ours), info.tag, differences);
    if (problem.empty()) {
        problem =
            second::compare(dcmchain_dataset_meta(ours), theirs.meta(), second::READ, false, 0, differences);
    }
    return problem.empty() ? compare_pixels(ours, theirs.root()) : problem;
}

/* ---- writing ---- */

/* A file as the core writes it; the deflated form as it would. */
std::string write_ours(dcmchain_dataset *ours, const std::string *pixels)
{
    void *bytes = nullptr;
    size_t length = 0;
    if (is_deflated(ours)) {
        struct dataset_bytes parts = {};
        struct dicom_bytes file = {};
        ck_assert_int_eq(dataset_serialise(ours, &parts), DCMCHAIN_OK);
        std::string set(static_cast<const char *>(parts.header), parts.header_length);
        set.append(static_cast<const char *>(parts.trailer), parts.trailer_length);
        dicom_raw(&file, parts.meta, parts.meta_length);
        dicom_deflate(&file, set.data(), set.size(), true);
        dataset_bytes_free(&parts);
        return take(file);
    }
    int result = dcmchain_dataset_write(ours, pixels == nullptr ? nullptr : pixels->data(),
                                        pixels == nullptr ? 0 : pixels->size(), &bytes, &length);
    ck_assert_msg(result == DCMCHAIN_OK, "writing: %s", dcmchain_result_text(result));
    std::string written(static_cast<const char *>(bytes), length);
    dcmchain_free(bytes);
    return written;
}

std::string text_of(DcmItem *item, const DcmTagKey &tag)
{
    DcmElement *element = nullptr;
    std::string text;
    if (item->findAndGetElement(tag, element).good() && second::raw_bytes(element, text)) {
        std::replace(text.begin(), text.end(), '\0', ' ');
        text.resize(text.find_last_not_of(' ') + 1);
    }
    return text;
}

/* What PS3.10 7.1 asks of the file meta information, and what else stood there. */
std::string compare_meta(dcmchain_dataset *ours, second::reading &theirs)
{
    static const uint32_t own[] = {0x00020000, 0x00020001, 0x00020002, 0x00020003,
                                   0x00020010, 0x00020012, 0x00020013};
    DcmItem *meta = theirs.meta();
    Uint32 length = 0;
    if (text_of(meta, DCM_TransferSyntaxUID) != dcmchain_dataset_transfer_syntax(ours) ||
        text_of(meta, DCM_MediaStorageSOPClassUID) != text_of(theirs.root(), DCM_SOPClassUID) ||
        text_of(meta, DCM_MediaStorageSOPInstanceUID) != text_of(theirs.root(), DCM_SOPInstanceUID) ||
        text_of(meta, DCM_ImplementationClassUID).empty()) {
        return "the file meta information does not say what the data set is";
    }
    if (meta->findAndGetUint32(DCM_FileMetaInformationGroupLength, length).bad() ||
        length != meta->getLength(EXS_LittleEndianExplicit, EET_ExplicitLength) - 12) {
        return "the group length of the file meta information is wrong";
    }
    for (size_t i = 0; i < dcmchain_item_count(dcmchain_dataset_meta(ours)); i++) {
        dcmchain_element *element = dcmchain_item_at(dcmchain_dataset_meta(ours), i);
        uint32_t tag = dcmchain_element_tag(element);
        if (std::find(std::begin(own), std::end(own), tag) == std::end(own) &&
            !meta->tagExists(DcmTagKey(DCMCHAIN_TAG_GROUP(tag), DCMCHAIN_TAG_ELEMENT(tag)))) {
            return "an element of the file meta information is lost";
        }
    }
    return "";
}

/* DCMTK reads what ours is written as; read: how DCMTK read what ours was read from, or NULL. */
std::string compare_written(dcmchain_dataset *ours, second::reading *read)
{
    std::string bytes = write_ours(ours, nullptr);
    std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), bytes.size());
    if (theirs == nullptr) {
        return "DCMTK does not read what is written";
    }
    std::string problem = second::compare(dcmchain_dataset_root(ours), theirs->root(), second::WRITTEN,
                                          is_implicit(ours), 0, differences);
    if (!problem.empty()) {
        return problem;
    }
    if (read != nullptr &&
        second::nested_fragments(read->root()) != second::nested_fragments(theirs->root())) {
        return "the fragments of an icon are others";
    }
    return compare_meta(ours, *theirs);
}

/* Native Pixel Data, that goes in when writing. */
std::string compare_written_pixels(dcmchain_dataset *ours, const std::string &pixels)
{
    std::string bytes = write_ours(ours, &pixels);
    std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), bytes.size());
    DcmElement *element = nullptr;
    std::string found;
    if (theirs == nullptr || theirs->root()->findAndGetElement(DCM_PixelData, element).bad() ||
        !second::raw_bytes(element, found)) {
        return "DCMTK reads no Pixel Data";
    }
    std::string expected = pixels;
    expected.append(expected.size() % 2, '\0');
    for (size_t i = 0;
         strcmp(dcmchain_dataset_transfer_syntax(ours), DICOM_BIG_UID) == 0 && i + 1 < expected.size();
         i += 2) {
        std::swap(expected[i], expected[i + 1]);
    }
    if (found != expected) {
        return "the Pixel Data is another";
    }
    return second::compare(dcmchain_dataset_root(ours), theirs->root(), second::WRITTEN, is_implicit(ours),
                           0x7FE00010, differences);
}

/* A sound file, both ways. */
void check_file(const std::string &bytes, const std::string &name)
{
    int result = DCMCHAIN_OK;
    dataset_pointer ours = read_ours(bytes, result);
    ck_assert_msg(result == DCMCHAIN_OK, "reading %s: %s", name.c_str(), dcmchain_result_text(result));
    std::unique_ptr<second::reading> theirs = second::read_file(bytes.data(), bytes.size());
    ck_assert_msg(theirs != nullptr, "DCMTK does not read %s", name.c_str());
    MUST_AGREE(compare_read(ours.get(), *theirs), "reading", name);
    MUST_AGREE(compare_written(ours.get(), theirs.get()), "writing", name);
}

/* ---- random sets ---- */

enum kind { IMPLICIT, EXPLICIT, BIG, DEFLATED, ENCAPSULATED, KINDS };

std::string make_file(struct random_set &random, int kind)
{
    static const char *const syntaxes[KINDS] = {DICOM_IMPLICIT_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID,
                                                DICOM_DEFLATED_UID, DICOM_JPEG_UID};
    struct dicom_bytes file = {};
    random.set.encoding = kind == IMPLICIT ? DICOM_IMPLICIT : kind == BIG ? DICOM_BIG : DICOM_EXPLICIT;
    random.encapsulated = kind == ENCAPSULATED;
    random.items = 0;
    random.elements = 0;
    random_set_make(&random);
    if (kind == DEFLATED) {
        struct dicom_bytes deflated = {};
        dicom_deflate(&deflated, random.set.data, random.set.length, true);
        dicom_file(&file, syntaxes[kind], &deflated);
        dicom_free(&deflated);
    } else {
        dicom_file(&file, syntaxes[kind], &random.set);
    }
    dicom_free(&random.set);
    return take(file);
}

std::string name_of(const char *what, int seed, uint64_t number)
{
    return std::string(what) + " " + std::to_string(seed) + "." + std::to_string(number);
}

} // namespace

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
    tcase_add_loop_test(one, test_dataset_mangled_files_are_what_dcmtk_reads, 0, 6);
    tcase_add_loop_test(one, test_dataset_mangled_unknown_sequences_are_what_dcmtk_reads, 0, 4);
    tcase_add_loop_test(one, test_dataset_icon_fragments_in_any_syntax_are_what_dcmtk_reads, 0, 4);
    tcase_add_loop_test(one, test_dataset_us_or_ss_is_told_by_pixel_representation, 0, 9);
    tcase_add_loop_test(one, test_dataset_real_files_are_what_dcmtk_reads, 0, 2);
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
