/* inspect.h: searches one artifact as it will be published: its path, and its bytes by what they are.
 * It must not decide what a finding leads to. Any thread. */
#ifndef GUARD_INSPECT_H
#define GUARD_INSPECT_H

#include "search.h"

#define INSPECT_WHERE_BYTES 320U

/* where: the path of an element, or what part of the artifact it is; it holds no value. */
typedef int (*inspect_visitor)(void *closure, const char *where, const struct finding *finding);

/* Ends at what visit returns, if that is not 0, and returns it. What cannot be read or understood is an error
 * of dcmchain_error(): it cannot be told to be clean. passed: of this study's patterns alone; may be NULL.
 */
int inspect_artifact(dcmchain_context *context, const struct patterns *patterns, const struct own_words *own,
                     struct passed *passed, dcmchain_artifact *artifact, inspect_visitor visit,
                     void *closure);

#endif
