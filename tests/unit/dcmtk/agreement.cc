/* agreement.cc: see agreement.h. */
#include "agreement.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "dataset/dataset_internal.h"

#include <check.h> /* last: it defines fail */

second::counts differences;

uint64_t sets_of_a_seed()
{
    return getenv("DCMCHAIN_TEST_FULL") != nullptr ? 60 : 6;
}

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

static bool is_implicit(const dcmchain_dataset *dataset)
{
    return strcmp(dcmchain_dataset_transfer_syntax(dataset), DICOM_IMPLICIT_UID) == 0;
}

bool is_deflated(const dcmchain_dataset *dataset)
{
    return strcmp(dcmchain_dataset_transfer_syntax(dataset), DICOM_DEFLATED_UID) == 0;
}

/* ---- reading ---- */

static std::string compare_pixels(const dcmchain_dataset *ours, DcmItem *theirs)
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
static std::string write_ours(dcmchain_dataset *ours, const std::string *pixels)
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

static std::string text_of(DcmItem *item, const DcmTagKey &tag)
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
static std::string compare_meta(dcmchain_dataset *ours, second::reading &theirs)
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
