/* attribute.c: see attribute.h. */
#include "attribute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "../common/keywords.h"

#define STEP_BYTES 128U
#define GROUPS 128U /* of a repeating group: xx00 to xxFE */

/* "60xx,0102" and "(60xx,0102)": the tag of its first group. */
static bool parse_repeating(const char *text, uint32_t *ret_tag)
{
    unsigned group = 0;
    unsigned element = 0;
    int end = 0;
    const char *digits = text[0] == '(' ? text + 1 : text;
    if (sscanf(digits, "%2xxx,%4x%n", &group, &element, &end) != 2 || (group & 1U) != 0 || end != 9 ||
        strcmp(digits + end, text[0] == '(' ? ")" : "") != 0) {
        return false;
    }
    *ret_tag = DCMCHAIN_TAG(group << 8, element);
    return true;
}

static int parse_step(const char *step, bool last, struct attribute *attribute, char *ret_problem,
                      size_t size)
{
    const char *nearest = NULL;
    uint32_t *tag = &attribute->tags[attribute->count];
    if (last && parse_repeating(step, tag)) {
        attribute->repeating = 1;
    } else if (keywords_parse(step, tag, &nearest) != DCMCHAIN_OK) {
        (void)snprintf(ret_problem, size, "no such attribute: '%s'%s%s%s", step,
                       nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                       nearest == NULL ? "" : "'?");
        return DCMCHAIN_E_CONFIG;
    }
    attribute->count++;
    return DCMCHAIN_OK;
}

int attribute_parse(const char *text, struct attribute *ret_attribute, char *ret_problem, size_t size)
{
    struct attribute attribute = {0};
    const char *at = text;
    for (;;) {
        const char *slash = strchr(at, '/');
        size_t length = slash == NULL ? strlen(at) : (size_t)(slash - at);
        char step[STEP_BYTES];
        if (length >= sizeof step || attribute.count == ATTRIBUTE_MAX_STEPS) {
            (void)snprintf(ret_problem, size,
                           "an attribute is a keyword or tag, or a path of at most %u of them",
                           ATTRIBUTE_MAX_STEPS);
            return DCMCHAIN_E_CONFIG;
        }
        memcpy(step, at, length);
        step[length] = '\0';
        int result = parse_step(step, slash == NULL, &attribute, ret_problem, size);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (slash == NULL) {
            break;
        }
        at = slash + 1;
    }
    *ret_attribute = attribute;
    return DCMCHAIN_OK;
}

/* The whole bytes as one text, for what does not decode and for what is no text. */
static int raw_text(const dcmchain_element *element, char **ret_text)
{
    AUTO_API void *bytes = NULL;
    size_t length = 0;
    int result = dcmchain_element_get_bytes(element, &bytes, &length);
    char *text = result == DCMCHAIN_OK ? malloc(length + 1) : NULL;
    if (text == NULL) {
        return result == DCMCHAIN_OK ? DCMCHAIN_E_MEMORY : result;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = ((const unsigned char *)bytes)[i];
        text[i] = byte == 0 || byte > 0x7EU ? '?' : (char)byte;
    }
    text[length] = '\0';
    *ret_text = text;
    return DCMCHAIN_OK;
}

/* Each value of a text without the spaces around it. All are decoded at once: asked for one by one, as
 * dcmchain_element_get_value() gives them, a million of them would be decoded a million times. */
static int visit_texts(char *text, attribute_visitor visit, void *closure)
{
    int result = DCMCHAIN_OK;
    for (char *next = text; result == DCMCHAIN_OK && next != NULL;) {
        char *value = next + strspn(next, " ");
        char *end = value + strcspn(value, "\\");
        next = *end == '\0' ? NULL : end + 1;
        while (end > value && end[-1] == ' ') {
            end--;
        }
        *end = '\0';
        result = visit(closure, value);
    }
    return result;
}

static int visit_element(const dcmchain_element *element, attribute_visitor visit, void *closure)
{
    size_t count = dcmchain_element_value_count(element);
    if (count == 0) {
        return visit(closure, "");
    }
    if (dcmchain_element_vr(element) == DCMCHAIN_VR_SQ) {
        return visit(closure, "?"); /* it is there, and holds items */
    }
    int result = DCMCHAIN_OK;
    if (count > 1 && dcmchain_vr_is_text(dcmchain_element_vr(element))) {
        AUTO_API char *text = NULL;
        result = dcmchain_element_get_text(element, &text); /* it decodes: its values were counted */
        return result == DCMCHAIN_OK ? visit_texts(text, visit, closure) : result;
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < count; i++) {
        AUTO_API char *text = NULL;
        result = dcmchain_element_get_value(element, i, &text);
        if (result == DCMCHAIN_OK) {
            result = visit(closure, text);
        } else if (result == DCMCHAIN_E_CHARSET || result == DCMCHAIN_E_TYPE) {
            AUTO_FREE char *raw = NULL;
            result = raw_text(element, &raw);
            return result == DCMCHAIN_OK ? visit(closure, raw) : result;
        }
    }
    return result;
}

static int visit_path(const struct attribute *attribute, uint32_t step, const dcmchain_item *item,
                      attribute_visitor visit, void *closure)
{
    uint32_t tag = attribute->tags[step];
    bool last = step + 1 == attribute->count;
    uint32_t groups = last && attribute->repeating != 0 ? GROUPS : 1;
    int result = DCMCHAIN_OK;
    for (uint32_t group = 0; result == DCMCHAIN_OK && group < groups; group++, tag += 0x00020000U) {
        const dcmchain_element *element = dcmchain_item_find(item, tag);
        if (element == NULL) {
            continue;
        }
        if (last) {
            result = visit_element(element, visit, closure);
            continue;
        }
        const dcmchain_item *inner = NULL;
        for (size_t i = 0; result == DCMCHAIN_OK && (inner = dcmchain_element_item(element, i)) != NULL;
             i++) {
            result = visit_path(attribute, step + 1, inner, visit, closure);
        }
    }
    return result;
}

int attribute_values(const struct attribute *attribute, dcmchain_instance *instance, attribute_visitor visit,
                     void *closure)
{
    dcmchain_dataset *dataset = dcmchain_instance_dataset(instance);
    bool in_meta = DCMCHAIN_TAG_GROUP(attribute->tags[0]) == 0x0002U;
    return visit_path(attribute, 0, in_meta ? dcmchain_dataset_meta(dataset) : dcmchain_dataset_root(dataset),
                      visit, closure);
}
