/* persistence.h: the folder that lasts from run to run: key, retired keys, and the logs that are only ever
 * appended to. Runs overlap: what changes there is guarded by a lock of our own. Nothing of it is ever
 * below OUT. Any thread. */
#ifndef CORE_PERSISTENCE_H
#define CORE_PERSISTENCE_H

#include <stddef.h>

#include "key.h"

/* What lies in <folder>/dcmchain/ (0700). The look-up stage keeps its database there too. */
#define PERSISTENCE_FOLDER "dcmchain"
#define PERSISTENCE_KEY "key"
#define PERSISTENCE_RETIRED "keys"
#define PERSISTENCE_EVIDENCE "evidence.jsonl"
#define PERSISTENCE_ACCESS "access.jsonl"

struct persistence;

/* Opens <folder>/dcmchain, making it where the folder exists and create is true. DCMCHAIN_E_ABSENT: it is not
 * there (create false); DCMCHAIN_E_USAGE with *ret_problem (owned): not a folder, open to others, not to be
 * made. */
int persistence_open(const char *folder, bool create, struct persistence **ret_persistence,
                     char **ret_problem);
void persistence_close(struct persistence *persistence);
/* The path of our own folder. Borrowed. */
const char *persistence_path(const struct persistence *persistence);

/* The key of the folder; make: a random one where there is none, else DCMCHAIN_E_ABSENT. */
int persistence_key(struct persistence *persistence, bool make, struct key **ret_key, char **ret_problem);
/* Retires the key and makes a new one; the old one stays in `keys`, by its id. */
int persistence_rotate(struct persistence *persistence, char ret_old_id[17], char ret_new_id[17],
                       char **ret_problem);
/* A new key in a file that is not there yet: 0600, whole or not at all. *ret_problem: owned. */
int key_make_file(const char *path, char **ret_problem);

/* The run's key first, then those that were retired. It takes the key over; persistence may be NULL. */
struct keyring {
    struct key **keys;
    size_t count;
};
int keyring_open(struct key *key, struct persistence *persistence, struct keyring *ret_ring,
                 char **ret_problem);
void keyring_free(struct keyring *ring);

/* Appends one line (without its line end) to a log, and has it on the disk. DCMCHAIN_E_IO: errno tells. */
int persistence_append(struct persistence *persistence, const char *name, const char *line);
/* Can lines be appended to it? */
int persistence_check_log(struct persistence *persistence, const char *name, char **ret_problem);
/* A look at identity: who, when, what kind, how many and why. */
int persistence_log_access(struct persistence *persistence, const char *what, const char *kind,
                           unsigned long long count, const char *reason);
/* The time of the clock, UTC, as 2026-01-31T12:00:00Z. */
#define PERSISTENCE_TIME_BYTES 21
void persistence_time(char ret_time[PERSISTENCE_TIME_BYTES]);

#endif
