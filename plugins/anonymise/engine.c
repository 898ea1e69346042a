/* engine.c: the walk over one data set.
 * It must leave no element without a decision: what no rule names is judged by its VR, what nothing knows
 * goes. */
#include "engine.h"

#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "claims.h"
#include "names.h"
#include "opaque.h"
#include "rule_actions.h"
#include "structured_content.h"

#define TAG_PATIENT_ID 0x00100020U

/* The file meta information is written by the core from what the data set holds; all else in it (application
 * entities, addresses, private information) goes. PS3.10 7.1. */
bool engine_meta_stays(uint32_t tag)
{
    switch (tag) {
    case 0x00020000U: /* File Meta Information Group Length */
    case 0x00020001U: /* File Meta Information Version */
    case 0x00020002U: /* Media Storage SOP Class UID */
    case 0x00020003U: /* Media Storage SOP Instance UID */
    case 0x00020010U: /* Transfer Syntax UID */
    case 0x00020012U: /* Implementation Class UID */
    case 0x00020013U: /* Implementation Version Name */
        return true;
    default:
        return false;
    }
}

static int visit_meta(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct target target = {
        .work = closure,
        .position = position,
        .element = element,
        .decision = {.action = ACTION_REMOVE, .why = "file meta information", .option = TABLE_OPTIONS},
        .tag = dcmchain_element_tag(element),
        .vr = dcmchain_element_vr(element)};

    return engine_meta_stays(target.tag) ? DCMCHAIN_VISIT_NEXT : apply_remove(&target);
}

static int act(struct target *target)
{
    switch (target->decision.action) {
    case ACTION_REMOVE:
        if (DCMCHAIN_TAG_ELEMENT(target->tag) == 0 && !DCMCHAIN_TAG_IS_PRIVATE(target->tag)) {
            return DCMCHAIN_VISIT_REMOVE; /* a group length says nothing, and the core writes none */
        }
        target->work->unknown += target->decision.unknown ? 1U : 0U;
        return apply_remove(target);
    case ACTION_EMPTY:
        return apply_empty(target);
    case ACTION_DUMMY:
        return apply_dummy(target);
    case ACTION_UID:
        return apply_uid(target);
    case ACTION_SHIFT:
    case ACTION_YEAR:
    case ACTION_REBASE:
        return apply_date(target);
    case ACTION_BIRTH_DATE:
        return apply_birth_date(target);
    case ACTION_PATIENT_ID:
        return apply_patient_id(target);
    case ACTION_PATIENT_NAME:
        return apply_patient_name(target);
    case ACTION_STUDY_ID:
        return apply_study_id(target);
    case ACTION_ACCESSION:
        return apply_accession(target);
    case ACTION_CLEAN:
        return target->vr == DCMCHAIN_VR_SQ ? structured_clean_number(target) : apply_clean(target);
    case ACTION_RULE:
        return rule_apply(target);
    default:
        return DCMCHAIN_VISIT_NEXT;
    }
}

static int visit(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    struct target target = {.work = closure,
                            .position = position,
                            .element = element,
                            .tag = dcmchain_element_tag(element),
                            .vr = dcmchain_element_vr(element)};
    AUTO_API char *creator = NULL;
    struct subject subject;

    creator = safe_private_creator(element);
    subject = (struct subject){.object = &target.work->object,
                               .position = position,
                               .element = element,
                               .creator = creator,
                               .tag = target.tag,
                               .vr = target.vr};
    target.decision = profile_decide(&target.work->run->profile, &subject);
    if (opaque_is(&target.work->run->profile, target.tag, target.vr) &&
        target.decision.action != ACTION_REMOVE && target.decision.action != ACTION_EMPTY) {
        target.work->opaque++; /* opaque_resolve() could not read it either */
        target.decision.why = "its value cannot be read";
        return apply_remove(&target);
    }
    return act(&target);
}

static int add_patient_id(const struct work *work, dcmchain_item *root)
{
    const struct dcmchain_position position = {.item = root};
    int result = 0;

    if (dcmchain_item_find(root, TAG_PATIENT_ID) != NULL) {
        return 0;
    }
    result = dcmchain_item_set_text(root, TAG_PATIENT_ID, work->patient_id);
    if (result == 0 && work->wants != 0) {
        dcmchain_change(work->context, work->instance, &position, TAG_PATIENT_ID, "pseudonym",
                        "keyed pseudonym, added where there is none", NULL, work->patient_id);
    }
    return result;
}

/* Counted in warnings; the text names no tag, since equal texts are counted together. */
static void warn_counts(const struct work *work)
{
    if (work->unknown > 0) {
        dcmchain_warn(work->context, "elements that neither dictionary nor table knows were removed");
    }
    if (work->opaque > 0) {
        dcmchain_warn(work->context, "elements whose value cannot be read as its VR were removed");
    }
    if (work->undecoded > 0) {
        dcmchain_warn(work->context,
                      "texts that do not decode in their character set were compared in every other");
    }
}

int engine_run(struct work *work, dcmchain_dataset *dataset)
{
    static const uint8_t zeros[128] = {0};
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    struct names *names = NULL;
    uint8_t preamble[128];
    int result = 0;

    work->big_endian = strcmp(dcmchain_dataset_transfer_syntax(dataset), "1.2.840.10008.1.2.2") == 0;
    dcmchain_dataset_get_preamble(dataset, preamble);
    if (memcmp(preamble, zeros, sizeof zeros) != 0) {
        dcmchain_dataset_set_preamble(dataset, zeros);
        if (work->wants != 0) {
            dcmchain_change(work->context, work->instance, NULL, 0, "empty", "preamble", NULL, NULL);
        }
    }
    result = dcmchain_item_walk(dcmchain_dataset_meta(dataset), 1, visit_meta, work);
    if (result == 0) {
        result = opaque_resolve(work, root);
    }
    if (result == 0) {
        result = names_remember(root, &names);
    }
    if (result == 0) {
        result = dcmchain_item_walk(root, 0, visit, work);
    }
    if (result == 0) {
        result = names_settle(work, root, names);
    }
    names_free(names);
    if (result == 0) {
        result = add_patient_id(work, root);
    }
    if (result == 0) {
        result = claims_write(work, root);
    }
    warn_counts(work);
    return result;
}
