/* profile.c: resolves table letters and options. Compound letters take U before D before Z before X.
 * It must fail closed: what nothing knows is removed. */
#include "profile.h"

#include <stdio.h>
#include <string.h>

#define TAG_SERIES_DESCRIPTION 0x0008103EU
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_PATIENT_ID 0x00100020U
#define TAG_BIRTH_DATE 0x00100030U
#define TAG_STUDY_ID 0x00200010U
#define TAG_CHARACTER_SET 0x00080005U

int profile_open(const struct anonymise_config *config, struct profile *ret_profile, char *ret_problem)
{
    struct profile profile = {.config = *config,
                              .shipped = config->table == NULL || config->table[0] == '\0'};
    char problem[TABLE_PROBLEM_BYTES] = "";
    const int result = profile.shipped ? table_read_shipped(&profile.table, problem)
                                       : table_read_file(config->table, &profile.table, problem);

    if (result < 0) {
        (void)snprintf(ret_problem, PROFILE_PROBLEM_BYTES, "setting 'table': %s", problem);
        return result;
    }
    *ret_profile = profile;
    return 0;
}

void profile_close(struct profile *profile)
{
    table_free(profile->table);
    profile->table = NULL;
}

uint16_t profile_vr(const struct profile *profile, uint32_t tag)
{
    const uint16_t known = dcmchain_tag_vr(tag);
    const struct table_row *row =
        known != 0 && known != DCMCHAIN_VR_UN ? NULL : table_find(profile->table, tag);

    return row != NULL && row->vr != 0 ? row->vr : known;
}

static bool is_kept(const struct profile *profile, const struct table_row *row)
{
    static const struct {
        uint64_t bit;
        enum table_option option;
    } options[] = {{RETAIN_UIDS, TABLE_UIDS},
                   {RETAIN_DEVICE, TABLE_DEVICE},
                   {RETAIN_INSTITUTION, TABLE_INSTITUTION},
                   {RETAIN_PATIENT, TABLE_PATIENT}};

    for (size_t at = 0; at < sizeof options / sizeof options[0]; at++) {
        if ((profile->config.retain & options[at].bit) != 0U && row->options[options[at].option] == 'K') {
            return true;
        }
    }
    return false;
}

static enum action basic_action(const struct table_row *row)
{
    if ((row->basic & TABLE_U) != 0U) {
        return ACTION_UID;
    }
    if ((row->basic & TABLE_D) != 0U) {
        return ACTION_DUMMY;
    }
    return (row->basic & TABLE_Z) != 0U ? ACTION_EMPTY : ACTION_REMOVE;
}

/* What `dates` does to a date or time. row: NULL for one that the table does not know. */
static struct decision decide_date(const struct profile *profile, const struct table_row *row, uint16_t vr)
{
    const bool is_date = vr == DCMCHAIN_VR_DA || vr == DCMCHAIN_VR_DT;
    const bool is_time = vr == DCMCHAIN_VR_TM;
    struct decision decision = {row == NULL ? ACTION_CLEAN : basic_action(row), row, NULL, false};

    switch (profile->config.dates) {
    case DATES_EMPTY:
        if ((is_date || is_time) && (row == NULL || row->basic != TABLE_D)) {
            decision = (struct decision){ACTION_EMPTY, row, "dates: empty", false};
        }
        break;
    case DATES_YEAR:
        if (is_date) {
            decision = (struct decision){ACTION_YEAR, row, "dates: year", false};
        }
        break;
    case DATES_SHIFT:
        if (is_date) {
            decision = (struct decision){ACTION_SHIFT, row, "dates: shift", false};
        } else if (is_time || vr == DCMCHAIN_VR_SH) {
            decision = (struct decision){ACTION_KEEP, row, "dates: shift", false};
        }
        break;
    case DATES_KEEP:
        if (row != NULL && vr != DCMCHAIN_VR_SQ) {
            decision = (struct decision){ACTION_KEEP, row, "dates: keep", false};
        }
        break;
    default:
        break;
    }
    return decision;
}

static struct decision decide_row(const struct profile *profile, const struct table_row *row, uint16_t vr)
{
    if (is_kept(profile, row)) {
        return (struct decision){row->options[TABLE_UIDS] == 'K' && vr == DCMCHAIN_VR_UI ? ACTION_KEEP
                                                                                         : ACTION_CLEAN,
                                 row, "retain", false};
    }
    if (row->options[TABLE_MODIFIED_DATES] == 'C' || row->options[TABLE_FULL_DATES] == 'K') {
        return decide_date(profile, row, vr);
    }
    return (struct decision){basic_action(row), row, NULL, false};
}

/* Attributes with a rule of their own, which stands over the table. */
static bool decide_special(const struct profile *profile, uint32_t tag, struct decision *ret)
{
    const struct table_row *row = NULL;
    struct decision decision = {ACTION_KEEP, NULL, NULL, false};

    switch (tag) {
    case TAG_PATIENT_ID:
        decision = (struct decision){ACTION_PATIENT_ID, NULL, "keyed pseudonym", false};
        break;
    case TAG_PATIENT_NAME:
        decision = (struct decision){ACTION_PATIENT_NAME, NULL, "keyed letters", false};
        break;
    case TAG_STUDY_ID:
        decision = (struct decision){ACTION_STUDY_ID, NULL, "keyed pseudonym", false};
        break;
    case TAG_BIRTH_DATE:
        if (profile->config.birth_date != BIRTH_DATE_YEAR) {
            return false;
        }
        decision = (struct decision){ACTION_BIRTH_DATE, NULL, "birth_date: year", false};
        break;
    case TAG_SERIES_DESCRIPTION:
        if (profile->config.series_description != SERIES_DESCRIPTION_CLEAN) {
            return false;
        }
        decision = (struct decision){ACTION_CLEAN, NULL, "series_description: clean", false};
        break;
    case TAG_CHARACTER_SET:
        decision = (struct decision){ACTION_KEEP, NULL, "needed to read the text", false};
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
        *ret = (struct decision){ACTION_REMOVE, NULL, "group length", false};
    } else if (group == 0x0000 || group == 0x0002) {
        *ret = (struct decision){ACTION_REMOVE, NULL, "no element of a data set", false};
    } else if (tag == 0xFFFCFFFCU) {
        *ret = (struct decision){ACTION_REMOVE, NULL, "trailing padding", false};
    } else if ((group & 0xFF00U) == 0x5000U) {
        *ret = (struct decision){ACTION_REMOVE, NULL, "curve, removed whole", false};
    } else if ((group & 0xFF00U) == 0x6000U) {
        *ret = (struct decision){ACTION_REMOVE, NULL, "overlay, removed whole", false};
    } else {
        return false;
    }
    return true;
}

struct decision profile_decide(const struct profile *profile, uint32_t tag, uint16_t vr)
{
    struct decision decision = {ACTION_REMOVE, NULL, NULL, false};
    const struct table_row *row = NULL;
    uint16_t known = 0;

    if (DCMCHAIN_TAG_IS_PRIVATE(tag)) {
        decision.row = table_private(profile->table);
        decision.why = decision.row == NULL ? "private" : NULL;
        return decision;
    }
    row = table_find(profile->table, tag);
    if (decide_group(tag, &decision)) {
        decision.row = row;
        return decision;
    }
    if (decide_special(profile, tag, &decision)) {
        return decision;
    }
    known = profile_vr(profile, tag);
    if (row != NULL) {
        return decide_row(profile, row, vr == DCMCHAIN_VR_UN && known != 0 ? known : vr);
    }
    if (dcmchain_tag_keyword(tag) == NULL || known == 0) {
        return (struct decision){ACTION_REMOVE, NULL, "known to no dictionary", true};
    }
    if (known == DCMCHAIN_VR_DA || known == DCMCHAIN_VR_DT || known == DCMCHAIN_VR_TM) {
        return decide_date(profile, NULL, known);
    }
    return (struct decision){ACTION_CLEAN, NULL, NULL, false};
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
    if (class_id != DCMCHAIN_IDENTITY_DEVICE && class_id != DCMCHAIN_IDENTITY_INSTITUTION &&
        class_id != DCMCHAIN_IDENTITY_ADDRESS) {
        return false;
    }
    row = table_find(profile->table, tag);
    return row != NULL && is_kept(profile, row);
}
