/* objections.h: a file of source patient IDs and accession numbers whose studies must not be published.
 * It must show none of them. Immutable once read, any thread. */
#ifndef FILTER_OBJECTIONS_H
#define FILTER_OBJECTIONS_H

#include <stdbool.h>

#include "dcmchain/stage.h"

struct objections;

/* One value a line, UTF-8, blanks around it ignored; empty lines and lines that begin with '#' say nothing. A
 * file without a value is an error: it is more likely the wrong file than a wish. The context's error tells
 * what is wrong. */
int objections_read(dcmchain_context *context, const char *path, struct objections **ret_objections);
void objections_free(struct objections *objections);

/* Whether the study's identity holds one of them as an ID or accession number, without regard to ASCII case.
 */
bool objections_concern(const struct objections *objections, const dcmchain_study *study);

#endif
