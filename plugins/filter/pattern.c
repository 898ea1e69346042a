/* pattern.c: see pattern.h; the one file here that knows PCRE2. */
#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/late_pattern.h"
#include "dcmchain/base.h"

#define MATCH_LIMIT 1000000U /* steps for one value; a pattern that needs more is one that explodes */

#define PATIENCE 1U /* each is asked for every file, and one of the user's may come near the limit */

struct pattern {
    char *text;
    struct late_pattern *late;
    pcre2_match_context *limits;
};

void pattern_free(struct pattern *pattern)
{
    if (pattern != NULL) {
        late_pattern_free(pattern->late);
        pcre2_match_context_free(pattern->limits);
        free(pattern->text);
        free(pattern);
    }
}

int pattern_compile(const char *text, struct pattern **ret_pattern, char *ret_problem, size_t size)
{
    size_t offset = 0;
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (pattern == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    pattern->text = strdup(text);
    pattern->late = late_pattern_new(pattern->text, PCRE2_UTF | PCRE2_UCP, PATIENCE);
    pattern->limits = pcre2_match_context_create(NULL);
    if (pattern->text == NULL || pattern->late == NULL || pattern->limits == NULL) {
        pattern_free(pattern);
        return DCMCHAIN_E_MEMORY;
    }
    int number = late_pattern_check(pattern->late, &offset);
    if (number != 0) {
        PCRE2_UCHAR message[120] = {0};
        (void)pcre2_get_error_message(number, message, sizeof message);
        (void)snprintf(ret_problem, size, "the pattern is wrong at character %zu: %s", offset + 1,
                       (const char *)message);
        pattern_free(pattern);
        return DCMCHAIN_E_CONFIG;
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
    int found = late_pattern_match(pattern->late, value, strlen(value), 0, data, pattern->limits);
    pcre2_match_data_free(data);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
        return DCMCHAIN_FAIL;
    }
    *ret_matches = found >= 0;
    return DCMCHAIN_OK;
}
