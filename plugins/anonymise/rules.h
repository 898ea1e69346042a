/* rules.h: rules of one's own (the setting `rules`): which attributes each is for, and what it does with
 * them. The first that matches wins over the profile. It touches no element: rule_actions.c does. Immutable
 * once opened, any thread. */
#ifndef ANONYMISE_RULES_H
#define ANONYMISE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile.h"

enum rule_action {
    RULE_KEEP,
    RULE_REMOVE,
    RULE_EMPTY,
    RULE_DUMMY,
    RULE_REPLACE,
    RULE_MAP_UID,
    RULE_HASH,
    RULE_SHIFT,
    RULE_YEAR,
    RULE_CLEAN,
    RULE_REGEX,
    RULE_TRUNCATE,
    RULE_ACTIONS
};

/* A tag of which only the bits of the mask count. */
struct rule_tag {
    uint32_t tag;
    uint32_t mask;
};

/* One step of a path: a sequence, or any. */
#define RULE_STEP_ANY 0U       /* "*": one sequence */
#define RULE_STEP_ANY_DEPTH 1U /* "**": any number of them, none too */

struct rule_match {
    struct rule_tag *tags; /* any of them; count 0: not asked */
    size_t tag_count;
    char *creator; /* of a private block; NULL: not asked */
    bool has_offset;
    bool has_group;
    uint8_t offset; /* in the block */
    uint16_t group;
    uint16_t *vrs;
    size_t vr_count;
    bool has_path;
    uint32_t *path; /* tags of sequences from the root, RULE_STEP_ANY … */
    size_t path_count;
    char **modalities;
    size_t modality_count;
    char **sop_classes; /* UIDs */
    size_t sop_class_count;
};

struct rule {
    struct rule_match match;
    enum rule_action action;
    char *with;     /* REPLACE, REGEX: the text */
    void *regex;    /* REGEX: pcre2_code */
    size_t length;  /* TRUNCATE: characters of one value */
    bool weaker;    /* keeps more of some attribute than the profile does */
    uint32_t first; /* of the attributes that it is weaker for */
    char text[96];  /* "rules[3], line 41: keep" */
};

struct rules {
    struct rule *rules;
    size_t count;
};

/* Reads the setting's text ("" or NULL: no rules). Problems are told with dcmchain_setting_problem(), all of
 * them; DCMCHAIN_FAIL then. rules_close() in any case. */
int rules_open(dcmchain_context *context, const char *text, struct rules *ret_rules);
void rules_close(struct rules *rules);

/* Tells what is odd: rules that can never match, and rules that keep more than the profile (without rules)
 * does, which are marked weaker. */
void rules_check(dcmchain_context *context, struct rules *rules, const struct profile *profile);

/* The first rule that matches, NULL: none. */
const struct rule *rules_find(const struct rules *rules, const struct subject *subject);
bool rule_matches(const struct rule *rule, const struct subject *subject);

/* Whether a rule is weaker than the profile; and, for De-identification Method, how the n-th weaker one is
 * called
 * ("weaker: rules[3] keep InstitutionName"): false past the last. */
bool rules_weaken(const struct rules *rules);
bool rules_deviation(const struct rules *rules, size_t index, char *ret_text, size_t size);

/* What a rule does to an element of a VR, as an action of the profile. */
struct decision rule_decision(const struct rule *rule, uint16_t vr);
const char *rule_action_name(enum rule_action action);

#endif
