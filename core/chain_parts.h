/* chain_parts.h: what the files behind chain.h share: the loaded pipeline, and how option structs are taken.
 * Nobody else includes it. */
#ifndef CORE_CHAIN_PARTS_H
#define CORE_CHAIN_PARTS_H

#include <stdbool.h>

#include "dcmchain/chain.h"
#include "log.h"
#include "pipeline.h"
#include "policy.h"

struct dcmchain_chain {
    struct pipeline *pipeline;
    struct log *log;
    char *task_file;
    char policy[POLICY_SIZE];
};

/* Copies what the caller's struct has of ours; the rest stays zero, so that older callers keep working.
 * False: its size is none. */
bool chain_take_options(void *ret_options, size_t size, const void *options, uint32_t struct_size);

#endif
