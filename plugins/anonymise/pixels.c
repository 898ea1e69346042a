/* pixels.c: which codec, and what native Pixel Data holds behind its last pixel.
 * It must fail closed: an encapsulated frame that is not of its transfer syntax is an error. */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "pixel_codec.h"
#include "pixel_planes.h"

enum codec { CODEC_NONE, CODEC_JPEG, CODEC_JPEG_2000, CODEC_JPEG_XL, CODEC_RLE };

/* PS3.5 annex A.4. What is not listed (video, encapsulated uncompressed) is passed as it is. */
static enum codec codec_of(const char *transfer_syntax)
{
    static const struct {
        const char *begin;
        unsigned first;
        unsigned last;
        enum codec codec;
    } codecs[] = {
        {"1.2.840.10008.1.2.4.", 50, 81, CODEC_JPEG},
        {"1.2.840.10008.1.2.4.", 90, 93, CODEC_JPEG_2000},
        {"1.2.840.10008.1.2.4.", 110, 112, CODEC_JPEG_XL},
        {"1.2.840.10008.1.2.4.", 201, 203, CODEC_JPEG_2000},
        {"1.2.840.10008.1.2.", 5, 5, CODEC_RLE},
    };

    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
        const size_t length = strlen(codecs[i].begin);
        char *end = NULL;

        if (strncmp(transfer_syntax, codecs[i].begin, length) != 0) {
            continue;
        }
        const unsigned long number = strtoul(transfer_syntax + length, &end, 10);
        if (end != transfer_syntax + length && *end == '\0' && number >= codecs[i].first &&
            number <= codecs[i].last) {
            return codecs[i].codec;
        }
    }
    return CODEC_NONE;
}

static int clean_frame(struct pixel_reader *reader, enum codec codec, const struct pixel_shape *shape)
{
    switch (codec) {
    case CODEC_JPEG:
        return pixel_jpeg_clean(reader);
    case CODEC_JPEG_2000:
        return pixel_jpeg2000_clean(reader);
    case CODEC_JPEG_XL:
        return pixel_jpegxl_clean(reader);
    case CODEC_RLE:
        return shape->pixels_per_frame == 0 ? DCMCHAIN_E_INVALID
                                            : pixel_rle_clean(reader, shape->pixels_per_frame);
    default:
        return DCMCHAIN_OK;
    }
}

static int clean_encapsulated(const struct pixel_source *source, const struct pixel_shape *shape,
                              uint64_t *ret_blanked)
{
    const enum codec codec = codec_of(shape->transfer_syntax);
    AUTO_FREE struct pixel_reader *reader = NULL;
    int result = 0;

    if (codec == CODEC_NONE) {
        return DCMCHAIN_OK;
    }
    reader = malloc(sizeof *reader);
    if (reader == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    pixel_reader_open(reader, source);
    while (result == 0 && pixel_reader_next_fragment(reader)) {
        if (pixel_reader_left(reader) > 0) {
            result = clean_frame(reader, codec, shape);
        }
    }
    *ret_blanked = reader->blanked;
    return result < 0 ? result : reader->result;
}

/* Behind the last pixel one byte of padding may stand (PS3.5 8.1.1), and it is zero. Zeros are no loss, so
 * they are no error either, however many. */
static int clean_slack(const struct pixel_source *source, const struct pixel_shape *shape,
                       uint64_t *ret_blanked)
{
    const uint64_t pixel_bytes = shape->native_bytes;
    const uint64_t slack = source->length - pixel_bytes - pixel_bytes % 2;
    uint8_t piece[4096];

    for (uint64_t at = pixel_bytes; at < source->length;) {
        size_t got = 0;
        const int result = source->read(source->closure, at, piece, sizeof piece, &got);

        if (result < 0 || got == 0) {
            return result;
        }
        for (size_t i = 0; i < got; i++) {
            if (piece[i] != 0) {
                if (shape->frame_bytes > 0 && slack >= shape->frame_bytes) {
                    return DCMCHAIN_E_RANGE;
                }
                *ret_blanked = source->length - pixel_bytes;
                return source->patch(source->closure, pixel_bytes, NULL, *ret_blanked);
            }
        }
        at += got;
    }
    return DCMCHAIN_OK;
}

int pixels_clean(const struct pixel_source *source, const struct pixel_shape *shape, uint64_t *ret_blanked)
{
    *ret_blanked = 0;
    if (shape->encapsulated) {
        return clean_encapsulated(source, shape, ret_blanked);
    }
    if (shape->native_bytes == 0 || shape->native_bytes >= source->length) {
        return DCMCHAIN_OK;
    }
    return clean_slack(source, shape, ret_blanked);
}

/* ---- the instance in work ---- */

/* fallback: where there is no value. 0 where there is one that is no number: then nobody knows where the
 * pixels end, and to make the rest zeros would destroy them. */
static uint64_t number_of(const dcmchain_item *root, uint32_t tag, uint64_t fallback)
{
    const dcmchain_element *element = dcmchain_item_find(root, tag);
    int64_t number = 0;

    if (element == NULL || dcmchain_element_value_count(element) == 0) {
        return fallback;
    }
    return dcmchain_element_get_integer(element, 0, &number) == 0 && number > 0 ? (uint64_t)number : 0;
}

/* PS3.3 C.7.6.3.1.2: two samples a pixel in the YBR_*_422 forms, one and a half in YBR_PARTIAL_420. */
static uint64_t half_samples(const dcmchain_item *root)
{
    const uint64_t samples = number_of(root, 0x00280002U, 1);
    AUTO_API char *photometric = NULL;

    if (dcmchain_item_get_text(root, 0x00280004U, &photometric) != 0) {
        return samples * 2;
    }
    if (strcmp(photometric, "YBR_FULL_422") == 0 || strcmp(photometric, "YBR_PARTIAL_422") == 0) {
        return 4;
    }
    return strcmp(photometric, "YBR_PARTIAL_420") == 0 ? 3 : samples * 2;
}

static struct pixel_shape shape_of(dcmchain_dataset *dataset, const struct dcmchain_pixel_info *info)
{
    const dcmchain_item *root = dcmchain_dataset_root(dataset);
    const uint64_t rows = number_of(root, 0x00280010U, 0);
    const uint64_t columns = number_of(root, 0x00280011U, 0);
    const uint64_t frames = number_of(root, 0x00280008U, 1);
    const uint64_t bits = info->tag == 0x7FE00008U   ? 32
                          : info->tag == 0x7FE00009U ? 64
                                                     : number_of(root, 0x00280100U, 0);
    struct pixel_shape shape = {.transfer_syntax = dcmchain_dataset_transfer_syntax(dataset),
                                .pixels_per_frame = rows * columns,
                                .encapsulated = info->encapsulated != 0};
    const uint64_t frame_half_bits = rows * columns * half_samples(root) * bits;
    uint64_t half_bits = 0;

    /* Rows, Columns: 16 bits; samples, bits: a few; a product that overflows is of no image that a file can
     * hold. */
    if (!__builtin_mul_overflow(frame_half_bits, frames, &half_bits)) {
        shape.native_bytes = half_bits / 16 + (half_bits % 16 != 0 ? 1 : 0);
        shape.frame_bytes = frame_half_bits / 16 + (frame_half_bits % 16 != 0 ? 1 : 0);
    }
    return shape;
}

static int read_instance(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    return dcmchain_instance_pixel_read(closure, offset, buffer, length, ret_read);
}

static int patch_instance(void *closure, uint64_t offset, const void *bytes, uint64_t length)
{
    return dcmchain_instance_pixel_patch(closure, offset, bytes, length);
}

static const char *reason_of(int result)
{
    switch (result) {
    case DCMCHAIN_E_INVALID:
        return "it is not what its transfer syntax says, so that what else its bytes hold cannot be known";
    case DCMCHAIN_E_RANGE:
        return "it holds a frame or more behind its last one: Rows, Columns, Number of Frames or Bits "
               "Allocated do not fit it, so that where the pixels end cannot be known";
    default:
        return dcmchain_result_text(result);
    }
}

/* Overlay planes in the bits that no pixel uses. native_bytes: of the pixels; 0 where that is not known. */
static int mask_planes(struct work *work, dcmchain_dataset *dataset, const struct dcmchain_pixel_info *info,
                       uint64_t native_bytes)
{
    const struct dcmchain_position position = {.item = dcmchain_dataset_root(dataset)};
    struct pixel_planes planes;
    int result = pixel_planes_find(dataset, info, &planes);

    if (result < 0) {
        return dcmchain_error(work->context, "pixel data: an overlay plane is embedded in it that cannot be "
                                             "taken out without the pixels: have the filter drop such images "
                                             "(overlay-in-pixels), or set them aside");
    }
    if (planes.word_bytes == 0) {
        return DCMCHAIN_OK;
    }
    if (native_bytes == 0 || native_bytes > info->length_bytes) {
        native_bytes = info->length_bytes;
    }
    result = dcmchain_instance_pixel_mask(work->instance, 0, native_bytes, planes.keep, planes.word_bytes);
    if (result < 0) {
        return dcmchain_error(work->context, "pixel data: %s", reason_of(result));
    }
    dcmchain_note(work->context, "overlay planes embedded in pixel data were masked out");
    if (work->wants != 0) {
        dcmchain_change(work->context, work->instance, &position, info->tag, "mask",
                        "overlay planes embedded in pixel data", NULL, NULL);
    }
    return DCMCHAIN_OK;
}

int pixels_run(struct work *work, dcmchain_dataset *dataset)
{
    struct dcmchain_pixel_info info;
    const struct dcmchain_position position = {.item = dcmchain_dataset_root(dataset)};
    uint64_t blanked = 0;
    int result = 0;

    dcmchain_dataset_pixel_info(dataset, &info);
    if (info.tag == 0) {
        return DCMCHAIN_OK;
    }
    const struct pixel_source source = {read_instance, patch_instance, work->instance, info.length_bytes};
    const struct pixel_shape shape = shape_of(dataset, &info);
    result = pixels_clean(&source, &shape, &blanked);
    if (result != DCMCHAIN_OK) {
        return dcmchain_error(work->context, "pixel data: %s", reason_of(result));
    }
    if (blanked > 0) {
        dcmchain_note(work->context, "bytes inside pixel data that are no pixels were made zeros");
        if (work->wants != 0) {
            dcmchain_change(work->context, work->instance, &position, info.tag, "blank",
                            "comments, application segments and slack inside pixel data", NULL, NULL);
        }
    }
    return mask_planes(work, dataset, &info, shape.native_bytes);
}
