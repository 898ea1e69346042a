/* rule_match.c: whether a rule is for an element (rules.h).
 * It must not allocate: it is asked for every element. */
#include <string.h>

#include "rules.h"

static bool has_tag(const struct rule_match *match, uint32_t tag)
{
    for (size_t at = 0; at < match->tag_count; at++) {
        if ((tag & match->tags[at].mask) == match->tags[at].tag) {
            return true;
        }
    }
    return match->tag_count == 0;
}

static bool has_vr(const struct rule_match *match, uint16_t vr)
{
    for (size_t at = 0; at < match->vr_count; at++) {
        if (match->vrs[at] == vr) {
            return true;
        }
    }
    return match->vr_count == 0;
}

static bool has_word(char *const *words, size_t count, const char *word)
{
    for (size_t at = 0; at < count; at++) {
        if (strcmp(words[at], word) == 0) {
            return true;
        }
    }
    return count == 0;
}

static bool is_private_match(const struct rule_match *match, const struct subject *subject)
{
    if (match->creator == NULL) {
        return true;
    }
    return subject->creator != NULL && strcmp(match->creator, subject->creator) == 0 &&
           (!match->has_group || match->group == DCMCHAIN_TAG_GROUP(subject->tag)) &&
           (!match->has_offset || match->offset == (subject->tag & 0xFFU));
}

/* As file names are matched with '*': where a step fails, the last "**" takes one sequence more. */
static bool is_path_match(const struct rule_match *match, const struct dcmchain_position *position)
{
    const size_t depth = position == NULL ? 0 : position->depth;
    size_t step = 0;
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t star_at = 0;

    if (!match->has_path) {
        return true;
    }
    while (at < depth) {
        if (step < match->path_count && match->path[step] == RULE_STEP_ANY_DEPTH) {
            star = step++;
            star_at = at;
        } else if (step < match->path_count &&
                   (match->path[step] == RULE_STEP_ANY || match->path[step] == position->steps[at].tag)) {
            step++;
            at++;
        } else if (star != SIZE_MAX) {
            step = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (step < match->path_count && match->path[step] == RULE_STEP_ANY_DEPTH) {
        step++;
    }
    return step == match->path_count;
}

bool rule_matches(const struct rule *rule, const struct subject *subject)
{
    const struct rule_match *match = &rule->match;
    const struct object *object = subject->object;

    return has_tag(match, subject->tag) && is_private_match(match, subject) && has_vr(match, subject->vr) &&
           is_path_match(match, subject->position) &&
           has_word(match->modalities, match->modality_count, object != NULL ? object->modality : "") &&
           has_word(match->sop_classes, match->sop_class_count, object != NULL ? object->sop_class : "");
}

const struct rule *rules_find(const struct rules *rules, const struct subject *subject)
{
    for (size_t at = 0; rules != NULL && at < rules->count; at++) {
        if (rule_matches(&rules->rules[at], subject)) {
            return &rules->rules[at];
        }
    }
    return NULL;
}

/* Actions for values leave a sequence, whose items are judged one by one. */
static bool is_for_values(enum rule_action action)
{
    return action != RULE_KEEP && action != RULE_REMOVE && action != RULE_EMPTY && action != RULE_DUMMY;
}

struct decision rule_decision(const struct rule *rule, uint16_t vr)
{
    static const enum action actions[RULE_ACTIONS] = {
        [RULE_KEEP] = ACTION_KEEP,   [RULE_REMOVE] = ACTION_REMOVE, [RULE_EMPTY] = ACTION_EMPTY,
        [RULE_DUMMY] = ACTION_DUMMY, [RULE_REPLACE] = ACTION_RULE,  [RULE_MAP_UID] = ACTION_UID,
        [RULE_HASH] = ACTION_RULE,   [RULE_SHIFT] = ACTION_SHIFT,   [RULE_YEAR] = ACTION_YEAR,
        [RULE_CLEAN] = ACTION_CLEAN, [RULE_REGEX] = ACTION_RULE,    [RULE_TRUNCATE] = ACTION_RULE};

    return (struct decision){
        .action = vr == DCMCHAIN_VR_SQ && is_for_values(rule->action) ? ACTION_CLEAN : actions[rule->action],
        .why = rule->text,
        .option = TABLE_OPTIONS,
        .rule = rule};
}
