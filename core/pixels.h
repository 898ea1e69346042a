/* pixels.h: a stage's view of the stored bytes of an instance's pixel element: reading them from the source,
 * and the patches that lie over them in what is published. It decodes nothing and never changes the source.
 * One instance belongs to one thread; finished patches are read-only and may be read by any. */
#ifndef CORE_PIXELS_H
#define CORE_PIXELS_H

#include <stdint.h>

#include "source.h"
#include "walker.h"

/* Bytes that stand in place of the source's, without overlap, in ascending order once finished. */
struct pixel_patches;

struct pixel_access;

/* A view of an open input; file and layout are borrowed, and the file is used by nobody else meanwhile. */
int pixel_access_new(struct source *file, const struct walker_layout *layout,
                     struct pixel_access **ret_access);
/* NULL is fine. Patches that were not taken go too. */
void pixel_access_free(struct pixel_access *access);

#define PIXELS_MASK_BYTES 8U

/* As dcmchain_instance_pixel_read(), dcmchain_instance_pixel_patch() and dcmchain_instance_pixel_mask(). */
int pixel_access_read(struct pixel_access *access, uint64_t offset, void *buffer, size_t length,
                      size_t *ret_read);
int pixel_access_patch(struct pixel_access *access, uint64_t offset, const void *bytes, uint64_t length);
int pixel_access_mask(struct pixel_access *access, uint64_t offset, uint64_t length, const uint8_t *mask,
                      size_t mask_length);

/* Finishes and gives the patches away (owned); NULL where there are none. */
int pixel_access_take(struct pixel_access *access, struct pixel_patches **ret_patches);
void pixel_patches_free(struct pixel_patches *patches);
/* Lays the patches over `length` bytes that were read at `offset` of the pixel element's value. */
void pixel_patches_apply(const struct pixel_patches *patches, uint64_t offset, void *buffer, size_t length);

#endif
