/* template.c: see template.h: a parser by descent over one text, which says at which character it stopped. */
#include "template.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "../common/keywords.h"
#include "component.h"
#include "dcmchain/dataset.h"

struct builtin {
    const char *name;
    uint32_t bit;
};

static const struct builtin builtin_names[] = {
    {"series", TEMPLATE_SERIES},
    {"instance", TEMPLATE_INSTANCE},
    {"kind", TEMPLATE_KIND},
    {"images_folder", TEMPLATE_IMAGES_FOLDER},
    {"data_folder", TEMPLATE_DATA_FOLDER},
};
#define BUILTINS (sizeof builtin_names / sizeof builtin_names[0])

struct parser {
    const char *text;
    const char *at;
    uint32_t builtins;
    struct template *template;
    char *problem;
    size_t problem_size;
};

static int complain(struct parser *parser, const char *at, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
static int complain(struct parser *parser, const char *at, const char *format, ...)
{
    size_t character = 1; /* people count characters, not bytes */
    for (const char *byte = parser->text; byte < at; byte++) {
        character += ((unsigned char)*byte & 0xC0U) != 0x80U ? 1U : 0U;
    }
    int used = snprintf(parser->problem, parser->problem_size, "character %zu: ", character);
    if (used > 0 && (size_t)used < parser->problem_size) {
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(parser->problem + used, parser->problem_size - (size_t)used, format, arguments);
        va_end(arguments);
    }
    return DCMCHAIN_E_INVALID;
}

static int add_part(struct template *template, struct template_part **ret_part)
{
    struct template_part *grown =
        realloc(template->parts, (template->count + 1) * sizeof(struct template_part));
    if (grown == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    template->parts = grown;
    *ret_part = &grown[template->count++];
    **ret_part = (struct template_part){0};
    return DCMCHAIN_OK;
}

static int add_choice(struct template_part *part, struct template_choice **ret_choice)
{
    struct template_choice *grown =
        realloc(part->choices, (part->choice_count + 1) * sizeof(struct template_choice));
    if (grown == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    part->choices = grown;
    *ret_choice = &grown[part->choice_count++];
    **ret_choice = (struct template_choice){0};
    return DCMCHAIN_OK;
}

/* ---- a field ---- */

static int unknown_builtin(struct parser *parser, const char *at, const char *name)
{
    const char *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < BUILTINS; i++) {
        unsigned edits = keywords_distance(name, builtin_names[i].name);
        if (edits < best && (parser->builtins & builtin_names[i].bit) != 0) {
            best = edits;
            nearest = builtin_names[i].name;
        }
    }
    const char *keyword = NULL;
    uint32_t tag = 0;
    if (nearest == NULL && keywords_parse(name, &tag, &keyword) != DCMCHAIN_OK) {
        nearest = keyword;
    }
    return nearest == NULL ? complain(parser, at, "unknown name '%s'", name)
                           : complain(parser, at, "unknown name '%s'; did you mean '%s'?", name, nearest);
}

static int take_builtin(struct parser *parser, const char *at, const char *name,
                        struct template_choice *choice)
{
    for (size_t i = 0; i < BUILTINS; i++) {
        if (strcmp(builtin_names[i].name, name) != 0) {
            continue;
        }
        if ((parser->builtins & builtin_names[i].bit) == 0) {
            return complain(parser, at, "'%s' cannot stand in this setting", name);
        }
        choice->builtin = builtin_names[i].bit;
        return DCMCHAIN_OK;
    }
    return unknown_builtin(parser, at, name);
}

static int take_attribute(struct parser *parser, const char *at, const char *name,
                          struct template_choice *choice)
{
    const char *nearest = NULL;
    if (keywords_parse(name, &choice->tag, &nearest) != DCMCHAIN_OK) {
        return nearest == NULL
                   ? complain(parser, at, "unknown keyword '%s'", name)
                   : complain(parser, at, "unknown keyword '%s'; did you mean '%s'?", name, nearest);
    }
    uint16_t vr = dcmchain_tag_vr(choice->tag);
    bool number = vr == DCMCHAIN_VR_US || vr == DCMCHAIN_VR_SS || vr == DCMCHAIN_VR_UL ||
                  vr == DCMCHAIN_VR_SL || vr == DCMCHAIN_VR_UV || vr == DCMCHAIN_VR_SV ||
                  vr == DCMCHAIN_VR_FL || vr == DCMCHAIN_VR_FD || vr == DCMCHAIN_VR_AT;
    if (vr != 0 && !number && !dcmchain_vr_is_text(vr)) {
        return complain(parser, at, "'%s' is a sequence or binary data, which makes no name", name);
    }
    if (choice->tag == 0) {
        return complain(parser, at, "'%s' is no attribute of a data set", name);
    }
    return DCMCHAIN_OK;
}

static int take_width(struct parser *parser, struct template_choice *choice)
{
    const char *start = ++parser->at;
    if (*parser->at != '0') {
        return complain(parser, start, "expected a width as in ':05'");
    }
    for (; *parser->at >= '0' && *parser->at <= '9'; parser->at++) {
        choice->width = choice->width * 10 + (uint32_t)(*parser->at - '0');
        if (choice->width > TEMPLATE_WIDTH) {
            return complain(parser, start, "a width of at most %u is allowed", TEMPLATE_WIDTH);
        }
    }
    return choice->width == 0 ? complain(parser, start, "expected a width as in ':05'") : DCMCHAIN_OK;
}

static int take_literal_choice(struct parser *parser, struct template_choice *choice)
{
    const char *start = parser->at++;
    size_t length = strcspn(parser->at, "\"");
    if (parser->at[length] == '\0') {
        return complain(parser, start, "a text without its closing '\"'");
    }
    choice->text = strndup(parser->at, length);
    if (choice->text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    AUTO_FREE char *clean = component_clean(choice->text);
    if (clean == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (length == 0 || strcmp(clean, choice->text) != 0) {
        return complain(parser, start, "a text that cannot stand in a file name");
    }
    parser->at += length + 1;
    return DCMCHAIN_OK;
}

static int take_choice(struct parser *parser, struct template_part *part)
{
    struct template_choice *choice = NULL;
    int result = add_choice(part, &choice);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (*parser->at == '"') {
        return take_literal_choice(parser, choice);
    }
    const char *start = parser->at;
    size_t length = strcspn(start, "|:}\"{/");
    if (length == 0) {
        return complain(parser, start, "expected a keyword or a text in quotes");
    }
    AUTO_FREE char *name = strndup(start, length);
    if (name == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    parser->at += length;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees name */
    result = name[0] >= 'a' && name[0] <= 'z' ? take_builtin(parser, start, name, choice)
                                              : take_attribute(parser, start, name, choice);
    if (result == DCMCHAIN_OK && *parser->at == ':') {
        result = take_width(parser, choice);
    }
    return result;
}

static int take_field(struct parser *parser)
{
    const char *start = parser->at;
    struct template_part *part = NULL;
    int result = add_part(parser->template, &part);
    do {
        parser->at++; /* '{' or '|' */
        result = result == DCMCHAIN_OK ? take_choice(parser, part) : result;
    } while (result == DCMCHAIN_OK && *parser->at == '|');
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (*parser->at == '\0') {
        return complain(parser, start, "a '{' without its '}'");
    }
    if (*parser->at != '}') {
        return complain(parser, parser->at, "expected '|' or '}'");
    }
    parser->at++;
    return DCMCHAIN_OK;
}

/* ---- literals and slashes ---- */

static int take_literal(struct parser *parser)
{
    size_t length = strcspn(parser->at, "{}/");
    AUTO_FREE char *text = strndup(parser->at, length);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    /* Checked between two letters: dots and spaces within a name are fine, those at its ends are judged with
     * the whole. */
    AUTO_FREE char *probe = malloc(length + 3);
    if (probe == NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees text */
        return DCMCHAIN_E_MEMORY;
    }
    (void)snprintf(probe, length + 3, "x%sx", text);
    AUTO_FREE char *clean = component_clean(probe);
    if (clean == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (strcmp(clean, probe) != 0) {
        return complain(parser, parser->at, "a character that cannot stand in a file name");
    }
    const struct template *so_far = parser->template;
    bool begins = so_far->count == 0 || so_far->parts[so_far->count - 1].slash;
    if (begins && (text[0] == '.' || text[0] == ' ')) {
        return complain(parser, parser->at, "a name that begins with a dot or a space");
    }
    struct template_part *part = NULL;
    int result = add_part(parser->template, &part);
    if (result == DCMCHAIN_OK) {
        part->text = text;
        text = NULL;
        parser->at += length;
    }
    return result;
}

static int take_slash(struct parser *parser)
{
    const struct template *so_far = parser->template;
    const struct template_part *last = so_far->count == 0 ? NULL : &so_far->parts[so_far->count - 1];
    if (last == NULL || last->slash || parser->at[1] == '\0') {
        return complain(parser, parser->at, "an empty name beside '/'");
    }
    if (last->text != NULL && strchr(". ", last->text[strlen(last->text) - 1]) != NULL) {
        return complain(parser, parser->at, "a name that ends with a dot or a space");
    }
    struct template_part *part = NULL;
    int result = add_part(parser->template, &part);
    if (result == DCMCHAIN_OK) {
        part->slash = true;
        parser->at++;
    }
    return result;
}

int template_parse(const char *text, uint32_t builtins, struct template *ret_template, char *problem,
                   size_t problem_size)
{
    struct template template = {0};
    struct parser parser = {text, text, builtins, &template, problem, problem_size};
    int result = DCMCHAIN_OK;
    if (text[0] == '\0') {
        result = complain(&parser, text, "it is empty");
    }
    while (result == DCMCHAIN_OK && *parser.at != '\0') {
        switch (*parser.at) {
        case '{':
            result = take_field(&parser);
            break;
        case '}':
            result = complain(&parser, parser.at, "a '}' without its '{'");
            break;
        case '/':
            result = take_slash(&parser);
            break;
        default:
            result = take_literal(&parser);
        }
    }
    if (result != DCMCHAIN_OK) {
        template_free(&template);
        if (result == DCMCHAIN_E_MEMORY) {
            (void)snprintf(problem, problem_size, "out of memory");
        }
        return result;
    }
    *ret_template = template;
    return DCMCHAIN_OK;
}

void template_free(struct template *template)
{
    for (size_t i = 0; i < template->count; i++) {
        struct template_part *part = &template->parts[i];
        for (size_t k = 0; k < part->choice_count; k++) {
            free(part->choices[k].text);
        }
        free(part->choices);
        free(part->text);
    }
    free(template->parts);
    *template = (struct template){0};
}
