/* patterns_parts.h: how patterns are put together, for the files that do it (patterns.c, classes.c,
 * names.c, spellings.c). Nothing else may include it. */
#ifndef GUARD_PATTERNS_PARTS_H
#define GUARD_PATTERNS_PARTS_H

#include "patterns.h"

struct builder {
    struct patterns *patterns;
};

/* Adds a pattern's bytes with what is known of it (length is filled in); the same kind and class of the same
 * bytes once.
 */
int builder_add(struct builder *builder, const uint8_t *bytes, size_t length, struct pattern pattern);
/* Adds a whole value of a class, folded. */
int builder_value(struct builder *builder, uint32_t class_id, const uint8_t *bytes, size_t length);
/* Adds a day (yyyymmdd) of a class, not its spellings. */
int builder_day(struct builder *builder, uint32_t class_id, uint32_t day);
/* Counts a value that is too short or common to be searched. */
void builder_too_common(struct builder *builder, uint32_t class_id);

/* A value of any class but UIDs, as its class is searched. */
int classes_add(struct builder *builder, uint32_t class_id, const char *value);
/* A person name, all its groups. */
int names_add(struct builder *builder, uint32_t class_id, const char *value);
/* Every usual spelling of a day (yyyymmdd). */
int spellings_add(struct builder *builder, uint32_t class_id, uint32_t day);

#endif
