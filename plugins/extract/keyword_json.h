/* keyword_json.h: elements as JSON by keyword, for people and scripts that know no tags. */
#ifndef EXTRACT_KEYWORD_JSON_H
#define EXTRACT_KEYWORD_JSON_H

#include <cjson/cJSON.h>

#include "dcmchain/dataset.h"

/* The key of a tag: its keyword, else "(gggg,eeee)". size: at least 80. */
void keyword_key(uint32_t tag, char *ret_key, size_t size);
/* True where an element has no place in such a document: bulk data, group lengths. */
bool keyword_skips(const dcmchain_element *element);
/* The value of an element: null if it is empty, an array if it has several; NULL without memory. Owned. */
cJSON *keyword_value(const dcmchain_element *element);
/* All elements of an item. Owned; NULL without memory. */
cJSON *keyword_item(const dcmchain_item *item);

#endif
