/* profile.h: what happens to an attribute: the table's letters, the options in force and what the settings
 * lay over them. It touches no element: engine.c does. Read-only once open, any thread. */
#ifndef ANONYMISE_PROFILE_H
#define ANONYMISE_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "concepts.h"
#include "config.h"
#include "safe_private.h"
#include "table.h"
#include "types.h"

enum action {
    ACTION_CLEAN, /* stays; text is cleaned of the study's identity; UIDs by their own rule; items are visited
                   */
    ACTION_KEEP,  /* stays as it is; items are visited */
    ACTION_REMOVE,
    ACTION_EMPTY,
    ACTION_DUMMY,
    ACTION_UID,
    ACTION_SHIFT,
    ACTION_YEAR,
    ACTION_REBASE,
    ACTION_PATIENT_ID,
    ACTION_PATIENT_NAME,
    ACTION_STUDY_ID,
    ACTION_ACCESSION,
    ACTION_BIRTH_DATE,
    ACTION_RULE /* what only a rule asks for: rule_actions.h */
};

struct rules;
struct rule;

/* The object that an element belongs to. */
struct object {
    const char *sop_class; /* SOP Class UID, "" where it is not known */
    const char *modality;  /* "" likewise */
};

/* What a decision may depend on: the element as it stands, before anything has changed it. */
struct subject {
    const struct object *object;
    const struct dcmchain_position *position; /* its sequences, from the root, and its item */
    const dcmchain_element *element;          /* NULL: asked of the attribute, not of an element */
    const char *creator; /* of a private block, or that the element itself names, trimmed; NULL: none */
    uint32_t tag;        /* not of the file meta information */
    uint16_t vr;
};

struct decision {
    enum action action;
    const struct table_row *row; /* that decided, NULL: none */
    const char *why;             /* over or instead of the row: a text of the run, NULL: the row alone */
    enum table_option option;    /* the option whose K or C decided; TABLE_OPTIONS: none */
    enum types_need need;        /* what the object asks, where the letters of the row leave a choice */
    bool unknown;                /* neither dictionary nor table knows the attribute */
    const struct rule *rule;     /* of one's own, that decided; NULL: none */
};

struct profile {
    struct table *table;
    struct safe_private *safe_private;
    struct concepts *concepts;
    const struct rules *rules; /* of one's own, which win over all else; NULL: none. Borrowed */
    struct types *types;
    bool shipped;                   /* the table is ours */
    struct anonymise_config config; /* texts borrowed from the core's */
};

#define PROFILE_PROBLEM_BYTES (TABLE_PROBLEM_BYTES + 32)

int profile_open(const struct anonymise_config *config, struct profile *ret_profile, char *ret_problem);
void profile_close(struct profile *profile);

/* Rules of one's own first (profile_rules.c), then the rest. */
struct decision profile_decide(const struct profile *profile, const struct subject *subject);
struct decision profile_decide_without_rules(const struct profile *profile, const struct subject *subject);

/* "PS3.15 E.1-1 2025b X/Z, retain", or the rule: what decided, for a person. */
#define DECISION_TEXT_BYTES 200
void decision_text(const struct profile *profile, const struct decision *decision,
                   char ret_text[DECISION_TEXT_BYTES]);
/* "remove", "clean" …  */
const char *decision_action(const struct decision *decision);

/* The VR of an attribute: the dictionary's, else the table's, else 0. */
uint16_t profile_vr(const struct profile *profile, uint32_t tag);

/* Whether values of a class from an attribute stay on purpose, so that text is not cleaned of them. */
bool profile_keeps_identity(const struct profile *profile, uint32_t class_id, uint32_t tag);

#endif
