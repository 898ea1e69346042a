/* changes.h: what stages say that they did to which element, gathered per series for `--changes`.
 * It masks values unless told otherwise. Any thread. */
#ifndef CORE_CHANGES_H
#define CORE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "dcmchain/stage.h"
#include "text.h"

struct changes;
int changes_open(bool show_values, struct changes **ret_changes);
void changes_free(struct changes *changes);

void changes_add(struct changes *changes, uint32_t study, uint32_t series, const char *stage_id,
                 const struct dcmchain_position *position, uint32_t tag, const char *action, const char *rule,
                 const char *before, const char *after);
/* Sorted by series, path, stage, action, rule; each with the number of instances (or items) that it happened
 * to. */
int changes_write(struct changes *changes, bool ndjson, char **ret_text);

#endif
