/* rules.h: what is dropped or held, and why: the shipped drops by name, then the rules of one's own.
 * Immutable once made, any thread. */
#ifndef FILTER_RULES_H
#define FILTER_RULES_H

#include "condition.h"
#include "config.h"

/* The choices of `drop`: "none", then the shipped drops. */
extern const char *const shipped_drop_choices[];
#define SHIPPED_DROPS_DEFAULT                                                                                \
    "[\"burned-in\",\"encapsulated\",\"secondary-capture\",\"screen-capture\",\"slide-label\",\"raw-data\"," \
    "\"private-class\",\"audio\",\"video\",\"photograph\",\"overlay-in-pixels\"]"

struct rule {
    char *reason; /* counted by its text */
    struct condition *when;
    bool quarantine; /* fail the instance, so that on_error sets it aside; else drop it */
};

struct rules {
    struct rule *rules;
    size_t count;
};

/* Those in force. The context's error tells what is wrong. */
int rules_open(dcmchain_context *context, const struct filter_config *config, struct rules **ret_rules);
void rules_free(struct rules *rules);

/* The first that holds, NULL if none does. */
int rules_find(const struct rules *rules, dcmchain_instance *instance, const struct rule **ret_rule);

#endif
