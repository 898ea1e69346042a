/* explain.c: answers with the decision that the walk would make (explain.h, profile.h).
 * It must not decide by itself. */
#include "explain.h"

#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "rules.h"

void decision_text(const struct profile *profile, const struct decision *decision,
                   char ret_text[DECISION_TEXT_BYTES])
{
    const struct table_row *row = decision->row;

    (void)snprintf(ret_text, DECISION_TEXT_BYTES, "%s%s%s%s%s",
                   row != NULL ? table_edition(profile->table) : "", row != NULL ? " " : "",
                   row != NULL ? row->letters : "", row != NULL && decision->why != NULL ? ", " : "",
                   decision->why != NULL ? decision->why
                   : row == NULL         ? "no row: text is cleaned, UIDs are mapped"
                                         : "");
}

const char *decision_action(const struct decision *decision)
{
    if (decision->rule != NULL) {
        return rule_action_name(decision->rule->action);
    }
    switch (decision->action) {
    case ACTION_CLEAN:
        return "clean";
    case ACTION_KEEP:
        return "keep";
    case ACTION_REMOVE:
        return "remove";
    case ACTION_EMPTY:
        return "empty";
    case ACTION_DUMMY:
        return "dummy";
    case ACTION_UID:
        return "map-uid";
    case ACTION_SHIFT:
        return "shift";
    case ACTION_YEAR:
    case ACTION_BIRTH_DATE:
        return "year";
    case ACTION_REBASE:
        return "rebase";
    default:
        return "pseudonym";
    }
}

/* Decisions for one attribute over all SOP classes, those with one text together. */
#define MAX_KINDS 8U

struct kinds {
    size_t count;
    struct {
        char text[DECISION_TEXT_BYTES];
        const char *action;
        size_t classes;
        char example[TYPES_UID_BYTES];
    } kind[MAX_KINDS];
};

static void add_kind(struct kinds *kinds, const struct profile *profile, const struct decision *decision,
                     const char *sop_class)
{
    char text[DECISION_TEXT_BYTES];
    size_t at = 0;

    decision_text(profile, decision, text);
    while (at < kinds->count && strcmp(kinds->kind[at].text, text) != 0) {
        at++;
    }
    if (at == MAX_KINDS) {
        return;
    }
    if (at == kinds->count) {
        kinds->count++;
        (void)snprintf(kinds->kind[at].text, sizeof text, "%s", text);
        (void)snprintf(kinds->kind[at].example, TYPES_UID_BYTES, "%s", sop_class);
        kinds->kind[at].action = decision_action(decision);
    }
    kinds->kind[at].classes++;
}

/* Where the SOP class is not said and the decision hangs on it: each that there is, with how many classes. */
static void explain_classes(dcmchain_context *context, const struct profile *profile,
                            const struct subject *subject)
{
    struct kinds kinds = {.count = 0};
    struct object object = *subject->object;
    struct subject one = *subject;
    char uid[TYPES_UID_BYTES];

    one.object = &object;
    for (size_t at = 0; types_class(profile->types, at, uid); at++) {
        struct decision decision;
        object.sop_class = uid;
        decision = profile_decide(profile, &one);
        add_kind(&kinds, profile, &decision, uid);
    }
    for (size_t at = 0; kinds.count > 1 && at < kinds.count; at++) {
        char text[DECISION_TEXT_BYTES + TYPES_UID_BYTES + 40];
        (void)snprintf(text, sizeof text, "%s: in %zu SOP class%s, as %s", kinds.kind[at].text,
                       kinds.kind[at].classes, kinds.kind[at].classes == 1 ? "" : "es",
                       kinds.kind[at].example);
        dcmchain_explain(context, kinds.kind[at].action, text);
    }
}

/* The core writes the file meta information from the data set, whatever the source had. */
static void explain_meta(dcmchain_context *context, uint32_t tag)
{
    switch (tag) {
    case 0x00020003U: /* Media Storage SOP Instance UID */
        dcmchain_explain(context, "map-uid", "file meta information: follows the SOP Instance UID");
        break;
    case 0x00020000U: /* its group length */
    case 0x00020012U: /* Implementation Class UID */
    case 0x00020013U: /* Implementation Version Name */
        dcmchain_explain(context, "replace", "file meta information: dcmchain's own");
        break;
    default:
        dcmchain_explain(context, engine_meta_stays(tag) ? "keep" : "remove", "file meta information");
    }
}

int explain(dcmchain_context *context, void *closure, const struct dcmchain_subject *subject)
{
    const struct run_state *run = closure;
    const struct object object = {subject->sop_class_uid, subject->modality};
    const struct dcmchain_position position = {
        .item = subject->item, .steps = subject->steps, .depth = subject->depth};
    const struct subject own = {.object = &object,
                                .position = &position,
                                .element = subject->element,
                                .creator =
                                    subject->private_creator[0] == '\0' ? NULL : subject->private_creator,
                                .tag = subject->tag,
                                .vr = subject->vr};
    char text[DECISION_TEXT_BYTES];
    struct decision decision;

    if (subject->in_meta != 0) {
        explain_meta(context, subject->tag);
        return DCMCHAIN_OK;
    }
    if (subject->item == NULL && DCMCHAIN_TAG_IS_PRIVATE(subject->tag) &&
        DCMCHAIN_TAG_ELEMENT(subject->tag) < 0x100U) {
        dcmchain_explain(context, "remove or keep",
                         "a private creator stays where an element of its block does");
        return DCMCHAIN_OK;
    }
    decision = profile_decide(&run->profile, &own);
    decision_text(&run->profile, &decision, text);
    dcmchain_explain(context, decision_action(&decision), text);
    if (subject->element == NULL && subject->sop_class_uid[0] == '\0') {
        explain_classes(context, &run->profile, &own);
    }
    return DCMCHAIN_OK;
}
