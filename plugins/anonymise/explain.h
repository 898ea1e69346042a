/* explain.h: what the stage would do to an attribute, and why: the stage's explain().
 * It touches no element. */
#ifndef ANONYMISE_EXPLAIN_H
#define ANONYMISE_EXPLAIN_H

#include "dcmchain/stage.h"

int explain(dcmchain_context *context, void *run, const struct dcmchain_subject *subject);

#endif
