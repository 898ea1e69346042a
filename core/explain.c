/* explain.c: see explain.h: gathers. How it is written is explain_write.c's. */
#include "explain.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "explain_parts.h"
#include "run.h"
#include "text.h"

#define TAG_MODALITY 0x00080060U

int explain_open(bool show_values, struct explain **ret_explain)
{
    struct explain *explain = calloc(1, sizeof *explain);
    if (explain == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    explain->show_values = show_values;
    *ret_explain = explain;
    return DCMCHAIN_OK;
}

static void said_free(struct explain_said *said)
{
    for (size_t i = 0; i < EXPLAIN_TEXTS; i++) {
        free(said->texts[i]);
    }
}

void explain_free(struct explain *explain)
{
    if (explain == NULL) {
        return;
    }
    for (size_t i = 0; i < explain->count; i++) {
        struct explain_entry *entry = &explain->entries[i];
        for (size_t k = 0; k < entry->count; k++) {
            said_free(&entry->said[k]);
        }
        free(entry->said);
        free(entry->path);
        free(entry->value);
    }
    free(explain->entries);
    free(explain);
}

/* "(0040,A730)[0]/(0040,A123)". items: whether its steps have numbers. */
static char *path_text(const struct dcmchain_step *steps, uint32_t depth, uint32_t tag, bool items)
{
    struct text text = TEXT_EMPTY;
    for (uint32_t i = 0; i < depth; i++) {
        text_printf(&text, "(%04X,%04X)", steps[i].tag >> 16, steps[i].tag & 0xFFFFU);
        if (items) {
            text_printf(&text, "[%u]", steps[i].item_index);
        }
        text_append(&text, "/");
    }
    text_printf(&text, "(%04X,%04X)", tag >> 16, tag & 0xFFFFU);
    return text_take(&text);
}

/* Takes the path over. NULL: out of memory, which is remembered. */
static struct explain_entry *add_entry(struct explain *explain, char *path, uint32_t tag, uint16_t vr)
{
    if ((explain->count & (explain->count - 1)) == 0) { /* a power of two, or 0: the array is full */
        size_t room = explain->count == 0 ? 1 : explain->count * 2;
        struct explain_entry *more = path == NULL ? NULL : realloc(explain->entries, room * sizeof *more);
        if (more == NULL) {
            free(path);
            explain->failed = true;
            return NULL;
        }
        explain->entries = more;
    }
    struct explain_entry *entry = &explain->entries[explain->count++];
    *entry = (struct explain_entry){.path = path, .tag = tag, .vr = vr};
    explain->failed = explain->failed || path == NULL;
    explain->current = entry;
    return entry;
}

static char *copy(struct explain *explain, const char *text)
{
    char *owned = text == NULL ? NULL : strdup(text);
    explain->failed = explain->failed || (owned == NULL && text != NULL);
    return owned;
}

static void add_said(struct explain *explain, struct explain_entry *entry, bool done,
                     const char *const texts[EXPLAIN_TEXTS])
{
    struct explain_said *more = realloc(entry->said, (entry->count + 1) * sizeof *more);
    if (more == NULL) {
        explain->failed = true;
        return;
    }
    entry->said = more;
    struct explain_said *said = &entry->said[entry->count++];
    said->done = done;
    for (size_t i = 0; i < EXPLAIN_TEXTS; i++) {
        said->texts[i] = copy(explain, texts[i]);
    }
}

void explain_answer(struct explain *explain, const char *stage_id, const char *action, const char *rule)
{
    if (explain->current != NULL) {
        add_said(explain, explain->current, false, (const char *const[]){stage_id, action, rule, NULL, NULL});
    }
}

/* Changes come in the order of the elements, so the search goes on where the last one ended. */
static struct explain_entry *find_entry(struct explain *explain, const char *path)
{
    for (size_t i = 0; i < explain->count; i++) {
        size_t at = (explain->cursor + i) % explain->count;
        if (strcmp(explain->entries[at].path, path) == 0) {
            explain->cursor = at;
            return &explain->entries[at];
        }
    }
    return NULL;
}

static const char *masked(const struct explain *explain, const char *value)
{
    return value == NULL || value[0] == '\0' || explain->show_values ? value : "****";
}

void explain_change(struct explain *explain, const char *stage_id, const struct dcmchain_position *position,
                    uint32_t tag, const char *action, const char *rule, const char *before, const char *after)
{
    static const struct dcmchain_position top = {0};
    const struct dcmchain_position *at = position == NULL ? &top : position;
    char *path = path_text(at->steps, at->depth, tag, true);
    struct explain_entry *entry = path == NULL || explain->failed ? NULL : find_entry(explain, path);
    if (entry == NULL) {
        entry = add_entry(explain, path, tag, 0);
    } else {
        free(path);
    }
    if (entry == NULL) {
        return;
    }
    add_said(explain, entry, true,
             (const char *const[]){stage_id, action == NULL ? "" : action, rule == NULL ? "" : rule,
                                   masked(explain, before), masked(explain, after)});
}

/* ---- asking ---- */

static int ask(struct run *run, const struct dcmchain_subject *subject)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < run->context_count && result == DCMCHAIN_OK; i++) {
        struct dcmchain_context *context = &run->contexts[i];
        struct call call;
        if (context->entry->stage.explain == NULL) {
            continue;
        }
        call_begin(&call, context, NULL, NULL, NULL);
        result = context->entry->stage.explain(context, context->handle, subject);
        call_end(&call);
    }
    return result;
}

int explain_subject(struct explain *explain, struct run *run, const struct dcmchain_subject *subject)
{
    char *path = path_text(subject->steps, subject->depth, subject->tag, false);
    if (add_entry(explain, path, subject->tag, subject->vr) == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    return ask(run, subject);
}

struct listing {
    struct explain *explain;
    struct run *run;
    const char *sop_class_uid;
    const char *modality;
    bool in_meta;
};

static int list_element(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    const struct listing *listing = closure;
    AUTO_FREE char *creator = NULL;
    AUTO_FREE char *value = NULL;
    const uint32_t tag = dcmchain_element_tag(element);
    if (DCMCHAIN_TAG_ELEMENT(tag) == 0) {
        return DCMCHAIN_VISIT_NEXT; /* group lengths are no element of ours: the core writes none */
    }
    if (dcmchain_element_private_creator(element, &creator) != DCMCHAIN_OK) {
        creator = NULL;
    }
    struct explain_entry *entry =
        add_entry(listing->explain, path_text(position->steps, position->depth, tag, true), tag,
                  dcmchain_element_vr(element));
    if (entry == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (listing->explain->show_values && dcmchain_element_get_text(element, &value) == DCMCHAIN_OK) {
        entry->value = copy(listing->explain, value);
    }
    const struct dcmchain_subject subject = {.struct_size = sizeof subject,
                                             .tag = tag,
                                             .vr = dcmchain_element_vr(element),
                                             .in_meta = listing->in_meta ? 1 : 0,
                                             .depth = position->depth,
                                             .steps = position->steps,
                                             .sop_class_uid = listing->sop_class_uid,
                                             .modality = listing->modality,
                                             .private_creator = creator == NULL ? "" : creator,
                                             .element = element,
                                             .item = position->item};
    return ask(listing->run, &subject);
}

/* The pixel element is none of the data set; it is copied from the source. */
static void list_pixels(struct explain *explain, const dcmchain_dataset *dataset)
{
    struct dcmchain_pixel_info info;
    dcmchain_dataset_pixel_info(dataset, &info);
    if (info.tag != 0 && add_entry(explain, path_text(NULL, 0, info.tag, true), info.tag, info.vr) != NULL) {
        explain_answer(explain, "", "keep", "pixel data is copied from the source");
    }
}

int explain_dataset(struct explain *explain, struct run *run, dcmchain_dataset *dataset,
                    const char *sop_class_uid)
{
    AUTO_FREE char *modality = NULL;
    explain->of_file = true;
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    if (dcmchain_item_get_text(root, TAG_MODALITY, &modality) != DCMCHAIN_OK) {
        modality = NULL;
    }
    struct listing listing = {explain, run, sop_class_uid, modality == NULL ? "" : modality, true};
    int result = dcmchain_item_walk(dcmchain_dataset_meta(dataset), 1, list_element, &listing);
    if (result == DCMCHAIN_OK) {
        listing.in_meta = false;
        result = dcmchain_item_walk(root, 0, list_element, &listing);
    }
    if (result == DCMCHAIN_OK) {
        list_pixels(explain, dataset);
    }
    explain->current = NULL;
    return explain->failed ? DCMCHAIN_E_MEMORY : result;
}

void dcmchain_explain(dcmchain_context *context, const char *action, const char *rule)
{
    if (context->run->explain != NULL) {
        explain_answer(context->run->explain, context->entry->id, action, rule);
    }
}
