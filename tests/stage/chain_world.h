/* chain_world.h: runs pipelines of shipped stages over made files, through the public API, into a folder of
 * its own: what the tests of stages share that need the core's names, counts and substitutions. Included once
 * by a test; it asserts only that what it does itself succeeds. */
#ifndef CHAIN_WORLD_H
#define CHAIN_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dcmchain/chain.h"
#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

#define WORLD_ATTRIBUTES 64U
#define WORLD_PATH 1024U
#define WORLD_STUDY "1.2.276.0.99999.1"

static struct {
    char base[40]; /* base/in, base/out, base/key, base/pipeline.json, base/task.json */
    const char *task;
    bool random_key; /* else the key in base/key */
    int exit_code;   /* -1: the pipeline was refused */
    char *problems;  /* of the pipeline, or of the run */
    char *tree;
    char *report;
} world;

/* One more element of a file: text, or the raw bytes of `length`. */
struct attribute {
    uint32_t tag;
    const char *vr;
    const char *value;
    size_t length; /* 0: strlen(value) */
};

static inline void world_text(char **text)
{
    dcmchain_free(*text);
    *text = NULL;
}

static inline void world_path(const char *name, char ret_path[WORLD_PATH])
{
    (void)snprintf(ret_path, WORLD_PATH, "%s/%s", world.base, name);
}

static inline void world_write(const char *name, const void *bytes, size_t length)
{
    char path[WORLD_PATH];
    world_path(name, path);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* The key is always the same: with a random one, what a test looks for in vain would turn up in a hash or UID
 * one day. */
static inline void world_open(void)
{
    static const char key[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
    char path[WORLD_PATH];
    memset(&world, 0, sizeof world);
    (void)strcpy(world.base, "/tmp/dcmchain-world-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(world.base));
    world_path("in", path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    world_write("key", key, strlen(key));
    world_path("key", path);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

static inline void world_close(void)
{
    char command[80];
    world_text(&world.problems);
    world_text(&world.tree);
    world_text(&world.report);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", world.base);
    ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c): a test's own folder */
}

static inline int world_by_tag(const void *left, const void *right)
{
    const uint32_t a = ((const struct attribute *)left)->tag;
    const uint32_t b = ((const struct attribute *)right)->tag;
    return a < b ? -1 : a > b;
}

/* Writes an MR image of a series ("1", "2" …) and an instance ("1.1" …) of one study, in UTF-8, with these
 * attributes; the last one has tag 0. A tag that is given twice counts as the caller spelt it first. */
static inline void world_add(const char *series, const char *instance, const struct attribute *attributes)
{
    char series_uid[64];
    char instance_uid[64];
    char name[64];
    struct attribute all[WORLD_ATTRIBUTES];
    size_t count = 0;
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    (void)snprintf(series_uid, sizeof series_uid, WORLD_STUDY ".%s", series);
    (void)snprintf(instance_uid, sizeof instance_uid, WORLD_STUDY ".9.%s", instance);
    (void)snprintf(name, sizeof name, "in/%s-%s.dcm", series, instance);
    for (; attributes->tag != 0; attributes++) {
        ck_assert_uint_lt(count, WORLD_ATTRIBUTES - 6);
        all[count++] = *attributes;
    }
    all[count++] = (struct attribute){0x00080005, "CS", "ISO_IR 192", 0};
    all[count++] = (struct attribute){0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4", 0};
    all[count++] = (struct attribute){0x00080018, "UI", instance_uid, 0};
    all[count++] = (struct attribute){0x0020000D, "UI", WORLD_STUDY, 0};
    all[count++] = (struct attribute){0x0020000E, "UI", series_uid, 0};
    qsort(all, count, sizeof all[0], world_by_tag);
    for (size_t i = 0; i < count; i++) {
        if (all[i].length > 0) {
            dicom_element(&set, all[i].tag, all[i].vr, all[i].value, all[i].length);
        } else {
            dicom_text(&set, all[i].tag, all[i].vr, all[i].value);
        }
    }
    dicom_file(&file, DICOM_EXPLICIT_UID, &set);
    world_write(name, file.data, file.length);
    dicom_free(&set);
    dicom_free(&file);
}
#define WORLD_ADD(series, instance, ...)                                                                     \
    world_add(series, instance, (const struct attribute[]){__VA_ARGS__, {0, NULL, NULL, 0}})

static inline void world_publish(dcmchain_chain *chain)
{
    char in[WORLD_PATH];
    char out[WORLD_PATH];
    char key[WORLD_PATH];
    dcmchain_report *report = NULL;
    world_path("in", in);
    world_path("key", key);
    world_path("out", out);
    const struct dcmchain_run_options options = {.struct_size = sizeof options,
                                                 .threads = 2,
                                                 .input_folder = in,
                                                 .output_folder = out,
                                                 .key_file = world.random_key ? NULL : key,
                                                 .existing = DCMCHAIN_EXISTING_REPLACE};
    const int result = dcmchain_chain_run(chain, &options, &report, &world.problems);
    ck_assert_msg(report != NULL, "%d: %s", result, world.problems == NULL ? "no report" : world.problems);
    world.exit_code = dcmchain_report_exit_code(report);
    ck_assert_int_eq(dcmchain_report_tree(report, &world.tree), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_report_json(report, &world.report), DCMCHAIN_OK);
    dcmchain_report_free(report);
}

/* Runs a pipeline of these stages (the text of its array), and of these further top-level members ("" or
 * "\"flat\": true, "), over what was added. */
static inline void world_run(const char *members, const char *stages)
{
    char text[8192];
    char pipeline[WORLD_PATH];
    char task[WORLD_PATH];
    dcmchain_chain *chain = NULL;
    world_text(&world.problems);
    world_text(&world.tree);
    world_text(&world.report);
    (void)snprintf(text, sizeof text, "{\"dcmchain\": 1, \"name\": \"world\", %s\"stages\": [%s]}", members,
                   stages);
    world_write("pipeline.json", text, strlen(text));
    world_path("pipeline.json", pipeline);
    if (world.task != NULL) {
        world_write("task.json", world.task, strlen(world.task));
        world_path("task.json", task);
    }
    const struct dcmchain_chain_options options = {
        .struct_size = sizeof options, .pipeline = pipeline, .task_file = world.task == NULL ? NULL : task};
    world.exit_code = -1;
    if (dcmchain_chain_open(&options, &chain, &world.problems) == DCMCHAIN_OK) {
        world_text(&world.problems); /* warnings */
        world_publish(chain);
    }
    dcmchain_chain_free(chain);
}

/* The bytes of a published file, as text. Overwritten by the next call. */
static inline const char *world_read(const char *relative)
{
    static char text[1 << 16];
    char path[WORLD_PATH];
    char below[512];
    (void)snprintf(below, sizeof below, "out/%s", relative);
    world_path(below, path);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "no '%s' in\n%s", relative, world.tree == NULL ? "" : world.tree);
    const size_t length = fread(text, 1, sizeof text - 1, file);
    ck_assert_int_eq(fclose(file), 0);
    text[length] = '\0';
    return text;
}

static inline bool world_has(const char *relative)
{
    char path[WORLD_PATH];
    char below[512];
    (void)snprintf(below, sizeof below, "out/%s", relative);
    world_path(below, path);
    return access(path, F_OK) == 0;
}

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "no '%s' in\n%s", part, text)
#define HAS_NOT(text, part) ck_assert_msg(strstr(text, part) == NULL, "'%s' is in\n%s", part, text)

#endif
