/* encapsulated.c: the dummies: an empty page, a CDA without content, one triangle, one material.
 * It must not carry over a byte of the document, nor guess at what a MIME type that it does not know would
 * take. */
#include "encapsulated.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../common/cleanup.h"
#include "apply.h"

#define TAG_SOP_INSTANCE 0x00080018U
#define TAG_HL7_INSTANCE 0x0040E001U
#define TAG_MIME_TYPE 0x00420012U
#define TAG_DOCUMENT_LENGTH 0x00420015U

#define STL_BYTES 134U /* header, count, one triangle */
#define MAX_DUMMY_BYTES 2048U

enum document { DOCUMENT_OTHER, DOCUMENT_PDF, DOCUMENT_CDA, DOCUMENT_STL, DOCUMENT_OBJ, DOCUMENT_MTL };

/* An empty page. Its cross-references are a stream: the columns of zeros of a table read like somebody's
 * number. */
static const char pdf[] =
    "%PDF-1.5\n"
    "1 0 obj\n"
    "<< /Type /Catalog /Pages 2 0 R >>\n"
    "endobj\n"
    "2 0 obj\n"
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n"
    "endobj\n"
    "3 0 obj\n"
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>\n"
    "endobj\n"
    "4 0 obj\n"
    "<< /Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R /Filter /ASCIIHexDecode /Length 61 >>\n"
    "stream\n"
    "00 00 00 FF\n"
    "01 00 09 00\n"
    "01 00 3A 00\n"
    "01 00 73 00\n"
    "01 00 CB 00>\n"
    "endstream\n"
    "endobj\n"
    "startxref\n"
    "203\n"
    "%%EOF\n";

/* HL7 CDA R2 asks for each of these elements. %s: the UID of the document. */
static const char cda[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" classCode=\"DOCCLIN\" moodCode=\"EVN\">\n"
    "<typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_HD000040\"/>\n"
    "<id root=\"%s\"/>\n"
    "<code nullFlavor=\"MSK\"/>\n"
    "<effectiveTime nullFlavor=\"MSK\"/>\n"
    "<confidentialityCode nullFlavor=\"MSK\"/>\n"
    "<recordTarget><patientRole><id nullFlavor=\"MSK\"/></patientRole></recordTarget>\n"
    "<author><time nullFlavor=\"MSK\"/><assignedAuthor><id nullFlavor=\"MSK\"/></assignedAuthor></author>\n"
    "<custodian><assignedCustodian><representedCustodianOrganization><id nullFlavor=\"MSK\"/>"
    "</representedCustodianOrganization></assignedCustodian></custodian>\n"
    "<component><structuredBody><component><section><text>REMOVED</text></section></component>"
    "</structuredBody></component>\n"
    "</ClinicalDocument>\n";

static const char obj[] = "# REMOVED\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
static const char mtl[] = "# REMOVED\nnewmtl removed\nKd 0.5 0.5 0.5\n";
static const char other[] = "REMOVED\n";

/* Binary STL: 80 bytes of header, the number of triangles, and for each its normal, its corners and two
 * bytes. */
static size_t write_stl(uint8_t bytes[STL_BYTES])
{
    static const char title[80] = "REMOVED";
    static const uint8_t one[4] = {0, 0, 0x80, 0x3F}; /* 1.0, little endian */

    (void)memset(bytes, 0, STL_BYTES);
    (void)memcpy(bytes, title, sizeof title);
    bytes[80] = 1;
    (void)memcpy(bytes + 84 + 8, one, sizeof one);  /* normal (0, 0, 1) */
    (void)memcpy(bytes + 84 + 24, one, sizeof one); /* second corner (1, 0, 0) */
    (void)memcpy(bytes + 84 + 40, one, sizeof one); /* third corner (0, 1, 0) */
    return STL_BYTES;
}

/* By the MIME type, else by the SOP class (PS3.4 B.5). */
static enum document kind_of(const char *mime_type, const char *sop_class)
{
    static const struct {
        const char *name;
        enum document kind;
    } kinds[] = {{"application/pdf", DOCUMENT_PDF},
                 {"text/xml", DOCUMENT_CDA},
                 {"application/xml", DOCUMENT_CDA},
                 {"application/hl7-cda+xml", DOCUMENT_CDA},
                 {"model/stl", DOCUMENT_STL},
                 {"model/x.stl-binary", DOCUMENT_STL},
                 {"application/sla", DOCUMENT_STL},
                 {"application/vnd.ms-pki.stl", DOCUMENT_STL},
                 {"model/obj", DOCUMENT_OBJ},
                 {"model/mtl", DOCUMENT_MTL},
                 {"1.2.840.10008.5.1.4.1.1.104.1", DOCUMENT_PDF},
                 {"1.2.840.10008.5.1.4.1.1.104.2", DOCUMENT_CDA},
                 {"1.2.840.10008.5.1.4.1.1.104.3", DOCUMENT_STL},
                 {"1.2.840.10008.5.1.4.1.1.104.4", DOCUMENT_OBJ},
                 {"1.2.840.10008.5.1.4.1.1.104.5", DOCUMENT_MTL}};
    const char *name = mime_type[0] != '\0' ? mime_type : sop_class;

    for (size_t at = 0; at < sizeof kinds / sizeof kinds[0]; at++) {
        if (strcasecmp(kinds[at].name, name) == 0) {
            return kinds[at].kind;
        }
    }
    return DOCUMENT_OTHER;
}

static size_t write_dummy(enum document kind, const char *uid, uint8_t bytes[MAX_DUMMY_BYTES])
{
    char *text = (char *)bytes;

    switch (kind) {
    case DOCUMENT_PDF:
        return (size_t)snprintf(text, MAX_DUMMY_BYTES, "%s", pdf);
    case DOCUMENT_CDA:
        return (size_t)snprintf(text, MAX_DUMMY_BYTES, cda, uid);
    case DOCUMENT_STL:
        return write_stl(bytes);
    case DOCUMENT_OBJ:
        return (size_t)snprintf(text, MAX_DUMMY_BYTES, "%s", obj);
    case DOCUMENT_MTL:
        return (size_t)snprintf(text, MAX_DUMMY_BYTES, "%s", mtl);
    default:
        return (size_t)snprintf(text, MAX_DUMMY_BYTES, "%s", other);
    }
}

/* Sets an attribute beside the document, if it is there. */
static int follow(const struct target *target, uint32_t tag, const char *text)
{
    dcmchain_element *element = dcmchain_item_find(target->position->item, tag);
    AUTO_API char *before = NULL;

    if (element == NULL || (dcmchain_element_get_text(element, &before) == 0 && strcmp(before, text) == 0)) {
        return 0;
    }
    if (target->work->wants != 0) {
        dcmchain_change(target->work->context, target->work->instance, target->position, tag, "dummy",
                        "follows the encapsulated document", before, text);
    }
    return dcmchain_element_set_text(element, text);
}

int encapsulated_dummy(struct target *target)
{
    const dcmchain_item *item = target->position->item;
    AUTO_API char *mime_type = NULL;
    AUTO_API char *uid = NULL; /* final: the walk came by there */
    uint8_t bytes[MAX_DUMMY_BYTES];
    char count[24];
    enum document kind = DOCUMENT_OTHER;
    size_t length = 0;
    int result = 0;

    if (dcmchain_item_get_text(item, TAG_MIME_TYPE, &mime_type) < 0) {
        mime_type = NULL;
    }
    if (dcmchain_item_get_text(item, TAG_SOP_INSTANCE, &uid) < 0 || uid[strspn(uid, "0123456789.")] != '\0') {
        dcmchain_free(uid);
        uid = NULL; /* none, or nothing that could stand in XML */
    }
    kind = kind_of(mime_type != NULL ? mime_type : "", target->work->object.sop_class);
    length = write_dummy(kind, uid != NULL ? uid : "", bytes);
    if (length % 2 != 0) {
        bytes[length++] = '\n'; /* only texts are odd */
    }
    apply_report(target, "dummy", NULL, NULL);
    result = dcmchain_element_set_bytes(target->element, bytes, length);
    (void)snprintf(count, sizeof count, "%zu", length);
    if (result == 0) {
        result = follow(target, TAG_DOCUMENT_LENGTH, count);
    }
    if (result == 0 && uid != NULL) {
        result = follow(target, TAG_HL7_INSTANCE, uid);
    }
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}
