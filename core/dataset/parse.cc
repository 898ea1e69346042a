/* parse.cc: from the walked bytes of a file to a dataset, with DCMTK's account of them checked against the
 * walker's; making and freeing datasets. */
#include <dcmtk/dcmdata/dcistrmb.h>

#include <cstdio>

#include "level.h"
#include "unknown.h"

#include "../source.h"

namespace {

using wrap::guard;

/* Elements at all depths, as the walker counts them. */
uint64_t count_elements(DcmItem *item)
{
    uint64_t count = 0;
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        count++;
        DcmSequenceOfItems *sequence =
            object->ident() == EVR_SQ ? static_cast<DcmSequenceOfItems *>(object) : nullptr;
        if (sequence == nullptr) {
            continue;
        }
        for (DcmObject *inner = sequence->nextInContainer(nullptr); inner != nullptr;
             inner = sequence->nextInContainer(inner)) {
            count += count_elements(static_cast<DcmItem *>(inner));
        }
    }
    return count;
}

/* An item of exactly these bytes. Its stop position must be their end. */
std::unique_ptr<DcmItem> read_item(const void *bytes, size_t length, E_TransferSyntax syntax, bool &ret_whole)
{
    std::unique_ptr<DcmItem> item(new wrap::level(static_cast<Uint32>(length)));
    ret_whole = true;
    if (length == 0) {
        return item;
    }
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(length));
    stream.setEos();
    item->transferInit();
    OFCondition condition = item->read(stream, syntax, EGL_noChange, DCM_UndefinedLength - 1);
    item->transferEnd();
    ret_whole = (condition.good() || condition == EC_EndOfStream) &&
                stream.tell() == static_cast<offile_off_t>(length);
    return item;
}

void append(std::vector<char> &bytes, const void *more, uint64_t length)
{
    const char *from = static_cast<const char *>(more);
    if (length > 0) {
        bytes.insert(bytes.end(), from, from + length);
    }
}

int fail(char *ret_problem, size_t problem_size, const char *text)
{
    (void)snprintf(ret_problem, problem_size, "%s", text);
    return DCMCHAIN_E_INVALID;
}

E_TransferSyntax syntax_of(const walker_layout *layout)
{
    if (layout->deflated) {
        return EXS_LittleEndianExplicit; /* the inflated form */
    }
    return !layout->explicit_vr ? EXS_LittleEndianImplicit
           : layout->big_endian ? EXS_BigEndianExplicit
                                : EXS_LittleEndianExplicit;
}

void take_pixel(const walker_layout *layout, dcmchain_pixel_info &ret_pixel)
{
    ret_pixel.tag = layout->pixel_tag;
    ret_pixel.vr = layout->pixel_vr;
    ret_pixel.encapsulated = layout->pixel_undefined ? 1 : 0;
    ret_pixel.length_bytes = layout->pixel_value_length;
}

int parse(const walker_layout *layout, const uint8_t *preamble, const void *meta, const void *header,
          const void *trailer, std::unique_ptr<dcmchain_dataset> &dataset, char *ret_problem,
          size_t problem_size)
{
    std::vector<char> joined;
    const void *set_bytes = header;
    size_t set_length = layout->header_length;
    if (layout->trailer_length > 0) {
        joined.reserve(layout->header_length + layout->trailer_length);
        append(joined, header, layout->header_length);
        append(joined, trailer, layout->trailer_length);
        set_bytes = joined.data();
        set_length = joined.size();
    }

    bool whole = false;
    dataset->meta = read_item(meta, layout->meta_length, EXS_LittleEndianExplicit, whole);
    if (!whole || count_elements(dataset->meta.get()) != layout->meta_elements) {
        return fail(ret_problem, problem_size,
                    "the parser and the structure walker do not agree on the file meta information");
    }
    dataset->syntax = syntax_of(layout);
    dataset->root = read_item(set_bytes, set_length, dataset->syntax, whole);
    if (!whole) {
        return fail(ret_problem, problem_size,
                    "the parser stops before the end that the structure walker found");
    }
    if (count_elements(dataset->root.get()) != layout->elements) {
        return fail(ret_problem, problem_size,
                    "the parser does not see as many elements as the structure walker: some are there twice "
                    "or cannot be read");
    }
    if (preamble != nullptr) {
        memcpy(dataset->preamble, preamble, sizeof dataset->preamble);
    }
    (void)snprintf(dataset->transfer_syntax, sizeof dataset->transfer_syntax, "%s", layout->transfer_syntax);
    take_pixel(layout, dataset->pixel);
    return unknown_decode(dataset->root.get());
}

std::unique_ptr<dcmchain_dataset> make()
{
    std::unique_ptr<dcmchain_dataset> dataset(new dcmchain_dataset());
    dataset->meta.reset(new wrap::level());
    dataset->root.reset(new wrap::level());
    dataset->syntax = EXS_LittleEndianExplicit;
    dataset->transfer_syntax[0] = '\0';
    memset(dataset->preamble, 0, sizeof dataset->preamble);
    dataset->pixel = dcmchain_pixel_info();
    return dataset;
}

/* The ranges of a file in memory that a layout names. */
int read_memory(const void *bytes, const walker_layout *layout, std::vector<char> &set, source *file)
{
    if (!layout->deflated) {
        append(set, static_cast<const char *>(bytes) + layout->header_offset, layout->header_length);
        append(set, static_cast<const char *>(bytes) + layout->trailer_offset, layout->trailer_length);
        return DCMCHAIN_OK;
    }
    struct source *stream = nullptr;
    int result = source_open_inflate(file, layout->dataset_offset, &stream);
    std::unique_ptr<struct source, decltype(&source_free)> owner(stream, source_free);
    set.resize(layout->header_length + layout->trailer_length);
    size_t got = 0;
    if (result == DCMCHAIN_OK) {
        result = source_seek(stream, layout->header_offset);
    }
    if (result == DCMCHAIN_OK) {
        result = source_read(stream, set.data(), layout->header_length, &got);
    }
    if (result == DCMCHAIN_OK) {
        result = source_seek(stream, layout->trailer_offset);
    }
    if (result == DCMCHAIN_OK) {
        result = source_read(stream, set.data() + layout->header_length, layout->trailer_length, &got);
    }
    return result;
}

} // namespace

int dataset_parse(const struct walker_layout *layout, const uint8_t *preamble, const void *meta,
                  const void *header, const void *trailer, dcmchain_dataset **ret_dataset, char *ret_problem,
                  size_t problem_size) noexcept
{
    int result = guard([&] {
        std::unique_ptr<dcmchain_dataset> dataset = make();
        int parsed = parse(layout, preamble, meta, header, trailer, dataset, ret_problem, problem_size);
        if (parsed == DCMCHAIN_OK) {
            *ret_dataset = dataset.release();
        }
        return parsed;
    });
    if (result == DCMCHAIN_E_MEMORY || result == DCMCHAIN_FAIL) {
        (void)snprintf(ret_problem, problem_size, "%s",
                       result == DCMCHAIN_FAIL ? "the parser failed" : "out of memory");
    }
    return result;
}

int dcmchain_dataset_new(const char *transfer_syntax, dcmchain_dataset **ret_dataset) noexcept
{
    return guard([&] {
        E_TransferSyntax syntax = DcmXfer(transfer_syntax).getXfer();
        if (syntax == EXS_Unknown) {
            return DCMCHAIN_E_INVALID;
        }
        std::unique_ptr<dcmchain_dataset> dataset = make();
        dataset->syntax = syntax == EXS_LittleEndianImplicit || syntax == EXS_BigEndianExplicit
                              ? syntax
                              : EXS_LittleEndianExplicit;
        (void)snprintf(dataset->transfer_syntax, sizeof dataset->transfer_syntax, "%s", transfer_syntax);
        *ret_dataset = dataset.release();
        return DCMCHAIN_OK;
    });
}

int dcmchain_dataset_read(const void *bytes, size_t length_bytes, dcmchain_dataset **ret_dataset) noexcept
{
    return guard([&] {
        struct source *opened = nullptr;
        int result = source_open_memory(bytes, length_bytes, &opened);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        std::unique_ptr<struct source, decltype(&source_free)> file(opened, source_free);
        walker_layout layout;
        char problem[256];
        result = walker_walk(file.get(), nullptr, &layout, problem, sizeof problem);
        if (result != DCMCHAIN_OK) {
            return result == DCMCHAIN_E_ABSENT ? DCMCHAIN_E_INVALID : result;
        }
        std::vector<char> set;
        result = read_memory(bytes, &layout, set, file.get());
        if (result != DCMCHAIN_OK) {
            return result;
        }
        const uint8_t *start = static_cast<const uint8_t *>(bytes);
        return dataset_parse(&layout, layout.has_prefix ? start : nullptr, start + layout.meta_offset,
                             set.data(), set.data() + layout.header_length, ret_dataset, problem,
                             sizeof problem);
    });
}

void dcmchain_dataset_free(dcmchain_dataset *dataset) noexcept
{
    (void)guard([&] {
        delete dataset;
        return DCMCHAIN_OK;
    });
}

dcmchain_item *dcmchain_dataset_root(dcmchain_dataset *dataset) noexcept
{
    return wrap::handle_of(dataset->root.get());
}

dcmchain_item *dcmchain_dataset_meta(dcmchain_dataset *dataset) noexcept
{
    return wrap::handle_of(dataset->meta.get());
}

const char *dcmchain_dataset_transfer_syntax(const dcmchain_dataset *dataset) noexcept
{
    return dataset->transfer_syntax;
}

void dcmchain_dataset_get_preamble(const dcmchain_dataset *dataset, uint8_t ret_bytes[128]) noexcept
{
    memcpy(ret_bytes, dataset->preamble, sizeof dataset->preamble);
}

void dcmchain_dataset_set_preamble(dcmchain_dataset *dataset, const uint8_t bytes[128]) noexcept
{
    memcpy(dataset->preamble, bytes, sizeof dataset->preamble);
}

void dcmchain_dataset_pixel_info(const dcmchain_dataset *dataset,
                                 struct dcmchain_pixel_info *ret_info) noexcept
{
    *ret_info = dataset->pixel;
}
