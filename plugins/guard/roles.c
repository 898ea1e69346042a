/* roles.c: see roles.h. */
#include "roles.h"

#include <stdlib.h>
#include <string.h>

#define BIRTH_DATE 0x00100030U

struct tag_class {
    uint32_t tag;
    uint32_t class_id;
};

/* Words of a vendor or of the standard: a person may have the same. Ascending: asked for every element. */
static const struct tag_class named[] = {
    {0x00020013, 0},                  /* Implementation Version Name */
    {0x00080005, 0}, {0x00080070, 0}, /* Manufacturer */
    {0x00080100, 0}, {0x00080102, 0}, {0x00080103, 0}, {0x00080104, 0}, {0x00080105, 0}, {0x0008010B, 0},
    {0x0008010F, 0}, {0x00080119, 0}, {0x00080120, 0}, {0x00081090, 0}, /* Manufacturer's Model Name */
    {0x00120062, 0}, {0x00120063, 0},                                   /* De-identification Method */
    {0x00180024, 0},                                                    /* Sequence Name */
    {0x00181016, 0}, {0x00181018, 0}, {0x00181019, 0}, {0x00181020, 0}, /* Software Versions */
    {0x00181210, 0},                                                    /* Convolution Kernel */
    {0x00185100, 0}};
#define CODE_MEANING 0x00080104U
#define CODE_VALUE 0x00080100U

/* Attributes whose class the identity's own tags may not tell, since a value has one tag there. Ascending. */
static const struct tag_class classes[] = {
    {0x00020016, DCMCHAIN_IDENTITY_SITE},        {0x00020017, DCMCHAIN_IDENTITY_SITE},
    {0x00080050, DCMCHAIN_IDENTITY_ACCESSION},   {0x00080080, DCMCHAIN_IDENTITY_INSTITUTION},
    {0x00080081, DCMCHAIN_IDENTITY_ADDRESS},     {0x00081010, DCMCHAIN_IDENTITY_DEVICE},
    {0x00081040, DCMCHAIN_IDENTITY_INSTITUTION}, {0x00100010, DCMCHAIN_IDENTITY_NAME},
    {0x00100020, DCMCHAIN_IDENTITY_ID},          {0x00101000, DCMCHAIN_IDENTITY_ID},
    {0x00101001, DCMCHAIN_IDENTITY_NAME},        {0x00101040, DCMCHAIN_IDENTITY_ADDRESS},
    {0x00101050, DCMCHAIN_IDENTITY_ID},          {0x00101090, DCMCHAIN_IDENTITY_ID},
    {0x00102154, DCMCHAIN_IDENTITY_ADDRESS},     {0x00181000, DCMCHAIN_IDENTITY_DEVICE},
    {0x00181002, DCMCHAIN_IDENTITY_DEVICE},      {0x00181003, DCMCHAIN_IDENTITY_DEVICE},
    {0x00181004, DCMCHAIN_IDENTITY_DEVICE},      {0x00181005, DCMCHAIN_IDENTITY_DEVICE},
    {0x00181006, DCMCHAIN_IDENTITY_DEVICE},      {0x00181007, DCMCHAIN_IDENTITY_DEVICE},
    {0x00181008, DCMCHAIN_IDENTITY_DEVICE},      {0x00181009, DCMCHAIN_IDENTITY_DEVICE},
    {0x00181010, DCMCHAIN_IDENTITY_DEVICE},      {0x00181011, DCMCHAIN_IDENTITY_DEVICE},
    {0x0018700A, DCMCHAIN_IDENTITY_DEVICE},      {0x00200010, DCMCHAIN_IDENTITY_ACCESSION},
    {0x00203401, DCMCHAIN_IDENTITY_DEVICE},      {0x00380010, DCMCHAIN_IDENTITY_ACCESSION},
    {0x00380060, DCMCHAIN_IDENTITY_ACCESSION},   {0x00400009, DCMCHAIN_IDENTITY_ACCESSION},
    {0x00400010, DCMCHAIN_IDENTITY_DEVICE},      {0x00400241, DCMCHAIN_IDENTITY_SITE},
    {0x00400242, DCMCHAIN_IDENTITY_DEVICE},      {0x00400253, DCMCHAIN_IDENTITY_ACCESSION},
    {0x00401001, DCMCHAIN_IDENTITY_ACCESSION},   {0x00402016, DCMCHAIN_IDENTITY_ACCESSION},
    {0x00402017, DCMCHAIN_IDENTITY_ACCESSION},   {0x00880140, 0},
    {0x30080105, DCMCHAIN_IDENTITY_DEVICE},      {0x300A00B2, DCMCHAIN_IDENTITY_DEVICE}};

/* Keys of mercure's and dcmchain's documents that say what their values are. Who received a series is no
 * secret of the sender's; digests are nobody's. */
static const struct {
    const char *key;
    struct spot spot;
} keys[] = {
    {"acc", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_ACCESSION}},
    {"description", {.role = ROLE_TEXT}},
    {"device_serial_number", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_DEVICE}},
    {"hmac", {.role = ROLE_DIGEST, .max_characters = 64}},
    {"key_id", {.role = ROLE_DIGEST, .max_characters = 16}},
    {"mercure_appliance", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_SITE}},
    {"mercure_server", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_SITE}},
    {"mrn", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_ID}},
    {"patient_name", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_NAME}},
    {"policy", {.role = ROLE_DIGEST, .max_characters = 32}},
    {"receiver_aet", {.role = ROLE_NAMED}},
    {"received_series", {.role = ROLE_TEXT}},
    {"sender_address", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_SITE}},
    {"sender_aet", {.role = ROLE_TEXT, .class_id = DCMCHAIN_IDENTITY_SITE}},
    {"sha256", {.role = ROLE_DIGEST, .max_characters = 64}},
};

/* Keys of mercure's and dcmchain's documents and of the DICOM JSON model whose values are as what they stand
 * in. In byte order. */
static const char *const plain_keys[] = {"Alphabetic",
                                         "BulkDataURI",
                                         "Ideographic",
                                         "InlineBinary",
                                         "Phonetic",
                                         "Value",
                                         "action",
                                         "columns",
                                         "complete_force",
                                         "complete_force_action",
                                         "complete_trigger",
                                         "creation_time",
                                         "dcmchain",
                                         "dispatch",
                                         "dropped",
                                         "duplicates",
                                         "files",
                                         "id",
                                         "info",
                                         "instances_in",
                                         "instances_out",
                                         "key_lasting",
                                         "kind",
                                         "last_receive_time",
                                         "mercure_version",
                                         "modality",
                                         "not_shown",
                                         "path",
                                         "pipeline",
                                         "process",
                                         "project",
                                         "quarantined",
                                         "received_series_uid",
                                         "retain_input_images",
                                         "rows",
                                         "series",
                                         "series_instance_uid",
                                         "series_uid",
                                         "settings",
                                         "size",
                                         "sop_instance_uid",
                                         "stage",
                                         "stages",
                                         "study",
                                         "study_instance_uid",
                                         "study_uid",
                                         "uid",
                                         "uid_type",
                                         "varying",
                                         "version",
                                         "vr",
                                         "warnings"};

static int compare_keys(const void *left, const void *right)
{
    return strcmp(left, *(const char *const *)right);
}

/* Of a table in ascending order. NULL: it is not there. */
static const struct tag_class *find_tag(uint32_t tag, const struct tag_class *table, size_t count)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (table[middle].tag == tag) {
            return &table[middle];
        }
        if (table[middle].tag < tag) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static uint32_t class_of(uint32_t tag, uint16_t vr)
{
    const struct tag_class *found = find_tag(tag, classes, sizeof classes / sizeof classes[0]);
    if (found != NULL) {
        return found->class_id;
    }
    return vr == DCMCHAIN_VR_PN   ? DCMCHAIN_IDENTITY_PERSON
           : vr == DCMCHAIN_VR_AE ? DCMCHAIN_IDENTITY_SITE
                                  : 0;
}

static bool is_named(uint32_t tag, bool local_code)
{
    if (local_code && (tag == CODE_MEANING || tag == CODE_VALUE)) {
        return false;
    }
    return find_tag(tag, named, sizeof named / sizeof named[0]) != NULL;
}

static enum role role_of_vr(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AS:
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_TM:
        return ROLE_NUMBER;
    case DCMCHAIN_VR_AT:
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_OV:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UV:
        return ROLE_SKIP;
    case DCMCHAIN_VR_UI:
        return ROLE_UID;
    case DCMCHAIN_VR_DA:
    case DCMCHAIN_VR_DT:
        return ROLE_DATE;
    case DCMCHAIN_VR_CS:
        return ROLE_NAMED;
    case 0:
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_UN:
        return ROLE_BYTES;
    default:
        return ROLE_TEXT;
    }
}

void roles_of_element(uint32_t tag, uint16_t vr, bool local_code, struct spot *ret_spot)
{
    struct spot spot = {
        .role = role_of_vr(vr),
        .vr = vr,
        .class_id = class_of(tag, vr),
        .max_characters = dcmchain_vr_max_characters(vr),
        .coded = vr == DCMCHAIN_VR_CS,
        .birth_date = tag == BIRTH_DATE,
        .one_value = !dcmchain_vr_is_multi_valued(vr),
    };
    if (spot.role == ROLE_TEXT && is_named(tag, local_code)) {
        spot.role = ROLE_NAMED;
    }
    *ret_spot = spot;
}

bool roles_of_key(const char *key, struct spot *ret_spot)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strcmp(key, keys[i].key) == 0) {
            *ret_spot = keys[i].spot;
            return true;
        }
    }
    if (bsearch(key, plain_keys, sizeof plain_keys / sizeof plain_keys[0], sizeof plain_keys[0],
                compare_keys) != NULL) {
        return true;
    }
    uint32_t tag = 0;
    if (dcmchain_tag_parse(key, &tag) != DCMCHAIN_OK) {
        return false;
    }
    uint16_t vr = dcmchain_tag_vr(tag);
    if (vr == 0 && strspn(key, "0123456789") == strlen(key)) {
        return false; /* a number that is written as a tag is */
    }
    roles_of_element(tag, vr == 0 ? DCMCHAIN_VR_LT : vr, false, ret_spot);
    ret_spot->role = ret_spot->role == ROLE_BYTES ? ROLE_TEXT : ret_spot->role;
    ret_spot->max_characters = 0;
    return true; /* of which `ours` is none: it is an attribute's */
}
