/* digest.c: SHA-256 in pieces, and HMAC with it (key.h), over OpenSSL's low-level functions. OpenSSL 3 would
 * rather have its EVP used, which looks for an implementation among all that there are (5 million
 * instructions at the first use), allocates for each value, and can fail; what is computed is the same code.
 */
#define OPENSSL_API_COMPAT 0x10101000L /* no warning of them */
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "digest.h"
#include "key.h"

struct digest {
    SHA256_CTX state;
};

int digest_open(struct digest **ret_digest)
{
    struct digest *digest = malloc(sizeof *digest);
    if (digest == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)SHA256_Init(&digest->state);
    *ret_digest = digest;
    return DCMCHAIN_OK;
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    (void)SHA256_Update(&digest->state, bytes, length);
}

void digest_close(struct digest *digest, uint8_t ret_sha256[32])
{
    if (digest == NULL) {
        return;
    }
    if (ret_sha256 != NULL) {
        (void)SHA256_Final(ret_sha256, &digest->state);
    }
    free(digest);
}

void digest_hex(const uint8_t *bytes, size_t length, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        ret_hex[2 * i] = digits[bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[bytes[i] & 0xFU];
    }
    ret_hex[2 * length] = '\0';
}

/* ---- HMAC, RFC 2104 ---- */

#define BLOCK_BYTES 64

/* A hash that begins with a block of the key, each byte changed by `pad`. */
static void begin_padded(SHA256_CTX *state, const uint8_t *key, size_t length, uint8_t pad)
{
    uint8_t block[BLOCK_BYTES];
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < length; i++) {
        block[i] ^= key[i];
    }
    (void)SHA256_Init(state);
    (void)SHA256_Update(state, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
}

void hmac_prepare(struct hmac *ret_hmac, const uint8_t key[32])
{
    begin_padded(&ret_hmac->inner, key, 32, 0x36);
    begin_padded(&ret_hmac->outer, key, 32, 0x5C);
}

void hmac_add(struct hmac *hmac, const void *bytes, size_t length)
{
    (void)SHA256_Update(&hmac->inner, bytes, length);
}

void hmac_finish(struct hmac *hmac, uint8_t ret_digest[32])
{
    (void)SHA256_Final(ret_digest, &hmac->inner);
    (void)SHA256_Update(&hmac->outer, ret_digest, 32);
    (void)SHA256_Final(ret_digest, &hmac->outer);
    OPENSSL_cleanse(hmac, sizeof *hmac);
}
