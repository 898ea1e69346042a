/* dictionary.c: tags, keywords and VRs of PS3.6, from tables made at build time (dictionary_make.c). It loads
 * nothing, locks nothing, and knows no private tags. */
#include "dictionary.h"

#include <string.h>

#include "dcmchain/dataset.h"
#include "dictionary_tables.h"

static const char *keyword_of(const struct dictionary_entry *entry)
{
    return dictionary_keywords + entry->keyword;
}

static const char *keyword_without_mark(const struct dictionary_entry *entry)
{
    const char *keyword = keyword_of(entry);
    size_t length = sizeof DICTIONARY_RETIRED - 1;
    return strncmp(keyword, DICTIONARY_RETIRED, length) == 0 ? keyword + length : keyword;
}

static bool is_among(uint32_t number, uint32_t low, uint32_t high, uint32_t step)
{
    return number >= low && number <= high && (number - low) % step == 0;
}

static const struct dictionary_entry *find_range(uint32_t tag)
{
    for (size_t i = 0; i < dictionary_range_count; i++) {
        const struct dictionary_range *range = &dictionary_ranges[i];
        if (is_among(tag >> 16, range->group_low, range->group_high, range->group_step) &&
            is_among(tag & 0xFFFF, range->element_low, range->element_high, range->element_step)) {
            return &dictionary_entries[dictionary_single_count + i];
        }
    }
    return NULL;
}

static const struct dictionary_entry *find_tag(uint32_t tag)
{
    if (DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        return NULL;
    }
    uint32_t slot = dictionary_spread(tag);
    for (; dictionary_by_tag[slot] != 0; slot = dictionary_slot_after(slot)) {
        const struct dictionary_entry *entry = &dictionary_entries[dictionary_by_tag[slot] - 1];
        if (entry->tag == tag) {
            return entry;
        }
    }
    return find_range(tag);
}

/* The entry whose keyword is the mark followed by the text. */
static const struct dictionary_entry *find_keyword(const char *mark, const char *text)
{
    size_t length = strlen(mark);
    uint32_t slot = dictionary_spread(dictionary_hash(dictionary_hash(DICTIONARY_HASH_EMPTY, mark), text));
    for (; dictionary_by_keyword[slot] != 0; slot = dictionary_slot_after(slot)) {
        const struct dictionary_entry *entry = &dictionary_entries[dictionary_by_keyword[slot] - 1];
        const char *keyword = keyword_of(entry);
        if (strncmp(keyword, mark, length) == 0 && strcmp(keyword + length, text) == 0) {
            return entry;
        }
    }
    return NULL;
}

static bool parse_hex(const char *text, uint32_t *ret_number)
{
    uint32_t number = 0;
    for (size_t i = 0; i < 4; i++) {
        char digit = text[i];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) {
            return false;
        }
        number = number << 4 | (uint32_t)value;
    }
    *ret_number = number;
    return true;
}

/* "(gggg,eeee)", "gggg,eeee", "ggggeeee". */
static bool parse_numbers(const char *text, uint32_t *ret_tag)
{
    size_t length = strlen(text);
    if (length == 11 && text[0] == '(' && text[10] == ')') {
        text++;
        length = 9;
    }
    uint32_t group = 0;
    uint32_t element = 0;
    bool well = (length == 8 || (length == 9 && text[4] == ',')) && parse_hex(text, &group) &&
                parse_hex(text + length - 4, &element);
    if (well) {
        *ret_tag = group << 16 | element;
    }
    return well;
}

int dcmchain_tag_parse(const char *text, uint32_t *ret_tag)
{
    if (parse_numbers(text, ret_tag)) {
        return DCMCHAIN_OK;
    }
    const struct dictionary_entry *entry = find_keyword("", text);
    if (entry == NULL) {
        entry = find_keyword(DICTIONARY_RETIRED, text);
    }
    if (entry == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    *ret_tag = entry->tag;
    return DCMCHAIN_OK;
}

const char *dcmchain_tag_keyword(uint32_t tag)
{
    const struct dictionary_entry *entry = find_tag(tag);
    return entry == NULL ? NULL : keyword_without_mark(entry);
}

const char *dcmchain_dictionary_keyword(size_t index)
{
    return index < dictionary_single_count + dictionary_range_count
               ? keyword_without_mark(&dictionary_entries[index])
               : NULL;
}

uint16_t dcmchain_tag_vr(uint32_t tag)
{
    const struct dictionary_entry *entry = find_tag(tag);
    return entry == NULL ? 0 : entry->vr;
}

bool dictionary_is_us_or_ss(uint32_t tag)
{
    const struct dictionary_entry *entry = find_tag(tag);
    return entry != NULL && entry->us_or_ss != 0;
}
