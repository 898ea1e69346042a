/* scan_patient.c: who a patient is: the key from which pseudonyms are made. It must never look at task.json,
 * so that the command line and mercure agree. */
#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

#include "cleanup.h"
#include "scan_parts.h"
#include "text.h"

/* Letters and digits of a name with neither case nor accents, other runs as one space: "O'Brien^Zoë" and
 * "OBRIEN, ZOE " are one. The first component group that is not empty (PS3.5 6.2.1). NULL: no letters, or no
 * memory. */
static char *normalise_name(const char *name)
{
    name += strspn(name, "= ");
    AUTO_FREE char *group = strndup(name, strcspn(name, "="));
    AUTO_FREE utf8proc_uint8_t *folded = NULL;
    if (group == NULL ||
        utf8proc_map((const utf8proc_uint8_t *)group, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE | UTF8PROC_STRIPMARK) < 0) {
        return NULL;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees group */
    struct text text = TEXT_EMPTY;
    bool gap = false;
    const utf8proc_uint8_t *at = folded;
    while (*at != '\0') {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t used = utf8proc_iterate(at, -1, &point);
        if (used <= 0) {
            break; /* utf8proc_map() writes valid UTF-8 only */
        }
        utf8proc_category_t category = utf8proc_category(point);
        if (category <= UTF8PROC_CATEGORY_LO ||
            (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)) {
            if (gap && text.length > 0) {
                text_append(&text, " ");
            }
            gap = false;
            text_append_bytes(&text, (const char *)at, (size_t)used);
        } else if (point != '\'' && point != '.') {
            gap = true;
        }
        at += used;
    }
    if (text.length == 0) {
        text_free(&text);
        return NULL;
    }
    return text_take(&text);
}

/* The eight digits of a date in the standard's form or the old one with points; false: it is none. */
static bool read_date(const char *date, char ret_digits[9])
{
    size_t count = 0;
    for (; *date != '\0'; date++) {
        if (isdigit((unsigned char)*date)) {
            if (count == 8) {
                return false;
            }
            ret_digits[count++] = *date;
        } else if (strchr(" .-/", *date) == NULL) {
            return false;
        }
    }
    ret_digits[count] = '\0';
    return count == 8;
}

static char *trimmed(const char *value)
{
    if (value == NULL) {
        return strdup("");
    }
    value += strspn(value, " \t\r\n");
    size_t length = strlen(value);
    while (length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL) {
        length--;
    }
    return strndup(value, length);
}

/* The issuer's length keeps (A, "B C") and ("A B", C) apart. A name without a birth date is too common to
 * hold studies together: two patients under one pseudonym are worse than one under two. */
char *scan_patient_key(const char *issuer, const char *patient_id, const char *name, const char *birth_date,
                       const char *study_uid)
{
    AUTO_FREE char *id = trimmed(patient_id);
    AUTO_FREE char *from = trimmed(issuer);
    if (id == NULL || from == NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees from and id */
        return NULL;
    }
    if (id[0] != '\0') {
        return text_format("id %zu %s %s", strlen(from), from, id);
    }
    char digits[9];
    AUTO_FREE char *normal = name == NULL ? NULL : normalise_name(name);
    if (normal != NULL && birth_date != NULL && read_date(birth_date, digits)) {
        return text_format("name %s %s", digits, normal);
    }
    return text_format("study %s", study_uid);
}
