/* scrub.c: see scrub.h. */
#include "scrub.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "search.h"

#define HIT 1

struct scrub {
    dcmchain_context *context;
    dcmchain_instance *instance;
    struct search search;
    size_t count;
};

static int found(void *closure, const struct finding *finding)
{
    (void)closure;
    (void)finding;
    return HIT;
}

/* What takes the place of a value: the attribute may be of Type 1, so that it is never empty, and valid in
 * its VR (PS3.5 6.2). NULL: nothing can; the search of the artifact then stops the study. */
static const char *dummy_of(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_DA:
    case DCMCHAIN_VR_DT:
        return "19000101";
    case DCMCHAIN_VR_TM:
        return "000000";
    case DCMCHAIN_VR_AS:
        return "000Y";
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
        return "0";
    case DCMCHAIN_VR_UI:
        return NULL; /* what refers to it would refer to something else */
    default:
        return dcmchain_vr_is_text(vr) ? "REMOVED" : NULL;
    }
}

/* The text with a dummy for each value that is found; *ret_text is owned. 1: there were such values. */
static int replace_values(struct scrub *scrub, const struct spot *spot, const char *text, const char *dummy,
                          char **ret_text)
{
    const size_t each = strlen(dummy);
    char *out = malloc((strlen(text) + 1) * (each + 1));
    size_t used = 0;
    int found_any = 0;
    if (out == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (const char *at = text;; at++) {
        const size_t length = spot->one_value ? strlen(at) : strcspn(at, "\\");
        const int result = search_text(&scrub->search, spot, at, length);
        if (result != HIT && result != DCMCHAIN_OK) {
            free(out);
            return result;
        }
        memcpy(out + used, result == HIT ? dummy : at, result == HIT ? each : length);
        used += result == HIT ? each : length;
        found_any |= result == HIT;
        at += length;
        if (*at == '\0') {
            break;
        }
        out[used++] = '\\';
    }
    out[used] = '\0';
    *ret_text = out;
    return found_any;
}

/* A value that is found only in another character set than it declares goes with its neighbours. */
static int replace(struct scrub *scrub, const struct spot *spot, const char *dummy, dcmchain_element *element)
{
    AUTO_API char *text = NULL;
    char *replaced = NULL; /* freed by hand: clang's analyzer does not see the cleanup */
    int result = 0;
    if (dcmchain_element_get_text(element, &text) == DCMCHAIN_OK) {
        result = replace_values(scrub, spot, text, dummy, &replaced);
    }
    if (result >= 0) {
        result = dcmchain_element_set_text(element, result > 0 ? replaced : dummy);
    }
    free(replaced);
    return result;
}

static int visit(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct scrub *scrub = closure;
    const uint16_t vr = dcmchain_element_vr(element);
    const uint32_t tag = dcmchain_element_tag(element);
    AUTO_API void *bytes = NULL;
    size_t length = 0;
    struct spot spot;
    if (vr == DCMCHAIN_VR_SQ) {
        return DCMCHAIN_VISIT_NEXT;
    }
    roles_of_element(tag, vr, true, &spot);
    int result = dcmchain_element_get_bytes(element, &bytes, &length);
    if (result == DCMCHAIN_OK) {
        result = search_bytes(&scrub->search, &spot, bytes, length);
    }
    if (result != HIT) {
        return result;
    }
    const char *dummy = dummy_of(vr);
    if (dummy != NULL) {
        result = replace(scrub, &spot, dummy, element);
    } else if (vr == DCMCHAIN_VR_UN || DCMCHAIN_TAG_IS_PRIVATE(tag)) { /* no type is known of it */
        result = dcmchain_element_clear(element);
    } else {
        return DCMCHAIN_VISIT_NEXT;
    }
    scrub->count++;
    dcmchain_change(scrub->context, scrub->instance, position, tag, dummy != NULL ? "dummy" : "empty",
                    "guard: an identifier was left", NULL, NULL);
    return result;
}

int scrub_instance(dcmchain_context *context, const struct patterns *patterns, dcmchain_instance *instance,
                   size_t *ret_count)
{
    dcmchain_dataset *dataset = dcmchain_instance_dataset(instance);
    struct scrub scrub = {.context = context, .instance = instance};
    scrub.search = (struct search){.patterns = patterns, .found = found};
    int result = dcmchain_item_walk(dcmchain_dataset_root(dataset), 0, visit, &scrub);
    if (result == DCMCHAIN_OK) {
        result = dcmchain_item_walk(dcmchain_dataset_meta(dataset), 1, visit, &scrub);
    }
    fold_free(&scrub.search.folded);
    *ret_count = scrub.count;
    return result;
}
