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
};

} // namespace wrap

#endif
