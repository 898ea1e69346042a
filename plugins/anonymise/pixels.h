/* pixels.h: bytes inside Pixel Data that are no pixel and can hold text: comments and application segments of
 * codecs, slack behind the last pixel. The picture itself is not looked at: text drawn into it stays. */
#ifndef ANONYMISE_PIXELS_H
#define ANONYMISE_PIXELS_H

#include "pixel_reader.h"
#include "state.h"

/* What a data set says of its pixels. */
struct pixel_shape {
    const char *transfer_syntax;
    uint64_t pixels_per_frame; /* Rows x Columns, 0: not known */
    uint64_t native_bytes;     /* the value's length without padding where it is native, 0: not known */
    uint64_t frame_bytes;      /* the same of one frame, rounded up */
    bool encapsulated;
};

/* Blanks over a source. *ret_blanked: bytes. DCMCHAIN_E_INVALID where the bytes are not what the transfer
 * syntax says, DCMCHAIN_E_RANGE where a native value holds a frame or more behind its last one: then its
 * attributes are as likely wrong as its bytes, and pictures would be lost. */
int pixels_clean(const struct pixel_source *source, const struct pixel_shape *shape, uint64_t *ret_blanked);

/* The same over the instance in work, with its report; the value of dcmchain_error() where it fails. */
int pixels_run(struct work *work, dcmchain_dataset *dataset);

#endif
