/* source.h: bytes of one input, read forward: a file, a memory block, or the inflated stream of either.
 * It knows nothing of DICOM. One source belongs to one thread. */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "dcmchain/base.h"

DCMCHAIN_BEGIN_DECLS

struct source;

/* A file, read through a window of its own (pread); fd is borrowed and must stay open. */
int source_open_fd(int fd, struct source **ret_source);
/* … whose size is known already, and its first bytes: borrowed. */
int source_open_fd_from(int fd, uint64_t size, const void *head, size_t head_length,
                        struct source **ret_source);
/* A memory block, borrowed. */
int source_open_memory(const void *bytes, size_t length, struct source **ret_source);
/* The raw deflate stream (RFC 1951, PS3.5 A.5) that begins at `offset` of `below`, which is borrowed and used
 * by nobody else until this is freed. Offsets count inflated bytes. Bounded by LIMIT_INFLATE_RATIO: beyond it
 * reading fails. */
int source_open_inflate(struct source *below, uint64_t offset, struct source **ret_source);
void source_free(struct source *source);

/* Reads exactly length bytes from the present offset, or as many as there are. Returns DCMCHAIN_OK with
 * *ret_read, DCMCHAIN_E_IO (errno), or DCMCHAIN_E_INVALID with source_problem(). */
int source_read(struct source *source, void *buffer, size_t length, size_t *ret_read);
/* The bytes at an offset where they lie in memory already; NULL where not all of them do: source_read() gets
 * those. Nothing is read or moved. Borrowed, until the next read. */
const void *source_view(const struct source *source, uint64_t offset, size_t length);
/* Moves to an absolute offset: cheap for files; an inflating source discards forward, and starts again to go
 * back. Moving past the end succeeds; reading there gives 0 bytes. */
int source_seek(struct source *source, uint64_t offset);
uint64_t source_offset(const struct source *source);
/* Size in bytes, UINT64_MAX where only reading to the end would tell. */
uint64_t source_size(const struct source *source);
const char *source_problem(const struct source *source);

DCMCHAIN_END_DECLS

#endif
