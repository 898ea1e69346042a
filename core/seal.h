/* seal.h: values sealed with AES-256-GCM under a key that is derived from the run's (OpenSSL), and opened
 * again with any key of a ring. It knows nothing of what it seals. Any thread. */
#ifndef CORE_SEAL_H
#define CORE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "key.h"

/* What sealing adds: version, key id, nonce, tag. */
#define SEAL_EXTRA_BYTES (1U + 8U + 12U + 16U)

/* purpose: what the value is for; a value opens only under the purpose that it was sealed with. Owned. */
int seal_bytes(const struct key *key, const char *purpose, const void *bytes, size_t length,
               uint8_t **ret_sealed, size_t *ret_length);
/* NUL-terminated beyond *ret_length, owned. DCMCHAIN_E_ABSENT: sealed with a key that is not of the ring;
 * DCMCHAIN_E_INVALID: no such value, or it was changed. */
int seal_open(struct key *const *keys, size_t key_count, const char *purpose, const void *sealed,
              size_t length, char **ret_bytes, size_t *ret_length);

#endif
