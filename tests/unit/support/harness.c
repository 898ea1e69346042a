/* harness.c: see harness.h. */
#include "harness.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "key.h"
#include "report.h"
#include "text.h"

/* ---- the traced stages: their handles point to the harness ---- */

static struct harness *current; /* callbacks get no closure: one harness at a time */

__attribute__((__format__(__printf__, 2, 3))) static void trace(const struct dcmchain_scope *scope,
                                                                const char *format, ...)
{
    struct text line = TEXT_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(&line, format, arguments);
    va_end(arguments);
    char *added = text_take(&line);
    uint32_t study =
        scope == NULL || scope->study_info == NULL ? 0 : dcmchain_study_ordinal(scope->study_info);
    pthread_mutex_lock(&current->lock);
    char *before = current->traces[study];
    current->traces[study] = text_format("%s%s\n", before == NULL ? "" : before, added);
    pthread_mutex_unlock(&current->lock);
    free(before);
    free(added);
}

/* DCMCHAIN_OK, or what the harness wants of this call. */
static int fault(dcmchain_context *context, const char *callback)
{
    if (current->fault_callback == NULL || strcmp(callback, current->fault_callback) != 0 ||
        strcmp(dcmchain_context_id(context), current->fault_stage) != 0) {
        return DCMCHAIN_OK;
    }
    pthread_mutex_lock(&current->lock);
    bool now = ++current->callbacks == current->fault_at;
    pthread_mutex_unlock(&current->lock);
    if (!now) {
        return DCMCHAIN_OK;
    }
    if (current->stop_at_fault) {
        __atomic_store_n(&current->stop, 1, __ATOMIC_RELAXED);
        return DCMCHAIN_OK;
    }
    switch (current->fault_result) {
    case DCMCHAIN_DROP:
        return dcmchain_drop(context, "not wanted");
    case DCMCHAIN_E_RESIDUAL:
        return dcmchain_residual(context, "found in element (0010,0010)");
    default:
        return dcmchain_error(context, "made to fail");
    }
}

static void nap(void)
{
    if (current->sleep_us > 0) {
        static _Thread_local unsigned seed;
        seed += (unsigned)(uintptr_t)&seed;
        (void)usleep((useconds_t)((unsigned)rand_r(&seed) % current->sleep_us));
    }
}

static void opened(int by)
{
    pthread_mutex_lock(&current->lock);
    current->opens += (unsigned)by;
    pthread_mutex_unlock(&current->lock);
}

static int open_any(dcmchain_context *context, const struct dcmchain_scope *scope, const char *callback,
                    void **ret_handle)
{
    const char *id = dcmchain_context_id(context);
    if (scope != NULL && scope->series_info != NULL) {
        trace(scope, "%s %s %u", id, callback, dcmchain_series_ordinal(scope->series_info));
    } else {
        trace(scope, "%s %s", id, callback);
    }
    int result = fault(context, callback);
    if (result == DCMCHAIN_OK) {
        *ret_handle = calloc(1, 1); /* leaks unless its close is called: LeakSanitizer watches too */
        opened(1);
    }
    return result;
}

static int on_run_open(dcmchain_context *context, const void *config, void **ret_run)
{
    ck_assert_ptr_null(config);
    return open_any(context, NULL, "run_open", ret_run);
}

static int on_study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    return open_any(context, scope, "study_open", ret_study);
}

static int on_series_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_series)
{
    ck_assert_ptr_nonnull(scope->study);
    return open_any(context, scope, "series_open", ret_series);
}

static void edit_source(const struct dcmchain_scope *scope)
{
    DIR *folder = opendir(current->input);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.') {
            int fd = openat(dirfd(folder), entry->d_name, O_WRONLY | O_APPEND);
            ck_assert_int_ge(fd, 0);
            ck_assert_int_eq(write(fd, "x", 1), 1);
            close(fd);
        }
    }
    closedir(folder);
    (void)scope;
}

static int on_instance(dcmchain_context *context, const struct dcmchain_scope *scope,
                       dcmchain_instance *instance)
{
    ck_assert_ptr_nonnull(scope->series);
    nap();
    trace(scope, "%s instance %u.%u%s", dcmchain_context_id(context),
          dcmchain_series_ordinal(scope->series_info), dcmchain_instance_ordinal(instance),
          dcmchain_instance_is_head(instance) ? " head" : "");
    if (current->edit_source_in_instance) {
        edit_source(scope);
    }
    return fault(context, "instance");
}

static void name_artifact(const struct dcmchain_scope *scope, const dcmchain_artifact *artifact, unsigned try,
                          char *ret_path, size_t size)
{
    char suffix[16] = "";
    if (try > 1) {
        (void)snprintf(suffix, sizeof suffix, "-%u", try);
    }
    uint32_t study = dcmchain_study_ordinal(scope->study_info);
    uint32_t instance = dcmchain_artifact_instance_ordinal(artifact);
    if (scope->series_info == NULL) {
        (void)snprintf(ret_path, size, "study-%u/%s-document%s%s", study, dcmchain_artifact_kind(artifact),
                       suffix, dcmchain_artifact_extension(artifact));
    } else if (current->one_name) {
        (void)snprintf(ret_path, size, "study-%u/all/%s%s%s", study, dcmchain_artifact_kind(artifact), suffix,
                       dcmchain_artifact_extension(artifact));
    } else {
        (void)snprintf(ret_path, size, "study-%u/series-%u/%s-%u%s%s", study,
                       dcmchain_series_ordinal(scope->series_info), dcmchain_artifact_kind(artifact),
                       instance, suffix, dcmchain_artifact_extension(artifact));
    }
}

static int on_place(dcmchain_context *context, const struct dcmchain_scope *scope,
                    dcmchain_artifact *artifact, dcmchain_path *path)
{
    trace(scope, "%s place %s %u.%u", dcmchain_context_id(context), dcmchain_artifact_kind(artifact),
          scope->series_info == NULL ? 0 : dcmchain_series_ordinal(scope->series_info),
          dcmchain_artifact_instance_ordinal(artifact));
    ck_assert_ptr_nonnull(dcmchain_artifact_item(artifact));
    int result = fault(context, "place");
    for (unsigned try = 1; result == DCMCHAIN_OK; try++) {
        char name[256];
        name_artifact(scope, artifact, try, name, sizeof name);
        result = dcmchain_path_set(path, name);
        if (result != DCMCHAIN_E_TAKEN) {
            return result;
        }
        result = DCMCHAIN_OK;
    }
    return result;
}

static int on_artifact(dcmchain_context *context, const struct dcmchain_scope *scope,
                       dcmchain_artifact *artifact)
{
    nap();
    trace(scope, "%s artifact %s %u.%u", dcmchain_context_id(context), dcmchain_artifact_kind(artifact),
          scope->series_info == NULL ? 0 : dcmchain_series_ordinal(scope->series_info),
          dcmchain_artifact_instance_ordinal(artifact));
    ck_assert_ptr_nonnull(dcmchain_artifact_path(artifact));
    char *sha256 = NULL;
    ck_assert_int_eq(dcmchain_artifact_sha256(artifact, &sha256), DCMCHAIN_OK);
    dcmchain_free(sha256);
    return fault(context, "artifact");
}

static int close_any(dcmchain_context *context, const struct dcmchain_scope *scope, const char *callback,
                     uint32_t ok)
{
    bool series = scope->series_info != NULL;
    if (series) {
        trace(scope, "%s %s %u%s", dcmchain_context_id(context), callback,
              dcmchain_series_ordinal(scope->series_info), ok ? "" : " not ok");
    } else {
        trace(scope, "%s %s%s", dcmchain_context_id(context), callback, ok ? "" : " not ok");
    }
    free(series ? scope->series : scope->study);
    opened(-1);
    int result = fault(context, callback);
    if (result == DCMCHAIN_OK && ok && current->documents &&
        strcmp(dcmchain_context_id(context), "first") == 0) {
        result = dcmchain_emit(context, scope, series ? DCMCHAIN_KIND_SERIES_DATA : DCMCHAIN_KIND_TASK,
                               ".json", "{}\n", 3);
    }
    return result;
}

static int on_series_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    return close_any(context, scope, "series_close", ok);
}

static int on_study_close(dcmchain_context *context, const struct dcmchain_scope *scope, uint32_t ok)
{
    return close_any(context, scope, "study_close", ok);
}

static void on_run_close(dcmchain_context *context, void *run, uint32_t outcome)
{
    trace(NULL, "%s run_close %u", dcmchain_context_id(context), outcome);
    free(run);
    opened(-1);
}

/* ---- the harness ---- */

static void fill_stage(struct pipeline_stage *entry, char *id)
{
    *entry = (struct pipeline_stage){
        .id = id,
        .file = id,
        .stage = {.struct_size = sizeof entry->stage,
                  .abi = DCMCHAIN_STAGE_ABI,
                  .name = id,
                  .version = "1.0.0",
                  .summary = "a test's",
                  .concurrency = DCMCHAIN_PARALLEL,
                  .run_open = on_run_open,
                  .study_open = on_study_open,
                  .series_open = on_series_open,
                  .instance = on_instance,
                  .artifact = on_artifact,
                  .series_close = on_series_close,
                  .study_close = on_study_close,
                  .run_close = on_run_close},
    };
}

void harness_open(struct harness *harness)
{
    static char first[] = "first";
    static char second[] = "second";
    static char placer[] = "placer";
    static char name[] = "test";
    static char empty[] = "";
    *harness = (struct harness){.fault_stage = "first", .fault_result = DCMCHAIN_FAIL};
    current = harness;
    pthread_mutex_init(&harness->lock, NULL);
    (void)snprintf(harness->base, sizeof harness->base, "/tmp/dcmchain-runner-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(harness->base));
    (void)snprintf(harness->input, sizeof harness->input, "%s/in", harness->base);
    (void)snprintf(harness->output, sizeof harness->output, "%s/out", harness->base);
    ck_assert_int_eq(mkdir(harness->input, 0700), 0);
    ck_assert_int_eq(mkdir(harness->output, 0700), 0);
    fill_stage(&harness->stages[0], first);
    fill_stage(&harness->stages[1], second);
    fill_stage(&harness->stages[2], placer);
    harness->stages[2].stage.place = on_place;
    harness->pipeline = (struct pipeline){.name = name,
                                          .description = empty,
                                          .file = name,
                                          .quarantine_exit = 3,
                                          .project = "",
                                          .stages = harness->stages,
                                          .stage_count = 3,
                                          .placing = 2};
    harness->options = (struct dcmchain_run_options){.struct_size = sizeof harness->options,
                                                     .input_folder = harness->input,
                                                     .output_folder = harness->output};
}

static void forget(struct harness *harness)
{
    for (size_t i = 0; i <= HARNESS_STUDIES; i++) {
        free(harness->traces[i]);
        harness->traces[i] = NULL;
    }
    free(harness->tree);
    free(harness->json);
    harness->tree = harness->json = NULL;
    run_free(harness->run);
    harness->run = NULL;
    harness->opens = harness->callbacks = 0;
    harness->stop = 0;
}

void harness_close(struct harness *harness)
{
    forget(harness);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", harness->base);
    ck_assert_int_eq(system(command), 0);
    pthread_mutex_destroy(&harness->lock);
}

void harness_run(struct harness *harness, uint32_t threads)
{
    forget(harness);
    harness->options.threads = threads;
    harness->options.stop = &harness->stop;
    harness->run = run_new(&harness->pipeline, NULL);
    ck_assert_ptr_nonnull(harness->run);
    harness->run->options = harness->options;
    char *problem = NULL;
    int result = run_execute(harness->run, NULL, &problem);
    ck_assert_msg(result == DCMCHAIN_OK, "run_execute: %s", problem == NULL ? "" : problem);
    harness->exit_code = report_exit_code(harness->run);
    harness->tree = report_tree(harness->run);
    harness->json = report_json(harness->run);
    ck_assert_ptr_nonnull(harness->tree);
    ck_assert_ptr_nonnull(harness->json);
    /* What was not published goes now, as it does before dcmchain_chain_run() returns. */
    sink_close(harness->run->sink);
    harness->run->sink = NULL;
}

static void element(struct text *text, uint16_t group, uint16_t number, const char *vr, const char *value)
{
    size_t length = strlen(value);
    size_t padded = length + length % 2;
    unsigned char head[8] = {(unsigned char)group,         (unsigned char)(group >> 8), (unsigned char)number,
                             (unsigned char)(number >> 8), (unsigned char)vr[0],        (unsigned char)vr[1],
                             (unsigned char)padded,        (unsigned char)(padded >> 8)};
    text_append_bytes(text, (const char *)head, sizeof head);
    text_append_bytes(text, value, length);
    if (padded != length) {
        text_append_bytes(text, vr[0] == 'U' ? "\0" : " ", 1);
    }
}

void harness_add(struct harness *harness, const char *file, unsigned study, unsigned series,
                 unsigned instance, int number)
{
    char uid[64];
    struct text meta = TEXT_EMPTY;
    struct text set = TEXT_EMPTY;
    struct text whole = TEXT_EMPTY;
    char zeros[128] = {0};
    (void)snprintf(uid, sizeof uid, "1.2.3.%u.%u.%u", study, series, instance);
    element(&meta, 0x0002, 0x0002, "UI", "1.2.840.10008.5.1.4.1.1.7");
    element(&meta, 0x0002, 0x0003, "UI", uid);
    element(&meta, 0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1");
    element(&set, 0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7");
    element(&set, 0x0008, 0x0018, "UI", uid);
    element(&set, 0x0010, 0x0020, "LO", "PATIENT");
    (void)snprintf(uid, sizeof uid, "1.2.3.%u", study);
    element(&set, 0x0020, 0x000D, "UI", uid);
    (void)snprintf(uid, sizeof uid, "1.2.3.%u.%u", study, series);
    element(&set, 0x0020, 0x000E, "UI", uid);
    (void)snprintf(uid, sizeof uid, "%u", series);
    element(&set, 0x0020, 0x0011, "IS", uid);
    if (number >= 0) {
        (void)snprintf(uid, sizeof uid, "%d", number);
        element(&set, 0x0020, 0x0013, "IS", uid);
    }
    text_append_bytes(&whole, zeros, sizeof zeros);
    text_append(&whole, "DICM");
    char length[5] = {(char)(unsigned char)meta.length, (char)(unsigned char)(meta.length >> 8), 0, 0, 0};
    text_append_bytes(&whole, "\x02\x00\x00\x00UL\x04\x00", 8);
    text_append_bytes(&whole, length, 4);
    text_append_bytes(&whole, meta.bytes, meta.length);
    text_append_bytes(&whole, set.bytes, set.length);
    harness_add_bytes(harness, file, whole.bytes, whole.length);
    text_free(&meta);
    text_free(&set);
    text_free(&whole);
}

void harness_add_bytes(struct harness *harness, const char *file, const void *bytes, size_t length)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", harness->input, file);
    FILE *stream = fopen(path, "wb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, length, stream), length);
    ck_assert_int_eq(fclose(stream), 0);
}

void harness_digest(const struct harness *harness, char ret_hex[65])
{
    char command[512];
    (void)snprintf(
        command, sizeof command,
        "cd '%s' && find . -mindepth 1 -printf '%%P %%y %%m %%T@\\n' | LC_ALL=C sort > ../list && find . "
        "-type f -print0 | LC_ALL=C sort -z | "
        "xargs -0 -r sha256sum >> ../list && sha256sum < ../list",
        harness->output);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_uint_eq(fread(ret_hex, 1, 64, pipe), 64);
    ret_hex[64] = '\0';
    (void)pclose(pipe);
}

unsigned harness_output_entries(const struct harness *harness)
{
    unsigned count = 0;
    DIR *folder = opendir(harness->output);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 ? 1 : 0;
    }
    closedir(folder);
    return count;
}
