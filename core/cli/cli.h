/* cli.h: what the files of the command line share. It includes the public headers alone, which proves that
 * embedding works. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "dcmchain/chain.h"
#include "dcmchain/stage.h"

#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2
#define EXIT_CONFIG 78

#define MAX_LIST 256U /* of --set and --stage-dir, each */

/* Everything that a command may be told. Strings are argv's or the environment's. */
struct options {
    const char *pipeline;
    const char *input;
    const char *output;
    const char *task;
    const char *report;
    const char *key_file;
    const char *quarantine;
    const char *phi_map;
    const char *persistence;
    const char *reason;
    const char *expect_policy;
    const char *vr; /* of an attribute to explain, as the three below */
    const char *sop_class;
    const char *modality;
    const char *creator;
    const char *stage_folders[MAX_LIST + 1]; /* NULL-terminated */
    const char *overrides[MAX_LIST + 1];
    size_t stage_folder_count;
    size_t override_count;
    uint32_t threads;
    uint32_t shard_index; /* 0 of 0: all studies */
    uint32_t shard_count;
    uint32_t existing;
    uint32_t on_error;
    bool mercure_context;
    bool mercure_environment; /* the folders are mercure's too */
    bool dry_run;
    bool changes;
    bool yes;
    bool show_phi;
    bool quiet;
    bool verbose;
    bool json;
    bool log_json;
    char **operands; /* what is no option */
    int operand_count;
};

/* Options that a command takes: one bit each, in options.c. */
#define TAKES_RUN 1U
#define TAKES_CHECK 2U
#define TAKES_STAGES 4U
#define TAKES_HELP 8U
#define TAKES_NEW_STAGE 16U
#define TAKES_KEY 32U
#define TAKES_VERIFY 64U
#define TAKES_EXPLAIN 128U

/* Parses what follows the command's name. False: a usage error, which is said. *ret_help: --help was given.
 */
bool options_parse(int argc, char **argv, const char *command, unsigned takes, struct options *ret_options,
                   bool *ret_help);
/* The persistence folder: the one given, else the environment's; NULL: none. */
const char *persistence_folder(const char *given);
/* The options of a command, for its help. */
void options_print(FILE *stream, unsigned takes);

/* The commands; they return the exit code. */
int command_run(struct options *options);
int command_explain(const struct options *options);
int command_check(struct options *options);
int command_stages(const struct options *options);
int command_help(const struct options *options);
int command_new_stage(const struct options *options);
int command_key(const struct options *options);
int command_verify(const struct options *options);
/* A stage's own command: argv[0] is the stage's name. EXIT_USAGE with ret_unknown where there is no such. */
int command_stage(int argc, char **argv, bool *ret_unknown);

/* An error of usage, with where help is. Returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/* ---- console.c: stderr, one writer at a time, and how text is printed ---- */

struct console {
    bool quiet;
    bool verbose;
    bool json;
    bool terminal;
    bool bar;       /* a progress bar stands on the last line */
    double begun_s; /* of the phase */
    double last_s;  /* of the last line of progress */
    uint32_t phase;
};

void console_open(struct console *console, const struct options *options);
/* dcmchain_log_function and progress function; closure: a console. */
void console_log(void *closure, int level, const char *stage_id, const char *where, const char *text);
void console_progress(void *closure, const struct dcmchain_progress *progress);
/* Prints text of any origin with its control characters escaped, but for line feeds and tabs. */
void console_print(FILE *stream, const char *text);
/* … with a line feed behind it where it ends without; NULL: nothing. */
void console_print_lines(FILE *stream, const char *text);
/* Says on stderr why a command failed: the problem, else the result. */
void console_print_failure(const char *command, const char *problem, int result);
/* Prints words in lines of 80 columns, from column indent on, where the cursor is already; ends the line. */
void console_print_wrapped(FILE *stream, const char *text, unsigned indent);
/* Prints text and as many blanks as it needs to take width columns. */
void console_print_padded(FILE *stream, const char *text, unsigned width);
/* Takes the bar away. */
void console_finish(struct console *console);

/* ---- open_chain.c ---- */

/* Opens the chain that the options name, and says what is wrong with it, or, where `warnings`, only odd.
 * console: it logs there; NULL: nothing is logged. The exit code: EXIT_DONE where it is open. */
int open_chain(const char *command, const struct options *options, struct console *console, bool warnings,
               dcmchain_chain **ret_chain);

/* ---- write_file.c ---- */

/* Writes a whole file beside its place and moves it there: a reader sees all of it or none. Into what is
 * there and no file (a device, a pipe, a link) it writes. "-": stdout. False: errno tells. */
bool write_file(const char *path, const char *text);
/* False where write_file() could not: its folder is missing or not to be written to. errno tells. */
bool may_write_file(const char *path);

#endif
