/* dictionary_make.c: run by the build: reads data dictionaries as DCMTK writes them (dicom.dic; where two
 * name a tag, the first file's entry stands) and writes the C source of dictionary_tables.h. A line that it
 * does not understand fails the build: a VR must not be missing without a word. usage: dictionary_make OUTPUT
 * FILE... */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/dataset.h"
#include "dictionary_tables.h"

#define MAX_LINE 1024
#define COLUMNS 5 /* tag, VR, keyword, multiplicity, version */
#define LEAST_ENTRIES 3000

struct entry {
    size_t file; /* the number of its file */
    struct dictionary_range range;
    char keyword[128];
    uint32_t tag;
    uint32_t keyword_at;
    uint16_t vr;
    bool us_or_ss;
    bool repeats;
};

static struct entry entries[DICTIONARY_MAX_ENTRIES];
static size_t entry_count;
static size_t single_count; /* they stand before the ranges once sort() was */
static uint16_t by_tag[DICTIONARY_SLOTS];
static uint16_t by_keyword[DICTIONARY_SLOTS];

/* ---- one line ---- */

/* Cuts a line in place at its tabs. */
static bool take_columns(char *line, char *ret_columns[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        ret_columns[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == COLUMNS - 1) || *line == '\0' || line == tab) {
            return false;
        }
        if (tab != NULL) {
            *tab = '\0';
            line = tab + 1;
        }
    }
    return true;
}

static bool parse_hex(const char **at, uint16_t *ret_number)
{
    static const char digits[] = "0123456789ABCDEFabcdef";
    char own[5] = "";
    (void)snprintf(own, sizeof own, "%.4s", *at);
    if (strspn(own, digits) != 4) {
        return false;
    }
    *ret_number = (uint16_t)strtoul(own, NULL, 16);
    *at += 4;
    return true;
}

/* "gggg", "gggg-gggg" (even ones), "gggg-o-gggg" (odd ones), "gggg-u-gggg" (all). */
static bool parse_range(const char **at, uint16_t *ret_low, uint16_t *ret_high, uint16_t *ret_step)
{
    if (!parse_hex(at, ret_low)) {
        return false;
    }
    *ret_high = *ret_low;
    *ret_step = 1;
    if (**at != '-') {
        return true;
    }
    bool odd = strncmp(*at, "-o-", 3) == 0;
    bool all = strncmp(*at, "-u-", 3) == 0;
    *at += odd || all ? 3 : 1;
    *ret_step = all ? 1 : 2;
    return parse_hex(at, ret_high) && *ret_high > *ret_low && (all || (*ret_low % 2 != 0) == odd);
}

static bool parse_tag(const char *at, struct entry *entry)
{
    struct dictionary_range *range = &entry->range;
    bool well = *at++ == '(' && parse_range(&at, &range->group_low, &range->group_high, &range->group_step) &&
                *at++ == ',' &&
                parse_range(&at, &range->element_low, &range->element_high, &range->element_step) &&
                strcmp(at, ")") == 0;
    entry->tag = DCMCHAIN_TAG((uint32_t)range->group_low, range->element_low);
    entry->repeats = range->group_low != range->group_high || range->element_low != range->element_high;
    return well;
}

/* The VR that is written where nothing but the tag is known. Pixel Data is OW wherever nothing says that it
 * is encapsulated (PS3.5 A.1). */
static bool parse_vr(const char *text, struct entry *entry)
{
    static const char own[] =
        " AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL "
        "UR US UT UV ";
    static const struct {
        char dcmtk[3];
        uint16_t vr;
    } others[] = {
        {"UN", 0},
        {"na", 0},              /* items and delimiters */
        {"xs", DCMCHAIN_VR_US}, /* US or SS */
        {"lt", DCMCHAIN_VR_OW}, /* US or SS or OW */
        {"ox", DCMCHAIN_VR_OW}, /* OB or OW */
        {"px", DCMCHAIN_VR_OW}, /* OB or OW, Pixel Data */
        {"up", DCMCHAIN_VR_UL}, /* UL, an offset in a DICOMDIR */
    };
    char word[5];
    if (strlen(text) != 2) {
        return false;
    }
    entry->us_or_ss = strcmp(text, "xs") == 0;
    entry->vr = DCMCHAIN_VR((unsigned char)text[0], (unsigned char)text[1]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(others[i].dcmtk, text) == 0) {
            entry->vr = others[i].vr;
            return true;
        }
    }
    (void)snprintf(word, sizeof word, " %s ", text);
    return strstr(own, word) != NULL;
}

static bool parse_keyword(const char *text, struct entry *entry)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    (void)snprintf(entry->keyword, sizeof entry->keyword, "%s", text);
    return strlen(text) < sizeof entry->keyword && strspn(text, letters) == strlen(text);
}

/* "1", "1-3", "1-n", "2-2n". Not kept: it shows that the columns are what they are taken for. */
static bool is_multiplicity(const char *text)
{
    static const char digits[] = "0123456789";
    size_t least = strspn(text, digits);
    const char *most = text + least + 1;
    if (least == 0 || text[least] != '-') {
        return least > 0 && text[least] == '\0';
    }
    size_t length = strspn(most, digits);
    return strcmp(most + length, "n") == 0 || (length > 0 && most[length] == '\0');
}

/* NULL, or what is wrong with the line. */
static const char *add_line(char *line, size_t file)
{
    char *columns[COLUMNS];
    struct entry entry = {.file = file};
    if (!take_columns(line, columns)) {
        return "not five columns, separated by single tabs";
    }
    if (!parse_tag(columns[0], &entry)) {
        return "not a tag, or range of tags";
    }
    if (!parse_vr(columns[1], &entry)) {
        return "not a VR";
    }
    if (!parse_keyword(columns[2], &entry)) {
        return "not a keyword";
    }
    if (!is_multiplicity(columns[3])) {
        return "not a multiplicity";
    }
    for (size_t i = 0; i < entry_count; i++) {
        if (memcmp(&entries[i].range, &entry.range, sizeof entry.range) == 0) {
            return entries[i].file != file ? NULL : "the tag has an entry already";
        }
        if (strcmp(entries[i].keyword, entry.keyword) == 0) {
            return "the keyword has an entry already";
        }
    }
    if (entry_count == DICTIONARY_MAX_ENTRIES) {
        return "more entries than DICTIONARY_MAX_ENTRIES";
    }
    entries[entry_count++] = entry;
    return NULL;
}

static bool read_file(const char *path, size_t number)
{
    char line[MAX_LINE];
    const char *problem = NULL;
    unsigned long line_number = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    while (problem == NULL && fgets(line, sizeof line, file) != NULL) {
        char *end = strpbrk(line, "\r\n");
        line_number++;
        if (end == NULL && !feof(file)) {
            problem = "a line too long";
            break;
        }
        if (end != NULL) {
            *end = '\0';
        }
        problem = line[0] == '#' || line[0] == '\0' ? NULL : add_line(line, number);
    }
    if (problem != NULL) {
        (void)fprintf(stderr, "%s:%lu: error: %s\n", path, line_number, problem);
    } else if (ferror(file) != 0) {
        problem = "it cannot be read";
        (void)fprintf(stderr, "%s: %s\n", path, problem);
    }
    (void)fclose(file);
    return problem == NULL;
}

/* ---- the tables ---- */

static int compare(const void *left, const void *right)
{
    const struct entry *one = left;
    const struct entry *other = right;
    if (one->repeats != other->repeats) {
        return one->repeats ? 1 : -1;
    }
    if (one->tag != other->tag) {
        return one->tag < other->tag ? -1 : 1;
    }
    /* Ranges of one base: the narrow one is asked first. */
    return (one->range.group_high > other->range.group_high) -
           (one->range.group_high < other->range.group_high);
}

static void put(uint16_t *slots, uint32_t slot, size_t number)
{
    while (slots[slot] != 0) {
        slot = dictionary_slot_after(slot);
    }
    slots[slot] = (uint16_t)(number + 1);
}

static void make_tables(void)
{
    uint32_t keyword_at = 0;
    qsort(entries, entry_count, sizeof entries[0], compare);
    for (size_t i = 0; i < entry_count; i++) {
        entries[i].keyword_at = keyword_at;
        keyword_at += (uint32_t)strlen(entries[i].keyword) + 1;
        put(by_keyword, dictionary_spread(dictionary_hash(DICTIONARY_HASH_EMPTY, entries[i].keyword)), i);
        if (!entries[i].repeats) {
            put(by_tag, dictionary_spread(entries[i].tag), i);
            single_count++;
        }
    }
}

static uint16_t vr_of(uint32_t tag)
{
    for (size_t i = 0; i < single_count; i++) {
        if (entries[i].tag == tag) {
            return entries[i].vr;
        }
    }
    return 0;
}

/* That this is PS3.6, and all of it. */
static bool is_sound(void)
{
    static const struct {
        uint32_t tag;
        uint16_t vr;
    } samples[] = {{0x00100010, DCMCHAIN_VR_PN}, {0x0020000D, DCMCHAIN_VR_UI}, {0x00081140, DCMCHAIN_VR_SQ},
                   {0x30060020, DCMCHAIN_VR_SQ}, {0x00280010, DCMCHAIN_VR_US}, {0x7FE00010, DCMCHAIN_VR_OW}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        if (vr_of(samples[i].tag) != samples[i].vr) {
            (void)fprintf(stderr, "not the dictionary of PS3.6: %08lx is another VR\n",
                          (unsigned long)samples[i].tag);
            return false;
        }
    }
    if (entry_count <= LEAST_ENTRIES) {
        (void)fprintf(stderr, "not the whole dictionary of PS3.6: %zu entries\n", entry_count);
        return false;
    }
    return true;
}

/* ---- the source ---- */

static void write_slots(FILE *file, const char *name, const uint16_t *slots)
{
    (void)fprintf(file, "\nconst uint16_t %s[DICTIONARY_SLOTS] = {", name);
    for (size_t i = 0; i < DICTIONARY_SLOTS; i++) {
        (void)fprintf(file, "%s%u,", i % 20 == 0 ? "\n    " : " ", slots[i]);
    }
    (void)fprintf(file, "\n};\n");
}

static void write_source(FILE *file)
{
    (void)fprintf(file, "/* Made by dictionary_make; do not edit. */\n"
                        "#include \"dataset/dictionary_tables.h\"\n\n"
                        "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n"
                        "const struct dictionary_entry dictionary_entries[] = {\n");
    for (size_t i = 0; i < entry_count; i++) {
        const struct entry *entry = &entries[i];
        (void)fprintf(file, "    {0x%08lX, %lu, 0x%04X, %d}, /* %s */\n", (unsigned long)entry->tag,
                      (unsigned long)entry->keyword_at, entry->vr, entry->us_or_ss, entry->keyword);
    }
    (void)fprintf(file,
                  "};\nconst size_t dictionary_single_count = %zu;\n\n"
                  "const struct dictionary_range dictionary_ranges[] = {\n",
                  single_count);
    for (size_t i = single_count; i < entry_count; i++) {
        const struct dictionary_range *range = &entries[i].range;
        (void)fprintf(file, "    {0x%04X, 0x%04X, 0x%04X, 0x%04X, %u, %u},\n", range->group_low,
                      range->group_high, range->element_low, range->element_high, range->group_step,
                      range->element_step);
    }
    (void)fprintf(file,
                  "};\nconst size_t dictionary_range_count = %zu;\n\nconst char dictionary_keywords[] =\n",
                  entry_count - single_count);
    for (size_t i = 0; i < entry_count; i++) {
        (void)fprintf(file, "    \"%s\\0\"%s\n", entries[i].keyword, i + 1 == entry_count ? ";" : "");
    }
    write_slots(file, "dictionary_by_tag", by_tag);
    write_slots(file, "dictionary_by_keyword", by_keyword);
}

int main(int count, char **arguments)
{
    if (count < 3) {
        (void)fprintf(stderr, "usage: dictionary_make OUTPUT FILE...\n");
        return EXIT_FAILURE;
    }
    for (int i = 2; i < count; i++) {
        if (!read_file(arguments[i], (size_t)i)) {
            return EXIT_FAILURE;
        }
    }
    make_tables();
    if (!is_sound()) {
        return EXIT_FAILURE;
    }
    FILE *file = fopen(arguments[1], "we");
    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", arguments[1], strerror(errno));
        return EXIT_FAILURE;
    }
    write_source(file);
    bool well = ferror(file) == 0;
    well = fclose(file) == 0 && well;
    if (!well) {
        (void)fprintf(stderr, "%s: it cannot be written\n", arguments[1]);
        (void)remove(arguments[1]);
    }
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
