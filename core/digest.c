/* digest.c: SHA-256 in pieces (key.h), over OpenSSL's EVP. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "key.h"

struct digest {
    EVP_MD_CTX *context;
};

int digest_open(struct digest **ret_digest)
{
    struct digest *digest = malloc(sizeof *digest);
    if (digest == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(digest->context);
        free(digest);
        return DCMCHAIN_E_MEMORY;
    }
    *ret_digest = digest;
    return DCMCHAIN_OK;
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    (void)EVP_DigestUpdate(digest->context, bytes, length);
}

void digest_close(struct digest *digest, uint8_t ret_sha256[32])
{
    if (digest == NULL) {
        return;
    }
    uint8_t sha256[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    (void)EVP_DigestFinal_ex(digest->context, sha256, &length);
    if (ret_sha256 != NULL) {
        memcpy(ret_sha256, sha256, 32);
    }
    EVP_MD_CTX_free(digest->context);
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
