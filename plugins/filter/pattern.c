/* pattern.c: see pattern.h; the one file here that knows PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pattern.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

#define MATCH_LIMIT 1000000U /* steps for one value; a pattern that needs more is one that explodes */

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

void pattern_free(struct pattern *pattern)
{
    if (pattern != NULL) {
        pcre2_code_free(pattern->code);
        pcre2_match_context_free(pattern->limits);
        free(pattern);
    }
}

int pattern_compile(const char *text, struct pattern **ret_pattern, char *ret_problem, size_t size)
{
    int number = 0;
    PCRE2_SIZE offset = 0;
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (pattern == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    pattern->code =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &number, &offset, NULL);
    pattern->limits = pcre2_match_context_create(NULL);
    if (pattern->code == NULL) {
        PCRE2_UCHAR message[120] = {0};
        (void)pcre2_get_error_message(number, message, sizeof message);
        (void)snprintf(ret_problem, size, "the pattern is wrong at character %zu: %s", (size_t)offset + 1,
                       (const char *)message);
        pattern_free(pattern);
        return DCMCHAIN_E_CONFIG;
    }
    if (pattern->limits == NULL) {
        pattern_free(pattern);
        return DCMCHAIN_E_MEMORY;
    }
    (void)pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
    *ret_pattern = pattern;
    return DCMCHAIN_OK;
}

int pattern_matches(const struct pattern *pattern, const char *value, bool *ret_matches)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (data == NULL) {
        return DCMCHAIN_FAIL;
    }
    int found = pcre2_match(pattern->code, (PCRE2_SPTR)value, strlen(value), 0, 0, data, pattern->limits);
    pcre2_match_data_free(data);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
        return DCMCHAIN_FAIL;
    }
    *ret_matches = found >= 0;
    return DCMCHAIN_OK;
}
