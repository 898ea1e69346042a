/* dictionary.cc: the data dictionary (PS3.6) and DCMTK's global switches. Loaded once, before threads start;
 * read only after that. */
#include <mutex>

#include "wrap.h"

namespace {

std::once_flag loaded;
std::string load_problem;

/* Only the standard's own entries: what DCMTK knows of private ones would make it see sequences where the
 * walker, rightly, sees a value. */
bool load_public_dictionary(DcmDataDictionary &dictionary)
{
    dictionary.clear();
    std::string paths = DCM_DICT_DEFAULT_PATH;
    for (size_t begin = 0; begin <= paths.size();) {
        size_t end = paths.find(':', begin);
        end = end == std::string::npos ? paths.size() : end;
        std::string path = paths.substr(begin, end - begin);
        if (path.size() >= 9 && path.compare(path.size() - 9, 9, "dicom.dic") == 0) {
            return dictionary.loadDictionary(path.c_str(), OFTrue) == OFTrue;
        }
        begin = end + 1;
    }
    return false;
}

bool is_sound(const DcmDataDictionary &dictionary)
{
    static const struct {
        DcmTagKey key;
        DcmEVR vr;
    } samples[] = {{DcmTagKey(0x0010, 0x0010), EVR_PN},
                   {DcmTagKey(0x0020, 0x000D), EVR_UI},
                   {DcmTagKey(0x0008, 0x1140), EVR_SQ},
                   {DcmTagKey(0x3006, 0x0020), EVR_SQ},
                   {DcmTagKey(0x0028, 0x0010), EVR_US}};
    for (const auto &sample : samples) {
        const DcmDictEntry *entry = dictionary.findEntry(sample.key, nullptr);
        if (entry == nullptr || entry->getEVR() != sample.vr) {
            return false;
        }
    }
    return dictionary.numberOfEntries() > 3000;
}

void set_switches()
{
    OFLog::configure(OFLogger::OFF_LOG_LEVEL); /* its text may hold values: nothing of it is shown */
    dcmEnableAutomaticInputDataCorrection.set(OFFalse);
    dcmAcceptOddAttributeLength.set(OFTrue);
    dcmEnableCP246Support.set(OFTrue);
    dcmAutoDetectDatasetXfer.set(OFFalse);
    dcmAcceptUnexpectedImplicitEncoding.set(OFFalse);
    dcmPreferVRFromDataDictionary.set(OFFalse);
    dcmPreferLengthFieldSizeFromDataDictionary.set(OFFalse);
    dcmReadImplPrivAttribMaxLengthAsSQ.set(OFFalse);
    dcmIgnoreParsingErrors.set(OFFalse);
    dcmReplaceWrongDelimitationItem.set(OFFalse);
    dcmConvertUndefinedLengthOBOWtoSQ.set(OFFalse);
    dcmConvertVOILUTSequenceOWtoSQ.set(OFFalse);
    dcmEnableUnknownVRConversion.set(OFFalse);
    dcmEnableVRCheckerForStringValues.set(OFFalse);
    dcmStopParsingAfterElement.set(DcmTagKey(0xFFFF, 0xFFFF));
}

void load()
{
    set_switches();
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    bool well = load_public_dictionary(dictionary) && is_sound(dictionary);
    dcmDataDict.wrunlock();
    if (!well) {
        load_problem = "DCMTK's data dictionary (" DCM_DICT_DEFAULT_PATH
                       ") could not be loaded: install Debian's package libdcmtk17";
    }
}

const DcmDictEntry *entry_of(uint32_t tag)
{
    const DcmDictEntry *entry = dcmDataDict.rdlock().findEntry(wrap::key_of(tag), nullptr);
    dcmDataDict.rdunlock(); /* entries live as long as the dictionary, which nobody changes any more */
    return entry;
}

bool parse_hex(const char *text, size_t digits, uint32_t &ret_number)
{
    uint32_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        char digit = text[i];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) {
            return false;
        }
        number = number << 4 | static_cast<uint32_t>(value);
    }
    ret_number = number;
    return true;
}

/* "(gggg,eeee)", "gggg,eeee", "ggggeeee". */
bool parse_numbers(const char *text, uint32_t &ret_tag)
{
    size_t length = strlen(text);
    if (length == 11 && text[0] == '(' && text[10] == ')') {
        text++;
        length = 9;
    }
    uint32_t group = 0;
    uint32_t element = 0;
    bool well = length == 9   ? text[4] == ',' && parse_hex(text, 4, group) && parse_hex(text + 5, 4, element)
                : length == 8 ? parse_hex(text, 4, group) && parse_hex(text + 4, 4, element)
                              : false;
    ret_tag = group << 16 | element;
    return well;
}

const char retired[] = "RETIRED_"; /* DCMTK's mark; PS3.6 has none */

} // namespace

int dictionary_load(char **ret_problem) noexcept
{
    return wrap::guard([&] {
        std::call_once(loaded, load);
        if (load_problem.empty()) {
            return DCMCHAIN_OK;
        }
        *ret_problem = wrap::copy_text(load_problem.data(), load_problem.size());
        return DCMCHAIN_FAIL;
    });
}

int dcmchain_tag_parse(const char *text, uint32_t *ret_tag) noexcept
{
    return wrap::guard([&] {
        uint32_t tag = 0;
        if (parse_numbers(text, tag)) {
            *ret_tag = tag;
            return DCMCHAIN_OK;
        }
        const DcmDataDictionary &dictionary = dcmDataDict.rdlock();
        const DcmDictEntry *entry = dictionary.findEntry(text);
        if (entry == nullptr) {
            entry = dictionary.findEntry((std::string(retired) + text).c_str());
        }
        dcmDataDict.rdunlock();
        if (entry == nullptr || entry->getPrivateCreator() != nullptr) {
            return DCMCHAIN_E_ABSENT;
        }
        *ret_tag = wrap::tag_of(entry->getKey());
        return DCMCHAIN_OK;
    });
}

const char *dcmchain_tag_keyword(uint32_t tag) noexcept
{
    const char *keyword = nullptr;
    (void)wrap::guard([&] {
        const DcmDictEntry *entry = DCMCHAIN_TAG_IS_PRIVATE(tag) ? nullptr : entry_of(tag);
        keyword = entry == nullptr ? nullptr : entry->getTagName();
        return DCMCHAIN_OK;
    });
    if (keyword != nullptr && strncmp(keyword, retired, sizeof retired - 1) == 0) {
        keyword += sizeof retired - 1;
    }
    return keyword;
}

uint16_t dcmchain_tag_vr(uint32_t tag) noexcept
{
    uint16_t vr = 0;
    (void)wrap::guard([&] {
        const DcmDictEntry *entry = DCMCHAIN_TAG_IS_PRIVATE(tag) ? nullptr : entry_of(tag);
        if (entry != nullptr) {
            /* Pixel Data is OW wherever nothing says that it is encapsulated (PS3.5 A.1). */
            DcmEVR own = entry->getEVR();
            own = own == EVR_px || own == EVR_ox || own == EVR_PixelData ? EVR_OW : own;
            const char *name = DcmVR(own).getValidVRName();
            vr = DCMCHAIN_VR(static_cast<unsigned char>(name[0]), static_cast<unsigned char>(name[1]));
        }
        return DCMCHAIN_OK;
    });
    return vr == DCMCHAIN_VR_UN ? 0 : vr;
}
