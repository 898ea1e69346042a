/* risks.c: see risks.h. */
#include "risks.h"

#include <stdlib.h>

#define HEAD                                                                                                 \
    "(?i)(^|[^\\\\p{L}])(head|brain|skull|face|facial|neuro|cranial|cranium|cerebral|cerebrum|sinus|"        \
    "sinuses|orbit|orbits|"                                                                                  \
    "headneck|kopf|schädel|gehirn|hirn|tête|crâne|cerveau|cabeza|cráneo|cerebro)($|[^\\\\p{L}])"
#define MENTIONS_HEAD(keyword) "{\"attribute\": \"" keyword "\", \"matches\": \"" HEAD "\"}"

static const struct {
    const char *when;
    const char *text;
} shipped[] = {
    {"{\"all\": [{\"any\": [{\"sop_class\": \"ultrasound\"}, {\"attribute\": \"Modality\", \"equals\": "
     "[\"US\", \"IVUS\"]}]},"
     "{\"attribute\": \"BurnedInAnnotation\", \"present\": false}]}",
     "ultrasound that does not say whether text is burned in (Burned In Annotation): look at its pixels"},
    {"{\"all\": [{\"any\": [{\"sop_class\": [\"ct\", \"mr\", \"pet\"]}, {\"attribute\": \"Modality\", "
     "\"equals\": [\"CT\", \"MR\", "
     "\"PT\"]}]}, {\"not\": {\"sop_class\": \"never-by-class\"}},"
     "{\"attribute\": \"RecognizableVisualFeatures\", \"present\": false}, {\"any\": [" MENTIONS_HEAD(
         "BodyPa"
         "rtExam"
         "ined") ", " MENTIONS_HEAD("StudyDescription") ", " MENTIONS_HEAD("SeriesDescription") ","
                                                                                                " " MENTIONS_HEAD(
                                                                                                    "Protocol"
                                                                                                    "Name") "]}]"
                                                                                                            "}",
     "CT, MR or PET of the head that does not say whether a face can be recognised (Recognizable Visual "
     "Features): a "
     "face can be rendered from it"},
};

#define COUNT (sizeof shipped / sizeof shipped[0])

struct risks {
    struct condition *when[COUNT];
};

int risks_open(dcmchain_context *context, struct risks **ret_risks)
{
    struct risks *risks = calloc(1, sizeof *risks);
    char problem[300] = "out of memory";
    int result = risks == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < COUNT; i++) {
        cJSON *json = cJSON_Parse(shipped[i].when);
        result = condition_parse(json, &risks->when[i], problem, sizeof problem);
        cJSON_Delete(json);
    }
    if (result != DCMCHAIN_OK) {
        risks_free(risks);
        return dcmchain_error(context, "a shipped condition: %s", problem);
    }
    *ret_risks = risks;
    return DCMCHAIN_OK;
}

void risks_free(struct risks *risks)
{
    for (size_t i = 0; risks != NULL && i < COUNT; i++) {
        condition_free(risks->when[i]);
    }
    free(risks);
}

int risks_report(const struct risks *risks, dcmchain_context *context, dcmchain_instance *instance)
{
    for (size_t i = 0; i < COUNT; i++) {
        bool holds = false;
        int result = condition_holds(risks->when[i], instance, &holds);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (holds) {
            dcmchain_warn(context, "%s", shipped[i].text);
        }
    }
    return DCMCHAIN_OK;
}
