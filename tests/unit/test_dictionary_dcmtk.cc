/* test_dictionary_dcmtk.cc: the dictionary that is compiled in is the one that DCMTK reads from the same
 * files. */
#include <cstdlib>
#include <cstring>

#include "dcmtk/second_reader.h"
#include "support/suite.h"

#include <check.h> /* last: it defines fail */

namespace {

const char *without_mark(const char *keyword)
{
    return strncmp(keyword, "RETIRED_", 8) == 0 ? keyword + 8 : keyword;
}

void check_entry(const DcmDictEntry *entry)
{
    uint32_t tag = DCMCHAIN_TAG(static_cast<uint32_t>(entry->getGroup()), entry->getElement());
    uint32_t last = DCMCHAIN_TAG(static_cast<uint32_t>(entry->getUpperGroup()), entry->getUpperElement());
    last -= entry->getGroupRangeRestriction() == DcmDictRange_Even ? last & 0x10000 : 0;
    last -= entry->getElementRangeRestriction() == DcmDictRange_Even ? last & 1 : 0;
    DcmEVR own = entry->getEVR();
    const char *name = DcmVR(own == EVR_ox || own == EVR_px ? EVR_OW : own).getValidVRName();
    uint16_t vr = DCMCHAIN_VR(static_cast<unsigned char>(name[0]), static_cast<unsigned char>(name[1]));
    vr = own == EVR_UN || own == EVR_na ? static_cast<uint16_t>(0) : vr;
    uint32_t found = 0;
    ck_assert_msg(dcmchain_tag_parse(entry->getTagName(), &found) == DCMCHAIN_OK && found == tag, "%s",
                  entry->getTagName());
    if (DCMCHAIN_TAG_IS_PRIVATE(tag) || DCMCHAIN_TAG_IS_PRIVATE(last)) {
        return;
    }
    ck_assert_msg(dcmchain_tag_vr(tag) == vr && dcmchain_tag_vr(last) == vr, "%s", entry->getTagName());
    ck_assert_str_eq(dcmchain_tag_keyword(last), without_mark(entry->getTagName()));
}

} // namespace

START_TEST(test_dictionary_is_what_dcmtk_has)
{
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    size_t count = 0;
    DcmHashDictIterator end = dictionary.normalEnd();
    for (DcmHashDictIterator at = dictionary.normalBegin(); at != end; ++at, count++) {
        check_entry(*at);
    }
    for (DcmDictEntryListIterator at = dictionary.repeatingBegin(); at != dictionary.repeatingEnd();
         ++at, count++) {
        check_entry(*at);
    }
    dcmDataDict.wrunlock();
    ck_assert_uint_gt(count, 5000);
    ck_assert_ptr_nonnull(dcmchain_dictionary_keyword(count - 1));
    ck_assert_ptr_null(dcmchain_dictionary_keyword(count));
}
END_TEST

int main()
{
    second::set_up();
    Suite *suite = suite_create("dictionary_dcmtk");
    TCase *one = tcase_create("dictionary_dcmtk");
    tcase_add_test(one, test_dictionary_is_what_dcmtk_has);
    suite_add_tcase(suite, one);
    return run_suite(suite);
}
