/* corpora.c: makes a corpus of the benchmark: the same bytes every time, nobody's data. It uses no code of
 * the core. usage: bench-corpora FOLDER ct|mr|us|jpeg|small|study|singles COUNT; study: small files of one
 * study; singles: of a study each */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus_rows.h"
#include "support/dicom_bytes.h"

#define ROOT "1.2.826.0.1.99999.8"

struct corpus {
    const char *name;
    uint32_t row_mask;
    const char *sop_class;
    const char *transfer_syntax;
    enum dicom_encoding encoding;
    unsigned rows;
    unsigned columns;
    unsigned bits;
    unsigned frames; /* 0: encapsulated */
    unsigned root;   /* of its UIDs */
    unsigned series_files;
    unsigned study_files;
};

static const struct corpus corpora[] = {
    {"ct", CT, "1.2.840.10008.5.1.4.1.1.2", DICOM_EXPLICIT_UID, DICOM_EXPLICIT, 512, 512, 16, 1, 1, 100, 500},
    {"mr", MR, "1.2.840.10008.5.1.4.1.1.4", DICOM_EXPLICIT_UID, DICOM_EXPLICIT, 136, 136, 16, 1, 2, 100, 500},
    {"us", US, "1.2.840.10008.5.1.4.1.1.3.1", DICOM_EXPLICIT_UID, DICOM_EXPLICIT, 800, 1000, 8, 75, 3, 100,
     500},
    {"jpeg", JPEG, "1.2.840.10008.5.1.4.1.1.6.1", DICOM_JPEG_UID, DICOM_EXPLICIT, 768, 1024, 8, 0, 4, 100,
     500},
    {"small", SMALL, "1.2.840.10008.5.1.4.1.1.4", DICOM_IMPLICIT_UID, DICOM_IMPLICIT, 16, 16, 16, 1, 5, 50,
     100},
    {"study", SMALL, "1.2.840.10008.5.1.4.1.1.4", DICOM_IMPLICIT_UID, DICOM_IMPLICIT, 16, 16, 16, 1, 6, 500,
     UINT_MAX},
    {"singles", SMALL, "1.2.840.10008.5.1.4.1.1.4", DICOM_IMPLICIT_UID, DICOM_IMPLICIT, 16, 16, 16, 1, 7, 1,
     1},
};

struct instance {
    const struct corpus *corpus;
    unsigned number;
    unsigned series_number;
    char uid[64];
    char series[64];
    char study[64];
};

static void must(int well, const char *what)
{
    if (!well) {
        (void)fprintf(stderr, "bench-corpora: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

/* ---- values ---- */

static void number_text(const struct instance *instance, char what, char *ret_text, size_t size)
{
    const struct corpus *corpus = instance->corpus;
    unsigned number = what == 'i'   ? instance->number
                      : what == 's' ? instance->series_number
                      : what == 'r' ? corpus->rows
                      : what == 'c' ? corpus->columns
                      : what == 'b' ? corpus->bits
                                    : corpus->bits - 1;
    (void)snprintf(ret_text, size, "%u", number);
}

static void fill_in(const struct instance *instance, const char *from, char *ret_text, size_t size)
{
    size_t used = 0;
    while (*from != '\0' && used + 1 < size) {
        if (from[0] != '{') {
            ret_text[used++] = *from++;
            continue;
        }
        char number[16];
        number_text(instance, from[1], number, sizeof number);
        const char *text = from[1] == 'u'   ? instance->uid
                           : from[1] == 'v' ? instance->series
                           : from[1] == 'w' ? instance->study
                                            : number;
        used += (size_t)snprintf(ret_text + used, size - used, "%s", text);
        from += 3;
    }
    ret_text[used < size ? used : size - 1] = '\0';
}

static void put_bytes(struct dicom_bytes *set, const struct corpus_row *row)
{
    uint8_t bytes[4096];
    size_t length = strtoul(row->value + 1, NULL, 10);
    must(length <= sizeof bytes, "row");
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)(i * 7 + 3);
    }
    dicom_element(set, row->tag, row->vr, bytes, length);
}

/* ---- data sets ---- */

struct level {
    size_t sequence;
    size_t item;
};

static void put_row(struct dicom_bytes *set, const struct instance *instance, const struct corpus_row *row,
                    struct level *levels, unsigned *depth)
{
    char text[256];
    fill_in(instance, row->value, text, sizeof text);
    if (strcmp(row->vr, "SQ") == 0) {
        struct level *level = &levels[(*depth)++];
        level->sequence = dicom_open_sequence(set, row->tag, "SQ", true);
        level->item = dicom_open_item(set, true);
    } else if (strcmp(row->vr, "IT") == 0) {
        dicom_close_item(set, levels[*depth - 1].item, true);
        levels[*depth - 1].item = dicom_open_item(set, true);
    } else if (strcmp(row->vr, "END") == 0) {
        struct level *level = &levels[--(*depth)];
        dicom_close_item(set, level->item, true);
        dicom_close_sequence(set, level->sequence, true);
    } else if (strcmp(row->vr, "US") == 0) {
        dicom_us(set, row->tag, (uint16_t)strtoul(text, NULL, 10));
    } else if (row->value[0] == '@') {
        put_bytes(set, row);
    } else {
        dicom_text(set, row->tag, row->vr, text);
    }
}

/* A baseline JPEG (ISO/IEC 10918-1, B.2): its segments, then coded bytes, of which nobody asks for a picture.
 */
static void put_jpeg(struct dicom_bytes *set, size_t size)
{
    static const uint8_t frame[] = {0xFF, 0xC0, 0, 11, 8, 3, 0, 4, 0, 1, 1, 0x11, 0};
    static const uint8_t huffman[] = {0xFF, 0xC4, 0, 31, 0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0,  0, 0,
                                      0,    0,    0, 0,  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const uint8_t scan[] = {0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0};
    const size_t begun = set->length;
    dicom_raw(set, "\xFF\xD8\xFF\xDB\x00\x43\x00", 7);
    dicom_fill(set, 16, 64);
    dicom_raw(set, frame, sizeof frame);
    dicom_raw(set, huffman, sizeof huffman);
    dicom_raw(set, scan, sizeof scan);
    dicom_fill(set, 0x5A, size - (set->length - begun) - 2);
    dicom_raw(set, "\xFF\xD9", 2);
}

static void put_fragments(struct dicom_bytes *set, unsigned number)
{
    const size_t size = 160000 + (size_t)(number * 7919U % 37000U) * 2;
    dicom_head(set, 0x7FE00010, "OB", DICOM_UNDEFINED);
    dicom_delimiter(set, DICOM_ITEM, 0);
    dicom_delimiter(set, DICOM_ITEM, (uint32_t)size);
    put_jpeg(set, size);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void put_set(struct dicom_bytes *set, const struct instance *instance)
{
    const struct corpus *corpus = instance->corpus;
    struct level levels[8];
    unsigned depth = 0;
    for (size_t i = 0; i < corpus_row_count; i++) {
        if ((corpus_rows[i].corpora & corpus->row_mask) != 0) {
            put_row(set, instance, &corpus_rows[i], levels, &depth);
        }
    }
    if (corpus->frames == 0) {
        put_fragments(set, instance->number);
    } else {
        dicom_pixels(set, (size_t)corpus->rows * corpus->columns * corpus->bits / 8 * corpus->frames);
    }
}

/* ---- files ---- */

static void describe(const struct corpus *corpus, unsigned index, struct instance *ret_instance)
{
    unsigned series = index / corpus->series_files;
    unsigned study = index / corpus->study_files;
    ret_instance->corpus = corpus;
    ret_instance->number = index % corpus->series_files + 1;
    ret_instance->series_number = series + 1;
    (void)snprintf(ret_instance->study, sizeof ret_instance->study, ROOT ".%u.%u", corpus->root, study + 1);
    (void)snprintf(ret_instance->series, sizeof ret_instance->series, ROOT ".%u.%u.%u", corpus->root,
                   study + 1, series + 1);
    (void)snprintf(ret_instance->uid, sizeof ret_instance->uid, ROOT ".%u.%u.%u.%u", corpus->root, study + 1,
                   series + 1, index + 1);
}

/* As mercure names them: <series UID>#<SOP Instance UID>.dcm. */
static void write_file(const char *folder, const struct instance *instance, const struct dicom_bytes *file)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s#%s.dcm", folder, instance->series, instance->uid);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    must(fd >= 0, "open");
    for (size_t done = 0; done < file->length;) {
        ssize_t written = write(fd, file->data + done, file->length - done);
        must(written > 0, "write");
        done += (size_t)written;
    }
    must(close(fd) == 0, "close");
}

static void make(const char *folder, const struct corpus *corpus, unsigned index)
{
    struct instance instance;
    struct dicom_bytes set = {.encoding = corpus->encoding};
    struct dicom_bytes file = {.encoding = DICOM_EXPLICIT};
    describe(corpus, index, &instance);
    put_set(&set, &instance);
    dicom_preamble(&file);
    dicom_meta(&file, corpus->sop_class, instance.uid, corpus->transfer_syntax);
    dicom_raw(&file, set.data, set.length);
    write_file(folder, &instance, &file);
    dicom_free(&set);
    dicom_free(&file);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fputs("usage: bench-corpora FOLDER ct|mr|us|jpeg|small|study|singles COUNT\n", stderr);
        return 2;
    }
    const struct corpus *corpus = NULL;
    for (size_t i = 0; i < sizeof corpora / sizeof corpora[0]; i++) {
        corpus = strcmp(corpora[i].name, argv[2]) == 0 ? &corpora[i] : corpus;
    }
    if (corpus == NULL) {
        (void)fprintf(stderr, "bench-corpora: there is no corpus '%s'\n", argv[2]);
        return 2;
    }
    must(mkdir(argv[1], 0755) == 0 || errno == EEXIST, "mkdir");
    unsigned long count = strtoul(argv[3], NULL, 10);
    for (unsigned long i = 0; i < count; i++) {
        make(argv[1], corpus, (unsigned)i);
    }
    return 0;
}
