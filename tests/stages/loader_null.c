/* loader_null.c: an entry function that gives nothing. */
#include <dcmchain/stage.h>

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return NULL;
}
