/* pattern.h: one regular expression (PCRE2, UTF-8). It must not know what it is matched against.
 * Immutable once compiled, any thread. */
#ifndef FILTER_PATTERN_H
#define FILTER_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct pattern;

/* DCMCHAIN_E_CONFIG with ret_problem, which tells the place and repeats nothing of the text. */
int pattern_compile(const char *text, struct pattern **ret_pattern, char *ret_problem, size_t size);
void pattern_free(struct pattern *pattern);

/* Whether it is found anywhere in value. DCMCHAIN_FAIL: beyond its limits, or out of memory. */
int pattern_matches(const struct pattern *pattern, const char *value, bool *ret_matches);

#endif
