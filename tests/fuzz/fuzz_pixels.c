/* fuzz_pixels.c: any bytes as the value of an encapsulated pixel element: nothing is read or patched beyond
 * it, and a value that was cleaned needs no further cleaning. The first byte chooses the codec. */
#include <string.h>

#include "dcmchain/base.h"
#include "fuzz.h"
#include "pixels.h"

struct value {
    uint8_t *bytes;
    size_t size;
};

static int read_value(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    const struct value *value = closure;
    MUST(offset <= value->size);
    *ret_read = value->size - offset < length ? (size_t)(value->size - offset) : length;
    memcpy(buffer, value->bytes + offset, *ret_read);
    return 0;
}

static int patch_value(void *closure, uint64_t offset, const void *bytes, uint64_t length)
{
    struct value *value = closure;
    MUST(offset <= value->size && length <= value->size - offset);
    if (bytes == NULL) {
        memset(value->bytes + offset, 0, (size_t)length);
    } else {
        memcpy(value->bytes + offset, bytes, (size_t)length);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const syntaxes[] = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80",
                                           "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.110",
                                           "1.2.840.10008.1.2.5"};
    uint64_t blanked = 0;
    if (size < 1) {
        return 0;
    }
    struct value value = {malloc(size), size - 1};
    MUST(value.bytes != NULL);
    memcpy(value.bytes, data + 1, value.size);
    const struct pixel_source source = {read_value, patch_value, &value, value.size};
    const struct pixel_shape shape = {
        .transfer_syntax = syntaxes[data[0] % 5], .pixels_per_frame = 64, .encapsulated = true};
    if (pixels_clean(&source, &shape, &blanked) == DCMCHAIN_OK) {
        MUST(blanked <= value.size + 4 * value.size);
    }
    free(value.bytes);
    return 0;
}
