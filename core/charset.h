/* charset.h: Specific Character Set (0008,0005; PS3.3 C.12.1.1.2, PS3.5 6.1) to UTF-8 and back, over
 * iconv(3), with ISO 2022 escapes split by us. It knows nothing of data sets. Any thread; a charset is
 * immutable after charset_open(). */
#ifndef CORE_CHARSET_H
#define CORE_CHARSET_H

#include <stddef.h>
#include <stdint.h>

#include "dcmchain/base.h"

DCMCHAIN_BEGIN_DECLS

struct charset;

/* defined_terms: the value of (0008,0005) as stored, "" or NULL: the default repertoire (ISO IR 6).
 * DCMCHAIN_E_CHARSET for an unknown term. Terms are matched trimmed and forgivingly ("ISO IR 100",
 * "ISO_IR_100" …). */
int charset_open(const char *defined_terms, struct charset **ret_charset);
void charset_free(struct charset *charset);

/* Decodes a whole stored value of a VR (its backslashes, carets, equal signs and controls reset the code
 * elements, PS3.5 6.1.2.5.3). Owned. DCMCHAIN_E_CHARSET where bytes do not decode; 8-bit bytes under the
 * default repertoire too. */
int charset_decode(const struct charset *charset, uint16_t vr, const char *bytes, size_t length,
                   char **ret_utf8);
/* Decodes whatever it can, undecodable bytes as Latin-1: for harvesting identity, where missing a value is
 * worse than a wrong letter. */
char *charset_decode_anyhow(const struct charset *charset, uint16_t vr, const char *bytes, size_t length);
/* Encodes; DCMCHAIN_E_CHARSET where the set lacks a character. Owned, not padded. */
int charset_encode(const struct charset *charset, uint16_t vr, const char *utf8, char **ret_bytes,
                   size_t *ret_length);

DCMCHAIN_END_DECLS

#endif
