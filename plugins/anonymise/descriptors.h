/* descriptors.h: which of the descriptors that PS3.15 marks for cleaning are cleaned, and which are removed
 * although the option is on. It touches no element. Any thread. */
#ifndef ANONYMISE_DESCRIPTORS_H
#define ANONYMISE_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

/* False for text about the person (comments, history, visit, state, alerts, occupation, interpretation,
 * results) and for bytes: no cleaner knows who and what is told there. */
bool descriptors_cover(uint32_t tag);

#endif
