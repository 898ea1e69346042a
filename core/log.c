/* log.c: see log.h. */
#include "log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>

#include "cleanup.h"
#include "text.h"

struct log {
    dcmchain_log_function function;
    void *closure;
    pthread_mutex_t lock;
};

int log_open(dcmchain_log_function function, void *closure, struct log **ret_log)
{
    struct log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    log->function = function;
    log->closure = closure;
    (void)pthread_mutex_init(&log->lock, NULL);
    *ret_log = log;
    return DCMCHAIN_OK;
}

void log_free(struct log *log)
{
    if (log != NULL) {
        (void)pthread_mutex_destroy(&log->lock);
        free(log);
    }
}

bool log_is_heard(const struct log *log)
{
    return log != NULL && log->function != NULL;
}

void log_record(struct log *log, int level, const char *stage_id, const char *where, const char *text)
{
    if (log == NULL || log->function == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&log->lock);
    log->function(log->closure, level, stage_id, where, text);
    (void)pthread_mutex_unlock(&log->lock);
}

void log_printf(struct log *log, int level, const char *where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *line = text_vformat(format, arguments);
    va_end(arguments);
    if (line != NULL) {
        log_record(log, level, "", where, line);
    }
}
