/* claims.h: writes what was done into the data set: Patient Identity Removed, De-identification Method and
 * its codes, Longitudinal Temporal Information Modified (PS3.3 C.7.1.1, C.7.5.1; PS3.15 E.2). */
#ifndef ANONYMISE_CLAIMS_H
#define ANONYMISE_CLAIMS_H

#include "state.h"

/* What the source lists stays (it has been cleaned); ours is appended. */
int claims_write(const struct work *work, dcmchain_item *root);

#endif
