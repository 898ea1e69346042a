/* render.c: see render.h. */
#include "render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "component.h"

char *render_padded(const char *text, uint32_t width)
{
    const char *digits = text + (text[0] == '-' || text[0] == '+' ? 1 : 0);
    size_t count = strspn(digits, "0123456789");
    if (width == 0 || count == 0 || digits[count] != '\0') {
        return strdup(text);
    }
    while (count > 1 && digits[0] == '0') {
        digits++;
        count--;
    }
    size_t zeros = count < width ? width - count : 0;
    char *padded = malloc(zeros + count + 2);
    if (padded == NULL) {
        return NULL;
    }
    size_t length = 0;
    if (text[0] == '-') {
        padded[length++] = '-';
    }
    memset(padded + length, '0', zeros);
    memcpy(padded + length + zeros, digits, count + 1);
    return padded;
}

static const char *builtin_value(uint32_t builtin, const struct render_values *values, char instance[16])
{
    switch (builtin) {
    case TEMPLATE_SERIES:
        return values->series;
    case TEMPLATE_KIND:
        return values->kind;
    case TEMPLATE_IMAGES_FOLDER:
        return values->images_folder;
    case TEMPLATE_DATA_FOLDER:
        return values->data_folder;
    default:
        (void)snprintf(instance, 16, "%u", values->instance);
        return values->instance == 0 ? NULL : instance;
    }
}

/* The clean value of one alternative, *ret_value NULL where it has none. An attribute that is absent, empty
 * or not readable has none. */
static int choice_value(const struct template_choice *choice, const struct render_values *values,
                        char **ret_value)
{
    char instance[16];
    AUTO_API char *text = NULL;
    const char *value = choice->text;
    if (choice->tag != 0 && values->item != NULL) {
        int result = dcmchain_item_get_text(values->item, choice->tag, &text);
        if (result == DCMCHAIN_E_MEMORY) {
            return result;
        }
        value = result == DCMCHAIN_OK ? text : NULL;
    } else if (choice->builtin != 0) {
        value = builtin_value(choice->builtin, values, instance);
    }
    if (value == NULL) {
        *ret_value = NULL;
        return DCMCHAIN_OK;
    }
    value += strspn(value, " ");
    AUTO_FREE char *padded = render_padded(value, choice->width);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees padded */
    char *clean = padded == NULL ? NULL : component_clean(padded);
    if (clean == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (clean[0] == '\0') {
        free(clean);
        clean = NULL;
    }
    *ret_value = clean;
    return DCMCHAIN_OK;
}

static int part_value(const struct template_part *part, const struct render_values *values, char **ret_value)
{
    char *value = NULL;
    int result = DCMCHAIN_OK;
    if (part->text != NULL) {
        value = strdup(part->text);
        result = value == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    }
    for (size_t i = 0; result == DCMCHAIN_OK && value == NULL && i < part->choice_count; i++) {
        result = choice_value(&part->choices[i], values, &value);
    }
    if (result == DCMCHAIN_OK && value == NULL) {
        value = strdup("none");
        result = value == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    }
    if (result == DCMCHAIN_OK) {
        *ret_value = value;
    }
    return result;
}

static int add_component(struct rendered *rendered, char *raw)
{
    char *clean = component_clean(raw);
    char **grown = realloc(rendered->components, (rendered->count + 1) * sizeof(char *));
    free(raw);
    if (grown != NULL) {
        rendered->components = grown;
    }
    if (clean == NULL || grown == NULL) {
        free(clean);
        return DCMCHAIN_E_MEMORY;
    }
    grown[rendered->count++] = clean;
    return DCMCHAIN_OK;
}

int render(const struct template *template, const struct render_values *values, struct rendered *ret_rendered)
{
    struct rendered rendered = {0};
    char *component = NULL;
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        if (part->slash) {
            result = add_component(&rendered, component);
            component = NULL;
            continue;
        }
        char *value = NULL;
        result = part_value(part, values, &value);
        if (result == DCMCHAIN_OK) {
            char *longer = NULL;
            if (asprintf(&longer, "%s%s", component == NULL ? "" : component, value) < 0) {
                longer = NULL;
                result = DCMCHAIN_E_MEMORY;
            }
            free(component);
            component = longer;
        }
        free(value);
    }
    if (result == DCMCHAIN_OK) {
        result = add_component(&rendered, component);
    } else {
        free(component);
    }
    if (result != DCMCHAIN_OK) {
        render_free(&rendered);
        return result;
    }
    *ret_rendered = rendered;
    return DCMCHAIN_OK;
}

void render_free(struct rendered *rendered)
{
    for (size_t i = 0; i < rendered->count; i++) {
        free(rendered->components[i]);
    }
    free(rendered->components);
    *rendered = (struct rendered){0};
}
