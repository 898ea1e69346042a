/* template.h: path templates: "{images_folder}/{series}/{InstanceNumber:05|instance:05}".
 * This is the parsed form; it must not read a data set. A parsed template is constant: any thread. */
#ifndef LAYOUT_TEMPLATE_H
#define LAYOUT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a field may name besides attributes: lower case, as no keyword is. */
#define TEMPLATE_SERIES 1U        /* {series} */
#define TEMPLATE_INSTANCE 2U      /* {instance} */
#define TEMPLATE_KIND 4U          /* {kind} */
#define TEMPLATE_IMAGES_FOLDER 8U /* {images_folder} */
#define TEMPLATE_DATA_FOLDER 16U  /* {data_folder} */

#define TEMPLATE_WIDTH 32U /* most digits of ":032" */

/* One alternative of a field; the first that has a value counts. */
struct template_choice {
    uint32_t tag;     /* an attribute; 0: not */
    uint32_t builtin; /* TEMPLATE_SERIES …; 0: not */
    char *text;       /* a literal; NULL: not. Owned */
    uint32_t width;   /* ":05" is 5, 0: as it is */
};

/* A literal, a field, or the '/' between components. */
struct template_part {
    bool slash;
    char *text;                      /* of a literal, NULL for fields and slashes. Owned */
    struct template_choice *choices; /* of a field. Owned */
    size_t choice_count;
};

struct template
{
    struct template_part *parts;
    size_t count;
};

/* builtins: those that may be named here. DCMCHAIN_E_INVALID with what is wrong, and where, in problem. */
int template_parse(const char *text, uint32_t builtins, struct template *ret_template, char *problem,
                   size_t problem_size);
void template_free(struct template *template);

#endif
