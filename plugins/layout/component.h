/* component.h: one component of a path, made safe for file systems, Windows, SMB and mercure.
 * It must not know where the text comes from, nor whether the name is taken. Any thread. */
#ifndef LAYOUT_COMPONENT_H
#define LAYOUT_COMPONENT_H

#include <stddef.h>

#define COMPONENT_BYTES 255U /* NAME_MAX; the core refuses more */
#define COMPONENT_SIZE (COMPONENT_BYTES + 1U)

/* The text without what no file system takes: separators, the characters that Windows forbids, control and
 * invisible characters become '-', bytes that are not UTF-8 '_'; leading dots and spaces, trailing dots and
 * spaces go. "" where nothing is left. Owned (free()), NULL without memory. */
char *component_clean(const char *text);

/* A whole name: clean text (as above), suffix ("-2" or ""), extension (".dcm" or ""). The text is cut, on a
 * character, so that at most `limit` bytes come out; "_" stands where it is empty; a name that Windows or
 * mercure keeps for itself gets a '_' behind its first part. */
void component_make(const char *clean, const char *suffix, const char *extension, size_t limit,
                    char ret_name[COMPONENT_SIZE]);

#endif
