/* scrub.c: see scrub.h. */
#include "scrub.h"

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

static int visit(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct scrub *scrub = closure;
    AUTO_API void *bytes = NULL;
    size_t length = 0;
    struct spot spot;
    if (dcmchain_element_vr(element) == DCMCHAIN_VR_SQ) {
        return DCMCHAIN_VISIT_NEXT;
    }
    roles_of_element(dcmchain_element_tag(element), dcmchain_element_vr(element), true, &spot);
    int result = dcmchain_element_get_bytes(element, &bytes, &length);
    if (result == DCMCHAIN_OK) {
        result = search_bytes(&scrub->search, &spot, bytes, length);
    }
    if (result != HIT) {
        return result;
    }
    scrub->count++;
    dcmchain_change(scrub->context, scrub->instance, position, dcmchain_element_tag(element), "empty",
                    "guard: an identifier was left", NULL, NULL);
    return dcmchain_element_clear(element);
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
