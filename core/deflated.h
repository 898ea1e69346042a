/* deflated.h: the deflate stream (RFC 1951, PS3.5 A.5) of bytes that a reader gives, made as it is read; the
 * same bytes each time. It keeps nothing but zlib's state. One thread. */
#ifndef CORE_DEFLATED_H
#define CORE_DEFLATED_H

#include <stddef.h>
#include <stdint.h>

struct deflated;
/* Gives bytes at an offset; short only at the end. */
typedef int (*deflated_reader)(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read);

int deflated_open(deflated_reader reader, void *closure, struct deflated **ret_deflated);
void deflated_free(struct deflated *deflated);
/* Size of the whole stream, padded to an even length as PS3.5 A.5 asks. Runs through it once. */
int deflated_measure(struct deflated *deflated, uint64_t *ret_size);
/* Reads at an offset: forward is a stream, backward starts again. Short only at the end. */
int deflated_read(struct deflated *deflated, uint64_t offset, void *buffer, size_t length, size_t *ret_read);

#endif
