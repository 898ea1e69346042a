/* kept.c: see kept.h. */
#include "kept.h"

#include "cleanup.h"
#include "text.h"

/* In the order of DCMCHAIN_IDENTITY_NAME … */
static const char *const names[DCMCHAIN_IDENTITY_CLASSES - 1] = {
    "name",   "id",          "accession", "date",   "birth-date", "uid",
    "person", "institution", "address",   "device", "site"};

static char *list_classes(uint64_t classes)
{
    struct text text = TEXT_EMPTY;
    const char *separator = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((classes >> i & 1U) != 0) {
            text_printf(&text, "%s%s", separator, names[i]);
            separator = ", ";
        }
    }
    return text_take(&text);
}

static int complain(struct run *run, const struct pipeline_stage *entry, uint64_t kept, uint64_t passed)
{
    AUTO_FREE char *stopped = list_classes(kept & ~passed);
    AUTO_FREE char *unasked = list_classes(passed & ~kept);
    if (stopped == NULL || unasked == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (stopped[0] != '\0') {
        run->problem =
            text_format("stage '%s': it would stop every study, since other stages keep on purpose what it "
                        "does not let pass: %s: let it pass here, too, or keep it nowhere",
                        entry->id, stopped);
    } else {
        run->problem = text_format(
            "stage '%s': it lets pass what no stage keeps on purpose: %s: take it out here, or let a stage "
            "keep it",
            entry->id, unasked);
    }
    return DCMCHAIN_FAIL;
}

int kept_compare(struct run *run)
{
    uint64_t kept = 0;
    for (size_t i = 0; i < run->context_count; i++) {
        const struct pipeline_stage *entry = run->contexts[i].entry;
        kept |= entry->stage.keeps == NULL ? 0 : entry->stage.keeps(entry->config);
    }
    for (size_t i = 0; i < run->context_count; i++) {
        const struct pipeline_stage *entry = run->contexts[i].entry;
        uint64_t passed = entry->stage.passes == NULL ? kept : entry->stage.passes(entry->config);
        if (passed != kept) {
            return complain(run, entry, kept, passed);
        }
    }
    return DCMCHAIN_OK;
}
