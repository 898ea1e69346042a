/* opaque.c: collects opaque elements in one walk and re-types them after it (a visitor may not).
 * It must not guess: only the dictionary, the table and the list of safe private attributes say what an
 * element is. */
#include "opaque.h"

#include <stdlib.h>

#include "../common/cleanup.h"

struct place {
    dcmchain_item *item;
    uint32_t tag;
};

struct places {
    const struct profile *profile;
    struct place *all;
    size_t count;
    size_t room;
};

static bool is_bytes(uint16_t vr)
{
    return vr == DCMCHAIN_VR_UN || vr == DCMCHAIN_VR_OB || vr == DCMCHAIN_VR_OW || vr == DCMCHAIN_VR_OD ||
           vr == DCMCHAIN_VR_OF || vr == DCMCHAIN_VR_OL || vr == DCMCHAIN_VR_OV;
}

bool opaque_is(const struct profile *profile, uint32_t tag, uint16_t vr)
{
    uint16_t known = 0;

    if (!is_bytes(vr) || DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        return false;
    }
    known = profile_vr(profile, tag);
    return vr == DCMCHAIN_VR_UN ? known != DCMCHAIN_VR_UN
                                : known == DCMCHAIN_VR_SQ || dcmchain_vr_is_text(known);
}

/* A private element or creator that is stored as UN: the list of safe private attributes may know it. */
static bool is_private_opaque(const struct profile *profile, uint32_t tag, uint16_t vr)
{
    return vr == DCMCHAIN_VR_UN && DCMCHAIN_TAG_IS_PRIVATE(tag) &&
           (profile->config.retain & RETAIN_SAFE_PRIVATE) != 0U;
}

/* Creators stand before their blocks, and have been re-typed when these are asked for. */
static uint16_t private_vr(const struct profile *profile, const dcmchain_element *element, uint32_t tag)
{
    AUTO_API char *creator = NULL;

    if (DCMCHAIN_TAG_ELEMENT(tag) < 0x1000U) {
        return DCMCHAIN_TAG_ELEMENT(tag) >= 0x10U && DCMCHAIN_TAG_ELEMENT(tag) <= 0xFFU ? DCMCHAIN_VR_LO : 0;
    }
    creator = safe_private_creator(element);
    return safe_private_vr(profile->safe_private, creator, tag);
}

static int collect(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct places *places = closure;
    const uint32_t tag = dcmchain_element_tag(element);

    if (!opaque_is(places->profile, tag, dcmchain_element_vr(element)) &&
        !is_private_opaque(places->profile, tag, dcmchain_element_vr(element))) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (places->count == places->room) {
        const size_t room = places->room == 0 ? 16 : places->room * 2;
        struct place *more = realloc(places->all, room * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        places->all = more;
        places->room = room;
    }
    places->all[places->count++] = (struct place){position->item, tag};
    return DCMCHAIN_VISIT_NEXT;
}

/* Items, as the list says that they are: what is in them is looked at in its turn. Bytes that are none, or
 * are beyond the limits, stay bytes, which do not stay. */
static int enter(struct places *places, dcmchain_element *element)
{
    int result = dcmchain_element_decode_items(element);
    dcmchain_item *item = NULL;

    if (result < 0) {
        return result == DCMCHAIN_E_MEMORY ? result : 0;
    }
    for (size_t at = 0; result == 0 && (item = dcmchain_element_item(element, at)) != NULL; at++) {
        result = dcmchain_item_walk(item, 0, collect, places);
    }
    return result;
}

/* By value: more places may be found, and all of them move. */
static int resolve(struct places *places, const struct place place)
{
    const bool is_private = DCMCHAIN_TAG_IS_PRIVATE(place.tag);
    dcmchain_element *element = dcmchain_item_find(place.item, place.tag);
    const uint16_t vr = element == NULL ? 0
                        : is_private    ? private_vr(places->profile, element, place.tag)
                                        : profile_vr(places->profile, place.tag);
    AUTO_API void *bytes = NULL;
    size_t length = 0;
    int result = 0;

    if (vr == DCMCHAIN_VR_SQ && is_private) {
        return places->profile->config.safe_private == SAFE_PRIVATE_ALL ? enter(places, element) : 0;
    }
    if (element == NULL || vr == 0 || vr == DCMCHAIN_VR_SQ || vr == DCMCHAIN_VR_UN ||
        dcmchain_element_get_bytes(element, &bytes, &length) < 0) {
        return 0;
    }
    result = dcmchain_item_insert(place.item, place.tag, vr, &element);
    if (result == 0 && length > 0 && dcmchain_element_set_bytes(element, bytes, length) < 0) {
        result = dcmchain_element_clear(element);
    }
    return result;
}

int opaque_resolve(struct work *work, dcmchain_item *root)
{
    struct places places = {.profile = &work->run->profile};
    int result = dcmchain_item_walk(root, 0, collect, &places);

    for (size_t at = 0; result == 0 && at < places.count; at++) {
        result = resolve(&places, places.all[at]);
    }
    free(places.all);
    return result;
}
