/* scan_value.h: stored values as the scan reads them: text, UIDs, integers, and the single values of an
 * identifying attribute. It forgives what the standard does not; nothing is lost for being wrong. */
#ifndef CORE_SCAN_VALUE_H
#define CORE_SCAN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "charset.h"
#include "identity.h"

/* ASCII without escapes: the same text in every character set. */
bool scan_is_plain(const uint8_t *bytes, size_t length);

/* Text as UTF-8, owned: what does not decode is read as charset_decode_anyhow() does. charset NULL: the
 * default repertoire. NULL if memory ran out. */
char *scan_read_text(const struct charset *charset, uint16_t vr, const char *bytes, size_t length);

/* Copies the first value of a text, trimmed, to `to`, which has room for all of it; returns the byte after
 * the copy's NUL. */
char *scan_first_value(char *to, const char *text);

/* A UID trimmed of spaces and NULs: 1 to LIMIT_UID_BYTES printable ASCII bytes, no backslash; false: there is
 * none, or it is ambiguous. ret_uid: LIMIT_UID_BYTES + 1 bytes, "" where false. */
bool scan_read_uid(const char *bytes, size_t length, char *ret_uid);

/* The first value of an IS; false: it is no integer, or beyond 64 bits. */
bool scan_read_integer(const char *bytes, size_t length, int64_t *ret_number);

/* Adds every single value: parts between backslashes (by VR) and NULs, component groups of a name, the day of
 * a date-time. bytes: UTF-8. */
int scan_add_values(struct identity *identity, uint32_t class_id, uint32_t tag, uint16_t vr,
                    const char *bytes, size_t length);

#endif
