/* rules_check.c: what is odd in the rules (rules.h): those that can never match, and those that keep more
 * than the profile does. It refuses nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules.h"

#define SETTING "rules"

__attribute__((__format__(__printf__, 4, 5))) static void note(dcmchain_context *context, size_t index,
                                                               const char *inside, const char *format, ...)
{
    char pointer[96];
    char text[300];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)snprintf(pointer, sizeof pointer, "/%zu%s", index, inside);
    dcmchain_setting_warning(context, SETTING, pointer, "%s", text);
}

static const char *name_of(uint32_t tag, char buffer[16])
{
    const char *keyword = dcmchain_tag_keyword(tag);

    (void)snprintf(buffer, 16, "(%04X,%04X)", (unsigned)(tag >> 16), (unsigned)(tag & 0xFFFFU));
    return keyword != NULL ? keyword : buffer;
}

/* ---- rules that come too late ---- */

static bool has_all_words(char *const *wide, size_t wide_count, char *const *narrow, size_t narrow_count)
{
    if (wide_count == 0) {
        return true;
    }
    for (size_t at = 0; at < narrow_count; at++) {
        bool found = false;
        for (size_t with = 0; with < wide_count && !found; with++) {
            found = strcmp(wide[with], narrow[at]) == 0;
        }
        if (!found) {
            return false;
        }
    }
    return narrow_count > 0;
}

static bool has_all_vrs(const struct rule_match *wide, const struct rule_match *narrow)
{
    for (size_t at = 0; at < narrow->vr_count; at++) {
        bool found = false;
        for (size_t with = 0; with < wide->vr_count && !found; with++) {
            found = wide->vrs[with] == narrow->vrs[at];
        }
        if (wide->vr_count > 0 && !found) {
            return false;
        }
    }
    return wide->vr_count == 0 || narrow->vr_count > 0;
}

static bool is_same_path(const struct rule_match *wide, const struct rule_match *narrow)
{
    return !wide->has_path || (wide->path_count == 1 && wide->path[0] == RULE_STEP_ANY_DEPTH) ||
           (narrow->has_path && wide->path_count == narrow->path_count &&
            (wide->path_count == 0 ||
             memcmp(wide->path, narrow->path, wide->path_count * sizeof *wide->path) == 0));
}

static bool is_wider_block(const struct rule_match *wide, const struct rule_match *narrow)
{
    if (wide->creator == NULL) {
        return true;
    }
    return narrow->creator != NULL && strcmp(wide->creator, narrow->creator) == 0 &&
           (!wide->has_offset || (narrow->has_offset && wide->offset == narrow->offset)) &&
           (!wide->has_group || (narrow->has_group && wide->group == narrow->group));
}

/* Whether all that the narrow rule asks but for its tags is in the wide one. */
static bool is_wider(const struct rule_match *wide, const struct rule_match *narrow)
{
    return is_wider_block(wide, narrow) && has_all_vrs(wide, narrow) && is_same_path(wide, narrow) &&
           has_all_words(wide->modalities, wide->modality_count, narrow->modalities,
                         narrow->modality_count) &&
           has_all_words(wide->sop_classes, wide->sop_class_count, narrow->sop_classes,
                         narrow->sop_class_count);
}

/* The rule before that takes every element of a tag; the rule's own index: none does. tag: NULL: of any tag.
 */
static size_t taken_by(const struct rules *rules, size_t index, const struct rule_tag *tag)
{
    for (size_t before = 0; before < index; before++) {
        const struct rule_match *wide = &rules->rules[before].match;
        bool covers = wide->tag_count == 0;
        for (size_t at = 0; tag != NULL && at < wide->tag_count && !covers; at++) {
            covers = (tag->mask & wide->tags[at].mask) == wide->tags[at].mask &&
                     (tag->tag & wide->tags[at].mask) == wide->tags[at].tag;
        }
        if (covers && is_wider(wide, &rules->rules[index].match)) {
            return before;
        }
    }
    return index;
}

static void check_order(dcmchain_context *context, const struct rules *rules, size_t index)
{
    const struct rule_match *match = &rules->rules[index].match;

    if (match->tag_count == 0) {
        const size_t before = taken_by(rules, index, NULL);
        if (before != index) {
            note(context, index, "", "it can never match: rules[%zu] comes before it", before);
        }
    }
    for (size_t at = 0; at < match->tag_count; at++) {
        const size_t before = taken_by(rules, index, &match->tags[at]);
        char buffer[16];
        if (before != index) {
            note(context, index, "/match/attribute", "%s can never match: rules[%zu] comes before it",
                 name_of(match->tags[at].tag, buffer), before);
        }
    }
}

/* ---- rules for what there is not ---- */

/* The standard gives several VRs to some attributes, the dictionary one of them. */
static bool is_number_or_bytes(uint16_t vr)
{
    return vr == DCMCHAIN_VR_US || vr == DCMCHAIN_VR_SS || vr == DCMCHAIN_VR_OB || vr == DCMCHAIN_VR_OW;
}

static bool can_have_vr(const struct rule_match *match, uint16_t known)
{
    for (size_t at = 0; at < match->vr_count; at++) {
        if (match->vrs[at] == known || match->vrs[at] == DCMCHAIN_VR_UN ||
            (is_number_or_bytes(known) && is_number_or_bytes(match->vrs[at]))) {
            return true;
        }
    }
    return match->vr_count == 0;
}

static const char *impossible_tag(const struct rule_match *match, const struct rule_tag *tag, uint16_t known)
{
    const bool exact = tag->mask == UINT32_MAX;
    const uint16_t group = DCMCHAIN_TAG_GROUP(tag->tag);

    if ((tag->mask & 0xFFFF0000U) == 0xFFFF0000U && (group == 0x0000 || group == 0x0002 || group >= 0xFFFC)) {
        return "is no element of a data set";
    }
    if ((tag->mask & 0xFFFFU) == 0xFFFFU && DCMCHAIN_TAG_ELEMENT(tag->tag) == 0) {
        return "is a group length, which is never kept";
    }
    if (match->creator != NULL && (tag->mask & 0x10000U) != 0 && !DCMCHAIN_TAG_IS_PRIVATE(tag->tag)) {
        return "is not private, and the rule is for a private block";
    }
    if (exact && known != 0 && known != DCMCHAIN_VR_UN && !can_have_vr(match, known)) {
        return "never has that VR";
    }
    return NULL;
}

/* The first step of a path that is no sequence; 0: none. */
static uint32_t impossible_step(const struct rule_match *match)
{
    for (size_t at = 0; at < match->path_count; at++) {
        const uint16_t known = match->path[at] > RULE_STEP_ANY_DEPTH ? dcmchain_tag_vr(match->path[at]) : 0;
        if (known != 0 && known != DCMCHAIN_VR_SQ && known != DCMCHAIN_VR_UN) {
            return match->path[at];
        }
    }
    return 0;
}

static void check_possible(dcmchain_context *context, const struct rules *rules, size_t index,
                           const struct profile *profile)
{
    const struct rule_match *match = &rules->rules[index].match;
    char buffer[16];

    for (size_t at = 0; at < match->tag_count; at++) {
        const char *why = impossible_tag(match, &match->tags[at], profile_vr(profile, match->tags[at].tag));
        if (why != NULL) {
            note(context, index, "/match/attribute", "it can never match: %s %s",
                 name_of(match->tags[at].tag, buffer), why);
        }
    }
    if (impossible_step(match) != 0) {
        note(context, index, "/match/path", "it can never match: %s is no sequence",
             name_of(impossible_step(match), buffer));
    }
}

/* ---- rules that keep more than the profile ---- */

/* How much of a value is left. */
static unsigned left_by(const struct decision *decision)
{
    if (decision->rule != NULL && decision->action == ACTION_RULE) {
        return decision->rule->action == RULE_REPLACE ? 0U : decision->rule->action == RULE_HASH ? 1U : 3U;
    }
    switch (decision->action) {
    case ACTION_REMOVE:
    case ACTION_EMPTY:
    case ACTION_DUMMY:
        return 0;
    case ACTION_SHIFT:
    case ACTION_YEAR:
    case ACTION_BIRTH_DATE:
        return 2;
    case ACTION_CLEAN:
        return 3;
    case ACTION_KEEP:
        return 4;
    default:
        return 1; /* keyed by the value */
    }
}

/* Whether a rule leaves more of an attribute than the profile, whose decision does not see the rules. */
static bool is_weaker_for(const struct rule *rule, const struct profile *profile, uint32_t tag)
{
    static const struct object object = {"", ""};

    const uint16_t known = profile_vr(profile, tag);
    const struct subject subject = {.object = &object,
                                    .creator = rule->match.creator,
                                    .tag = tag,
                                    .vr = known != 0                 ? known
                                          : rule->match.vr_count > 0 ? rule->match.vrs[0]
                                                                     : 0};
    const struct decision own = rule_decision(rule, subject.vr);
    struct decision theirs;

    if (rule->match.tag_count == 0 && rule->match.vr_count > 0 && !can_have_vr(&rule->match, subject.vr)) {
        return false;
    }
    theirs = profile_decide_without_rules(profile, &subject);
    if (known == DCMCHAIN_VR_SQ && own.action == ACTION_KEEP && theirs.action == ACTION_CLEAN) {
        return false; /* its items are judged one by one */
    }
    if (subject.vr == DCMCHAIN_VR_UI && theirs.action == ACTION_DUMMY) {
        theirs.action = ACTION_UID; /* the dummy of a UID is a mapped one */
    }
    return left_by(&own) > left_by(&theirs);
}

struct keeping {
    const struct rules *rules;
    size_t index;
    struct rule *rule; /* rules[index] */
    const struct profile *profile;
    size_t count;   /* attributes to be told of */
    uint32_t first; /* of them */
};

/* by: the tag or mask of the rule that reaches the attribute; NULL: it names none. What check_order() said
 * can never match keeps nothing. What check_possible() said is not said twice, but a file that breaks the
 * standard may match: no claim is made. */
static void keep_one(struct keeping *keeping, uint32_t tag, const struct rule_tag *by)
{
    struct rule *rule = keeping->rule;

    if (taken_by(keeping->rules, keeping->index, by) != keeping->index ||
        !is_weaker_for(rule, keeping->profile, tag)) {
        return;
    }
    rule->first = rule->weaker ? rule->first : tag;
    rule->weaker = true;
    if (impossible_step(&rule->match) != 0 ||
        (by != NULL && impossible_tag(&rule->match, by, profile_vr(keeping->profile, by->tag)) != NULL)) {
        return;
    }
    keeping->first = keeping->count == 0 ? tag : keeping->first;
    keeping->count++;
}

static void keep_row(void *closure, const struct table_row *row)
{
    struct keeping *keeping = closure;
    const struct rule_match *match = &keeping->rule->match;

    for (size_t at = 0; at < match->tag_count; at++) {
        const struct rule_tag *tag = &match->tags[at];
        if (tag->mask != UINT32_MAX && ((row->tag ^ tag->tag) & tag->mask & row->mask) == 0) {
            keep_one(keeping, row->tag, tag);
            return;
        }
    }
    if (match->tag_count == 0 && match->creator == NULL) {
        keep_one(keeping, row->tag, NULL);
    }
}

/* Named attributes one by one; masks, VRs and paths by the rows of the table that they reach. */
static void check_keeping(dcmchain_context *context, struct rules *rules, size_t index,
                          const struct profile *profile)
{
    struct rule *rule = &rules->rules[index];
    struct keeping keeping = {rules, index, rule, profile, 0, 0};
    char buffer[16];

    for (size_t at = 0; at < rule->match.tag_count; at++) {
        if (rule->match.tags[at].mask == UINT32_MAX) {
            keep_one(&keeping, rule->match.tags[at].tag, &rule->match.tags[at]);
        }
    }
    if (rule->match.creator != NULL && rule->match.tag_count == 0) {
        keep_one(
            &keeping,
            DCMCHAIN_TAG(rule->match.has_group ? rule->match.group : 0x0009, 0x1000U | rule->match.offset),
            NULL);
    }
    table_each(profile->table, keep_row, &keeping);
    if (keeping.count == 0) {
        return;
    }
    if (rule->match.creator != NULL) {
        note(context, index, "",
             "it keeps what the profile removes: private elements; no claim of the profile is "
             "made");
    } else if (keeping.count == 1) {
        note(context, index, "",
             "it keeps more than the profile does of %s, an identifying attribute; no claim of "
             "the profile is made",
             name_of(keeping.first, buffer));
    } else {
        note(context, index, "",
             "it keeps more than the profile does of %s and %zu more of the identifying attributes; "
             "no claim of the profile is made",
             name_of(keeping.first, buffer), keeping.count - 1);
    }
}

void rules_check(dcmchain_context *context, struct rules *rules, const struct profile *profile)
{
    for (size_t at = 0; at < rules->count; at++) {
        check_order(context, rules, at);
        check_possible(context, rules, at, profile);
        check_keeping(context, rules, at, profile);
    }
}

/* ---- for the claims ---- */

bool rules_weaken(const struct rules *rules)
{
    char text[8];

    return rules != NULL && rules_deviation(rules, 0, text, sizeof text);
}

bool rules_deviation(const struct rules *rules, size_t index, char *ret_text, size_t size)
{
    char buffer[16];

    for (size_t at = 0; at < rules->count; at++) {
        const struct rule *rule = &rules->rules[at];
        if (!rule->weaker || index-- > 0) {
            continue;
        }
        (void)snprintf(ret_text, size, "weaker: rules[%zu] %s %s", at, rule_action_name(rule->action),
                       rule->match.creator != NULL ? "private" : name_of(rule->first, buffer));
        return true;
    }
    return false;
}
