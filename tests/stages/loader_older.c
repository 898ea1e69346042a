/* loader_older.c: a stage whose struct ends with study_open, as one of an earlier header would; what lies
 * behind it in memory is no callback. */
#include <dcmchain/stage.h>
#include <string.h>

static int study_open(dcmchain_context *context, const struct dcmchain_scope *scope, void **ret_study)
{
    (void)context;
    (void)scope;
    *ret_study = NULL;
    return DCMCHAIN_OK;
}

#define OLDER_SIZE offsetof(struct dcmchain_stage, series_open)

static union {
    struct dcmchain_stage stage;
    unsigned char bytes[sizeof(struct dcmchain_stage)];
} memory;

__attribute__((constructor)) static void fill(void)
{
    memset(memory.bytes, 0xAA, sizeof memory.bytes);
    memset(memory.bytes, 0, OLDER_SIZE);
    memory.stage.struct_size = OLDER_SIZE;
    memory.stage.abi = DCMCHAIN_STAGE_ABI;
    memory.stage.name = "loader-older";
    memory.stage.version = "0.0.1";
    memory.stage.summary = "ends early";
    memory.stage.study_open = study_open;
}

const struct dcmchain_stage *dcmchain_stage_entry(void)
{
    return &memory.stage;
}
