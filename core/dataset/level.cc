/* level.cc: see level.h. */
#include "level.h"

#include <algorithm>

namespace wrap {

std::vector<level::place>::iterator level::lower(uint32_t tag)
{
    return std::lower_bound(index.begin(), index.end(), tag,
                            [](const place &left, uint32_t right) { return left.tag < right; });
}

void level::make_index()
{
    index.clear();
    index.reserve(card());
    for (DcmObject *object = nextInContainer(nullptr); object != nullptr; object = nextInContainer(object)) {
        index.push_back({tag_of(object->getTag()), static_cast<DcmElement *>(object)});
    }
    std::stable_sort(index.begin(), index.end(),
                     [](const place &left, const place &right) { return left.tag < right.tag; });
    indexed = true;
}

DcmElement *level::find(uint32_t tag)
{
    if (!indexed) {
        make_index();
    }
    auto at = lower(tag);
    return at != index.end() && at->tag == tag ? at->element : nullptr;
}

DcmItem *level::item_of(DcmSequenceOfItems *sequence, size_t number)
{
    if (listed != sequence) {
        forget_items();
        items.reserve(sequence->card());
        for (DcmObject *object = sequence->nextInContainer(nullptr); object != nullptr;
             object = sequence->nextInContainer(object)) {
            items.push_back(static_cast<DcmItem *>(object));
        }
        listed = sequence;
    }
    return number < items.size() ? items[number] : nullptr;
}

void level::forget_items()
{
    listed = nullptr;
    items.clear();
}

level *level_above(DcmObject *object)
{
    while (object->getParent() != nullptr) {
        object = object->getParent();
    }
    return dynamic_cast<level *>(object);
}

void forget_items_above(DcmObject *object)
{
    level *above = level_above(object);
    if (above != nullptr) {
        above->forget_items();
    }
}

OFCondition level::insert(DcmElement *element, OFBool replace, OFBool check_order)
{
    forget_items();
    OFCondition condition = DcmItem::insert(element, replace, check_order);
    if (!indexed || condition.bad()) {
        return condition;
    }
    indexed = false; /* should memory run out below, it is made anew */
    const place added = {tag_of(element->getTag()), element};
    auto at = lower(added.tag);
    if (at != index.end() && at->tag == added.tag) {
        *at = added;
    } else {
        index.insert(at, added);
    }
    indexed = true;
    return condition;
}

/* From where the list stands, where that is not behind the element: who walks removes as it goes. */
DcmElement *level::remove(DcmObject *object)
{
    if (object == nullptr) {
        return nullptr;
    }
    forget_items();
    uint32_t tag = tag_of(object->getTag());
    DcmObject *current = elementList->get();
    if (current == nullptr || tag_of(current->getTag()) > tag) {
        current = elementList->seek(ELP_first);
    }
    while (current != nullptr && current != object) {
        current = elementList->seek(ELP_next);
    }
    if (current == nullptr) {
        indexed = false;
        return DcmItem::remove(object);
    }
    (void)elementList->remove();
    object->setParent(nullptr);
    if (indexed) {
        auto at = lower(tag);
        indexed = at != index.end() && at->element == object;
        if (indexed) {
            index.erase(at);
        }
    }
    return static_cast<DcmElement *>(object);
}

DcmElement *level::remove(const unsigned long number)
{
    forget_items();
    indexed = false;
    return DcmItem::remove(number);
}

DcmElement *level::remove(const DcmTagKey &tag)
{
    forget_items();
    indexed = false;
    return DcmItem::remove(tag);
}

OFCondition level::clear()
{
    forget_items();
    indexed = false;
    return DcmItem::clear();
}

} // namespace wrap
