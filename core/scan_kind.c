/* scan_kind.c: tells what a file is that is not DICOM, by its first bytes, and knows mercure's own file
 * names. It opens nothing. */
#include <string.h>
#include <strings.h>

#include "scan_parts.h"

struct magic {
    const char *bytes;
    size_t length;
    const char *kind;
};

#define MAGIC(bytes, kind)                                                                                   \
    {                                                                                                        \
        (bytes), sizeof(bytes) - 1, (kind)                                                                   \
    }

static const struct magic magics[] = {
    MAGIC("\x89PNG\r\n\x1A\n", "image"),
    MAGIC("\xFF\xD8\xFF", "image"), /* JPEG */
    MAGIC("GIF8", "image"),
    MAGIC("II*\0", "image"), /* TIFF */
    MAGIC("MM\0*", "image"),
    MAGIC("BM", "image"),
    MAGIC("\0\0\0\x0CjP  ", "image"), /* JPEG 2000 */
    MAGIC("\xFF\x4F\xFF\x51", "image"),
    MAGIC("%PDF-", "pdf"),
    MAGIC("PK\x03\x04", "archive"),
    MAGIC("PK\x05\x06", "archive"),
    MAGIC("\x1F\x8B", "archive"),
    MAGIC("BZh", "archive"),
    MAGIC("\xFD"
          "7zXZ",
          "archive"),
    MAGIC("7z\xBC\xAF", "archive"),
    MAGIC("\x28\xB5\x2F\xFD", "archive"),
    MAGIC("Rar!", "archive"),
    MAGIC("\x7F"
          "ELF",
          "program"),
    MAGIC("MZ", "program"),
};

static bool is_text(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool space = bytes[i] >= '\t' && bytes[i] <= '\r';
        if ((bytes[i] < 0x20 && !space && bytes[i] != 0x1B) || bytes[i] == 0x7F) {
            return false;
        }
    }
    return true;
}

static const char *kind_of_text(const uint8_t *bytes, size_t length)
{
    size_t at = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < length && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r'))) {
        at++;
    }
    if (at < length && (bytes[at] == '{' || bytes[at] == '[')) {
        return "json";
    }
    return at < length && bytes[at] == '<' ? "xml" : "text";
}

const char *scan_kind(const uint8_t *bytes, size_t length)
{
    if (length == 0) {
        return "empty";
    }
    bool text = is_text(bytes, length);
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const struct magic *magic = &magics[i];
        if (length >= magic->length && memcmp(bytes, magic->bytes, magic->length) == 0 &&
            (!text || magic->length > 2)) {
            return magic->kind;
        }
    }
    if (length >= 348 && (memcmp(bytes + 344, "n+1", 4) == 0 || memcmp(bytes + 344, "ni1", 4) == 0)) {
        return "image"; /* NIfTI */
    }
    if (length >= 262 && memcmp(bytes + 257, "ustar", 5) == 0) {
        return "archive";
    }
    return text ? kind_of_text(bytes, length) : "binary";
}

bool scan_kind_is_text(const char *kind)
{
    static const char *const kinds[] = {"empty", "text", "json", "xml"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kind, kinds[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcasecmp(text + length - end_length, end) == 0;
}

bool scan_is_tags(const char *path)
{
    return ends_with(path, ".tags");
}

bool scan_has_dicom_name(const char *path)
{
    return ends_with(path, ".dcm");
}

const char *scan_control_name(const char *path)
{
    static const char *const names[] = {".lock",    ".processing", ".complete",     ".error",
                                        ".sending", "sent.txt",    "nomad_job.json"};
    if (strcmp(path, "task.json") == 0) {
        return "task.json";
    }
    if (scan_is_tags(path)) {
        return ".tags";
    }
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return names[i];
        }
    }
    return NULL;
}
