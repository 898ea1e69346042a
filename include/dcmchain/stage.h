/* dcmchain/stage.h: write a stage. This header (with dataset.h, which it includes) is all you need.
 *
 * A stage is a shared object that exports one function, dcmchain_stage_entry(), which returns a
 * constant struct dcmchain_stage. The core calls its callbacks in this order:
 *
 *     run_open
 *       study_open                      per study; its identity is complete
 *         series_open                   per series, before its first instance
 *           instance                    per instance: edit, drop or fail it
 *           place                       per artifact, if this stage places: give it its path
 *           artifact                    per artifact: look at its path and final bytes
 *         series_close                  all instances of the series are final: emit its documents
 *       study_close                     all series are closed: emit the study's documents
 *       study_end                       it is published, or will never be
 *     run_close                         always, also after failure
 *
 * and explain, when somebody asks what the stage would do.
 *
 * Every callback may be NULL. Every open that returned DCMCHAIN_OK is paired with its close, on every path;
 * an open that failed is not. State lives in the handles that the opens return; a stage has no mutable
 * statics. In a series the first instance in run order, the head, passes the whole chain and is placed before
 * its siblings start: what is decided there for the series needs no lock.
 *
 * Ownership, for this whole header: every pointer handed to a callback is borrowed for that call,
 * unless it says longer; text in ret_* parameters is owned by the stage (dcmchain_free()).
 *
 * PHI rule: no message, error or log text may hold an element's value, an input file name or a
 * source UID. The core adds which study, series and instance it was, by ordinal.
 *
 * Threads: callbacks of one study that are marked "alone" never overlap with any other callback of
 * that study. Different studies run at the same time. instance() and artifact() overlap only for a stage that
 * declares DCMCHAIN_PARALLEL; for a DCMCHAIN_SERIAL stage the core holds a lock of that stage entry around
 * every callback.
 */
#ifndef DCMCHAIN_STAGE_H
#define DCMCHAIN_STAGE_H

#include "dataset.h"

DCMCHAIN_BEGIN_DECLS

#define DCMCHAIN_STAGE_ABI 1U

typedef struct dcmchain_context
    dcmchain_context;                         /* one use of a stage in a pipeline; lives as long as the run */
typedef struct dcmchain_study dcmchain_study; /* lives until study_close has returned */
typedef struct dcmchain_series dcmchain_series;     /* lives until study_close has returned */
typedef struct dcmchain_instance dcmchain_instance; /* lives for the call */
typedef struct dcmchain_artifact dcmchain_artifact; /* lives until study_close has returned */
typedef struct dcmchain_path dcmchain_path;         /* lives for the call */

/* ---- settings ----------------------------------------------------------------------------------
 *
 * A stage describes its settings in a table; the core parses and checks the pipeline file, --set and
 * mercure's settings against it, fills the stage's config struct, and prints `dcmchain help STAGE` from it.
 */

/* Types: the JSON that they take, and what the core writes at `offset` of the config struct.
 *
 *     BOOL     true, false         int32_t, 0 or 1
 *     INTEGER  an integer          int64_t; minimum to maximum
 *     STRING   a string            const char *, NULL without value and default; maximum: bytes
 *     CHOICE   a string            int32_t, the index into choices
 *     STRINGS  array of strings    struct dcmchain_strings
 *     JSON     any value           const char *, its text for the stage to parse; NULL if not set
 *     FILE     a string            const char *, an absolute path; given relative to the pipeline's file
 *     SET      array of strings    uint64_t, bit n set for choices[n]
 */
#define DCMCHAIN_SETTING_BOOL 1U
#define DCMCHAIN_SETTING_INTEGER 2U
#define DCMCHAIN_SETTING_STRING 3U
#define DCMCHAIN_SETTING_CHOICE 4U
#define DCMCHAIN_SETTING_STRINGS 5U
#define DCMCHAIN_SETTING_JSON 6U
#define DCMCHAIN_SETTING_FILE 7U
#define DCMCHAIN_SETTING_SET 8U

/* Flags. REQUIRED: there is no default, and it must be given. SENSITIVE: it may hold identity, so reports
 * show its count and a keyed hash, never the text. PROJECT, of a string: its value is the project of the run,
 * part of every dcmchain_hmac(); two entries of one pipeline that name different projects are an error. */
#define DCMCHAIN_SETTING_REQUIRED 1U
#define DCMCHAIN_SETTING_SENSITIVE 2U
#define DCMCHAIN_SETTING_PROJECT 4U

struct dcmchain_strings {
    const char *const *values;
    size_t count;
};

struct dcmchain_setting {
    const char *key;
    uint32_t type;        /* DCMCHAIN_SETTING_BOOL … */
    uint32_t flags;       /* DCMCHAIN_SETTING_REQUIRED … */
    const char *fallback; /* the default as JSON text ("true", "3", "\"table\"", "[]"), NULL: none */
    int64_t minimum;      /* INTEGER; both 0: no limit */
    int64_t maximum;
    const char *const *choices; /* CHOICE, SET: NULL-terminated */
    const char *help;           /* one sentence or two, for a person */
    uint64_t offset;            /* offsetof() in the stage's config struct */
};

/* ---- the stage ---- */

#define DCMCHAIN_SERIAL 0U   /* the core serialises this entry's callbacks */
#define DCMCHAIN_PARALLEL 1U /* instance() and artifact() may run on several threads at once */

/* What a callback is called for. study and series hold what this stage's opens returned. Borrowed for the
 * call. The core fills members that a newer header appends, so a stage may rely on those of its own header.
 */
struct dcmchain_scope {
    void *run;                    /* of run_open; NULL if it gave none */
    void *study;                  /* of study_open; NULL outside a study or if it gave none */
    void *series;                 /* of series_open; NULL outside a series or if it gave none */
    dcmchain_study *study_info;   /* NULL outside a study */
    dcmchain_series *series_info; /* NULL outside a series */
};

#define DCMCHAIN_OUTCOME_DONE 0U    /* every study closed well */
#define DCMCHAIN_OUTCOME_FAILED 1U  /* at least one study, or the run, failed */
#define DCMCHAIN_OUTCOME_STOPPED 2U /* a signal or the caller stopped it */

/* An attribute that somebody asks about: where it would stand, and in what kind of object. */
struct dcmchain_subject {
    uint32_t struct_size; /* sizeof(struct dcmchain_subject) of the core; members are only ever appended */
    uint32_t tag;
    uint16_t vr;                       /* as it stands; 0: not said, the dictionary's */
    uint16_t in_meta;                  /* 1: in the file meta information */
    uint32_t depth;                    /* of steps */
    const struct dcmchain_step *steps; /* the sequences from the root down; NULL at top level */
    const char *sop_class_uid;         /* "": not said */
    const char *modality;              /* "": not said */
    const char *private_creator;       /* of a private element's block; "": none, or not said */
    const dcmchain_element *element;   /* where a file is explained, else NULL. Read it, do not edit it */
    dcmchain_item *item;               /* that holds it, likewise */
};

struct dcmchain_stage {
    uint32_t struct_size;                    /* sizeof(struct dcmchain_stage) */
    uint32_t abi;                            /* DCMCHAIN_STAGE_ABI */
    const char *name;                        /* as pipelines name it: lower case, digits, dashes */
    const char *version;                     /* MAJOR.MINOR.PATCH */
    const char *summary;                     /* one line */
    const struct dcmchain_setting *settings; /* settings_count of them, NULL if 0 */
    uint32_t settings_count;
    uint32_t setting_size; /* sizeof(struct dcmchain_setting) */
    uint64_t config_size;  /* sizeof the config struct, 0: none */
    uint32_t concurrency;  /* DCMCHAIN_SERIAL or DCMCHAIN_PARALLEL */
    uint32_t reserved;     /* 0 */

    /* config: filled by the core, lives until run_close has returned. Settings are checked already; what only
     * the stage can check (a pattern, a template) it checks here, with dcmchain_error(). It must not touch
     * files but those that its settings name: `dcmchain check` calls it too. Alone. */
    int (*run_open)(dcmchain_context *context, const void *config, void **ret_run);
    /* Alone within the study. scope->study_info is complete: identity, series, counts. DCMCHAIN_DROP
     * (dcmchain_drop() gives the reason) leaves the whole study out: it is no failure, all of its instances
     * count as dropped, nothing of it is published; this stage's study_close is not called then. */
    int (*study_open)(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study);
    int (*series_open)(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series);
    /* Returns DCMCHAIN_OK, DCMCHAIN_DROP (dcmchain_drop() gives the reason), or dcmchain_error(). A head that
     * is dropped or fails in this or a later stage hands its role on: the next instance of the series comes
     * with dcmchain_instance_is_head() then. */
    int (*instance)(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_instance *instance);
    /* One at a time within a study, in the order of placement: heads, siblings in run order, series
     * documents, study documents. Propose names with dcmchain_path_set(). Exactly one stage of a pipeline
     * places. series_info is NULL for study documents. */
    int (*place)(dcmchain_context *context, const struct dcmchain_scope *scope, dcmchain_artifact *artifact,
                 dcmchain_path *path);
    /* After placement, before publication. May read every byte; changes nothing. */
    int (*artifact)(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_artifact *artifact);
    /* Alone within the study, in the order of the stages. ok is 0 where the study failed or stopped, or
     * nothing of the series (of the study) is left to publish: free state, emit nothing. */
    int (*series_close)(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok);
    int (*study_close)(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok);
    /* Alone, after the last study. outcome: DCMCHAIN_OUTCOME_DONE …  */
    void (*run_close)(dcmchain_context *context, void *run, uint32_t outcome);

    /* Appended in 0.1, NULL in a stage that was built before. */

    /* What became of a study whose study_open returned well: once, after study_close. published is 1 when it
     * is in OUT, durably; 0: it is not, by this run (failed, stopped, empty, there before, a dry run). A
     * crash between the two leaves it unsaid. It may log; it can no longer fail the study. Different studies
     * end at the same time. */
    void (*study_end)(dcmchain_context *context, void *run, uint32_t study_ordinal, uint32_t published);

    /* `dcmchain NAME ARGUMENT…`, where the command line has no command of the stage's name: argv[0] is that
     * name, argv[argc] NULL. No pipeline and no study is there; key ring, sealing and persistence folder are.
     * It prints to stdout what was asked for and to stderr what went wrong. Returns the exit code. With
     * `--help` or `-h` alone it prints how it is used; the key is then a random one, and there is no
     * persistence folder. */
    int (*command)(dcmchain_context *context, int argc, char **argv);

    /* Says with dcmchain_explain() what this stage does to an attribute under the settings in
     * force, and why; nothing where the attribute is no concern of it; several answers where they depend on
     * what the subject leaves open. It is asked before the first study (`dcmchain explain TAG`), or about
     * each element of one file before that passes the chain (`dcmchain explain FILE`). It decides by the code
     * that decides in instance(), so that the two cannot differ. Alone; run is what run_open gave. */
    int (*explain)(dcmchain_context *context, void *run, const struct dcmchain_subject *subject);

    /* Which classes of identity this stage, with these settings, leaves in the output on purpose, and which
     * it lets pass where it looks for what is left: bit n for the class n + 1 (DCMCHAIN_IDENTITY_BIT()). A
     * pipeline in which a stage keeps what another does not let pass, or the other way round, is an error of
     * its settings. config: what the core filled in. They ask nothing of the context, so they have none. */
    uint64_t (*keeps)(const void *config);
    uint64_t (*passes)(const void *config);
};

/* The one exported symbol of a stage. Returns a struct that lives as long as the process. */
DCMCHAIN_API const struct dcmchain_stage *dcmchain_stage_entry(void);

/* ---- the context: any callback, the thread that the callback runs on ---- */

#define DCMCHAIN_LOG_ERROR 0
#define DCMCHAIN_LOG_WARNING 1
#define DCMCHAIN_LOG_INFO 2
#define DCMCHAIN_LOG_DEBUG 3

/* Sets the text of a failure and returns DCMCHAIN_FAIL: `return dcmchain_error(context, "…")`. Lower case, no
 * full stop, `what: why`; the PHI rule holds. Only the last text before the callback returns counts. Since
 * 0.1. */
DCMCHAIN_API int dcmchain_error(dcmchain_context *context, const char *format, ...) DCMCHAIN_PRINTF(2, 3);

/* Says that an identifier was found in what would be published, and returns DCMCHAIN_E_RESIDUAL: the study is
 * never published, whatever on_error says, and the run exits with 4. Name the artifact's ordinal and the
 * element's path, never the value. Since 0.1. */
DCMCHAIN_API int dcmchain_residual(dcmchain_context *context, const char *format, ...) DCMCHAIN_PRINTF(2, 3);

/* Sets the reason of a drop (counted by its text) and returns DCMCHAIN_DROP. Since 0.1. */
DCMCHAIN_API int dcmchain_drop(dcmchain_context *context, const char *format, ...) DCMCHAIN_PRINTF(2, 3);

/* Logs a line at a level. Since 0.1. */
DCMCHAIN_API void dcmchain_log(dcmchain_context *context, int level, const char *format, ...)
    DCMCHAIN_PRINTF(3, 4);

/* Adds a warning to the report and the study's task document (to the run's, outside a study); equal texts are
 * counted, not repeated. It may be called from instance(): the report lists warnings in byte order of their
 * text. Since 0.1. */
DCMCHAIN_API void dcmchain_warn(dcmchain_context *context, const char *format, ...) DCMCHAIN_PRINTF(2, 3);

/* Adds a remark to the report alone: what was done, or could not be seen, that nobody needs to act on. A
 * warning asks for a person's eye, and mercure is asked to notify one; a note does not. Else as
 * dcmchain_warn(). Since 0.1. */
DCMCHAIN_API void dcmchain_note(dcmchain_context *context, const char *format, ...) DCMCHAIN_PRINTF(2, 3);

DCMCHAIN_API const char *
dcmchain_context_id(const dcmchain_context *context); /* the entry's id in the pipeline */
DCMCHAIN_API uint32_t
dcmchain_context_dry_run(const dcmchain_context *context); /* 1: only to word a message; do the same work */

/* HMAC-SHA-256 under the run's key over project, domain and value, each length-prefixed. A stage never sees
 * the key. Equal input gives equal output on every machine that has the same key and project. Any thread.
 * Since 0.1. */
DCMCHAIN_API void dcmchain_hmac(const dcmchain_context *context, const char *domain, const void *bytes,
                                size_t length_bytes, uint8_t ret_digest[32]);

/* The public name of the key (a hash, 16 hex digits); whether it is lasting (1) or was made for this run (0);
 * the project ("" if none). Since 0.1. */
DCMCHAIN_API const char *dcmchain_key_id(const dcmchain_context *context);
DCMCHAIN_API uint32_t dcmchain_key_is_lasting(const dcmchain_context *context);
DCMCHAIN_API const char *dcmchain_project(const dcmchain_context *context);

/* The folder that lasts from run to run and belongs to dcmchain alone (0700), NULL where there is none: only
 * what a pipeline asks to remember goes there, in files of the stage's own name. Runs over one folder
 * overlap. Borrowed, for the run. Since 0.1. */
DCMCHAIN_API const char *dcmchain_persistence(const dcmchain_context *context);

/* The ring of keys: the run's is number 0, then those that were retired, so that what they made stays
 * readable. The HMAC is over domain and value alone, without the project. NULL past the end. Any thread.
 * Since 0.1. */
DCMCHAIN_API size_t dcmchain_keyring_count(const dcmchain_context *context);
DCMCHAIN_API const char *dcmchain_keyring_id(const dcmchain_context *context, size_t index);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_keyring_hmac(const dcmchain_context *context, size_t index,
                                                           const char *domain, const void *bytes,
                                                           size_t length_bytes, uint8_t ret_digest[32]);

/* Seals bytes for storage (AES-256-GCM under a key derived from the run's for this purpose), and opens what
 * any key of the ring sealed: E_ABSENT where none of them did, E_INVALID where it was changed. Opened bytes
 * have a NUL behind them. Owned (dcmchain_free()). Any thread. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_seal(const dcmchain_context *context, const char *purpose,
                                                   const void *bytes, size_t length_bytes,
                                                   uint8_t **ret_sealed, size_t *ret_length_bytes);
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_unseal(const dcmchain_context *context, const char *purpose,
                                                     const void *sealed, size_t length_bytes,
                                                     char **ret_bytes, size_t *ret_length_bytes);

/* Notes in the persistence folder that somebody is about to see identity: who, when, what (the command),
 * which kind of values, how many, and the reason given. No value. Where it does not return DCMCHAIN_OK,
 * nothing may be shown. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_log_access(const dcmchain_context *context, const char *what,
                                                         const char *kind, uint64_t count,
                                                         const char *reason);

/* Says that something inside a setting is wrong, where it stands in the description: file, line, column and
 * JSON pointer. key: of the stage's table; pointer: into its value (RFC 6901, "/3/match/vr"), "" for the
 * whole. In run_open only, as often as there are problems; the pipeline is refused whatever run_open returns.
 * Returns DCMCHAIN_FAIL. The text must not hold a value of a sensitive setting. Since 0.1. */
DCMCHAIN_API int dcmchain_setting_problem(dcmchain_context *context, const char *key, const char *pointer,
                                          const char *format, ...) DCMCHAIN_PRINTF(4, 5);
/* The same for what is odd but not wrong: `dcmchain check` prints it, a run warns of it. Since 0.1. */
DCMCHAIN_API void dcmchain_setting_warning(dcmchain_context *context, const char *key, const char *pointer,
                                           const char *format, ...) DCMCHAIN_PRINTF(4, 5);
/* The line of a value inside a setting, 0 where it does not come from a file. Any thread. Since 0.1. */
DCMCHAIN_API uint32_t dcmchain_setting_line(const dcmchain_context *context, const char *key,
                                            const char *pointer);

/* Adds bytes that decide what the stage does (a table that it ships) to the policy hash; what: their name. In
 * run_open only, always in the same order. Settings, the contents of files that settings name, and the
 * stage's version are in it already. Since 0.1. */
DCMCHAIN_API void dcmchain_policy_add(dcmchain_context *context, const char *what, const void *bytes,
                                      size_t length_bytes);
/* The pipeline's name: what the file says, else the file's base name. Borrowed, for the run. Since 0.1. */
DCMCHAIN_API const char *dcmchain_pipeline_name(const dcmchain_context *context);
/* The policy hash: 32 hex digits over pipeline, settings, tables and versions in force, the same on every
 * machine. From study_open on; "" in run_open. Borrowed, for the run. Since 0.1. */
DCMCHAIN_API const char *dcmchain_policy(const dcmchain_context *context);

/* One answer of explain(): action in a word or two ("remove"), rule: what decides, as for dcmchain_change().
 * In explain() only. Since 0.1. */
DCMCHAIN_API void dcmchain_explain(dcmchain_context *context, const char *action, const char *rule);

/* The pipeline as it is in force, as a JSON object: {"version", "pipeline", "policy", "stages": [{"id",
 * "stage", "version", "settings"}], "key_id", "key_lasting", "project"}; sensitive settings as {"count",
 * "hmac"}. Owned. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_describe_run(const dcmchain_context *context, char **ret_json);

/* mercure's task.json as it was received, NULL without one. It is identifying. Borrowed, for the run. Since
 * 0.1. */
DCMCHAIN_API const char *dcmchain_task_json(const dcmchain_context *context);

/* ---- studies and series ---- */

DCMCHAIN_API uint32_t dcmchain_study_ordinal(const dcmchain_study *study);    /* from 1, in run order */
DCMCHAIN_API uint32_t dcmchain_series_ordinal(const dcmchain_series *series); /* from 1 within the study */
DCMCHAIN_API size_t dcmchain_study_series_count(const dcmchain_study *study);
DCMCHAIN_API dcmchain_series *dcmchain_study_series(const dcmchain_study *study,
                                                    size_t index); /* series order */

/* Counts of a study or series. Complete in series_close (for the series) and study_close; before, only
 * `found` is. */
struct dcmchain_counts {
    uint64_t found;       /* instances in the input */
    uint64_t published;   /* placed and to be published */
    uint64_t dropped;     /* left out by a stage, on purpose */
    uint64_t quarantined; /* failed and set aside */
    uint64_t duplicates;  /* byte-equal copies of a published instance */
};
DCMCHAIN_API void dcmchain_study_counts(const dcmchain_study *study, struct dcmchain_counts *ret_counts);
DCMCHAIN_API void dcmchain_series_counts(const dcmchain_series *series, struct dcmchain_counts *ret_counts);

/* Source and final values of study-level attributes (of series-level ones too, for a series): Study and
 * Series Instance UID, Patient ID, Accession Number, Study ID, descriptions, numbers, dates, modality …
 * (core/scan_attributes.c lists them). Source values are there from study_open on, final ones once the
 * series' head is placed; of several values the first in run order. NULL: the attribute is absent. Borrowed,
 * until study_close has returned; only in callbacks of that study that run alone, or in place(). Since 0.1.
 */
DCMCHAIN_API const char *dcmchain_study_source(const dcmchain_study *study, uint32_t tag);
DCMCHAIN_API const char *dcmchain_study_final(const dcmchain_study *study, uint32_t tag);
DCMCHAIN_API const char *dcmchain_series_source(const dcmchain_series *series, uint32_t tag);
DCMCHAIN_API const char *dcmchain_series_final(const dcmchain_series *series, uint32_t tag);

/* The final data set of the series' head, NULL before it is placed or if there is none. Borrowed, until
 * series_close has returned; only in callbacks of that study that run alone, or in place(). Read it, do not
 * edit it. Since 0.1. */
DCMCHAIN_API const dcmchain_item *dcmchain_series_head(const dcmchain_series *series);

/* Identity: every source value of an identifying attribute of the study, from every depth of every file,
 * `.tags` and task.json. */
#define DCMCHAIN_IDENTITY_NAME 1U      /* of the patient, and of relatives */
#define DCMCHAIN_IDENTITY_ID 2U        /* patient IDs, account and insurance numbers … */
#define DCMCHAIN_IDENTITY_ACCESSION 3U /* accession, order, visit, study ID and the like */
#define DCMCHAIN_IDENTITY_DATE 4U      /* dates and date-times of the study */
#define DCMCHAIN_IDENTITY_BIRTH_DATE 5U
#define DCMCHAIN_IDENTITY_UID 6U         /* instance UIDs */
#define DCMCHAIN_IDENTITY_PERSON 7U      /* staff: physicians, operators, observers */
#define DCMCHAIN_IDENTITY_INSTITUTION 8U /* names and departments */
#define DCMCHAIN_IDENTITY_ADDRESS 9U     /* addresses and telecom, of anyone */
#define DCMCHAIN_IDENTITY_DEVICE 10U     /* serial numbers, station names, device UIDs and labels */
#define DCMCHAIN_IDENTITY_SITE 11U       /* AE titles, hosts, network addresses of the sending site */
#define DCMCHAIN_IDENTITY_CLASSES 12U    /* one more than the last */
#define DCMCHAIN_IDENTITY_BIT(class_id) (1ULL << ((class_id)-1U))

struct dcmchain_identity {
    uint32_t class_id; /* DCMCHAIN_IDENTITY_NAME … */
    uint32_t tag;      /* the attribute it came from, 0: task.json or a key without a tag */
    const char *value; /* UTF-8, one value, trimmed, never empty; person names with their carets */
};

/* The n-th value in a fixed order (class, value); each (class, value) once. Complete from study_open on,
 * unchanging after. Borrowed, until study_close has returned. NULL past the end. Any thread. Since 0.1. */
DCMCHAIN_API size_t dcmchain_study_identity_count(const dcmchain_study *study);
DCMCHAIN_API const struct dcmchain_identity *dcmchain_study_identity(const dcmchain_study *study,
                                                                     size_t index);

/* Warnings of the study so far, without repeats, in byte order. NULL past the end. Borrowed, for the call;
 * alone callbacks only. Since 0.1. */
DCMCHAIN_API const char *dcmchain_study_warning(const dcmchain_study *study, size_t index);

/* ---- instances ---- */

DCMCHAIN_API uint32_t
dcmchain_instance_ordinal(const dcmchain_instance *instance); /* from 1 within the series, run order */
DCMCHAIN_API uint32_t dcmchain_instance_is_head(const dcmchain_instance *instance);
DCMCHAIN_API dcmchain_dataset *
dcmchain_instance_dataset(dcmchain_instance *instance); /* never NULL; read and edit */

/* Source facts of the instance, whatever stages before did to its dataset. Borrowed for the call; "" where
 * absent. The patient key names the patient: (issuer, Patient ID), trimmed; with an empty ID, normalised name
 * and birth date; with neither, the study. It is identifying. Since 0.1. */
DCMCHAIN_API const char *dcmchain_instance_source_sop_instance_uid(const dcmchain_instance *instance);
DCMCHAIN_API const char *dcmchain_instance_sop_class_uid(const dcmchain_instance *instance);
DCMCHAIN_API const char *dcmchain_instance_patient_key(const dcmchain_instance *instance);

/* Reads stored bytes of the top-level pixel element's value as they are in the source (dcmchain_pixel_info
 * says which element, and how long its value is): fragments with their item headers where it is encapsulated
 * (PS3.5 A.4), words in the byte order of the transfer syntax. Short only at the end; *ret_read is 0 past it.
 * DCMCHAIN_E_ABSENT where there is no pixel element, DCMCHAIN_E_IO, DCMCHAIN_E_INVALID where the source
 * changed. In instance() only. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_instance_pixel_read(dcmchain_instance *instance,
                                                                  uint64_t offset_bytes, void *buffer,
                                                                  size_t length_bytes, size_t *ret_read);

/* Lays bytes over that value in what will be published, at equal length, so that offset tables hold; NULL:
 * zeros (of any length, else at most 1 MiB). Patches must not overlap. The bytes are copied. DCMCHAIN_E_RANGE
 * beyond the value. What is read stays the source's. In instance() only. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_instance_pixel_patch(dcmchain_instance *instance,
                                                                   uint64_t offset_bytes, const void *bytes,
                                                                   uint64_t length_bytes);

/* The same for single bits: in what will be published, a byte at offset_bytes + i keeps the bits that are set
 * in mask[i % mask_bytes] alone. mask_bytes: 1 to 8, a word as it is stored. It counts as a patch, which
 * overlaps no other. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_instance_pixel_mask(dcmchain_instance *instance,
                                                                  uint64_t offset_bytes,
                                                                  uint64_t length_bytes, const uint8_t *mask,
                                                                  size_t mask_bytes);

/* Reports one change for `--changes`; does nothing where nobody asked (dcmchain_wants_changes() tells, to
 * save building texts). position may be NULL for what is not an element. rule: what decided, for a person
 * ("PS3.15 E.1-1 2025b X"). before, after: values, masked by the core; NULL: absent. Since 0.1. */
DCMCHAIN_API uint32_t dcmchain_wants_changes(const dcmchain_context *context);
DCMCHAIN_API void dcmchain_change(dcmchain_context *context, const dcmchain_instance *instance,
                                  const struct dcmchain_position *position, uint32_t tag, const char *action,
                                  const char *rule, const char *before, const char *after);

/* ---- artifacts ---- */

#define DCMCHAIN_KIND_IMAGE "image"
#define DCMCHAIN_KIND_SERIES_DATA "series-data"
#define DCMCHAIN_KIND_TASK "task"

/* Emits a document: from series_close (with the series' scope) or study_close only, and only where ok is 1.
 * kind: one of the above or a name of your own (lower case, digits, dashes); extension: with its dot
 * (".json"). The bytes are copied. It is placed and shown to artifact() when the close has returned. Since
 * 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_emit(dcmchain_context *context,
                                                   const struct dcmchain_scope *scope, const char *kind,
                                                   const char *extension, const void *bytes,
                                                   size_t length_bytes);

DCMCHAIN_API const char *dcmchain_artifact_kind(const dcmchain_artifact *artifact);
DCMCHAIN_API const char *
dcmchain_artifact_extension(const dcmchain_artifact *artifact); /* ".dcm" for instances */
DCMCHAIN_API const char *dcmchain_artifact_path(
    const dcmchain_artifact *artifact); /* below OUT, '/'-separated; NULL before it is placed */
DCMCHAIN_API uint64_t dcmchain_artifact_size(const dcmchain_artifact *artifact); /* bytes */
DCMCHAIN_API const char *
dcmchain_artifact_sop_instance_uid(const dcmchain_artifact *artifact); /* final; "" for documents */
DCMCHAIN_API uint32_t
dcmchain_artifact_instance_ordinal(const dcmchain_artifact *artifact); /* 0 for documents */

/* Hex SHA-256 of the final bytes, owned. In artifact() it reads them and remembers the digest; in the closes
 * it gives what was computed in artifact(), by any stage, else DCMCHAIN_E_ABSENT. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_artifact_sha256(dcmchain_artifact *artifact, char **ret_hex);

/* The final data set in place(): of the instance, for an image; of the series' head, for a series document;
 * of the first placed head of the study, for a study document; NULL if there is none. Read it, do not edit
 * it. Since 0.1. */
DCMCHAIN_API const dcmchain_item *dcmchain_artifact_item(const dcmchain_artifact *artifact);

/* Reads final bytes at an offset, in artifact() only: the same in a dry run. Short only at the end; *ret_read
 * is 0 past it. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_artifact_read(dcmchain_artifact *artifact,
                                                            uint64_t offset_bytes, void *buffer,
                                                            size_t length_bytes, size_t *ret_read);

/* The segments an artifact is made of, in file order. */
#define DCMCHAIN_SEGMENT_META 1U     /* preamble, prefix and file meta information */
#define DCMCHAIN_SEGMENT_HEADER 2U   /* the data set before Pixel Data */
#define DCMCHAIN_SEGMENT_PIXEL 3U    /* the pixel element, from its tag to its end */
#define DCMCHAIN_SEGMENT_TRAILER 4U  /* the data set after Pixel Data */
#define DCMCHAIN_SEGMENT_DOCUMENT 5U /* a document */
#define DCMCHAIN_SEGMENT_DEFLATED 6U /* the whole deflated data set (1.2.840.10008.1.2.1.99) */
struct dcmchain_segment {
    uint32_t type;
    uint32_t from_source; /* 1: untouched bytes of the input */
    uint64_t offset_bytes;
    uint64_t length_bytes;
};
/* In artifact() only, as the bytes are. DCMCHAIN_E_RANGE past the last. Since 0.1. */
DCMCHAIN_API int dcmchain_artifact_segment(const dcmchain_artifact *artifact, size_t index,
                                           struct dcmchain_segment *ret_segment);

/* The artifacts of a series or study, in order of placement: those of its series first. NULL past the end. In
 * the closes only. Since 0.1. */
DCMCHAIN_API dcmchain_artifact *dcmchain_series_artifact(const dcmchain_series *series, size_t index);
DCMCHAIN_API dcmchain_artifact *dcmchain_study_artifact(const dcmchain_study *study, size_t index);

/* ---- paths (place() only) ---- */

/* Proposes the artifact's path below OUT: components separated by '/', no empty one, none of '.', '..',
 * control bytes, over 255 bytes, or reserved by mercure or dcmchain (DCMCHAIN_E_INVALID). DCMCHAIN_E_TAKEN
 * where the study has given that name, or one that differs from it only by case or Unicode composition,
 * before: propose another. Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_path_set(dcmchain_path *path, const char *relative);

/* Claims a name of your own in the study, for folders that only one series may use: DCMCHAIN_E_TAKEN where
 * this entry claimed it in this study before (compared as paths are). Since 0.1. */
DCMCHAIN_API DCMCHAIN_MUST_CHECK int dcmchain_path_claim(dcmchain_path *path, const char *name);

DCMCHAIN_END_DECLS

#endif
