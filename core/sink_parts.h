/* sink_parts.h: what the sink's own files share: its structures, the tree, the plan of a publication, the
 * sweep. No other part of the core includes it; tests do, to put a rename of their own in. */
#ifndef CORE_SINK_PARTS_H
#define CORE_SINK_PARTS_H

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "sink.h"

/* In a staging folder: the lock, a study's tree "s<N>" and the journal of its publication "j<N>". */
#define SINK_STAGING_PREFIX ".dcmchain-"
#define SINK_STAGING_DIGITS 16U
#define SINK_STAGING_SIZE (sizeof SINK_STAGING_PREFIX + SINK_STAGING_DIGITS)
#define SINK_LOCK "lock"
#define SINK_NAME_SIZE 24U /* of "s<N>" and the like */

#define SINK_NO_RENAME                                                                                       \
    "the file system of the output folder cannot rename without replacing, or exchange (renameat2): write "  \
    "to a "                                                                                                  \
    "local one, such as ext4, xfs, btrfs or tmpfs"

/* renameat2(2), or a test's. */
typedef int (*sink_rename_function)(int from_fd, const char *from, int to_fd, const char *to, unsigned flags);

struct sink {
    int out_fd;     /* -1: a dry run whose OUT is not there */
    int staging_fd; /* -1: a dry run */
    int lock_fd;    /* held for as long as the run lives */
    char staging[SINK_STAGING_SIZE];
    bool dry_run;
    bool undurable; /* sink_options */
    bool flat;
    uint32_t existing;
    int (*may_publish)(void *closure);
    void *may_publish_closure;
    sink_rename_function rename;
    dev_t device;
    ino_t inode;
    pthread_mutex_t publish_lock; /* one publication at a time */
    _Atomic uint32_t next_study;
    _Atomic bool stuck; /* a publication could not be taken back: its journal must stay for the next sweep */
};

struct sink_study {
    struct sink *sink;
    char tree[SINK_NAME_SIZE];    /* its folder in the staging folder */
    char journal[SINK_NAME_SIZE]; /* beside it, while it is published in several steps */
    pthread_mutex_t lock;         /* around what follows, and around changes of the tree's folders */
    bool made;                    /* its folder is there */
    bool stuck;
    int parent_fd; /* the folder of the last file that was created, -1: none; most have the same */
    char *parent;  /* its path, "" for the tree itself */
    char **files;  /* finished ones, relative to OUT; where it is not flat, of each folder one or more */
    size_t file_count;
};

/* Lets go of parent_fd. */
void sink_study_forget(struct sink_study *study);

int sink_open_with(const struct sink_options *options, sink_rename_function rename, struct sink **ret_sink,
                   char **ret_problem);

/* ---- sink_tree.c: folders and files below a folder that is held open, never through a symbolic link ---- */

/* Called, if not NULL, for a folder that is missing: makes it. 0, or -1 with errno. */
typedef int (*tree_make_function)(int parent_fd, const char *name);

/* Opens the folder that holds relative, and points to its last component. DCMCHAIN_E_IO with errno. */
int tree_open_parent(int root_fd, const char *relative, tree_make_function make, int *ret_fd,
                     const char **ret_name);
/* The folder itself; "" is the root. */
int tree_open_folder(int root_fd, const char *relative, int *ret_fd);
int tree_open_child(int parent_fd, const char *name);
/* The entries of an open folder, with a position of its own. It takes no memory: what is staged must go where
 * there is none left. */
struct tree_listing {
    int fd;
    int error; /* errno of what could not be read, 0: none */
    size_t at;
    size_t length;
    _Alignas(struct dirent64) char bytes[4096];
};

/* 0, or -1 with errno; then tree_list_close(). */
int tree_list(int folder_fd, struct tree_listing *ret_listing);
/* The next name but "." and "..", until the next call; NULL: there are no more, or an error. */
const char *tree_list_next(struct tree_listing *listing);
void tree_list_close(struct tree_listing *listing);
int tree_make_folder(int parent_fd, const char *name);
/* What stands at relative, no link followed: DCMCHAIN_OK, DCMCHAIN_E_ABSENT, DCMCHAIN_E_IO with errno
 * (ENOTDIR, ELOOP: something above it is no folder). */
struct stat;
int tree_status(int root_fd, const char *relative, struct stat *ret_status);
/* Gives a file or folder that is held open the one modification time of all that is published. */
int tree_set_time(int fd);
/* Removes all in a folder but keep (NULL: nothing is kept). Depth costs neither stack nor descriptors. */
int tree_clear(int root_fd, const char *keep);
/* Removes a folder of parent with all in it. */
int tree_remove(int parent_fd, const char *name);

/* ---- sink_plan.c: the steps of one publication, their journal, and the way back ---- */

enum plan_kind {
    PLAN_NEW = 'n',    /* a file or folder that OUT lacks is moved there */
    PLAN_SWAP = 's',   /* is exchanged for the one there */
    PLAN_FOLDER = 'f', /* flat: a folder that OUT lacks is made */
    PLAN_TOUCH = 't'   /* flat: a folder of ours gets new entries, and keeps its time */
};

struct plan_step {
    enum plan_kind kind;
    uint64_t inode;     /* of the new one; 0: none */
    uint64_t old_inode; /* of the one that it is exchanged for */
    char *path;
};

struct plan {
    struct plan_step *steps;
    size_t count;
};

void plan_free(struct plan *plan);
int plan_add(struct plan *plan, enum plan_kind kind, uint64_t inode, uint64_t old_inode, const char *path);
/* Moves between OUT and the tree; 0 or an errno. A place that is taken is EEXIST. */
int plan_move(sink_rename_function rename, int from_root, int to_root, const struct plan_step *step,
              unsigned flags);
/* Takes back what of the plan was done, last step first. What somebody else put in the place of ours stays.
 * DCMCHAIN_E_IO with errno: something could not be taken back. */
int plan_undo(const struct plan *plan, sink_rename_function rename, int tree_fd, int out_fd);
/* The journal is whole and durable when this returns well. */
int plan_write(const struct plan *plan, int folder_fd, const char *name);
int plan_read(int folder_fd, const char *name, struct plan *ret_plan);

/* ---- sink_sweep.c ---- */

/* Makes a staging folder with its lock. DCMCHAIN_E_IO with errno. */
int staging_make(int out_fd, char ret_name[SINK_STAGING_SIZE], int *ret_fd, int *ret_lock_fd);
/* Removes what is left of it, its lock last. */
int staging_remove(int out_fd, const char *name, int staging_fd);
/* Takes away every staging folder whose owner does not live. DCMCHAIN_E_IO: some could not be; *ret_stuck: of
 * one a half-done publication could not be taken back. */
int staging_sweep(int out_fd, sink_rename_function rename, bool *ret_stuck);

#endif
