/* component.c: see component.h. Text is UTF-8. */
#include "component.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COMPONENT_BYTES 255U

static bool is_unsafe(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7F || strchr("/\\<>:\"|?*", byte) != NULL;
}

/* C1 control characters, U+0080 to U+009F. */
static bool is_c1(const char *at)
{
    return (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] <= 0x9F;
}

/* Names of devices on Windows, with or without an extension. */
static bool is_reserved(const char *text)
{
    static const char *const names[] = {"CON", "PRN", "AUX", "NUL"};
    size_t stem = strcspn(text, ".");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (stem == 3 && strncasecmp(text, names[i], 3) == 0) {
            return true;
        }
    }
    return stem == 4 && (strncasecmp(text, "COM", 3) == 0 || strncasecmp(text, "LPT", 3) == 0) &&
           text[3] >= '0' && text[3] <= '9';
}

static size_t cut(const char *text, size_t length, size_t maximum)
{
    if (length <= maximum) {
        return length;
    }
    while (maximum > 0 && ((unsigned char)text[maximum] & 0xC0U) == 0x80U) {
        maximum--;
    }
    return maximum;
}

static void trim(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ' ')) {
        length--;
    }
    text[length] = '\0';
}

char *component_make(const char *text, size_t maximum)
{
    while (*text == ' ') {
        text++;
    }
    size_t length = strlen(text);
    char *made = malloc(length + 16);
    if (made == NULL) {
        return NULL;
    }
    char *to = made;
    *to = '\0';
    if (is_reserved(text)) {
        *to++ = '_';
    }
    bool leading = true;
    for (size_t i = 0; i < length; i++) {
        if (is_c1(text + i)) {
            *to++ = '_';
            i++;
        } else {
            *to++ = is_unsafe((unsigned char)text[i]) || (leading && text[i] == '.') ? '_' : text[i];
        }
        leading = leading && text[i] == '.';
    }
    *to = '\0';
    trim(made);
    made[cut(made, strlen(made), maximum)] = '\0';
    trim(made);
    if (made[strspn(made, "_")] == '\0') {
        (void)strcpy(made, "unnamed"); /* 16 bytes more than the text were taken */
    }
    return made;
}

/* mercure's own names in the folders that it watches. */
static bool is_mercure_name(const char *name)
{
    return strcasecmp(name, "task.json") == 0 || strcasecmp(name, "result.json") == 0 ||
           strcasecmp(name, "sent.txt") == 0;
}

char *component_join(const char *stem, const char *suffix, const char *extension)
{
    size_t rest = strlen(suffix) + strlen(extension) + 1;
    size_t kept = cut(stem, strlen(stem), COMPONENT_BYTES - rest);
    char *made = malloc(kept + rest + 1);
    if (made == NULL) {
        return NULL;
    }
    made[0] = '_';
    memcpy(made + 1, stem, kept);
    made[1 + kept] = '\0';
    (void)strcat(made, suffix);
    (void)strcat(made, extension);
    if (!is_mercure_name(made + 1)) {
        memmove(made, made + 1, strlen(made));
    }
    return made;
}
