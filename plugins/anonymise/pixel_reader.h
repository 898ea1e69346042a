/* pixel_reader.h: the value of an encapsulated pixel element as streams of bytes: one fragment after the
 * other (PS3.5 A.4), read through a window, with blanking in place. It knows no codec. One reader belongs to
 * one thread. */
#ifndef ANONYMISE_PIXEL_READER_H
#define ANONYMISE_PIXEL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the bytes come from and go to: the core's instance, or memory in tests. Offsets count from the value.
 */
struct pixel_source {
    int (*read)(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read);
    int (*patch)(void *closure, uint64_t offset, const void *bytes, uint64_t length); /* NULL: zeros */
    void *closure;
    uint64_t length; /* of the value */
};

#define PIXEL_WINDOW_BYTES 65536U

struct pixel_reader {
    const struct pixel_source *source;
    uint64_t position;     /* of the next byte */
    uint64_t fragment_end; /* of the fragment that holds it */
    uint64_t taken;        /* bytes of fragments given so far, over fragment borders */
    uint64_t blanked;      /* bytes */
    uint64_t window_start;
    size_t window_length;
    int result; /* the first that failed; then nothing is given any more */
    uint8_t window[PIXEL_WINDOW_BYTES];
};

/* At the first fragment behind the Basic Offset Table. */
void pixel_reader_open(struct pixel_reader *reader, const struct pixel_source *source);

/* Goes to the next fragment, over what is left of this one; false at the end or after a failure. */
bool pixel_reader_next_fragment(struct pixel_reader *reader);
/* Bytes left in this fragment. */
uint64_t pixel_reader_left(const struct pixel_reader *reader);

/* The next byte, over fragment borders; -1 at the end or after a failure. */
int pixel_reader_byte(struct pixel_reader *reader);
/* The next bytes of this fragment without taking them: at least `wanted` where the fragment has as many, else
 * what there is (0 at its end). wanted: at most 64. */
size_t pixel_reader_peek(struct pixel_reader *reader, size_t wanted, const uint8_t **ret_bytes);
/* Takes bytes, over fragment borders. */
void pixel_reader_skip(struct pixel_reader *reader, uint64_t length);
/* Takes bytes, over fragment borders, and makes them zeros. */
void pixel_reader_blank(struct pixel_reader *reader, uint64_t length);
/* Makes all that is left of this fragment zeros, where it is not yet. */
void pixel_reader_blank_fragment(struct pixel_reader *reader);
/* Takes bytes up to and with the next 0xFF, over fragment borders; false where there is none. */
bool pixel_reader_find_ff(struct pixel_reader *reader);

#endif
