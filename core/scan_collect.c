/* scan_collect.c: what the scan takes out of a file's elements while the walker goes by: UIDs, numbers, some
 * source values, and the identity at every depth. It keeps raw bytes until the file has ended, since the
 * character set in force may stand after what it governs. It must not read the file itself. */
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "cleanup.h"
#include "scan_opaque.h"
#include "scan_parts.h"
#include "scan_value.h"

#define TAG_CHARACTER_SET 0x00080005U
#define TAG_TEXT_VALUE 0x0040A160U
#define NO_SCOPE UINT32_MAX
#define EXPECTED_VALUES 60U                    /* of an image of two hundred elements */
#define DIRECTORY_CLASS "1.2.840.10008.1.3.10" /* Media Storage Directory Storage */

/* A raw value in the arena. */
struct raw {
    size_t offset;
    size_t length;
    uint32_t class_id; /* of an identity value */
    uint32_t tag;
    uint32_t scope; /* whose character set is in force; NO_SCOPE: the default repertoire */
    uint16_t vr;
    bool present;
};

/* An item (or the root, scope 0) that holds a character set or a value that needs one. */
struct scope {
    uint32_t parent;
    bool has_terms;
    size_t terms; /* arena offset, NUL-terminated */
    struct charset *charset;
    bool opened;
};

struct collector {
    char *arena;
    size_t used;
    size_t capacity;
    struct raw *pending; /* identity values that are not plain ASCII */
    size_t pending_count;
    size_t pending_capacity;
    struct scope *scopes;
    size_t scope_count;
    size_t scope_capacity;
    uint32_t scope_at[LIMIT_DEPTH + 2]; /* of the open item at each depth, NO_SCOPE: none yet */
    uint32_t concept_at[LIMIT_DEPTH +
                        2]; /* the attribute that the open item of a depth means by its concept, 0: none */
    struct raw attributes[SCAN_ATTRIBUTES];
    struct raw sop_class; /* these three: the instance's alone */
    struct raw sop_uid;
    struct raw number;
    struct raw media_class; /* Media Storage SOP Class UID */
    struct identity *identity;
    struct scan_opaque *opaque;  /* NULL: not needed yet */
    struct walker_visitor inner; /* of what stands in there */
    bool saw_uids;
    bool too_long; /* an identifying value was not shown */
    int result;    /* of the identity: E_RANGE is told at the end */
};

/* Where the top-level value of a tag is kept; NULL: it is not. */
static struct raw *place_of(struct collector *collector, uint32_t tag)
{
    const int index = scan_attribute_index(tag);
    return index >= 0          ? &collector->attributes[index]
           : tag == 0x00080016 ? &collector->sop_class
           : tag == 0x00080018 ? &collector->sop_uid
           : tag == 0x00200013 ? &collector->number
                               : NULL;
}

/* ---- storage ---- */

static int grow(void *array, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) {
        return DCMCHAIN_OK;
    }
    size_t more = *capacity == 0 ? 16 : *capacity * 2;
    void *bytes = NULL;
    memcpy(&bytes, array, sizeof bytes);
    bytes = realloc(bytes, more * size);
    if (bytes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    memcpy(array, &bytes, sizeof bytes);
    *capacity = more;
    return DCMCHAIN_OK;
}

/* Copies bytes to the arena, with a NUL after them. */
static int keep(struct collector *collector, const void *bytes, size_t length, size_t *ret_offset)
{
    if (collector->capacity - collector->used <= length) {
        size_t capacity = (collector->capacity + length + 1024) * 2;
        char *arena = realloc(collector->arena, capacity);
        if (arena == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        collector->arena = arena;
        collector->capacity = capacity;
    }
    *ret_offset = collector->used;
    if (length > 0) {
        memcpy(collector->arena + collector->used, bytes, length);
    }
    collector->used += length;
    collector->arena[collector->used++] = '\0';
    return DCMCHAIN_OK;
}

static int keep_raw(struct collector *collector, const struct walker_element *element, struct raw *ret_raw)
{
    struct raw raw = {
        .length = element->value == NULL ? 0 : element->length,
        .tag = element->tag,
        .vr = element->vr,
        .present = true,
    };
    int result = keep(collector, element->value, raw.length, &raw.offset);
    if (result == DCMCHAIN_OK) {
        *ret_raw = raw;
    }
    return result;
}

int collector_open(struct collector **ret_collector)
{
    struct collector *collector = calloc(1, sizeof *collector);
    if (collector == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    memset(collector->scope_at, 0xFF, sizeof collector->scope_at);
    int result = identity_open(EXPECTED_VALUES, &collector->identity);
    if (result != DCMCHAIN_OK) {
        free(collector);
        return result;
    }
    *ret_collector = collector;
    return DCMCHAIN_OK;
}

void collector_free(struct collector *collector)
{
    if (collector == NULL) {
        return;
    }
    for (size_t i = 0; i < collector->scope_count; i++) {
        charset_free(collector->scopes[i].charset);
    }
    free(collector->scopes);
    free(collector->pending);
    free(collector->arena);
    identity_free(collector->identity);
    scan_opaque_free(collector->opaque);
    free(collector);
}

/* ---- the walk ---- */

/* The scope of a depth; outer ones are made first, so that a parent comes before its children. */
static int need_scope(struct collector *collector, uint32_t depth, uint32_t *ret_scope)
{
    uint32_t parent = NO_SCOPE;
    for (uint32_t d = 0; d <= depth; d++) {
        if (collector->scope_at[d] == NO_SCOPE) {
            if (grow(&collector->scopes, &collector->scope_capacity, collector->scope_count,
                     sizeof *collector->scopes) != DCMCHAIN_OK) {
                return DCMCHAIN_E_MEMORY;
            }
            collector->scopes[collector->scope_count] = (struct scope){.parent = parent};
            collector->scope_at[d] = (uint32_t)collector->scope_count++;
        }
        parent = collector->scope_at[d];
    }
    *ret_scope = parent;
    return DCMCHAIN_OK;
}

static int take_character_set(struct collector *collector, const struct walker_element *element)
{
    uint32_t scope = 0;
    size_t terms = 0;
    int result = need_scope(collector, element->depth, &scope);
    if (result == DCMCHAIN_OK) {
        result = keep(collector, element->value, element->value == NULL ? 0 : element->length, &terms);
    }
    if (result == DCMCHAIN_OK) {
        collector->scopes[scope].has_terms = true;
        collector->scopes[scope].terms = terms;
    }
    return result;
}

/* A value of the wrong VR is still read where its tag says what it is; UN of a public tag as the dictionary
 * has it (PS3.5 6.2.2). */
static uint32_t class_of(const struct walker_element *element, uint16_t *ret_vr)
{
    uint16_t vr = element->vr;
    bool opaque = vr == DCMCHAIN_VR_UN || vr == DCMCHAIN_VR_OB;
    if (opaque && DCMCHAIN_TAG_GROUP(element->tag) % 2 == 0) {
        uint16_t known = dcmchain_tag_vr(element->tag);
        vr = known != 0 ? known : vr;
    }
    uint32_t class_id = identity_class(element->tag, vr);
    if (class_id == 0) {
        class_id = scan_class_in_code(element);
    }
    *ret_vr = vr;
    return dcmchain_vr_is_text(vr) || opaque ? class_id : 0;
}

static int take_identity(struct collector *collector, const struct walker_element *element, uint32_t class_id,
                         uint16_t vr)
{
    if (element->value == NULL) {
        collector->too_long = collector->too_long || element->length > LIMIT_WALKER_VALUE_BYTES;
        return DCMCHAIN_OK;
    }
    if (scan_is_plain(element->value, element->length)) {
        int result = scan_add_values(collector->identity, class_id, element->tag, vr,
                                     (const char *)element->value, element->length);
        if (result == DCMCHAIN_E_RANGE) {
            collector->result = result;
            return DCMCHAIN_OK;
        }
        return result;
    }
    struct raw raw;
    int result = grow(&collector->pending, &collector->pending_capacity, collector->pending_count,
                      sizeof *collector->pending);
    if (result == DCMCHAIN_OK) {
        result = keep_raw(collector, element, &raw);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    raw.vr = vr;
    raw.class_id = class_id;
    raw.scope = NO_SCOPE;
    if (!element->in_meta) {
        result = need_scope(collector, element->depth, &raw.scope);
    }
    collector->pending[collector->pending_count++] = raw;
    return result;
}

static int take_element(struct collector *collector, const struct walker_element *element)
{
    int result = DCMCHAIN_OK;
    if (element->in_meta) {
        if (element->tag == 0x00020002) {
            result = keep_raw(collector, element, &collector->media_class);
        }
    } else if (element->tag == TAG_CHARACTER_SET) {
        return take_character_set(collector, element);
    } else if (element->depth == 0) {
        struct raw *place = place_of(collector, element->tag);
        if (place != NULL) {
            result = keep_raw(collector, element, place);
            collector->saw_uids = collector->saw_uids || element->tag == 0x0020000D ||
                                  element->tag == 0x0020000E || element->tag == 0x00080018;
        }
    }
    uint16_t vr = 0;
    uint32_t class_id = element->length == 0 ? 0 : class_of(element, &vr);
    uint32_t concept = 0;
    if (scan_concept_in(element, &concept)) {
        collector->concept_at[element->depth - 1] = concept;
    }
    if (element->tag == TAG_TEXT_VALUE && collector->concept_at[element->depth] != 0) {
        struct walker_element meant = *element;
        meant.tag = collector->concept_at[element->depth];
        class_id = identity_class(meant.tag, dcmchain_tag_vr(meant.tag));
        if (result == DCMCHAIN_OK && class_id != 0) {
            return take_identity(collector, &meant, class_id, DCMCHAIN_VR_UT);
        }
    }
    if (result == DCMCHAIN_OK && class_id != 0) {
        result = take_identity(collector, element, class_id, vr);
    }
    return result;
}

static int on_item_start(void *closure, uint32_t depth)
{
    struct collector *collector = closure;
    if (depth < sizeof collector->scope_at / sizeof collector->scope_at[0]) {
        collector->scope_at[depth] = NO_SCOPE;
        collector->concept_at[depth] = 0;
    }
    return DCMCHAIN_OK;
}

static int on_inner_element(void *closure, const struct walker_element *element)
{
    return take_element(closure, element);
}

/* What does not say that it is a sequence may be one. */
static int on_piece(void *closure, const struct walker_element *element, uint64_t offset,
                    const uint8_t *bytes, size_t length)
{
    static const uint8_t item[] = {0xFE, 0xFF, 0x00, 0xE0};
    struct collector *collector = closure;
    if (offset == 0 && (length < sizeof item || memcmp(bytes, item, sizeof item) != 0)) {
        return WALKER_ENOUGH;
    }
    int result = collector->opaque == NULL ? scan_opaque_open(&collector->opaque) : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && offset == 0) {
        collector->inner = (struct walker_visitor){
            .closure = collector, .element = on_inner_element, .item_start = on_item_start};
        scan_opaque_begin(collector->opaque, element, &collector->inner);
    }
    return result == DCMCHAIN_OK ? scan_opaque_feed(collector->opaque, bytes, length) : result;
}

static int on_element(void *closure, const struct walker_element *element)
{
    const bool opaque = element->vr == DCMCHAIN_VR_UN || element->vr == DCMCHAIN_VR_OB;
    int result = take_element(closure, element);
    if (result == DCMCHAIN_OK && opaque && element->value != NULL) {
        result = on_piece(closure, element, 0, element->value, element->length);
    }
    return result == WALKER_ENOUGH ? DCMCHAIN_OK : result;
}

struct walker_visitor collector_visitor(struct collector *collector)
{
    return (struct walker_visitor){
        .closure = collector, .element = on_element, .item_start = on_item_start, .piece = on_piece};
}

/* ---- after the walk ---- */

/* The character set in force in a scope: its own or that of the nearest scope around it; an unknown one is
 * the default repertoire, whose undecodable bytes are read somehow. */
static struct charset *charset_of(struct collector *collector, uint32_t scope)
{
    while (scope != NO_SCOPE && !collector->scopes[scope].has_terms) {
        scope = collector->scopes[scope].parent;
    }
    if (scope == NO_SCOPE) {
        return NULL;
    }
    struct scope *found = &collector->scopes[scope];
    if (!found->opened) {
        found->opened = true;
        if (charset_open(collector->arena + found->terms, &found->charset) != DCMCHAIN_OK) {
            found->charset = NULL;
        }
    }
    return found->charset;
}

static int add_pending(struct collector *collector, const struct raw *raw)
{
    AUTO_FREE char *text = scan_read_text(charset_of(collector, raw->scope), raw->vr,
                                          collector->arena + raw->offset, raw->length);
    return text == NULL
               ? DCMCHAIN_E_MEMORY
               : scan_add_values(collector->identity, raw->class_id, raw->tag, raw->vr, text, strlen(text));
}

static int read_attribute(struct collector *collector, const struct raw *raw, char **ret_text)
{
    if (!raw->present) {
        *ret_text = NULL;
        return DCMCHAIN_OK;
    }
    uint16_t vr = dcmchain_vr_is_text(raw->vr) ? raw->vr : dcmchain_tag_vr(raw->tag);
    struct charset *charset = charset_of(collector, collector->scope_at[0]);
    char *text = scan_read_text(charset, vr, collector->arena + raw->offset, raw->length);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_text = text;
    return DCMCHAIN_OK;
}

static int take_attributes(struct collector *collector, struct scan_common *common,
                           struct scan_instance *instance)
{
    char *texts[SCAN_ATTRIBUTES] = {NULL};
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < SCAN_ATTRIBUTES && result == DCMCHAIN_OK; i++) {
        result = read_attribute(collector, &collector->attributes[i], &texts[i]);
    }
    if (result == DCMCHAIN_OK) {
        result = scan_keep_attributes(common, instance, texts);
    }
    if (result == DCMCHAIN_OK) {
        AUTO_FREE char *key =
            scan_patient_key(texts[scan_attribute_index(0x00100021)], texts[scan_attribute_index(0x00100020)],
                             texts[scan_attribute_index(0x00100010)], texts[scan_attribute_index(0x00100030)],
                             instance->study_uid);
        instance->patient_key = key == NULL ? NULL : intern_text(&common->texts, key);
        result = instance->patient_key == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    }
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        free(texts[i]);
    }
    return result;
}

static bool take_uid(const struct collector *collector, const struct raw *raw, char ret_uid[SCAN_UID_SIZE])
{
    ret_uid[0] = '\0';
    return raw->present && scan_read_uid(collector->arena + raw->offset, raw->length, ret_uid);
}

/* One that all files of a study or series have. */
static int keep_uid(struct scan_common *common, const char *uid, const char **ret_uid)
{
    const char *kept = intern_text(&common->texts, uid);
    *ret_uid = kept == NULL ? "" : kept;
    return kept == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int take_uids(struct collector *collector, struct scan_common *common, struct scan_instance *instance,
                     const char **ret_problem)
{
    char uid[SCAN_UID_SIZE];
    if (!take_uid(collector, &collector->sop_uid, uid)) {
        *ret_problem = "it has no usable SOP Instance UID";
    }
    const char *own = arena_keep(&common->texts.arena, uid, strlen(uid));
    int result = own == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    instance->sop_uid = own == NULL ? "" : own;
    if (!take_uid(collector, place_of(collector, 0x0020000E), uid)) {
        *ret_problem = "it has no usable Series Instance UID";
    }
    result = result == DCMCHAIN_OK ? keep_uid(common, uid, &instance->series_uid) : result;
    if (!take_uid(collector, place_of(collector, 0x0020000D), uid)) {
        *ret_problem = "it has no usable Study Instance UID";
    }
    result = result == DCMCHAIN_OK ? keep_uid(common, uid, &instance->study_uid) : result;
    if (!take_uid(collector, &collector->sop_class, uid)) {
        (void)take_uid(collector, &collector->media_class, uid);
    }
    return result == DCMCHAIN_OK ? keep_uid(common, uid, &instance->sop_class) : result;
}

bool collector_saw_uids(const struct collector *collector)
{
    return collector->saw_uids;
}

bool collector_is_directory(const struct collector *collector)
{
    char uid[SCAN_UID_SIZE];
    return take_uid(collector, &collector->media_class, uid) && strcmp(uid, DIRECTORY_CLASS) == 0;
}

const struct identity *collector_identity(const struct collector *collector)
{
    return collector->identity;
}

int collector_finish(struct collector *collector, struct scan_common *common, struct scan_instance *instance,
                     const char **ret_problem)
{
    int result = take_uids(collector, common, instance, ret_problem);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    const struct raw *number = &collector->number;
    instance->has_number = number->present && scan_read_integer(collector->arena + number->offset,
                                                                number->length, &instance->number);
    number = place_of(collector, 0x00200011);
    instance->has_series_number =
        number->present &&
        scan_read_integer(collector->arena + number->offset, number->length, &instance->series_number);
    result = take_attributes(collector, common, instance);
    for (size_t i = 0; i < collector->pending_count && result == DCMCHAIN_OK; i++) {
        result = add_pending(collector, &collector->pending[i]);
    }
    if (result == DCMCHAIN_E_RANGE || (result == DCMCHAIN_OK && collector->result == DCMCHAIN_E_RANGE)) {
        *ret_problem = "it has more identifying values than the limit allows";
        return DCMCHAIN_OK;
    }
    if (result == DCMCHAIN_OK && collector->too_long) {
        *ret_problem = "an identifying value is longer than the limit allows";
    }
    return result;
}
