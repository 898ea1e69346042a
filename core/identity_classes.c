/* identity_classes.c: which attributes identify, and as what (identity.h). A table by tag, then rules by VR.
 * It must not look at values. */
#include <stdlib.h>
#include <string.h>

#include "identity.h"

#define NAME DCMCHAIN_IDENTITY_NAME
#define ID DCMCHAIN_IDENTITY_ID
#define ACCESSION DCMCHAIN_IDENTITY_ACCESSION
#define DATE DCMCHAIN_IDENTITY_DATE
#define BIRTH_DATE DCMCHAIN_IDENTITY_BIRTH_DATE
#define UID DCMCHAIN_IDENTITY_UID
#define PERSON DCMCHAIN_IDENTITY_PERSON
#define INSTITUTION DCMCHAIN_IDENTITY_INSTITUTION
#define ADDRESS DCMCHAIN_IDENTITY_ADDRESS
#define DEVICE DCMCHAIN_IDENTITY_DEVICE
#define SITE DCMCHAIN_IDENTITY_SITE
#define NOBODY 0U

struct tag_class {
    uint32_t tag;
    uint32_t class_id;
};

/* What the VR does not tell. Ascending. Free text (comments, descriptions) is in no class: it is what the
 * cleaner cleans, not what it looks for. */
static const struct tag_class tag_classes[] = {
    {0x00020002, NOBODY},                                 /* Media Storage SOP Class UID */
    {0x00020010, NOBODY},                                 /* Transfer Syntax UID */
    {0x00020012, NOBODY},                                 /* Implementation Class UID */
    {0x00020100, NOBODY},                                 /* Private Information Creator UID */
    {0x00080016, NOBODY},                                 /* SOP Class UID */
    {0x0008001A, NOBODY},                                 /* Related General SOP Class UID */
    {0x0008001B, NOBODY},                                 /* Original Specialized SOP Class UID */
    {0x00080050, ACCESSION},   {0x00080062, NOBODY},      /* SOP Classes Supported */
    {0x00080080, INSTITUTION}, {0x00080081, ADDRESS},     /* Institution Address */
    {0x00080092, ADDRESS},                                /* Referring Physician's Address */
    {0x00080094, ADDRESS},                                /* Referring Physician's Telephone Numbers */
    {0x00080106, NOBODY},                                 /* Context Group Version: a date of the standard */
    {0x00080107, NOBODY},                                 /* Context Group Local Version */
    {0x0008010C, NOBODY},                                 /* Coding Scheme UID */
    {0x0008010E, NOBODY},                                 /* Coding Scheme URL */
    {0x00080117, NOBODY},                                 /* Context UID */
    {0x00080118, NOBODY},                                 /* Mapping Resource UID */
    {0x00080120, NOBODY},                                 /* URN Code Value */
    {0x00081010, DEVICE},                                 /* Station Name */
    {0x00081040, INSTITUTION}, {0x00081150, NOBODY},      /* Referenced SOP Class UID */
    {0x0008115A, NOBODY},                                 /* SOP Classes in Study */
    {0x00100010, NAME},        {0x00100012, NAME},        /* Name to Use */
    {0x00100020, ID},          {0x00100021, INSTITUTION}, /* Issuer of Patient ID */
    {0x00100030, BIRTH_DATE},  {0x00100033, BIRTH_DATE},  /* Patient's Birth Date in Alternative Calendar */
    {0x00100034, DATE},                                   /* Patient's Death Date in Alternative Calendar */
    {0x00101000, ID},                                     /* Other Patient IDs */
    {0x00101001, NAME},                                   /* Other Patient Names */
    {0x00101005, NAME},                                   /* Patient's Birth Name */
    {0x00101040, ADDRESS},     {0x00101050, ID},          /* Insurance Plan Identification */
    {0x00101060, NAME},                                   /* Patient's Mother's Birth Name */
    {0x00101090, ID},                                     /* Medical Record Locator */
    {0x00102150, ADDRESS},     {0x00102152, ADDRESS},     {0x00102154, ADDRESS},   {0x00102155, ADDRESS},
    {0x00102297, NAME},                                   /* Responsible Person: a parent, an owner */
    {0x00102299, INSTITUTION}, {0x00120010, INSTITUTION}, /* Clinical Trial Sponsor Name */
    {0x00120030, INSTITUTION},                            /* Clinical Trial Site ID */
    {0x00120031, INSTITUTION}, {0x00120040, ID},          /* Clinical Trial Subject ID */
    {0x00120042, ID},                                     /* Clinical Trial Subject Reading ID */
    {0x00120060, INSTITUTION}, {0x00120081, INSTITUTION}, /* Clinical Trial Protocol Ethics Committee Name */
    {0x00120082, ACCESSION},                              /* … Approval Number */
    {0x0016004D, PERSON},                                 /* Camera Owner Name */
    {0x00160051, DEVICE},                                 /* Lens Serial Number */
    {0x00181000, DEVICE},                                 /* Device Serial Number */
    {0x00181002, DEVICE},                                 /* Device UID */
    {0x00181003, DEVICE},      {0x00181004, DEVICE},      {0x00181005, DEVICE},    {0x00181006, DEVICE},
    {0x00181007, DEVICE},      {0x00181008, DEVICE},      {0x00181009, DEVICE}, /* Unique Device Identifier */
    {0x0018100B, NOBODY}, /* Manufacturer's Device Class UID */
    {0x00181010, DEVICE},      {0x00181011, DEVICE},      {0x0018700A, DEVICE}, /* Detector ID */
    {0x00189367, DEVICE},                                                       /* X-Ray Source ID */
    {0x00189371, DEVICE},                                                       /* X-Ray Detector ID */
    {0x00189373, DEVICE},                                                       /* X-Ray Detector Label */
    {0x00200010, ACCESSION},                                                    /* Study ID */
    {0x00203401, DEVICE},                                                       /* Modifying Device ID */
    {0x00320012, INSTITUTION}, {0x00321020, INSTITUTION},                       /* Scheduled Study Location */
    {0x00321033, INSTITUTION},                                                  /* Requesting Service */
    {0x00380010, ACCESSION},                                                    /* Admission ID */
    {0x00380011, INSTITUTION}, {0x0038001E, INSTITUTION}, {0x00380060, ACCESSION}, /* Service Episode ID */
    {0x00380061, INSTITUTION}, {0x00380300, INSTITUTION}, /* Current Patient Location */
    {0x00380400, INSTITUTION}, {0x00400009, ACCESSION},   /* Scheduled Procedure Step ID */
    {0x00400010, DEVICE},                                 /* Scheduled Station Name */
    {0x00400011, INSTITUTION}, {0x00400031, SITE},        /* Local Namespace Entity ID */
    {0x00400032, SITE},                                   /* Universal Entity ID */
    {0x00400242, DEVICE},      {0x00400243, INSTITUTION}, {0x00400253, ACCESSION}, /* Performed Procedure Step
                                                                                      ID */
    {0x0040050A, ACCESSION}, /* Specimen Accession Number */
    {0x00400512, ACCESSION}, /* Container Identifier */
    {0x00400551, ACCESSION}, /* Specimen Identifier */
    {0x004006FA, ACCESSION}, /* Slide Identifier */
    {0x00401001, ACCESSION}, /* Requested Procedure ID */
    {0x00401005, INSTITUTION}, {0x00401102, ADDRESS},     {0x00401103, ADDRESS},   {0x00401104, ADDRESS},
    {0x00402006, ACCESSION},                              /* Placer Order Number / Procedure (retired) */
    {0x00402007, ACCESSION},   {0x00402009, INSTITUTION}, /* Order Enterer's Location */
    {0x00402010, ADDRESS},     {0x00402011, ADDRESS},     {0x00402016, ACCESSION}, {0x00402017, ACCESSION},
    {0x00404036, INSTITUTION}, /* Human Performer's Organization */
    {0x0040A027, INSTITUTION}, /* Verifying Organization */
    {0x0040A353, ADDRESS},     {0x0040A354, ADDRESS},     {0x0050001B, DEVICE}, /* Container Component ID */
    {0x00880910, PERSON},                                                       /* Topic Author */
    {0x04000010, NOBODY}, /* MAC Calculation Transfer Syntax UID */
    {0x04000510, NOBODY}, /* Encrypted Content Transfer Syntax UID */
    {0x04000563, SITE},   /* Modifying System */
    {0x04000564, SITE},   /* Source of Previous Values */
    {0x30080105, DEVICE}, /* Source Serial Number */
    {0x300A00B2, DEVICE}, /* Treatment Machine Name */
    {0x3010001B, DEVICE}, /* Device Alternate Identifier */
    {0x3010002D, DEVICE}, /* Device Label */
    {0x30100043, DEVICE}, /* Manufacturer's Device Identifier */
    {0x40080040, ACCESSION},   {0x40080042, INSTITUTION}, {0x4008011A, ADDRESS},   {0x40080200, ACCESSION},
    {0x40080202, INSTITUTION},
};

static int compare_tags(const void *key, const void *member)
{
    uint32_t tag = *(const uint32_t *)key;
    uint32_t other = ((const struct tag_class *)member)->tag;
    return tag < other ? -1 : tag > other;
}

static uint32_t class_of_vr(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_PN:
        return PERSON;
    case DCMCHAIN_VR_DA:
    case DCMCHAIN_VR_DT:
        return DATE;
    case DCMCHAIN_VR_UI:
        return UID;
    case DCMCHAIN_VR_AE:
    case DCMCHAIN_VR_UR: /* addresses of archives and services */
        return SITE;
    default:
        return NOBODY;
    }
}

uint32_t identity_class(uint32_t tag, uint16_t vr)
{
    if (vr == DCMCHAIN_VR_SQ) {
        return NOBODY;
    }
    const struct tag_class *found = bsearch(&tag, tag_classes, sizeof tag_classes / sizeof tag_classes[0],
                                            sizeof tag_classes[0], compare_tags);
    return found != NULL ? found->class_id : class_of_vr(vr);
}

struct key_class {
    const char *key;
    uint32_t class_id;
    uint32_t tag;
};

/* mercure's own words; what else stands in `.tags` are DICOM keywords. A task's id holds the host's address
 * and the time, and leads into mercure's database; a received file's name holds a UID. */
static const struct key_class key_classes[] = {
    {"Filename", UID, 0},
    {"ReceiverAET", SITE, 0},
    {"SenderAET", SITE, 0},
    {"SenderAddress", SITE, 0},
    {"acc", ACCESSION, 0x00080050},
    {"creation_time", DATE, 0},
    {"device_serial_number", DEVICE, 0x00181000},
    {"id", ACCESSION, 0},
    {"last_receive_time", DATE, 0},
    {"mercure_appliance", SITE, 0},
    {"mercure_server", SITE, 0},
    {"mrn", ID, 0x00100020},
    {"patient_name", NAME, 0x00100010},
    {"received_series_uid", UID, 0x0020000E},
    {"receiver_aet", SITE, 0},
    {"sender_address", SITE, 0},
    {"sender_aet", SITE, 0},
    {"series_uid", UID, 0x0020000E},
    {"study_uid", UID, 0x0020000D},
    {"time", DATE, 0},
    {"uid", UID, 0},
};

uint32_t identity_class_of_key(const char *key, uint32_t *ret_tag)
{
    for (size_t i = 0; i < sizeof key_classes / sizeof key_classes[0]; i++) {
        if (strcmp(key, key_classes[i].key) == 0) {
            *ret_tag = key_classes[i].tag;
            return key_classes[i].class_id;
        }
    }
    uint32_t tag = 0;
    if (dcmchain_tag_parse(key, &tag) != DCMCHAIN_OK) {
        return NOBODY;
    }
    uint32_t class_id = identity_class(tag, dcmchain_tag_vr(tag));
    if (class_id != NOBODY) {
        *ret_tag = tag;
    }
    return class_id;
}
