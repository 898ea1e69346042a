/* names.h: path names below OUT: what a component may be, and which names a study has given. Names are
 * compared case-folded and NFC-composed (utf8proc), so that none collides on an SMB target. It touches no
 * file system. One registry belongs to one thread at a time. */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stddef.h>

struct names;
int names_open(struct names **ret_names);
void names_free(struct names *names);

/* Checks a relative path: DCMCHAIN_E_INVALID with a text (no value of it) in ret_problem. */
int names_check_path(const char *relative, char *ret_problem, size_t problem_size);
/* Claims a path: DCMCHAIN_E_TAKEN where it, or a folder or file of that name in another role (a file where a
 * folder is, or the other way), was claimed. Sharing a folder is fine if it is spelt alike; a folder that
 * differs only by case or composition from one in use is DCMCHAIN_E_TAKEN too. A name once given stays taken.
 */
int names_claim_path(struct names *names, const char *relative);
/* Claims one bare name in a name space of its own ("claims"), as dcmchain_path_claim() does. */
int names_claim(struct names *names, const char *space, const char *name);

#endif
