/* deflated.c: see deflated.h. */
#include "deflated.h"

#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

#include "dcmchain/base.h"

#define PIECE 65536U
#define RAW_WINDOW_BITS (-15) /* negative: raw deflate, no zlib header */

struct deflated {
    deflated_reader reader;
    void *closure;
    z_stream zlib;
    bool started;
    bool input_ended;
    bool stream_ended;
    bool padded; /* the padding byte was given */
    uint64_t input_offset;
    uint64_t offset; /* of the next byte out */
    uint8_t input[PIECE];
};

int deflated_open(deflated_reader reader, void *closure, struct deflated **ret_deflated)
{
    struct deflated *deflated = calloc(1, sizeof *deflated);
    if (deflated == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    deflated->reader = reader;
    deflated->closure = closure;
    *ret_deflated = deflated;
    return DCMCHAIN_OK;
}

static void stop(struct deflated *deflated)
{
    if (deflated->started) {
        (void)deflateEnd(&deflated->zlib);
        deflated->started = false;
    }
}

void deflated_free(struct deflated *deflated)
{
    if (deflated != NULL) {
        stop(deflated);
        free(deflated);
    }
}

static int start(struct deflated *deflated)
{
    stop(deflated);
    deflated->zlib = (z_stream){0};
    if (deflateInit2(&deflated->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_WINDOW_BITS, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    deflated->started = true;
    deflated->input_ended = deflated->stream_ended = deflated->padded = false;
    deflated->input_offset = deflated->offset = 0;
    return DCMCHAIN_OK;
}

static int refill(struct deflated *deflated)
{
    if (deflated->zlib.avail_in > 0 || deflated->input_ended) {
        return DCMCHAIN_OK;
    }
    size_t got = 0;
    int result = deflated->reader(deflated->closure, deflated->input_offset, deflated->input, PIECE, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    deflated->input_offset += got;
    deflated->input_ended = got < PIECE;
    deflated->zlib.next_in = deflated->input;
    deflated->zlib.avail_in = (uInt)got;
    return DCMCHAIN_OK;
}

/* The next bytes of the stream, at most length; fewer only at its end. */
static int next_bytes(struct deflated *deflated, uint8_t *buffer, size_t length, size_t *ret_read)
{
    size_t done = 0;
    while (done < length && !deflated->stream_ended) {
        int result = refill(deflated);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        size_t room = length - done < PIECE ? length - done : PIECE;
        deflated->zlib.next_out = buffer + done;
        deflated->zlib.avail_out = (uInt)room;
        int status = deflate(&deflated->zlib, deflated->input_ended ? Z_FINISH : Z_NO_FLUSH);
        if (status == Z_STREAM_ERROR) {
            return DCMCHAIN_FAIL;
        }
        done += room - deflated->zlib.avail_out;
        deflated->stream_ended = status == Z_STREAM_END;
    }
    deflated->offset += done;
    if (done < length && deflated->stream_ended && !deflated->padded && deflated->offset % 2 != 0) {
        buffer[done++] = 0;
        deflated->offset++;
        deflated->padded = true;
    }
    *ret_read = done;
    return DCMCHAIN_OK;
}

static int skip_to(struct deflated *deflated, uint64_t offset)
{
    int result = DCMCHAIN_OK;
    if (!deflated->started || offset < deflated->offset) {
        result = start(deflated);
    }
    uint8_t *scrap = deflated->offset < offset ? malloc(PIECE) : NULL;
    if (deflated->offset < offset && scrap == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    while (result == DCMCHAIN_OK && deflated->offset < offset) {
        size_t got = 0;
        size_t wanted = offset - deflated->offset < PIECE ? (size_t)(offset - deflated->offset) : PIECE;
        result = next_bytes(deflated, scrap, wanted, &got);
        if (got == 0) {
            break;
        }
    }
    free(scrap);
    return result;
}

int deflated_measure(struct deflated *deflated, uint64_t *ret_size)
{
    int result = skip_to(deflated, UINT64_MAX);
    if (result == DCMCHAIN_OK) {
        *ret_size = deflated->offset;
    }
    return result;
}

int deflated_read(struct deflated *deflated, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    int result = skip_to(deflated, offset);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (deflated->offset != offset) {
        *ret_read = 0; /* past the end */
        return DCMCHAIN_OK;
    }
    return next_bytes(deflated, buffer, length, ret_read);
}
