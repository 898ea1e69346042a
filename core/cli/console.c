/* console.c: what a person sees on stderr: log lines, and progress as a bar on a terminal or as a plain line
 * every few seconds. The core calls it from one thread at a time for logs, from one other for progress. */
#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define LINE_SECONDS 5.0
#define BAR_WIDTH 24

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of stderr and the consoles */

static double now_s(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void console_open(struct console *console, const struct options *options)
{
    *console = (struct console){.quiet = options->quiet,
                                .verbose = options->verbose,
                                .json = options->log_json,
                                .terminal = isatty(STDERR_FILENO) == 1 && !options->log_json,
                                .begun_s = now_s(),
                                .last_s = now_s(),
                                .phase = DCMCHAIN_PHASE_SCAN};
}

void console_print(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        bool c1 = byte == 0xC2 && (unsigned char)text[1] >= 0x80 && (unsigned char)text[1] <= 0x9F;
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F || c1) {
            (void)fprintf(stream, "\\x%02x", byte);
        } else {
            (void)fputc(byte, stream);
        }
    }
}

void console_print_lines(FILE *stream, const char *text)
{
    if (text != NULL) {
        console_print(stream, text);
        (void)fputs(text[0] != '\0' && text[strlen(text) - 1] == '\n' ? "" : "\n", stream);
    }
}

static void print_json(const char *key, const char *text, const char *before)
{
    (void)fprintf(stderr, "%s\"%s\":\"", before, key);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            (void)fprintf(stderr, "\\%c", byte);
        } else if (byte < 0x20 || byte == 0x7F) {
            (void)fprintf(stderr, "\\u%04x", byte);
        } else {
            (void)fputc(byte, stderr);
        }
    }
    (void)fputc('"', stderr);
}

static void clear_bar(struct console *console)
{
    if (console->bar) {
        (void)fputs("\r\033[K", stderr);
        console->bar = false;
    }
}

void console_log(void *closure, int level, const char *stage_id, const char *where, const char *text)
{
    static const char *const levels[] = {"error", "warning", "info", "debug"};
    struct console *console = closure;
    int shown = console->verbose ? DCMCHAIN_LOG_DEBUG
                : console->quiet ? DCMCHAIN_LOG_WARNING
                                 : DCMCHAIN_LOG_INFO;
    if (level > shown || level < 0 || level > DCMCHAIN_LOG_DEBUG) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    clear_bar(console);
    if (console->json) {
        print_json("level", levels[level], "{");
        print_json("stage", stage_id, ",");
        print_json("where", where, ",");
        print_json("text", text, ",");
        (void)fputs("}\n", stderr);
    } else {
        (void)fprintf(stderr, "%s: ", levels[level]);
        console_print(stderr, where);
        (void)fputs(where[0] == '\0' ? "" : ": ", stderr);
        console_print(stderr, stage_id);
        (void)fputs(stage_id[0] == '\0' ? "" : ": ", stderr);
        console_print(stderr, text);
        (void)fputc('\n', stderr);
    }
    (void)pthread_mutex_unlock(&lock);
}

/* ---- progress ---- */

static void format_bytes(uint64_t bytes, char *ret_text, size_t size)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double amount = (double)bytes;
    size_t unit = 0;
    while (amount >= 1000 && unit < 4) {
        amount /= 1000;
        unit++;
    }
    (void)snprintf(ret_text, size, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}

/* "process 45 %  120/270 files  1.2 GB/3.4 GB  250.0 MB/s  0:12 left" */
static void format_progress(const struct console *console, const struct dcmchain_progress *progress,
                            char *ret_line, size_t size)
{
    char done[32];
    char total[32];
    char rate[32];
    double seconds = now_s() - console->begun_s;
    double speed = seconds > 0.2 ? (double)progress->bytes_done / seconds : 0;
    format_bytes(progress->bytes_done, done, sizeof done);
    format_bytes(progress->bytes_total, total, sizeof total);
    format_bytes((uint64_t)speed, rate, sizeof rate);
    if (progress->phase == DCMCHAIN_PHASE_SCAN || progress->bytes_total == 0) {
        (void)snprintf(ret_line, size, "scan  %" PRIu64 " files  %s", progress->files_done, done);
        return;
    }
    uint64_t left =
        progress->bytes_total -
        (progress->bytes_done < progress->bytes_total ? progress->bytes_done : progress->bytes_total);
    unsigned long left_s = speed > 0 ? (unsigned long)((double)left / speed) : 0;
    (void)snprintf(ret_line, size,
                   "process %3.0f %%  %" PRIu64 "/%" PRIu64 " files  %s/%s  %s/s  %lu:%02lu left",
                   100.0 * (double)(progress->bytes_total - left) / (double)progress->bytes_total,
                   progress->files_done, progress->files_total, done, total, rate, left_s / 60, left_s % 60);
}

static void draw_bar(struct console *console, const struct dcmchain_progress *progress, const char *line)
{
    char bar[BAR_WIDTH + 1];
    double part =
        progress->bytes_total == 0 ? 0 : (double)progress->bytes_done / (double)progress->bytes_total;
    int filled = (int)((part > 1 ? 1 : part) * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < filled ? '#' : '-';
    }
    bar[BAR_WIDTH] = '\0';
    (void)fprintf(stderr, "\r\033[K[%s] %s", bar, line);
    console->bar = true;
}

void console_progress(void *closure, const struct dcmchain_progress *progress)
{
    struct console *console = closure;
    char line[200];
    if (console->quiet) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    if (progress->phase != console->phase) {
        console->phase = progress->phase;
        console->begun_s = now_s();
    }
    format_progress(console, progress, line, sizeof line);
    if (console->terminal) {
        draw_bar(console, progress, line);
    } else if (now_s() - console->last_s >= LINE_SECONDS) {
        console->last_s = now_s();
        if (console->json) {
            print_json("progress", line, "{");
            (void)fputs("}\n", stderr);
        } else {
            (void)fprintf(stderr, "%s\n", line);
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

void console_finish(struct console *console)
{
    (void)pthread_mutex_lock(&lock);
    clear_bar(console);
    (void)pthread_mutex_unlock(&lock);
}
