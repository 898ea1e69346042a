/* explain.c: answers with the decision that the walk would make (explain.h, profile.h).
 * It must not decide by itself. */
#include "explain.h"

#include <stdio.h>

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
    default:
        return "pseudonym";
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
        const bool stays = engine_meta_stays(subject->tag);
        dcmchain_explain(context, stays ? "keep" : "remove",
                         stays ? "file meta information, written by dcmchain" : "file meta information");
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
    return DCMCHAIN_OK;
}
