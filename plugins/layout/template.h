/* template.h: templates of paths: literal text, '/' between components, and fields in braces.
 *
 *     {Keyword}  {Keyword:05}  {First|Second|"text"}  {series}  {instance}  {kind}
 *
 * A field gives the first of its alternatives that is not empty; :05 pads a whole number with zeros to five
 * digits. It knows no path that was given before: that is layout.c's. */
#ifndef LAYOUT_TEMPLATE_H
#define LAYOUT_TEMPLATE_H

#include <stdint.h>

#include "dcmchain/stage.h"

struct template;

/* What the fields are filled from. */
struct template_values {
    const dcmchain_item *item; /* final values; NULL: every keyword is absent */
    const char *series;        /* {series} */
    const char *kind;          /* {kind} */
    uint32_t instance;         /* {instance}: the ordinal, 0: none */
};

/* DCMCHAIN_E_INVALID with ret_problem: what is wrong, and at which character. */
int template_open(const char *text, struct template **ret_template, char *ret_problem, size_t problem_size);
void template_free(struct template *template);

size_t template_component_count(const struct template *template);
/* The n-th component, filled and made safe. Owned (free()); NULL without memory. */
char *template_component(const struct template *template, size_t index, const struct template_values *values);

#endif
