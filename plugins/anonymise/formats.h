/* formats.h: whether a value of a VR that holds numbers, times or ages is one: then it holds no text.
 * It knows no identity. Any thread. */
#ifndef ANONYMISE_FORMATS_H
#define ANONYMISE_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DS, IS, TM, AS (PS3.5 6.2), with blanks around; false for other VRs, and for what is written otherwise: in
 * a Slice Thickness of "+49 221 5551239" every character is allowed. */
bool formats_is_plain(uint16_t vr, const char *value, size_t length);

#endif
