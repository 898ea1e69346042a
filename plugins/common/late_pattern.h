/* late_pattern.h: a regular expression (PCRE2) of which nothing is made before it is needed: most that a
 * stage brings are for texts that a run does not hold. It must not know what it is searched for in. Any
 * thread. */
#ifndef COMMON_LATE_PATTERN_H
#define COMMON_LATE_PATTERN_H

#ifndef PCRE2_CODE_UNIT_WIDTH
#define PCRE2_CODE_UNIT_WIDTH 8
#endif
#include <pcre2.h>
#include <stdint.h>

struct late_pattern;

/* text is borrowed. Machine code is made at the patience-th search: it costs as much as some dozens of
 * searches without it. Both find the same, but count the steps of a match limit differently: where a pattern
 * may come near one, patience is 1, so that it does not depend on what was searched before. NULL: out of
 * memory. */
struct late_pattern *late_pattern_new(const char *text, uint32_t options, uint32_t patience);
void late_pattern_free(struct late_pattern *pattern);

/* Compiles it now. 0, or PCRE2's error code, with the place in the text in *ret_offset. */
int late_pattern_check(struct late_pattern *pattern, size_t *ret_offset);

/* Searches as pcre2_match() does. A text that is too much for the machine code's stack is searched without
 * it. PCRE2_ERROR_NOMEMORY too where the pattern cannot be made. */
int late_pattern_match(struct late_pattern *pattern, const char *text, size_t length, size_t from,
                       pcre2_match_data *match, pcre2_match_context *limits);

#endif
