/* apply.c: what all actions share, and removing, emptying and UIDs.
 * It must not keep a value that it could not read. */
#include "apply.h"

#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dates.h"
#include "memo.h"
#include "uids.h"
#include "values.h"

void apply_report(const struct target *target, const char *action, const char *before, const char *after)
{
    const struct decision *decision = &target->decision;
    AUTO_API char *read = NULL;
    char rule[DECISION_TEXT_BYTES];

    if (target->work->wants == 0) {
        return;
    }
    decision_text(&target->work->run->profile, decision, rule);
    if (before == NULL && dcmchain_element_get_text(target->element, &read) == 0) {
        before = read;
    }
    dcmchain_change(target->work->context, target->work->instance, target->position, target->tag, action,
                    rule, before, after);
}

int apply_remove(struct target *target)
{
    apply_report(target, "remove", NULL, NULL);
    return DCMCHAIN_VISIT_REMOVE;
}

int apply_empty(struct target *target)
{
    int result = 0;

    if (dcmchain_element_length(target->element) == 0 && dcmchain_element_value_count(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    apply_report(target, "empty", NULL, "");
    result = dcmchain_element_clear(target->element);
    return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
}

int apply_text(struct target *target, const char *action, const char *before, const char *after)
{
    apply_report(target, action, before, after);
    if (dcmchain_element_set_text(target->element, after) < 0) {
        const int result = dcmchain_element_clear(target->element);
        return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
    }
    return DCMCHAIN_VISIT_NEXT;
}

#define KIND_UID                                                                                             \
    0xC0000000U /* in the memory of the cleaner, which has those below 2^31; see apply_bytes.c               \
                 */

void apply_map_uid(const struct work *work, const char *uid, size_t length, char ret_uid[PSEUDONYM_UID_BYTES])
{
    struct memo *memo = cleaner_memo(work->study->cleaner);
    AUTO_FREE char *known = NULL;
    uint8_t digest[32];

    while (length > 0 && (uid[length - 1] == ' ' || uid[length - 1] == '\0')) {
        length--;
    }
    if (memo_find(memo, KIND_UID, uid, length, &known) == 1) {
        (void)snprintf(ret_uid, PSEUDONYM_UID_BYTES, "%s", known);
        return;
    }
    dcmchain_hmac(work->context, "uid", uid, length, digest);
    pseudonym_uid(digest, ret_uid);
    memo_keep(memo, KIND_UID, uid, length, ret_uid);
}

/* UIDs stay with `retain`, but for those that hold a date while dates do not stay: it would undo what happens
 * to all others. By the value alone, so that references stay whole. */
static bool is_retained(const struct target *target, const char *value, size_t length)
{
    const struct anonymise_config *config = &target->work->run->profile.config;
    const struct decision *decision = &target->decision;
    const bool kept = decision->row != NULL && decision->option != TABLE_OPTIONS &&
                      decision->row->options[decision->option] == 'K';
    const bool stays = (config->retain & RETAIN_UIDS) != 0U || kept;

    return stays && target->decision.action == ACTION_CLEAN &&
           (config->dates == DATES_TABLE || config->dates == DATES_KEEP || !dates_are_within(value, length));
}

/* One value of UI: empty ones and those of the registry stay. */
static int map_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    char mapped[PSEUDONYM_UID_BYTES];

    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\0')) {
        length--;
    }
    if (length == 0 || uids_is_registered(value, length) || is_retained(target, value, length)) {
        return 0;
    }
    apply_map_uid(target->work, value, length, mapped);
    *ret_value = strdup(mapped);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

int apply_uid(struct target *target)
{
    AUTO_API char *text = NULL;
    AUTO_FREE char *mapped = NULL;
    int result = 0;

    if (target->vr == DCMCHAIN_VR_SQ || dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (dcmchain_element_get_text(target->element, &text) < 0) {
        target->work->opaque++;
        return apply_remove(target);
    }
    result = values_change(text, true, map_value, target, &mapped);
    if (result <= 0) {
        return result;
    }
    return apply_text(target, "map-uid", text, mapped);
}
