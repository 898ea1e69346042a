/* loader_abi.c: a stage of an ABI that does not exist yet. */
#include <dcmchain/stage.h>

static const struct dcmchain_stage stage = {
    .struct_size = sizeof stage,
    .abi = 4711,
    .name = "loader-abi",
    .version = "0.1.0",
    .summary = "was built for another ABI",
};

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &stage;
}
