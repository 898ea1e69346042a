/* cleaner.h: takes the identity of a study out of text values that stay.
 * It knows no element: the engine says how strict to be. Read-only after cleaner_finish(), any thread. */
#ifndef ANONYMISE_CLEANER_H
#define ANONYMISE_CLEANER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shapes.h"
#include "words.h"

struct cleaner;

/* What is left of a value that was identity alone: never empty, so that a Type 1 value stays valid. */
#define CLEANER_PLACEHOLDER "REMOVED"

/* How sure a hit must be. */
#define CLEANER_TEXT 0U  /* free text */
#define CLEANER_CODE 1U  /* defined terms (CS): staff and places do not count */
#define CLEANER_NAMED 2U /* meanings of registered codes: only numbers, joined names, dates, UIDs */
#define CLEANER_MAKER 3U /* makers, models, software: no word that a product could be called */

/* Writes the UID that takes the place of one: at least 65 bytes. */
typedef void (*cleaner_map_uid)(void *closure, const char *uid, size_t length, char *ret_uid);

struct cleaner_task {
    uint32_t mode;           /* CLEANER_TEXT … */
    uint32_t keep_uids;      /* 1: UIDs in the text stay */
    uint32_t max_characters; /* of one value, 0: no limit; what does not fit is removed instead of replaced */
    uint32_t known_only;     /* 1: no free text (a number, a date): only the study's identity is sought */
    cleaner_map_uid map_uid;
    void *closure;
};

/* What is the same for all studies of a run; borrowed. */
struct cleaner_rules {
    const struct words *words;
    const struct shapes *shapes;                /* NULL: the study's identity alone */
    const struct dcmchain_strings *extra_words; /* NULL: none; searched like identity, in every mode */
    const struct dcmchain_strings *allow;       /* NULL: none; words that stay though they are found */
    const char *hit_text; /* NULL or "": a hit is taken out; else this stands in its place */
    uint32_t keep_dates;  /* 1: dates that are nobody's known identity stay */
    uint32_t reserved;
};

int cleaner_open(const struct cleaner_rules *rules, struct cleaner **ret_cleaner);
void cleaner_free(struct cleaner *cleaner);
/* One identity value of a class (DCMCHAIN_IDENTITY_NAME …). */
int cleaner_add(struct cleaner *cleaner, uint32_t class_id, const char *value);
/* A Study ID, which is a small number often: where one of four or five digits counts or sets something
 * ("slice 1234") it stays, unless it was added as another value, too. */
int cleaner_add_study_id(struct cleaner *cleaner, const char *value);
int cleaner_finish(struct cleaner *cleaner);

/* Cleans one value, of which no byte is NUL. 0: nothing found, *ret_text untouched; 1: changed, *ret_text is
 * owned (free()); negative: failed, and the value must not be kept. Results are kept for the next equal
 * value: map_uid must give the same UID for the same. */
int cleaner_clean(const struct cleaner *cleaner, const char *value, size_t length,
                  const struct cleaner_task *task, char **ret_text);

/* What it remembers of values. Others may use it for this study's, with kinds from 2^31. Borrowed. */
struct memo *cleaner_memo(const struct cleaner *cleaner);

/* Remembers that nothing was found in bytes, so that equal ones need not be searched again. kind: above 2^31.
 */
bool cleaner_knows(const struct cleaner *cleaner, uint32_t kind, const char *bytes, size_t length);
void cleaner_know(const struct cleaner *cleaner, uint32_t kind, const char *bytes, size_t length);

#endif
