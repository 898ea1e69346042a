/* patterns.h: the identity of a study as patterns over folded text, days, and UIDs.
 * It searches nothing: cleaner.c does. Read-only after patterns_finish(), any thread. */
#ifndef ANONYMISE_PATTERNS_H
#define ANONYMISE_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "automaton.h"
#include "words.h"

/* What a pattern is; a pattern may be several. */
#define PATTERN_NAME 1U      /* one part of a name of the patient */
#define PATTERN_STAFF 2U     /* one part of a name of somebody else */
#define PATTERN_FULL 4U      /* several parts of one name, joined */
#define PATTERN_ID 8U        /* a number that identifies */
#define PATTERN_SHORT_ID 16U /* the same, too short to count without a label before it */
#define PATTERN_PHRASE 32U   /* an institution, address, device or site */
#define PATTERN_PHONE 64U    /* digits of a telephone number */
#define PATTERN_COMMON 128U  /* it is a word of the lists */
#define PATTERN_EPONYM 256U
#define PATTERN_EXTRA 512U     /* a word of the settings that goes wherever it stands */
#define PATTERN_ALLOWED 1024U  /* a word of the settings that stays */
#define PATTERN_INITIAL 2048U  /* a part of a name with an initial, joined */
#define PATTERN_ANYWHERE 4096U /* a number that goes even where it seems to count something */

struct patterns {
    struct automaton *automaton;
    const struct words *words; /* borrowed */
    int32_t *days;             /* sorted: days since 1970 of the study's dates */
    size_t day_count;
    char **uids; /* sorted bytewise */
    size_t uid_count;
    size_t uid_room;
    size_t day_room;
    size_t staff;      /* how many names of others there are */
    uint32_t initials; /* bit n: a part of the patient's name begins with the n-th letter */
};

int patterns_open(const struct words *words, struct patterns *ret_patterns);
void patterns_free(struct patterns *patterns);

/* Adds one identity value of a class (DCMCHAIN_IDENTITY_NAME …). */
int patterns_add(struct patterns *patterns, uint32_t class_id, const char *value);
/* A Study ID; as another identity value, too, it is PATTERN_ANYWHERE. */
int patterns_add_study_id(struct patterns *patterns, const char *value);
/* Adds a word or phrase of the settings: PATTERN_EXTRA or PATTERN_ALLOWED. */
int patterns_add_word(struct patterns *patterns, const char *word, uint32_t bits);
int patterns_finish(struct patterns *patterns);

bool patterns_has_day(const struct patterns *patterns, int32_t days);
/* The value is a UID of the study, or (begins_too) its first letters. */
bool patterns_has_uid(const struct patterns *patterns, const char *value, size_t length, bool begins_too);

#endif
