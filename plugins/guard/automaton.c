/* automaton.c: see automaton.h. A trie of children lists while strings are added; then one row of the table a
 * place, one column for each byte that any string has, and one for all others. */
#include "automaton.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

#define MOST_PLACES (1U << 24)

struct place {
    uint32_t child;
    uint32_t sibling;
    uint32_t suffix;  /* the longest shorter beginning */
    uint32_t shorter; /* the longest string among the suffixes */
    uint32_t depth;
    uint8_t byte;
    bool ends;
};

struct automaton {
    struct place *places;
    size_t count;
    size_t room;
    uint32_t *table;
    size_t columns;
    uint16_t column[256]; /* 0: no string has this byte */
};

int automaton_new(struct automaton **ret_automaton)
{
    struct automaton *automaton = calloc(1, sizeof *automaton);
    if (automaton == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    automaton->places = calloc(64, sizeof *automaton->places);
    if (automaton->places == NULL) {
        free(automaton);
        return DCMCHAIN_E_MEMORY;
    }
    automaton->room = 64;
    automaton->count = 1;
    automaton->places[0].shorter = AUTOMATON_NONE;
    *ret_automaton = automaton;
    return DCMCHAIN_OK;
}

void automaton_free(struct automaton *automaton)
{
    if (automaton != NULL) {
        free(automaton->places);
        free(automaton->table);
        free(automaton);
    }
}

static uint32_t find_child(const struct automaton *automaton, uint32_t place, uint8_t byte)
{
    uint32_t child = automaton->places[place].child;
    while (child != 0 && automaton->places[child].byte != byte) {
        child = automaton->places[child].sibling;
    }
    return child;
}

int automaton_add(struct automaton *automaton, const void *bytes, size_t length, uint32_t *ret_place)
{
    uint32_t place = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = ((const uint8_t *)bytes)[i];
        uint32_t child = find_child(automaton, place, byte);
        if (child == 0) {
            if (automaton->count == MOST_PLACES) {
                return DCMCHAIN_E_RANGE;
            }
            if (automaton->count == automaton->room) {
                struct place *grown = realloc(automaton->places, 2 * automaton->room * sizeof *grown);
                if (grown == NULL) {
                    return DCMCHAIN_E_MEMORY;
                }
                automaton->places = grown;
                automaton->room *= 2;
            }
            child = (uint32_t)automaton->count++;
            automaton->places[child] = (struct place){.sibling = automaton->places[place].child,
                                                      .shorter = AUTOMATON_NONE,
                                                      .depth = automaton->places[place].depth + 1,
                                                      .byte = byte};
            automaton->places[place].child = child;
            automaton->column[byte] = 1;
        }
        place = child;
    }
    automaton->places[place].ends = true;
    *ret_place = place;
    return DCMCHAIN_OK;
}

/* A place's row begins as its suffix's; its own children come over it. */
static void fill_row(struct automaton *automaton, uint32_t place)
{
    const struct place *own = &automaton->places[place];
    uint32_t *row = automaton->table + place * automaton->columns;
    if (place != 0) {
        memcpy(row, automaton->table + own->suffix * automaton->columns, automaton->columns * sizeof *row);
    }
    for (uint32_t child = own->child; child != 0; child = automaton->places[child].sibling) {
        struct place *below = &automaton->places[child];
        below->suffix = place == 0 ? 0 : row[automaton->column[below->byte]];
        const struct place *suffix = &automaton->places[below->suffix];
        below->shorter = suffix->ends ? below->suffix : suffix->shorter;
        row[automaton->column[below->byte]] = child;
    }
}

int automaton_build(struct automaton *automaton)
{
    automaton->columns = 1;
    for (size_t i = 0; i < 256; i++) {
        automaton->column[i] = automaton->column[i] != 0 ? (uint16_t)automaton->columns++ : 0;
    }
    automaton->table = calloc(automaton->count * automaton->columns, sizeof *automaton->table);
    uint32_t *queue = malloc(automaton->count * sizeof *queue);
    if (automaton->table == NULL || queue == NULL) {
        free(queue);
        return DCMCHAIN_E_MEMORY;
    }
    size_t end = 1;
    queue[0] = 0;
    for (size_t at = 0; at < end; at++) {
        fill_row(automaton, queue[at]);
        for (uint32_t child = automaton->places[queue[at]].child; child != 0;
             child = automaton->places[child].sibling) {
            queue[end++] = child;
        }
    }
    free(queue);
    return DCMCHAIN_OK;
}

uint32_t automaton_step(const struct automaton *automaton, uint32_t place, uint8_t byte)
{
    return automaton->table[place * automaton->columns + automaton->column[byte]];
}

uint32_t automaton_longest(const struct automaton *automaton, uint32_t place)
{
    return automaton->places[place].ends ? place : automaton->places[place].shorter;
}

uint32_t automaton_shorter(const struct automaton *automaton, uint32_t end)
{
    return automaton->places[end].shorter;
}

uint32_t automaton_depth(const struct automaton *automaton, uint32_t place)
{
    return automaton->places[place].depth;
}

uint32_t automaton_suffix(const struct automaton *automaton, uint32_t place)
{
    return automaton->places[place].suffix;
}
