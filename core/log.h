/* log.h: one log of a chain: hands records to the caller's function, one at a time.
 * It prints nothing itself. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>

#include "dcmchain/chain.h"

struct log;
int log_open(dcmchain_log_function function, void *closure, struct log **ret_log);
void log_free(struct log *log);
/* Whether anybody listens. */
bool log_is_heard(const struct log *log);
/* Any thread. where: "" or "study 1, series 2, instance 3". */
void log_record(struct log *log, int level, const char *stage_id, const char *where, const char *text);
void log_printf(struct log *log, int level, const char *where, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

#endif
