/* dcmchain/dataset.h: read and edit one DICOM data set (PS3.5), whatever its transfer syntax.
 *
 * Ownership, for this whole header: items and elements are borrowed views into their dataset; they
 * live until they are removed or the dataset is freed. Text and bytes in ret_* parameters are owned
 * by the caller (dcmchain_free()). Text is UTF-8 in and out, whatever the Specific Character Set
 * (0008,0005): it is decoded on reading, and a changed value is written in the character set in
 * force for its item. A value that nobody changes keeps its bytes.
 *
 * An element or item that is NULL, as dcmchain_item_find() gives where there is none, is DCMCHAIN_E_ABSENT to
 * every call that has a result, and 0 or NULL to the others.
 *
 * Threads: one dataset belongs to one thread at a time, for reading too. The tag and VR functions
 * may be called from any thread.
 *
 * The top-level Pixel Data (7FE0,0010), Float (7FE0,0008) and Double Float (7FE0,0009) Pixel Data
 * are not elements of a dataset here: dcmchain never loads them to pass them on.
 */
#ifndef DCMCHAIN_DATASET_H
#define DCMCHAIN_DATASET_H

#include <stdbool.h>

#include "base.h"

DCMCHAIN_BEGIN_DECLS

/* A tag is group << 16 | element, as (0010,0020) = 0x00100020. A VR is its two letters in one
 * 16-bit number, DCMCHAIN_VR('P', 'N'); 0 stands for none. PS3.5 sections 7.1 and 6.2. Since 0.1. */
#define DCMCHAIN_TAG(group, element) (((uint32_t)(group) << 16) | (uint32_t)(element))
#define DCMCHAIN_TAG_GROUP(tag) ((uint16_t)((tag) >> 16))
#define DCMCHAIN_TAG_ELEMENT(tag) ((uint16_t)((tag)&0xFFFFU))
#define DCMCHAIN_TAG_IS_PRIVATE(tag) ((((tag) >> 16) & 1U) != 0U)
#define DCMCHAIN_VR(first, second) ((uint16_t)(((uint16_t)(first) << 8) | (uint16_t)(second)))

#define DCMCHAIN_VR_AE DCMCHAIN_VR('A', 'E')
#define DCMCHAIN_VR_AS DCMCHAIN_VR('A', 'S')
#define DCMCHAIN_VR_AT DCMCHAIN_VR('A', 'T')
#define DCMCHAIN_VR_CS DCMCHAIN_VR('C', 'S')
#define DCMCHAIN_VR_DA DCMCHAIN_VR('D', 'A')
#define DCMCHAIN_VR_DS DCMCHAIN_VR('D', 'S')
#define DCMCHAIN_VR_DT DCMCHAIN_VR('D', 'T')
#define DCMCHAIN_VR_FD DCMCHAIN_VR('F', 'D')
#define DCMCHAIN_VR_FL DCMCHAIN_VR('F', 'L')
#define DCMCHAIN_VR_IS DCMCHAIN_VR('I', 'S')
#define DCMCHAIN_VR_LO DCMCHAIN_VR('L', 'O')
#define DCMCHAIN_VR_LT DCMCHAIN_VR('L', 'T')
#define DCMCHAIN_VR_OB DCMCHAIN_VR('O', 'B')
#define DCMCHAIN_VR_OD DCMCHAIN_VR('O', 'D')
#define DCMCHAIN_VR_OF DCMCHAIN_VR('O', 'F')
#define DCMCHAIN_VR_OL DCMCHAIN_VR('O', 'L')
#define DCMCHAIN_VR_OV DCMCHAIN_VR('O', 'V')
#define DCMCHAIN_VR_OW DCMCHAIN_VR('O', 'W')
#define DCMCHAIN_VR_PN DCMCHAIN_VR('P', 'N')
#define DCMCHAIN_VR_SH DCMCHAIN_VR('S', 'H')
#define DCMCHAIN_VR_SL DCMCHAIN_VR('S', 'L')
#define DCMCHAIN_VR_SQ DCMCHAIN_VR('S', 'Q')
#define DCMCHAIN_VR_SS DCMCHAIN_VR('S', 'S')
#define DCMCHAIN_VR_ST DCMCHAIN_VR('S', 'T')
#define DCMCHAIN_VR_SV DCMCHAIN_VR('S', 'V')
#define DCMCHAIN_VR_TM DCMCHAIN_VR('T', 'M')
#define DCMCHAIN_VR_UC DCMCHAIN_VR('U', 'C')
#define DCMCHAIN_VR_UI DCMCHAIN_VR('U', 'I')
#define DCMCHAIN_VR_UL DCMCHAIN_VR('U', 'L')
#define DCMCHAIN_VR_UN DCMCHAIN_VR('U', 'N')
#define DCMCHAIN_VR_UR DCMCHAIN_VR('U', 'R')
#define DCMCHAIN_VR_US DCMCHAIN_VR('U', 'S')
#define DCMCHAIN_VR_UT DCMCHAIN_VR('U', 'T')
#define DCMCHAIN_VR_UV DCMCHAIN_VR('U', 'V')

typedef struct dcmchain_dataset dcmchain_dataset; /* file meta information, data set, preamble */
typedef struct dcmchain_item dcmchain_item; /* the data set itself, the file meta, or one sequence item */
typedef struct dcmchain_element dcmchain_element; /* one data element of an item */

/* ---- the dictionary (PS3.6), any thread ---- */

/* The tag of a keyword such as "PatientID", or of "(0010,0020)", "0010,0020", "00100020".
 * DCMCHAIN_E_ABSENT where it names nothing. Exact case. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_tag_parse(const char *text,
                                                        uint32_t *ret_tag) DCMCHAIN_NOEXCEPT;

/* The keyword of a public tag, NULL where the dictionary has none (private and unknown tags).
 * Repeating groups give the keyword of their base (60xx,3000: "OverlayData"). Borrowed, static. Since 0.1. */
DCMCHAIN_API const char *dcmchain_tag_keyword(uint32_t tag) DCMCHAIN_NOEXCEPT;

/* The n-th keyword of the dictionary, in no order that means anything; NULL past the end. Borrowed, static.
 * For suggestions. Since 0.1. */
DCMCHAIN_API const char *dcmchain_dictionary_keyword(size_t index) DCMCHAIN_NOEXCEPT;

/* The VR of a public tag, 0 where the dictionary has none. Where the standard names several, the
 * one to write without context (US for "US or SS", OW for "OB or OW"). Since 0.1. */
DCMCHAIN_API uint16_t dcmchain_tag_vr(uint32_t tag) DCMCHAIN_NOEXCEPT;

/* True for VRs whose value is text in a character repertoire (PS3.5 6.2: everything but AT, the
 * binary numbers, the O* VRs, SQ and UN). Since 0.1. */
DCMCHAIN_API bool dcmchain_vr_is_text(uint16_t vr) DCMCHAIN_NOEXCEPT;

/* True for the text VRs that Specific Character Set concerns: LO LT PN SH ST UC UT. Since 0.1. */
DCMCHAIN_API bool dcmchain_vr_uses_charset(uint16_t vr) DCMCHAIN_NOEXCEPT;

/* True where a backslash separates values (every text VR but LT, ST, UR, UT). Since 0.1. */
DCMCHAIN_API bool dcmchain_vr_is_multi_valued(uint16_t vr) DCMCHAIN_NOEXCEPT;

/* The most characters that one value of a text VR may have (PS3.5 table 6.2-1; PN: of one component
 * group), 0 where there is no such limit. Since 0.1. */
DCMCHAIN_API uint32_t dcmchain_vr_max_characters(uint16_t vr) DCMCHAIN_NOEXCEPT;

/* ---- datasets ---- */

/* A new, empty dataset of a transfer syntax (a UID). Free with dcmchain_dataset_free(). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_dataset_new(const char *transfer_syntax,
                                                          dcmchain_dataset **ret_dataset) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API void dcmchain_dataset_free(dcmchain_dataset *dataset) DCMCHAIN_NOEXCEPT;

/* Reads a whole DICOM file from memory (the bytes are copied), without its Pixel Data: the way for
 * tests and small tools; a stage gets its datasets from the core. The file's structure is checked
 * first; DCMCHAIN_E_INVALID where it is broken. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_dataset_read(const void *bytes, size_t length_bytes,
                                                           dcmchain_dataset **ret_dataset) DCMCHAIN_NOEXCEPT;

/* Writes a dataset as a DICOM file (PS3.10) without Pixel Data, or with the given native Pixel Data
 * (pixel_bytes may be NULL; OW, in the byte order of the transfer syntax). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_dataset_write(dcmchain_dataset *dataset,
                                                            const void *pixel_bytes,
                                                            size_t pixel_length_bytes, void **ret_bytes,
                                                            size_t *ret_length_bytes) DCMCHAIN_NOEXCEPT;

/* The data set, and the File Meta Information (group 0002, PS3.10 7.1). Never NULL. The core writes
 * Media Storage SOP Class and Instance UID, Transfer Syntax UID, implementation UID and version, and
 * the group length of the file meta from what the data set holds, whatever stands there. Since 0.1. */
DCMCHAIN_API dcmchain_item *dcmchain_dataset_root(dcmchain_dataset *dataset) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API dcmchain_item *dcmchain_dataset_meta(dcmchain_dataset *dataset) DCMCHAIN_NOEXCEPT;

/* The Transfer Syntax UID. Borrowed, as long as the dataset. Since 0.1. */
DCMCHAIN_API const char *dcmchain_dataset_transfer_syntax(const dcmchain_dataset *dataset) DCMCHAIN_NOEXCEPT;

/* The 128 bytes of the preamble (PS3.10 7.1; zeros where the file had none). Since 0.1. */
DCMCHAIN_API void dcmchain_dataset_get_preamble(const dcmchain_dataset *dataset,
                                                uint8_t ret_bytes[128]) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API void dcmchain_dataset_set_preamble(dcmchain_dataset *dataset,
                                                const uint8_t bytes[128]) DCMCHAIN_NOEXCEPT;

/* What is known of the top-level pixel element without reading it. Since 0.1. */
struct dcmchain_pixel_info {
    uint32_t tag;          /* 7FE00010, 7FE00008 or 7FE00009; 0: there is none */
    uint16_t vr;           /* OB, OW, OF or OD */
    uint16_t encapsulated; /* 1: fragments (PS3.5 A.4), 0: native */
    uint64_t length_bytes; /* of the value as stored, delimiters included where encapsulated */
};
DCMCHAIN_API void dcmchain_dataset_pixel_info(const dcmchain_dataset *dataset,
                                              struct dcmchain_pixel_info *ret_info) DCMCHAIN_NOEXCEPT;

/* ---- items ---- */

DCMCHAIN_API size_t dcmchain_item_count(const dcmchain_item *item)
    DCMCHAIN_NOEXCEPT; /* elements of this level */

/* The element of a tag at this level, NULL where there is none. Since 0.1. */
DCMCHAIN_API dcmchain_element *dcmchain_item_find(const dcmchain_item *item, uint32_t tag) DCMCHAIN_NOEXCEPT;

/* The n-th element of this level in tag order, NULL past the end. Linear; for all, use dcmchain_item_walk().
 * Since 0.1. */
DCMCHAIN_API dcmchain_element *dcmchain_item_at(const dcmchain_item *item, size_t index) DCMCHAIN_NOEXCEPT;

/* Text of an element of this level, as dcmchain_element_get_text(). DCMCHAIN_E_ABSENT where there is no such
 * element. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_item_get_text(const dcmchain_item *item, uint32_t tag,
                                                            char **ret_text) DCMCHAIN_NOEXCEPT;

/* Sets the text of an element of this level, adding it with its dictionary VR where it is absent
 * (DCMCHAIN_E_ABSENT where the dictionary does not know the tag: insert it with a VR). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_item_set_text(dcmchain_item *item, uint32_t tag,
                                                            const char *text) DCMCHAIN_NOEXCEPT;

/* Adds an empty element of a VR, or empties and re-types the one that stands there. DCMCHAIN_E_INVALID for a
 * tag that the item cannot hold: of another group than 0002 in the file meta information; of groups 0000 to
 * 0003, 0005 to 0007 and from FFFE on elsewhere; group lengths; top-level Pixel Data. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_item_insert(dcmchain_item *item, uint32_t tag, uint16_t vr,
                                                          dcmchain_element **ret_element) DCMCHAIN_NOEXCEPT;

/* Removes an element of this level and all below it. DCMCHAIN_E_ABSENT where there is none. Since 0.1. */
DCMCHAIN_API int dcmchain_item_remove(dcmchain_item *item, uint32_t tag) DCMCHAIN_NOEXCEPT;

/* ---- elements ---- */

DCMCHAIN_API uint32_t dcmchain_element_tag(const dcmchain_element *element) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API uint16_t dcmchain_element_vr(const dcmchain_element *element) DCMCHAIN_NOEXCEPT;

/* Bytes of the stored value; 0 for an empty one and for a sequence without items; of a sequence, about what
 * it takes encoded; 0xFFFFFFFF for encapsulated Pixel Data of an icon. Since 0.1. */
DCMCHAIN_API uint32_t dcmchain_element_length(const dcmchain_element *element) DCMCHAIN_NOEXCEPT;

/* The number of values (Value Multiplicity, PS3.5 6.4); for SQ the number of items; 0 if empty. Since 0.1. */
DCMCHAIN_API size_t dcmchain_element_value_count(const dcmchain_element *element) DCMCHAIN_NOEXCEPT;

/* The whole value as text, values separated by backslashes. Text VRs: decoded, without trailing
 * padding; numbers: in decimal; AT: "(gggg,eeee)". E_TYPE for O*, UN and SQ; E_CHARSET where the bytes do
 * not decode (dcmchain_element_get_bytes() still gives them). An empty value gives "". Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_get_text(const dcmchain_element *element,
                                                               char **ret_text) DCMCHAIN_NOEXCEPT;

/* One value of it, from 0; without the padding spaces that PS3.5 6.2 calls not significant. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_get_value(const dcmchain_element *element, size_t index,
                                                                char **ret_text) DCMCHAIN_NOEXCEPT;

/* One value as a number: binary numbers, DS and IS. E_INVALID where DS or IS do not parse. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_get_double(const dcmchain_element *element,
                                                                 size_t index,
                                                                 double *ret_number) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_get_integer(const dcmchain_element *element,
                                                                  size_t index,
                                                                  int64_t *ret_number) DCMCHAIN_NOEXCEPT;

/* The stored bytes, numbers and words in little endian; not for SQ (E_TYPE). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_get_bytes(const dcmchain_element *element,
                                                                void **ret_bytes,
                                                                size_t *ret_length_bytes) DCMCHAIN_NOEXCEPT;

/* Sets the value from text (backslashes separate values where the VR has several; numbers in
 * decimal). It is padded as PS3.5 6.2 asks, but neither cut nor checked against its VR's repertoire and
 * length (dcmchain_vr_max_characters()): what the VR allows is for you to keep to. E_CHARSET where the item's
 * character set lacks a character (nothing is changed); E_INVALID where a number does not parse; E_TYPE for
 * O*, UN, SQ. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_set_text(dcmchain_element *element,
                                                               const char *text) DCMCHAIN_NOEXCEPT;

/* Sets the stored bytes of any VR but SQ; words in little endian. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_set_bytes(dcmchain_element *element, const void *bytes,
                                                                size_t length_bytes) DCMCHAIN_NOEXCEPT;

/* Makes the value empty: length 0, no items. The element stays. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_clear(dcmchain_element *element) DCMCHAIN_NOEXCEPT;

/* The private creator of a private element's block (PS3.5 7.8.1), E_ABSENT where none is declared. Since 0.1.
 */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_private_creator(const dcmchain_element *element,
                                                                      char **ret_creator) DCMCHAIN_NOEXCEPT;

/* Items of a sequence, from 0; NULL past the end and for other VRs. Since 0.1. */
DCMCHAIN_API dcmchain_item *dcmchain_element_item(const dcmchain_element *element,
                                                  size_t index) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_element_add_item(dcmchain_element *element,
                                                               dcmchain_item **ret_item) DCMCHAIN_NOEXCEPT;
DCMCHAIN_API int dcmchain_element_remove_item(dcmchain_element *element, size_t index) DCMCHAIN_NOEXCEPT;

/* Makes a sequence of an element of VR UN or OB whose bytes are items in implicit VR little endian, whatever
 * the transfer syntax (PS3.5 6.2.2), to the last byte: for private sequences, of which a file that stores no
 * VR does not say what they are. Public tags are decoded already. An empty value becomes a sequence without
 * items. All or nothing: the element stays as it is with DCMCHAIN_E_INVALID where the bytes are something
 * else, in group lengths and in the file meta information; DCMCHAIN_E_TYPE for another VR; DCMCHAIN_E_RANGE
 * beyond DCMCHAIN_MAX_DEPTH, counted from the data set, or two million elements and items, of all calls for a
 * dataset; DCMCHAIN_E_MEMORY. The items belong to the dataset as all others do; private elements in them are
 * not decoded with it, but have the VR UN. A visitor may call it: the items are entered then. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int
dcmchain_element_decode_items(dcmchain_element *element) DCMCHAIN_NOEXCEPT;

/* ---- the walk ---- */

#define DCMCHAIN_MAX_DEPTH 64 /* sequences deep; a file with more fails before any stage sees it */

struct dcmchain_step {
    uint32_t tag;        /* of the sequence */
    uint32_t item_index; /* of the item in it, from 0 */
};

/* Where an element stands: the sequences from the root down to its item, depth of them (0: top level). */
struct dcmchain_position {
    dcmchain_item *item; /* that holds the element */
    const struct dcmchain_step *steps;
    uint32_t depth;
    uint32_t in_meta; /* 1: in the file meta information */
};

/* What a visitor returns; a negative value stops the walk and is returned by it. */
#define DCMCHAIN_VISIT_NEXT 0   /* go on, into the items of a sequence too */
#define DCMCHAIN_VISIT_SKIP 1   /* go on, but not into this sequence */
#define DCMCHAIN_VISIT_REMOVE 2 /* remove this element (and all below it), then go on */
#define DCMCHAIN_VISIT_STOP 3   /* end the walk, with success */

typedef int (*dcmchain_visitor)(void *closure, const struct dcmchain_position *position,
                                dcmchain_element *element);

/* Visits every element of an item depth-first, in tag order, a sequence before its items. The
 * visitor may edit the element, or add and remove items of a sequence before they are entered; it removes the
 * element itself by its return value, and must not otherwise add or remove elements of the item that is
 * being walked. The position lives for the one call. in_meta of every position is that given here. Since 0.1.
 */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_item_walk(dcmchain_item *item, uint32_t in_meta,
                                                        dcmchain_visitor visitor,
                                                        void *closure) DCMCHAIN_NOEXCEPT;

/* ---- DICOM JSON ---- */

/* The item as a DICOM JSON object (PS3.18 Annex F), without bulk data: values of O* and UN VRs are
 * left out (their VR stays). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_item_to_json(const dcmchain_item *item,
                                                           char **ret_json) DCMCHAIN_NOEXCEPT;

DCMCHAIN_END_DECLS

#endif
