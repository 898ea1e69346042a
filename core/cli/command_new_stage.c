/* command_new_stage.c: `dcmchain new-stage NAME`: writes a folder with a stage that builds at once, from
 * templates that were compiled in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "embedded.h"

#define MAX_NAME 40U

struct file {
    const char *name; /* @NAME@ in it is the stage's name */
    const unsigned char *text;
};

static const struct file files[] = {
    {"CMakeLists.txt", embedded_CMakeLists_txt_in},
    {"@NAME@.c", embedded_stage_c_in},
    {"README.md", embedded_README_md_in},
    {"pipeline.json", embedded_pipeline_json_in},
    {"test.sh", embedded_test_sh_in},
};

static bool is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= MAX_NAME &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length && name[0] >= 'a';
}

static bool is_taken(const char *name)
{
    char *json = NULL;
    char *problems = NULL;
    const bool taken = dcmchain_describe_stage(NULL, name, &json, &problems) == DCMCHAIN_OK;
    dcmchain_free(json);
    dcmchain_free(problems);
    return taken;
}

/* Replaces @NAME@, and @WORD@ by the name as a C identifier. Owned; NULL without memory. */
static char *fill(const char *template, const char *name)
{
    static const char *const marks[] = {"@NAME@", "@WORD@"};
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    bool well = stream != NULL;
    while (well && *template != '\0') {
        size_t mark = 0;
        while (mark < 2 && strncmp(template, marks[mark], strlen(marks[mark])) != 0) {
            mark++;
        }
        if (mark == 2) {
            well = fputc(*template ++, stream) != EOF;
            continue;
        }
        template += strlen(marks[mark]);
        for (const char *at = name; well && *at != '\0'; at++) {
            well = fputc(mark == 1 && *at == '-' ? '_' : *at, stream) != EOF;
        }
    }
    if (stream != NULL && fclose(stream) != 0) {
        well = false;
    }
    if (!well) {
        free(text);
        return NULL;
    }
    return text;
}

static bool write_one(const char *name, const struct file *file)
{
    char *base = fill(file->name, name);
    char *text = fill((const char *)file->text, name);
    char path[3 * MAX_NAME];
    bool well = base != NULL && text != NULL;
    if (well) {
        (void)snprintf(path, sizeof path, "%s/%s", name, base);
        well = write_file(path, text);
        well = well && (strcmp(base, "test.sh") != 0 || chmod(path, 0755) == 0);
    }
    free(base);
    free(text);
    return well;
}

int command_new_stage(const struct options *options)
{
    if (options->operand_count != 1 || !is_name(options->operands[0])) {
        return usage_error(
            "new-stage", "name one stage: lower case letters, digits and dashes, a letter first, at most %u",
            MAX_NAME);
    }
    const char *name = options->operands[0];
    if (is_taken(name)) { /* its folder would come first, and the pipelines would take it for the other */
        (void)fprintf(stderr, "dcmchain new-stage: there is a stage '%s' already: choose another name\n",
                      name);
        return EXIT_USAGE;
    }
    if (mkdir(name, 0777) != 0) {
        (void)fprintf(stderr, "dcmchain new-stage: the folder '%s' could not be made: %s\n", name,
                      strerror(errno));
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (!write_one(name, &files[i])) {
            (void)fprintf(stderr, "dcmchain new-stage: '%s' could not be written: %s\n", files[i].name,
                          strerror(errno));
            return EXIT_FAILED;
        }
    }
    (void)printf("made %s/; now:\n\n  cmake -B %s/build %s && cmake --build %s/build\n  dcmchain stages "
                 "--stage-dir %s/build\n\n%s/README.md goes on from there.\n",
                 name, name, name, name, name, name);
    return EXIT_DONE;
}
