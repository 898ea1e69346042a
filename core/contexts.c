/* contexts.c: the contexts of a run's stages: opening and closing them, and the services that need the key or
 * the pipeline. It calls run_open and run_close, no other callback. */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "kept.h"
#include "run.h"
#include "seal.h"
#include "text.h"

static int context_open(struct run *run, struct dcmchain_context *context)
{
    const struct dcmchain_stage *stage = &context->entry->stage;
    if (stage->run_open == NULL) {
        context->opened = true;
        return DCMCHAIN_OK;
    }
    size_t before_count = run->setting_problems.count;
    struct call call;
    call_begin(&call, context, NULL, NULL, NULL);
    context->opening = true;
    int result = stage->run_open(context, context->entry->config, &context->handle);
    context->opening = false;
    call_end(&call);
    context->opened = result == DCMCHAIN_OK;
    if (run->setting_problems.count > before_count && (result == DCMCHAIN_OK || call_text()[0] == '\0')) {
        return DCMCHAIN_FAIL; /* each is told with its place */
    }
    if (result != DCMCHAIN_OK) {
        const char *text = call_text();
        if (setting_problem_in(context, text)) {
            return DCMCHAIN_FAIL;
        }
        char *before = run->problem;
        run->problem =
            text_format("%s%sstage '%s': %s", before == NULL ? "" : before, before == NULL ? "" : "\n",
                        context->entry->id, call_failure(result, "run_open()"));
        free(before);
        return DCMCHAIN_FAIL;
    }
    return DCMCHAIN_OK;
}

/* The policy in force, and whether it is the one that is expected. */
static int settle_policy(struct run *run)
{
    uint8_t(*parts)[32] = calloc(run->context_count == 0 ? 1 : run->context_count, sizeof *parts);
    int result = parts == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0; i < run->context_count; i++) {
        digest_close(run->contexts[i].tables, parts == NULL ? NULL : parts[i]);
        run->contexts[i].tables = NULL;
    }
    if (result == DCMCHAIN_OK) {
        result = policy_compute(run->pipeline, (const uint8_t(*)[32])parts, run->policy);
    }
    free(parts);
    const char *expected = run->pipeline->expect_policy;
    if (result == DCMCHAIN_OK && expected[0] != '\0' && strcmp(expected, run->policy) != 0) {
        run->problem = text_format("the policy hash is %s, and %s is expected (expect_policy): pipeline, "
                                   "settings, tables or versions have changed",
                                   run->policy, expected);
        return DCMCHAIN_FAIL;
    }
    return result;
}

int contexts_open(struct run *run)
{
    run->contexts = calloc(run->pipeline->stage_count, sizeof *run->contexts);
    if (run->contexts == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    run->context_count = run->pipeline->stage_count;
    for (size_t i = 0; i < run->context_count; i++) {
        run->contexts[i].run = run;
        run->contexts[i].entry = &run->pipeline->stages[i];
        (void)pthread_mutex_init(&run->contexts[i].serial, NULL);
    }
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < run->context_count && result == DCMCHAIN_OK; i++) {
        result = digest_open(&run->contexts[i].tables);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    for (size_t i = 0; i < run->context_count; i++) {
        if (context_open(run, &run->contexts[i]) != DCMCHAIN_OK) {
            result = DCMCHAIN_FAIL; /* go on: all that is wrong with the settings is told at once */
        }
    }
    if (result == DCMCHAIN_OK) {
        result = kept_compare(run);
    }
    return result == DCMCHAIN_OK ? settle_policy(run) : result;
}

void contexts_close(struct run *run, uint32_t outcome)
{
    for (size_t i = 0; i < run->context_count; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        if (context->opened && context->entry->stage.run_close != NULL) {
            struct call call;
            call_begin(&call, context, NULL, NULL, NULL);
            context->entry->stage.run_close(context, context->handle, outcome);
            call_end(&call);
        }
        digest_close(context->tables, NULL);
        (void)pthread_mutex_destroy(&context->serial);
    }
    free(run->contexts);
    run->contexts = NULL;
    run->context_count = 0;
}

const char *dcmchain_context_id(const dcmchain_context *context)
{
    return context->entry->id;
}

uint32_t dcmchain_context_dry_run(const dcmchain_context *context)
{
    return context->run->options.dry_run != 0 ? 1 : 0;
}

void dcmchain_hmac(const dcmchain_context *context, const char *domain, const void *bytes,
                   size_t length_bytes, uint8_t ret_digest[32])
{
    key_hmac(context->run->key, context->run->pipeline->project, domain, bytes, length_bytes, ret_digest);
}

const char *dcmchain_key_id(const dcmchain_context *context)
{
    return key_id(context->run->key);
}

uint32_t dcmchain_key_is_lasting(const dcmchain_context *context)
{
    return key_is_lasting(context->run->key) ? 1 : 0;
}

const char *dcmchain_project(const dcmchain_context *context)
{
    return context->run->pipeline->project;
}

const char *dcmchain_persistence(const dcmchain_context *context)
{
    const struct persistence *persistence = context->run->persistence;
    return persistence == NULL ? NULL : persistence_path(persistence);
}

size_t dcmchain_keyring_count(const dcmchain_context *context)
{
    return context->run->ring.count;
}

const char *dcmchain_keyring_id(const dcmchain_context *context, size_t index)
{
    const struct keyring *ring = &context->run->ring;
    return index < ring->count ? key_id(ring->keys[index]) : NULL;
}

int dcmchain_keyring_hmac(const dcmchain_context *context, size_t index, const char *domain,
                          const void *bytes, size_t length_bytes, uint8_t ret_digest[32])
{
    const struct keyring *ring = &context->run->ring;
    if (index >= ring->count) {
        return DCMCHAIN_E_RANGE;
    }
    key_hmac(ring->keys[index], "", domain, bytes, length_bytes, ret_digest);
    return DCMCHAIN_OK;
}

int dcmchain_seal(const dcmchain_context *context, const char *purpose, const void *bytes,
                  size_t length_bytes, uint8_t **ret_sealed, size_t *ret_length_bytes)
{
    return seal_bytes(context->run->key, purpose, bytes, length_bytes, ret_sealed, ret_length_bytes);
}

int dcmchain_unseal(const dcmchain_context *context, const char *purpose, const void *sealed,
                    size_t length_bytes, char **ret_bytes, size_t *ret_length_bytes)
{
    const struct keyring *ring = &context->run->ring;
    return seal_open(ring->keys, ring->count, purpose, sealed, length_bytes, ret_bytes, ret_length_bytes);
}

int dcmchain_log_access(const dcmchain_context *context, const char *what, const char *kind, uint64_t count,
                        const char *reason)
{
    struct persistence *persistence = context->run->persistence;
    return persistence == NULL ? DCMCHAIN_E_ABSENT
                               : persistence_log_access(persistence, what, kind, count, reason);
}

const char *dcmchain_task_json(const dcmchain_context *context)
{
    return context->run->scan == NULL ? NULL : context->run->scan->task_json;
}

/* ---- the policy ---- */

void dcmchain_policy_add(dcmchain_context *context, const char *what, const void *bytes, size_t length_bytes)
{
    if (context->opening && context->tables != NULL) {
        policy_part(context->tables, what, bytes, length_bytes);
    }
}

const char *dcmchain_pipeline_name(const dcmchain_context *context)
{
    return context->run->pipeline->name;
}

const char *dcmchain_policy(const dcmchain_context *context)
{
    return context->run->policy;
}

static void hex_digest(void *closure, const char *json_text, char ret_hex[65])
{
    const struct run *run = closure;
    uint8_t digest[32];
    key_hmac(run->key, run->pipeline->project, "dcmchain sensitive setting", json_text, strlen(json_text),
             digest);
    digest_hex(digest, sizeof digest, ret_hex);
}

int run_describe(struct run *run, char **ret_json)
{
    struct text text = TEXT_EMPTY;
    text_append(&text, "{");
    text_json_member(&text, "version", dcmchain_version());
    text_json_member(&text, "pipeline", run->pipeline->name);
    text_json_member(&text, "policy", run->policy);
    text_append(&text, ",\"stages\":[");
    for (size_t i = 0; i < run->pipeline->stage_count; i++) {
        const struct pipeline_stage *entry = &run->pipeline->stages[i];
        text_append(&text, i == 0 ? "{" : ",{");
        text_json_member(&text, "id", entry->id);
        text_json_member(&text, "stage", entry->stage.name);
        text_json_member(&text, "version", entry->stage.version);
        AUTO_FREE char *settings =
            entry->settings == NULL ? strdup("{}") : settings_json(entry->settings, hex_digest, run);
        text_printf(&text, ",\"settings\":%s}", settings == NULL ? "{}" : settings);
        text.failed = text.failed || settings == NULL;
    }
    text_append(&text, "],\"key_id\":");
    text_json_string(&text, key_id(run->key));
    text_printf(&text, ",\"key_lasting\":%s", key_is_lasting(run->key) ? "true" : "false");
    text_json_member(&text, "project", run->pipeline->project);
    text_append(&text, "}");
    char *json = text_take(&text);
    if (json == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}

int dcmchain_describe_run(const dcmchain_context *context, char **ret_json)
{
    return run_describe(context->run, ret_json);
}
