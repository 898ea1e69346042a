/* formats.h: what a value of numbers, times, ages, dates or UIDs may look like (PS3.5 6.2); what looks
 * otherwise may be text. It must not look for identity. Any thread. */
#ifndef GUARD_FORMATS_H
#define GUARD_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* false for VRs that hold text. */
bool formats_match(uint16_t vr, const char *value, size_t length);

#endif
