/* identity_concepts.c: which concepts of content items name somebody or something (identity.h): observer,
 * subject, procedure, device and specimen of structured reports, dose reports and acquisition contexts. It
 * must not look at values. */
#include <stdlib.h>
#include <string.h>

#include "identity.h"

/* Codes of DCM (PS3.16 annex D), LOINC and SNOMED CT, which do not overlap, with the attribute of the same
 * meaning; ascending. What is a PN, a date or a UID is identity by its VR, whatever its concept. */
static const struct concept {
    const char *code;
    uint32_t tag;
}
concepts[] = {
    {"110119", 0x00400241},    /* Station AE Title: Performed Station AE Title */
    {"110182", 0x00080055},    /* Node ID: Station AE Title */
    {"110190", 0x00100021},    /* Issuer of Identifier: Issuer of Patient ID */
    {"111700", 0x00400512},    /* Specimen Container Identifier */
    {"111705", 0x00400551},    /* Parent Specimen Identifier: Specimen Identifier */
    {"111706", 0x00100021},    /* Issuer of Parent Specimen Identifier */
    {"111724", 0x00100021},    /* Issuer of Specimen Identifier */
    {"113516", 0x00402016},    /* Prescription Identifier */
    {"113870", 0x00081070},    /* Person Name: Operators' Name */
    {"113871", 0x00100020},    /* Person ID */
    {"113872", 0x00100021},    /* Person ID Issuer */
    {"113873", 0x00080080},    /* Organization Name: Institution Name */
    {"113877", 0x00081010},    /* Device Name: Station Name */
    {"113880", 0x00181000},    /* Device Serial Number */
    {"121008", 0x0040A123},    /* Person Observer Name: Person Name */
    {"121009", 0x00080080},    /* Person Observer's Organization Name */
    {"121013", 0x00081010},    /* Device Observer Name */
    {"121016", 0x00181000},    /* Device Observer Serial Number */
    {"121017", 0x00400243},    /* Device Observer Physical Location During Observation: Performed Location */
    {"121020", 0x00402016},    /* Placer Number: Placer Order Number / Imaging Service Request */
    {"121021", 0x00402017},    /* Filler Number */
    {"121022", 0x00080050},    /* Accession Number */
    {"121029", 0x00100010},    /* Subject Name */
    {"121030", 0x00100020},    /* Subject ID */
    {"121031", 0x00100030},    /* Subject Birth Date */
    {"121036", 0x00101060},    /* Mother of fetus: Patient's Mother's Birth Name */
    {"121040", 0x0040050A},    /* Specimen Accession Number */
    {"121041", 0x00400551},    /* Specimen Identifier */
    {"121043", 0x004006FA},    /* Slide Identifier */
    {"121081", 0x00081050},    /* Physician */
    {"121114", 0x00081050},    /* Performing Physician */
    {"121121", 0x00400243},    /* Room identification */
    {"121122", 0x00181000},    /* Equipment Identification */
    {"121148", 0x00181000},    /* Unit Serial Identifier */
    {"121193", 0x00081010},    /* Device Subject Name */
    {"121196", 0x00181000},    /* Device Subject Serial Number */
    {"121197", 0x00400243},    /* Device Subject Physical Location during observation */
    {"121434", 0x00400243},    /* Service Delivery Location */
    {"122128", 0x00380300},    /* Patient Transferred From: Current Patient Location */
    {"122143", 0x00181000},    /* Acquisition Device ID */
    {"126070", 0x00120040},    /* Subject Time Point Identifier: Clinical Trial Subject ID */
    {"127122", 0x00400243},    /* Animal room identifier */
    {"128774", 0x00081070},    /* Person Observer's Login Name */
    {"128775", 0x00100020},    /* Identifier within Person Observer's Role */
    {"184095009", 0x00100010}, /* Patient forename */
    {"184096005", 0x00100010}, /* Patient surname */
    {"184099003", 0x00100030}, /* Date of birth */
    {"184107009", 0x00100020}, /* Patient hospital number */
    {"21112-8", 0x00100030},   /* Birth date */
    {"309343006", 0x00081050}, /* Physician */
    {"371484003", 0x00100010}, /* Patient name */
    {"398225001", 0x00100020}, /* Medical record number */
    {"42077-8", 0x00102154},   /* Patient phone number */
    {"45392-8", 0x00100010},   /* First name */
    {"45394-4", 0x00100010},   /* Last name */
    {"45396-9", 0x00100020},   /* Social security number */
    {"54125-0", 0x00100010},   /* Patient name */
    {"56799-0", 0x00101040},   /* Address */
    {"76435-7", 0x00100020},   /* Medical record number */
    {"J-004E8", 0x00081050},   /* Physician (SNOMED RT) */
};

static int compare_codes(const void *key, const void *member)
{
    return strcmp(key, ((const struct concept *)member)->code);
}

uint32_t identity_tag_of_concept(const char *code)
{
    const struct concept *found =
        bsearch(code, concepts, sizeof concepts / sizeof concepts[0], sizeof concepts[0], compare_codes);
    return found != NULL ? found->tag : 0;
}
