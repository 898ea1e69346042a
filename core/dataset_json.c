/* dataset_json.c: an item as a DICOM JSON object (PS3.18 Annex F). Bulk data is left out:
 * an element of such a VR shows its VR. */
#include <string.h>

#include "cleanup.h"
#include "dataset/dataset_internal.h"
#include "text.h"

#define TAG_SPECIFIC_CHARACTER_SET 0x00080005U

static int append_item(struct text *text, const dcmchain_item *item, unsigned depth);

static bool is_bulk(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_OV:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_UN:
        return true;
    default:
        return false;
    }
}

static bool is_binary_number(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UV:
        return true;
    default:
        return false;
    }
}

/* A number as RFC 8259 writes it: DS and IS allow more ("+1", "007", ".5"). */
static bool is_json_number(const char *value)
{
    const char *at = value + (value[0] == '-' ? 1 : 0);
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || (digits > 1 && at[0] == '0')) {
        return false;
    }
    at += digits;
    if (*at == '.') {
        size_t fraction = strspn(at + 1, "0123456789");
        if (fraction == 0) {
            return false;
        }
        at += 1 + fraction;
    }
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        size_t exponent = strspn(at, "0123456789");
        if (exponent == 0) {
            return false;
        }
        at += exponent;
    }
    return *at == '\0';
}

/* "NaN", "inf" and "-inf" are strings in Annex F.2.3; so is what is no number. 64-bit integers of more than
 * 15 digits too, since readers lose their last ones. */
static void append_number(struct text *text, uint16_t vr, const char *value)
{
    if (strcmp(value, "nan") == 0 || strcmp(value, "-nan") == 0) {
        value = "NaN";
    }
    bool wide = (vr == DCMCHAIN_VR_SV || vr == DCMCHAIN_VR_UV) && strlen(value) > 15;
    if (is_json_number(value) && !wide) {
        text_append(text, value);
    } else {
        text_json_string(text, value);
    }
}

/* PN: its component groups by name. */
static void append_person(struct text *text, const char *value)
{
    static const char *const groups[] = {"Alphabetic", "Ideographic", "Phonetic"};
    bool first = true;
    text_append(text, "{");
    for (size_t i = 0; i < 3 && value != NULL; i++) {
        const char *equal = strchr(value, '=');
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees group */
        AUTO_FREE char *group = equal == NULL ? strdup(value) : strndup(value, (size_t)(equal - value));
        if (group != NULL && group[0] != '\0') {
            text_printf(text, "%s\"%s\":", first ? "" : ",", groups[i]);
            text_json_string(text, group);
            first = false;
        }
        value = equal == NULL ? NULL : equal + 1;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees group */
    text_append(text, "}");
}

/* AT: eight hexadecimal digits. */
static void append_tag(struct text *text, const char *value)
{
    uint32_t tag = 0;
    if (dcmchain_tag_parse(value, &tag) == DCMCHAIN_OK) {
        text_printf(text, "\"%08X\"", tag);
    } else {
        text_append(text, "null");
    }
}

static void append_value(struct text *text, uint16_t vr, const char *value)
{
    if (value[0] == '\0') {
        text_append(text, "null"); /* an empty value among others, F.2.5 */
    } else if (vr == DCMCHAIN_VR_PN) {
        append_person(text, value);
    } else if (vr == DCMCHAIN_VR_AT) {
        append_tag(text, value);
    } else if (is_binary_number(vr) || vr == DCMCHAIN_VR_DS || vr == DCMCHAIN_VR_IS) {
        append_number(text, vr, value);
    } else {
        text_json_string(text, value);
    }
}

struct value_writer {
    struct text *text;
    uint16_t vr;
    size_t count;
};

static int append_next_value(void *closure, const char *value)
{
    struct value_writer *writer = closure;
    text_append(writer->text, writer->count++ == 0 ? ",\"Value\":[" : ",");
    append_value(writer->text, writer->vr, value);
    return DCMCHAIN_OK;
}

static int append_values(struct text *text, const dcmchain_element *element, uint16_t vr)
{
    struct value_writer writer = {.text = text, .vr = vr};
    int result = dataset_each_value(element, append_next_value, &writer);
    if (result == DCMCHAIN_E_CHARSET) { /* it is there, but does not decode */
        result = append_next_value(&writer, "");
    }
    text_append(text, writer.count > 0 ? "]" : "");
    return result;
}

static int append_items(struct text *text, const dcmchain_element *element, unsigned depth)
{
    const dcmchain_item *item = NULL;
    int result = DCMCHAIN_OK;
    size_t count = 0;
    while (result == DCMCHAIN_OK && (item = dcmchain_element_item(element, count)) != NULL) {
        text_append(text, count++ == 0 ? ",\"Value\":[" : ",");
        result = append_item(text, item, depth + 1);
    }
    text_append(text, count > 0 ? "]" : "");
    return result;
}

struct member_writer {
    struct text *text;
    unsigned depth;
    bool first;
};

static int append_element(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct member_writer *writer = closure;
    uint32_t tag = dcmchain_element_tag(element);
    uint16_t vr = dcmchain_element_vr(element);
    (void)position;
    if (DCMCHAIN_TAG_ELEMENT(tag) == 0) {
        return DCMCHAIN_VISIT_SKIP; /* group lengths are no part of the model, F.2.2 */
    }
    text_printf(writer->text, "%s\"%08X\":{\"vr\":\"%c%c\"", writer->first ? "" : ",", tag, vr >> 8,
                vr & 0xFF);
    writer->first = false;
    int result = DCMCHAIN_OK;
    if (tag == TAG_SPECIFIC_CHARACTER_SET) {
        text_append(writer->text, ",\"Value\":[\"ISO_IR 192\"]"); /* JSON is UTF-8, whatever the data set */
    } else if (vr == DCMCHAIN_VR_SQ) {
        result = append_items(writer->text, element, writer->depth);
    } else if (!is_bulk(vr)) {
        result = append_values(writer->text, element, vr);
    }
    text_append(writer->text, "}");
    return result == DCMCHAIN_OK ? DCMCHAIN_VISIT_SKIP : result;
}

static int append_item(struct text *text, const dcmchain_item *item, unsigned depth)
{
    struct member_writer writer = {.text = text, .depth = depth, .first = true};
    if (depth > DCMCHAIN_MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    text_append(text, "{");
    /* The walk only reads here; its item is not const because other visitors edit. */
    int result = dcmchain_item_walk((dcmchain_item *)(uintptr_t)item, 0, append_element, &writer);
    text_append(text, "}");
    return result;
}

int dcmchain_item_to_json(const dcmchain_item *item, char **ret_json)
{
    struct text text = TEXT_EMPTY;
    int result = item == NULL ? DCMCHAIN_E_ABSENT : append_item(&text, item, 0);
    char *json = result == DCMCHAIN_OK ? text_take(&text) : NULL;
    if (json == NULL) {
        text_free(&text);
        return result == DCMCHAIN_OK ? DCMCHAIN_E_MEMORY : result;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}
