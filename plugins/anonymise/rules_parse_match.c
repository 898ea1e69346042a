/* rules_parse_match.c: reads what a rule is for (rules_parse.h): attributes, private blocks, VRs, paths,
 * objects. It must not repeat a text of the setting: it may hold identity. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "../common/keywords.h"
#include "rules_parse.h"

#define POINTER_BYTES 160
#define STEP_BYTES 80 /* no keyword is as long */

/* ---- lists: one text, or an array of them ---- */

typedef void (*take_text)(struct reading *reading, const char *text, const char *pointer);

static void take_list(struct reading *reading, const cJSON *value, const char *pointer, take_text take)
{
    const cJSON *member = NULL;
    size_t at = 0;

    if (cJSON_IsString(value)) {
        take(reading, value->valuestring, pointer);
        return;
    }
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) == 0) {
        rules_complain(reading, pointer, "expected a string, or an array of at least one");
        return;
    }
    cJSON_ArrayForEach(member, value)
    {
        char inside[POINTER_BYTES];
        (void)snprintf(inside, sizeof inside, "%s/%zu", pointer, at++);
        if (cJSON_IsString(member)) {
            take(reading, member->valuestring, inside);
        } else {
            rules_complain(reading, inside, "expected a string");
        }
    }
}

/* Makes room for one more in an array of size bytes each; NULL: out of memory, which is told. */
static void *grow(struct reading *reading, void *array, size_t count, size_t size)
{
    void *more = (count & (count - 1)) == 0 ? realloc(array, (count == 0 ? 1 : count * 2) * size) : array;

    if (more == NULL) {
        rules_complain(reading, "", "out of memory");
    }
    return more;
}

/* ---- match ---- */

/* "60xx,3000", "(0010,0010)", "00100010": hexadecimal digits, x for any. */
static bool parse_mask(const char *text, struct rule_tag *ret_tag)
{
    const size_t length = strlen(text);
    const bool bracketed = length == 11 && text[0] == '(' && text[10] == ')';
    struct rule_tag tag = {0, 0};
    size_t digits = 0;

    for (size_t at = bracketed ? 1 : 0; at < length - (bracketed ? 1U : 0U); at++) {
        const char letter = (char)tolower((unsigned char)text[at]);
        if (letter == ',' && digits == 4) {
            continue;
        }
        if (digits == 8 || (letter != 'x' && !isxdigit((unsigned char)letter))) {
            return false;
        }
        tag.tag <<= 4;
        tag.mask <<= 4;
        digits++;
        if (letter != 'x') {
            tag.tag |= (uint32_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
            tag.mask |= 0xFU;
        }
    }
    if (digits != 8) {
        return false;
    }
    *ret_tag = tag;
    return true;
}

static void take_attribute(struct reading *reading, const char *text, const char *pointer)
{
    struct rule_match *match = &reading->rule->match;
    struct rule_tag tag = {0, UINT32_MAX};
    const char *nearest = NULL;
    struct rule_tag *more = NULL;

    if (!parse_mask(text, &tag) && keywords_parse(text, &tag.tag, &nearest) < 0) {
        rules_complain(reading, pointer, "no keyword, tag or mask (as 60xx,3000)%s%s%s",
                       nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                       nearest == NULL ? "" : "'?");
        return;
    }
    if (tag.tag == 0x00080005U && tag.mask == UINT32_MAX) {
        rules_complain(reading, pointer,
                       "Specific Character Set is needed to read the text: no rule may change it");
        return;
    }
    more = grow(reading, match->tags, match->tag_count, sizeof *more);
    if (more != NULL) {
        match->tags = more;
        match->tags[match->tag_count++] = tag;
    }
}

static void take_vr(struct reading *reading, const char *text, const char *pointer)
{
    static const char known[] =
        " AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC "
        "UI UL UN UR US UT UV ";
    struct rule_match *match = &reading->rule->match;
    char padded[8] = "";
    uint16_t *more = NULL;

    if (strlen(text) == 2) {
        (void)snprintf(padded, sizeof padded, " %s ", text);
    }
    if (padded[0] == '\0' || strstr(known, padded) == NULL) {
        rules_complain(reading, pointer, "no VR: expected two letters as PN or DA");
        return;
    }
    more = grow(reading, match->vrs, match->vr_count, sizeof *more);
    if (more != NULL) {
        match->vrs = more;
        match->vrs[match->vr_count++] = DCMCHAIN_VR(text[0], text[1]);
    }
}

static void take_word(struct reading *reading, const char *text, char ***words, size_t *count)
{
    char *copy = strdup(text);
    char **more = copy == NULL ? NULL : grow(reading, *words, *count, sizeof *more);

    if (more == NULL) {
        free(copy);
        reading->failed = true;
        return;
    }
    *words = more;
    more[(*count)++] = copy;
}

static void take_modality(struct reading *reading, const char *text, const char *pointer)
{
    if (text[0] == '\0' || strlen(text) > 16) {
        rules_complain(reading, pointer, "no modality: expected a code as MR");
        return;
    }
    take_word(reading, text, &reading->rule->match.modalities, &reading->rule->match.modality_count);
}

static void take_sop_class(struct reading *reading, const char *text, const char *pointer)
{
    if (text[0] == '\0' || strlen(text) > 64 || strspn(text, "0123456789.") != strlen(text)) {
        rules_complain(reading, pointer, "no SOP Class UID");
        return;
    }
    take_word(reading, text, &reading->rule->match.sop_classes, &reading->rule->match.sop_class_count);
}

/* "ContentSequence/" and the like: steps are parted by '/'; "" is the top level. */
static void take_path(struct reading *reading, const cJSON *value)
{
    struct rule_match *match = &reading->rule->match;
    const char *at = cJSON_GetStringValue(value);

    if (at == NULL) {
        rules_complain(reading, "/match/path",
                       "expected a string: sequences parted by '/', * for any one, ** for any "
                       "number, \"\" for the top level");
        return;
    }
    match->has_path = true;
    while (*at != '\0') {
        const size_t length = strcspn(at, "/");
        char step[STEP_BYTES];
        const char *nearest = NULL;
        uint32_t tag = RULE_STEP_ANY;
        uint32_t *more = grow(reading, match->path, match->path_count, sizeof *more);
        if (more == NULL) {
            return;
        }
        match->path = more;
        (void)snprintf(step, sizeof step, "%.*s", length < STEP_BYTES ? (int)length : STEP_BYTES, at);
        if (strcmp(step, "**") == 0) {
            tag = RULE_STEP_ANY_DEPTH;
        } else if (strcmp(step, "*") != 0 && dcmchain_tag_parse(step, &tag) < 0 &&
                   keywords_parse(step, &tag, &nearest) < 0) {
            rules_complain(reading, "/match/path", "a step is no keyword, tag, * or **%s%s%s",
                           nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                           nearest == NULL ? "" : "'?");
            return;
        }
        match->path[match->path_count++] = tag;
        at += length + (at[length] == '/' ? 1 : 0);
    }
}

static bool parse_hex(const cJSON *value, size_t digits, unsigned *ret_number)
{
    const char *text = cJSON_GetStringValue(value);

    if (text == NULL || strlen(text) != digits || strspn(text, "0123456789abcdefABCDEF") != digits) {
        return false;
    }
    *ret_number = (unsigned)strtoul(text, NULL, 16);
    return true;
}

static void take_private(struct reading *reading, const cJSON *value)
{
    struct rule_match *match = &reading->rule->match;
    const cJSON *member = NULL;

    cJSON_ArrayForEach(member, value)
    {
        unsigned number = 0;
        if (strcmp(member->string, "creator") == 0 && cJSON_IsString(member) &&
            member->valuestring[0] != '\0') {
            match->creator = strdup(member->valuestring);
        } else if (strcmp(member->string, "offset") == 0 && parse_hex(member, 2, &number)) {
            match->has_offset = true;
            match->offset = (uint8_t)number;
        } else if (strcmp(member->string, "group") == 0 && parse_hex(member, 4, &number) &&
                   (number & 1U) != 0) {
            match->has_group = true;
            match->group = (uint16_t)number;
        } else {
            rules_complain(
                reading, "/match/private",
                "expected an object of creator (a string), offset (2 hex digits, in the block) and group "
                "(4 hex digits, odd)");
            return;
        }
    }
    if (match->creator == NULL) {
        rules_complain(reading, "/match/private", "expected an object with a creator");
    }
}

void rules_take_match(struct reading *reading, const cJSON *match)
{
    const cJSON *member = NULL;
    bool narrow = false;

    if (!cJSON_IsObject(match)) {
        rules_complain(reading, "/match", "expected an object: what the rule is for");
        return;
    }
    cJSON_ArrayForEach(member, match)
    {
        const char *key = member->string;
        narrow = narrow || (strcmp(key, "modality") != 0 && strcmp(key, "sop_class") != 0);
        if (strcmp(key, "attribute") == 0) {
            take_list(reading, member, "/match/attribute", take_attribute);
        } else if (strcmp(key, "private") == 0) {
            take_private(reading, member);
        } else if (strcmp(key, "vr") == 0) {
            take_list(reading, member, "/match/vr", take_vr);
        } else if (strcmp(key, "path") == 0) {
            take_path(reading, member);
        } else if (strcmp(key, "modality") == 0) {
            take_list(reading, member, "/match/modality", take_modality);
        } else if (strcmp(key, "sop_class") == 0) {
            take_list(reading, member, "/match/sop_class", take_sop_class);
        } else {
            rules_complain(reading, "/match",
                           "it has a key that is none of attribute, private, vr, path, modality, "
                           "sop_class");
        }
    }
    if (!narrow && !reading->failed) {
        rules_complain(reading, "/match",
                       "it would match every element: name an attribute, private block, VR or path");
    }
}
