/* objections.c: see objections.h. */
#include "objections.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"

struct objections {
    char **values; /* sorted */
    size_t count;
};

static void close_file(FILE **file)
{
    if (*file != NULL) {
        (void)fclose(*file);
    }
}

static int compare(const void *left, const void *right)
{
    return strcasecmp(*(char *const *)left, *(char *const *)right);
}

/* The value in a line, which it cuts; NULL if there is none. */
static char *value_of(char *line)
{
    static const char blanks[] = " \t\r\n";
    line += strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    line += strspn(line, blanks);
    size_t length = strlen(line);
    while (length > 0 && strchr(blanks, line[length - 1]) != NULL) {
        length--;
    }
    line[length] = '\0';
    return length == 0 || line[0] == '#' ? NULL : line;
}

static int add(struct objections *objections, const char *value)
{
    if ((objections->count & (objections->count + 1)) == 0) { /* grows at 0, 1, 3, 7 … */
        char **grown = realloc(objections->values, (2 * objections->count + 2) * sizeof *grown);
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        objections->values = grown;
    }
    char *copy = strdup(value);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    objections->values[objections->count++] = copy;
    return DCMCHAIN_OK;
}

static int read_lines(FILE *file, struct objections *objections)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && getline(&line, &size, file) >= 0) {
        const char *value = value_of(line);
        result = value == NULL ? DCMCHAIN_OK : add(objections, value);
    }
    return result != DCMCHAIN_OK ? result : ferror(file) != 0 ? DCMCHAIN_E_IO : DCMCHAIN_OK;
}

int objections_read(dcmchain_context *context, const char *path, struct objections **ret_objections)
{
    AUTO(close_file) FILE *file = fopen(path, "re");
    if (file == NULL) {
        return dcmchain_error(context, "setting 'objections': the file cannot be read: %s",
                              strerrordesc_np(errno));
    }
    struct objections *objections = calloc(1, sizeof *objections);
    if (objections == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    int result = read_lines(file, objections);
    if (result == DCMCHAIN_OK && objections->count > 0) {
        qsort(objections->values, objections->count, sizeof *objections->values, compare);
        *ret_objections = objections;
        return DCMCHAIN_OK;
    }
    objections_free(objections);
    return result == DCMCHAIN_OK
               ? dcmchain_error(context, "setting 'objections': the file holds no value")
               : dcmchain_error(context, "setting 'objections': the file cannot be read: %s",
                                dcmchain_result_text(result));
}

void objections_free(struct objections *objections)
{
    for (size_t i = 0; objections != NULL && i < objections->count; i++) {
        free(objections->values[i]);
    }
    if (objections != NULL) {
        free(objections->values);
        free(objections);
    }
}

bool objections_concern(const struct objections *objections, const dcmchain_study *study)
{
    size_t count = dcmchain_study_identity_count(study);
    for (size_t i = 0; i < count; i++) {
        const struct dcmchain_identity *identity = dcmchain_study_identity(study, i);
        bool number =
            identity->class_id == DCMCHAIN_IDENTITY_ID || identity->class_id == DCMCHAIN_IDENTITY_ACCESSION;
        if (number && bsearch(&identity->value, objections->values, objections->count,
                              sizeof *objections->values, compare) != NULL) {
            return true;
        }
    }
    return false;
}
