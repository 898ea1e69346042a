/* write.h: the elements of an item as bytes (PS3.5 7.1). */
#ifndef CORE_DATASET_WRITE_H
#define CORE_DATASET_WRITE_H

#include "wrap.h"

/* Appends the elements of an item with `from` <= tag < `to` and all below them, without group lengths.
 * Sequences and items get explicit lengths, but for implicit VR sequences that the dictionary does not know;
 * an odd value gets its one byte of padding. DCMCHAIN_E_RANGE beyond LIMIT_HEADER_BYTES or
 * DCMCHAIN_MAX_DEPTH. */
int write_elements(DcmItem *item, E_TransferSyntax syntax, uint32_t from, uint64_t to,
                   std::vector<char> &bytes);

#endif
