/* inflate.c: see inflate.h; the one file here that knows zlib. */
#define ZLIB_CONST
#include "inflate.h"

#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#include "dcmchain/base.h"

#define FIRST_BYTES (1U << 20)
#define MOST_BYTES (2ULL << 30)

int inflate_all(const uint8_t *bytes, size_t length, uint8_t **ret_bytes, size_t *ret_length,
                size_t *ret_used)
{
    z_stream stream = {0};
    size_t room = FIRST_BYTES;
    size_t used = 0;
    uint8_t *out = malloc(room);
    if (out == NULL || length > UINT_MAX || inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        free(out);
        return length > UINT_MAX ? DCMCHAIN_E_RANGE : DCMCHAIN_E_MEMORY;
    }
    stream.next_in = bytes;
    stream.avail_in = (uInt)length;
    int status = Z_OK;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && status == Z_OK) {
        if (used == room) {
            uint8_t *grown = room >= MOST_BYTES ? NULL : realloc(out, 2 * room);
            if (grown == NULL) {
                result = DCMCHAIN_E_RANGE;
                break;
            }
            out = grown;
            room *= 2;
        }
        size_t piece = room - used < UINT_MAX ? room - used : UINT_MAX;
        stream.next_out = out + used;
        stream.avail_out = (uInt)piece;
        status = inflate(&stream, Z_NO_FLUSH);
        used += piece - stream.avail_out;
    }
    size_t read = length - stream.avail_in;
    (void)inflateEnd(&stream);
    if (result == DCMCHAIN_OK && status != Z_STREAM_END) {
        result = DCMCHAIN_E_INVALID;
    }
    if (result != DCMCHAIN_OK) {
        free(out);
        return result;
    }
    *ret_bytes = out;
    *ret_length = used;
    *ret_used = read;
    return DCMCHAIN_OK;
}
