/* passed.h: values that were searched and in which nothing was found, so that a study's search of the same
 * value in its next file costs nothing. It must not take one value for another, nor know what is searched
 * for. */
#ifndef GUARD_PASSED_H
#define GUARD_PASSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSED_MAX_BYTES 140U /* longer values are not remembered */

struct passed;      /* belongs to one thread at a time */
struct passed_pool; /* of one study: what passes there need not pass elsewhere. Any thread */

int passed_pool_open(struct passed_pool **ret_pool);
/* Nothing that was borrowed may be out. NULL: nothing. */
void passed_pool_free(struct passed_pool *pool);

/* For one artifact; what an earlier one put in is there. NULL where memory is short, which every function
 * here takes: then nothing is remembered. */
struct passed *passed_borrow(struct passed_pool *pool);
void passed_return(struct passed_pool *pool, struct passed *passed);

/* how: all that the search depends on but the value. */
bool passed_has(const struct passed *passed, uint64_t how, const void *bytes, size_t length);
/* Remembers for a while: what was put in long ago makes room. */
void passed_add(struct passed *passed, uint64_t how, const void *bytes, size_t length);

#endif
