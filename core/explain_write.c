/* explain_write.c: the explanation as text for a person, or as NDJSON. Values are masked already. */
#include <string.h>

#include "explain.h"
#include "explain_parts.h"
#include "text.h"

static const char *shown(const char *text)
{
    return text == NULL ? "-" : text[0] == '\0' ? "(empty)" : text;
}

static const char *word(const struct explain_said *said, size_t text)
{
    return said->texts[text] == NULL ? "" : said->texts[text];
}

/* Of the file meta information the core writes these anew, and no stage tells of it. */
static bool is_written_anew(uint32_t tag)
{
    return tag == 0x00020000U || tag == 0x00020003U || tag == 0x00020012U || tag == 0x00020013U;
}

static bool was_changed(const struct explain_entry *entry)
{
    if (is_written_anew(entry->tag)) {
        return true;
    }
    for (size_t i = 0; i < entry->count; i++) {
        if (entry->said[i].done) {
            return true;
        }
    }
    return false;
}

/* What a stage answered counts only until it has acted on the element. */
static bool is_told(const struct explain_entry *entry, size_t index)
{
    for (size_t i = 0; !entry->said[index].done && i < entry->count; i++) {
        if (entry->said[i].done &&
            strcmp(word(&entry->said[i], EXPLAIN_STAGE), word(&entry->said[index], EXPLAIN_STAGE)) == 0) {
            return false;
        }
    }
    return true;
}

/* The sequence above an element that was removed with all below it; NULL: there is none. */
static const struct explain_entry *removed_with(const struct explain *explain, size_t index)
{
    const char *path = explain->entries[index].path;
    for (size_t i = index; i-- > 0;) {
        const struct explain_entry *entry = &explain->entries[i];
        size_t length = strlen(entry->path);
        if (strncmp(path, entry->path, length) != 0 || path[length] != '[') {
            continue;
        }
        for (size_t k = 0; k < entry->count; k++) {
            if (entry->said[k].done && (strcmp(word(&entry->said[k], EXPLAIN_ACTION), "remove") == 0 ||
                                        strcmp(word(&entry->said[k], EXPLAIN_ACTION), "empty") == 0)) {
                return entry;
            }
        }
    }
    return NULL;
}

static void write_head(struct text *text, const struct explain_entry *entry)
{
    const char *keyword = dcmchain_tag_keyword(entry->tag);
    text_printf(text, "%-28s %-2.2s %s\n", entry->path,
                entry->vr == 0 ? "" : (const char[]){(char)(entry->vr >> 8), (char)(entry->vr & 0xFF), '\0'},
                keyword == NULL ? "" : keyword);
}

/* file: whether one was explained, so that an element that nothing was done to stays. */
static void write_entry(struct text *text, const struct explain *explain, size_t index, bool file)
{
    const struct explain_entry *entry = &explain->entries[index];
    const struct explain_entry *above = file ? removed_with(explain, index) : NULL;
    const bool changed = was_changed(entry);
    write_head(text, entry);
    if (above != NULL) {
        text_printf(text, "    %-12s with %s\n", "gone", above->path);
        return;
    }
    if (file && !changed && entry->vr != 0) {
        text_printf(text, "    %-12s %s\n", "unchanged", entry->value == NULL ? "" : entry->value);
    }
    for (size_t i = 0; i < entry->count; i++) {
        const struct explain_said *said = &entry->said[i];
        if (!is_told(entry, i)) {
            continue;
        }
        text_printf(text, "    %-12s ", word(said, EXPLAIN_ACTION));
        if (said->done) {
            text_printf(text, "%s -> %s  ", shown(said->texts[EXPLAIN_BEFORE]),
                        shown(said->texts[EXPLAIN_AFTER]));
        }
        text_printf(text, "[%s%s%s]\n", word(said, EXPLAIN_STAGE),
                    word(said, EXPLAIN_STAGE)[0] == '\0' ? "" : ": ", word(said, EXPLAIN_RULE));
    }
    if (!file && entry->count == 0) {
        text_append(text, "    no stage of this pipeline says anything of it\n");
    }
}

static void write_json(struct text *text, const struct explain *explain, size_t index, bool file)
{
    static const char *const names[EXPLAIN_TEXTS] = {"stage", "action", "rule", "before", "after"};
    const struct explain_entry *entry = &explain->entries[index];
    const struct explain_entry *above = file ? removed_with(explain, index) : NULL;
    bool first = true;
    text_append(text, "{");
    text_json_member(text, "path", entry->path);
    text_printf(text, ",\"tag\":\"%08X\"", entry->tag);
    text_json_member(text, "keyword", dcmchain_tag_keyword(entry->tag));
    text_append(text, ",\"vr\":");
    text_json_string(
        text, entry->vr == 0 ? NULL : (const char[]){(char)(entry->vr >> 8), (char)(entry->vr & 0xFF), '\0'});
    if (file) {
        text_printf(text,
                    ",\"changed\":%s,\"gone_with\":", was_changed(entry) || above != NULL ? "true" : "false");
        text_json_string(text, above == NULL ? NULL : above->path);
        text_json_member(text, "value", entry->value);
    }
    text_append(text, ",\"says\":[");
    for (size_t i = 0; i < entry->count; i++) {
        if (!is_told(entry, i)) {
            continue;
        }
        text_printf(text, "%s{\"done\":%s", first ? "" : ",", entry->said[i].done ? "true" : "false");
        for (size_t k = 0; k < EXPLAIN_TEXTS; k++) {
            text_printf(text, ",\"%s\":", names[k]);
            text_json_string(text, entry->said[i].texts[k]);
        }
        text_append(text, "}");
        first = false;
    }
    text_append(text, "]}\n");
}

char *explain_write(const struct explain *explain, bool json)
{
    struct text text = TEXT_EMPTY;
    text.failed = explain->failed;
    for (size_t i = 0; i < explain->count; i++) {
        if (json) {
            write_json(&text, explain, i, explain->of_file);
        } else {
            write_entry(&text, explain, i, explain->of_file);
        }
    }
    return text_take(&text);
}
