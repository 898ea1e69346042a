/* rules_parse.h: what the files that read the setting `rules` share: one rule being read, and how its
 * problems are told. Nobody else includes it. */
#ifndef ANONYMISE_RULES_PARSE_H
#define ANONYMISE_RULES_PARSE_H

#include <cjson/cJSON.h>

#include "rules.h"

struct reading {
    dcmchain_context *context;
    size_t index;
    struct rule *rule;
    bool failed;
};

/* Tells a problem of the rule; pointer: into it. */
__attribute__((__format__(__printf__, 3, 4))) void
rules_complain(struct reading *reading, const char *pointer, const char *format, ...);

/* rules_parse_match.c: the member "match". */
void rules_take_match(struct reading *reading, const cJSON *match);

#endif
