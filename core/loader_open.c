/* loader_open.c: loads one stage file and checks what it says of itself (loader.h). What its table of
 * settings must be, settings_table.c knows. */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "loader.h"
#include "settings.h"

#define MAX_NAME_BYTES 64U

typedef const struct dcmchain_stage *(*stage_entry)(void);

struct refusal {
    const char *file;
    char *text;
    size_t size;
};

static int refuse(const struct refusal *refusal, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
static int refuse(const struct refusal *refusal, const char *format, ...)
{
    va_list arguments;
    int used = snprintf(refusal->text, refusal->size, "%s: ", refusal->file);
    if (used > 0 && (size_t)used < refusal->size) {
        va_start(arguments, format);
        (void)vsnprintf(refusal->text + used, refusal->size - (size_t)used, format, arguments);
        va_end(arguments);
    }
    return DCMCHAIN_E_CONFIG;
}

/* The smaller of the two sizes, the rest zero: older stages lack what was appended, newer ones bring what is
 * not known here. A struct that ends before the first callback, or within a member, is none. */
static int copy_stage(const struct refusal *refusal, const struct dcmchain_stage *from,
                      struct dcmchain_stage *ret_stage)
{
    if (from == NULL) {
        return refuse(refusal, "dcmchain_stage_entry() gave no stage");
    }
    if (from->abi != DCMCHAIN_STAGE_ABI) {
        return refuse(refusal, "it was built for stage ABI %u, this dcmchain knows %u: build it anew",
                      from->abi, DCMCHAIN_STAGE_ABI);
    }
    if (from->struct_size < offsetof(struct dcmchain_stage, run_open) ||
        from->struct_size % sizeof from->run_open != 0) {
        return refuse(refusal, "its struct_size of %u is none that a stage can have", from->struct_size);
    }
    *ret_stage = (struct dcmchain_stage){0};
    memcpy(ret_stage, from, from->struct_size < sizeof *ret_stage ? from->struct_size : sizeof *ret_stage);
    return DCMCHAIN_OK;
}

static bool is_name(const char *name)
{
    return name != NULL && name[0] != '\0' && strlen(name) <= MAX_NAME_BYTES &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

/* MAJOR.MINOR.PATCH, digits alone. */
static bool is_version(const char *version)
{
    for (int part = 0; version != NULL && part < 3; part++) {
        size_t digits = strspn(version, "0123456789");
        if (digits == 0 || digits > 9 || version[digits] != (part < 2 ? '.' : '\0')) {
            return false;
        }
        version += digits + 1;
    }
    return version != NULL;
}

static int check_stage(const struct refusal *refusal, const struct dcmchain_stage *stage)
{
    if (!is_name(stage->name)) {
        return refuse(refusal, "its name is not lower case letters, digits and dashes, at most %u",
                      MAX_NAME_BYTES);
    }
    if (!is_version(stage->version)) {
        return refuse(refusal, "its version is not MAJOR.MINOR.PATCH");
    }
    if (stage->summary == NULL || stage->summary[0] == '\0' || strchr(stage->summary, '\n') != NULL) {
        return refuse(refusal, "its summary is not one line");
    }
    if (stage->concurrency > DCMCHAIN_PARALLEL || stage->reserved != 0) {
        return refuse(refusal, "it declares a concurrency that this dcmchain does not know");
    }
    char problem[LOADER_PROBLEM_BYTES];
    if (settings_check_table(stage, problem, sizeof problem) != DCMCHAIN_OK) {
        return refuse(refusal, "%s", problem);
    }
    return DCMCHAIN_OK;
}

/* dlopen() would wait for a writer of a FIFO. */
static int check_file(const struct refusal *refusal)
{
    struct stat status;
    if (stat(refusal->file, &status) != 0) {
        return refuse(refusal, "%s", strerror(errno));
    }
    return S_ISREG(status.st_mode) ? DCMCHAIN_OK : refuse(refusal, "it is not a regular file");
}

static int refuse_library(const struct refusal *refusal)
{
    const char *text = dlerror();
    size_t length = strlen(refusal->file);
    text = text == NULL ? "it cannot be loaded" : text;
    if (strncmp(text, refusal->file, length) == 0 && strncmp(text + length, ": ", 2) == 0) {
        text += length + 2; /* it is named already */
    }
    return refuse(refusal, "%s", text);
}

int loader_open(const char *file, struct dcmchain_stage *ret_stage, char *ret_problem, size_t problem_size)
{
    struct refusal refusal = {file, ret_problem, problem_size};
    struct dcmchain_stage stage = {0};
    stage_entry entry = NULL;
    int result = check_file(&refusal);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return refuse_library(&refusal);
    }
    void *symbol = dlsym(library, "dcmchain_stage_entry");
    if (symbol == NULL) {
        return refuse(&refusal, "it is no dcmchain stage: it has no dcmchain_stage_entry()");
    }
    memcpy(&entry, &symbol, sizeof entry);
    result = copy_stage(&refusal, entry(), &stage);
    if (result == DCMCHAIN_OK) {
        result = check_stage(&refusal, &stage);
    }
    if (result == DCMCHAIN_OK) {
        *ret_stage = stage;
    }
    return result;
}

int loader_check_name(const char *file, const struct dcmchain_stage *stage, char *ret_problem,
                      size_t problem_size)
{
    struct refusal refusal = {file, ret_problem, problem_size};
    const char *slash = strrchr(file, '/');
    const char *base = slash == NULL ? file : slash + 1;
    size_t length = strlen(stage->name);
    if (strncmp(base, stage->name, length) == 0 && strcmp(base + length, ".so") == 0) {
        return DCMCHAIN_OK;
    }
    return refuse(&refusal, "it holds the stage '%s', so it cannot be found by name: it must be called %s.so",
                  stage->name, stage->name);
}
