/* kept.h: compares what stages keep of the identity on purpose with what others let pass (stage.h: keeps,
 * passes). It must not know which stage does either. */
#ifndef CORE_KEPT_H
#define CORE_KEPT_H

#include "run.h"

/* DCMCHAIN_FAIL with run->problem where they differ. */
int kept_compare(struct run *run);

#endif
