/* anonymise_fakes.h: the core as the anonymise stage sees it, in memory: a context, a study with its
 * identity, an instance. The data set functions are the library's. Included once by a test, whose
 * definitions stand before those of the library. */
#ifndef ANONYMISE_FAKES_H
#define ANONYMISE_FAKES_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/stage.h"

#define FAKE_CHANGES 512

struct dcmchain_context {
    const char *project;
    char error[256];
    char warnings[4096];
    char problems[8192]; /* of settings, and warnings of them, a line each: "rules/0/match: …" */
    size_t policy_bytes;
    char explained[300]; /* the last answer of explain() */
    struct {
        uint32_t tag;
        uint32_t depth;
        char action[32];
        char rule[160];
    } changes[FAKE_CHANGES];
    size_t change_count;
};

struct dcmchain_study {
    const struct dcmchain_identity *identity;
    size_t identity_count;
    const char *uid;
    const char *date;
    const char *time;
    const char *patient_id;
};

struct dcmchain_instance {
    dcmchain_dataset *dataset;
    const char *patient_key;
    const char *sop_class; /* NULL: not known */
};

int dcmchain_error(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(context->error, sizeof context->error, format, arguments);
    va_end(arguments);
    return DCMCHAIN_FAIL;
}

int dcmchain_setting_problem(dcmchain_context *context, const char *key, const char *pointer,
                             const char *format, ...)
{
    const size_t length = strlen(context->problems);
    va_list arguments;
    int written =
        snprintf(context->problems + length, sizeof context->problems - length, "%s%s: ", key, pointer);

    va_start(arguments, format);
    (void)vsnprintf(context->problems + length + written, sizeof context->problems - length - (size_t)written,
                    format, arguments);
    va_end(arguments);
    (void)strncat(context->problems, "\n", sizeof context->problems - strlen(context->problems) - 1);
    return DCMCHAIN_FAIL;
}

void dcmchain_setting_warning(dcmchain_context *context, const char *key, const char *pointer,
                              const char *format, ...)
{
    char text[300];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)dcmchain_setting_problem(context, key, pointer, "warning: %s", text);
}

uint32_t dcmchain_setting_line(const dcmchain_context *context, const char *key, const char *pointer)
{
    (void)context;
    (void)key;
    return (uint32_t)strtoul(pointer + 1, NULL, 10) + 10; /* as if each rule stood on a line of its own */
}

void dcmchain_policy_add(dcmchain_context *context, const char *what, const void *bytes, size_t length_bytes)
{
    (void)what;
    (void)bytes;
    context->policy_bytes += length_bytes;
}

const char *dcmchain_pipeline_name(const dcmchain_context *context)
{
    (void)context;
    return "l\xc3\xa4nger\\ als vierundsechzig Zeichen, so lang wie kein Name sein muss";
}

const char *dcmchain_policy(const dcmchain_context *context)
{
    (void)context;
    return "00112233445566778899aabbccddeeff";
}

void dcmchain_explain(dcmchain_context *context, const char *action, const char *rule)
{
    (void)snprintf(context->explained, sizeof context->explained, "%s [%s]", action, rule);
}

void dcmchain_warn(dcmchain_context *context, const char *format, ...)
{
    const size_t length = strlen(context->warnings);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(context->warnings + length, sizeof context->warnings - length, format, arguments);
    va_end(arguments);
}

void dcmchain_note(dcmchain_context *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

/* Stands for HMAC-SHA-256: what matters here is that it depends on domain and value alone. */
void dcmchain_hmac(const dcmchain_context *context, const char *domain, const void *bytes,
                   size_t length_bytes, uint8_t ret_digest[32])
{
    const uint8_t *value = bytes;
    uint64_t hash = 0xCBF29CE484222325ULL;

    (void)context;
    for (const char *at = domain; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 0x100000001B3ULL;
    }
    for (size_t at = 0; at < length_bytes; at++) {
        hash = (hash ^ value[at]) * 0x100000001B3ULL;
    }
    for (size_t at = 0; at < 32; at++) {
        hash = (hash ^ at) * 0x9E3779B97F4A7C15ULL;
        ret_digest[at] = (uint8_t)(hash >> 33);
    }
}

const char *dcmchain_project(const dcmchain_context *context)
{
    return context->project;
}

uint32_t dcmchain_wants_changes(const dcmchain_context *context)
{
    (void)context;
    return 1;
}

void dcmchain_change(dcmchain_context *context, const dcmchain_instance *instance,
                     const struct dcmchain_position *position, uint32_t tag, const char *action,
                     const char *rule, const char *before, const char *after)
{
    (void)instance;
    (void)before;
    (void)after;
    if (context->change_count < FAKE_CHANGES) {
        context->changes[context->change_count].tag = tag;
        context->changes[context->change_count].depth = position == NULL ? 0 : position->depth;
        (void)snprintf(context->changes[context->change_count].action, 32, "%s", action);
        (void)snprintf(context->changes[context->change_count].rule, 160, "%s", rule);
        context->change_count++;
    }
}

size_t dcmchain_study_identity_count(const dcmchain_study *study)
{
    return study->identity_count;
}

const struct dcmchain_identity *dcmchain_study_identity(const dcmchain_study *study, size_t index)
{
    return index < study->identity_count ? &study->identity[index] : NULL;
}

const char *dcmchain_study_source(const dcmchain_study *study, uint32_t tag)
{
    switch (tag) {
    case 0x0020000DU:
        return study->uid;
    case 0x00080020U:
        return study->date;
    case 0x00080030U:
        return study->time;
    case 0x00100020U:
        return study->patient_id;
    default:
        return NULL;
    }
}

dcmchain_dataset *dcmchain_instance_dataset(dcmchain_instance *instance)
{
    return instance->dataset;
}

const char *dcmchain_instance_sop_class_uid(const dcmchain_instance *instance)
{
    return instance->sop_class != NULL ? instance->sop_class : "";
}

const char *dcmchain_instance_patient_key(const dcmchain_instance *instance)
{
    return instance->patient_key;
}

#endif
