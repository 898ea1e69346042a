/* cleanup.h: the cleanup attributes of the stages that share this folder (stages include no core headers).
 * It must not grow into a utility collection. */
#ifndef COMMON_CLEANUP_H
#define COMMON_CLEANUP_H

#include <stdlib.h>

#include "dcmchain/base.h"

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_api(void *pointer)
{
    dcmchain_free(*(void **)pointer);
}

#define AUTO_FREE __attribute__((cleanup(cleanup_free))) /* what malloc() gave */
#define AUTO_API __attribute__((cleanup(cleanup_api)))   /* what a ret_* parameter of dcmchain gave */
#define AUTO(function) __attribute__((cleanup(function)))

#endif
