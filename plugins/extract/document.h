/* document.h: a data set as a list of members (tag and JSON text), in tag order, in either format, and the
 * documents that are made of such lists. It only reads. One data set belongs to one thread. */
#ifndef EXTRACT_DOCUMENT_H
#define EXTRACT_DOCUMENT_H

#include "../common/json.h"
#include "config.h"

struct member {
    uint32_t tag;
    char *text; /* keyword: the value; dicom-json: {"vr": …, "Value": …} */
};

struct members {
    struct member *list;
    size_t count;
    uint32_t undecodable; /* values that do not decode in their character set; null in the document */
};

/* The members of an item that a selection wants. Free with members_free(). */
int members_read(const dcmchain_item *item, const struct selection *selection, struct members *ret_members);
void members_free(struct members *members);

/* The key of a member in a format: a keyword, or eight hexadecimal digits. */
void member_key(uint32_t tag, int32_t format, char ret_key[]);

/* Writes the members into the object that is open, with Number of Series Related Instances (0020,1209) in its
 * place: in both formats that attribute is the number of instances published. */
void members_write(struct json *json, const struct members *members, int32_t format, uint64_t instances);

#endif
