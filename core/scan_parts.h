/* scan_parts.h: what the files of the scan share (scan.c, scan_*.c). Nobody else includes it. */
#ifndef CORE_SCAN_PARTS_H
#define CORE_SCAN_PARTS_H

#include <string.h>
#include <sys/stat.h>

#include "identity.h"
#include "scan.h"

/* ---- scan_list.c: the names below IN ---- */

struct scan_entry {
    char *path;          /* relative to IN */
    const char *special; /* why it is skipped unopened ("fifo"); NULL: a regular file */
};

struct scan_list {
    struct scan_entry *entries; /* by path, bytewise */
    size_t count;
    size_t capacity;
};

/* Lists every entry at every depth; no link is followed. DCMCHAIN_FAIL with *ret_problem (owned), also where
 * OUT is below IN, as a mount can make it. */
int scan_list_folder(int input_fd, const struct scan_options *options, struct scan_list *ret_list,
                     char **ret_problem);
/* The list of one file alone. */
int scan_list_one(const char *path, struct scan_list *ret_list);
void scan_list_free(struct scan_list *list);
/* Opens a regular file below IN for reading, following no link in any component: DCMCHAIN_E_IO (errno);
 * DCMCHAIN_E_INVALID: it is no regular file. */
int scan_open_path(int input_fd, const char *path, int *ret_fd, struct stat *ret_status);

/* ---- scan_kind.c: what a file is that is not DICOM ---- */

/* "text", "json", "xml", "image", "pdf", "archive", "program" or "binary", by its first bytes; "empty". */
const char *scan_kind(const uint8_t *bytes, size_t length);
/* True of the kinds that were never meant to be an image, whatever the file's name. */
bool scan_kind_is_text(const char *kind);
/* The name that mercure gives its own file, NULL for any other ("task.json" only at the top of IN). */
const char *scan_control_name(const char *path);
bool scan_is_tags(const char *path);
bool scan_has_dicom_name(const char *path);

/* ---- scan_collect.c: what the walk of one file sees ---- */

struct collector;
int collector_open(struct collector **ret_collector);
void collector_free(struct collector *collector);
struct walker_visitor collector_visitor(struct collector *collector);
/* Any of Study, Series and SOP Instance UID was seen. */
bool collector_saw_uids(const struct collector *collector);
bool collector_is_directory(const struct collector *collector); /* a DICOMDIR */
/* Decodes what was seen into the instance's members and the collector's identity, also after a walk that
 * failed. *ret_problem: a static text, why the instance must fail; untouched if it need not. */
int collector_finish(struct collector *collector, struct scan_common *common, struct scan_instance *instance,
                     const char **ret_problem);
const struct identity *collector_identity(const struct collector *collector); /* borrowed */

/* ---- scan_attributes.c ---- */

/* The place of a tag in scan_attributes[]; -1: it is not there. */
int scan_attribute_index(uint32_t tag);
/* Keeps the first value of each text for scan_values(); NULL: absent. */
int scan_keep_attributes(struct scan_common *common, struct scan_instance *instance, char *const *texts);

/* ---- scan_patient.c ---- */

/* stage.h, dcmchain_instance_patient_key(). NULL: absent. Owned; NULL if memory ran out. */
char *scan_patient_key(const char *issuer, const char *patient_id, const char *name, const char *birth_date,
                       const char *study_uid);

/* ---- scan_shares.c ---- */

/* What identity belongs to: a study, or (of `.tags`) whatever has the series. */
struct scan_share {
    char study_uid[SCAN_UID_SIZE];
    char series_uid[SCAN_UID_SIZE]; /* "": the study alone */
    struct identity *identity;      /* NULL: nothing could be read, which is unreadable */
    bool overflow;                  /* more than LIMIT_IDENTITY_VALUES */
};

struct scan_shares {
    struct scan_share *shares;
    size_t count;
};

/* Adds to the share of those UIDs. identity NULL: marks what could not be read. */
int scan_share_add(struct scan_shares *shares, const char *study_uid, const char *series_uid,
                   const struct identity *identity);
void scan_shares_free(struct scan_shares *shares);

/* ---- scan_file.c: one file ---- */

enum scan_found {
    FOUND_NOTHING, /* not looked at */
    FOUND_INSTANCE,
    FOUND_NOT_DICOM,
    FOUND_SKIPPED,
};

struct scan_finding {
    enum scan_found found;
    const char *reason;             /* static: not DICOM, skipped */
    struct scan_instance *instance; /* owned; may have a problem, and no UIDs */
    uint64_t size;
};

/* Some of the files, which one thread reads at a time. */
struct scan_chunk {
    struct scan_shares shares;
    struct scan_common common; /* goes to the scan with the instances that point there */
};

/* Looks at one entry. What is wrong with a file is its finding; E_MEMORY, or E_IO: a `.tags` cannot be read,
 * so that nobody knows whom it names. */
int scan_read_file(int input_fd, const struct scan_entry *entry, struct scan_chunk *chunk,
                   struct scan_finding *ret_finding);

/* A failed instance of which nothing is known but that a worker crashed at it. */
int scan_crashed_file(int input_fd, const struct scan_entry *entry, int signal_number,
                      struct scan_finding *ret_finding);

/* ---- scan_json.c: mercure's `.tags` and task.json ---- */

/* Harvests a `.tags`. UIDs: at least SCAN_UID_SIZE, "" where there is none. DCMCHAIN_E_INVALID where it does
 * not parse. */
int scan_harvest_tags(const char *text, size_t length, struct identity *identity, char *ret_study_uid,
                      char *ret_series_uid);
/* Harvests a task.json. DCMCHAIN_E_INVALID with *ret_problem (owned, no values). */
int scan_harvest_task(const char *text, size_t length, struct identity *identity,
                      bool *ret_retain_input_images, char **ret_problem);

/* ---- scan_task.c ---- */

/* *ret_identity: what the task file tells, NULL: there is none. Outside mercure one that does not parse gives
 * only that, with a warning to every study (*ret_warning, owned). */
int scan_take_task(struct scan *scan, const struct scan_options *options, struct identity **ret_identity,
                   char **ret_warning, char **ret_problem);

/* ---- scan_tree.c: studies, series, run order ---- */

void scan_study_free(struct scan_study *study);
/* Keeps the studies whose UID hashes to `index` (from 1) of `count`; what belongs to no study stays with the
 * first. */
int scan_keep_shard(struct scan *scan, uint32_t index, uint32_t count);
/* Sorts scan->all into studies and scan->failed; gives ordinals, duplicates, identities, warnings. */
int scan_build(struct scan *scan, struct scan_chunk *chunks, size_t chunk_count,
               const struct identity *task_identity, uint32_t threads, const volatile int *stop);
/* By header_sha256; what has none comes first. */
int scan_compare_headers(const struct scan_instance *left, const struct scan_instance *right);
/* scan_headers.c: header_sha256 of the instances whose SOP Instance UID is not theirs alone. */
int scan_hash_headers(struct scan *scan, uint32_t threads, const volatile int *stop);
/* scan_duplicates.c: marks byte-equal instances, and warns of equal UIDs with different bytes. */
int scan_find_duplicates(struct scan *scan, uint32_t threads, const volatile int *stop);
int scan_warn(struct scan_study *study, char *text); /* takes the text over; NULL: E_MEMORY */
int scan_warn_of_stray(struct scan *scan); /* what stands behind data sets is not published: that is told */

/* What an errno means: the same in every locale, and safe in every thread. */
static inline const char *scan_error_text(int error)
{
    const char *text = strerrordesc_np(error);
    return text == NULL ? "unknown error" : text;
}

static inline void identity_cleanup(struct identity **identity)
{
    identity_free(*identity);
}

static inline void collector_cleanup(struct collector **collector)
{
    collector_free(*collector);
}

/* ---- codes (scan_codes.c) ---- */

/* The class of a code of whom or what its sequence names; 0: none. */
uint32_t scan_class_in_code(const struct walker_element *element);
/* Whether the element is the code of a content item's concept; the attribute that it means, 0: none that
 * identifies. */
bool scan_concept_in(const struct walker_element *element, uint32_t *ret_tag);

#endif
