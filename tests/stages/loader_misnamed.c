/* loader_misnamed.c: a stage in a file of another name. */
#include <dcmchain/stage.h>

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = DCMCHAIN_STAGE_ABI,
    .name = "another-name",
    .version = "0.1.0",
    .summary = "lies in a file of another name",
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
