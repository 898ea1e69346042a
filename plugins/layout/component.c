/* component.c: see component.h. */
#include "component.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../common/utf8.h"

/* Control characters (Cc), what turns or hides text (bidirectional and zero-width characters, line
 * separators, byte order mark), path separators, and what Windows forbids in names. */
static bool is_unsafe(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x200B && point <= 0x200F) ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
           (point < 0x80 && strchr("/\\<>:\"|?*", (int)point) != NULL);
}

static void trim_right(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ' ')) {
        length--;
    }
    text[length] = '\0';
}

char *component_clean(const char *text)
{
    char *clean = malloc(strlen(text) + 1);
    size_t length = 0;
    if (clean == NULL) {
        return NULL;
    }
    while (*text != '\0') {
        uint32_t point = 0;
        size_t bytes = utf8_next(text, &point);
        if (bytes == 0) {
            clean[length++] = '_';
            text++;
            continue;
        }
        if (is_unsafe(point)) {
            clean[length++] = '-';
        } else if (length > 0 || (point != '.' && point != ' ')) {
            memcpy(clean + length, text, bytes);
            length += bytes;
        }
        text += bytes;
    }
    clean[length] = '\0';
    trim_right(clean);
    return clean;
}

/* Device names of Windows, with or without extension; digits may be superscript there (¹²³). */
static bool is_device(const char *name, size_t length)
{
    static const char *const words[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"};
    static const char *const digits[] = {"\xC2\xB9", "\xC2\xB2", "\xC2\xB3"};
    while (length > 0 && name[length - 1] == ' ') {
        length--;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i]) == length && strncasecmp(name, words[i], length) == 0) {
            return true;
        }
    }
    if (length < 4 || (strncasecmp(name, "COM", 3) != 0 && strncasecmp(name, "LPT", 3) != 0)) {
        return false;
    }
    if (length == 4) {
        return name[3] >= '0' && name[3] <= '9';
    }
    for (size_t i = 0; length == 5 && i < sizeof digits / sizeof digits[0]; i++) {
        if (memcmp(name + 3, digits[i], 2) == 0) {
            return true;
        }
    }
    return false;
}

/* Files that mercure reads or writes itself in a folder it watches. Its others begin with a dot. */
static bool is_of_mercure(const char *name)
{
    static const char *const names[] = {"task.json", "result.json", "sent.txt", "nomad_job.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

void component_make(const char *clean, const char *suffix, const char *extension, size_t limit,
                    char ret_name[COMPONENT_SIZE])
{
    size_t behind = strlen(suffix) + strlen(extension) + 1; /* 1: the '_' of a reserved name */
    size_t room = limit > behind ? limit - behind : 1;
    size_t length = 0;
    char stem[COMPONENT_SIZE];
    for (const char *at = clean; *at != '\0';) {
        uint32_t point = 0;
        size_t bytes = utf8_next(at, &point);
        if (bytes == 0 || length + bytes > room) {
            break;
        }
        memcpy(stem + length, at, bytes);
        length += bytes;
        at += bytes;
    }
    stem[length] = '\0';
    trim_right(stem);
    (void)snprintf(ret_name, COMPONENT_SIZE, "%s%s%s", stem[0] == '\0' ? "_" : stem, suffix, extension);
    size_t base = strcspn(ret_name, ".");
    if (is_device(ret_name, base) || is_of_mercure(ret_name)) {
        memmove(ret_name + base + 1, ret_name + base, strlen(ret_name + base) + 1);
        ret_name[base] = '_';
    }
}
