/* inspect.c: see inspect.h. Pixel Data is not searched: text that it shows is no text in it. */
#include "inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "inflate.h"
#include "inspect_parts.h"

#define PREAMBLE_BYTES 132U /* "DICM" with it */
#define TAG_TRANSFER_SYNTAX 0x00020010U
#define MAX_SEGMENT_BYTES (1ULL << 30)
#define MAX_UID_BYTES 64U

static const struct spot bytes_spot = {.role = ROLE_BYTES};
static const struct spot path_spot = {.role = ROLE_TEXT, .ours = true, .one_value = true};

struct file {
    struct inspection *inspection;
    char transfer_syntax[MAX_UID_BYTES + 1];
};

static void set_where(struct inspection *inspection, const char *where)
{
    (void)snprintf(inspection->where, sizeof inspection->where, "%s", where);
}

static int found(void *closure, const struct finding *finding)
{
    struct inspection *inspection = closure;
    if (inspection->element != NULL) {
        elements_path(inspection->element, inspection->where, sizeof inspection->where);
    }
    return inspection->visit(inspection->closure, inspection->where, finding);
}

/* ---- elements ---- */

static bool is_printable(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] < 0x20U && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\r' &&
            bytes[i] != '\f' && bytes[i] != 0x1BU && !(bytes[i] == 0 && i + 1 == length)) {
            return false;
        }
    }
    return true;
}

static int see_element(void *closure, const struct elements_element *element)
{
    struct file *file = closure;
    struct inspection *inspection = file->inspection;
    struct spot spot;
    roles_of_element(element->tag, element->vr, element->local_code, &spot);
    if (spot.role == ROLE_BYTES && element->vr != DCMCHAIN_VR_OW &&
        is_printable(element->value, element->length)) {
        spot.role = ROLE_TEXT; /* a private element of implicit VR, or text stored as UN */
    }
    if (element->tag == TAG_TRANSFER_SYNTAX && element->length <= MAX_UID_BYTES) {
        memcpy(file->transfer_syntax, element->value, element->length);
    }
    if (spot.role == ROLE_SKIP || element->length == 0) {
        return DCMCHAIN_OK;
    }
    inspection->element = element;
    int result = search_bytes(&inspection->search, &spot, element->value, element->length);
    inspection->element = NULL;
    return result;
}

static int see_dataset(struct file *file, const uint8_t *bytes, size_t length, bool last)
{
    struct elements_syntax syntax = {
        .implicit = strcmp(file->transfer_syntax, "1.2.840.10008.1.2") == 0,
        .big_endian = strcmp(file->transfer_syntax, "1.2.840.10008.1.2.2") == 0,
    };
    size_t end = 0;
    int result = elements_walk(bytes, length, syntax, see_element, file, &end);
    if (result != DCMCHAIN_OK || end == length) {
        return result;
    }
    if (!last) {
        return DCMCHAIN_E_INVALID;
    }
    set_where(file->inspection, "bytes behind the data set");
    return search_bytes(&file->inspection->search, &bytes_spot, bytes + end, length - end);
}

/* Preamble and file meta information. */
static int see_meta(struct file *file, const uint8_t *bytes, size_t length)
{
    if (length < PREAMBLE_BYTES || memcmp(bytes + PREAMBLE_BYTES - 4, "DICM", 4) != 0) {
        return DCMCHAIN_E_INVALID;
    }
    set_where(file->inspection, "preamble");
    int result = search_bytes(&file->inspection->search, &bytes_spot, bytes, PREAMBLE_BYTES - 4);
    size_t end = 0;
    if (result == DCMCHAIN_OK) {
        result = elements_walk(bytes + PREAMBLE_BYTES, length - PREAMBLE_BYTES, (struct elements_syntax){0},
                               see_element, file, &end);
    }
    return result == DCMCHAIN_OK && end != length - PREAMBLE_BYTES ? DCMCHAIN_E_INVALID : result;
}

static int see_deflated(struct file *file, const uint8_t *bytes, size_t length)
{
    AUTO_FREE uint8_t *inflated = NULL;
    size_t inflated_length = 0;
    size_t used = 0;
    int result = inflate_all(bytes, length, &inflated, &inflated_length, &used);
    if (result == DCMCHAIN_OK) {
        result = see_dataset(file, inflated, inflated_length, true);
    }
    if (result == DCMCHAIN_OK && used < length) {
        set_where(file->inspection, "bytes behind the deflated data set");
        result = search_bytes(&file->inspection->search, &bytes_spot, bytes + used, length - used);
    }
    return result;
}

/* ---- segments ---- */

static int read_segment(dcmchain_artifact *artifact, const struct dcmchain_segment *segment,
                        uint8_t **ret_bytes)
{
    if (segment->length_bytes > MAX_SEGMENT_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    size_t length = (size_t)segment->length_bytes;
    uint8_t *bytes = malloc(length + 1);
    size_t done = 0;
    size_t got = 1;
    int result = bytes == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && done < length && got > 0) {
        result =
            dcmchain_artifact_read(artifact, segment->offset_bytes + done, bytes + done, length - done, &got);
        done += result == DCMCHAIN_OK ? got : 0;
    }
    if (result != DCMCHAIN_OK || done < length) {
        free(bytes);
        return result != DCMCHAIN_OK ? result : DCMCHAIN_E_INVALID;
    }
    bytes[length] = 0;
    *ret_bytes = bytes;
    return DCMCHAIN_OK;
}

static int see_segment(struct file *file, dcmchain_artifact *artifact, const struct dcmchain_segment *segment,
                       bool last)
{
    AUTO_FREE uint8_t *bytes = NULL;
    if (segment->type == DCMCHAIN_SEGMENT_PIXEL || segment->length_bytes == 0) {
        return DCMCHAIN_OK;
    }
    int result = read_segment(artifact, segment, &bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    size_t length = (size_t)segment->length_bytes;
    switch (segment->type) {
    case DCMCHAIN_SEGMENT_META:
        return see_meta(file, bytes, length);
    case DCMCHAIN_SEGMENT_HEADER:
        return see_dataset(file, bytes, length, last);
    case DCMCHAIN_SEGMENT_TRAILER:
        return see_dataset(file, bytes, length, true);
    case DCMCHAIN_SEGMENT_DEFLATED:
        return see_deflated(file, bytes, length);
    case DCMCHAIN_SEGMENT_DOCUMENT:
        return document_inspect(file->inspection, (const char *)bytes, length,
                                strcmp(dcmchain_artifact_extension(artifact), ".json") == 0);
    default:
        set_where(file->inspection, "a part of a kind that is not known");
        return search_bytes(&file->inspection->search, &bytes_spot, bytes, length);
    }
}

static int see_path(struct inspection *inspection, const char *path)
{
    int result = DCMCHAIN_OK;
    set_where(inspection, "path");
    while (result == DCMCHAIN_OK && path != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        result = search_text(&inspection->search, &path_spot, path, length);
        path += length;
        path += *path == '/' ? 1 : 0;
    }
    return result;
}

int inspect_artifact(dcmchain_context *context, const struct patterns *patterns, const struct own_words *own,
                     struct passed *passed, dcmchain_artifact *artifact, inspect_visitor visit, void *closure)
{
    struct inspection inspection = {.visit = visit, .closure = closure};
    inspection.search = (struct search){
        .patterns = patterns, .own = own, .found = found, .closure = &inspection, .passed = passed};
    struct file file = {.inspection = &inspection};
    struct dcmchain_segment segment;
    int result = see_path(&inspection, dcmchain_artifact_path(artifact));
    for (size_t i = 0;
         result == DCMCHAIN_OK && dcmchain_artifact_segment(artifact, i, &segment) == DCMCHAIN_OK; i++) {
        struct dcmchain_segment next;
        bool last = dcmchain_artifact_segment(artifact, i + 1, &next) != DCMCHAIN_OK;
        result = see_segment(&file, artifact, &segment, last);
    }
    fold_free(&inspection.search.folded);
    if (result == DCMCHAIN_E_INVALID || result == DCMCHAIN_E_RANGE || result == DCMCHAIN_E_MEMORY ||
        result == DCMCHAIN_E_IO) {
        return dcmchain_error(context, "what would be published cannot be searched: %s",
                              dcmchain_result_text(result));
    }
    return result;
}
