/* dataset.c: making, reading and freeing data sets, and what they say of themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../source.h"
#include "elements.h"

struct dcmchain_dataset *dataset_make(void)
{
    struct dcmchain_dataset *dataset = calloc(1, sizeof *dataset);
    if (dataset != NULL) {
        dataset->explicit_vr = true;
        dataset->meta.dataset = dataset;
        dataset->root.dataset = dataset;
    }
    return dataset;
}

int dcmchain_dataset_new(const char *transfer_syntax, dcmchain_dataset **ret_dataset)
{
    struct walker_layout layout = {0};
    if (strlen(transfer_syntax) > 64 ||
        walker_take_transfer_syntax(transfer_syntax, &layout) != DCMCHAIN_OK) {
        return DCMCHAIN_E_INVALID;
    }
    struct dcmchain_dataset *dataset = dataset_make();
    if (dataset == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    dataset->explicit_vr = layout.explicit_vr;
    dataset->big_endian = layout.big_endian;
    (void)snprintf(dataset->transfer_syntax, sizeof dataset->transfer_syntax, "%s", transfer_syntax);
    *ret_dataset = dataset;
    return DCMCHAIN_OK;
}

/* Header and trailer of a deflated file, one behind the other. */
static int inflate_parts(struct source *file, const struct walker_layout *layout, uint8_t *set)
{
    struct source *stream = NULL;
    size_t got = 0;
    int result = source_open_inflate(file, layout->dataset_offset, &stream);
    if (result == DCMCHAIN_OK) {
        result = source_seek(stream, layout->header_offset);
    }
    if (result == DCMCHAIN_OK) {
        result = source_read(stream, set, layout->header_length, &got);
    }
    if (result == DCMCHAIN_OK) {
        result = source_seek(stream, layout->trailer_offset);
    }
    if (result == DCMCHAIN_OK) {
        result = source_read(stream, set + layout->header_length, layout->trailer_length, &got);
    }
    source_free(stream);
    return result;
}

static int read_walked(struct source *file, const uint8_t *bytes, const struct walker_layout *layout,
                       dcmchain_dataset **ret_dataset)
{
    char problem[256];
    uint8_t *inflated = NULL;
    const uint8_t *header = NULL;
    const uint8_t *trailer = NULL;
    int result = DCMCHAIN_OK;
    if (!layout->deflated) {
        header = bytes + layout->header_offset;
        trailer = bytes + layout->trailer_offset;
    } else {
        inflated = malloc(layout->header_length + layout->trailer_length + 1);
        result = inflated == NULL ? DCMCHAIN_E_MEMORY : inflate_parts(file, layout, inflated);
        header = inflated;
        trailer = inflated + layout->header_length;
    }
    if (result == DCMCHAIN_OK) {
        result = dataset_parse(layout, layout->has_prefix ? bytes : NULL, bytes + layout->meta_offset, header,
                               trailer, ret_dataset, problem, sizeof problem);
    }
    free(inflated);
    return result;
}

int dcmchain_dataset_read(const void *bytes, size_t length_bytes, dcmchain_dataset **ret_dataset)
{
    struct source *file = NULL;
    struct walker_layout layout;
    char problem[256];
    int result = source_open_memory(bytes, length_bytes, &file);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    result = walker_walk(file, NULL, &layout, problem, sizeof problem);
    if (result == DCMCHAIN_OK) {
        result = read_walked(file, bytes, &layout, ret_dataset);
    } else if (result == DCMCHAIN_E_ABSENT) {
        result = DCMCHAIN_E_INVALID;
    }
    source_free(file);
    return result;
}

void dcmchain_dataset_free(dcmchain_dataset *dataset)
{
    if (dataset != NULL) {
        arena_free(&dataset->arena);
        free(dataset);
    }
}

dcmchain_item *dcmchain_dataset_root(dcmchain_dataset *dataset)
{
    return &dataset->root;
}

dcmchain_item *dcmchain_dataset_meta(dcmchain_dataset *dataset)
{
    return &dataset->meta;
}

const char *dcmchain_dataset_transfer_syntax(const dcmchain_dataset *dataset)
{
    return dataset->transfer_syntax;
}

void dcmchain_dataset_get_preamble(const dcmchain_dataset *dataset, uint8_t ret_bytes[128])
{
    memcpy(ret_bytes, dataset->preamble, sizeof dataset->preamble);
}

void dcmchain_dataset_set_preamble(dcmchain_dataset *dataset, const uint8_t bytes[128])
{
    memcpy(dataset->preamble, bytes, sizeof dataset->preamble);
}

void dcmchain_dataset_pixel_info(const dcmchain_dataset *dataset, struct dcmchain_pixel_info *ret_info)
{
    *ret_info = dataset->pixel;
}

bool dataset_is_starved(const dcmchain_dataset *dataset)
{
    return dataset->starved;
}
