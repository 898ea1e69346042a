/* explain_parts.h: what explain.c gathers and explain_write.c writes. Nobody else includes it. */
#ifndef CORE_EXPLAIN_PARTS_H
#define CORE_EXPLAIN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXPLAIN_STAGE, EXPLAIN_ACTION, EXPLAIN_RULE, EXPLAIN_BEFORE, EXPLAIN_AFTER, EXPLAIN_TEXTS };

struct explain_said {
    bool done;                  /* it was done, not only answered */
    char *texts[EXPLAIN_TEXTS]; /* NULL: absent */
};

struct explain_entry {
    char *path;
    uint32_t tag;
    uint16_t vr; /* 0: added by the chain, or not said */
    char *value; /* as it came, only where values are shown */
    struct explain_said *said;
    size_t count;
};

struct explain {
    bool show_values;
    bool of_file; /* every element of one was listed, not one attribute */
    bool failed;  /* out of memory */
    struct explain_entry *entries;
    size_t count;
    size_t cursor;                 /* where the last change was found */
    struct explain_entry *current; /* what the stages are asked about */
};

#endif
