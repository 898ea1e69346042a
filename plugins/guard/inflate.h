/* inflate.h: a deflated data set (PS3.5 A.5) in memory. It must not look at what comes out. Any thread. */
#ifndef GUARD_INFLATE_H
#define GUARD_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/* Owned, free(). *ret_used: deflated bytes read; what is behind them is padding. DCMCHAIN_E_INVALID where the
 * stream is broken, DCMCHAIN_E_RANGE beyond what is held in memory. */
int inflate_all(const uint8_t *bytes, size_t length, uint8_t **ret_bytes, size_t *ret_length,
                size_t *ret_used);

#endif
