/* concepts.c: reads the list of concept names and finds one. A code counts under the designators that its
 * scheme has had; a meaning counts whatever its case, blanks and marks. It must not guess from part of
 * either. */
#include "concepts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dcmchain/base.h"
#include "embedded.h"
#include "fold.h"

struct concept {
    const char *scheme; /* "*": by meaning alone; in the list's own text */
    const char *code;
    char *meaning; /* folded */
    uint32_t attribute;
};

struct concepts {
    char *text;
    struct concept *all;
    size_t count;
};

/* SNOMED has had several designators in DICOM (PS3.16 table 8-1). */
static const char *scheme_now(const char *scheme)
{
    return strcmp(scheme, "SNM3") == 0 || strcmp(scheme, "99SDM") == 0 ? "SRT" : scheme;
}

static int fold_meaning(const char *meaning, char **ret_folded)
{
    struct folded folded = {NULL, NULL, 0};
    const int result = fold_text(meaning, strlen(meaning), &folded);

    if (result < 0) {
        return result;
    }
    free(folded.places);
    *ret_folded = folded.bytes;
    return 0;
}

static int read_row(char *line, struct concept *ret_concept)
{
    char *fields[4] = {NULL, NULL, NULL, NULL};
    char *end = NULL;

    for (size_t at = 0; at < 4; at++) {
        fields[at] = at < 3 ? strsep(&line, ",") : line;
        if (fields[at] == NULL) {
            return DCMCHAIN_E_INVALID;
        }
    }
    *ret_concept = (struct concept){.scheme = fields[0], .code = fields[1]};
    ret_concept->attribute = (uint32_t)strtoul(fields[2], &end, 16);
    if (end != fields[2] + 8 || *end != '\0' || fields[3][0] == '\0') {
        return DCMCHAIN_E_INVALID;
    }
    return fold_meaning(fields[3], &ret_concept->meaning);
}

static int read_list(struct concepts *concepts)
{
    bool header_seen = false;
    size_t lines = 1;
    char *rest = NULL;
    int result = 0;

    for (const char *at = concepts->text; *at != '\0'; at++) {
        lines += *at == '\n' ? 1U : 0U;
    }
    concepts->all = calloc(lines, sizeof *concepts->all);
    if (concepts->all == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (char *line = strtok_r(concepts->text, "\n", &rest); line != NULL && result == 0;
         line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#') {
            continue;
        }
        if (header_seen) {
            result = read_row(line, &concepts->all[concepts->count]);
            concepts->count += result == 0 ? 1U : 0U;
        }
        header_seen = true;
    }
    return result;
}

int concepts_open(struct concepts **ret_concepts)
{
    struct concepts *concepts = calloc(1, sizeof *concepts);
    int result = DCMCHAIN_E_MEMORY;

    if (concepts == NULL) {
        return result;
    }
    concepts->text = strdup((const char *)embedded_concepts_csv);
    if (concepts->text != NULL) {
        result = read_list(concepts);
    }
    if (result < 0) {
        concepts_free(concepts);
        return result;
    }
    *ret_concepts = concepts;
    return 0;
}

void concepts_free(struct concepts *concepts)
{
    if (concepts == NULL) {
        return;
    }
    for (size_t at = 0; at < concepts->count; at++) {
        free(concepts->all[at].meaning);
    }
    free(concepts->all);
    free(concepts->text);
    free(concepts);
}

uint32_t concepts_find(const struct concepts *concepts, const char *scheme, const char *code,
                       const char *meaning)
{
    const char *now = scheme_now(scheme);
    AUTO_FREE char *folded = NULL;

    for (size_t at = 0; at < concepts->count; at++) {
        if (strcmp(concepts->all[at].code, code) == 0 && strcmp(concepts->all[at].scheme, now) == 0) {
            return concepts->all[at].attribute;
        }
    }
    if (meaning[0] == '\0' || fold_meaning(meaning, &folded) < 0 || folded[0] == '\0') {
        return 0;
    }
    for (size_t at = 0; at < concepts->count; at++) {
        if (strcmp(concepts->all[at].meaning, folded) == 0) {
            return concepts->all[at].attribute;
        }
    }
    return 0;
}
