/* key.h: the secret key of a run, and the HMAC-SHA-256 that it is used for. The key never leaves
 * this file, and is wiped. Any thread once opened. */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcmchain/chain.h"

struct key;

/* 64 hex digits (and white space at the end) in a regular file that only its owner can read (mode & 077 == 0,
 * owned by the caller or root). DCMCHAIN_E_USAGE with *ret_problem (owned) says what is wrong and what to do.
 */
int key_open_file(const char *path, struct key **ret_key, char **ret_problem);
/* A random key (getrandom) for this run; that of the worker before, where a watch has one. */
int key_open_random(dcmchain_watch *watch, struct key **ret_key);
void key_free(struct key *key);
/* The text of a key file for a new key: 64 hex digits and a line end. The caller wipes it. */
#define KEY_TEXT_BYTES 66
int key_make_text(char ret_text[KEY_TEXT_BYTES]);

bool key_is_lasting(const struct key *key);
/* 16 hex digits: a hash of the key for this one purpose. Borrowed. */
const char *key_id(const struct key *key);
/* HMAC-SHA-256 over length-prefixed (64-bit big endian) project, domain, value. */
void key_hmac(const struct key *key, const char *project, const char *domain, const void *bytes,
              size_t length, uint8_t ret_digest[32]);

/* SHA-256 in pieces (digest.c); hex is 65 bytes. */
struct digest;
int digest_open(struct digest **ret_digest);
void digest_add(struct digest *digest, const void *bytes, size_t length);
void digest_close(struct digest *digest, uint8_t ret_sha256[32]); /* frees it; ret may be NULL */
void digest_hex(const uint8_t *bytes, size_t length, char *ret_hex);

#endif
