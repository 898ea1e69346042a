/* apply_dates.c: dates and times: shifted, rebased, cut to the year; the birth date.
 * What is no real date must be emptied, never moved: a dummy that moved would tell by how much. */
#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "dates.h"
#include "rebase.h"
#include "values.h"

#define TAG_BIRTH_DATE 0x00100030U

struct date_task {
    const struct target *target;
    const char *times; /* that stand beside the dates, value by value; NULL: none */
};

/* The value of the same number beside; "" past the last. */
static void take_time(struct date_task *task, char ret_time[REBASE_TM_BYTES + 4])
{
    const size_t length = task->times == NULL ? 0 : strcspn(task->times, "\\");

    ret_time[0] = '\0';
    if (task->times != NULL) {
        if (length < REBASE_TM_BYTES + 4) {
            (void)memcpy(ret_time, task->times, length);
            ret_time[length] = '\0';
        }
        task->times += length + (task->times[length] != '\0' ? 1U : 0U);
    }
}

static void rebase(struct date_task *task, const char *source, char ret_changed[DATES_DT_BYTES])
{
    const struct rebase_origin *origin = &task->target->work->study->origin;
    char time[REBASE_TM_BYTES + 4];
    char date[9] = "";
    char moved[REBASE_TM_BYTES] = "";

    take_time(task, time);
    switch (task->target->vr) {
    case DCMCHAIN_VR_TM:
        (void)rebase_time(origin, source, moved);
        (void)snprintf(ret_changed, DATES_DT_BYTES, "%s", moved);
        break;
    case DCMCHAIN_VR_DT:
        (void)rebase_date_time(origin, source, ret_changed);
        break;
    default:
        (void)rebase_date(origin, source, time, date);
        (void)snprintf(ret_changed, DATES_DT_BYTES, "%s", date);
        break;
    }
}

/* Moved, what a clock says that nobody has set would tell by how much. */
static bool is_unset(const struct target *target, const char *source)
{
    int32_t days = 0;

    return target->decision.action != ACTION_YEAR && target->vr != DCMCHAIN_VR_TM &&
           dates_read(source, &days) && dates_is_unset(days, target->work->study->day);
}

/* One date of a DA or DT, or time of a TM; what is none is emptied. */
static int change_date(void *closure, const char *value, size_t length, char **ret_value)
{
    struct date_task *task = closure;
    char source[DATES_DT_BYTES + 1] = "";
    char changed[DATES_DT_BYTES] = "";

    while (length > 0 && value[length - 1] == ' ') {
        length--;
    }
    if (length == 0) {
        return 0;
    }
    if (length < sizeof source) {
        (void)memcpy(source, value, length);
        if (is_unset(task->target, source)) {
            changed[0] = '\0';
        } else if (task->target->decision.action == ACTION_SHIFT) {
            (void)dates_shift(source, task->target->work->shift, changed);
        } else if (task->target->decision.action == ACTION_REBASE) {
            rebase(task, source, changed);
        } else {
            (void)dates_year(source, changed);
        }
    }
    *ret_value = strdup(changed);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

/* The attribute of the time that goes with a date: StudyDate and StudyTime, DateOfSecondaryCapture and
 * TimeOf…. 0: none. In every pair of the standard the date stands first, so its time has not been changed
 * yet. */
static uint32_t time_beside(uint32_t tag)
{
    const char *keyword = dcmchain_tag_keyword(tag);
    const char *date = keyword == NULL ? NULL : strstr(keyword, "Date");
    char beside[128];
    uint32_t found = 0;

    if (date == NULL || strlen(keyword) >= sizeof beside) {
        return 0;
    }
    (void)snprintf(beside, sizeof beside, "%.*sTime%s", (int)(date - keyword), keyword, date + 4);
    return dcmchain_tag_parse(beside, &found) == 0 && found > tag ? found : 0;
}

static const char *name_of(enum action action)
{
    return action == ACTION_SHIFT ? "shift" : action == ACTION_REBASE ? "rebase" : "year";
}

/* Nothing but backslashes: no value is left. */
static bool is_bare(const char *text)
{
    return text[strspn(text, "\\")] == '\0';
}

int apply_date(struct target *target)
{
    const struct decision *decision = &target->decision;
    AUTO_API char *text = NULL;
    AUTO_API char *times = NULL;
    AUTO_FREE char *changed = NULL;
    struct date_task task = {target, NULL};
    uint32_t beside = 0;
    int result = 0;

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        return apply_empty(target);
    }
    if (decision->action == ACTION_REBASE && target->vr == DCMCHAIN_VR_DA) {
        beside = time_beside(target->tag);
        if (beside != 0 && dcmchain_item_get_text(target->position->item, beside, &times) == 0) {
            task.times = times;
        }
    }
    result = values_change(text, true, change_date, &task, &changed);
    if (result <= 0) {
        return result;
    }
    if (strcmp(text, changed) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (is_bare(changed)) { /* no real date: a dummy where the standard demands one */
        const bool needed = decision->need == TYPES_VALUE || decision->need == TYPES_UNKNOWN;
        return needed ? apply_dummy(target) : apply_empty(target);
    }
    return apply_text(target, name_of(decision->action), text, changed);
}

int apply_birth_date(struct target *target)
{
    AUTO_API char *text = NULL;
    const bool is_content = target->tag != TAG_BIRTH_DATE; /* the value of a content item is never empty */
    char year[9] = "";
    int32_t born = 0;

    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    /* A year that could be a person's of 90 and more is left out; at any day of that year. */
    if (target->work->aged || dcmchain_element_get_text(target->element, &text) < 0 || strlen(text) > 10 ||
        !dates_read(text, &born) || !dates_year(text, year) || !dates_read(year, &born) ||
        dates_age(born, target->work->study->last_day) >= 90) {
        return is_content ? apply_dummy(target) : apply_empty(target);
    }
    return strcmp(text, year) == 0 ? DCMCHAIN_VISIT_NEXT : apply_text(target, "year", text, year);
}
