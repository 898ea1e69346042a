/* roles.h: what the value of an element, or of a key in a document, may be searched for: by VR and tag.
 * It must not look at values. Static data, any thread. */
#ifndef GUARD_ROLES_H
#define GUARD_ROLES_H

#include <stdbool.h>

#include "dcmchain/stage.h"

enum role {
    ROLE_TEXT,   /* free text: everything */
    ROLE_NAMED,  /* words of the standard, a vendor, dcmchain: only what is unmistakable */
    ROLE_DATE,   /* DA, DT: whole values */
    ROLE_UID,    /* UI: whole values */
    ROLE_BYTES,  /* no text, but it may hold some: only what is long enough not to turn up by chance */
    ROLE_NUMBER, /* numbers, times and ages as text: nothing, unless the value is none */
    ROLE_DIGEST, /* max_characters hex digits that we reckoned: nothing, unless they are others */
    ROLE_SKIP    /* binary numbers */
};

struct spot {
    enum role role;
    uint16_t vr;             /* of DATE, UID and NUMBER */
    uint32_t class_id;       /* identity class of the attribute itself, 0: none */
    uint32_t max_characters; /* of one value, 0: no limit */
    bool coded;              /* a coded string, which is no name of a vendor */
    bool birth_date;         /* Patient's Birth Date itself */
    bool one_value;          /* a backslash separates nothing */
    bool ours;               /* of a path or a document, and no attribute's: dcmchain's own words pass */
};

/* vr 0: not known. local_code: the item's coding scheme is none of the registered ones. */
void roles_of_element(uint32_t tag, uint16_t vr, bool local_code, struct spot *ret_spot);
/* A key in a JSON document: a keyword, eight hex digits, or a word of mercure's or of ours, which may leave
 * *ret_spot as it is. False: it is none of these. */
bool roles_of_key(const char *key, struct spot *ret_spot);

#endif
