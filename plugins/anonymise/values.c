/* values.c: splits at backslashes, asks for each value, joins again.
 * It must not touch the bytes of a value that stays. */
#include "values.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dcmchain/base.h"

struct joined {
    char *text;
    size_t length;
    size_t room;
};

static int append(struct joined *joined, const char *bytes, size_t length)
{
    if (joined->text == NULL || joined->length + length + 1 > joined->room) {
        const size_t room = (joined->length + length + 1) * 2;
        char *more = realloc(joined->text, room);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        joined->text = more;
        joined->room = room;
    }
    (void)memcpy(joined->text + joined->length, bytes, length);
    joined->length += length;
    joined->text[joined->length] = '\0';
    return 0;
}

/* What changes is written only from the first value that does. */
int values_change(const char *text, bool several, values_changer changer, void *closure, char **ret_text)
{
    struct joined joined = {NULL, 0, 0};
    const char *at = text;

    for (;;) {
        const size_t length = several ? strcspn(at, "\\") : strlen(at);
        AUTO_FREE char *replaced = NULL;
        int result = changer(closure, at, length, &replaced);
        if (result > 0 && joined.text == NULL) {
            result = append(&joined, text, (size_t)(at - text));
        }
        if (result >= 0 && joined.text != NULL) {
            result =
                replaced != NULL ? append(&joined, replaced, strlen(replaced)) : append(&joined, at, length);
        }
        at += length;
        if (result >= 0 && *at == '\\') {
            at++;
            result = joined.text != NULL ? append(&joined, "\\", 1) : 0;
        } else if (result >= 0) {
            break;
        }
        if (result < 0) {
            free(joined.text);
            return result;
        }
    }
    if (joined.text == NULL) {
        return 0;
    }
    *ret_text = joined.text;
    return 1;
}
