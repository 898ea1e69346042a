/* scan.h: walks every file of IN once, in parallel, by content, and sorts it into studies, series and
 * instances in run order, with the identity of each study. It knows nothing of stages, and reads no pixels.
 * The result is immutable but for what the runner marks. */
#ifndef CORE_SCAN_H
#define CORE_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "dcmchain/chain.h"
#include "identity.h"
#include "intern.h"
#include "walker.h"

#define SCAN_UID_SIZE (LIMIT_UID_BYTES + 1)

struct scan_file {
    char *path; /* relative to IN. PHI */
    dev_t device;
    ino_t inode;
    uint64_t size;
    uint64_t number;  /* in the list of IN, from 1 */
    int64_t mtime_ns; /* a file that changes between scan and processing fails */
};

struct scan_instance {
    struct scan_file file;
    const char *layout;    /* what scan_layout() reads, kept by the scan; NULL: the file has none */
    const char *study_uid; /* these four: "" where unknown; they, and the next, are kept by the scan */
    const char *series_uid;
    const char *sop_uid;
    const char *sop_class;
    const char *patient_key; /* stage.h, dcmchain_instance_patient_key(). PHI; NULL: nothing was read */
    bool has_number;
    int64_t number; /* Instance Number */
    bool has_series_number;
    int64_t series_number;  /* Series Number */
    uint8_t *header_sha256; /* owned: of file meta, header and trailer bytes as they stand, where another
                               has the same SOP Instance UID; else NULL */
    uint32_t ordinal;       /* from 1 within its series, run order */
    bool has_stray;         /* its layout's stray_length is not 0 */
    const char *attributes; /* what scan_values() reads, kept by the scan; NULL: nothing was read, or
                               scan_forget_values() was called. Equal ones are often the same pointer */
    char *problem;          /* why it is a failed instance (no values); NULL: it is fine */
    struct scan_instance *duplicate_of; /* byte-equal to that one, which comes first; NULL: it is not */
};

/* Attributes of study and series whose top-level source values are kept for each instance (substitution.c):
 * DICOM tags, ascending. */
#define SCAN_ATTRIBUTES 29U
extern const uint32_t scan_attributes[SCAN_ATTRIBUTES];

/* What files have in common is kept once: of many files it is most of what is kept. A table for each part of
 * them, so that no thread waits for another. */
struct scan_common {
    struct intern texts;      /* UIDs, patient keys, layouts */
    struct intern attributes; /* source values */
};

struct scan_series {
    char uid[SCAN_UID_SIZE];
    uint32_t ordinal;                 /* from 1 within the study: Series Number (absent last), then UID */
    struct scan_instance **instances; /* run order: Instance Number (absent last), SOP Instance UID, header
                                         SHA-256, relative path */
    size_t count;                     /* duplicates included */
};

struct scan_study {
    char uid[SCAN_UID_SIZE];
    uint32_t ordinal; /* from 1: by UID */
    struct scan_series *series;
    size_t count;
    struct identity *identity; /* closed */
    bool mixed_patients;       /* more than one patient key */
    uint64_t bytes;            /* of all its files */
    char **warnings;           /* no values; NULL-terminated */
};

struct scan_count {
    char reason[64]; /* "text", "empty", "DICOMDIR", "symbolic link", "fifo", "task.json" … */
    uint64_t count;
};

struct scan {
    struct scan_study *studies; /* in order of their UIDs */
    size_t study_count;
    struct scan_instance *
        *failed; /* failed instances that belong to no study: unreadable, or without their UIDs; by path */
    size_t failed_count;
    struct scan_count *not_dicom; /* by kind of content */
    size_t not_dicom_count;
    struct scan_count *skipped; /* DICOMDIR, links, special files, mercure's own files, by reason */
    size_t skipped_count;
    char *task_json;          /* task.json at the top of IN, or the one given; NULL: none */
    bool retain_input_images; /* process.retain_input_images of it is true */
    uint64_t files;
    uint64_t bytes;
    uint64_t elsewhere;         /* instances that are other shards' */
    struct scan_instance **all; /* every instance, owner of them; NULL: another shard's */
    size_t all_count;
    struct scan_common *commons; /* what the instances point to */
    size_t common_count;
    int input_fd; /* of IN, O_PATH|O_DIRECTORY; files are opened below it */
};

struct scan_options {
    const char *input_folder;
    const char *only_file; /* the one file of it that is read; NULL: all */
    dev_t output_device;   /* of OUT, which must not turn up below IN: 0 and 0: there is none */
    ino_t output_inode;
    const char *task_file; /* NULL: IN/task.json if there is one */
    uint32_t threads;
    uint32_t shard_index; /* from 1, of shard_count; 0 of 0: all studies */
    uint32_t shard_count;
    bool strict_task; /* mercure context: a task.json that does not parse is a failure */
    const volatile int *stop;
    void (*progress)(void *closure, uint64_t files, uint64_t bytes); /* any thread, one at a time */
    void *progress_closure;
    dcmchain_watch *watch; /* NULL: none */
};

/* A failed file inside a known study (its walk failed after its Study and Series Instance UID were seen, or
 * it has no SOP Instance UID) still counts as an instance of it, with problem set, and is in run order. What
 * is named .dcm fails unless its content is nothing or plain text. DCMCHAIN_FAIL, DCMCHAIN_E_USAGE (no such
 * folder …) with *ret_problem (owned, no values). The identity of every study holds that of `.tags` whose
 * series it has, and of task.json. */
int scan_folder(const struct scan_options *options, struct scan **ret_scan, char **ret_problem);
void scan_instance_free(struct scan_instance *instance);
void scan_free(struct scan *scan);

/* Where things are in the file of an instance that is fine. */
void scan_layout(const struct scan_instance *instance, struct walker_layout *ret_layout);

/* The source values of scan_attributes[], UTF-8, of several the first; NULL: absent. Borrowed, until
 * scan_forget_values(). */
void scan_values(const struct scan_instance *instance, const char *ret_values[SCAN_ATTRIBUTES]);
/* They are no longer needed. */
void scan_forget_values(struct scan *scan);

/* Opens an instance's file read-only below IN (no link followed, regular files only), checks that device,
 * inode, size and time are those of the scan: DCMCHAIN_E_INVALID if not. */
int scan_open_file(const struct scan *scan, const struct scan_instance *instance, int *ret_fd);

#endif
