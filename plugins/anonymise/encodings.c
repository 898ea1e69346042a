/* encodings.c: iconv(3) over a closed list: the character sets of DICOM (PS3.3 C.12.1.1.2) without their
 * escapes, those of them that hold escapes, and what devices of each region write without saying so. It must
 * not take a byte that does not decode. */
#include "encodings.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

/* What has characters of several bytes comes first: half of one must not be cut off as a letter of another
 * set. */
static const char *const names[] = {
    "UTF-8",      "ISO-2022-JP-2", "ISO-2022-KR", "GB18030",     "EUC-KR",     "SHIFT_JIS",  "EUC-JP",
    "BIG5",       "ISO-8859-1",    "ISO-8859-2",  "ISO-8859-3",  "ISO-8859-4", "ISO-8859-5", "ISO-8859-6",
    "ISO-8859-7", "ISO-8859-8",    "ISO-8859-9",  "ISO-8859-15", "TIS-620",    "KOI8-R",     "CP1250",
    "CP1251",     "CP1252",        "CP1253",      "CP1255",      "CP1256",     "CP437",      "CP850"};
const size_t encodings_count = sizeof names / sizeof names[0];
const size_t encodings_regional = sizeof names / sizeof names[0] - 2;

static int convert(const char *to, const char *from, const char *bytes, size_t length, char **ret_bytes,
                   size_t *ret_length)
{
    const size_t room = length * 4 + 16; /* three bytes of UTF-8 for one, and escapes */
    iconv_t converter = iconv_open(to, from);
    char *out = NULL;
    char *at = NULL;
    char *in = NULL;
    size_t in_left = length;
    size_t out_left = room;
    size_t failed = 0;

    if (converter == (iconv_t)-1) {
        return errno == ENOMEM ? DCMCHAIN_E_MEMORY : 0; /* this system lacks it */
    }
    out = malloc(room + 1);
    if (out == NULL) {
        (void)iconv_close(converter);
        return DCMCHAIN_E_MEMORY;
    }
    at = out;
    (void)memcpy(&in, &bytes, sizeof in); /* iconv() does not write to it, but says so */
    failed = iconv(converter, &in, &in_left, &at, &out_left);
    if (failed == 0) {
        failed = iconv(converter, NULL, NULL, &at, &out_left); /* back to the initial state */
    }
    (void)iconv_close(converter);
    if (failed != 0 || in_left > 0) { /* also what was only approximated */
        free(out);
        return 0;
    }
    *at = '\0';
    *ret_length = (size_t)(at - out);
    *ret_bytes = out;
    return 1;
}

int encodings_decode(size_t index, const char *bytes, size_t length, char **ret_utf8)
{
    char *utf8 = NULL;
    size_t count = 0;
    const int result = convert("UTF-8", names[index], bytes, length, &utf8, &count);

    if (result > 0 && strlen(utf8) != count) { /* a NUL inside */
        free(utf8);
        return 0;
    }
    if (result > 0) {
        *ret_utf8 = utf8;
    }
    return result;
}

int encodings_encode(size_t index, const char *utf8, char **ret_bytes, size_t *ret_length)
{
    return convert(names[index], "UTF-8", utf8, strlen(utf8), ret_bytes, ret_length);
}
