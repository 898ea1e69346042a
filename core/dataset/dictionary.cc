/* dictionary.cc: the data dictionary (PS3.6) and DCMTK's global switches. Loaded once, before threads start;
 * read only after that. */
#include <cstdlib>
#include <mutex>

#include "dictionary_newer.h"
#include "dictionary_read.h"
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
            return dictionary_read(path.c_str(), dictionary);
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

/* The first lock reads whatever the environment or the default path names, 10 ms for entries that are not
 * wanted: it is shown an empty file. No other thread is there yet. */
DcmDataDictionary &lock_empty()
{
    const char *const variable = "DCMDICTPATH";
    const char *found = getenv(variable);
    std::string before = found == nullptr ? "" : found;
    (void)setenv(variable, "/dev/null", 1);
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    (void)(found == nullptr ? unsetenv(variable) : setenv(variable, before.c_str(), 1));
    return dictionary;
}

/* ---- the index: what is asked for every element of every file, without a lock ---- */

struct indexed {
    uint32_t tag;
    uint16_t vr;
    const char *keyword;
};

const size_t index_slots = 16384; /* three times the entries of PS3.6 */
std::vector<indexed> entries;     /* [0] is none */
uint16_t by_tag[index_slots];
uint16_t by_keyword[index_slots];

size_t slot_of_tag(uint32_t tag)
{
    return (tag * 2654435761U) >> 18;
}

size_t slot_of_keyword(const char *keyword)
{
    uint32_t hash = 2166136261U;
    for (; *keyword != '\0'; keyword++) {
        hash = (hash ^ static_cast<unsigned char>(*keyword)) * 16777619U;
    }
    return (hash * 2654435761U) >> 18;
}

void put_slot(uint16_t *slots, size_t slot, size_t number)
{
    while (slots[slot] != 0) {
        slot = (slot + 1) % index_slots;
    }
    slots[slot] = static_cast<uint16_t>(number);
}

/* Pixel Data is OW wherever nothing says that it is encapsulated (PS3.5 A.1). UN: 0. */
uint16_t vr_without_context(const DcmDictEntry *entry)
{
    DcmEVR own = entry->getEVR();
    own = own == EVR_px || own == EVR_ox || own == EVR_PixelData ? EVR_OW : own;
    const char *name = DcmVR(own).getValidVRName();
    uint16_t vr = DCMCHAIN_VR(static_cast<unsigned char>(name[0]), static_cast<unsigned char>(name[1]));
    return vr == DCMCHAIN_VR_UN ? 0 : vr;
}

/* Repeating entries are found by keyword here; by tag, DCMTK finds them. */
void make_index(DcmDataDictionary &dictionary)
{
    entries.reserve(index_slots / 2);
    entries.push_back({0, 0, ""});
    auto add = [](const DcmDictEntry *entry, bool repeating) {
        if (entry->getPrivateCreator() != nullptr || entries.size() >= index_slots / 2) {
            return;
        }
        uint32_t tag = wrap::tag_of(entry->getKey());
        entries.push_back({tag, vr_without_context(entry), entry->getTagName()});
        put_slot(by_keyword, slot_of_keyword(entry->getTagName()), entries.size() - 1);
        if (!repeating) {
            put_slot(by_tag, slot_of_tag(tag), entries.size() - 1);
        }
    };
    DcmHashDictIterator end = dictionary.normalEnd();
    for (DcmHashDictIterator at = dictionary.normalBegin(); at != end; ++at) {
        add(*at, false);
    }
    for (DcmDictEntryListIterator at = dictionary.repeatingBegin(); at != dictionary.repeatingEnd(); ++at) {
        add(*at, true);
    }
}

const indexed *find_tag(uint32_t tag)
{
    for (size_t slot = slot_of_tag(tag); by_tag[slot] != 0; slot = (slot + 1) % index_slots) {
        if (entries[by_tag[slot]].tag == tag) {
            return &entries[by_tag[slot]];
        }
    }
    return nullptr;
}

const indexed *find_keyword(const char *keyword)
{
    for (size_t slot = slot_of_keyword(keyword); by_keyword[slot] != 0; slot = (slot + 1) % index_slots) {
        if (strcmp(entries[by_keyword[slot]].keyword, keyword) == 0) {
            return &entries[by_keyword[slot]];
        }
    }
    return nullptr;
}

void load()
{
    set_switches();
    DcmDataDictionary &dictionary = lock_empty();
    bool well = load_public_dictionary(dictionary) && is_sound(dictionary);
    if (well) {
        dictionary_add_newer(dictionary);
        make_index(dictionary);
    }
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
        const indexed *entry = find_keyword(text);
        if (entry == nullptr) {
            entry = find_keyword((std::string(retired) + text).c_str());
        }
        if (entry == nullptr) {
            return DCMCHAIN_E_ABSENT;
        }
        *ret_tag = entry->tag;
        return DCMCHAIN_OK;
    });
}

const char *dcmchain_tag_keyword(uint32_t tag) noexcept
{
    if (DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        return nullptr;
    }
    const indexed *found = find_tag(tag);
    const char *keyword = found == nullptr ? nullptr : found->keyword;
    if (found == nullptr) {
        (void)wrap::guard([&] {
            const DcmDictEntry *entry = entry_of(tag);
            keyword = entry == nullptr ? nullptr : entry->getTagName();
            return DCMCHAIN_OK;
        });
    }
    if (keyword != nullptr && strncmp(keyword, retired, sizeof retired - 1) == 0) {
        keyword += sizeof retired - 1;
    }
    return keyword;
}

const char *dcmchain_dictionary_keyword(size_t index) noexcept
{
    if (index + 1 >= entries.size()) {
        return nullptr;
    }
    const char *keyword = entries[index + 1].keyword;
    return strncmp(keyword, retired, sizeof retired - 1) == 0 ? keyword + sizeof retired - 1 : keyword;
}

uint16_t dcmchain_tag_vr(uint32_t tag) noexcept
{
    if (DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        return 0;
    }
    const indexed *found = find_tag(tag);
    uint16_t vr = found == nullptr ? 0 : found->vr;
    if (found == nullptr) {
        (void)wrap::guard([&] {
            const DcmDictEntry *entry = entry_of(tag);
            vr = entry == nullptr ? 0 : vr_without_context(entry);
            return DCMCHAIN_OK;
        });
    }
    return vr;
}
