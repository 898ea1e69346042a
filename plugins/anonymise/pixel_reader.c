/* pixel_reader.c: walks the fragments of an encapsulated pixel element.
 * It must stay within the value, whatever lengths its items state. */
#include "pixel_reader.h"

#include <string.h>

#include "dcmchain/base.h"

#define ITEM_HEAD_BYTES 8U

static bool fill(struct pixel_reader *reader, uint64_t offset, size_t wanted)
{
    size_t got = 0;

    if (reader->result < 0) {
        return false;
    }
    if (offset >= reader->window_start && offset + wanted <= reader->window_start + reader->window_length) {
        return true;
    }
    reader->result =
        reader->source->read(reader->source->closure, offset, reader->window, sizeof reader->window, &got);
    reader->window_start = offset;
    reader->window_length = reader->result < 0 ? 0 : got;
    return reader->window_length >= wanted;
}

static const uint8_t *at(const struct pixel_reader *reader, uint64_t offset)
{
    return reader->window + (offset - reader->window_start);
}

static uint32_t little_32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Item (FFFE,E000) at an offset; false at the delimiter, the end, or what is neither. */
static bool enter_item(struct pixel_reader *reader, uint64_t offset)
{
    uint32_t length = 0;

    if (offset + ITEM_HEAD_BYTES > reader->source->length || !fill(reader, offset, ITEM_HEAD_BYTES) ||
        little_32(at(reader, offset)) != 0xE000FFFEU) {
        return false;
    }
    length = little_32(at(reader, offset) + 4);
    if (length > reader->source->length - offset - ITEM_HEAD_BYTES) {
        reader->result = DCMCHAIN_E_INVALID;
        return false;
    }
    reader->position = offset + ITEM_HEAD_BYTES;
    reader->fragment_end = reader->position + length;
    return true;
}

void pixel_reader_open(struct pixel_reader *reader, const struct pixel_source *source)
{
    reader->source = source;
    reader->position = 0;
    reader->fragment_end = 0;
    reader->taken = 0;
    reader->blanked = 0;
    reader->window_start = 0;
    reader->window_length = 0;
    reader->result = 0;
    if (enter_item(reader, 0)) { /* the Basic Offset Table */
        reader->position = reader->fragment_end;
    }
}

bool pixel_reader_next_fragment(struct pixel_reader *reader)
{
    reader->position = reader->fragment_end;
    return reader->fragment_end != 0 && enter_item(reader, reader->fragment_end);
}

uint64_t pixel_reader_left(const struct pixel_reader *reader)
{
    return reader->fragment_end - reader->position;
}

size_t pixel_reader_peek(struct pixel_reader *reader, size_t wanted, const uint8_t **ret_bytes)
{
    const uint64_t left = pixel_reader_left(reader);
    const size_t length = left < wanted ? (size_t)left : wanted;

    if (length == 0 || !fill(reader, reader->position, length)) {
        return 0;
    }
    *ret_bytes = at(reader, reader->position);
    return length;
}

/* To a fragment that has bytes left. */
static bool settle(struct pixel_reader *reader)
{
    while (reader->position == reader->fragment_end) {
        if (!pixel_reader_next_fragment(reader)) {
            return false;
        }
    }
    return reader->result == 0;
}

int pixel_reader_byte(struct pixel_reader *reader)
{
    if (!settle(reader) || !fill(reader, reader->position, 1)) {
        return -1;
    }
    reader->taken++;
    return *at(reader, reader->position++);
}

void pixel_reader_skip(struct pixel_reader *reader, uint64_t length)
{
    while (length > 0 && settle(reader)) {
        const uint64_t left = pixel_reader_left(reader);
        const uint64_t now = left < length ? left : length;

        reader->position += now;
        reader->taken += now;
        length -= now;
    }
}

/* What is zero already needs no patch, so that a clean file keeps its fast way. */
static bool is_zero(struct pixel_reader *reader, uint64_t length)
{
    for (uint64_t done = 0; done < length;) {
        const uint64_t left = length - done;
        const size_t piece = left < sizeof reader->window ? (size_t)left : sizeof reader->window;

        if (!fill(reader, reader->position + done, piece)) {
            return false;
        }
        const uint8_t *bytes = at(reader, reader->position + done);
        if (bytes[0] != 0 || memcmp(bytes, bytes + 1, piece - 1) != 0) {
            return false;
        }
        done += piece;
    }
    return true;
}

static void blank_here(struct pixel_reader *reader, uint64_t length)
{
    if (length > 0 && !is_zero(reader, length) && reader->result == 0) {
        reader->result = reader->source->patch(reader->source->closure, reader->position, NULL, length);
        reader->blanked += length;
    }
    reader->position += length;
    reader->taken += length;
}

void pixel_reader_blank(struct pixel_reader *reader, uint64_t length)
{
    while (length > 0 && settle(reader)) {
        const uint64_t left = pixel_reader_left(reader);
        const uint64_t now = left < length ? left : length;

        blank_here(reader, now);
        length -= now;
    }
}

void pixel_reader_blank_fragment(struct pixel_reader *reader)
{
    blank_here(reader, pixel_reader_left(reader));
}

bool pixel_reader_find_ff(struct pixel_reader *reader)
{
    while (settle(reader)) {
        const uint64_t left = pixel_reader_left(reader);
        const uint64_t in_window = reader->position >= reader->window_start &&
                                           reader->position < reader->window_start + reader->window_length
                                       ? reader->window_start + reader->window_length - reader->position
                                       : 0;
        size_t length = (size_t)(left < sizeof reader->window ? left : sizeof reader->window);

        if (in_window > 0 && in_window < length) {
            length = (size_t)in_window;
        }
        if (!fill(reader, reader->position, length)) {
            return false;
        }
        const uint8_t *from = at(reader, reader->position);
        const uint8_t *found = memchr(from, 0xFF, length);
        const size_t took = found == NULL ? length : (size_t)(found - from) + 1;

        reader->position += took;
        reader->taken += took;
        if (found != NULL) {
            return true;
        }
    }
    return false;
}
