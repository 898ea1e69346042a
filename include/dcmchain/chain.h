/* dcmchain/chain.h: embed the runner: load and check a pipeline, run it (or dry-run it) on a folder, read the
 * report.
 *
 * Ownership, for this whole header: handles from ret_* parameters are freed with the function named beside
 * them; text from ret_* parameters with dcmchain_free(). Option structs begin with struct_size (sizeof of
 * it); zero the rest, set what you need: zero and NULL are the defaults. Strings in them are borrowed for the
 * call.
 *
 * Threads: a chain may be run by one thread at a time; different chains are independent.
 *
 * The library never writes to stdout or stderr: it calls the log function that you give.
 */
#ifndef DCMCHAIN_CHAIN_H
#define DCMCHAIN_CHAIN_H

#include "base.h"

DCMCHAIN_BEGIN_DECLS

typedef struct dcmchain_chain dcmchain_chain;   /* a loaded, checked pipeline */
typedef struct dcmchain_report dcmchain_report; /* what a run did */
typedef struct dcmchain_watch dcmchain_watch;   /* where the work of a child process stands */

/* Receives one log record: level (DCMCHAIN_LOG_ERROR 0 … DEBUG 3), stage id ("" for the core), where ("study
 * 1, series 2, instance 3" or ""), text. May be called from several threads, one at a time. */
typedef void (*dcmchain_log_function)(void *closure, int level, const char *stage_id, const char *where,
                                      const char *text);

/* ---- loading ---- */

struct dcmchain_chain_options {
    uint32_t struct_size;
    uint32_t reserved;
    /* A name ("mercure") or a path; NULL: "mercure", or what the task's settings name. */
    const char *pipeline;
    const char *const *stage_folders; /* NULL-terminated, searched first; then DCMCHAIN_STAGE_PATH, then the
                                         installed or built folder */
    const char *const *overrides;     /* NULL-terminated "id.key=value", over file and task */
    const char *task_file;     /* mercure's task.json, whose process.settings lay over the file; NULL: none */
    dcmchain_log_function log; /* NULL: silence */
    void *log_closure;
    const char *expect_policy; /* the only policy hash that is accepted; over the task's and the pipeline's
                                  own; NULL: theirs */
};

/* Loads and checks a pipeline: description, stages, settings, run_open of each stage (closed again).
 * DCMCHAIN_E_CONFIG where it is wrong, with all problems in *ret_problems, one a line (owned; NULL if none;
 * set also on success for warnings). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_chain_open(const struct dcmchain_chain_options *options,
                                                         dcmchain_chain **ret_chain, char **ret_problems);
DCMCHAIN_API void dcmchain_chain_free(dcmchain_chain *chain);

/* The policy hash of the pipeline in force: 32 hex digits over pipeline, settings, tables and versions, the
 * same on every machine and for every formatting of the description. Borrowed, as long as the chain. Since
 * 0.1. */
DCMCHAIN_API const char *dcmchain_chain_policy(const dcmchain_chain *chain);

/* The pipeline in force as JSON: name, file, policy, stages with versions, files and settings. Owned. Since
 * 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_chain_describe(const dcmchain_chain *chain, char **ret_json);

/* All stages on the search path as JSON: [{"name", "version", "summary", "file", "concurrency", "settings":
 * […]} …] and, for what failed to load, {"file", "error"}. Owned. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_list_stages(const char *const *stage_folders, char **ret_json);

/* One stage, by name or path, as in dcmchain_list_stages(). DCMCHAIN_E_ABSENT with a text in *ret_problems
 * (owned). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_describe_stage(const char *const *stage_folders,
                                                             const char *stage, char **ret_json,
                                                             char **ret_problems);

/* ---- running ---- */

#define DCMCHAIN_EXISTING_FAIL 0U    /* a study that is in OUT already fails */
#define DCMCHAIN_EXISTING_REPLACE 1U /* it is exchanged for the new one, atomically */
#define DCMCHAIN_EXISTING_SKIP 2U    /* it is left, and counted as skipped; needs a lasting key */

#define DCMCHAIN_ON_ERROR_DEFAULT 0U    /* as the pipeline says */
#define DCMCHAIN_ON_ERROR_STOP 1U       /* a failed instance fails its study */
#define DCMCHAIN_ON_ERROR_QUARANTINE 2U /* a failed instance is set aside */

#define DCMCHAIN_PHASE_SCAN 0U
#define DCMCHAIN_PHASE_PROCESS 1U
#define DCMCHAIN_PHASE_PUBLISH 2U

struct dcmchain_progress {
    uint32_t phase; /* DCMCHAIN_PHASE_SCAN … */
    uint32_t reserved;
    uint64_t files_done, files_total; /* totals are 0 while unknown (scan) */
    uint64_t bytes_done, bytes_total;
};

struct dcmchain_run_options {
    uint32_t struct_size;
    uint32_t threads;          /* workers; 0: the processors this process may use */
    const char *input_folder;  /* IN; required */
    const char *output_folder; /* OUT; required but in a dry run; created if its parent exists */
    const char *key_file; /* 64 hex digits, readable by the owner alone; NULL: the persistence folder's, else
                             a random key */
    const char *quarantine_folder; /* over the pipeline's; outside IN and OUT */
    /* Written 0600, outside OUT: ordinals to input paths and source UIDs; NULL: none. */
    const char *phi_map_file;
    uint32_t mercure_context; /* 1: publish all or nothing, strict about mercure's files */
    uint32_t dry_run;         /* 1: create nothing anywhere */
    uint32_t existing;        /* DCMCHAIN_EXISTING_FAIL … */
    uint32_t on_error;        /* DCMCHAIN_ON_ERROR_DEFAULT … */
    uint32_t collect_changes; /* 1: record what stages report with dcmchain_change() */
    uint32_t show_phi;        /* 1: messages and changes may hold source values */
    /* Non-zero stops the run cleanly; NULL: none. Safe to set from a signal handler. */
    const volatile int *stop;
    /* Called by one thread, a few times a second; NULL: nobody asks. */
    void (*progress)(void *closure, const struct dcmchain_progress *progress);
    void *progress_closure;
    /* Asked before each publication: 0 forbids it (the parent died); NULL: yes. */
    int (*may_publish)(void *closure);
    void *may_publish_closure;
    /* Where key, evidence and look-up last; NULL: nowhere. Outside IN and OUT. */
    const char *persistence_folder;
    /* 1: OUT/result.json for mercure, unless the pipeline says no; with publish: run. */
    uint32_t mercure_result;
    uint32_t reserved;
    const char *reason;   /* why identity is shown (show_phi): for the log of such looks */
    uint32_t shard_index; /* from 1, of shard_count: take the studies whose UID hashes to it; 0 of 0: all */
    uint32_t shard_count;
    /* Made before this process was forked: a crash of it can then be survived; NULL: none. */
    dcmchain_watch *watch;
};

/* Runs a chain. Whatever it returns, *ret_report is set unless memory ran out or the options are wrong
 * (DCMCHAIN_E_USAGE, with a text in *ret_problem, owned). DCMCHAIN_OK or DCMCHAIN_FAIL: the report tells.
 * Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_chain_run(dcmchain_chain *chain,
                                                        const struct dcmchain_run_options *options,
                                                        dcmchain_report **ret_report, char **ret_problem);
DCMCHAIN_API void dcmchain_report_free(dcmchain_report *report);

/* The exit code that the run deserves: 0, 1, 3 or 4 (the README has the table). Since 0.1. */
DCMCHAIN_API int dcmchain_report_exit_code(const dcmchain_report *report);

/* 1: the key came from a file or the persistence folder; 0: it was made for this run alone. Since 0.1. */
DCMCHAIN_API int dcmchain_report_key_is_lasting(const dcmchain_report *report);

/* The report as JSON, as a summary for a person, as the tree that is (or would be) published (one path a
 * line, sorted bytewise, folders with a trailing '/'), and the recorded changes as text or NDJSON. Owned. The
 * summary does not repeat the warnings of the run as a whole to who has had them from the log. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_report_json(const dcmchain_report *report, char **ret_json);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_report_summary(const dcmchain_report *report, char **ret_text);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_report_tree(const dcmchain_report *report, char **ret_text);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_report_changes(const dcmchain_report *report,
                                                             uint32_t as_ndjson, char **ret_text);

/* Removes what killed runs left in an output folder: staging folders whose owner no longer lives. DCMCHAIN_OK
 * also where there is none. Any thread. Since 0.1. */
DCMCHAIN_API int dcmchain_sweep(const char *output_folder);

/* ---- surviving a crash ----
 *
 * A parser or a stage may crash. A program that wants to go on makes a watch, forks a worker that runs the
 * chain with it, and when the worker was ended by a signal asks whom to blame: a worker that is then forked
 * anew leaves that file or study out (it fails as any other does, is set aside under quarantine), takes the
 * same random key, and does not do again what was published. The watch is shared memory; it holds a random
 * key while there is one. */

/* Free with dcmchain_watch_free(), after the last worker. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_watch_new(dcmchain_watch **ret_watch);
DCMCHAIN_API void dcmchain_watch_free(dcmchain_watch *watch);

/* In the worker, from a handler of a fatal signal, on the thread that crashed. Safe there. NULL is fine.
 * Since 0.1. */
DCMCHAIN_API void dcmchain_watch_crashed(dcmchain_watch *watch);

/* In the process that watches, once for each worker that ended by a signal: DCMCHAIN_OK where a new worker
 * can go on, *ret_text (owned) says where the old one crashed, by ordinals; DCMCHAIN_E_ABSENT where it was no
 * crash, nobody can be blamed, or there were too many. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_watch_blame(dcmchain_watch *watch, int signal_number,
                                                          char **ret_text);

/* ---- keys, stages' own commands ---- */

/* Where a key lies: in a file, else in the persistence folder. One of them is required. */
struct dcmchain_key_options {
    uint32_t struct_size;
    uint32_t reserved;
    const char *key_file;
    const char *persistence_folder;
};

/* Makes a key where there is none; tells the id of the one that is there; retires it for a new one, in the
 * persistence folder alone, where the old one stays readable for look-ups. Ids: 16 hex digits, owned.
 * DCMCHAIN_E_USAGE, _ABSENT with *ret_problem (owned). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_key_new(const struct dcmchain_key_options *options,
                                                      char **ret_id, char **ret_problem);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_key_show(const struct dcmchain_key_options *options,
                                                       char **ret_id, char **ret_problem);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_key_rotate(const struct dcmchain_key_options *options,
                                                         char **ret_old_id, char **ret_new_id,
                                                         char **ret_problem);

/* Calls the command of a stage (stage.h) with its exit code in *ret_exit_code. DCMCHAIN_E_ABSENT: no such
 * stage, or it has no command; DCMCHAIN_E_USAGE: the key; both with *ret_problem (owned). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_stage_command(const char *const *stage_folders,
                                                            const struct dcmchain_key_options *options,
                                                            const char *stage, int argc, char **argv,
                                                            int *ret_exit_code, char **ret_problem);

/* ---- the receiving side ---- */

/* Reads a published tree and checks it against its task documents: files, sizes, UIDs, counts, and digests
 * where they are listed. *ret_text (owned): a line for each finding, then what was checked, for a person;
 * only paths below the folder and final UIDs. DCMCHAIN_OK: all is as it was published; DCMCHAIN_FAIL: it is
 * not, or there is no task document; DCMCHAIN_E_IO: the folder could not be read. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_verify(const char *folder, char **ret_text);

/* ---- explaining ---- */

struct dcmchain_explain_options {
    uint32_t struct_size;
    uint32_t as_json;
    /* Either an attribute: a keyword or tag, below sequences as in "ContentSequence/PersonName" … */
    const char *attribute;
    const char *vr;              /* of the attribute; NULL: the dictionary's */
    const char *sop_class_uid;   /* of the object that it stands in; NULL: not said */
    const char *modality;        /* likewise */
    const char *private_creator; /* of a private attribute; NULL: not said */
    /* … or a file, which passes the chain as in a dry run; nothing is written. */
    const char *file;
    const char *key_file; /* as in struct dcmchain_run_options */
    uint32_t show_phi;    /* 1: values are shown, else masked */
    uint32_t reserved;
    const char *persistence_folder; /* as in struct dcmchain_run_options, as the next */
    const char *reason;
};

/* What the stages do to an attribute, or to every element of a file, and why: text for a person, or JSON.
 * Owned. DCMCHAIN_E_USAGE with *ret_problem (owned): no such attribute or file. DCMCHAIN_FAIL with
 * *ret_problem: the file cannot be read, or a stage fails or drops it (*ret_text may be set). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_chain_explain(dcmchain_chain *chain,
                                                            const struct dcmchain_explain_options *options,
                                                            char **ret_text, char **ret_problem);

DCMCHAIN_END_DECLS

#endif
