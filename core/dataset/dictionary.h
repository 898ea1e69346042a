/* dictionary.h: what the core asks of the data dictionary beyond dataset.h. It is compiled in: nothing is
 * loaded. */
#ifndef CORE_DATASET_DICTIONARY_H
#define CORE_DATASET_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

/* True where PS3.6 says "US or SS", for which dcmchain_tag_vr() gives US: Pixel Representation tells which it
 * is (PS3.5 A.1). Any thread. */
bool dictionary_is_us_or_ss(uint32_t tag);

#endif
