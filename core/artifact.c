/* artifact.c: the bytes of an artifact: its segments, reading and writing them, and the deflated form.
 * It never changes a byte that a segment gives, and knows no path. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "deflated.h"
#include "run.h"
#include "text.h"

/* ---- the plain composition: meta, header, pixel element, trailer; or a document ---- */

struct part {
    uint32_t type;
    const void *bytes; /* NULL: of the source */
    uint64_t source_offset;
    uint64_t length;
};

#define MAX_PARTS 4
#define SHA256_BYTES 32U

static size_t parts_of(const struct dcmchain_artifact *artifact, struct part *ret_parts)
{
    if (artifact->instance_ordinal == 0) {
        ret_parts[0] = (struct part){DCMCHAIN_SEGMENT_DOCUMENT, artifact->work->document, 0, artifact->size};
        return 1;
    }
    const struct walker_layout *layout = &artifact->work->layout;
    const struct dataset_bytes *bytes = &artifact->work->bytes;
    size_t count = 0;
    ret_parts[count++] = (struct part){DCMCHAIN_SEGMENT_META, bytes->meta, 0, bytes->meta_length};
    ret_parts[count++] = (struct part){DCMCHAIN_SEGMENT_HEADER, bytes->header, 0, bytes->header_length};
    if (layout->pixel_tag != 0) {
        ret_parts[count++] = (struct part){DCMCHAIN_SEGMENT_PIXEL, NULL, layout->pixel_offset,
                                           layout->pixel_end - layout->pixel_offset};
    }
    if (bytes->trailer_length > 0) {
        ret_parts[count++] =
            (struct part){DCMCHAIN_SEGMENT_TRAILER, bytes->trailer, 0, bytes->trailer_length};
    }
    return count;
}

/* Over bytes that were read at an offset of the source; patches count from the pixel element's value. */
static void lay_patches(const struct dcmchain_artifact *artifact, uint64_t offset, void *buffer,
                        size_t length)
{
    const uint64_t value = artifact->work->layout.pixel_value_offset;
    const uint64_t before = offset < value ? value - offset : 0; /* the element's head */
    if (before < length) {
        pixel_patches_apply(artifact->work->patches, offset + before - value, (uint8_t *)buffer + before,
                            length - (size_t)before);
    }
}

static int read_source(struct dcmchain_artifact *artifact, uint64_t offset, void *buffer, size_t length,
                       size_t *ret_read)
{
    int result = source_seek(artifact->work->stream, offset);
    if (result == DCMCHAIN_OK) {
        result = source_read(artifact->work->stream, buffer, length, ret_read);
    }
    if (result == DCMCHAIN_OK && *ret_read != length) {
        return DCMCHAIN_E_INVALID;
    }
    if (result == DCMCHAIN_OK) {
        lay_patches(artifact, offset, buffer, length);
    }
    return result;
}

/* Reads from the composition, before any deflating. Short only at its end. */
static int read_composed(struct dcmchain_artifact *artifact, uint64_t offset, uint8_t *buffer, size_t length,
                         size_t *ret_read)
{
    struct part parts[MAX_PARTS];
    size_t count = parts_of(artifact, parts);
    size_t done = 0;
    uint64_t start = 0;
    for (size_t i = 0; i < count && done < length; start += parts[i].length, i++) {
        if (offset + done >= start + parts[i].length) {
            continue;
        }
        uint64_t within = offset + done - start;
        size_t piece =
            parts[i].length - within < length - done ? (size_t)(parts[i].length - within) : length - done;
        if (parts[i].bytes != NULL) {
            memcpy(buffer + done, (const uint8_t *)parts[i].bytes + within, piece);
        } else {
            size_t got = 0;
            int result = read_source(artifact, parts[i].source_offset + within, buffer + done, piece, &got);
            if (result != DCMCHAIN_OK) {
                return result;
            }
        }
        done += piece;
    }
    *ret_read = done;
    return DCMCHAIN_OK;
}

static int read_data_set(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    struct dcmchain_artifact *artifact = closure;
    return read_composed(artifact, artifact->work->bytes.meta_length + offset, buffer, length, ret_read);
}

/* ---- opening ---- */

/* The file is open since its header was read. */
static int open_stream(struct dcmchain_artifact *artifact)
{
    struct artifact_work *work = artifact->work;
    work->stream = work->file;
    if (!work->layout.deflated) {
        return DCMCHAIN_OK;
    }
    work->stream = NULL;
    return source_open_inflate(work->file, work->layout.dataset_offset, &work->stream);
}

int artifact_open_instance(struct dcmchain_artifact *artifact, char **ret_problem)
{
    struct artifact_work *work = artifact->work;
    int result = open_stream(artifact);
    struct part parts[MAX_PARTS];
    size_t count = parts_of(artifact, parts);
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += parts[i].length;
    }
    artifact->size = size;
    if (result == DCMCHAIN_OK && work->layout.deflated) {
        uint64_t deflated_size = 0;
        result = deflated_open(read_data_set, artifact, &work->deflated);
        if (result == DCMCHAIN_OK) {
            result = deflated_measure(work->deflated, &deflated_size);
        }
        artifact->size = work->bytes.meta_length + deflated_size;
    }
    if (result != DCMCHAIN_OK) {
        *ret_problem = text_format("reading the source: %s", result == DCMCHAIN_E_IO ? strerror(errno)
                                                             : result == DCMCHAIN_E_INVALID
                                                                 ? "it changed since the scan"
                                                                 : dcmchain_result_text(result));
    }
    return result;
}

/* ---- reading and writing ---- */

static int read_final(struct dcmchain_artifact *artifact, uint64_t offset, uint8_t *buffer, size_t length,
                      size_t *ret_read)
{
    const struct artifact_work *work = artifact->work;
    if (work->deflated == NULL) {
        return read_composed(artifact, offset, buffer, length, ret_read);
    }
    size_t done = 0;
    uint64_t meta_length = work->bytes.meta_length;
    if (offset < meta_length) {
        done = meta_length - offset < length ? (size_t)(meta_length - offset) : length;
        memcpy(buffer, (const uint8_t *)work->bytes.meta + offset, done);
    }
    size_t more = 0;
    int result = done == length ? DCMCHAIN_OK
                                : deflated_read(work->deflated, offset + done - meta_length, buffer + done,
                                                length - done, &more);
    if (result == DCMCHAIN_OK) {
        *ret_read = done + more;
    }
    return result;
}

static int write_deflated(struct dcmchain_artifact *artifact, struct sink_file *file, const struct run *run)
{
    AUTO_FREE uint8_t *buffer = malloc(LIMIT_SPLICE_BYTES);
    if (buffer == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    uint64_t offset = 0;
    size_t got = 1;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && got > 0) {
        if (run_stopped(run)) {
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees buffer */
            return DCMCHAIN_FAIL;
        }
        got = 0;
        result = read_final(artifact, offset, buffer, LIMIT_SPLICE_BYTES, &got);
        if (result == DCMCHAIN_OK && got > 0) {
            result = sink_file_write(file, buffer, got);
        }
        offset += got;
    }
    return result;
}

/* In pieces of many splices, so that a stop is seen within a moment also in a file of gigabytes. */
static int splice(struct sink_file *file, int fd, uint64_t offset, uint64_t length, const struct run *run)
{
    const uint64_t piece = (uint64_t)LIMIT_SPLICE_BYTES * 64;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && length > 0) {
        uint64_t now = length < piece ? length : piece;
        result = run_stopped(run) ? DCMCHAIN_FAIL : sink_file_splice(file, fd, offset, now);
        offset += now;
        length -= now;
    }
    return result;
}

/* Where patches lie over the source's bytes, these pass through memory. */
static int write_patched(struct dcmchain_artifact *artifact, struct sink_file *file, const struct part *part,
                         const struct run *run)
{
    AUTO_FREE uint8_t *buffer = malloc(LIMIT_SPLICE_BYTES);
    int result = buffer == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (uint64_t done = 0; result == DCMCHAIN_OK && done < part->length;) {
        size_t piece =
            part->length - done < LIMIT_SPLICE_BYTES ? (size_t)(part->length - done) : LIMIT_SPLICE_BYTES;
        size_t got = 0;
        result = run_stopped(run) ? DCMCHAIN_FAIL
                                  : read_source(artifact, part->source_offset + done, buffer, piece, &got);
        if (result == DCMCHAIN_OK) {
            result = sink_file_write(file, buffer, got);
        }
        done += piece;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees buffer */
    return result;
}

int artifact_write(struct dcmchain_artifact *artifact, struct sink_file *file, const struct run *run)
{
    if (artifact->work->deflated != NULL) {
        return run->options.dry_run ? DCMCHAIN_OK : write_deflated(artifact, file, run);
    }
    struct part parts[MAX_PARTS];
    size_t count = parts_of(artifact, parts);
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < count && result == DCMCHAIN_OK; i++) {
        if (parts[i].bytes == NULL && parts[i].length > 0) {
            result = artifact->work->patches != NULL
                         ? write_patched(artifact, file, &parts[i], run)
                         : splice(file, artifact->work->fd, parts[i].source_offset, parts[i].length, run);
        } else if (i + 1 < count && parts[i].bytes != NULL && parts[i + 1].bytes != NULL &&
                   parts[i].length + parts[i + 1].length <= LIMIT_SPLICE_BYTES) {
            /* Meta and header in one write. */
            size_t length = (size_t)(parts[i].length + parts[i + 1].length);
            AUTO_FREE uint8_t *joined = malloc(length);
            if (joined == NULL) {
                return DCMCHAIN_E_MEMORY;
            }
            memcpy(joined, parts[i].bytes, (size_t)parts[i].length);
            memcpy(joined + parts[i].length, parts[i + 1].bytes, (size_t)parts[i + 1].length);
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees joined */
            result = sink_file_write(file, joined, length);
            i++;
        } else {
            result = sink_file_write(file, parts[i].bytes, (size_t)parts[i].length);
        }
    }
    return result;
}

int dcmchain_artifact_read(dcmchain_artifact *artifact, uint64_t offset_bytes, void *buffer,
                           size_t length_bytes, size_t *ret_read)
{
    const struct call *call = call_current();
    if (call == NULL || !call->showing || artifact->work == NULL) {
        return DCMCHAIN_E_USAGE;
    }
    if (offset_bytes >= artifact->size) {
        *ret_read = 0;
        return DCMCHAIN_OK;
    }
    if (length_bytes > artifact->size - offset_bytes) {
        length_bytes = (size_t)(artifact->size - offset_bytes);
    }
    return read_final(artifact, offset_bytes, buffer, length_bytes, ret_read);
}

int dcmchain_artifact_segment(const dcmchain_artifact *artifact, size_t index,
                              struct dcmchain_segment *ret_segment)
{
    struct part parts[MAX_PARTS];
    size_t count = artifact->work == NULL ? 0 : parts_of(artifact, parts);
    if (count > 0 && artifact->work->deflated != NULL) {
        parts[1] = (struct part){DCMCHAIN_SEGMENT_DEFLATED, "", 0,
                                 artifact->size - artifact->work->bytes.meta_length};
        count = 2;
    }
    if (index >= count) {
        return DCMCHAIN_E_RANGE;
    }
    uint64_t offset = 0;
    for (size_t i = 0; i < index; i++) {
        offset += parts[i].length;
    }
    const bool untouched =
        parts[index].bytes == NULL && parts[index].length > 0 && artifact->work->patches == NULL;
    *ret_segment =
        (struct dcmchain_segment){parts[index].type, untouched ? 1U : 0U, offset, parts[index].length};
    return DCMCHAIN_OK;
}

static int compute_sha256(dcmchain_artifact *artifact)
{
    AUTO_FREE uint8_t *buffer = malloc(LIMIT_SPLICE_BYTES);
    struct digest *digest = NULL;
    int result = buffer == NULL ? DCMCHAIN_E_MEMORY : digest_open(&digest);
    uint64_t offset = 0;
    while (result == DCMCHAIN_OK && offset < artifact->size) {
        size_t got = 0;
        result = dcmchain_artifact_read(artifact, offset, buffer, LIMIT_SPLICE_BYTES, &got);
        if (result == DCMCHAIN_OK && got == 0) {
            result = DCMCHAIN_E_INVALID;
        }
        if (result == DCMCHAIN_OK) {
            digest_add(digest, buffer, got);
            offset += got;
        }
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees buffer */
    uint8_t *sha256 = result == DCMCHAIN_OK ? malloc(SHA256_BYTES) : NULL;
    digest_close(digest, sha256);
    artifact->sha256 = sha256;
    return result == DCMCHAIN_OK && sha256 == NULL ? DCMCHAIN_E_MEMORY : result;
}

int dcmchain_artifact_sha256(dcmchain_artifact *artifact, char **ret_hex)
{
    const struct call *call = call_current();
    if (artifact->sha256 == NULL) {
        int result = call == NULL || !call->showing ? DCMCHAIN_E_ABSENT : compute_sha256(artifact);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    char *hex = malloc(65);
    if (hex == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    digest_hex(artifact->sha256, SHA256_BYTES, hex);
    *ret_hex = hex;
    return DCMCHAIN_OK;
}

/* ---- making and letting go ---- */

struct dcmchain_artifact *artifact_new(dcmchain_study *study, dcmchain_series *series)
{
    struct dcmchain_artifact *artifact = calloc(1, sizeof *artifact);
    struct artifact_work *work = calloc(1, sizeof *work);
    if (artifact == NULL || work == NULL) {
        free(artifact);
        free(work);
        return NULL;
    }
    work->fd = -1;
    artifact->study = study;
    artifact->series = series;
    artifact->work = work;
    return artifact;
}

void artifact_release(struct dcmchain_artifact *artifact)
{
    struct artifact_work *work = artifact->work;
    if (work == NULL) {
        return;
    }
    deflated_free(work->deflated);
    if (work->stream != work->file) {
        source_free(work->stream);
    }
    source_free(work->file);
    if (work->fd >= 0) {
        (void)close(work->fd);
    }
    dataset_bytes_free(&work->bytes);
    dcmchain_dataset_free(work->dataset);
    pixel_patches_free(work->patches);
    free(work->document);
    free(work->sop_uid);
    free(work);
    artifact->work = NULL;
}

void artifact_free(struct dcmchain_artifact *artifact)
{
    if (artifact == NULL) {
        return;
    }
    artifact_release(artifact);
    free(artifact->kind);
    free(artifact->extension);
    free(artifact->sha256);
    free(artifact);
}
