/* dicom_bytes.h: builds DICOM files for tests byte by byte, broken ones too: it writes what it is told and
 * checks nothing but its own memory. It uses no code of the core, so that a mistake there is not repeated
 * here. */
#ifndef TEST_DICOM_BYTES_H
#define TEST_DICOM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DICOM_UNDEFINED 0xFFFFFFFFU
#define DICOM_ITEM 0xFFFEE000U
#define DICOM_ITEM_END 0xFFFEE00DU
#define DICOM_SEQUENCE_END 0xFFFEE0DDU

#define DICOM_IMPLICIT_UID "1.2.840.10008.1.2"
#define DICOM_EXPLICIT_UID "1.2.840.10008.1.2.1"
#define DICOM_DEFLATED_UID "1.2.840.10008.1.2.1.99"
#define DICOM_BIG_UID "1.2.840.10008.1.2.2"
#define DICOM_JPEG_UID "1.2.840.10008.1.2.4.50"

enum dicom_encoding { DICOM_IMPLICIT, DICOM_EXPLICIT, DICOM_BIG };

/* Begin with {.encoding = …}; the encoding may be changed at any time. Memory that runs out aborts. */
struct dicom_bytes {
    uint8_t *data;
    size_t length;
    size_t capacity;
    enum dicom_encoding encoding;
};

void dicom_free(struct dicom_bytes *bytes);

/* ---- pieces ---- */

void dicom_raw(struct dicom_bytes *bytes, const void *data, size_t length);
void dicom_fill(struct dicom_bytes *bytes, uint8_t byte, size_t count);
void dicom_u16(struct dicom_bytes *bytes, uint16_t number);
void dicom_u32(struct dicom_bytes *bytes, uint32_t number);
/* Group and element, 2 bytes each. */
void dicom_tag(struct dicom_bytes *bytes, uint32_t tag);
/* Overwrites 4 bytes at a place, in the present encoding: a length that is known late. */
void dicom_patch_u32(struct dicom_bytes *bytes, size_t at, uint32_t number);

/* ---- elements; vr as "PN" ---- */

/* True for the VRs with two reserved bytes and a 32-bit length (PS3.5 7.1.2). */
bool dicom_vr_is_long(const char *vr);
/* Tag, VR and length in the present encoding. */
void dicom_head(struct dicom_bytes *bytes, uint32_t tag, const char *vr, uint32_t length);
/* An element with exactly this value, odd lengths too. */
void dicom_element(struct dicom_bytes *bytes, uint32_t tag, const char *vr, const void *value, size_t length);
/* … with text, padded to even length (UI by NUL). */
void dicom_text(struct dicom_bytes *bytes, uint32_t tag, const char *vr, const char *value);
/* … with one number of 2 bytes. */
void dicom_us(struct dicom_bytes *bytes, uint32_t tag, uint16_t number);

/* ---- sequences ---- */

/* Open a sequence or an item, put what is in it, close it with the value that opening gave. Undefined lengths
 * are closed by a delimiter, defined ones by filling in the length. */
size_t dicom_open_sequence(struct dicom_bytes *bytes, uint32_t tag, const char *vr, bool undefined);
void dicom_close_sequence(struct dicom_bytes *bytes, size_t opened, bool undefined);
size_t dicom_open_item(struct dicom_bytes *bytes, bool undefined);
void dicom_close_item(struct dicom_bytes *bytes, size_t opened, bool undefined);
/* Item, item delimiter or sequence delimiter with a length. */
void dicom_delimiter(struct dicom_bytes *bytes, uint32_t tag, uint32_t length);

/* ---- Pixel Data ---- */

/* Native: (7FE0,0010) OW of count bytes with a pattern. */
void dicom_pixels(struct dicom_bytes *bytes, size_t count);
/* Encapsulated: OB of undefined length, an empty offset table, fragments of these sizes, the delimiter. */
void dicom_fragments(struct dicom_bytes *bytes, const size_t *sizes, size_t count);

/* ---- files ---- */

/* 128 zero bytes and "DICM". */
void dicom_preamble(struct dicom_bytes *bytes);
/* Group 0002 (always explicit little endian) with a right group length. transfer_syntax NULL: without one. */
void dicom_meta(struct dicom_bytes *bytes, const char *sop_class, const char *sop_instance,
                const char *transfer_syntax);
/* Preamble, file meta and this data set. */
void dicom_file(struct dicom_bytes *bytes, const char *transfer_syntax, const struct dicom_bytes *set);
/* The data set as a raw deflate stream (PS3.5 A.5), with a zero byte behind an odd length if wanted. */
void dicom_deflate(struct dicom_bytes *bytes, const void *data, size_t length, bool even);

/* A small whole image's data set: UIDs, a patient, a nested sequence (undefined and defined lengths), a
 * private block, native pixels (0: none); and its file in one of the uncompressed encodings. */
void dicom_image_set(struct dicom_bytes *bytes, size_t pixel_bytes);
void dicom_image_file(struct dicom_bytes *bytes, enum dicom_encoding encoding, size_t pixel_bytes);

#endif
