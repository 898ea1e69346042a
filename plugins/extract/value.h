/* value.h: one element as plain JSON: numbers as numbers, several values as an array, sequences as arrays of
 * objects. It only reads. One data set belongs to one thread. */
#ifndef EXTRACT_VALUE_H
#define EXTRACT_VALUE_H

#include <stdbool.h>

#include "../common/json.h"
#include "dcmchain/dataset.h"

/* O* and UN: bytes that JSON has no form for. */
bool value_is_bulk_vr(uint16_t vr);

/* An element that no document shows: bytes, a group length, or a value longer than longest_value bytes (0: no
 * limit). Sequences have no length here. */
bool value_is_left_out(const dcmchain_element *element, uint64_t longest_value);

#define VALUE_KEY_SIZE 96U
/* The keyword of a tag; "(gggg,eeee)" where it has none, or shares it with other tags (PS3.5 7.6: overlay
 * planes in 6000, 6002 …). */
void value_key(uint32_t tag, char ret_key[VALUE_KEY_SIZE]);

/* The element as a member of the object that is open. *ret_undecodable counts values that do not decode in
 * their character set; they are null. */
int value_write(struct json *json, const char *key, const dcmchain_element *element, uint64_t longest_value,
                uint32_t *ret_undecodable);

/* What PS3.5 6.2 lets DS and IS spell ("+1", "007", ".5", "1.E5") as RFC 8259 spells it, digit by digit.
 * False: it is no number, too long, or so large (from 1E308) that readers take it for infinite. */
bool value_number(const char *text, char *ret_number, size_t size);

#endif
