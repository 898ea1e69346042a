/* unknown.h: elements with VR UN of a defined length that the dictionary knows (PS3.5 6.2.2). */
#ifndef CORE_DATASET_UNKNOWN_H
#define CORE_DATASET_UNKNOWN_H

#include "wrap.h"

/* Gives every such element at any depth the VR and the value that the dictionary says, sequences included.
 * One whose bytes do not fit that VR stays as it is. */
int unknown_decode(DcmItem *item);

#endif
