/* pixels.c: reads the stored bytes of a pixel element and keeps what lies over them.
 * It must never let a patch change a length, so that offset tables hold. */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "dcmchain/stage.h"
#include "limits.h"

struct patch {
    uint64_t offset; /* in the value */
    uint64_t length;
    size_t bytes;  /* where its bytes begin in pixel_patches.bytes; PATCH_ZEROS: zeros */
    size_t masked; /* as many bytes of a mask, over and over; 0: the bytes themselves */
};
#define PATCH_ZEROS SIZE_MAX

struct pixel_patches {
    struct patch *patches;
    size_t count;
    size_t capacity;
    uint8_t *bytes;
    size_t bytes_length;
};

struct pixel_access {
    const struct walker_layout *layout;
    struct source *file;
    struct source
        *stream; /* of the data set; the file itself where it is not deflated. NULL: not opened yet */
    struct pixel_patches *patches;
};

int pixel_access_new(struct source *file, const struct walker_layout *layout,
                     struct pixel_access **ret_access)
{
    struct pixel_access *access = calloc(1, sizeof *access);
    if (access == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *access = (struct pixel_access){.layout = layout, .file = file};
    *ret_access = access;
    return DCMCHAIN_OK;
}

void pixel_access_free(struct pixel_access *access)
{
    if (access == NULL) {
        return;
    }
    if (access->stream != access->file) {
        source_free(access->stream);
    }
    pixel_patches_free(access->patches);
    free(access);
}

static int open_stream(struct pixel_access *access)
{
    if (access->stream != NULL) {
        return DCMCHAIN_OK;
    }
    if (access->layout->deflated) {
        return source_open_inflate(access->file, access->layout->dataset_offset, &access->stream);
    }
    access->stream = access->file;
    return DCMCHAIN_OK;
}

int pixel_access_read(struct pixel_access *access, uint64_t offset, void *buffer, size_t length,
                      size_t *ret_read)
{
    const struct walker_layout *layout = access->layout;
    size_t got = 0;
    if (layout->pixel_tag == 0) {
        return DCMCHAIN_E_ABSENT;
    }
    if (offset >= layout->pixel_value_length) {
        *ret_read = 0;
        return DCMCHAIN_OK;
    }
    if (length > layout->pixel_value_length - offset) {
        length = (size_t)(layout->pixel_value_length - offset);
    }
    int result = open_stream(access);
    if (result == DCMCHAIN_OK) {
        result = source_seek(access->stream, layout->pixel_value_offset + offset);
    }
    if (result == DCMCHAIN_OK) {
        result = source_read(access->stream, buffer, length, &got);
    }
    if (result != DCMCHAIN_OK || got != length) {
        return result != DCMCHAIN_OK ? result : DCMCHAIN_E_INVALID; /* the file shrank since the scan */
    }
    *ret_read = got;
    return DCMCHAIN_OK;
}

static bool grow(struct pixel_patches *patches, size_t more_bytes)
{
    if (patches->count == patches->capacity) {
        size_t capacity = patches->capacity == 0 ? 16 : patches->capacity * 2;
        struct patch *grown = realloc(patches->patches, capacity * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        patches->patches = grown;
        patches->capacity = capacity;
    }
    if (more_bytes > 0) {
        uint8_t *grown = realloc(patches->bytes, patches->bytes_length + more_bytes);
        if (grown == NULL) {
            return false;
        }
        patches->bytes = grown;
    }
    return true;
}

/* One patch more, of these bytes where there are any. */
static int add(struct pixel_access *access, struct patch patch, const void *bytes, size_t byte_count)
{
    const struct walker_layout *layout = access->layout;
    if (layout->pixel_tag == 0) {
        return DCMCHAIN_E_ABSENT;
    }
    if (patch.offset > layout->pixel_value_length ||
        patch.length > layout->pixel_value_length - patch.offset) {
        return DCMCHAIN_E_RANGE;
    }
    if (access->patches == NULL) {
        access->patches = calloc(1, sizeof *access->patches);
    }
    struct pixel_patches *patches = access->patches;
    if (patches == NULL || !grow(patches, byte_count)) {
        return DCMCHAIN_E_MEMORY;
    }
    patch.bytes = PATCH_ZEROS;
    if (byte_count > 0) {
        patch.bytes = patches->bytes_length;
        memcpy(patches->bytes + patches->bytes_length, bytes, byte_count);
        patches->bytes_length += byte_count;
    }
    patches->patches[patches->count++] = patch;
    return DCMCHAIN_OK;
}

int pixel_access_patch(struct pixel_access *access, uint64_t offset, const void *bytes, uint64_t length)
{
    const struct patch patch = {.offset = offset, .length = length};
    if (bytes != NULL && length > LIMIT_PATCH_BYTES && access->layout->pixel_tag != 0) {
        return DCMCHAIN_E_RANGE;
    }
    return add(access, patch, bytes, bytes != NULL ? (size_t)length : 0);
}

int pixel_access_mask(struct pixel_access *access, uint64_t offset, uint64_t length, const uint8_t *mask,
                      size_t mask_length)
{
    const struct patch patch = {.offset = offset, .length = length, .masked = mask_length};
    return mask_length == 0 || mask_length > PIXELS_MASK_BYTES ? DCMCHAIN_E_RANGE
                                                               : add(access, patch, mask, mask_length);
}

static int by_offset(const void *left, const void *right)
{
    const struct patch *a = left;
    const struct patch *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static bool is_in_order(const struct pixel_patches *patches)
{
    for (size_t i = 1; i < patches->count; i++) {
        if (patches->patches[i].offset < patches->patches[i - 1].offset + patches->patches[i - 1].length) {
            return false;
        }
    }
    return true;
}

int pixel_access_take(struct pixel_access *access, struct pixel_patches **ret_patches)
{
    struct pixel_patches *patches = access->patches;
    if (patches != NULL && !is_in_order(patches)) {
        qsort(patches->patches, patches->count, sizeof *patches->patches, by_offset);
        if (!is_in_order(patches)) {
            return DCMCHAIN_E_INVALID;
        }
    }
    access->patches = NULL;
    *ret_patches = patches;
    return DCMCHAIN_OK;
}

void pixel_patches_free(struct pixel_patches *patches)
{
    if (patches != NULL) {
        free(patches->patches);
        free(patches->bytes);
        free(patches);
    }
}

/* The first patch that ends behind an offset. */
static size_t first_behind(const struct pixel_patches *patches, uint64_t offset)
{
    size_t low = 0;
    size_t high = patches->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patches->patches[middle].offset + patches->patches[middle].length <= offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* phase: how far the first byte stands behind the beginning of the patch. */
static void mask(uint8_t *bytes, const uint8_t *masks, size_t mask_length, uint64_t phase, size_t length)
{
    size_t next = (size_t)(phase % mask_length);
    for (size_t i = 0; i < length; i++) {
        bytes[i] &= masks[next];
        next = next + 1 == mask_length ? 0 : next + 1;
    }
}

void pixel_patches_apply(const struct pixel_patches *patches, uint64_t offset, void *buffer, size_t length)
{
    if (patches == NULL) {
        return;
    }
    for (size_t i = first_behind(patches, offset);
         i < patches->count && patches->patches[i].offset < offset + length; i++) {
        const struct patch *patch = &patches->patches[i];
        uint64_t from = patch->offset > offset ? patch->offset : offset;
        uint64_t patch_end = patch->offset + patch->length;
        uint64_t to = patch_end < offset + length ? patch_end : offset + length;
        uint8_t *at = (uint8_t *)buffer + (from - offset);
        if (patch->masked > 0) {
            mask(at, patches->bytes + patch->bytes, patch->masked, from - patch->offset, (size_t)(to - from));
        } else if (patch->bytes == PATCH_ZEROS) {
            memset(at, 0, (size_t)(to - from));
        } else {
            memcpy(at, patches->bytes + patch->bytes + (from - patch->offset), (size_t)(to - from));
        }
    }
}
