/* memo.h: remembers what became of a value, since a study repeats its values in every file.
 * It only saves time: what it forgets is worked out again, to the same. Any thread. */
#ifndef ANONYMISE_MEMO_H
#define ANONYMISE_MEMO_H

#include <stddef.h>
#include <stdint.h>

#define MEMO_UNKNOWN 2

struct memo;

int memo_open(struct memo **ret_memo);
void memo_free(struct memo *memo);

/* 0: the value of this kind stays; 1: it becomes *ret_text (owned); MEMO_UNKNOWN; or negative. */
int memo_find(struct memo *memo, uint32_t kind, const char *value, size_t length, char **ret_text);
/* text: what the value becomes, NULL: it stays. May forget. */
void memo_keep(struct memo *memo, uint32_t kind, const char *value, size_t length, const char *text);

#endif
