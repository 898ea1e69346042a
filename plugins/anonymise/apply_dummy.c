/* apply_dummy.c: values that stand where one must stand, valid for the VR and the attribute.
 * It must not let a letter of the source through. */
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "encapsulated.h"
#include "structured_content.h"

#define TAG_CODE_VALUE 0x00080100U
#define TAG_CODING_SCHEME 0x00080102U
#define TAG_CODE_MEANING 0x00080104U
#define TAG_LONG_CODE_VALUE 0x00080119U
#define TAG_URN_CODE_VALUE 0x00080120U
#define TAG_MODIFICATION_REASON 0x04000565U /* COERCE and CORRECT are its terms (PS3.3 C.12.1) */

/* A dummy that is valid for the VR (PS3.5 6.2). */
static const char *dummy_text(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AS:
        return "000D";
    case DCMCHAIN_VR_DA:
        return "19000101";
    case DCMCHAIN_VR_DT:
        return "19000101000000";
    case DCMCHAIN_VR_TM:
        return "000000";
    case DCMCHAIN_VR_AT:
        return "(0000,0000)";
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_UV:
        return "0";
    default:
        return dcmchain_vr_is_text(vr) ? "ANONYMIZED" : NULL;
    }
}

static int put_text(dcmchain_item *item, uint32_t tag, uint16_t vr, const char *text)
{
    dcmchain_element *element = NULL;
    const int result = dcmchain_item_insert(item, tag, vr, &element);

    return result < 0 ? result : dcmchain_element_set_text(element, text);
}

static bool holds_code(const dcmchain_item *item)
{
    return item != NULL && (dcmchain_item_find(item, TAG_CODE_VALUE) != NULL ||
                            dcmchain_item_find(item, TAG_LONG_CODE_VALUE) != NULL ||
                            dcmchain_item_find(item, TAG_URN_CODE_VALUE) != NULL ||
                            dcmchain_item_find(item, TAG_CODE_MEANING) != NULL);
}

/* A sequence keeps its items: each element in them has its own row. A code has none, and is what must go: one
 * valid code that means nothing takes the place of all (PS3.3 8.1). */
static int dummy_sequence(struct target *target)
{
    dcmchain_item *item = NULL;
    int result = 0;

    if (!holds_code(dcmchain_element_item(target->element, 0))) {
        return DCMCHAIN_VISIT_NEXT;
    }
    apply_report(target, "dummy", NULL, NULL);
    result = dcmchain_element_clear(target->element);
    if (result == 0) {
        result = dcmchain_element_add_item(target->element, &item);
    }
    if (result == 0) {
        result = put_text(item, TAG_CODE_VALUE, DCMCHAIN_VR_SH, "REMOVED");
    }
    if (result == 0) {
        result = put_text(item, TAG_CODING_SCHEME, DCMCHAIN_VR_SH, "99DCMCHAIN");
    }
    if (result == 0) {
        result = put_text(item, TAG_CODE_MEANING, DCMCHAIN_VR_LO, "Removed");
    }
    return result < 0 ? result : DCMCHAIN_VISIT_SKIP;
}

static int dummy_bytes(struct target *target)
{
    static const uint8_t zeros[8] = {0};
    const uint16_t vr = target->vr;
    const size_t length = vr == DCMCHAIN_VR_OD || vr == DCMCHAIN_VR_OV   ? 8
                          : vr == DCMCHAIN_VR_OF || vr == DCMCHAIN_VR_OL ? 4
                                                                         : 2;
    int result = 0;

    apply_report(target, "dummy", NULL, NULL);
    result = dcmchain_element_set_bytes(target->element, zeros, length);
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}

int apply_dummy(struct target *target)
{
    const uint16_t known = profile_vr(&target->work->run->profile, target->tag);
    const char *dummy = target->tag == TAG_MODIFICATION_REASON ? "COERCE" : dummy_text(target->vr);
    AUTO_API char *before = NULL;

    if (target->vr == DCMCHAIN_VR_SQ) {
        return structured_has_dummy(target->tag) ? structured_dummy(target) : dummy_sequence(target);
    }
    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (target->vr == DCMCHAIN_VR_UI || known == DCMCHAIN_VR_UI) {
        return apply_uid(target);
    }
    if (dummy == NULL) {
        return target->tag == ENCAPSULATED_DOCUMENT ? encapsulated_dummy(target) : dummy_bytes(target);
    }
    if (dcmchain_vr_is_text(target->vr) && dummy_text(known) != NULL &&
        target->tag != TAG_MODIFICATION_REASON) {
        dummy = dummy_text(known); /* a date that stands in another text VR stays a date */
    }
    if (dcmchain_element_get_text(target->element, &before) == 0 && strcmp(before, dummy) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    return apply_text(target, "dummy", before, dummy);
}
