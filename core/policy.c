/* policy.c: see policy.h: the pipeline's part. The settings' is policy_settings.c's. */
#include "policy.h"

#include <stdio.h>
#include <string.h>

void policy_part(struct digest *digest, const char *what, const void *bytes, size_t length)
{
    const size_t lengths[] = {strlen(what), length};
    for (size_t i = 0; i < 2; i++) {
        uint8_t prefix[8];
        for (size_t byte = 0; byte < sizeof prefix; byte++) {
            prefix[byte] = (uint8_t)((uint64_t)lengths[i] >> (56U - 8U * byte));
        }
        digest_add(digest, prefix, sizeof prefix);
        digest_add(digest, i == 0 ? (const void *)what : bytes, lengths[i]);
    }
}

static void add_text(struct digest *digest, const char *what, const char *text)
{
    policy_part(digest, what, text, strlen(text));
}

/* What the pipeline says of the run as a whole; its name, its words and the quarantine's place decide
 * nothing. */
static void add_pipeline(struct digest *digest, const struct pipeline *pipeline)
{
    char text[96];
    (void)snprintf(text, sizeof text, "quarantine %d exit %d publish %d mixed %d flat %d",
                   pipeline->quarantine, pipeline->quarantine_exit, (int)pipeline->publish,
                   (int)pipeline->mixed_patients, pipeline->flat);
    add_text(digest, "dcmchain policy", "1");
    add_text(digest, "version", dcmchain_version());
    add_text(digest, "pipeline", text);
}

int policy_compute(const struct pipeline *pipeline, const uint8_t (*parts)[32], char ret_policy[POLICY_SIZE])
{
    struct digest *digest = NULL;
    uint8_t sha256[32];
    int result = digest_open(&digest);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    add_pipeline(digest, pipeline);
    for (size_t i = 0; i < pipeline->stage_count && result == DCMCHAIN_OK; i++) {
        const struct pipeline_stage *entry = &pipeline->stages[i];
        add_text(digest, "id", entry->id);
        add_text(digest, "stage", entry->stage.name);
        add_text(digest, "stage version", entry->stage.version);
        policy_part(digest, "tables", parts[i], sizeof parts[i]);
        if (entry->settings != NULL) {
            result = policy_settings(digest, entry->settings);
        }
    }
    digest_close(digest, sha256);
    if (result == DCMCHAIN_OK) {
        digest_hex(sha256, POLICY_DIGITS / 2, ret_policy);
    }
    return result;
}

bool policy_is_hash(const char *text)
{
    return strlen(text) == POLICY_DIGITS && strspn(text, "0123456789abcdefABCDEF") == POLICY_DIGITS;
}
