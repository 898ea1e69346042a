/* random_set.c: see random_set.h. */
#include "random_set.h"

#include <stdlib.h>
#include <string.h>

#include "dcmchain/dataset.h"

#define MOST_ELEMENTS 48 /* of one level */
#define LONG_VALUE 66000

uint32_t random_roll(struct random_set *random, uint32_t sides)
{
    random->state = random->state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(random->state >> 33) % sides;
}

static bool one_of(struct random_set *random, uint32_t sides)
{
    return random_roll(random, sides) == 0;
}

/* Every VR of PS3.5 6.2 but SQ, with the bytes of its number or word. */
static const struct {
    char name[3];
    uint8_t unit;
} vrs[] = {
    {"AE", 1}, {"AS", 1}, {"AT", 4}, {"CS", 1}, {"DA", 1}, {"DS", 1}, {"DT", 1}, {"FD", 8}, {"FL", 4},
    {"IS", 1}, {"LO", 1}, {"LT", 1}, {"OB", 1}, {"OD", 8}, {"OF", 4}, {"OL", 4}, {"OV", 8}, {"OW", 2},
    {"PN", 1}, {"SH", 1}, {"SL", 4}, {"SS", 2}, {"ST", 1}, {"SV", 8}, {"TM", 1}, {"UC", 1}, {"UI", 1},
    {"UL", 4}, {"UN", 1}, {"UR", 1}, {"US", 2}, {"UT", 1}, {"UV", 8},
};
#define VRS (sizeof vrs / sizeof vrs[0])

struct choice {
    uint32_t tag;
    char vr[3];
};

static const char *any_vr(struct random_set *random)
{
    return vrs[random_roll(random, VRS)].name;
}

static void set_vr(struct choice *choice, const char *vr)
{
    memcpy(choice->vr, vr, sizeof choice->vr);
}

/* What has a meaning for a reader, or stands where it may not, is left to those who put it on purpose. */
static bool is_special(uint32_t tag)
{
    uint32_t group = tag >> 16;
    return group < 0x0008 || group >= 0x7F00 || tag == 0x00080005 || tag == 0x00080016 || tag == 0x00080018 ||
           tag == 0x00280103 || (tag & 0xFFFF) == 0;
}

static struct choice public_choice(struct random_set *random)
{
    struct choice choice = {0};
    const char *keyword = NULL;
    do {
        keyword = dcmchain_dictionary_keyword(random_roll(random, 6000));
    } while (keyword == NULL || dcmchain_tag_parse(keyword, &choice.tag) != DCMCHAIN_OK ||
             is_special(choice.tag) || dcmchain_tag_vr(choice.tag) == 0);
    uint16_t vr = dcmchain_tag_vr(choice.tag);
    choice.vr[0] = (char)(vr >> 8);
    choice.vr[1] = (char)(vr & 0xFF);
    if (vr != DCMCHAIN_VR_SQ && one_of(random, 10)) {
        set_vr(&choice, any_vr(random)); /* another than the standard's */
    } else if (one_of(random, 8)) {
        set_vr(&choice, "UN");
    }
    return choice;
}

static struct choice choose(struct random_set *random)
{
    struct choice choice = {0};
    switch (random_roll(random, 8)) {
    case 0: /* in no dictionary */
        do {
            choice.tag = 0x00080000 + random_roll(random, 0x3000) * 0x20000 + random_roll(random, 0x10000);
        } while (dcmchain_tag_vr(choice.tag) != 0 || is_special(choice.tag));
        break;
    case 1: /* private */
        choice.tag = 0x00090000 + random_roll(random, 6) * 0x20000 + 0x1000 + random_roll(random, 0x40);
        break;
    case 2: /* a private creator */
        choice.tag = 0x00090010 + random_roll(random, 6) * 0x20000;
        set_vr(&choice, one_of(random, 4) ? "UN" : "LO");
        return choice;
    case 3: /* an overlay, or what Pixel Representation decides, or that */
        choice.tag = one_of(random, 2)   ? 0x60003000 + random_roll(random, 8) * 0x20000
                     : one_of(random, 2) ? 0x00280103
                                         : 0x00283002;
        set_vr(&choice, choice.tag == 0x00283002 ? "SS" : choice.tag == 0x00280103 ? "US" : "OW");
        return choice;
    default:
        return public_choice(random);
    }
    set_vr(&choice, one_of(random, 4) ? "SQ" : any_vr(random));
    return choice;
}

static void put_level(struct random_set *random);

static void put_item(struct random_set *random)
{
    bool undefined = one_of(random, 2);
    size_t item = dicom_open_item(&random->set, undefined);
    random->items++;
    put_level(random);
    dicom_close_item(&random->set, item, undefined);
}

static void put_items(struct random_set *random)
{
    uint32_t most = random->depth_most > 8 ? 1 : 3; /* a deep one is narrow */
    random->depth++;
    for (uint32_t i = random->depth_most > 8 ? 1 : random_roll(random, most + 1); i > 0; i--) {
        put_item(random);
    }
    random->depth--;
}

/* In implicit VR a private or unknown sequence is known by its undefined length alone. */
static void put_sequence(struct random_set *random, uint32_t tag)
{
    bool known = (tag >> 16) % 2 == 0 && dcmchain_tag_vr(tag) == DCMCHAIN_VR_SQ;
    bool undefined = one_of(random, 2) || (random->set.encoding == DICOM_IMPLICIT && !known);
    size_t sequence = dicom_open_sequence(&random->set, tag, "SQ", undefined);
    put_items(random);
    dicom_close_sequence(&random->set, sequence, undefined);
}

/* UN that is a sequence: its items in implicit VR little endian (PS3.5 6.2.2), the length defined or not. */
static void put_unknown_sequence(struct random_set *random, uint32_t tag)
{
    enum dicom_encoding encoding = random->set.encoding;
    bool known = (tag >> 16) % 2 == 0 && dcmchain_tag_vr(tag) == DCMCHAIN_VR_SQ;
    bool undefined = !known || one_of(random, 2);
    bool encapsulated = random->encapsulated;
    dicom_head(&random->set, tag, "UN", undefined ? DICOM_UNDEFINED : 0);
    size_t begin = random->set.length;
    random->encapsulated = false;
    random->set.encoding = DICOM_IMPLICIT;
    put_items(random);
    if (undefined) {
        dicom_delimiter(&random->set, DICOM_SEQUENCE_END, 0);
    }
    random->set.encoding = encoding;
    random->encapsulated = encapsulated;
    if (!undefined) {
        dicom_patch_u32(&random->set, begin - 4, (uint32_t)(random->set.length - begin));
    }
    random->unknown++;
}

static uint8_t unit_of(const char *vr)
{
    for (size_t i = 0; i < VRS; i++) {
        if (strcmp(vrs[i].name, vr) == 0) {
            return vrs[i].unit;
        }
    }
    return 1;
}

static uint32_t length_of(struct random_set *random, const char *vr, uint8_t unit)
{
    bool long_fits = random->set.encoding == DICOM_IMPLICIT || dicom_vr_is_long(vr);
    uint32_t length = random_roll(random, 24);
    if (one_of(random, 6)) {
        length = 0;
    } else if (one_of(random, 300)) {
        length = long_fits ? LONG_VALUE + random_roll(random, 1000) : 65534 - random_roll(random, 1000);
        length -= length % unit;
        return length;
    }
    if (unit > 1) {
        return length * unit;
    }
    return one_of(random, 5) ? length : length + length % 2;
}

static void put_text(struct random_set *random, const char *vr, uint32_t length)
{
    static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ^=.-+_\\/";
    bool plain = !one_of(random, 6);
    if (strcmp(vr, "UI") == 0) {
        for (uint32_t i = 0; i < length; i++) {
            uint8_t byte = i + 1 == length ? '\0' : (uint8_t) "0123456789.\\"[random_roll(random, 12)];
            dicom_raw(&random->set, &byte, 1);
        }
        return;
    }
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)usual[random_roll(random, sizeof usual - 1)];
        byte = !plain && one_of(random, 4) ? (uint8_t)(0x80 + random_roll(random, 0x80)) : byte;
        byte = i + 1 == length && one_of(random, 2) ? ' ' : byte;
        dicom_raw(&random->set, &byte, 1);
    }
}

/* The bytes are those of the VR that a reader will see: of UN, and in implicit VR, the dictionary's. */
static void put_value(struct random_set *random, const struct choice *choice)
{
    uint16_t known = dcmchain_tag_vr(choice->tag); /* 0: none */
    const char own[3] = {(char)(known >> 8), (char)(known & 0xFF), '\0'};
    bool implicit = random->set.encoding == DICOM_IMPLICIT;
    bool unknown = known != 0 && strcmp(choice->vr, "UN") == 0;
    const char *vr = known != 0 && (unknown || implicit) ? own : choice->vr;
    uint8_t unit = unit_of(vr);
    if (random->convertible && known != 0 && unit < unit_of(own)) {
        unit = unit_of(own);
    }
    if (unknown && !random->convertible && !implicit && one_of(random, 8)) {
        unit = 1; /* it may not fit, and stay unknown */
    }
    uint32_t length = length_of(random, choice->vr, unit);
    random->unknown += unknown;
    dicom_head(&random->set, choice->tag, choice->vr, length);
    if (unit_of(vr) == 1 && strcmp(vr, "OB") != 0 && !one_of(random, 20)) {
        put_text(random, vr, length);
        return;
    }
    for (uint32_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)random_roll(random, 256);
        dicom_raw(&random->set, &byte, 1);
    }
}

/* Icon Image Sequence, with native or encapsulated Pixel Data (PS3.3 C.7.6.1.1.6). */
static void put_icon(struct random_set *random)
{
    static const size_t sizes[] = {10, 0, 6, 70000};
    size_t sequence = dicom_open_sequence(&random->set, 0x00880200, "SQ", true);
    size_t item = dicom_open_item(&random->set, true);
    dicom_us(&random->set, 0x00280010, 8);
    if (random->encapsulated) {
        dicom_fragments(&random->set, sizes, 1 + random_roll(random, 4));
    } else {
        dicom_pixels(&random->set, 2 * (size_t)random_roll(random, 40));
    }
    dicom_close_item(&random->set, item, true);
    dicom_close_sequence(&random->set, sequence, true);
    random->elements += 3;
    random->items++;
}

/* Of a tag that no dictionary has. In implicit VR a private creator is one whatever stands there. */
static bool may_be_sequence(const struct random_set *random, uint32_t tag)
{
    bool creator = DCMCHAIN_TAG_IS_PRIVATE(tag) && (tag & 0xFFFF) <= 0xFF;
    return dcmchain_tag_vr(tag) == 0 && !(random->convertible && creator);
}

static void put_element(struct random_set *random, const struct choice *choice)
{
    bool unknown = strcmp(choice->vr, "UN") == 0;
    bool sequence = strcmp(choice->vr, "SQ") == 0;
    bool known_sequence = dcmchain_tag_vr(choice->tag) == DCMCHAIN_VR_SQ;
    bool may_nest = random->depth < random->depth_most && random->elements < 3000;
    random->elements++;
    if (choice->tag == 0x00280103) {
        dicom_us(&random->set, choice->tag, (uint16_t)random_roll(random, 2));
    } else if (choice->tag == 0x00880200 && !unknown && random->depth < random->depth_most) {
        put_icon(random);
    } else if (sequence && may_nest) {
        put_sequence(random, choice->tag);
    } else if (unknown && may_nest && random->set.encoding != DICOM_IMPLICIT &&
               (known_sequence || (may_be_sequence(random, choice->tag) && one_of(random, 3)))) {
        put_unknown_sequence(random, choice->tag);
    } else if (sequence || known_sequence) {
        dicom_head(&random->set, choice->tag, choice->vr, 0);
    } else {
        put_value(random, choice);
    }
}

static int compare(const void *left, const void *right)
{
    const struct choice *one = left;
    const struct choice *other = right;
    return (one->tag > other->tag) - (one->tag < other->tag);
}

static void shuffle(struct random_set *random, struct choice *choices, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t with = random_roll(random, (uint32_t)i);
        struct choice kept = choices[i - 1];
        choices[i - 1] = choices[with];
        choices[with] = kept;
    }
}

static void put_level(struct random_set *random)
{
    struct choice choices[MOST_ELEMENTS];
    size_t count = 0;
    uint32_t wanted = random->depth == 0 ? 12 + random_roll(random, 24) : random_roll(random, 7);
    if (random->depth < random->depth_most && random->depth_most > 8) {
        choices[count++] = (struct choice){.tag = 0x0040A730, .vr = "SQ"}; /* on, to the deepest */
    }
    while (count < wanted) {
        struct choice choice = choose(random);
        bool twice = random->depth == random->depth_most &&
                     (strcmp(choice.vr, "SQ") == 0 || dcmchain_tag_vr(choice.tag) == DCMCHAIN_VR_SQ);
        for (size_t i = 0; i < count; i++) {
            twice = twice || choices[i].tag == choice.tag;
        }
        if (!twice) {
            choices[count++] = choice;
        }
    }
    qsort(choices, count, sizeof choices[0], compare);
    if (random->depth_most <= 8 && count > 1 && one_of(random, 12)) {
        shuffle(random, choices, count);
        random->unsorted++;
    }
    for (size_t i = 0; i < count; i++) {
        put_element(random, &choices[i]);
    }
}

void random_set_make(struct random_set *random)
{
    static const size_t sizes[] = {30, 0, 4};
    if (one_of(random, 2)) {
        dicom_element(&random->set, 0x00080000, "UL", "\0\0\0\0", 4);
        random->elements++;
    }
    dicom_text(&random->set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
    dicom_text(&random->set, 0x00080018, "UI", "2.25.2");
    random->elements += 2;
    put_level(random);
    if (random->encapsulated) {
        dicom_fragments(&random->set, sizes, 1 + random_roll(random, 3));
    } else if (one_of(random, 2)) {
        dicom_pixels(&random->set, 2 * (size_t)random_roll(random, 100));
    }
    if (one_of(random, 3)) {
        dicom_element(&random->set, 0x7FE10010, "LO", "BEHIND", 6);
        dicom_element(&random->set, 0xFFFCFFFC, "OB", "\0\0\0\0", 4);
        random->elements += 2;
    }
}
