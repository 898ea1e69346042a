/* rule_actions.c: replace, hash, regex and truncate on one element (rule_actions.h).
 * It must not keep what it could not read, and what it leaves of a text is cleaned like any other. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rule_actions.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "rules.h"
#include "values.h"

#define MATCH_LIMIT 1000000U  /* steps of one search: a pattern that runs away empties the value */
#define NUMBER_MAX 999999999U /* a hash as a number, in what IS holds */

/* ---- hash ---- */

static int hash_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    char text[PSEUDONYM_ID_LENGTH + 1] = "";
    uint8_t digest[32];

    if (length == 0) {
        return 0;
    }
    dcmchain_hmac(target->work->context, "rule-hash", value, length, digest);
    if (target->vr == DCMCHAIN_VR_IS || target->vr == DCMCHAIN_VR_DS) {
        (void)snprintf(text, sizeof text, "%u", (unsigned)pseudonym_number(digest, 1, NUMBER_MAX));
    } else {
        pseudonym_id(digest, text);
    }
    *ret_value = strdup(text);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

/* ---- regex ---- */

static int substitute(const struct rule *rule, const char *value, size_t length, char **ret_text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    size_t room = length * 2 + strlen(rule->with) * 4 + 64;
    int result = PCRE2_ERROR_NOMEMORY;

    if (limits == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pcre2_set_match_limit(limits, MATCH_LIMIT);
    for (int attempt = 0; attempt < 2 && result == PCRE2_ERROR_NOMEMORY; attempt++) {
        char *text = malloc(room + 1);
        PCRE2_SIZE written = room;
        if (text == NULL) {
            break;
        }
        result = pcre2_substitute(
            rule->regex, (PCRE2_SPTR)value, length, 0,
            PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNSET_EMPTY, NULL,
            limits, (PCRE2_SPTR)rule->with, PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)text, &written);
        if (result < 0) {
            free(text);
            room = written; /* what it needs */
        } else {
            *ret_text = text;
        }
    }
    pcre2_match_context_free(limits);
    return result;
}

static int regex_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    char *text = NULL;
    int result = 0;

    if (length == 0) {
        return 0;
    }
    result = substitute(target->decision.rule, value, length, &text);
    if (result < 0) {
        text = strdup(""); /* it ran away: nothing is known of what it left */
        if (text == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
    }
    *ret_value = text;
    return 1;
}

/* ---- truncate ---- */

static int truncate_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct target *target = closure;
    size_t characters = 0;
    size_t at = 0;

    for (; at < length; at++) {
        if (((unsigned char)value[at] & 0xC0U) != 0x80U && characters++ == target->decision.rule->length) {
            break;
        }
    }
    if (at == length) {
        return 0;
    }
    *ret_value = strndup(value, at);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

/* ---- elements ---- */

static int replace(struct target *target)
{
    const char *with = target->decision.rule->with;
    AUTO_API char *before = NULL;

    if (dcmchain_element_get_text(target->element, &before) == 0 && strcmp(before, with) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    return apply_text(target, "replace", before, with);
}

/* What holds no text of its own is a dummy. */
static bool can_hash(uint16_t vr)
{
    return vr == DCMCHAIN_VR_IS || vr == DCMCHAIN_VR_DS || vr == DCMCHAIN_VR_PN || vr == DCMCHAIN_VR_AE ||
           vr == DCMCHAIN_VR_CS || dcmchain_vr_uses_charset(vr);
}

/* What is left of a text may still hold identity: it is cleaned as all text that stays. */
static int change_values(struct target *target, values_changer changer, const char *action, bool clean)
{
    AUTO_API char *text = NULL;
    AUTO_FREE char *changed = NULL;
    int result = 0;

    if (dcmchain_element_get_text(target->element, &text) < 0) {
        return apply_empty(target);
    }
    result = values_change(text, dcmchain_vr_is_multi_valued(target->vr), changer, target, &changed);
    if (result > 0) {
        result = strcmp(text, changed) == 0 ? 0 : apply_text(target, action, text, changed);
    }
    return result < 0 || !clean ? result : apply_clean(target);
}

int rule_apply(struct target *target)
{
    const enum rule_action action = target->decision.rule->action;

    if (action == RULE_REPLACE) {
        return replace(target);
    }
    if (dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (target->vr == DCMCHAIN_VR_UI) {
        return action == RULE_HASH ? apply_uid(target) : apply_clean(target);
    }
    if (!dcmchain_vr_is_text(target->vr) || (action == RULE_HASH && !can_hash(target->vr))) {
        return apply_dummy(target);
    }
    if (action == RULE_HASH) {
        return change_values(target, hash_value, "hash", false);
    }
    return action == RULE_REGEX ? change_values(target, regex_value, "regex", true)
                                : change_values(target, truncate_value, "truncate", true);
}
