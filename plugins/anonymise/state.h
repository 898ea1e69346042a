/* state.h: what the stage holds for the run, a study, and while it works on one instance.
 * Run and study are read-only in instance(), which runs on several threads, but for one flag. */
#ifndef ANONYMISE_STATE_H
#define ANONYMISE_STATE_H

#include <stdatomic.h>

#include "cleaner.h"
#include "known_words.h"
#include "patient_ids.h"
#include "profile.h"
#include "pseudonym.h"
#include "rebase.h"
#include "rules.h"

#define PATIENT_ID_BYTES 65U /* a new one of 64 bytes, and a NUL */
#define ANONYMISE_VERSION "0.1.0"

struct run_state {
    struct profile profile;
    struct rules rules;
    struct words *words;
    struct known_words *known_words; /* NULL: descriptors may hold any word */
    struct shapes *shapes;
    struct patient_ids *patient_ids; /* given beforehand; NULL: none are */
};

struct study_state {
    struct cleaner *cleaner;
    char study_id[PSEUDONYM_ID_LENGTH + 1]; /* of the Study Instance UID; "" where there is none */
    int32_t day;                            /* of the study date; 0 where there is no real one */
    int32_t last_day;                       /* the later of the study date and the end of reference_year */
    bool aged;                              /* an age over 89 is stated */
    struct rebase_origin origin;
    atomic_bool
        unlisted; /* a patient of it has no ID in the table; set in instance(), read in study_close() */
};

/* One instance in work. */
struct work {
    dcmchain_context *context;
    dcmchain_instance *instance;
    const struct run_state *run;
    const struct study_state *study;
    struct object object;
    char *source_id; /* Patient ID and Patient's Name of the top level, as they came; NULL: absent */
    char *source_name;
    char patient_id[PATIENT_ID_BYTES];
    char patient_name[PSEUDONYM_NAME_LENGTH + 1];
    int32_t shift;      /* days, negative */
    bool big_endian;    /* the file's numbers, not ours */
    bool aged;          /* the patient, by what the study or this instance states */
    uint32_t wants;     /* somebody reads the changes */
    uint32_t undecoded; /* text values that do not decode, counted */
    uint32_t unknown;   /* elements that nothing knows */
    uint32_t opaque;    /* elements whose value cannot be read as what it must be */
};

/* One element in work. */
struct target {
    struct work *work;
    const struct dcmchain_position *position;
    dcmchain_element *element;
    struct decision decision;
    uint32_t tag;
    uint16_t vr;
};

#endif
