/* encapsulated.h: the dummy of an encapsulated document (PS3.3 C.24.2): a small valid document of its MIME
 * type. It decides nothing. */
#ifndef ANONYMISE_ENCAPSULATED_H
#define ANONYMISE_ENCAPSULATED_H

#include "state.h"

#define ENCAPSULATED_DOCUMENT 0x00420011U

/* The document of the target's item, its length, and the identifier that a CDA repeats. */
int encapsulated_dummy(struct target *target);

#endif
