/* source.c: see source.h. Every kind is read through one window; what differs is how the window is filled. */
#include "source.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "dcmchain/base.h"
#include "limits.h"
#include "whole.h"

#define WINDOW_BYTES 32768U
#define DIRECT_BYTES 8192U /* such a read of a file goes past the window */
#define GZIP_TRAILER_BYTES 8U
#define RAW_WINDOW_BITS (-15) /* negative: raw deflate, no zlib header */

struct source {
    int fd;               /* -1: no file */
    const uint8_t *bytes; /* memory block, NULL: none */
    struct source *below; /* of an inflating source, NULL: none */
    uint64_t size;        /* UINT64_MAX: unknown */
    uint64_t offset;
    uint64_t window_offset;
    size_t window_length;
    uint8_t *window;     /* WINDOW_BYTES; NULL for memory, and until it is filled */
    const uint8_t *head; /* of a file, NULL: none */
    size_t head_length;
    const char *problem;

    uint64_t below_start;
    z_stream zlib;
    bool inflating;
    bool ended;
    int failed; /* an inflating source that failed stays so: DCMCHAIN_OK, or the result */
    uint64_t consumed;
    uint32_t crc; /* of what was inflated so far */
    uint8_t *input;
};

static struct source *make(void)
{
    struct source *source = calloc(1, sizeof *source);
    if (source != NULL) {
        source->fd = -1;
        source->size = UINT64_MAX;
        source->problem = "";
    }
    return source;
}

int source_open_fd(int fd, struct source **ret_source)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    return source_open_fd_from(fd, (uint64_t)status.st_size, NULL, 0, ret_source);
}

int source_open_fd_from(int fd, uint64_t size, const void *head, size_t head_length,
                        struct source **ret_source)
{
    struct source *source = make();
    if (source == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    source->fd = fd;
    source->size = size;
    source->head = head;
    source->head_length = head_length;
    *ret_source = source;
    return DCMCHAIN_OK;
}

int source_open_memory(const void *bytes, size_t length, struct source **ret_source)
{
    struct source *source = make();
    if (source == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    source->bytes = bytes == NULL ? (const uint8_t *)"" : bytes;
    source->size = length;
    *ret_source = source;
    return DCMCHAIN_OK;
}

int source_open_inflate(struct source *below, uint64_t offset, struct source **ret_source)
{
    struct source *source = make();
    if (source == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    source->below = below;
    source->below_start = offset;
    source->window = malloc(WINDOW_BYTES);
    source->input = malloc(WINDOW_BYTES);
    if (source->window == NULL || source->input == NULL) {
        source_free(source);
        return DCMCHAIN_E_MEMORY;
    }
    *ret_source = source;
    return DCMCHAIN_OK;
}

void source_free(struct source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->inflating) {
        (void)inflateEnd(&source->zlib);
    }
    free(source->window);
    free(source->input);
    free(source);
}

/* ---- filling the window ---- */

static int invalid(struct source *source, const char *problem)
{
    source->problem = problem;
    return DCMCHAIN_E_INVALID;
}

static int inflate_start(struct source *source)
{
    if (source->inflating) {
        (void)inflateEnd(&source->zlib);
        source->inflating = false;
    }
    source->zlib = (z_stream){0};
    if (inflateInit2(&source->zlib, RAW_WINDOW_BITS) != Z_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    source->inflating = true;
    source->ended = false;
    source->failed = DCMCHAIN_OK;
    source->consumed = 0;
    source->crc = 0;
    source->window_offset = 0;
    source->window_length = 0;
    return source_seek(source->below, source->below_start);
}

static uint32_t little32(const uint8_t *bytes)
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static int skip_zeros(struct source *source, const uint8_t *bytes, size_t length)
{
    uint64_t zeros = 0;
    while (length > 0) {
        for (size_t i = 0; i < length; i++) {
            if (bytes[i] != 0) {
                return invalid(source, "bytes follow the deflated data set");
            }
        }
        zeros += length;
        if (zeros > LIMIT_PADDING_BYTES) {
            return invalid(source, "more padding than the limit follows the deflated data set");
        }
        int result = source_read(source->below, source->input, WINDOW_BYTES, &length);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        bytes = source->input;
    }
    return DCMCHAIN_OK;
}

/* After the stream zeros may stand, one to make its length even (PS3.5 A.5), or padding. Some writers leave
 * the trailer of gzip there (RFC 1952: CRC-32 and length), which is let pass where it is right. */
static int check_end(struct source *source)
{
    size_t left = source->zlib.avail_in;
    memmove(source->input, source->zlib.next_in, left);
    source->zlib.avail_in = 0;
    size_t got = 0;
    int result = source_read(source->below, source->input + left, WINDOW_BYTES - left, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    left += got;
    bool trailer = left >= GZIP_TRAILER_BYTES && little32(source->input) == source->crc &&
                   little32(source->input + 4) == (uint32_t)source->size;
    size_t begin = trailer ? GZIP_TRAILER_BYTES : 0;
    return skip_zeros(source, source->input + begin, left - begin);
}

static int inflate_input(struct source *source)
{
    size_t got = 0;
    int result = source_read(source->below, source->input, WINDOW_BYTES, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (got == 0) {
        return invalid(source, "the deflated data set ends early");
    }
    source->zlib.next_in = source->input;
    source->zlib.avail_in = (uInt)got;
    source->consumed += got;
    return DCMCHAIN_OK;
}

/* The next window of inflated bytes; an empty one at the end of the stream. */
static int inflate_next(struct source *source)
{
    source->window_offset += source->window_length;
    source->window_length = 0;
    source->zlib.next_out = source->window;
    source->zlib.avail_out = WINDOW_BYTES;
    while (!source->ended && source->zlib.avail_out > 0) {
        int result = source->zlib.avail_in == 0 ? inflate_input(source) : DCMCHAIN_OK;
        if (result != DCMCHAIN_OK) {
            return result;
        }
        int status = inflate(&source->zlib, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR) {
            return DCMCHAIN_E_MEMORY;
        }
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            return invalid(source, "the deflated data set is corrupt");
        }
        source->ended = status == Z_STREAM_END;
    }
    source->window_length = WINDOW_BYTES - source->zlib.avail_out;
    source->crc = (uint32_t)crc32(source->crc, source->window, (uInt)source->window_length);
    uint64_t made = source->window_offset + source->window_length;
    if (made > LIMIT_INFLATE_FREE && made / LIMIT_INFLATE_RATIO > source->consumed) {
        return invalid(source, "the deflated data set inflates beyond the limit");
    }
    if (source->ended) {
        source->size = made;
        return check_end(source);
    }
    return DCMCHAIN_OK;
}

static int fill_inflate(struct source *source)
{
    if (source->failed != DCMCHAIN_OK) {
        return source->failed;
    }
    if (!source->inflating || source->offset < source->window_offset) {
        int result = inflate_start(source);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    while (source->offset >= source->window_offset + source->window_length && !source->ended) {
        int result = inflate_next(source);
        if (result != DCMCHAIN_OK) {
            source->failed = result;
            source->window_length = 0;
            return result;
        }
    }
    return DCMCHAIN_OK;
}

static int fill_file(struct source *source)
{
    source->window_offset = source->offset;
    source->window_length = 0;
    if (source->size > 0 && source->offset >= source->size) { /* without a size it may be no regular file */
        return DCMCHAIN_OK;
    }
    if (source->window == NULL && (source->window = malloc(WINDOW_BYTES)) == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    return whole_read_at(source->fd, source->window, WINDOW_BYTES, source->offset, &source->window_length);
}

/* ---- reading ---- */

/* Those of `length` bytes that begin at `start`, where all that are asked for are among them. */
static const uint8_t *part_of(const uint8_t *bytes, uint64_t start, uint64_t length, uint64_t offset,
                              size_t wanted)
{
    const bool inside =
        bytes != NULL && offset >= start && wanted <= length && offset - start <= length - wanted;
    return inside ? bytes + (offset - start) : NULL;
}

const void *source_view(const struct source *source, uint64_t offset, size_t length)
{
    if (source->bytes != NULL) {
        return part_of(source->bytes, 0, source->size, offset, length);
    }
    const uint8_t *bytes = part_of(source->head, 0, source->head_length, offset, length);
    return bytes != NULL
               ? bytes
               : part_of(source->window, source->window_offset, source->window_length, offset, length);
}

static size_t from_window(struct source *source, uint8_t *buffer, size_t length)
{
    if (source->offset < source->head_length) {
        size_t left = source->head_length - (size_t)source->offset;
        size_t piece = left < length ? left : length;
        memcpy(buffer, source->head + source->offset, piece);
        source->offset += piece;
        return piece;
    }
    if (source->offset < source->window_offset ||
        source->offset - source->window_offset >= source->window_length) {
        return 0;
    }
    size_t at = (size_t)(source->offset - source->window_offset);
    size_t piece = source->window_length - at < length ? source->window_length - at : length;
    memcpy(buffer, source->window + at, piece);
    source->offset += piece;
    return piece;
}

static int read_memory(struct source *source, uint8_t *buffer, size_t length, size_t *ret_read)
{
    uint64_t left = source->offset >= source->size ? 0 : source->size - source->offset;
    size_t piece = left < length ? (size_t)left : length;
    if (piece > 0) {
        memcpy(buffer, source->bytes + source->offset, piece);
    }
    source->offset += piece;
    *ret_read = piece;
    return DCMCHAIN_OK;
}

/* The next piece, which may be short; 0 bytes at the end. */
static int read_piece(struct source *source, uint8_t *buffer, size_t length, size_t *ret_piece)
{
    size_t piece = from_window(source, buffer, length);
    int result = DCMCHAIN_OK;
    if (piece == 0 && source->below == NULL && length >= DIRECT_BYTES) {
        result =
            whole_read_at(source->fd, buffer, length, source->offset, &piece); /* not through the window */
        source->offset += piece;
    } else if (piece == 0) {
        result = source->below == NULL ? fill_file(source) : fill_inflate(source);
        piece = result == DCMCHAIN_OK ? from_window(source, buffer, length) : 0;
    }
    *ret_piece = piece;
    return result;
}

int source_read(struct source *source, void *buffer, size_t length, size_t *ret_read)
{
    if (source->bytes != NULL) {
        return read_memory(source, buffer, length, ret_read);
    }
    uint8_t *to = buffer;
    size_t done = 0;
    size_t piece = 1;
    while (done < length && piece > 0) {
        int result = read_piece(source, to + done, length - done, &piece);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        done += piece;
    }
    *ret_read = done;
    return DCMCHAIN_OK;
}

int source_seek(struct source *source, uint64_t offset)
{
    source->offset = offset;
    return DCMCHAIN_OK;
}

uint64_t source_offset(const struct source *source)
{
    return source->offset;
}

uint64_t source_size(const struct source *source)
{
    return source->size;
}

const char *source_problem(const struct source *source)
{
    return source->problem;
}
