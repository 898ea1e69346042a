/* sink.h: the one part that touches OUT. Everything is written below OUT/.dcmchain-<run>/ and published by
 * rename without replacing; on failure it goes. A recording sink (dry run) takes the same calls and creates
 * nothing anywhere. Thread-safety: sink_* one thread at a time per study; files of one study may be written
 * by several threads at once; studies are independent. */
#ifndef CORE_SINK_H
#define CORE_SINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The one modification and access time of all that is published, 2000-01-01 00:00:00 UTC: no clock value is
 * in OUT. It is after 1980, where the times of ZIP and FAT begin, in every time zone. */
#define SINK_MTIME_S 946684800

struct sink;
struct sink_study;
struct sink_file;

struct sink_options {
    const char *output_folder; /* NULL only in a dry run */
    bool dry_run;
    bool flat;         /* files are published one by one, behind a journal */
    bool undurable;    /* nothing waits for the disk: a power failure may lose what was published */
    uint32_t existing; /* DCMCHAIN_EXISTING_FAIL … */
    int (*may_publish)(void *closure);
    void *may_publish_closure;
    bool show_phi;
};

/* Opens OUT (creates it where its parent exists), sweeps what killed runs left, makes the staging folder with
 * its lock. *ret_problem owned on failure. */
int sink_open(const struct sink_options *options, struct sink **ret_sink, char **ret_problem);
/* Removes the staging folder and all in it that was not published. NULL is fine. */
void sink_close(struct sink *sink);
/* Takes away the staging folders of runs that no longer live, and what they had published of a study by half.
 * DCMCHAIN_OK also where there is none, or no such folder; DCMCHAIN_E_IO where one could not be taken away.
 */
int sink_sweep(const char *output_folder);
/* Device and inode of OUT, for a caller's checks; 0 in a dry run where OUT is not there. */
void sink_identity(const struct sink *sink, dev_t *ret_device, ino_t *ret_inode);

int sink_study_begin(struct sink *sink, struct sink_study **ret_study);
/* Creates a file of a study at its path below OUT (checked by names.h before): folders 0755, file 0644
 * whatever the umask, O_EXCL, O_NOFOLLOW. *ret_problem owned. */
int sink_file_create(struct sink_study *study, const char *relative, struct sink_file **ret_file,
                     char **ret_problem);
int sink_file_write(struct sink_file *file, const void *bytes, size_t length);
/* Copies length bytes of fd at offset into the file, in pieces; DCMCHAIN_E_IO, DCMCHAIN_E_INVALID where the
 * source ends early (it changed). */
int sink_file_splice(struct sink_file *file, int fd, uint64_t offset, uint64_t length);
/* Sets the fixed modification time and closes. On failure (ok false too) the file is removed; after a failed
 * write it always fails, with errno of that write. Frees the file. */
int sink_file_finish(struct sink_file *file, bool ok);

/* What sink_study_publish() would meet, asked before work is done on a study where its first component is
 * known: DCMCHAIN_OK, or DCMCHAIN_E_TAKEN if OUT has it. */
int sink_study_exists(struct sink_study *study, const char *first_component);
/* Publishes: every first component of the study's tree by renameat2(RENAME_NOREPLACE), or RENAME_EXCHANGE for
 * replace. DCMCHAIN_E_TAKEN: it is there already (fail), *ret_skipped true with DCMCHAIN_OK (skip: all of it
 * is there; if a part of it is, DCMCHAIN_E_TAKEN). What it returns well is on the disk. All or nothing: one
 * first component appears at once; several, and flat files, one by one, so that a reader can meanwhile see
 * some of them, each whole; a failure takes them back, and after a kill the next sweep does. Frees the study.
 * *ret_problem owned. */
int sink_study_publish(struct sink_study *study, bool *ret_skipped, char **ret_problem);
/* Removes all that was staged for it. Frees the study. */
void sink_study_discard(struct sink_study *study);

#endif
