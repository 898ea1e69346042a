/* automaton.c: a trie with its edges in one hash table, and its failure links.
 * It must not recurse: patterns are as long as an input makes them. */
#include "automaton.h"

#include <stdlib.h>

#include "dcmchain/base.h"

struct node {
    uint32_t parent;
    uint32_t depth;
    uint32_t fail;
    uint32_t next_match; /* nearest node on the failure path at which a pattern ends, 0: none */
    uint32_t bits;       /* of the pattern that ends here, 0: none */
    uint8_t byte;        /* from the parent */
};

struct automaton {
    struct node *nodes; /* 0 is the root */
    size_t count;
    size_t room;
    uint32_t *edges;  /* open addressing: node + 1 of the child, 0: free */
    size_t edge_room; /* a power of two, at least twice count */
};

static size_t slot_of(const struct automaton *automaton, uint32_t parent, uint8_t byte)
{
    uint64_t hash = ((uint64_t)parent << 8 | byte) * 0x9E3779B97F4A7C15ULL;
    size_t slot = (size_t)(hash >> 24) & (automaton->edge_room - 1);

    while (automaton->edges[slot] != 0) {
        const struct node *child = &automaton->nodes[automaton->edges[slot] - 1];
        if (child->parent == parent && child->byte == byte) {
            break;
        }
        slot = (slot + 1) & (automaton->edge_room - 1);
    }
    return slot;
}

static int grow(struct automaton *automaton)
{
    const size_t room = automaton->room == 0 ? 1024 : automaton->room * 2;
    struct node *nodes = realloc(automaton->nodes, room * sizeof *nodes);
    uint32_t *edges = NULL;

    if (nodes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    automaton->nodes = nodes;
    edges = calloc(room * 2, sizeof *edges);
    if (edges == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    free(automaton->edges);
    automaton->edges = edges;
    automaton->edge_room = room * 2;
    automaton->room = room;
    for (size_t at = 1; at < automaton->count; at++) {
        edges[slot_of(automaton, nodes[at].parent, nodes[at].byte)] = (uint32_t)at + 1;
    }
    return 0;
}

int automaton_open(struct automaton **ret_automaton)
{
    struct automaton *automaton = calloc(1, sizeof *automaton);

    if (automaton == NULL || grow(automaton) < 0) {
        automaton_free(automaton);
        return DCMCHAIN_E_MEMORY;
    }
    automaton->nodes[0] = (struct node){0, 0, 0, 0, 0, 0};
    automaton->count = 1;
    *ret_automaton = automaton;
    return 0;
}

void automaton_free(struct automaton *automaton)
{
    if (automaton != NULL) {
        free(automaton->nodes);
        free(automaton->edges);
        free(automaton);
    }
}

int automaton_add(struct automaton *automaton, const char *bytes, size_t length, uint32_t bits)
{
    uint32_t at = 0;

    for (size_t index = 0; index < length; index++) {
        const uint8_t byte = (uint8_t)bytes[index];
        size_t slot = slot_of(automaton, at, byte);
        if (automaton->edges[slot] == 0) {
            if (automaton->count >= AUTOMATON_MAX_NODES) {
                return DCMCHAIN_E_RANGE;
            }
            if (automaton->count == automaton->room) {
                if (grow(automaton) < 0) {
                    return DCMCHAIN_E_MEMORY;
                }
                slot = slot_of(automaton, at, byte);
            }
            automaton->nodes[automaton->count] =
                (struct node){at, automaton->nodes[at].depth + 1, 0, 0, 0, byte};
            automaton->edges[slot] = (uint32_t)++automaton->count;
        }
        at = automaton->edges[slot] - 1;
    }
    if (at != 0) {
        automaton->nodes[at].bits |= bits;
    }
    return 0;
}

uint32_t automaton_step(const struct automaton *automaton, uint32_t state, char byte)
{
    for (;;) {
        const uint32_t edge = automaton->edges[slot_of(automaton, state, (uint8_t)byte)];
        if (edge != 0) {
            return edge - 1;
        }
        if (state == 0) {
            return 0;
        }
        state = automaton->nodes[state].fail;
    }
}

/* Node numbers ordered by depth, by counting. */
static uint32_t *by_depth(const struct automaton *automaton)
{
    size_t deepest = 0;
    size_t *starts = NULL;
    uint32_t *order = NULL;

    for (size_t at = 0; at < automaton->count; at++) {
        deepest = automaton->nodes[at].depth > deepest ? automaton->nodes[at].depth : deepest;
    }
    starts = calloc(deepest + 2, sizeof *starts);
    order = calloc(automaton->count + 1, sizeof *order);
    if (starts == NULL || order == NULL) {
        free(starts);
        free(order);
        return NULL;
    }
    for (size_t at = 0; at < automaton->count; at++) {
        starts[automaton->nodes[at].depth + 1]++;
    }
    for (size_t depth = 1; depth <= deepest + 1; depth++) {
        starts[depth] += starts[depth - 1];
    }
    for (size_t at = 0; at < automaton->count; at++) {
        order[starts[automaton->nodes[at].depth]++] = (uint32_t)at;
    }
    free(starts);
    return order;
}

int automaton_finish(struct automaton *automaton)
{
    uint32_t *order = by_depth(automaton);

    if (order == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t at = 1; at < automaton->count; at++) {
        struct node *node = &automaton->nodes[order[at]];
        if (node->parent != 0) {
            const uint32_t from = automaton->nodes[node->parent].fail;
            node->fail = automaton_step(automaton, from, (char)node->byte);
        }
        node->next_match =
            automaton->nodes[node->fail].bits != 0 ? node->fail : automaton->nodes[node->fail].next_match;
    }
    free(order);
    return 0;
}

size_t automaton_depth(const struct automaton *automaton, uint32_t state)
{
    return automaton->nodes[state].depth;
}

uint32_t automaton_suffix(const struct automaton *automaton, uint32_t state)
{
    return automaton->nodes[state].fail;
}

uint32_t automaton_match(const struct automaton *automaton, uint32_t match)
{
    return automaton->nodes[match].next_match;
}

uint32_t automaton_bits(const struct automaton *automaton, uint32_t node)
{
    return automaton->nodes[node].bits;
}
