/* profile_rules.c: rules of one's own before the profile (profile.h).
 * No rule may reach what is no element of a data set, or what is needed to read one. */
#include "rules.h"

#define TAG_CHARACTER_SET 0x00080005U

static bool is_beyond_rules(uint32_t tag)
{
    const uint16_t group = DCMCHAIN_TAG_GROUP(tag);

    return tag == TAG_CHARACTER_SET || DCMCHAIN_TAG_ELEMENT(tag) == 0 || group == 0x0000 || group == 0x0002 ||
           group >= 0xFFFC;
}

static bool is_creator(uint32_t tag)
{
    const uint16_t number = DCMCHAIN_TAG_ELEMENT(tag);

    return DCMCHAIN_TAG_IS_PRIVATE(tag) && number >= 0x10U && number <= 0xFFU;
}

/* Whether a rule keeps an element of the block that a creator reserves (PS3.5 7.8.1), in its item. */
static const struct rule *find_in_block(const struct profile *profile, const struct subject *creator)
{
    const uint32_t block = (creator->tag & 0xFFFF0000U) | (creator->tag & 0xFFU) << 8;
    const dcmchain_item *item = creator->position == NULL ? NULL : creator->position->item;

    for (uint32_t offset = 0; item != NULL && offset <= 0xFFU; offset++) {
        const dcmchain_element *element = dcmchain_item_find(item, block | offset);
        struct subject subject = *creator;
        const struct rule *rule = NULL;
        if (element == NULL) {
            continue;
        }
        subject.element = element;
        subject.tag = block | offset;
        subject.vr = dcmchain_element_vr(element);
        rule = rules_find(profile->rules, &subject);
        if (rule != NULL && rule->action != RULE_REMOVE) {
            return rule;
        }
    }
    return NULL;
}

/* A creator stays where a rule keeps something of its block: as it is where the rule names it, else cleaned,
 * since it can hold a name. No rule is for creators themselves. */
static bool decide_creator(const struct profile *profile, const struct subject *subject, struct decision *ret)
{
    const struct rule *rule = find_in_block(profile, subject);

    if (rule == NULL) {
        return false;
    }
    *ret = (struct decision){.action = rule->match.creator != NULL ? ACTION_KEEP : ACTION_CLEAN,
                             .why = "creator of a block that a rule keeps",
                             .option = TABLE_OPTIONS};
    return true;
}

struct decision profile_decide(const struct profile *profile, const struct subject *subject)
{
    const struct rule *rule = NULL;
    struct decision decision;

    if (profile->rules == NULL || profile->rules->count == 0 || is_beyond_rules(subject->tag)) {
        return profile_decide_without_rules(profile, subject);
    }
    if (is_creator(subject->tag)) {
        return decide_creator(profile, subject, &decision) ? decision
                                                           : profile_decide_without_rules(profile, subject);
    }
    rule = rules_find(profile->rules, subject);
    if (rule != NULL) {
        return rule_decision(rule, subject->vr);
    }
    return profile_decide_without_rules(profile, subject);
}
