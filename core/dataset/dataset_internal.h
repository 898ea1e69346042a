/* dataset_internal.h: what the core needs of a dataset beyond dataset.h: parsing a walked range, serialising.
 */
#ifndef CORE_DATASET_INTERNAL_H
#define CORE_DATASET_INTERNAL_H

#include "../walker.h"
#include "dcmchain/dataset.h"

DCMCHAIN_BEGIN_DECLS

/* Parses a walked file: meta bytes (group 0002, may be empty), header bytes, trailer bytes, as the layout
 * says they are. The buffers are copied. The stop positions and the number of elements at all depths must
 * equal the walker's, else DCMCHAIN_E_INVALID with ret_problem (at least 256 bytes, no values). preamble: 128
 * bytes or NULL. */
int dataset_parse(const struct walker_layout *layout, const uint8_t *preamble, const void *meta,
                  const void *header, const void *trailer, dcmchain_dataset **ret_dataset, char *ret_problem,
                  size_t problem_size) DCMCHAIN_NOEXCEPT;

/* The serialised parts of a dataset, in the dataset's transfer syntax (the inflated form where it is
 * deflated). */
struct dataset_bytes {
    void *meta; /* preamble, "DICM", file meta: owned, as the others */
    size_t meta_length;
    void *header; /* elements before the pixel element */
    size_t header_length;
    void *trailer; /* elements after it */
    size_t trailer_length;
};
/* DCMCHAIN_E_MEMORY, too, where memory ran out in any call about the dataset before, whatever its caller made
 * of that. Media Storage UIDs follow the data set; group lengths of group 0002 are right, other group lengths
 * are not written; sequences and items have explicit lengths where a reader needs no other sign of them. A
 * pixel element must follow the header from elsewhere if pixel_info says so. */
int dataset_serialise(dcmchain_dataset *dataset, struct dataset_bytes *ret_bytes) DCMCHAIN_NOEXCEPT;
void dataset_bytes_free(struct dataset_bytes *bytes) DCMCHAIN_NOEXCEPT;

/* True once memory ran out in any call about the dataset. */
bool dataset_is_starved(const dcmchain_dataset *dataset) DCMCHAIN_NOEXCEPT;

/* Calls for every value in order, as dcmchain_element_get_value() gives them, but decodes them once for all.
 * A result other than 0 ends it and is returned. */
int dataset_each_value(const dcmchain_element *element, int (*each)(void *closure, const char *value),
                       void *closure) DCMCHAIN_NOEXCEPT;

DCMCHAIN_END_DECLS

#endif
