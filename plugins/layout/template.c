/* template.c: see template.h. A template is parsed once, into components of literals and fields. */
#include "template.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"

#define MAX_COMPONENTS 16U
#define MAX_PARTS 64U
#define MAX_WIDTH 20U
#define COMPONENT_BYTES 200U /* room is left for a suffix and an extension */

enum part_type { PART_LITERAL, PART_TAG, PART_SERIES, PART_INSTANCE, PART_KIND };

struct part {
    enum part_type type;
    char *literal;
    uint32_t tag;
    unsigned width;
    bool alternative; /* used only where those before it in its field were empty */
    size_t component;
};

struct template
{
    struct part parts[MAX_PARTS];
    size_t count;
    size_t components;
};

struct parser {
    const char *text;
    const char *at;
    struct template *template;
    char *problem;
    size_t problem_size;
};

/* ---- parsing ---- */

static int refuse(const struct parser *parser, const char *what)
{
    (void)snprintf(parser->problem, parser->problem_size, "character %zu: %s",
                   (size_t)(parser->at - parser->text) + 1, what);
    return DCMCHAIN_E_INVALID;
}

static int add_part(struct parser *parser, struct part part)
{
    if (parser->template->count == MAX_PARTS) {
        free(part.literal);
        return refuse(parser, "the template has too many parts");
    }
    part.component = parser->template->components - 1;
    parser->template->parts[parser->template->count++] = part;
    return DCMCHAIN_OK;
}

static int parse_literal(struct parser *parser, size_t length, bool alternative)
{
    char *literal = strndup(parser->at, length);
    if (literal == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    parser->at += length;
    return add_part(parser,
                    (struct part){.type = PART_LITERAL, .literal = literal, .alternative = alternative});
}

static int parse_quoted(struct parser *parser, bool alternative)
{
    parser->at++;
    size_t length = strcspn(parser->at, "\"");
    if (parser->at[length] == '\0') {
        return refuse(parser, "a text in quotes is not closed");
    }
    int result = parse_literal(parser, length, alternative);
    parser->at++;
    return result;
}

static int parse_width(struct parser *parser, unsigned *ret_width)
{
    if (*parser->at != ':') {
        return DCMCHAIN_OK;
    }
    parser->at++;
    size_t digits = strspn(parser->at, "0123456789");
    unsigned long width = digits > 0 && digits < 4 ? strtoul(parser->at, NULL, 10) : 0;
    if (parser->at[0] != '0' || width == 0 || width > MAX_WIDTH) {
        return refuse(parser, "expected ':0' and a number of digits from 1 to 20, as in {InstanceNumber:05}");
    }
    parser->at += digits;
    *ret_width = (unsigned)width;
    return DCMCHAIN_OK;
}

static int parse_name(struct parser *parser, bool alternative)
{
    size_t length = strcspn(parser->at, ":|}");
    char name[80];
    struct part part = {.alternative = alternative};
    if (length == 0 || length >= sizeof name) {
        return refuse(parser, "expected a DICOM keyword, a text in quotes, series, instance or kind");
    }
    memcpy(name, parser->at, length);
    name[length] = '\0';
    if (strcmp(name, "series") == 0) {
        part.type = PART_SERIES;
    } else if (strcmp(name, "instance") == 0) {
        part.type = PART_INSTANCE;
    } else if (strcmp(name, "kind") == 0) {
        part.type = PART_KIND;
    } else if (dcmchain_tag_parse(name, &part.tag) == DCMCHAIN_OK) {
        part.type = PART_TAG;
    } else {
        return refuse(parser, "no such DICOM keyword (PS3.6); they are written as in 'SeriesDescription'");
    }
    parser->at += length;
    int result = parse_width(parser, &part.width);
    return result == DCMCHAIN_OK ? add_part(parser, part) : result;
}

static int parse_field(struct parser *parser)
{
    bool alternative = false;
    do {
        parser->at++; /* '{' or '|' */
        int result = *parser->at == '"' ? parse_quoted(parser, alternative) : parse_name(parser, alternative);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        alternative = true;
    } while (*parser->at == '|');
    if (*parser->at != '}') {
        return refuse(parser, "expected '|' or '}'");
    }
    parser->at++;
    return DCMCHAIN_OK;
}

static int parse(struct parser *parser)
{
    struct template *template = parser->template;
    template->components = 1;
    while (*parser->at != '\0') {
        int result = DCMCHAIN_OK;
        if (*parser->at == '/') {
            bool empty = template->count == 0 ||
                         template->parts[template->count - 1].component != template->components - 1;
            if (empty || parser->at[1] == '\0' || template->components == MAX_COMPONENTS) {
                return refuse(parser, "a component of the path is empty, or there are more than 16");
            }
            template->components++;
            parser->at++;
        } else if (*parser->at == '{') {
            result = parse_field(parser);
        } else if (*parser->at == '}') {
            return refuse(parser, "a '}' without its '{'");
        } else {
            result = parse_literal(parser, strcspn(parser->at, "/{}"), false);
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return template->count == 0 ? refuse(parser, "the template is empty") : DCMCHAIN_OK;
}

int template_open(const char *text, struct template **ret_template, char *ret_problem, size_t problem_size)
{
    struct template *template = calloc(1, sizeof *template);
    if (template == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    struct parser parser = {text, text, template, ret_problem, problem_size};
    int result = parse(&parser);
    if (result != DCMCHAIN_OK) {
        template_free(template);
        return result;
    }
    *ret_template = template;
    return DCMCHAIN_OK;
}

void template_free(struct template *template)
{
    if (template == NULL) {
        return;
    }
    for (size_t i = 0; i < template->count; i++) {
        free(template->parts[i].literal);
    }
    free(template);
}

size_t template_component_count(const struct template *template)
{
    return template->components;
}

/* ---- filling ---- */

/* A whole number gets its zeros; anything else stays as it is. */
static char *pad(char *value, unsigned width)
{
    const char *digits = value + (value[0] == '+' ? 1 : 0);
    size_t length = strlen(digits);
    if (width == 0 || length == 0 || length > MAX_WIDTH || strspn(digits, "0123456789") != length) {
        return value;
    }
    char padded[2 * MAX_WIDTH + 2];
    int written = snprintf(padded, sizeof padded, "%0*llu", (int)width, strtoull(digits, NULL, 10));
    free(value);
    return written > 0 ? strdup(padded) : NULL;
}

/* The value of one part; "" where it is absent. NULL without memory. */
static char *value_of(const struct part *part, const struct template_values *values)
{
    char number[16];
    char *value = NULL;
    switch (part->type) {
    case PART_LITERAL:
        return strdup(part->literal);
    case PART_SERIES:
        return strdup(values->series == NULL ? "" : values->series);
    case PART_KIND:
        return strdup(values->kind == NULL ? "" : values->kind);
    case PART_INSTANCE:
        (void)snprintf(number, sizeof number, "%u", values->instance);
        return pad(strdup(values->instance == 0 ? "" : number), part->width);
    case PART_TAG:
        break;
    }
    const dcmchain_element *element =
        values->item == NULL ? NULL : dcmchain_item_find(values->item, part->tag);
    int result = element == NULL ? DCMCHAIN_E_ABSENT : dcmchain_element_get_value(element, 0, &value);
    if (result == DCMCHAIN_E_MEMORY) {
        return NULL;
    }
    return result == DCMCHAIN_OK ? pad(value, part->width) : strdup("");
}

char *template_component(const struct template *template, size_t index, const struct template_values *values)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return NULL;
    }
    bool filled = false; /* the field in hand has its value */
    bool well = true;
    for (size_t i = 0; i < template->count; i++) {
        const struct part *part = &template->parts[i];
        filled = part->alternative && filled;
        if (part->component != index || filled) {
            continue;
        }
        char *value = value_of(part, values);
        well = well && value != NULL;
        filled = value != NULL && value[0] != '\0';
        well = well && fputs(value, stream) >= 0;
        free(value);
    }
    well = fclose(stream) == 0 && well;
    char *component = well ? component_make(text, COMPONENT_BYTES) : NULL;
    free(text);
    return component;
}
