/* setting_report.c: what a stage says of a value inside its settings, told with its place in the description.
 * It decides nothing but that a pipeline with such a problem is refused. */
#include <stdarg.h>
#include <string.h>

#include "cleanup.h"
#include "run.h"
#include "settings.h"
#include "text.h"

/* Outside any file (a default) the place is the description itself. */
static void tell(dcmchain_context *context, struct problems *problems, const char *key, const char *inside,
                 const char *kind, const char *text)
{
    struct setting_place place = {.where = context->run->pipeline->file, .pointer = ""};
    const struct settings *settings = context->entry->settings;
    if (settings != NULL) {
        (void)settings_find_place(settings, key, inside, &place);
    }
    AUTO_FREE char *pointer = text_format("%s%s", place.pointer, inside);
    problems_add(problems, place.where, place.at, pointer == NULL ? "" : pointer,
                 "stage '%s', setting '%s': %s%s", context->entry->id, key, kind, text);
}

int dcmchain_setting_problem(dcmchain_context *context, const char *key, const char *pointer,
                             const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *line = text_vformat(format, arguments);
    va_end(arguments);
    if (context->opening) {
        tell(context, &context->run->setting_problems, key, pointer, "",
             line == NULL ? "out of memory" : line);
    }
    return DCMCHAIN_FAIL;
}

bool setting_problem_in(dcmchain_context *context, const char *text)
{
    static const char opening[] = "setting '";
    const char *key = text + sizeof opening - 1;
    const char *end = strncmp(text, opening, sizeof opening - 1) == 0 ? strstr(key, "': ") : NULL;
    AUTO_FREE char *name = end == NULL ? NULL : strndup(key, (size_t)(end - key));
    struct setting_place place;
    if (name == NULL || context->entry->settings == NULL ||
        !settings_find_place(context->entry->settings, name, "", &place)) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees name */
        return false;
    }
    tell(context, &context->run->setting_problems, name, "", "", end + strlen("': "));
    return true;
}

void dcmchain_setting_warning(dcmchain_context *context, const char *key, const char *pointer,
                              const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *line = text_vformat(format, arguments);
    va_end(arguments);
    if (!context->opening || line == NULL) {
        return;
    }
    tell(context, &context->run->setting_warnings, key, pointer, "warning: ", line);
    AUTO_FREE char *warning = text_format("%s: setting '%s'%s: %s", context->entry->id, key, pointer, line);
    if (warning != NULL) {
        (void)pthread_mutex_lock(&context->run->warnings_lock);
        tally_add(&context->run->warnings, warning, 1);
        (void)pthread_mutex_unlock(&context->run->warnings_lock);
    }
}

uint32_t dcmchain_setting_line(const dcmchain_context *context, const char *key, const char *pointer)
{
    struct setting_place place;
    const struct settings *settings = context->entry->settings;
    return settings != NULL && settings_find_place(settings, key, pointer, &place) && place.at != NULL
               ? place.at->line
               : 0;
}
