/* random_set.h: random sound data sets from a seed: every VR, nesting, private and unknown attributes. It
 * writes bytes and knows nothing of who reads them; of the core it takes the dictionary alone. */
#ifndef TEST_RANDOM_SET_H
#define TEST_RANDOM_SET_H

#include "dcmchain/base.h"
#include "support/dicom_bytes.h"

DCMCHAIN_BEGIN_DECLS

struct random_set {
    uint64_t state;
    struct dicom_bytes set;
    bool encapsulated;   /* fragments, for the Pixel Data and icons; explicit VR little endian */
    bool convertible;    /* nothing that only its own transfer syntax can say */
    uint32_t depth_most; /* of sequences */
    uint32_t depth;      /* now */
    uint32_t items;      /* and elements, so far, that a set stays small */
    uint32_t elements;
    uint32_t unknown;  /* UN of a known tag, so far */
    uint32_t unsorted; /* levels, so far */
};

/* From 0 to sides - 1. */
uint32_t random_roll(struct random_set *random, uint32_t sides);

/* Appends a data set in set.encoding to set. */
void random_set_make(struct random_set *random);

DCMCHAIN_END_DECLS

#endif
