/* descriptors.c: the rows of column "clean descriptors" that it does not cover.
 * It must name only attributes that are about a person, typed by one in passing, or bytes. */
#include "descriptors.h"

#include <stddef.h>

static const uint32_t not_covered[] = {
    0x00084000, /* Identifying Comments */
    0x00100016, /* Pronoun Comment */
    0x00100042, /* Sex Parameters for Clinical Use Category Comment */
    0x00100045, /* Gender Identity Comment */
    0x00102000, /* Medical Alerts */
    0x00102110, /* Allergies */
    0x00102180, /* Occupation */
    0x001021B0, /* Additional Patient History */
    0x00104000, /* Patient Comments */
    0x0016002B, /* Maker Note: bytes */
    0x0016004B, /* Device Setting Description: bytes */
    0x00184000, /* Acquisition Comments */
    0x00204000, /* Image Comments */
    0x00209158, /* Frame Comments */
    0x00321066, /* Reason for Visit */
    0x00321067, /* Reason for Visit Code Sequence */
    0x00324000, /* Study Comments */
    0x00380062, /* Service Episode Description */
    0x00380500, /* Patient State */
    0x00384000, /* Visit Comments */
    0x00400280, /* Comments on the Performed Procedure Step */
    0x00400310, /* Comments on Radiation Dose */
    0x00401400, /* Requested Procedure Comments */
    0x00402400, /* Imaging Service Request Comments */
    0x4008010B, /* Interpretation Text */
    0x40080115, /* Interpretation Diagnosis Description */
    0x40080300, /* Impressions */
    0x40084000, /* Results Comments */
};

bool descriptors_cover(uint32_t tag)
{
    for (size_t at = 0; at < sizeof not_covered / sizeof not_covered[0]; at++) {
        if (not_covered[at] == tag) {
            return false;
        }
    }
    return true;
}
