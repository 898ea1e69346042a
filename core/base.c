/* base.c: version, freeing, and the texts of result codes (base.h). */
#include "dcmchain/base.h"

#include <stdlib.h>

const char *dcmchain_version(void)
{
    return DCMCHAIN_VERSION;
}

void dcmchain_free(void *memory)
{
    free(memory);
}

const char *dcmchain_result_text(int result)
{
    switch (result) {
    case DCMCHAIN_OK:
        return "done";
    case DCMCHAIN_DROP:
        return "dropped";
    case DCMCHAIN_E_ABSENT:
        return "there is no such thing";
    case DCMCHAIN_E_TYPE:
        return "the value representation does not hold this kind of value";
    case DCMCHAIN_E_INVALID:
        return "the value is not valid";
    case DCMCHAIN_E_RANGE:
        return "it is outside a limit";
    case DCMCHAIN_E_MEMORY:
        return "out of memory";
    case DCMCHAIN_E_CHARSET:
        return "the character set in force does not hold this text";
    case DCMCHAIN_E_TAKEN:
        return "the name is taken";
    case DCMCHAIN_E_CONFIG:
        return "the pipeline description or settings are wrong";
    case DCMCHAIN_E_USAGE:
        return "the call does not fit its options";
    case DCMCHAIN_E_RESIDUAL:
        return "a residual identifier was found";
    case DCMCHAIN_E_IO:
        return "the operating system refused";
    default:
        return "failed";
    }
}
