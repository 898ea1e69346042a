/* digest.h: HMAC-SHA-256 with a key of 32 bytes, for key.c alone. Nothing here can fail. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>

/* Both hashes have taken in the key: as secret as that. A copy of one that is prepared serves for one value.
 */
struct hmac {
    SHA256_CTX inner;
    SHA256_CTX outer;
};

void hmac_prepare(struct hmac *ret_hmac, const uint8_t key[32]);
void hmac_add(struct hmac *hmac, const void *bytes, size_t length);
void hmac_finish(struct hmac *hmac, uint8_t ret_digest[32]); /* wipes it */

#endif
