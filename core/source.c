/* source.c: see source.h. Every kind is read through one window; what differs is how the window is filled. */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "dcmchain/base.h"
#include "limits.h"

#define WINDOW_BYTES 32768U
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
    uint8_t *window; /* WINDOW_BYTES; NULL for memory */
    const char *problem;

    uint64_t below_start;
    z_stream zlib;
    bool inflating;
    bool ended;
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
    struct source *source = make();
    if (source == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    source->fd = fd;
    source->size = (uint64_t)status.st_size;
    source->window = malloc(WINDOW_BYTES);
    if (source->window == NULL) {
        source_free(source);
        return DCMCHAIN_E_MEMORY;
    }
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

static int read_file(int fd, uint8_t *buffer, size_t length, uint64_t offset, size_t *ret_read)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = pread(fd, buffer + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR) {
            return DCMCHAIN_E_IO;
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    *ret_read = done;
    return DCMCHAIN_OK;
}

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
    source->consumed = 0;
    source->crc = 0;
    source->window_offset = 0;
    source->window_length = 0;
    return source_seek(source->below, source->below_start);
}

/* After the stream one zero byte may stand, to make its length even (PS3.5 A.5). Some writers leave the
 * trailer of gzip there (RFC 1952: CRC-32 and length), which is let pass where it is right. */
static int check_end(struct source *source)
{
    uint8_t rest[GZIP_TRAILER_BYTES + 2] = {0};
    size_t left = source->zlib.avail_in < sizeof rest ? source->zlib.avail_in : sizeof rest;
    size_t got = 0;
    memcpy(rest, source->zlib.next_in, left);
    int result = source_read(source->below, rest + left, sizeof rest - left, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    left += got;
    uint32_t crc = (uint32_t)rest[3] << 24 | (uint32_t)rest[2] << 16 | (uint32_t)rest[1] << 8 | rest[0];
    uint32_t size = (uint32_t)rest[7] << 24 | (uint32_t)rest[6] << 16 | (uint32_t)rest[5] << 8 | rest[4];
    size_t begin = left >= GZIP_TRAILER_BYTES && crc == source->crc && size == (uint32_t)source->size
                       ? GZIP_TRAILER_BYTES
                       : 0;
    if (left - begin > 1 || (left - begin == 1 && rest[begin] != 0)) {
        return invalid(source, "bytes follow the deflated data set");
    }
    return DCMCHAIN_OK;
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
    if (!source->inflating || source->offset < source->window_offset) {
        int result = inflate_start(source);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    while (source->offset >= source->window_offset + source->window_length && !source->ended) {
        int result = inflate_next(source);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

static int fill_file(struct source *source)
{
    source->window_offset = source->offset;
    source->window_length = 0;
    if (source->offset >= INT64_MAX - WINDOW_BYTES) {
        return DCMCHAIN_OK; /* a seek past any file: nothing is there */
    }
    return read_file(source->fd, source->window, WINDOW_BYTES, source->offset, &source->window_length);
}

/* ---- reading ---- */

static size_t from_window(struct source *source, uint8_t *buffer, size_t length)
{
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

int source_read(struct source *source, void *buffer, size_t length, size_t *ret_read)
{
    if (source->bytes != NULL) {
        return read_memory(source, buffer, length, ret_read);
    }
    uint8_t *to = buffer;
    size_t done = 0;
    while (done < length) {
        size_t piece = from_window(source, to + done, length - done);
        done += piece;
        if (piece > 0) {
            continue;
        }
        int result = DCMCHAIN_OK;
        if (source->below == NULL && length - done >= WINDOW_BYTES) {
            result = read_file(source->fd, to + done, length - done, source->offset, &piece);
            source->offset += piece;
            done += piece;
            if (result != DCMCHAIN_OK || done < length) {
                *ret_read = done;
                return result;
            }
            break;
        }
        result = source->below == NULL ? fill_file(source) : fill_inflate(source);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (source->offset - source->window_offset >= source->window_length) {
            break; /* the end */
        }
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
