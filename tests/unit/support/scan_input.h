/* scan_input.h: makes input folders for the scan's tests: DICOM bytes element by element, files, a scan of
 * them, and the scan as text. It judges nothing but that its own calls succeed. */
#ifndef TEST_SCAN_INPUT_H
#define TEST_SCAN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan.h"
#include "support/dicom_bytes.h"

enum syntax { IMPLICIT, EXPLICIT, BIG_ENDIAN_EXPLICIT, DEFLATED };

/* A value of a VR, padded to even length; VRs as DCMCHAIN_VR_*. */
void put(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag, uint16_t vr, const void *value,
         size_t length);
void put_text(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag, uint16_t vr, const char *value);
/* A sequence of undefined length with one item of undefined length that holds the bytes of `item`. */
void put_sequence(struct dicom_bytes *bytes, enum syntax syntax, uint32_t tag,
                  const struct dicom_bytes *item);

/* What an instance has; NULL: the element is absent. */
struct instance {
    const char *study;
    const char *series;
    const char *sop;
    const char *number;
    const char *series_number;
    const char *patient_id;
    const char *patient_name;
    const char *birth_date;
    const char *issuer;
    const char *charset;
    const char *sop_class; /* NULL: MR */
    const struct dicom_bytes *extra;
    size_t pixels; /* bytes of Pixel Data, 0: none */
    uint8_t pixel; /* … of this value */
};

/* The one that tests start from: of patient P1, with elements of their own. */
struct instance an_instance(const struct dicom_bytes *extra);
/* … with a patient's name and a number. */
struct instance named_instance(void);

/* The data set of an instance, appended. */
void put_instance(struct dicom_bytes *bytes, enum syntax syntax, const struct instance *instance);
/* Preamble, prefix, file meta and (deflated where it is) the data set. */
void put_file(struct dicom_bytes *bytes, enum syntax syntax, const char *sop_class,
              const struct dicom_bytes *set);

struct input_folder {
    char path[64];
};

void input_make(struct input_folder *folder);
/* Takes it away with all that is in it. */
void input_remove(struct input_folder *folder);
/* Writes a file, making the folders on its way. */
void input_write(const struct input_folder *folder, const char *path, const void *data, size_t length);
void input_write_text(const struct input_folder *folder, const char *path, const char *text);
void input_write_instance_in(const struct input_folder *folder, const char *path, enum syntax syntax,
                             const struct instance *instance);
/* … in explicit little endian. */
void input_write_instance(const struct input_folder *folder, const char *path,
                          const struct instance *instance);

/* A scan that must succeed. */
struct scan *input_scan(const struct input_folder *folder, uint32_t threads);
/* All that a scan says, paths included, as text. Owned. */
char *scan_as_text(const struct scan *scan);
/* True if the identity of a study holds it. */
bool scan_has_identity(const struct scan_study *study, uint32_t class_id, const char *value);
/* Of the one study that there must be, the one series. */
const struct scan_series *scan_only_series(const struct scan *scan);
uint64_t scan_reason(const struct scan_count *counts, size_t count, const char *reason);

#endif
