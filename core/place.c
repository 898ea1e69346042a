/* place.c: gives artifacts their paths, writes them below the staging folder and shows them to the stages.
 * It decides no name: the placing stage does, and this file checks it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "run.h"
#include "text.h"

/* ---- placing ---- */

static char *stage_problem(const struct dcmchain_context *context, int result, const char *callback)
{
    return text_format("stage '%s': %s", context->entry->id, call_failure(result, callback));
}

static int keep_text(dcmchain_study *study, const char *text, const char **ret_text)
{
    *ret_text = arena_keep(&study->texts, text, strlen(text));
    return *ret_text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

int place_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem)
{
    const char *sop_uid = artifact->work->sop_uid;
    if (sop_uid != NULL && keep_text(artifact->study, sop_uid, &artifact->sop_uid) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    struct dcmchain_context *context = &run->contexts[run->pipeline->placing];
    struct dcmchain_path path = {.study = artifact->study, .context = context, .artifact = artifact};
    struct dcmchain_scope scope = scope_of(context, artifact->study, artifact->series);
    struct call call;
    call_begin(&call, context, artifact->study, artifact->series, NULL);
    int result = context->entry->stage.place(context, &scope, artifact, &path);
    call_end(&call);
    if (result != DCMCHAIN_OK) {
        *ret_problem = stage_problem(context, result, "place()");
        free(path.relative);
        return DCMCHAIN_FAIL;
    }
    if (path.relative == NULL) {
        *ret_problem = text_format("stage '%s': place() gave no path", context->entry->id);
        return DCMCHAIN_FAIL;
    }
    AUTO_FREE char *relative = path.relative;
    artifact->state = ARTIFACT_PLACED;
    return keep_text(artifact->study, relative, &artifact->path);
}

/* Where flat is off the first component holds the study: one for the study, and no other study's. */
static int claim_folder(dcmchain_path *path, const char *relative)
{
    dcmchain_study *study = path->study;
    struct run *run = study->run;
    const char *slash = strchr(relative, '/');
    if (slash == NULL) {
        return dcmchain_error(NULL,
                              "a path needs a folder that holds the study before the file's name, or the "
                              "pipeline says \"flat\": true");
    }
    AUTO_FREE char *folder = strndup(relative, (size_t)(slash - relative));
    if (folder == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (study->folder != NULL) {
        /* NOLINTBEGIN(clang-analyzer-unix.Malloc): the cleanup attribute frees folder */
        return strcmp(study->folder, folder) == 0
                   ? DCMCHAIN_OK
                   : dcmchain_error(NULL,
                                    "the first folder of a path differs within one study: it must hold the "
                                    "whole study");
        /* NOLINTEND(clang-analyzer-unix.Malloc) */
    }
    (void)pthread_mutex_lock(&run->folders_lock);
    int result = names_claim_path(run->folders, folder);
    (void)pthread_mutex_unlock(&run->folders_lock);
    if (result == DCMCHAIN_E_TAKEN) {
        return dcmchain_error(
            NULL, "the first folder of its paths is that of another study already: it must be the "
                  "study's own, as {StudyInstanceUID} is");
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (sink_study_exists(study->sink, folder) == DCMCHAIN_E_TAKEN) {
        if (run->options.existing == DCMCHAIN_EXISTING_SKIP) {
            study->skipped = true;
            return dcmchain_error(NULL, "the study is in the output folder already");
        }
        if (run->options.existing != DCMCHAIN_EXISTING_REPLACE) {
            return dcmchain_error(
                NULL, "the study is in the output folder already: remove it, or choose what to do "
                      "with --existing replace or skip");
        }
    }
    study->folder = folder;
    folder = NULL;
    return DCMCHAIN_OK;
}

static int claim_name(dcmchain_path *path, const char *relative)
{
    struct run *run = path->study->run;
    if (!run->pipeline->flat) {
        return names_claim_path(path->study->names, relative);
    }
    (void)pthread_mutex_lock(&run->folders_lock);
    int result = names_claim_path(run->folders, relative);
    (void)pthread_mutex_unlock(&run->folders_lock);
    return result;
}

int dcmchain_path_set(dcmchain_path *path, const char *relative)
{
    char problem[256] = "";
    if (names_check_path(relative, problem, sizeof problem) != DCMCHAIN_OK) {
        (void)dcmchain_error(NULL, "path: %s", problem);
        return DCMCHAIN_E_INVALID;
    }
    if (!path->study->run->pipeline->flat) {
        int result = claim_folder(path, relative);
        if (result != DCMCHAIN_OK) {
            return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_INVALID;
        }
    }
    int result = claim_name(path, relative);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    char *copy = strdup(relative);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    free(path->relative);
    path->relative = copy;
    return DCMCHAIN_OK;
}

int dcmchain_path_claim(dcmchain_path *path, const char *name)
{
    return names_claim(path->study->names, path->context->entry->id, name);
}

/* ---- writing and showing ---- */

/* A source that was written to while it was copied may have given half of each version. */
static int check_source(const struct dcmchain_artifact *artifact)
{
    struct stat status;
    if (artifact->work->fd < 0) {
        return DCMCHAIN_OK;
    }
    if (fstat(artifact->work->fd, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    const struct scan_file *file = &artifact->work->source->file;
    int64_t mtime_ns = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    return (uint64_t)status.st_size == file->size && mtime_ns == file->mtime_ns ? DCMCHAIN_OK
                                                                                : DCMCHAIN_E_INVALID;
}

static int write_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem)
{
    struct sink_file *file = NULL;
    int result = sink_file_create(artifact->study->sink, artifact->path, &file, ret_problem);
    if (result != DCMCHAIN_OK) {
        return DCMCHAIN_FAIL;
    }
    int written = artifact->instance_ordinal == 0
                      ? sink_file_write(file, artifact->work->document, (size_t)artifact->size)
                      : artifact_write(artifact, file, run);
    int saved = errno;
    int unchanged = written == DCMCHAIN_OK ? check_source(artifact) : DCMCHAIN_OK;
    int finished = sink_file_finish(file, written == DCMCHAIN_OK && unchanged == DCMCHAIN_OK);
    if (written == DCMCHAIN_E_INVALID || unchanged == DCMCHAIN_E_INVALID) {
        *ret_problem = text_format("the source file changed while it was read");
    } else if (run_stopped(run) && written != DCMCHAIN_OK) {
        *ret_problem = text_format("stopped");
    } else if (written != DCMCHAIN_OK) {
        *ret_problem = text_format("writing to the output folder: %s", strerror(saved));
    } else if (finished != DCMCHAIN_OK || unchanged != DCMCHAIN_OK) {
        *ret_problem = text_format("writing to the output folder: %s", strerror(errno));
    } else {
        return DCMCHAIN_OK;
    }
    return DCMCHAIN_FAIL;
}

static int show_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem)
{
    for (size_t i = 0; i < run->context_count; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->entry->stage.artifact == NULL) {
            continue;
        }
        struct dcmchain_scope scope = scope_of(context, artifact->study, artifact->series);
        struct call call;
        call_begin(&call, context, artifact->study, artifact->series, NULL);
        call.showing = true;
        int result = context->entry->stage.artifact(context, &scope, artifact);
        call_end(&call);
        if (result != DCMCHAIN_OK) {
            *ret_problem = stage_problem(context, result, "artifact()");
            return result == DCMCHAIN_E_RESIDUAL ? result : DCMCHAIN_FAIL;
        }
    }
    return DCMCHAIN_OK;
}

int finish_artifact(struct run *run, struct dcmchain_artifact *artifact, char **ret_problem)
{
    int result =
        artifact->instance_ordinal == 0 ? DCMCHAIN_OK : artifact_open_instance(artifact, ret_problem);
    if (result == DCMCHAIN_OK) {
        result = write_artifact(run, artifact, ret_problem);
    }
    if (result == DCMCHAIN_OK) {
        result = show_artifact(run, artifact, ret_problem);
    }
    artifact_release(artifact);
    artifact->state = ARTIFACT_FINAL;
    return result == DCMCHAIN_OK || result == DCMCHAIN_E_RESIDUAL ? result : DCMCHAIN_FAIL;
}

/* ---- lists and documents ---- */

void artifact_list_free(struct dcmchain_artifact ***list, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        artifact_free((*list)[i]);
    }
    free(*list);
    *list = NULL;
    *count = 0;
}

int artifact_list_add(struct dcmchain_artifact ***list, size_t *count, struct dcmchain_artifact *artifact)
{
    /* Grown at powers of two: the count tells the capacity. */
    if ((*count & (*count - 1)) == 0) {
        size_t capacity = *count == 0 ? 1 : *count * 2;
        struct dcmchain_artifact **grown = realloc(*list, capacity * sizeof(struct dcmchain_artifact *));
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        *list = grown;
    }
    (*list)[(*count)++] = artifact;
    return DCMCHAIN_OK;
}

static bool is_word(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 64 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool is_extension(const char *text)
{
    size_t length = strlen(text);
    return length <= 16 &&
           (length == 0 ||
            (text[0] == '.' && length > 1 &&
             strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
                 length - 1 &&
             text[length - 1] != '.'));
}

int dcmchain_emit(dcmchain_context *context, const struct dcmchain_scope *scope, const char *kind,
                  const char *extension, const void *bytes, size_t length_bytes)
{
    struct call *call = call_current();
    if (call == NULL || !call->closing || call->context != context || scope->series_info != call->series) {
        (void)dcmchain_error(
            context, "dcmchain_emit: documents are emitted in series_close and study_close only, with "
                     "the scope given there, where ok is 1");
        return DCMCHAIN_E_USAGE;
    }
    if (!is_word(kind) || strcmp(kind, DCMCHAIN_KIND_IMAGE) == 0 || !is_extension(extension)) {
        (void)dcmchain_error(
            context, "dcmchain_emit: a kind is lower case letters, digits and dashes and not 'image', an "
                     "extension a dot and letters");
        return DCMCHAIN_E_INVALID;
    }
    if (length_bytes > LIMIT_DOCUMENT_BYTES) {
        (void)dcmchain_error(context, "dcmchain_emit: a document of more than %llu bytes",
                             (unsigned long long)LIMIT_DOCUMENT_BYTES);
        return DCMCHAIN_E_RANGE;
    }
    struct dcmchain_artifact *artifact = artifact_new(call->study, call->series);
    if (artifact == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    artifact->size = length_bytes;
    artifact->kind = strdup(kind);
    artifact->extension = strdup(extension);
    artifact->work->document = malloc(length_bytes == 0 ? 1 : length_bytes);
    if (artifact->kind == NULL || artifact->extension == NULL || artifact->work->document == NULL ||
        artifact_list_add(&call->emitted, &call->emitted_count, artifact) != DCMCHAIN_OK) {
        artifact_free(artifact);
        return DCMCHAIN_E_MEMORY;
    }
    if (length_bytes > 0) {
        memcpy(artifact->work->document, bytes, length_bytes);
    }
    return DCMCHAIN_OK;
}
