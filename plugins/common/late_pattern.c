/* late_pattern.c: see late_pattern.h. Code that is in use is never written to: machine code gets a copy. */
#include "late_pattern.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct late_pattern {
    const char *text;
    uint32_t options;
    uint32_t patience;
    pthread_mutex_t lock; /* of who makes one of the two below */
    _Atomic(pcre2_code *) code;
    _Atomic(pcre2_code *) machine;
    atomic_uint searches;
};

struct late_pattern *late_pattern_new(const char *text, uint32_t options, uint32_t patience)
{
    struct late_pattern *pattern = calloc(1, sizeof *pattern);
    if (pattern != NULL) {
        pattern->text = text;
        pattern->options = options;
        pattern->patience = patience;
        (void)pthread_mutex_init(&pattern->lock, NULL);
    }
    return pattern;
}

void late_pattern_free(struct late_pattern *pattern)
{
    if (pattern != NULL) {
        pcre2_code_free(pattern->code);
        pcre2_code_free(pattern->machine);
        (void)pthread_mutex_destroy(&pattern->lock);
        free(pattern);
    }
}

/* Under the lock. */
static int compile(struct late_pattern *pattern, size_t *ret_offset)
{
    int error = 0;
    if (pattern->code == NULL) {
        PCRE2_SIZE offset = 0;
        pattern->code = pcre2_compile((PCRE2_SPTR)pattern->text, PCRE2_ZERO_TERMINATED, pattern->options,
                                      &error, &offset, NULL);
        *ret_offset = offset;
    }
    return pattern->code != NULL ? 0 : error;
}

int late_pattern_check(struct late_pattern *pattern, size_t *ret_offset)
{
    size_t offset = 0;
    (void)pthread_mutex_lock(&pattern->lock);
    int error = compile(pattern, &offset);
    (void)pthread_mutex_unlock(&pattern->lock);
    if (error != 0) {
        *ret_offset = offset;
    }
    return error;
}

/* Under the lock. Where the machine has no such code, the copy does without. */
static void make_machine(struct late_pattern *pattern)
{
    pcre2_code *copy = pcre2_code_copy(pattern->code);
    if (copy != NULL) {
        (void)pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE);
        pattern->machine = copy;
    }
}

/* For one search. NULL: out of memory, or it does not compile. */
static const pcre2_code *code_of(struct late_pattern *pattern)
{
    const pcre2_code *machine = pattern->machine;
    if (machine != NULL) {
        return machine;
    }
    const bool pays = atomic_fetch_add(&pattern->searches, 1) + 1 >= pattern->patience;
    const pcre2_code *code = pays ? NULL : pattern->code;
    if (code != NULL) {
        return code;
    }
    size_t offset = 0;
    (void)pthread_mutex_lock(&pattern->lock);
    if (compile(pattern, &offset) == 0 && pays && pattern->machine == NULL) {
        make_machine(pattern);
    }
    code = pays ? pattern->machine : pattern->code;
    (void)pthread_mutex_unlock(&pattern->lock);
    return code;
}

int late_pattern_match(struct late_pattern *pattern, const char *text, size_t length, size_t from,
                       pcre2_match_data *match, pcre2_match_context *limits)
{
    const pcre2_code *code = code_of(pattern);
    if (code == NULL) {
        return PCRE2_ERROR_NOMEMORY;
    }
    int found = pcre2_match(code, (PCRE2_SPTR)text, length, from, 0, match, limits);
    return found == PCRE2_ERROR_JIT_STACKLIMIT
               ? pcre2_match(code, (PCRE2_SPTR)text, length, from, PCRE2_NO_JIT, match, limits)
               : found;
}
