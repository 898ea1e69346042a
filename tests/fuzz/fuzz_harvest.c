/* fuzz_harvest.c: any text as `.tags` and as task.json: what identifies is taken from it, or it is refused.
 */
#include <string.h>

#include "fuzz.h"
#include "identity.h"
#include "scan_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char study_uid[SCAN_UID_SIZE] = "";
    char series_uid[SCAN_UID_SIZE] = "";
    char *problem = NULL;
    struct identity *identity = NULL;
    bool retain = false;
    char *text = malloc(size + 1);
    MUST(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    MUST(identity_open(0, &identity) == DCMCHAIN_OK);
    int result = scan_harvest_tags(text, size, identity, study_uid, series_uid);
    MUST(strlen(study_uid) < SCAN_UID_SIZE && strlen(series_uid) < SCAN_UID_SIZE);
    result = scan_harvest_task(text, size, identity, &retain, &problem);
    MUST(result != DCMCHAIN_E_INVALID || problem != NULL);
    free(problem);
    free(text);
    identity_free(identity);
    return 0;
}
