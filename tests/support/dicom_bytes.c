/* dicom_bytes.c: see dicom_bytes.h. */
#include "dicom_bytes.h"

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* next_in may point to const bytes */
#include <zlib.h>

#define LETTERS 2U
#define RAW_WINDOW_BITS (-15)

void dicom_free(struct dicom_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct dicom_bytes){.encoding = bytes->encoding};
}

/* ---- pieces ---- */

static void reserve(struct dicom_bytes *bytes, size_t more)
{
    if (bytes->capacity - bytes->length >= more) {
        return;
    }
    bytes->capacity = (bytes->length + more) * 2;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (bytes->data == NULL) {
        abort();
    }
}

void dicom_raw(struct dicom_bytes *bytes, const void *data, size_t length)
{
    if (length > 0) {
        reserve(bytes, length);
        memcpy(bytes->data + bytes->length, data, length);
        bytes->length += length;
    }
}

void dicom_fill(struct dicom_bytes *bytes, uint8_t byte, size_t count)
{
    if (count > 0) {
        reserve(bytes, count);
        memset(bytes->data + bytes->length, byte, count);
        bytes->length += count;
    }
}

static void write_number(uint8_t *to, bool big_endian, uint32_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        to[big_endian ? size - 1 - i : i] = (uint8_t)(number >> 8 * i);
    }
}

static void add_number(struct dicom_bytes *bytes, uint32_t number, size_t size)
{
    reserve(bytes, size);
    write_number(bytes->data + bytes->length, bytes->encoding == DICOM_BIG, number, size);
    bytes->length += size;
}

void dicom_u16(struct dicom_bytes *bytes, uint16_t number)
{
    add_number(bytes, number, 2);
}

void dicom_u32(struct dicom_bytes *bytes, uint32_t number)
{
    add_number(bytes, number, 4);
}

void dicom_tag(struct dicom_bytes *bytes, uint32_t tag)
{
    dicom_u16(bytes, (uint16_t)(tag >> 16));
    dicom_u16(bytes, (uint16_t)(tag & 0xFFFFU));
}

void dicom_patch_u32(struct dicom_bytes *bytes, size_t at, uint32_t number)
{
    write_number(bytes->data + at, bytes->encoding == DICOM_BIG, number, 4);
}

/* ---- elements ---- */

bool dicom_vr_is_long(const char *vr)
{
    static const char names[][3] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                    "SV", "UC", "UN", "UR", "UT", "UV"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (memcmp(vr, names[i], LETTERS) == 0) {
            return true;
        }
    }
    return false;
}

void dicom_head(struct dicom_bytes *bytes, uint32_t tag, const char *vr, uint32_t length)
{
    dicom_tag(bytes, tag);
    if (bytes->encoding == DICOM_IMPLICIT) {
        dicom_u32(bytes, length);
        return;
    }
    dicom_raw(bytes, vr, LETTERS);
    if (dicom_vr_is_long(vr)) {
        dicom_u16(bytes, 0);
        dicom_u32(bytes, length);
    } else {
        dicom_u16(bytes, (uint16_t)length);
    }
}

void dicom_element(struct dicom_bytes *bytes, uint32_t tag, const char *vr, const void *value, size_t length)
{
    dicom_head(bytes, tag, vr, (uint32_t)length);
    dicom_raw(bytes, value, length);
}

void dicom_text(struct dicom_bytes *bytes, uint32_t tag, const char *vr, const char *value)
{
    size_t length = strlen(value);
    dicom_head(bytes, tag, vr, (uint32_t)(length + length % 2));
    dicom_raw(bytes, value, length);
    dicom_fill(bytes, memcmp(vr, "UI", LETTERS) == 0 ? '\0' : ' ', length % 2);
}

void dicom_us(struct dicom_bytes *bytes, uint32_t tag, uint16_t number)
{
    dicom_head(bytes, tag, "US", 2);
    dicom_u16(bytes, number);
}

/* ---- sequences ---- */

void dicom_delimiter(struct dicom_bytes *bytes, uint32_t tag, uint32_t length)
{
    dicom_tag(bytes, tag);
    dicom_u32(bytes, length);
}

static void close_level(struct dicom_bytes *bytes, size_t opened, bool undefined, uint32_t delimiter)
{
    if (undefined) {
        dicom_delimiter(bytes, delimiter, 0);
    } else {
        dicom_patch_u32(bytes, opened - 4, (uint32_t)(bytes->length - opened));
    }
}

size_t dicom_open_sequence(struct dicom_bytes *bytes, uint32_t tag, const char *vr, bool undefined)
{
    dicom_head(bytes, tag, vr, undefined ? DICOM_UNDEFINED : 0);
    return bytes->length;
}

void dicom_close_sequence(struct dicom_bytes *bytes, size_t opened, bool undefined)
{
    close_level(bytes, opened, undefined, DICOM_SEQUENCE_END);
}

size_t dicom_open_item(struct dicom_bytes *bytes, bool undefined)
{
    dicom_delimiter(bytes, DICOM_ITEM, undefined ? DICOM_UNDEFINED : 0);
    return bytes->length;
}

void dicom_close_item(struct dicom_bytes *bytes, size_t opened, bool undefined)
{
    close_level(bytes, opened, undefined, DICOM_ITEM_END);
}

/* ---- Pixel Data ---- */

static void add_pattern(struct dicom_bytes *bytes, size_t count)
{
    reserve(bytes, count + 1);
    for (size_t i = 0; i < count; i++) {
        bytes->data[bytes->length++] = (uint8_t)(i * 7 + 1);
    }
}

void dicom_pixels(struct dicom_bytes *bytes, size_t count)
{
    dicom_head(bytes, 0x7FE00010, "OW", (uint32_t)count);
    add_pattern(bytes, count);
}

void dicom_fragments(struct dicom_bytes *bytes, const size_t *sizes, size_t count)
{
    dicom_head(bytes, 0x7FE00010, "OB", DICOM_UNDEFINED);
    dicom_delimiter(bytes, DICOM_ITEM, 0);
    for (size_t i = 0; i < count; i++) {
        dicom_delimiter(bytes, DICOM_ITEM, (uint32_t)sizes[i]);
        add_pattern(bytes, sizes[i]);
    }
    dicom_delimiter(bytes, DICOM_SEQUENCE_END, 0);
}

/* ---- files ---- */

void dicom_preamble(struct dicom_bytes *bytes)
{
    dicom_fill(bytes, 0, 128);
    dicom_raw(bytes, "DICM", 4);
}

void dicom_meta(struct dicom_bytes *bytes, const char *sop_class, const char *sop_instance,
                const char *transfer_syntax)
{
    enum dicom_encoding encoding = bytes->encoding;
    bytes->encoding = DICOM_EXPLICIT;
    dicom_head(bytes, 0x00020000, "UL", 4);
    dicom_u32(bytes, 0);
    size_t begin = bytes->length;
    dicom_element(bytes, 0x00020001, "OB", "\0\1", 2);
    dicom_text(bytes, 0x00020002, "UI", sop_class);
    dicom_text(bytes, 0x00020003, "UI", sop_instance);
    if (transfer_syntax != NULL) {
        dicom_text(bytes, 0x00020010, "UI", transfer_syntax);
    }
    dicom_text(bytes, 0x00020012, "UI", "2.25.1");
    dicom_patch_u32(bytes, begin - 4, (uint32_t)(bytes->length - begin));
    bytes->encoding = encoding;
}

void dicom_file(struct dicom_bytes *bytes, const char *transfer_syntax, const struct dicom_bytes *set)
{
    dicom_preamble(bytes);
    dicom_meta(bytes, "1.2.840.10008.5.1.4.1.1.4", "2.25.2", transfer_syntax);
    dicom_raw(bytes, set->data, set->length);
}

void dicom_deflate(struct dicom_bytes *bytes, const void *data, size_t length, bool even)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, RAW_WINDOW_BITS, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        abort();
    }
    uLong bound = deflateBound(&stream, (uLong)length);
    reserve(bytes, bound + 1);
    stream.next_in = data;
    stream.avail_in = (uInt)length;
    stream.next_out = bytes->data + bytes->length;
    stream.avail_out = (uInt)bound;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        abort();
    }
    bytes->length += stream.total_out;
    dicom_fill(bytes, 0, even ? stream.total_out % 2 : 0);
    (void)deflateEnd(&stream);
}

static void add_references(struct dicom_bytes *bytes, bool undefined)
{
    size_t sequence = dicom_open_sequence(bytes, 0x00081140, "SQ", undefined);
    for (int i = 0; i < 2; i++) {
        size_t item = dicom_open_item(bytes, undefined);
        dicom_text(bytes, 0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.4");
        dicom_text(bytes, 0x00081155, "UI", i == 0 ? "2.25.10" : "2.25.11");
        size_t inner = dicom_open_sequence(bytes, 0x0040A170, "SQ", !undefined);
        size_t inner_item = dicom_open_item(bytes, !undefined);
        dicom_text(bytes, 0x00080100, "SH", "121311");
        dicom_text(bytes, 0x00080102, "SH", "DCM");
        dicom_close_item(bytes, inner_item, !undefined);
        dicom_close_sequence(bytes, inner, !undefined);
        dicom_close_item(bytes, item, undefined);
    }
    dicom_close_sequence(bytes, sequence, undefined);
}

void dicom_image_set(struct dicom_bytes *bytes, size_t pixel_bytes)
{
    dicom_text(bytes, 0x00080005, "CS", "ISO_IR 100");
    dicom_text(bytes, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
    dicom_text(bytes, 0x00080018, "UI", "2.25.2");
    dicom_text(bytes, 0x00080060, "CS", "MR");
    add_references(bytes, true);
    dicom_text(bytes, 0x00090010, "LO", "DCMCHAIN TEST");
    dicom_text(bytes, 0x00091001, "LO", "private");
    dicom_text(bytes, 0x00100010, "PN", "Zzyx^Test");
    dicom_text(bytes, 0x00100020, "LO", "phi-1");
    dicom_text(bytes, 0x0020000D, "UI", "2.25.3");
    dicom_text(bytes, 0x0020000E, "UI", "2.25.4");
    dicom_text(bytes, 0x00200013, "IS", "1");
    dicom_us(bytes, 0x00280010, 4);
    dicom_us(bytes, 0x00280011, 4);
    if (pixel_bytes > 0) {
        dicom_pixels(bytes, pixel_bytes);
    }
}

void dicom_image_file(struct dicom_bytes *bytes, enum dicom_encoding encoding, size_t pixel_bytes)
{
    static const char *const syntaxes[] = {DICOM_IMPLICIT_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID};
    struct dicom_bytes set = {.encoding = encoding};
    dicom_image_set(&set, pixel_bytes);
    dicom_file(bytes, syntaxes[encoding], &set);
    dicom_free(&set);
}
