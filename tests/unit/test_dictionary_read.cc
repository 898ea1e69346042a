/* test_dictionary_read.cc: our reader of DCMTK's dictionary file gives every entry that DCMTK's own gives,
 * and refuses what it does not understand. */
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

#include "dataset/dictionary_read.h"

#include <check.h> /* last: it defines fail */

namespace {

std::string text_of(const DcmDictEntry *entry)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%04x-%04x-%d,%04x-%04x-%d %s %s %d %d %s", entry->getGroup(),
                   entry->getUpperGroup(), entry->getGroupRangeRestriction(), entry->getElement(),
                   entry->getUpperElement(), entry->getElementRangeRestriction(), entry->getVR().getVRName(),
                   entry->getTagName(), entry->getVMMin(), entry->getVMMax(), entry->getStandardVersion());
    return text;
}

std::vector<std::string> all_of(DcmDataDictionary &dictionary)
{
    std::vector<std::string> texts;
    DcmHashDictIterator end = dictionary.normalEnd();
    for (DcmHashDictIterator at = dictionary.normalBegin(); at != end; ++at) {
        texts.push_back(text_of(*at));
    }
    for (DcmDictEntryListIterator at = dictionary.repeatingBegin(); at != dictionary.repeatingEnd(); ++at) {
        texts.push_back(text_of(*at));
    }
    return texts;
}

std::string public_file()
{
    std::string paths = DCM_DICT_DEFAULT_PATH;
    size_t end = paths.find("dicom.dic") + sizeof "dicom.dic" - 1;
    size_t begin = paths.rfind(':', end - 1);
    return paths.substr(begin == std::string::npos ? 0 : begin + 1,
                        end - (begin == std::string::npos ? 0 : begin + 1));
}

bool reads(const char *text)
{
    char path[] = "/tmp/dictionary-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), static_cast<ssize_t>(strlen(text)));
    (void)close(file);
    DcmDataDictionary dictionary(OFFalse, OFFalse);
    bool well = dictionary_read(path, dictionary);
    (void)unlink(path);
    return well;
}

const char *const broken[] = {
    "(0010,0010)\tPN\tName\t1\n",
    "(0010,0010)\tPN\tName\t1\tDICOM\tmore\n",
    "(0010,001)\tPN\tName\t1\tDICOM\n",
    "(0010,0010\tPN\tName\t1\tDICOM\n",
    "(0010,0010)\tQQ\tName\t1\tDICOM\n",
    "(0010,0010)\tPN\t\t1\tDICOM\n",
    "(0010,0010)\tPN\tName\tn\tDICOM\n",
    "(0010-x-0020,0010)\tPN\tName\t1\tDICOM\n",
    "(0009,\"me\",10)\tPN\tName\t1\tDICOM\n",
    "Name\n",
};

} // namespace

START_TEST(test_dictionary_read_gives_what_dcmtk_reads)
{
    DcmDataDictionary ours(OFFalse, OFFalse);
    DcmDataDictionary theirs(OFFalse, OFFalse);
    ck_assert(dictionary_read(public_file().c_str(), ours));
    ck_assert(theirs.loadDictionary(public_file().c_str(), OFTrue));
    std::vector<std::string> expected = all_of(theirs);
    std::vector<std::string> found = all_of(ours);
    ck_assert_uint_gt(expected.size(), 4000);
    ck_assert_uint_eq(found.size(), expected.size());
    for (size_t i = 0; i < expected.size(); i++) {
        ck_assert_str_eq(found[i].c_str(), expected[i].c_str());
    }
}
END_TEST

START_TEST(test_dictionary_read_refuses_lines_that_it_does_not_understand)
{
    ck_assert(reads("# a comment\n\n(0010,0010)\tPN\tName\t1-2n\tDICOM\n"));
    ck_assert_msg(!reads(broken[_i]), "%s", broken[_i]);
}
END_TEST

START_TEST(test_dictionary_read_refuses_what_is_no_file)
{
    DcmDataDictionary dictionary(OFFalse, OFFalse);
    ck_assert(!dictionary_read("/nonexistent/dicom.dic", dictionary));
}
END_TEST

int main()
{
    Suite *suite = suite_create("dictionary_read");
    TCase *one = tcase_create("dictionary_read");
    tcase_set_timeout(one, 60);
    tcase_add_test(one, test_dictionary_read_gives_what_dcmtk_reads);
    tcase_add_loop_test(one, test_dictionary_read_refuses_lines_that_it_does_not_understand, 0,
                        static_cast<int>(sizeof broken / sizeof broken[0]));
    tcase_add_test(one, test_dictionary_read_refuses_what_is_no_file);
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
