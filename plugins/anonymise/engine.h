/* engine.h: de-identifies one data set: preamble, file meta information, every element at every depth.
 * It decides by profile.h and acts by apply.h. */
#ifndef ANONYMISE_ENGINE_H
#define ANONYMISE_ENGINE_H

#include "state.h"

/* work: context, instance, run, study, pseudonyms and shift are set; its counters are filled in. */
int engine_run(struct work *work, dcmchain_dataset *dataset);

/* Whether an element of the file meta information stays, as the core writes it. */
bool engine_meta_stays(uint32_t tag);

#endif
