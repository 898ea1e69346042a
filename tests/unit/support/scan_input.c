/* scan_input.c: see scan_input.h. */
#include "scan_input.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key.h"
#include "text.h"

#define MR_CLASS "1.2.840.10008.5.1.4.1.1.4"

/* ---- bytes ---- */

static void encode_as(struct dicom_bytes *bytes, enum syntax syntax)
{
    bytes->encoding = syntax == IMPLICIT              ? DICOM_IMPLICIT
                      : syntax == BIG_ENDIAN_EXPLICIT ? DICOM_BIG
                                                      : DICOM_EXPLICIT;
}

void put(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag, uint16_t vr, const void *value,
         size_t length)
{
    const char letters[] = {(char)(vr >> 8), (char)(vr & 0xFFU), '\0'};
    bool zero = vr == DCMCHAIN_VR_UI || vr == DCMCHAIN_VR_OB || vr == DCMCHAIN_VR_UN;
    encode_as(bytes, syntax);
    dicom_head(bytes, tag, letters, (uint32_t)(length + length % 2));
    dicom_raw(bytes, value, length);
    dicom_fill(bytes, zero ? 0 : ' ', length % 2);
}

void put_text(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag, uint16_t vr, const char *value)
{
    if (value != NULL) {
        put(bytes, syntax, tag, vr, value, strlen(value));
    }
}

void put_sequence(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag, const struct dicom_bytes *item)
{
    encode_as(bytes, syntax);
    size_t sequence = dicom_open_sequence(bytes, tag, "SQ", true);
    size_t opened = dicom_open_item(bytes, true);
    dicom_raw(bytes, item->data, item->length);
    dicom_close_item(bytes, opened, true);
    dicom_close_sequence(bytes, sequence, true);
}

struct instance an_instance(const struct dicom_bytes *extra)
{
    return (struct instance){.study = "1.2.3",
                             .series = "1.2.3.4",
                             .sop = "1.2.3.4.5",
                             .patient_id = "P1",
                             .extra = extra,
                             .pixels = 64};
}

struct instance named_instance(void)
{
    struct instance instance = an_instance(NULL);
    instance.patient_name = "Zzyx^Ann";
    instance.number = "1";
    return instance;
}

void put_instance(struct dicom_bytes *bytes, enum syntax syntax, const struct instance *instance)
{
    put_text(bytes, syntax, 0x00080005, DCMCHAIN_VR_CS, instance->charset);
    put_text(bytes, syntax, 0x00080016, DCMCHAIN_VR_UI,
             instance->sop_class == NULL ? MR_CLASS : instance->sop_class);
    put_text(bytes, syntax, 0x00080018, DCMCHAIN_VR_UI, instance->sop);
    put_text(bytes, syntax, 0x00100010, DCMCHAIN_VR_PN, instance->patient_name);
    put_text(bytes, syntax, 0x00100020, DCMCHAIN_VR_LO, instance->patient_id);
    put_text(bytes, syntax, 0x00100021, DCMCHAIN_VR_LO, instance->issuer);
    put_text(bytes, syntax, 0x00100030, DCMCHAIN_VR_DA, instance->birth_date);
    put_text(bytes, syntax, 0x0020000D, DCMCHAIN_VR_UI, instance->study);
    put_text(bytes, syntax, 0x0020000E, DCMCHAIN_VR_UI, instance->series);
    put_text(bytes, syntax, 0x00200011, DCMCHAIN_VR_IS, instance->series_number);
    put_text(bytes, syntax, 0x00200013, DCMCHAIN_VR_IS, instance->number);
    if (instance->extra != NULL) {
        dicom_raw(bytes, instance->extra->data, instance->extra->length);
    }
    if (instance->pixels > 0) {
        uint8_t *pixels = malloc(instance->pixels);
        ck_assert_ptr_nonnull(pixels);
        memset(pixels, instance->pixel, instance->pixels);
        put(bytes, syntax, 0x7FE00010, DCMCHAIN_VR_OW, pixels, instance->pixels);
        free(pixels);
    }
}

void put_file(struct dicom_bytes *bytes, enum syntax syntax, const char *sop_class,
              const struct dicom_bytes *set)
{
    static const char *const uids[] = {DICOM_IMPLICIT_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID,
                                       DICOM_DEFLATED_UID};
    struct dicom_bytes meta = {0};
    put_text(&meta, EXPLICIT, 0x00020002, DCMCHAIN_VR_UI, sop_class == NULL ? MR_CLASS : sop_class);
    put_text(&meta, EXPLICIT, 0x00020010, DCMCHAIN_VR_UI, uids[syntax]);
    put_text(&meta, EXPLICIT, 0x00020016, DCMCHAIN_VR_AE, "SENDERAE");
    encode_as(bytes, EXPLICIT);
    dicom_preamble(bytes);
    dicom_head(bytes, 0x00020000, "UL", 4);
    dicom_u32(bytes, (uint32_t)meta.length);
    dicom_raw(bytes, meta.data, meta.length);
    if (syntax == DEFLATED) {
        dicom_deflate(bytes, set->data, set->length, true);
    } else {
        dicom_raw(bytes, set->data, set->length);
    }
    dicom_free(&meta);
}

/* ---- folders ---- */

void input_make(struct input_folder *folder)
{
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/dcmchain-scan-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder->path));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void input_remove(struct input_folder *folder)
{
    ck_assert_int_eq(nftw(folder->path, remove_entry, 32, FTW_DEPTH | FTW_PHYS), 0);
}

void input_write(const struct input_folder *folder, const char *path, const void *data, size_t length)
{
    char *full = text_format("%s/%s", folder->path, path);
    ck_assert_ptr_nonnull(full);
    for (char *slash = strchr(full + strlen(folder->path) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(full, 0700);
        *slash = '/';
    }
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, length == 0 ? "" : data, length), (ssize_t)length);
    (void)close(fd);
    free(full);
}

void input_write_text(const struct input_folder *folder, const char *path, const char *text)
{
    input_write(folder, path, text, strlen(text));
}

void input_write_instance_in(const struct input_folder *folder, const char *path, enum syntax syntax,
                             const struct instance *instance)
{
    struct dicom_bytes set = {0};
    struct dicom_bytes file = {0};
    put_instance(&set, syntax, instance);
    put_file(&file, syntax, instance->sop_class, &set);
    input_write(folder, path, file.data, file.length);
    dicom_free(&set);
    dicom_free(&file);
}

void input_write_instance(const struct input_folder *folder, const char *path,
                          const struct instance *instance)
{
    input_write_instance_in(folder, path, EXPLICIT, instance);
}

/* ---- scans ---- */

struct scan *input_scan(const struct input_folder *folder, uint32_t threads)
{
    struct scan_options options = {.input_folder = folder->path, .threads = threads};
    struct scan *scan = NULL;
    char *problem = NULL;
    int result = scan_folder(&options, &scan, &problem);
    ck_assert_msg(result == DCMCHAIN_OK, "scan_folder: %s", problem == NULL ? "" : problem);
    return scan;
}

static void instance_as_text(struct text *text, const struct scan_instance *instance)
{
    static const uint8_t none[32];
    char hex[65];
    digest_hex(instance->header_sha256 == NULL ? none : instance->header_sha256, sizeof none, hex);
    text_printf(text, "    %u '%s' %s %s number %d %" PRId64 " key '%s' problem '%s' of '%s' %s\n",
                instance->ordinal, instance->file.path, instance->sop_uid, instance->sop_class,
                instance->has_number, instance->number,
                instance->patient_key == NULL ? "" : instance->patient_key,
                instance->problem == NULL ? "" : instance->problem,
                instance->duplicate_of == NULL ? "" : instance->duplicate_of->file.path, hex);
    const char *values[SCAN_ATTRIBUTES];
    scan_values(instance, values);
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        if (values[i] != NULL) {
            text_printf(text, "      %08x '%s'\n", scan_attributes[i], values[i]);
        }
    }
}

static void study_as_text(struct text *text, const struct scan_study *study)
{
    text_printf(text, "study %u %s mixed %d bytes %" PRIu64 "\n", study->ordinal, study->uid,
                study->mixed_patients, study->bytes);
    for (char **warning = study->warnings; *warning != NULL; warning++) {
        text_printf(text, "  warning %s\n", *warning);
    }
    for (size_t i = 0; i < study->count; i++) {
        const struct scan_series *series = &study->series[i];
        text_printf(text, "  series %u %s\n", series->ordinal, series->uid);
        for (size_t k = 0; k < series->count; k++) {
            instance_as_text(text, series->instances[k]);
        }
    }
    for (size_t i = 0; i < identity_count(study->identity); i++) {
        const struct dcmchain_identity *identity = identity_at(study->identity, i);
        text_printf(text, "  identity %u %08x '%s'\n", identity->class_id, identity->tag, identity->value);
    }
}

char *scan_as_text(const struct scan *scan)
{
    struct text text = TEXT_EMPTY;
    text_printf(&text, "files %" PRIu64 " bytes %" PRIu64 "\n", scan->files, scan->bytes);
    for (size_t i = 0; i < scan->study_count; i++) {
        study_as_text(&text, &scan->studies[i]);
    }
    for (size_t i = 0; i < scan->failed_count; i++) {
        instance_as_text(&text, scan->failed[i]);
    }
    for (size_t i = 0; i < scan->not_dicom_count; i++) {
        text_printf(&text, "not DICOM %s %" PRIu64 "\n", scan->not_dicom[i].reason, scan->not_dicom[i].count);
    }
    for (size_t i = 0; i < scan->skipped_count; i++) {
        text_printf(&text, "skipped %s %" PRIu64 "\n", scan->skipped[i].reason, scan->skipped[i].count);
    }
    char *taken = text_take(&text);
    ck_assert_ptr_nonnull(taken);
    return taken;
}

bool scan_has_identity(const struct scan_study *study, uint32_t class_id, const char *value)
{
    for (size_t i = 0; i < identity_count(study->identity); i++) {
        const struct dcmchain_identity *identity = identity_at(study->identity, i);
        if (identity->class_id == class_id && strcmp(identity->value, value) == 0) {
            return true;
        }
    }
    return false;
}

const struct scan_series *scan_only_series(const struct scan *scan)
{
    ck_assert_uint_eq(scan->study_count, 1);
    ck_assert_uint_eq(scan->studies[0].count, 1);
    return &scan->studies[0].series[0];
}

uint64_t scan_reason(const struct scan_count *counts, size_t count, const char *reason)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(counts[i].reason, reason) == 0) {
            return counts[i].count;
        }
    }
    return 0;
}
