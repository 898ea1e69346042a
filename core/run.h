/* run.h: the structures of a run that the runner's files share: run, study, series, instance, artifact, and
 * the call in progress. No other part of the core includes it. Who guards what is said at each member. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "arena.h"
#include "changes.h"
#include "dataset/dataset_internal.h"
#include "dcmchain/chain.h"
#include "dcmchain/stage.h"
#include "explain.h"
#include "key.h"
#include "log.h"
#include "names.h"
#include "persistence.h"
#include "pipeline.h"
#include "pixels.h"
#include "policy.h"
#include "problems.h"
#include "scan.h"
#include "sink.h"
#include "substitution.h"
#include "tally.h"
#include "text.h"
#include "watch.h"

struct run;

/* One entry of the pipeline in this run. */
struct dcmchain_context {
    struct run *run;
    const struct pipeline_stage *entry;
    pthread_mutex_t serial; /* held around every callback of a SERIAL stage */
    void *handle;           /* of run_open */
    bool opened;            /* run_open returned well */
    bool opening;           /* run_open is running: settings may be complained about, tables added */
    struct digest *tables;  /* what dcmchain_policy_add() added; NULL once closed */
};

#define FINAL_UID_SIZE 65 /* 64 characters (PS3.5 9.1) and a NUL */

enum artifact_state { ARTIFACT_NEW, ARTIFACT_PLACED, ARTIFACT_FINAL };

/* What an artifact's bytes are made of, while it is placed, written and shown (artifact.c). */
struct artifact_work {
    dcmchain_dataset *dataset;  /* final data set until placed; a head's lives on in its series */
    char *sop_uid;              /* final, until it is placed */
    struct dataset_bytes bytes; /* an instance's serialised parts */
    void *document;             /* a document's bytes */
    int fd;                     /* of the source, -1 */
    struct source *file;        /* deflated sources: what the stream below reads */
    struct source *stream;
    const struct scan_instance *source;
    struct walker_layout layout;   /* of the source */
    struct pixel_patches *patches; /* over the pixel element's value; NULL: none */
    struct deflated *deflated;     /* deflated output, made anew as it is read */
};

/* One lives on for each instance until the run has ended: what is not needed so long is in its work. */
struct dcmchain_artifact {
    dcmchain_series *series; /* NULL for study documents */
    dcmchain_study *study;
    char *kind; /* of a document, as the next; NULL: an instance's are those of an image */
    char *extension;
    const char *path; /* these two are in the study's texts; NULL: not yet, or a document has no UID */
    const char *sop_uid;
    uint64_t size;
    uint8_t *sha256;            /* NULL: nobody asked */
    struct artifact_work *work; /* NULL: written and shown */
    uint32_t instance_ordinal;  /* 0: a document */
    enum artifact_state state;
};

struct dcmchain_series {
    dcmchain_study *study;
    const struct scan_series *source;
    void **handles;  /* of series_open, one a stage */
    size_t opened;   /* stages whose series_open returned well */
    bool head_found; /* under study->lock: a head is placed */
    bool head_done;  /* under study->lock: siblings may start */
    size_t
        next; /* first instance that no head attempt took; written by the head's task, read after head_done */
    dcmchain_dataset *head;
    struct substitution substitution;
    struct dcmchain_counts counts;        /* under study->lock */
    struct dcmchain_artifact **artifacts; /* under study->lock, in order of placement */
    size_t artifact_count;
    struct tally dropped;
    struct tally quarantined;
};

enum study_state {
    STUDY_WAITING,   /* its opens are not done */
    STUDY_OPEN,      /* instances may pass */
    STUDY_CLOSED,    /* closed well, not published yet */
    STUDY_PUBLISHED, /* or would be, in a dry run */
    STUDY_EMPTY,     /* nothing of it was left to publish */
    STUDY_SKIPPED,   /* it was in OUT already */
    STUDY_FAILED,
    STUDY_STOPPED
};

struct dcmchain_study {
    struct run *run;
    const struct scan_study *source;
    struct dcmchain_series *series;
    size_t series_count;
    uint64_t first_series; /* how many series the studies before have */
    bool done_before;      /* an earlier worker published it */
    bool ended;            /* study_end() was called */
    void **handles;        /* of study_open, one a stage */
    size_t opened;         /* stages whose study_open returned well */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* turn, opened, head_done */
    bool ready;             /* under lock: opens are done (well or not) */
    size_t turn;            /* under lock: whose turn to be placed it is */
    _Atomic bool failed;    /* nothing of it is published; set under lock */
    _Atomic bool left_out;  /* a stage left it out whole, on purpose; set while it is opened */
    bool skipped;           /* under lock: it is in OUT already and stays */
    bool residual;          /* under lock */
    bool stopped;           /* under lock */
    char *problem;          /* under lock: of the first failure in order of placement */
    char *folder;           /* first component of its paths; under lock */
    _Atomic size_t tasks_left;
    enum study_state state;
    struct names *names; /* in turn */
    struct arena texts;  /* in turn: what its artifacts point to */
    struct sink_study *sink;
    bool sink_borrowed; /* publish: run shares one */
    struct substitution substitution;
    struct dcmchain_counts counts;
    struct dcmchain_artifact **documents; /* study documents */
    size_t document_count;
    struct text tree;      /* report_keep_tree() */
    struct tally warnings; /* under lock */
    struct tally notes;    /* under lock */
};

struct dcmchain_instance {
    const struct scan_instance *source;
    struct walker_layout layout;
    dcmchain_series *series;
    dcmchain_dataset *dataset;
    struct source *file;         /* its input, open */
    struct pixel_access *pixels; /* NULL: no stage asked */
    bool head;
};

struct dcmchain_path {
    dcmchain_study *study;
    const struct dcmchain_context *context;
    dcmchain_artifact *artifact;
    char *relative;
};

struct phase_time {
    double wall_s;
    double cpu_s;
};

struct run {
    struct dcmchain_run_options options;
    const struct pipeline *pipeline;
    struct log *log;
    struct scan *scan;
    struct key *key;                 /* the first of the ring */
    struct keyring ring;             /* it, and retired ones */
    struct persistence *persistence; /* NULL: no folder lasts from run to run */
    struct sink *sink;
    struct sink_study *shared_sink; /* publish: run */
    bool publish_run;
    bool result_written; /* OUT/result.json is staged */
    bool quarantine;
    bool mixed_patients_fail;
    struct quarantine *quarantine_place; /* NULL: failed instances stay where they are */
    struct dcmchain_context *contexts;
    size_t context_count;
    struct dcmchain_study *studies;
    size_t study_count;
    struct names *folders; /* first components; all names where flat. Under folders_lock */
    pthread_mutex_t folders_lock;
    struct changes *changes;  /* NULL: nobody asked */
    struct tally warnings;    /* under warnings_lock */
    struct tally notes;       /* under warnings_lock */
    struct tally quarantined; /* failed files of no study */
    pthread_mutex_t warnings_lock;
    char *problem;                    /* of the run as a whole; NULL: none */
    struct problems setting_problems; /* what stages found inside their settings, while contexts are opened */
    struct problems setting_warnings;
    char policy[POLICY_SIZE]; /* "" until the contexts are open */
    struct explain *explain;  /* what is explained, borrowed; NULL: nothing */
    const char *only_file;    /* of the input folder, borrowed; NULL: all */
    bool stopped;
    uint32_t threads;
    _Atomic uint64_t files_done;
    _Atomic uint64_t bytes_done;
    _Atomic uint64_t files_total; /* 0: not known yet */
    _Atomic uint64_t bytes_total;
    _Atomic uint32_t phase;
    struct phase_time phases[3]; /* scan, process, publish */
};

/* ---- call.c: the call in progress on this thread, and its text ---- */

struct call {
    struct dcmchain_context *context;
    dcmchain_study *study;
    dcmchain_series *series;
    const struct dcmchain_instance *instance;
    bool closing;                       /* series_close or study_close with ok: dcmchain_emit() is allowed */
    bool showing;                       /* artifact(): bytes may be read */
    struct dcmchain_artifact **emitted; /* while closing */
    size_t emitted_count;
};

/* Begins and ends a callback on this thread: holds the serial lock, clears the error text. Calls do not nest.
 */
void call_begin(struct call *call, struct dcmchain_context *context, dcmchain_study *study,
                dcmchain_series *series, const struct dcmchain_instance *instance);
void call_end(struct call *call);
struct call *call_current(void);
/* What dcmchain_error(), dcmchain_drop() or dcmchain_residual() said last in the call; "" if nothing.
 * Borrowed, for this thread until its next call. */
const char *call_text(void);
/* The same of a callback that did not return well, and what its result says where it gave no text. */
const char *call_failure(int result, const char *callback);

/* "study 1, series 2, instance 3" into WHERE_BYTES. */
#define WHERE_BYTES 96
void where_text(const dcmchain_study *study, const dcmchain_series *series,
                const struct scan_instance *instance, char *ret_where, size_t size);

/* ---- memory.c: what a run remembers of others ---- */

/* Opens persistence folder, key and ring as run->options say. DCMCHAIN_E_USAGE with *ret_problem (owned). */
int memory_open(struct run *run, char **ret_problem);
/* A key of its own and nothing that lasts: to try something. */
int memory_open_random(struct run *run);
void memory_close(struct run *run);
/* Notes that somebody is about to see source values (show_phi), where a folder lasts. */
int memory_log_show_phi(struct run *run, char **ret_problem);
/* One line of evidence per study, where a folder lasts: no source value is in it. False: not all is written.
 */
bool memory_write_evidence(struct run *run);

/* ---- run.c ---- */

struct run *run_new(const struct pipeline *pipeline, struct log *log);
void run_free(struct run *run);
/* Runs it with run->options. DCMCHAIN_E_USAGE, DCMCHAIN_E_MEMORY with *ret_problem (owned): nothing was done;
 * else DCMCHAIN_OK, and the run tells what became of it. */
int run_execute(struct run *run, const char *task_file, char **ret_problem);

bool run_stopped(const struct run *run);
void run_warn(struct run *run, dcmchain_study *study, const char *text);
void run_note(struct run *run, dcmchain_study *study, const char *text);

/* ---- run_check.c ---- */

/* Whether run->options go together with each other and the pipeline: DCMCHAIN_E_USAGE with *ret_problem
 * (owned). */
int run_check_options(const struct run *run, char **ret_problem);

/* ---- setting_report.c ---- */

/* Where a stage's error begins with "setting 'KEY': ", tells it with the place that the setting came from. */
bool setting_problem_in(dcmchain_context *context, const char *text);

/* ---- contexts.c ---- */

/* Makes the contexts, calls run_open of each stage, and computes the policy hash; DCMCHAIN_FAIL with
 * run->problem or run->setting_problems, a line for each that failed; or where the policy is not the one that
 * is expected. Those opened are closed by contexts_close(). */
int contexts_open(struct run *run);
void contexts_close(struct run *run, uint32_t outcome);
/* What dcmchain_describe_run() gives, also without contexts. */
int run_describe(struct run *run, char **ret_json);

/* ---- entities.c ---- */

int studies_make(struct run *run);
void studies_free(struct run *run);
/* The scope of a callback of one stage. */
struct dcmchain_scope scope_of(const struct dcmchain_context *context, dcmchain_study *study,
                               dcmchain_series *series);

/* ---- prepare.c: one instance from its file through the chain to serialised bytes ---- */

enum prepared { PREPARED_OK, PREPARED_DROPPED, PREPARED_FAILED, PREPARED_RESIDUAL };
struct preparation {
    enum prepared result;
    char *text;                         /* why, where it is not OK; owned */
    struct dcmchain_artifact *artifact; /* where it is OK; owned */
    char **finals;                      /* values of scan_attributes; owned */
};
void prepare_instance(struct run *run, dcmchain_series *series, struct scan_instance *source, bool head,
                      struct preparation *ret_preparation);
void preparation_free(struct preparation *preparation);
/* What a thread is about that works on an instance. */
struct watch_task prepare_task(const dcmchain_series *series, const struct scan_instance *source);

/* ---- artifact.c ---- */

/* One without bytes, for the series or (NULL) the study; NULL without memory. */
struct dcmchain_artifact *artifact_new(dcmchain_study *study, dcmchain_series *series);
/* Makes an instance's bytes known (size) once its parts are serialised; opens what reading needs. */
int artifact_open_instance(struct dcmchain_artifact *artifact, char **ret_problem);
/* Writes the final bytes to a file of the sink. */
int artifact_write(struct dcmchain_artifact *artifact, struct sink_file *file, const struct run *run);
/* Lets go of its work; path, size and UIDs stay. */
void artifact_release(struct dcmchain_artifact *artifact);
void artifact_free(struct dcmchain_artifact *artifact);

/* ---- place.c: placing, writing and showing an artifact ---- */

/* Calls place() of the placing stage in turn; the path is checked and claimed. DCMCHAIN_FAIL with
 * *ret_problem (owned). */
int place_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem);
/* Writes it below the staging folder and calls artifact() of every stage. DCMCHAIN_E_RESIDUAL where one found
 * an identifier. */
int finish_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem);
void artifact_list_free(struct dcmchain_artifact ***list, size_t *count);
int artifact_list_add(struct dcmchain_artifact ***list, size_t *count, struct dcmchain_artifact *artifact);

/* ---- study.c: opens, closes and failure of a study ---- */

void study_start(dcmchain_study *study);
/* Marks it failed with the first problem; takes the text over. Under study->lock. */
void study_fail_locked(dcmchain_study *study, char *problem, bool residual);
void study_fail(dcmchain_study *study, char *problem, bool residual);
/* Closes series and study, places documents; publishes unless the run publishes as a whole. */
void study_finish(dcmchain_study *study);
void study_publish(dcmchain_study *study);
/* That it was published, for a worker that follows should this one crash later. */
void study_remember(dcmchain_study *study);
/* Tells the stages what became of it: once, when it is published or will never be. */
void study_end(dcmchain_study *study);
/* sink_study_publish(), timed. */
int publish_sink(struct run *run, struct sink_study *sink, bool *ret_skipped, char **ret_problem);

/* ---- quarantine.c ---- */

struct quarantine;
/* Opens the folder, making it (0700) where its parent exists. DCMCHAIN_E_USAGE with *ret_problem (owned):
 * inside IN or OUT, open to others, not to be made. The folder of the run is made with the first file. */
int quarantine_open(const char *folder, const char *input_folder, const char *output_folder,
                    struct quarantine **ret_quarantine, char **ret_problem);
/* Copies a failed instance's file there; any thread. */
int quarantine_add(struct quarantine *quarantine, const struct scan *scan,
                   const struct scan_instance *instance, const char *where, const char *reason);
void quarantine_close(struct quarantine *quarantine);

#endif
