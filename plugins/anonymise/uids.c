/* uids.c: class-like attributes and the registry of PS3.6.
 * The prefix 1.2.840.10008 alone must exempt nothing: only exact values count. */
#include "uids.h"

#include <string.h>

#include "embedded.h"

static const uint32_t class_like[] = {
    0x00020002, /* Media Storage SOP Class UID */
    0x00020010, /* Transfer Syntax UID */
    0x00020012, /* Implementation Class UID */
    0x00041510, /* Referenced SOP Class UID in File */
    0x00041512, /* Referenced Transfer Syntax UID in File */
    0x0004151A, /* Referenced Related General SOP Class UID in File */
    0x00080016, /* SOP Class UID */
    0x0008001A, /* Related General SOP Class UID */
    0x0008001B, /* Original Specialized SOP Class UID */
    0x00080062, /* SOP Classes in Study */
    0x0008010C, /* Coding Scheme UID */
    0x0008010D, /* Context Group Extension Creator UID */
    0x00080117, /* Context UID */
    0x00080118, /* Mapping Resource UID */
    0x00081150, /* Referenced SOP Class UID */
    0x0008115A, /* SOP Classes Supported */
    0x00083002, /* Available Transfer Syntax UID */
    0x00340003, /* Flow Transfer Syntax UID */
    0x04000010, /* MAC Calculation Transfer Syntax UID */
    0x04000510, /* Encrypted Content Transfer Syntax UID */
    0x30100052, /* Pertinent SOP Classes in Study */
    0x30100053, /* Pertinent SOP Classes in Series */
};

bool uids_is_class_like(uint32_t tag)
{
    for (size_t at = 0; at < sizeof class_like / sizeof class_like[0]; at++) {
        if (class_like[at] == tag) {
            return true;
        }
    }
    return false;
}

/* Whole lines of the sorted registry text: halves it until the line is found. */
bool uids_is_registered(const char *value, size_t length)
{
    const char *first = (const char *)embedded_registry_uids_txt;
    const char *last = first + embedded_registry_uids_txt_size;

    while (first < last) {
        const char *line = first + (last - first) / 2;
        const char *stop = NULL;
        int order = 0;
        while (line > first && line[-1] != '\n') {
            line--;
        }
        stop = memchr(line, '\n', (size_t)(last - line));
        stop = stop == NULL ? last : stop;
        order = memcmp(value, line, length < (size_t)(stop - line) ? length : (size_t)(stop - line));
        if (order == 0 && length == (size_t)(stop - line)) {
            return true;
        }
        if (order < 0 || (order == 0 && length < (size_t)(stop - line))) {
            last = line;
        } else {
            first = stop == last ? last : stop + 1;
        }
    }
    return false;
}
