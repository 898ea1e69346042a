/* items.cc: the elements of an item, the items of a sequence, and the walk over all of them. */
#include "level.h"

#include "../walk.h"

namespace wrap {

DcmElement *find(DcmItem *item, uint32_t tag)
{
    level *top = item->getParent() == nullptr ? dynamic_cast<level *>(item) : nullptr;
    if (top != nullptr) {
        return top->find(tag);
    }
    DcmTagKey key = key_of(tag);
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        if (object->getTag() == key) {
            return static_cast<DcmElement *>(object);
        }
        if (object->getTag() > key) {
            break;
        }
    }
    return nullptr;
}

} // namespace wrap

namespace {

using wrap::element_of;
using wrap::guard;
using wrap::handle_of;
using wrap::item_of;

/* Delimiters and group lengths are no elements of ours, nor is top-level Pixel Data (dataset.h). */
bool may_hold(DcmItem *item, uint32_t tag)
{
    bool pixel = tag == 0x7FE00010U || tag == 0x7FE00008U || tag == 0x7FE00009U;
    return DCMCHAIN_TAG_GROUP(tag) != 0xFFFE && DCMCHAIN_TAG_ELEMENT(tag) != 0 &&
           !(pixel && item->getParent() == nullptr);
}

int insert(DcmItem *item, uint32_t tag, uint16_t vr, DcmElement *&ret_element)
{
    char name[3] = {static_cast<char>(vr >> 8), static_cast<char>(vr & 0xFF), '\0'};
    DcmVR own(name);
    if (!walk_vr_is_known(vr) || !may_hold(item, tag)) {
        return DCMCHAIN_E_INVALID;
    }
    DcmElement *element = nullptr;
    OFCondition condition = DcmItem::newDicomElementWithVR(element, DcmTag(wrap::key_of(tag), own));
    std::unique_ptr<DcmElement> owner(element);
    if (condition.bad() || element == nullptr) {
        return DCMCHAIN_E_INVALID;
    }
    wrap::forget_items_above(item);
    condition = item->insert(element, OFTrue);
    if (condition.bad()) {
        return condition == EC_MemoryExhausted ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_INVALID;
    }
    ret_element = owner.release();
    return DCMCHAIN_OK;
}

bool remove_element(DcmItem *item, DcmElement *element)
{
    wrap::forget_items_above(item);
    std::unique_ptr<DcmElement> removed(item->remove(element));
    return removed != nullptr;
}

/* ---- the walk ---- */

struct walker {
    dcmchain_visitor visitor;
    void *closure;
    uint32_t in_meta;
    dcmchain_step steps[DCMCHAIN_MAX_DEPTH];
};

int walk_item(walker &walker, DcmItem *item, uint32_t depth);

int walk_sequence(walker &walker, DcmSequenceOfItems *sequence, uint32_t depth)
{
    if (depth >= DCMCHAIN_MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    walker.steps[depth].tag = wrap::tag_of(sequence->getTag());
    std::vector<DcmItem *> items;
    for (DcmObject *object = sequence->nextInContainer(nullptr); object != nullptr;
         object = sequence->nextInContainer(object)) {
        items.push_back(static_cast<DcmItem *>(object));
    }
    for (size_t i = 0; i < items.size(); i++) {
        walker.steps[depth].item_index = static_cast<uint32_t>(i);
        int result = walk_item(walker, items[i], depth + 1);
        if (result != DCMCHAIN_VISIT_NEXT) {
            return result;
        }
    }
    return DCMCHAIN_VISIT_NEXT;
}

/* DCMCHAIN_VISIT_NEXT, DCMCHAIN_VISIT_STOP, or what is negative. */
int walk_item(walker &walker, DcmItem *item, uint32_t depth)
{
    std::vector<DcmElement *> elements; /* the item's list may lose the one that is visited */
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        elements.push_back(static_cast<DcmElement *>(object));
    }
    const dcmchain_position position = {handle_of(item), walker.steps, depth, walker.in_meta};
    for (DcmElement *element : elements) {
        int result = walker.visitor(walker.closure, &position, handle_of(element));
        if (result < 0 || result == DCMCHAIN_VISIT_STOP) {
            return result;
        }
        if (result == DCMCHAIN_VISIT_REMOVE) {
            if (!remove_element(item, element)) {
                return DCMCHAIN_FAIL;
            }
        } else if (result == DCMCHAIN_VISIT_NEXT && wrap::is_sequence(element)) {
            result = walk_sequence(walker, static_cast<DcmSequenceOfItems *>(element), depth);
            if (result != DCMCHAIN_VISIT_NEXT) {
                return result;
            }
        }
    }
    return DCMCHAIN_VISIT_NEXT;
}

} // namespace

size_t dcmchain_item_count(const dcmchain_item *item) noexcept
{
    return item_of(item)->card();
}

dcmchain_element *dcmchain_item_find(const dcmchain_item *item, uint32_t tag) noexcept
{
    return handle_of(wrap::find(item_of(item), tag));
}

dcmchain_element *dcmchain_item_at(const dcmchain_item *item, size_t index) noexcept
{
    return index < item_of(item)->card()
               ? handle_of(item_of(item)->getElement(static_cast<unsigned long>(index)))
               : nullptr;
}

int dcmchain_item_get_text(const dcmchain_item *item, uint32_t tag, char **ret_text) noexcept
{
    const dcmchain_element *element = dcmchain_item_find(item, tag);
    return element == nullptr ? DCMCHAIN_E_ABSENT : dcmchain_element_get_text(element, ret_text);
}

int dcmchain_item_set_text(dcmchain_item *item, uint32_t tag, const char *text) noexcept
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    if (element != nullptr) {
        return dcmchain_element_set_text(element, text);
    }
    uint16_t vr = dcmchain_tag_vr(tag);
    if (vr == 0) {
        return DCMCHAIN_E_ABSENT;
    }
    int result = dcmchain_item_insert(item, tag, vr, &element);
    if (result == DCMCHAIN_OK) {
        result = dcmchain_element_set_text(element, text);
        if (result != DCMCHAIN_OK) {
            (void)dcmchain_item_remove(item, tag);
        }
    }
    return result;
}

int dcmchain_item_insert(dcmchain_item *item, uint32_t tag, uint16_t vr,
                         dcmchain_element **ret_element) noexcept
{
    return guard([&] {
        DcmElement *element = nullptr;
        int result = insert(item_of(item), tag, vr, element);
        if (result == DCMCHAIN_OK) {
            *ret_element = handle_of(element);
        }
        return result;
    });
}

int dcmchain_item_remove(dcmchain_item *item, uint32_t tag) noexcept
{
    return guard([&] {
        DcmElement *element = wrap::find(item_of(item), tag);
        return element != nullptr && remove_element(item_of(item), element) ? DCMCHAIN_OK : DCMCHAIN_E_ABSENT;
    });
}

int dcmchain_element_private_creator(const dcmchain_element *element, char **ret_creator) noexcept
{
    uint32_t tag = dcmchain_element_tag(element);
    uint32_t block = DCMCHAIN_TAG_ELEMENT(tag) >> 8;
    DcmItem *item = dynamic_cast<DcmItem *>(element_of(element)->getParent());
    if (!DCMCHAIN_TAG_IS_PRIVATE(tag) || block < 0x10 || item == nullptr) {
        return DCMCHAIN_E_ABSENT;
    }
    char *creator = nullptr;
    int result =
        dcmchain_item_get_text(handle_of(item), DCMCHAIN_TAG(DCMCHAIN_TAG_GROUP(tag), block), &creator);
    if (result == DCMCHAIN_OK && creator[0] == '\0') {
        free(creator);
        return DCMCHAIN_E_ABSENT;
    }
    if (result == DCMCHAIN_OK) {
        *ret_creator = creator;
    }
    return result == DCMCHAIN_E_TYPE ? DCMCHAIN_E_ABSENT : result;
}

dcmchain_item *dcmchain_element_item(const dcmchain_element *element, size_t index) noexcept
{
    DcmElement *own = element_of(element);
    if (!wrap::is_sequence(own)) {
        return nullptr;
    }
    DcmSequenceOfItems *sequence = static_cast<DcmSequenceOfItems *>(own);
    DcmItem *item = nullptr;
    int result = guard([&] {
        wrap::level *above = wrap::level_above(own);
        if (above == nullptr) {
            return DCMCHAIN_FAIL;
        }
        item = above->item_of(sequence, index);
        return DCMCHAIN_OK;
    });
    if (result != DCMCHAIN_OK && index < sequence->card()) {
        item = sequence->getItem(static_cast<unsigned long>(index));
    }
    return handle_of(item);
}

int dataset_each_item(const dcmchain_element *element, int (*each)(void *closure, dcmchain_item *item),
                      void *closure) noexcept
{
    return guard([&] {
        int result = DCMCHAIN_OK;
        if (!wrap::is_sequence(element_of(element))) {
            return DCMCHAIN_E_TYPE;
        }
        DcmSequenceOfItems *sequence = static_cast<DcmSequenceOfItems *>(element_of(element));
        for (DcmObject *object = sequence->nextInContainer(nullptr);
             object != nullptr && result == DCMCHAIN_OK; object = sequence->nextInContainer(object)) {
            result = each(closure, handle_of(static_cast<DcmItem *>(object)));
        }
        return result;
    });
}

int dcmchain_element_add_item(dcmchain_element *element, dcmchain_item **ret_item) noexcept
{
    return guard([&] {
        if (!wrap::is_sequence(element_of(element))) {
            return DCMCHAIN_E_TYPE;
        }
        /* NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): guard() catches what it throws */
        std::unique_ptr<DcmItem> item(new DcmItem(DcmTag(DCM_Item)));
        wrap::forget_items_above(element_of(element));
        if (static_cast<DcmSequenceOfItems *>(element_of(element))->append(item.get()).bad()) {
            return DCMCHAIN_E_MEMORY;
        }
        *ret_item = handle_of(item.release());
        return DCMCHAIN_OK;
    });
}

int dcmchain_element_remove_item(dcmchain_element *element, size_t index) noexcept
{
    return guard([&] {
        if (!wrap::is_sequence(element_of(element))) {
            return DCMCHAIN_E_TYPE;
        }
        DcmSequenceOfItems *sequence = static_cast<DcmSequenceOfItems *>(element_of(element));
        wrap::forget_items_above(element_of(element));
        std::unique_ptr<DcmItem> removed(
            index < sequence->card() ? sequence->remove(static_cast<unsigned long>(index)) : nullptr);
        return removed == nullptr ? DCMCHAIN_E_RANGE : DCMCHAIN_OK;
    });
}

int dcmchain_item_walk(dcmchain_item *item, uint32_t in_meta, dcmchain_visitor visitor,
                       void *closure) noexcept
{
    return guard([&] {
        walker state = {visitor, closure, in_meta, {}};
        int result = walk_item(state, item_of(item), 0);
        return result == DCMCHAIN_VISIT_STOP ? DCMCHAIN_OK : result;
    });
}
