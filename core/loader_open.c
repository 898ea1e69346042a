/* loader_open.c: loads one stage file and checks what it says of itself (loader.h). */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "loader.h"
#include "settings.h"

typedef const struct dcmchain_stage *(*stage_entry)(void);

static int refuse(char *ret_problem, size_t size, const char *file, const char *text)
{
    (void)snprintf(ret_problem, size, "%s: %s", file, text);
    return DCMCHAIN_E_CONFIG;
}

/* A struct shorter than the oldest that there was has no callbacks to speak of. */
static int copy_stage(const char *file, const struct dcmchain_stage *from, struct dcmchain_stage *ret_stage,
                      char *ret_problem, size_t size)
{
    if (from == NULL) {
        return refuse(ret_problem, size, file, "dcmchain_stage_entry() gave no stage");
    }
    if (from->abi != DCMCHAIN_STAGE_ABI) {
        (void)snprintf(ret_problem, size,
                       "%s: it was built for stage ABI %u, this dcmchain knows %u: build it anew", file,
                       from->abi, DCMCHAIN_STAGE_ABI);
        return DCMCHAIN_E_CONFIG;
    }
    if (from->struct_size < offsetof(struct dcmchain_stage, run_open)) {
        return refuse(ret_problem, size, file, "its struct_size is too small to be a stage's");
    }
    *ret_stage = (struct dcmchain_stage){0};
    memcpy(ret_stage, from, from->struct_size < sizeof *ret_stage ? from->struct_size : sizeof *ret_stage);
    return DCMCHAIN_OK;
}

static const char *stage_problem(const struct dcmchain_stage *stage)
{
    if (stage->name == NULL || stage->name[0] == '\0' ||
        strspn(stage->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(stage->name)) {
        return "its name is not lower case letters, digits and dashes";
    }
    if (stage->version == NULL || stage->summary == NULL) {
        return "it has no version or no summary";
    }
    if (stage->concurrency > DCMCHAIN_PARALLEL) {
        return "it declares a concurrency that this dcmchain does not know";
    }
    return NULL;
}

int loader_open(const char *file, struct dcmchain_stage *ret_stage, char *ret_problem, size_t problem_size)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *text = dlerror();
        return refuse(ret_problem, problem_size, file, text == NULL ? "it cannot be loaded" : text);
    }
    void *symbol = dlsym(library, "dcmchain_stage_entry");
    if (symbol == NULL) {
        return refuse(ret_problem, problem_size, file,
                      "it is no dcmchain stage: it has no dcmchain_stage_entry()");
    }
    stage_entry entry = NULL;
    memcpy(&entry, &symbol, sizeof entry);
    struct dcmchain_stage stage;
    int result = copy_stage(file, entry(), &stage, ret_problem, problem_size);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    const char *problem = stage_problem(&stage);
    if (problem != NULL) {
        return refuse(ret_problem, problem_size, file, problem);
    }
    char table[256];
    if (settings_check_table(&stage, table, sizeof table) != DCMCHAIN_OK) {
        return refuse(ret_problem, problem_size, file, table);
    }
    *ret_stage = stage;
    return DCMCHAIN_OK;
}
