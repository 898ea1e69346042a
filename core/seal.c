/* seal.c: see seal.h. A sealed value: 1, key id (8), nonce (12), cipher text, tag (16). What comes before the
 * cipher text is authenticated with it. The nonce is random: far fewer than 2^32 values are sealed under one
 * key (NIST SP 800-38D 8.3). */
#include "seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "cleanup.h"
#include "dcmchain/base.h"

#define VERSION 1U
#define ID_BYTES 8U
#define NONCE_BYTES 12U
#define TAG_BYTES 16U
#define HEAD_BYTES (1U + ID_BYTES + NONCE_BYTES)

static void free_cipher(EVP_CIPHER_CTX **cipher)
{
    EVP_CIPHER_CTX_free(*cipher);
}

static EVP_CIPHER_CTX *open_cipher(const struct key *key, const char *purpose, const uint8_t *head,
                                   bool sealing)
{
    uint8_t derived[32];
    int ignored = 0;
    key_hmac(key, "", "dcmchain seal", purpose, strlen(purpose), derived);
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    bool well = cipher != NULL &&
                EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, derived, head + 1 + ID_BYTES,
                                  sealing ? 1 : 0) == 1 &&
                EVP_CipherUpdate(cipher, NULL, &ignored, head, (int)HEAD_BYTES) == 1;
    OPENSSL_cleanse(derived, sizeof derived);
    if (!well) {
        EVP_CIPHER_CTX_free(cipher);
        return NULL;
    }
    return cipher;
}

static void id_bytes(const struct key *key, uint8_t ret_id[ID_BYTES])
{
    unsigned long long number = strtoull(key_id(key), NULL, 16);
    for (size_t i = 0; i < ID_BYTES; i++) {
        ret_id[i] = (uint8_t)(number >> (8 * (ID_BYTES - 1 - i)));
    }
}

int seal_bytes(const struct key *key, const char *purpose, const void *bytes, size_t length,
               uint8_t **ret_sealed, size_t *ret_length)
{
    if (length > INT32_MAX - SEAL_EXTRA_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    AUTO_FREE uint8_t *sealed = malloc(length + SEAL_EXTRA_BYTES);
    int made = 0;
    int last = 0;
    if (sealed == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    sealed[0] = VERSION;
    id_bytes(key, sealed + 1);
    if (getrandom(sealed + 1 + ID_BYTES, NONCE_BYTES, 0) != (ssize_t)NONCE_BYTES) {
        return DCMCHAIN_E_IO;
    }
    AUTO(free_cipher) EVP_CIPHER_CTX *cipher = open_cipher(key, purpose, sealed, true);
    uint8_t *text = sealed + HEAD_BYTES;
    if (cipher == NULL || EVP_CipherUpdate(cipher, text, &made, bytes, (int)length) != 1 ||
        EVP_CipherFinal_ex(cipher, text + made, &last) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, (int)TAG_BYTES, text + length) != 1) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_sealed = sealed;
    *ret_length = length + SEAL_EXTRA_BYTES;
    sealed = NULL;
    return DCMCHAIN_OK;
}

static const struct key *find_key(struct key *const *keys, size_t key_count, const uint8_t *id)
{
    for (size_t i = 0; i < key_count; i++) {
        uint8_t own[ID_BYTES];
        id_bytes(keys[i], own);
        if (memcmp(own, id, ID_BYTES) == 0) {
            return keys[i];
        }
    }
    return NULL;
}

int seal_open(struct key *const *keys, size_t key_count, const char *purpose, const void *sealed,
              size_t length, char **ret_bytes, size_t *ret_length)
{
    const uint8_t *head = sealed;
    if (length < SEAL_EXTRA_BYTES || length > INT32_MAX || head[0] != VERSION) {
        return DCMCHAIN_E_INVALID;
    }
    const struct key *key = find_key(keys, key_count, head + 1);
    if (key == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    size_t text_length = length - SEAL_EXTRA_BYTES;
    const uint8_t *text = head + HEAD_BYTES;
    uint8_t tag[TAG_BYTES];
    int made = 0;
    int last = 0;
    memcpy(tag, text + text_length, TAG_BYTES);
    AUTO(free_cipher) EVP_CIPHER_CTX *cipher = open_cipher(key, purpose, head, false);
    uint8_t *bytes = calloc(1, text_length + 1);
    if (cipher == NULL || bytes == NULL) {
        free(bytes);
        return DCMCHAIN_E_MEMORY;
    }
    if (EVP_CipherUpdate(cipher, bytes, &made, text, (int)text_length) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, (int)TAG_BYTES, tag) != 1 ||
        EVP_CipherFinal_ex(cipher, bytes + made, &last) != 1) {
        OPENSSL_cleanse(bytes, text_length); /* not authentic: nobody may see it */
        free(bytes);
        return DCMCHAIN_E_INVALID;
    }
    *ret_bytes = (char *)bytes;
    *ret_length = text_length;
    return DCMCHAIN_OK;
}
