/* problems.c: see problems.h. */
#include "problems.h"

#include "limits.h"

void problems_add(struct problems *problems, const char *where, const struct json *at, const char *pointer,
                  const char *format, ...)
{
    problems->count++;
    if (problems->count > LIMIT_PROBLEMS) {
        return;
    }
    text_append(&problems->text, where);
    if (at != NULL) {
        text_printf(&problems->text, ":%u:%u", at->line, at->column);
    }
    text_printf(&problems->text, ": %s%s", pointer, pointer[0] == '\0' ? "" : ": ");
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(&problems->text, format, arguments);
    va_end(arguments);
    text_append(&problems->text, "\n");
}

void problems_warn(struct problems *problems, const char *where, const char *format, ...)
{
    text_printf(&problems->text, "%s: warning: ", where);
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(&problems->text, format, arguments);
    va_end(arguments);
    text_append(&problems->text, "\n");
}

char *problems_take(struct problems *problems)
{
    if (problems->count > LIMIT_PROBLEMS) {
        text_printf(&problems->text, "and %zu more problems\n", problems->count - LIMIT_PROBLEMS);
    }
    if (problems->text.length == 0) {
        return NULL;
    }
    return text_take(&problems->text);
}
