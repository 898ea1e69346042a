/* console.c: what a person sees: text of any origin made harmless, and on stderr log lines, and progress as a
 * bar on a terminal or as a plain line every few seconds. The core calls it from one thread at a time for
 * logs, from one other for progress. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

#define LINE_SECONDS 5.0
#define BAR_WIDTH 24
#define BAR_LEAST 8
#define WIDTH 80U /* of help, and of a terminal that does not say its own */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of stderr and the consoles */

static double now_s(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A terminal that can be drawn on. */
static bool is_terminal(void)
{
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

void console_open(struct console *console, const struct options *options)
{
    *console = (struct console){.quiet = options->quiet,
                                .verbose = options->verbose,
                                .json = options->log_json,
                                .terminal = is_terminal() && !options->log_json,
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

void console_print_failure(const char *command, const char *problem, int result)
{
    (void)fprintf(stderr, "dcmchain %s: ", command);
    console_print_lines(stderr, problem != NULL ? problem : dcmchain_result_text(result));
}

/* What a word takes of a line: characters, not bytes. */
static size_t columns(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return count;
}

void console_print_wrapped(FILE *stream, const char *text, unsigned indent)
{
    size_t column = indent;
    for (const char *end = text; *text != '\0'; text = end) {
        text += strspn(text, " ");
        end = text + strcspn(text, " ");
        const size_t width = columns(text, (size_t)(end - text));
        if (column > indent && column + 1 + width > WIDTH) {
            (void)fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', stream);
            column++;
        }
        (void)fwrite(text, 1, (size_t)(end - text), stream);
        column += width;
    }
    (void)fputc('\n', stream);
}

void console_print_padded(FILE *stream, const char *text, unsigned width)
{
    const size_t own = columns(text, strlen(text));
    (void)fprintf(stream, "%s%*s", text, own < width ? (int)(width - own) : 0, "");
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

/* "process 45 %  120/270 files  1.2 GB/3.4 GB  250.0 MB/s  0:12 left"; brief: without the bytes. */
static void format_progress(const struct console *console, const struct dcmchain_progress *progress,
                            bool brief, char *ret_line, size_t size)
{
    char done[32];
    char total[32];
    char rate[32];
    char bytes[80] = "";
    char left[32] = "-:--"; /* nobody can tell yet */
    const double seconds = now_s() - console->begun_s;
    const double speed = seconds > 0.2 ? (double)progress->bytes_done / seconds : 0;
    format_bytes(progress->bytes_done, done, sizeof done);
    format_bytes(progress->bytes_total, total, sizeof total);
    format_bytes((uint64_t)speed, rate, sizeof rate);
    if (progress->phase == DCMCHAIN_PHASE_SCAN || progress->bytes_total == 0) {
        (void)snprintf(ret_line, size, "scan  %" PRIu64 " files  %s", progress->files_done, done);
        return;
    }
    const uint64_t to_do =
        progress->bytes_total -
        (progress->bytes_done < progress->bytes_total ? progress->bytes_done : progress->bytes_total);
    if (!brief) {
        (void)snprintf(bytes, sizeof bytes, "  %s/%s", done, total);
    }
    if (speed > 0) {
        const unsigned long left_s = (unsigned long)((double)to_do / speed);
        (void)snprintf(left, sizeof left, "%lu:%02lu", left_s / 60, left_s % 60);
    }
    (void)snprintf(ret_line, size, "process %3.0f %%  %" PRIu64 "/%" PRIu64 " files%s  %s/s  %s left",
                   100.0 * (double)(progress->bytes_total - to_do) / (double)progress->bytes_total,
                   progress->files_done, progress->files_total, bytes, rate, left);
}

/* The columns that a line may take: one that reaches the last of them would wrap, and could not be taken
 * back. */
static size_t terminal_room(void)
{
    struct winsize size = {0};
    const bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return (told ? size.ws_col : WIDTH) - 1U;
}

/* As much as the terminal's width holds: the bar gives way first to the line, then the line's bytes to the
 * bar. */
static void draw_bar(struct console *console, const struct dcmchain_progress *progress)
{
    char line[200];
    char bar[BAR_WIDTH + sizeof "[] "] = "";
    const size_t room = terminal_room();
    const size_t frame = sizeof "[] " - 1;
    format_progress(console, progress, false, line, sizeof line);
    if (strlen(line) + frame + BAR_LEAST > room) {
        format_progress(console, progress, true, line, sizeof line);
    }
    if (strlen(line) + frame + BAR_LEAST <= room) {
        const size_t rest = room - strlen(line) - frame;
        const size_t width = rest < BAR_WIDTH ? rest : BAR_WIDTH;
        const double part =
            progress->bytes_total == 0 ? 0 : (double)progress->bytes_done / (double)progress->bytes_total;
        const size_t filled = (size_t)((part > 1 ? 1 : part) * (double)width);
        memset(bar, '-', width + 1);
        memset(bar + 1, '#', filled);
        bar[0] = '[';
        memcpy(bar + 1 + width, "] ", sizeof "] ");
    }
    (void)fprintf(stderr, "\r\033[K%s%.*s", bar, (int)room, line);
    console->bar = true;
}

void console_progress(void *closure, const struct dcmchain_progress *progress)
{
    struct console *console = closure;
    if (console->quiet) {
        return;
    }
    (void)pthread_mutex_lock(&lock);
    if (progress->phase != console->phase) {
        console->phase = progress->phase;
        console->begun_s = now_s();
    }
    if (console->terminal) {
        draw_bar(console, progress);
    } else if (now_s() - console->last_s >= LINE_SECONDS) {
        char line[200];
        console->last_s = now_s();
        format_progress(console, progress, false, line, sizeof line);
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
