/* scan_codes.c: codes that name a person or an institution, and concepts of content items whose text does. It
 * must not keep anything. */
#include <string.h>

#include "scan_parts.h"
#include "scan_value.h"

#define MAX_CODE_BYTES 16U /* of an SH */

/* The meaning is text of any kind (PS3.3 10.1). */
uint32_t scan_class_in_code(const struct walker_element *element)
{
    switch (element->tag) {
    case 0x00080100: /* Code Value */
    case 0x00080104: /* Code Meaning */
    case 0x00080119: /* Long Code Value */
    case 0x00080120: /* URN Code Value */
        break;
    default:
        return 0;
    }
    switch (element->depth == 0 ? 0 : element->steps[element->depth - 1].tag) {
    case 0x00401101: /* Person Identification Code Sequence */
        return DCMCHAIN_IDENTITY_PERSON;
    case 0x00080082: /* Institution Code Sequence */
        return DCMCHAIN_IDENTITY_INSTITUTION;
    default:
        return 0;
    }
}

/* Concept Name Code Sequence stands before the text that it names, one level below it (PS3.3 10.2, C.17.3).
 */
bool scan_concept_in(const struct walker_element *element, uint32_t *ret_tag)
{
    char bytes[MAX_CODE_BYTES + 1] = "";
    char code[MAX_CODE_BYTES + 2] = "";

    if (element->tag != 0x00080100 || element->depth == 0 || element->value == NULL ||
        element->steps[element->depth - 1].tag != 0x0040A043 || element->length > MAX_CODE_BYTES) {
        return false;
    }
    memcpy(bytes, element->value, element->length);
    (void)scan_first_value(code, bytes);
    *ret_tag = identity_tag_of_concept(code);
    return true;
}
