/* identity.h: the identity of a study: source values of identifying attributes, each with a class, and which
 * attributes those are. It collects; it cleans nothing. Closed before the first instance() call; immutable
 * then, any thread. */
#ifndef CORE_IDENTITY_H
#define CORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcmchain/stage.h"

struct identity;

/* With room at once for as many values as are expected; 0: few. It grows as it must. */
int identity_open(size_t expected, struct identity **ret_identity);
void identity_free(struct identity *identity);

/* The class of an attribute, 0 where it identifies nobody. By tag and VR (any PN is a person …). */
uint32_t identity_class(uint32_t tag, uint16_t vr);
/* The attribute of the meaning that the code of a concept gives to a content item's value; 0 where none
 * identifies.
 */
uint32_t identity_tag_of_concept(const char *code);
/* The class of a mercure `.tags` key or a task.json field ("PatientName", "mrn", "sender_address" …), 0 if
 * none. */
uint32_t identity_class_of_key(const char *key, uint32_t *ret_tag);

/* Adds one value (UTF-8): trimmed, empty ones, "MISSING" and repeats ignored. Not after identity_close().
 * DCMCHAIN_E_RANGE beyond LIMIT_IDENTITY_VALUES, and LIMIT_IDENTITY_INSTANCE for each file. */
int identity_add(struct identity *identity, uint32_t class_id, uint32_t tag, const char *value);
/* Room for what one more file of the study says of itself alone. */
void identity_allow_instance(struct identity *identity);
/* With the room that was allowed to it. */
int identity_merge(struct identity *into, const struct identity *from);
/* Sorts by class, value, tag, and drops repeats of (class, value). */
int identity_close(struct identity *identity);
size_t identity_count(const struct identity *identity);
const struct dcmchain_identity *identity_at(const struct identity *identity, size_t index);

#endif
