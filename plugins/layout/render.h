/* render.h: the components of a path, from a template and the final values of one data set.
 * It must not decide what happens where a name is taken. One data set belongs to one thread. */
#ifndef LAYOUT_RENDER_H
#define LAYOUT_RENDER_H

#include <stddef.h>
#include <stdint.h>

#include "dcmchain/dataset.h"
#include "template.h"

/* Where the values come from. NULL, and 0 for instance: there is none. */
struct render_values {
    const dcmchain_item *item;
    const char *series; /* the series' own name */
    uint32_t instance;  /* ordinal in the series, from 1 */
    const char *kind;
    const char *images_folder;
    const char *data_folder;
};

/* Clean texts of components (component_clean()), none empty: a component without a value is "_". Free with
 * render_free(). E_MEMORY, and what reading the data set gives. */
struct rendered {
    char **components;
    size_t count;
};
int render(const struct template *template, const struct render_values *values,
           struct rendered *ret_rendered);
void render_free(struct rendered *rendered);

/* A whole number with at least `width` digits, its sign before them; any other text stays as it is. Owned
 * (free()), NULL without memory. */
char *render_padded(const char *text, uint32_t width);

#endif
