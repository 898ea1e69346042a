/* dictionary_read.cc: see dictionary_read.h. DCMTK's own reader takes 8 ms, most of it in sscanf(), which
 * every process would pay. A line that is not understood fails the whole: a VR must not be missing without a
 * word. */
#include "dictionary_read.h"

#include <cstdio>

namespace {

/* One column; ends at a tab or at the end of its line, and is NUL-terminated in place. */
char *take_column(char *&at)
{
    char *column = at;
    while (*at != '\0' && *at != '\t') {
        at++;
    }
    if (*at == '\t') {
        *at++ = '\0';
    }
    return column;
}

bool parse_hex(const char *&at, Uint16 &ret_number)
{
    unsigned number = 0;
    for (int i = 0; i < 4; i++, at++) {
        char digit = *at;
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                   : -1;
        if (value < 0) {
            return false;
        }
        number = number << 4 | static_cast<unsigned>(value);
    }
    ret_number = static_cast<Uint16>(number);
    return true;
}

/* "gggg", "gggg-gggg" (even ones), "gggg-o-gggg" (odd), "gggg-u-gggg" (all). */
struct range {
    Uint16 low;
    Uint16 high;
    DcmDictRangeRestriction restriction;
};

bool parse_range(const char *&at, range &ret_range)
{
    range found = {0, 0, DcmDictRange_Unspecified};
    if (!parse_hex(at, found.low)) {
        return false;
    }
    found.high = found.low;
    if (*at == '-') {
        found.restriction = at[1] == 'o'   ? DcmDictRange_Odd
                            : at[1] == 'u' ? DcmDictRange_Unspecified
                                           : DcmDictRange_Even;
        at += at[1] == 'o' || at[1] == 'u' ? 3 : 1;
        if (at[-1] != '-' || !parse_hex(at, found.high)) {
            return false;
        }
    }
    ret_range = found;
    return true;
}

bool parse_tag(const char *at, range &ret_group, range &ret_element)
{
    return *at++ == '(' && parse_range(at, ret_group) && *at++ == ',' && parse_range(at, ret_element) &&
           at[0] == ')' && at[1] == '\0';
}

int parse_count(const char *&at)
{
    int count = 0;
    for (; *at >= '0' && *at <= '9' && count < 10000; at++) {
        count = count * 10 + (*at - '0');
    }
    return count;
}

/* "1", "1-3", "1-n", "2-2n". */
bool parse_multiplicity(const char *at, int &ret_least, int &ret_most)
{
    ret_least = parse_count(at);
    ret_most = ret_least;
    if (*at == '-') {
        at++;
        ret_most = *at == 'n' ? DcmVariableVM : parse_count(at);
        if (*at == 'n') {
            ret_most = DcmVariableVM;
            at++;
        }
    }
    return *at == '\0' && ret_least > 0;
}

bool add_line(char *line, DcmDataDictionary &dictionary)
{
    const char *tag = take_column(line);
    const char *vr_name = take_column(line);
    const char *name = take_column(line);
    const char *multiplicity = take_column(line);
    const char *version = take_column(line);
    range group;
    range element;
    int least = 0;
    int most = 0;
    DcmVR vr(vr_name);
    if (!parse_tag(tag, group, element) || !parse_multiplicity(multiplicity, least, most) || *name == '\0' ||
        *version == '\0' || vr.getEVR() == EVR_UNKNOWN || *line != '\0') {
        return false;
    }
    std::unique_ptr<DcmDictEntry> entry(new DcmDictEntry(group.low, element.low, group.high, element.high, vr,
                                                         name, least, most, version, OFFalse, nullptr));
    entry->setGroupRangeRestriction(group.restriction);
    entry->setElementRangeRestriction(element.restriction);
    dictionary.addEntry(entry.release());
    return true;
}

/* All of a file, with a NUL after it. Never freed. */
char *read_all(const char *path)
{
    const long limit = 16L << 20;
    FILE *file = fopen(path, "rbe");
    if (file == nullptr) {
        return nullptr;
    }
    static std::vector<char> text; /* reachable to the end */
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    bool well = size >= 0 && size < limit && fseek(file, 0, SEEK_SET) == 0;
    text.resize(well ? static_cast<size_t>(size) + 1 : 1); /* a NUL is the last */
    well = well && fread(text.data(), 1, static_cast<size_t>(size), file) == static_cast<size_t>(size);
    (void)fclose(file);
    return well ? text.data() : nullptr;
}

} // namespace

bool dictionary_read(const char *path, DcmDataDictionary &dictionary)
{
    char *at = read_all(path);
    if (at == nullptr) {
        return false;
    }
    while (*at != '\0') {
        char *line = at;
        char *end = strchr(at, '\n');
        at = end == nullptr ? at + strlen(at) : end + 1;
        if (end != nullptr) {
            *end = '\0';
        }
        if (*line != '#' && *line != '\0' && !add_line(line, dictionary)) {
            return false;
        }
    }
    return true;
}
