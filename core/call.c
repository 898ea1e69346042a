/* call.c: the callback in progress on this thread, and the text it leaves: the error module, the one place
 * with thread-locals. It decides nothing about what a failure means. */
#include <stdarg.h>
#include <stdio.h>

#include "cleanup.h"
#include "run.h"
#include "text.h"

#define CALL_TEXT_BYTES 1024

static _Thread_local struct call *current;
static _Thread_local char last_text[CALL_TEXT_BYTES];

void call_begin(struct call *call, struct dcmchain_context *context, dcmchain_study *study,
                dcmchain_series *series, const struct dcmchain_instance *instance)
{
    *call = (struct call){.context = context, .study = study, .series = series, .instance = instance};
    if (context->entry->stage.concurrency == DCMCHAIN_SERIAL) {
        (void)pthread_mutex_lock(&context->serial);
    }
    last_text[0] = '\0';
    current = call;
}

void call_end(struct call *call)
{
    current = NULL;
    if (call->context->entry->stage.concurrency == DCMCHAIN_SERIAL) {
        (void)pthread_mutex_unlock(&call->context->serial);
    }
}

struct call *call_current(void)
{
    return current;
}

const char *call_text(void)
{
    return last_text;
}

const char *call_failure(int result, const char *callback)
{
    if (last_text[0] != '\0') {
        return last_text;
    }
    if (result == DCMCHAIN_FAIL) {
        (void)snprintf(last_text, sizeof last_text, "%s failed without a reason: dcmchain_error() gives one",
                       callback);
    } else if (result < 0 && result >= DCMCHAIN_E_RESIDUAL) {
        (void)snprintf(last_text, sizeof last_text, "%s failed: %s (result %d)", callback,
                       dcmchain_result_text(result), result);
    } else {
        (void)snprintf(last_text, sizeof last_text, "%s returned %d, which is none of its results", callback,
                       result);
    }
    return last_text;
}

/* Cut on a character, since a text may end up in JSON. */
__attribute__((__format__(__printf__, 1, 0))) static void set_text(const char *format, va_list arguments)
{
    int length = vsnprintf(last_text, sizeof last_text, format, arguments);
    if (length >= (int)sizeof last_text) {
        size_t end = sizeof last_text - 1;
        while (end > 0 && ((unsigned char)last_text[end - 1] & 0xC0U) == 0x80U) {
            end--;
        }
        last_text[end > 0 ? end - 1 : 0] = '\0';
    }
}

int dcmchain_error(dcmchain_context *context, const char *format, ...)
{
    (void)context;
    va_list arguments;
    va_start(arguments, format);
    set_text(format, arguments);
    va_end(arguments);
    return DCMCHAIN_FAIL;
}

int dcmchain_drop(dcmchain_context *context, const char *format, ...)
{
    (void)context;
    va_list arguments;
    va_start(arguments, format);
    set_text(format, arguments);
    va_end(arguments);
    return DCMCHAIN_DROP;
}

int dcmchain_residual(dcmchain_context *context, const char *format, ...)
{
    (void)context;
    va_list arguments;
    va_start(arguments, format);
    set_text(format, arguments);
    va_end(arguments);
    return DCMCHAIN_E_RESIDUAL;
}

void where_text(const dcmchain_study *study, const dcmchain_series *series,
                const struct scan_instance *instance, char *ret_where, size_t size)
{
    if (study == NULL) {
        ret_where[0] = '\0';
    } else if (series == NULL) {
        (void)snprintf(ret_where, size, "study %u", study->source->ordinal);
    } else if (instance == NULL) {
        (void)snprintf(ret_where, size, "study %u, series %u", study->source->ordinal,
                       series->source->ordinal);
    } else {
        (void)snprintf(ret_where, size, "study %u, series %u, instance %u", study->source->ordinal,
                       series->source->ordinal, instance->ordinal);
    }
}

static void log_in_call(const dcmchain_context *context, int level, const char *text)
{
    char where[WHERE_BYTES] = "";
    if (current != NULL) {
        where_text(current->study, current->series,
                   current->instance == NULL ? NULL : current->instance->source, where, sizeof where);
    }
    log_record(context->run->log, level, context->entry->id, where, text);
}

void dcmchain_log(dcmchain_context *context, int level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *line = text_vformat(format, arguments);
    va_end(arguments);
    if (line != NULL) {
        log_in_call(context, level, line);
    }
}

static DCMCHAIN_PRINTF(3,
                       0) void remark(dcmchain_context *context,
                                      void (*add)(struct run *run, dcmchain_study *study, const char *text),
                                      const char *format, va_list arguments)
{
    struct text text = TEXT_EMPTY;
    text_printf(&text, "%s: ", context->entry->id);
    text_vprintf(&text, format, arguments);
    char *line = text_take(&text);
    if (line != NULL) {
        add(context->run, current == NULL ? NULL : current->study, line);
        dcmchain_free(line);
    }
}

void dcmchain_warn(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    remark(context, run_warn, format, arguments);
    va_end(arguments);
}

void dcmchain_note(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    remark(context, run_note, format, arguments);
    va_end(arguments);
}
