/* whole.h: reading and writing until all is done: calls that signals cut short are taken up again. It must
 * not know what the bytes are for. Any thread. */
#ifndef CORE_WHOLE_H
#define CORE_WHOLE_H

#include <stddef.h>
#include <stdint.h>

/* Reads up to length bytes at an offset; fewer only at the end of the file. DCMCHAIN_E_IO (errno). */
int whole_read_at(int fd, void *buffer, size_t length, uint64_t offset, size_t *ret_read);
/* Writes all of it where the descriptor stands. DCMCHAIN_E_IO (errno): a part may be written. */
int whole_write(int fd, const void *bytes, size_t length);

#endif
