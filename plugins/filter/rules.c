/* rules.c: see rules.h. The shipped drops are written in the language that the setting `rules` takes. */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RULES 1024
#define MAX_NAME_BYTES 100U

/* Devices mark what they draw in Image Type (value 3 on); where they do not, in the description. Reports have
 * descriptions like these too, so it counts for images alone. */
#define SCREEN_TYPE                                                                                          \
    "(?i)^(screen ?saved?|screen ?shots?|screen ?captures?|screen|screen ?dump|work ?sheet|snapshot|"        \
    "csa report|dose[ _]info|dose ?report|report|result table|graph|form|document)$"
#define SCREEN_DESCRIPTION                                                                                   \
    "(?i)\\\\b(screen[ _-]?(save|shot|capture|dump)s?|work[ _-]?sheets?|snap ?shots?|dose[ "                 \
    "_-]?(report|info)|"                                                                                     \
    "patient[ _-]?protocol|exam[ _-]?protocol|protocol[ _-]?page|scanned (document|form)s?)\\\\b"
#define NOT_PROTECTED "{\"not\": {\"sop_class\": \"never-by-class\"}}"

static const struct {
    const char *reason;
    const char *when;
} shipped[] = {
    {"burned-in: Burned In Annotation is YES",
     "{\"attribute\": \"BurnedInAnnotation\", \"equals\": \"YES\"}"},
    {"encapsulated: an encapsulated document",
     "{\"any\": [{\"sop_class\": \"encapsulated\"}, {\"attribute\": \"EncapsulatedDocument\", \"present\": "
     "true}]}"},
    {"secondary-capture: a secondary capture or scanned document",
     "{\"all\": [" NOT_PROTECTED ", {\"any\": [{\"sop_class\": \"secondary-capture\"},"
     "{\"attribute\": \"ConversionType\", \"equals\": [\"SD\", \"DF\", \"DV\"]},"
     "{\"attribute\": \"Modality\", \"equals\": \"DOC\"}]}]}"},
    {"screen-capture: a screen capture, worksheet or drawn report",
     "{\"all\": [" NOT_PROTECTED ", {\"any\": [{\"attribute\": \"ImageType\", \"matches\": \"" SCREEN_TYPE
     "\"},"
     "{\"attribute\": \"SeriesDescription\", \"matches\": \"" SCREEN_DESCRIPTION "\"}]}]}"},
    {"slide-label: the label or overview image of a slide",
     "{\"any\": [{\"all\": [{\"sop_class\": \"whole-slide\"}, {\"attribute\": \"ImageType\", \"equals\": "
     "[\"LABEL\","
     "\"OVERVIEW\"]}]}, {\"attribute\": \"SpecimenLabelInImage\", \"equals\": \"YES\"}]}"},
    {"raw-data: raw data", "{\"sop_class\": \"raw-data\"}"},
    {"private-class: a private SOP class", "{\"not\": {\"sop_class\": \"standard\"}}"},
    {"audio: a voice or audio recording", "{\"sop_class\": \"audio\"}"},
    {"video: a video, which can hold sound",
     "{\"any\": [{\"sop_class\": \"video\"}, {\"attribute\": "
     "\"MultiplexedAudioChannelsDescriptionCodeSequence\","
     "\"present\": true}, {\"attribute\": \"TransferSyntaxUID\", \"matches\": "
     "\"^1\\\\.2\\\\.840\\\\.10008\\\\.1\\\\.2\\\\.4\\\\.10[0-8](\\\\.1)?$\"}]}"},
    {"photograph: a photograph", "{\"any\": [{\"sop_class\": \"photograph\"}, {\"all\": [" NOT_PROTECTED
                                 ", {\"attribute\": \"Modality\", \"equals\": \"XC\"}]}]}"},
    {"overlay-in-pixels: an overlay plane stands in the pixel data",
     "{\"all\": [{\"attribute\": \"60xx,0102\", \"present\": true}, {\"attribute\": \"60xx,0102\", "
     "\"above\": 0}]}"},
};

const char *const shipped_drop_choices[] = {"none",
                                            "burned-in",
                                            "encapsulated",
                                            "secondary-capture",
                                            "screen-capture",
                                            "slide-label",
                                            "raw-data",
                                            "private-class",
                                            "audio",
                                            "video",
                                            "photograph",
                                            "overlay-in-pixels",
                                            NULL};

static int add(dcmchain_context *context, struct rules *rules, const char *reason, const cJSON *when,
               bool quarantine, const char *where)
{
    char problem[300] = "";
    struct rule *rule = &rules->rules[rules->count];
    int result = condition_parse(when, &rule->when, problem, sizeof problem);
    if (result == DCMCHAIN_E_CONFIG) {
        return dcmchain_error(context, "%s: %s", where, problem);
    }
    rule->reason = strdup(reason);
    rule->quarantine = quarantine;
    rules->count++;
    return result == DCMCHAIN_OK && rule->reason != NULL ? DCMCHAIN_OK
                                                         : dcmchain_error(context, "out of memory");
}

static int add_shipped(dcmchain_context *context, struct rules *rules, uint64_t drop)
{
    int result = DCMCHAIN_OK;
    if ((drop & 1U) != 0 && drop != 1U) {
        return dcmchain_error(context, "setting 'drop': 'none' goes with no other name");
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < sizeof shipped / sizeof shipped[0]; i++) {
        if ((drop >> (i + 1) & 1U) != 0) {
            cJSON *when = cJSON_Parse(shipped[i].when);
            result = add(context, rules, shipped[i].reason, when, false, shipped_drop_choices[i + 1]);
            cJSON_Delete(when);
        }
    }
    return result;
}

static int add_own(dcmchain_context *context, struct rules *rules, const cJSON *json, int number)
{
    char where[64];
    (void)snprintf(where, sizeof where, "setting 'rules': rule %d", number);
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(json, "name");
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(json, "when");
    const cJSON *action = cJSON_GetObjectItemCaseSensitive(json, "action");
    if (!cJSON_IsObject(json) || !cJSON_IsString(name) || name->valuestring[0] == '\0' ||
        strlen(name->valuestring) > MAX_NAME_BYTES) {
        return dcmchain_error(context, "%s: expected an object with a \"name\" of at most %u bytes", where,
                              MAX_NAME_BYTES);
    }
    bool quarantine = cJSON_IsString(action) && strcmp(action->valuestring, "quarantine") == 0;
    if (!quarantine && !(cJSON_IsString(action) && strcmp(action->valuestring, "drop") == 0)) {
        return dcmchain_error(context, "%s: \"action\" is one of 'drop', 'quarantine'", where);
    }
    if (when == NULL || cJSON_GetArraySize(json) != 3) {
        return dcmchain_error(context, "%s: expected \"name\", \"when\" and \"action\", and nothing else",
                              where);
    }
    return add(context, rules, name->valuestring, when, quarantine, where);
}

int rules_open(dcmchain_context *context, const struct filter_config *config, struct rules **ret_rules)
{
    cJSON *own = config->rules == NULL ? NULL : cJSON_Parse(config->rules);
    if (config->rules != NULL && own == NULL) {
        return dcmchain_error(context, "out of memory"); /* the core has parsed it before */
    }
    int count = own == NULL ? 0 : cJSON_GetArraySize(own);
    if (own != NULL && (!cJSON_IsArray(own) || count > MAX_RULES)) {
        cJSON_Delete(own);
        return dcmchain_error(context, "setting 'rules': expected an array of at most %d rules", MAX_RULES);
    }
    struct rules *rules = calloc(1, sizeof *rules);
    if (rules != NULL) {
        rules->rules = calloc(sizeof shipped / sizeof shipped[0] + (size_t)count, sizeof *rules->rules);
    }
    const bool room = rules != NULL && rules->rules != NULL;
    int result = room ? add_shipped(context, rules, config->drop) : dcmchain_error(context, "out of memory");
    for (int i = 0; room && result == DCMCHAIN_OK && i < count; i++) {
        result = add_own(context, rules, cJSON_GetArrayItem(own, i), i + 1);
    }
    cJSON_Delete(own);
    if (result != DCMCHAIN_OK) {
        rules_free(rules);
        return result;
    }
    *ret_rules = rules;
    return DCMCHAIN_OK;
}

void rules_free(struct rules *rules)
{
    for (size_t i = 0; rules != NULL && i < rules->count; i++) {
        free(rules->rules[i].reason);
        condition_free(rules->rules[i].when);
    }
    if (rules != NULL) {
        free(rules->rules);
        free(rules);
    }
}

int rules_find(const struct rules *rules, dcmchain_instance *instance, const struct rule **ret_rule)
{
    for (size_t i = 0; i < rules->count; i++) {
        bool holds = false;
        int result = condition_holds(rules->rules[i].when, instance, &holds);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (holds) {
            *ret_rule = &rules->rules[i];
            return DCMCHAIN_OK;
        }
    }
    *ret_rule = NULL;
    return DCMCHAIN_OK;
}
