/* elements.h: what the files of this folder share: the elements of a data set as they lie in memory. No other
 * file includes it. Everything below a data set is in its arena and dies with it; what is removed stays
 * readable until then. Values are in little endian, whatever the transfer syntax. */
#ifndef CORE_DATASET_ELEMENTS_H
#define CORE_DATASET_ELEMENTS_H

#include "../arena.h"
#include "dataset_internal.h"

enum element_kind {
    ELEMENT_VALUE,     /* bytes */
    ELEMENT_SEQUENCE,  /* items */
    ELEMENT_FRAGMENTS, /* bytes: offset table and fragments of an icon image, without the delimiter (PS3.5
                          A.4) */
    ELEMENT_REMOVED    /* still in its item's list, no element any more */
};

struct dcmchain_element {
    struct dcmchain_item *item; /* that holds it */
    union {
        uint8_t *bytes;
        struct dcmchain_item **items;
    } of;
    uint32_t tag;
    uint32_t length;   /* of the value, in bytes; of a sequence, in items */
    uint32_t capacity; /* of a sequence, in items */
    uint16_t vr;
    uint16_t kind;
};

struct dcmchain_item {
    struct dcmchain_dataset *dataset;
    struct dcmchain_element *sequence;  /* that it is an item of; NULL: the data set or the file meta */
    struct dcmchain_element **elements; /* ascending by tag, removed ones among them */
    size_t count;
    size_t capacity;
    size_t removed;
};

struct dcmchain_dataset {
    struct arena arena;
    struct dcmchain_item meta;
    struct dcmchain_item root;
    bool explicit_vr;
    bool big_endian;
    char transfer_syntax[65];
    uint8_t preamble[128];
    struct dcmchain_pixel_info pixel;
    bool starved; /* memory ran out in a call: what its caller made of that is not to be trusted, nor written
                   */
    size_t header_length; /* as it was read: about what it is as it is written */
    uint64_t decoded;     /* elements and items that were made of unknown bytes, against LIMIT_ELEMENTS */
};

/* ---- dataset.c ---- */

/* An empty one, in explicit VR little endian without a UID for it; NULL: no memory. */
struct dcmchain_dataset *dataset_make(void);

/* ---- elements.c ---- */

/* A new element at its place in the item, or the one that stands there, empty and re-typed. */
int elements_insert(struct dcmchain_item *item, uint32_t tag, uint16_t vr,
                    struct dcmchain_element **ret_element);
/* A new element behind all that the item has, whatever its tag: for a reader, who sorts afterwards. */
int elements_append(struct dcmchain_item *item, uint32_t tag, uint16_t vr,
                    struct dcmchain_element **ret_element);
/* Sorts by tag. DCMCHAIN_E_INVALID: a tag is there twice. */
int elements_sort(struct dcmchain_item *item);
/* Room for so many elements in all. */
int elements_reserve(struct dcmchain_item *item, size_t count);
/* A new item behind those of a sequence. */
int elements_add_item(struct dcmchain_element *sequence, struct dcmchain_item **ret_item);
void elements_remove(struct dcmchain_element *element);
/* Gives the result on, and remembers where it is that memory ran out. Inline, so that the analyzer sees that
 * it gives the result on. */
static inline int elements_told(const struct dcmchain_item *item, int result)
{
    if (result == DCMCHAIN_E_MEMORY) {
        item->dataset->starved = true;
    }
    return result;
}
/* Makes the value empty. */
void elements_clear(struct dcmchain_element *element);

/* ---- unknown.c ---- */

/* Gives every element with VR UN of a defined length that the dictionary knows, at any depth, the VR and the
 * value that the dictionary says, sequences included (PS3.5 6.2.2). One whose bytes do not fit that VR stays
 * as it is. */
int unknown_decode(struct dcmchain_item *item);

/* ---- parse.c ---- */

/* The VR of an element of an item where none is stored: the dictionary's, in the light of what the item says;
 * UN where nothing is known. */
uint16_t parse_implicit_vr(const struct dcmchain_item *item, uint32_t tag);

/* Reads bytes, implicit VR little endian, as the items of a sequence. *elements: counts on, against
 * LIMIT_ELEMENTS. DCMCHAIN_E_INVALID where they are none; what the sequence holds is nothing to go by then.
 * The elements point into the bytes. */
int parse_unknown_sequence(struct dcmchain_element *sequence, uint8_t *bytes, size_t length, unsigned depth,
                           uint64_t *elements);

/* ---- write.c ---- */

struct written {
    uint8_t *bytes; /* owned; NULL: nothing */
    size_t length;
    size_t capacity;
};

/* Appends the elements of an item with `from` <= tag < `to` and all below them, without group lengths.
 * Sequences and items get explicit lengths, but for implicit VR sequences that the dictionary does not know;
 * an odd value gets its one byte of padding. DCMCHAIN_E_RANGE beyond LIMIT_HEADER_BYTES or
 * DCMCHAIN_MAX_DEPTH. */
int write_elements(const struct dcmchain_item *item, bool explicit_vr, bool big_endian, uint32_t from,
                   uint64_t to, struct written *written);
int write_bytes(struct written *written, const void *bytes, size_t length);
/* Room for so many bytes more. */
int write_reserve(struct written *written, size_t more);

/* ---- values.c ---- */

/* Bytes of one number of a VR, 0: it holds none. */
size_t value_number_size(uint16_t vr);
/* Bytes of the words that values of a VR are made of, for the byte order; 0 or 1: there are none. */
size_t value_word_size(uint16_t vr);
/* The byte that makes an odd value even (PS3.5 6.2): a space for text, a zero for UIDs and bytes. */
uint8_t value_padding(uint16_t vr);
/* Turns words around, from the byte order of the file to ours or back. */
void value_swap(uint8_t *bytes, size_t length, size_t word_size);
/* ASCII without escapes: the same in every character set. */
bool value_is_plain(const uint8_t *bytes, size_t length);
/* The Specific Character Set in force for an element, of its item, else of the nearest one around it: its
 * stored value without padding, "" where there is none. Owned, NULL: no memory. */
char *value_charset_terms(const struct dcmchain_element *element);

/* ---- number.c ---- */

#define NUMBER_TEXT_BYTES 40U

/* One number of a VR in little endian as text; decimals read back as the same number,
 * whatever the locale. AT: "(gggg,eeee)". */
void number_to_text(uint16_t vr, const uint8_t *bytes, char ret_text[NUMBER_TEXT_BYTES]);
/* … as a number. AT has none: 0. */
double number_to_double(uint16_t vr, const uint8_t *bytes);
/* A decimal number and nothing else, whatever the locale. */
bool number_parse(const char *text, double *ret_number);
/* The bytes of a number of a VR from its text; false where it does not parse or fit. */
bool number_from_text(uint16_t vr, const char *text, uint8_t ret_bytes[8]);

#endif
