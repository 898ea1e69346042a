/* profile.c: resolves table letters and options. Compound letters take U before D before Z before X.
 * It must fail closed: what nothing knows is removed. */
#include "profile.h"

#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "descriptors.h"
#include "structured_content.h"

#define TAG_SERIES_DESCRIPTION 0x0008103EU
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_PATIENT_ID 0x00100020U
#define TAG_BIRTH_DATE 0x00100030U
#define TAG_STUDY_ID 0x00200010U
#define TAG_PRIVATE_CHARACTERISTICS 0x00080300U
#define TAG_UNFORMATTED_TEXT 0x00700006U
#define TAG_CHARACTER_SET 0x00080005U
#define TAG_ACCESSION 0x00080050U
#define TAG_MAC_PARAMETERS 0x4FFE0001U
#define TAG_TRAILING_PADDING 0xFFFCFFFCU

/* `retain` says with the standard's words what `dates` says with ours: what both say must agree. */
static int settle_dates(struct anonymise_config *config, char *ret_problem)
{
    const bool full = (config->retain & RETAIN_FULL_DATES) != 0U;
    const bool modified = (config->retain & RETAIN_MODIFIED_DATES) != 0U;
    const char *problem = NULL;

    if (full && modified) {
        problem = "setting 'retain': full-dates and modified-dates exclude each other";
    } else if (full && config->dates != DATES_TABLE && config->dates != DATES_KEEP) {
        problem = "settings 'retain' and 'dates': full-dates keeps what 'dates' changes";
    } else if (modified && config->dates != DATES_TABLE && config->dates != DATES_SHIFT &&
               config->dates != DATES_REBASE) {
        problem = "settings 'retain' and 'dates': modified-dates is shift or rebase";
    }
    if (problem != NULL) {
        (void)snprintf(ret_problem, PROFILE_PROBLEM_BYTES, "%s", problem);
        return DCMCHAIN_E_INVALID;
    }
    if (config->dates == DATES_TABLE) {
        config->dates = full ? DATES_KEEP : modified ? DATES_SHIFT : DATES_TABLE;
    }
    return 0;
}

int profile_open(const struct anonymise_config *config, struct profile *ret_profile, char *ret_problem)
{
    struct profile profile = {.config = *config,
                              .shipped = config->table == NULL || config->table[0] == '\0'};
    char problem[TABLE_PROBLEM_BYTES] = "";
    int result = settle_dates(&profile.config, ret_problem);

    if (result < 0) {
        return result;
    }
    result = profile.shipped ? table_read_shipped(&profile.table, problem)
                             : table_read_file(config->table, &profile.table, problem);
    if (result < 0) {
        (void)snprintf(ret_problem, PROFILE_PROBLEM_BYTES, "setting 'table': %s", problem);
        return result;
    }
    result = safe_private_open(&profile.safe_private);
    result = result < 0 ? result : concepts_open(&profile.concepts);
    if (result < 0) {
        profile_close(&profile);
        (void)snprintf(ret_problem, PROFILE_PROBLEM_BYTES, "the lists that come with the stage: %s",
                       dcmchain_result_text(result));
        return result;
    }
    result = types_read_shipped(&profile.types, ret_problem);
    if (result < 0) {
        profile_close(&profile);
        return result;
    }
    *ret_profile = profile;
    return 0;
}

void profile_close(struct profile *profile)
{
    table_free(profile->table);
    types_free(profile->types);
    profile->table = NULL;
    safe_private_free(profile->safe_private);
    profile->safe_private = NULL;
    concepts_free(profile->concepts);
    profile->concepts = NULL;
    profile->types = NULL;
}

uint16_t profile_vr(const struct profile *profile, uint32_t tag)
{
    const uint16_t known = dcmchain_tag_vr(tag);
    const struct table_row *row =
        known != 0 && known != DCMCHAIN_VR_UN ? NULL : table_find(profile->table, tag);

    return row != NULL && row->vr != 0 ? row->vr : known;
}

/* Which option of those in force has a letter in the row; TABLE_OPTIONS: none has. */
static enum table_option option_of(uint64_t in_force, const enum table_option options[], size_t count,
                                   const struct table_row *row, char letter)
{
    for (size_t at = 0; at < count; at++) {
        if ((in_force & (1ULL << at)) != 0U && row->options[options[at]] == letter) {
            return options[at];
        }
    }
    return TABLE_OPTIONS;
}

/* In the order of the bits of `retain` and of `clean`. What dates and private elements need is decided apart.
 */
static enum table_option kept_by(const struct profile *profile, const struct table_row *row)
{
    static const enum table_option options[] = {TABLE_UIDS, TABLE_DEVICE, TABLE_INSTITUTION, TABLE_PATIENT};

    return option_of(profile->config.retain, options, 4, row, 'K');
}

static enum table_option cleaned_by(const struct profile *profile, const struct table_row *row)
{
    static const enum table_option retained[] = {TABLE_UIDS, TABLE_DEVICE, TABLE_INSTITUTION, TABLE_PATIENT};
    static const enum table_option cleaned[] = {TABLE_DESCRIPTORS, TABLE_STRUCTURED, TABLE_GRAPHICS};
    const uint64_t in_force =
        descriptors_cover(row->tag) ? profile->config.clean : profile->config.clean & ~CLEAN_DESCRIPTORS;
    const enum table_option option = option_of(in_force, cleaned, 3, row, 'C');

    if (row->tag == TAG_UNFORMATTED_TEXT && (in_force & CLEAN_GRAPHICS) != 0U) {
        return TABLE_GRAPHICS; /* the table has it under descriptors alone, though it is what graphics say */
    }

    return option != TABLE_OPTIONS ? option : option_of(profile->config.retain, retained, 4, row, 'C');
}

static struct decision decide(enum action action, const struct table_row *row, const char *why)
{
    return (struct decision){.action = action, .row = row, .why = why, .option = TABLE_OPTIONS};
}

/* The letters of a row where the object has its say (README of the table's source: Type 1 takes D, 2 takes Z,
 * neither X): what must stay stays, and what nobody knows keeps a dummy. */
static struct decision decide_basic(const struct profile *profile, const struct subject *subject,
                                    const struct table_row *row)
{
    struct decision decision = decide(ACTION_REMOVE, row, NULL);

    if ((row->basic & TABLE_U) != 0U) {
        decision.action = ACTION_UID;
        return decision;
    }
    if (row->basic == TABLE_D || row->basic == TABLE_Z) {
        decision.action = row->basic == TABLE_D ? ACTION_DUMMY : ACTION_EMPTY;
        decision.need = row->basic == TABLE_D ? TYPES_VALUE : TYPES_PRESENT;
        return decision;
    }
    decision.need = types_need(profile->types, subject->object->sop_class, row->tag, subject->position);
    if (row->basic == TABLE_X && decision.need == TYPES_UNKNOWN) {
        decision.need = TYPES_OPTIONAL;
    }
    switch (decision.need) {
    case TYPES_VALUE:
        decision.action = ACTION_DUMMY;
        decision.why = "of Type 1 here";
        break;
    case TYPES_UNKNOWN:
        decision.action = ACTION_DUMMY;
        decision.why = "of unknown Type here";
        break;
    case TYPES_PRESENT:
        decision.action = ACTION_EMPTY;
        decision.why = "of Type 2 here";
        break;
    default:
        decision.action = (row->basic & TABLE_X) != 0U ? ACTION_REMOVE : ACTION_EMPTY;
        decision.why = row->basic != TABLE_X ? "not required here" : NULL;
        break;
    }
    return decision;
}

static struct decision instead(struct decision basic, enum action action, const char *why)
{
    basic.action = action;
    basic.why = why;
    return basic;
}

/* PS3.3 C.12.1.1.8: &ZZXX, of no place on earth beyond -1200 and +1400. */
static bool is_zone(const char *text)
{
    return (text[0] == '+' || text[0] == '-') && strspn(text + 1, "0123456789") == 4 && strlen(text) == 5 &&
           strcmp(text + 1, text[0] == '-' ? "1200" : "1400") <= 0 && text[3] < '6';
}

/* Timezone Offset From UTC stays; what is none is text, in which a name may stand. */
static struct decision decide_zone(const struct subject *subject, struct decision basic, const char *why)
{
    AUTO_API char *text = NULL;
    const bool zone = subject->element == NULL ||
                      (dcmchain_element_get_text(subject->element, &text) == DCMCHAIN_OK && is_zone(text));

    return instead(basic, zone ? ACTION_KEEP : ACTION_CLEAN, why);
}

/* What `dates` does to a date or time. row: NULL for one that the table does not know. */
static struct decision decide_date(const struct profile *profile, const struct subject *subject,
                                   const struct table_row *row, uint16_t vr)
{
    const bool is_date = vr == DCMCHAIN_VR_DA || vr == DCMCHAIN_VR_DT;
    const bool is_time = vr == DCMCHAIN_VR_TM;
    const struct decision basic =
        row == NULL ? decide(ACTION_CLEAN, NULL, NULL) : decide_basic(profile, subject, row);

    switch (profile->config.dates) {
    case DATES_EMPTY:
        return (is_date || is_time) && basic.action != ACTION_DUMMY
                   ? instead(basic, ACTION_EMPTY, "dates: empty")
                   : basic;
    case DATES_YEAR:
        return is_date ? instead(basic, ACTION_YEAR, "dates: year") : basic;
    case DATES_SHIFT:
        return is_date                ? instead(basic, ACTION_SHIFT, "dates: shift")
               : is_time              ? instead(basic, ACTION_CLEAN, "dates: shift")
               : vr == DCMCHAIN_VR_SH ? decide_zone(subject, basic, "dates: shift")
                                      : basic;
    case DATES_REBASE:
        return is_date || is_time     ? instead(basic, ACTION_REBASE, "dates: rebase")
               : vr == DCMCHAIN_VR_SH ? decide_zone(subject, basic, "dates: rebase")
                                      : basic;
    case DATES_KEEP:
        return row == NULL || vr == DCMCHAIN_VR_SQ ? basic
               : vr == DCMCHAIN_VR_SH              ? decide_zone(subject, basic, "dates: keep")
                                      : instead(basic, is_date ? ACTION_KEEP : ACTION_CLEAN, "dates: keep");
    default:
        return basic;
    }
}

static bool is_dated(const struct table_row *row)
{
    return row->options[TABLE_MODIFIED_DATES] == 'C' || row->options[TABLE_FULL_DATES] == 'K';
}

/* Whether `dates` has its say before another option that keeps the row: a date that stays as it was would
 * undo what happens to all others. */
static bool dates_come_first(const struct profile *profile, const struct table_row *row, uint16_t vr)
{
    switch (profile->config.dates) {
    case DATES_TABLE:
    case DATES_KEEP:
        return false;
    case DATES_YEAR:
        return is_dated(row) && vr != DCMCHAIN_VR_TM;
    default:
        return is_dated(row);
    }
}

static struct decision decide_row(const struct profile *profile, const struct subject *subject,
                                  const struct table_row *row, uint16_t vr)
{
    enum table_option option = kept_by(profile, row);

    if (option != TABLE_OPTIONS && !dates_come_first(profile, row, vr)) {
        struct decision kept = decide(ACTION_CLEAN, row, "retain");
        kept.option = option;
        return kept;
    }
    if (is_dated(row)) {
        return decide_date(profile, subject, row, vr);
    }
    option = cleaned_by(profile, row);
    if (option != TABLE_OPTIONS) {
        struct decision cleaned = decide(ACTION_CLEAN, row, "clean");
        cleaned.option = option;
        return cleaned;
    }
    return decide_basic(profile, subject, row);
}

/* What names a character set, well spelt or nearly: "ISO_IR 100", "ISO 2022 IR 87", "GB18030". */
static bool is_character_set(const char *term, size_t length)
{
    size_t digits = 0;

    if (length == 0 || (length == 7 && strncmp(term, "GB18030", 7) == 0) ||
        (length == 3 && strncmp(term, "GBK", 3) == 0)) {
        return true;
    }
    if (length > 16 || strncmp(term, "ISO", 3) != 0) {
        return false;
    }
    for (size_t i = 3; i < length; i++) {
        digits += term[i] >= '0' && term[i] <= '9' ? 1 : 0;
    }
    return strspn(term + 3, " _-IR0123456789") >= length - 3 && digits <= 7;
}

/* Specific Character Set stays uncleaned, so that it must hold nothing else. */
static bool is_readable_with(const struct subject *subject)
{
    AUTO_API char *text = NULL;
    const char *at = NULL;

    if (subject->position == NULL || subject->position->item == NULL) {
        return true;
    }
    if (dcmchain_item_get_text(subject->position->item, TAG_CHARACTER_SET, &text) != DCMCHAIN_OK) {
        return false;
    }
    for (at = text; at != NULL; at = strchr(at, '\\')) {
        at += *at == '\\' ? 1 : 0;
        at += strspn(at, " ");
        size_t length = strcspn(at, "\\");
        while (length > 0 && at[length - 1] == ' ') {
            length--;
        }
        if (!is_character_set(at, length)) {
            return false;
        }
    }
    return true;
}

/* Attributes with a rule of their own, which stands over the table. */
static bool decide_special(const struct profile *profile, const struct subject *subject, struct decision *ret)
{
    const uint32_t tag = subject->tag;
    const struct table_row *row = NULL;
    struct decision decision = {0};

    switch (tag) {
    case TAG_PATIENT_ID:
        decision = decide(ACTION_PATIENT_ID, NULL, "keyed pseudonym");
        break;
    case TAG_PATIENT_NAME:
        decision = decide(ACTION_PATIENT_NAME, NULL, "keyed letters");
        break;
    case TAG_STUDY_ID:
        decision = decide(ACTION_STUDY_ID, NULL, "keyed pseudonym");
        break;
    case TAG_ACCESSION:
        if (profile->config.accession != ACCESSION_KEYED) {
            return false;
        }
        decision = decide(ACTION_ACCESSION, NULL, "accession: keyed");
        break;
    case TAG_BIRTH_DATE:
        if (profile->config.birth_date != BIRTH_DATE_YEAR) {
            return false;
        }
        decision = decide(ACTION_BIRTH_DATE, NULL, "birth_date: year");
        break;
    case TAG_SERIES_DESCRIPTION:
        if (profile->config.series_description != SERIES_DESCRIPTION_CLEAN) {
            return false;
        }
        decision = decide(ACTION_CLEAN, NULL, "series_description: clean");
        break;
    case TAG_CHARACTER_SET:
        decision = is_readable_with(subject) ? decide(ACTION_KEEP, NULL, "needed to read the text")
                                             : decide(ACTION_REMOVE, NULL, "names no character set");
        break;
    default:
        return false;
    }
    row = table_find(profile->table, tag);
    decision.row = row;
    *ret = decision;
    return true;
}

/* Elements that have no place in a data set of a file, and groups that go whole. */
static bool decide_group(uint32_t tag, struct decision *ret)
{
    const uint16_t group = DCMCHAIN_TAG_GROUP(tag);

    if (DCMCHAIN_TAG_ELEMENT(tag) == 0) {
        *ret = decide(ACTION_REMOVE, NULL, "group length");
    } else if (group == 0x0000 || group == 0x0002) {
        *ret = decide(ACTION_REMOVE, NULL, "no element of a data set");
    } else if (tag == TAG_MAC_PARAMETERS) {
        *ret = decide(ACTION_REMOVE, NULL, "of digital signatures, which hold no more");
    } else if (tag == TAG_TRAILING_PADDING) {
        *ret = decide(ACTION_REMOVE, NULL, "trailing padding");
    } else if ((group & 0xFF00U) == 0x5000U) {
        *ret = decide(ACTION_REMOVE, NULL, "curve, removed whole");
    } else if ((group & 0xFF00U) == 0x6000U) {
        *ret = decide(ACTION_REMOVE, NULL, "overlay, removed whole");
    } else {
        return false;
    }
    return true;
}

/* A creator stays only where an element of its block does. PS3.15 E.3.10. */
static bool is_safe_private(const struct profile *profile, const struct subject *subject)
{
    const enum safe_private_mode mode = (enum safe_private_mode)profile->config.safe_private;

    if ((profile->config.retain & RETAIN_SAFE_PRIVATE) == 0U) {
        return false;
    }
    if (DCMCHAIN_TAG_ELEMENT(subject->tag) >= 0x1000U) {
        return safe_private_keeps(profile->safe_private, mode, subject->creator, subject->tag, subject->vr);
    }
    return subject->position != NULL &&
           safe_private_keeps_creator(profile->safe_private, mode, subject->creator, subject->tag,
                                      subject->position->item);
}

/* What tells of private elements goes with them: it names creators, and who says that they are safe is the
 * source. */
static bool describes_removed(const struct profile *profile, const struct subject *subject)
{
    return subject->tag == TAG_PRIVATE_CHARACTERISTICS && subject->element != NULL &&
           ((profile->config.retain & RETAIN_SAFE_PRIVATE) == 0U ||
            !safe_private_describes(profile->safe_private,
                                    (enum safe_private_mode)profile->config.safe_private, subject->element));
}

static struct decision decide_private(const struct profile *profile, const struct subject *subject)
{
    const struct table_row *row = table_private(profile->table);
    struct decision decision = decide(ACTION_REMOVE, row, row == NULL ? "private" : NULL);

    if (is_safe_private(profile, subject)) {
        decision = decide(DCMCHAIN_TAG_ELEMENT(subject->tag) < 0x1000U ? ACTION_KEEP : ACTION_CLEAN, row,
                          "retain: safe-private");
        decision.option = TABLE_SAFE_PRIVATE;
    }
    return decision;
}

struct decision profile_decide_without_rules(const struct profile *profile, const struct subject *subject)
{
    struct decision decision = decide(ACTION_REMOVE, NULL, NULL);
    const uint32_t tag = subject->tag;
    const struct table_row *row = NULL;
    uint32_t attribute = 0;
    uint16_t known = 0;

    if (DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        return decide_private(profile, subject);
    }
    attribute = structured_attribute(profile, subject);
    if (attribute != 0) {
        const struct subject meant = {.object = subject->object,
                                      .position = subject->position,
                                      .tag = attribute,
                                      .vr = profile_vr(profile, attribute)};
        decision = profile_decide(profile, &meant);
        structured_adapt(subject, &decision);
        if (decision.action == ACTION_SHIFT || decision.action == ACTION_YEAR ||
            decision.action == ACTION_REBASE) {
            decision.row = table_find(profile->table, tag);
            decision.need = TYPES_VALUE; /* a dummy where there is no date */
        }
        return decision;
    }
    row = table_find(profile->table, tag);
    if (decide_group(tag, &decision)) {
        decision.row = row;
        return decision;
    }
    if (decide_special(profile, subject, &decision)) {
        return decision;
    }
    if (describes_removed(profile, subject)) {
        return decide(ACTION_REMOVE, NULL, "tells of private elements that go");
    }
    known = profile_vr(profile, tag);
    if (row != NULL) {
        return decide_row(profile, subject, row,
                          subject->vr == DCMCHAIN_VR_UN && known != 0 ? known : subject->vr);
    }
    if (dcmchain_tag_keyword(tag) == NULL || known == 0) {
        decision = decide(ACTION_REMOVE, NULL, "known to no dictionary");
        decision.unknown = true;
        return decision;
    }
    if (known == DCMCHAIN_VR_DA || known == DCMCHAIN_VR_DT || known == DCMCHAIN_VR_TM) {
        return decide_date(profile, subject, NULL, known);
    }
    return decide(ACTION_CLEAN, NULL, NULL);
}

bool profile_keeps_identity(const struct profile *profile, uint32_t class_id, uint32_t tag)
{
    const struct table_row *row = NULL;

    if (class_id == DCMCHAIN_IDENTITY_DATE && profile->config.dates == DATES_KEEP) {
        return true;
    }
    if (class_id == DCMCHAIN_IDENTITY_UID && (profile->config.retain & RETAIN_UIDS) != 0U) {
        return true;
    }
    if (class_id == DCMCHAIN_IDENTITY_NAME || class_id == DCMCHAIN_IDENTITY_ID ||
        class_id == DCMCHAIN_IDENTITY_BIRTH_DATE) {
        return false;
    }
    row = table_find(profile->table, tag);
    return row != NULL && kept_by(profile, row) != TABLE_OPTIONS && !dates_come_first(profile, row, row->vr);
}
