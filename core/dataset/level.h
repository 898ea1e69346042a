/* level.h: the top level of a data set: a DcmItem that finds and removes an element without walking its list
 * from the start. Nested items are DCMTK's own; they are short. */
#ifndef CORE_DATASET_LEVEL_H
#define CORE_DATASET_LEVEL_H

#include "wrap.h"

namespace wrap {

class level : public DcmItem {
  public:
    explicit level(Uint32 length = 0) : DcmItem(DcmTag(DCM_Item), length)
    {
    }

    DcmElement *find(uint32_t tag);
    /* The item of a sequence at any depth of the data set, nullptr behind the last; DCMTK counts from the
     * first each time. Whoever changes a sequence, or may delete one, calls forget_items(). */
    DcmItem *item_of(DcmSequenceOfItems *sequence, size_t number);
    void forget_items();

    /* What changes the list goes through these; what DCMTK reads comes before the first find(). */
    OFCondition insert(DcmElement *element, OFBool replace = OFFalse, OFBool check_order = OFFalse) override;
    DcmElement *remove(DcmObject *object) override;
    DcmElement *remove(const unsigned long number) override;
    DcmElement *remove(const DcmTagKey &tag) override;
    OFCondition clear() override;

  private:
    struct place {
        uint32_t tag;
        DcmElement *element;
    };
    std::vector<place>::iterator lower(uint32_t tag);
    void make_index();

    std::vector<place> index; /* ascending by tag, as DCMTK keeps its list */
    bool indexed = false;
    DcmSequenceOfItems *listed = nullptr; /* whose items are: the last sequence that was asked for one */
    std::vector<DcmItem *> items;
};

/* The level that an element or item is below; nullptr: it is of no data set, or of its file meta. */
level *level_above(DcmObject *object);
/* Before a sequence below the level is changed or deleted, or an element that may hold one. */
void forget_items_above(DcmObject *object);

} // namespace wrap

#endif
