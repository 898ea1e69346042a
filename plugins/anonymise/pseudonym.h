/* pseudonym.h: turns keyed digests into what stands in a data set: base32 IDs, letters, UIDs, numbers of
 * days. It computes no digest: what is keyed, and with what, is the caller's. Pure functions, any thread. */
#ifndef ANONYMISE_PSEUDONYM_H
#define ANONYMISE_PSEUDONYM_H

#include <stdint.h>

#define PSEUDONYM_ID_LENGTH 16U  /* base32 characters: 80 bits */
#define PSEUDONYM_NAME_LENGTH 8U /* letters, for the eye: 37 bits, a million patients collide */
#define PSEUDONYM_UID_BYTES 65U  /* a UID and its NUL (PS3.5 9.1) */

/* 16 characters of RFC 4648 base32 from the first 10 bytes. */
void pseudonym_id(const uint8_t digest[32], char ret_text[PSEUDONYM_ID_LENGTH + 1]);
/* 8 letters A to Z. */
void pseudonym_name(const uint8_t digest[32], char ret_text[PSEUDONYM_NAME_LENGTH + 1]);
/* "2.25." and the first 16 bytes as a decimal number, marked as a random UUID (PS3.5 B.2, RFC 4122 4.4). */
void pseudonym_uid(const uint8_t digest[32], char ret_text[PSEUDONYM_UID_BYTES]);
/* A number from minimum to maximum, both included. */
uint32_t pseudonym_number(const uint8_t digest[32], uint32_t minimum, uint32_t maximum);

#endif
