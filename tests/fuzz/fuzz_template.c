/* fuzz_template.c: any text as a path template of the layout stage. */
#include <string.h>

#include "dcmchain/base.h"
#include "fuzz.h"
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct template template = {0};
    char problem[512] = "";
    char *text = malloc(size + 1);
    MUST(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const int result =
        template_parse(text, TEMPLATE_SERIES | TEMPLATE_INSTANCE | TEMPLATE_KIND | TEMPLATE_IMAGES_FOLDER,
                       &template, problem, sizeof problem);
    MUST(result == DCMCHAIN_OK || problem[0] != '\0' || result == DCMCHAIN_E_MEMORY);
    if (result == DCMCHAIN_OK) {
        template_free(&template);
    }
    free(text);
    return 0;
}
