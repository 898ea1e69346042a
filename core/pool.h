/* pool.h: a parallel for over a range of tasks: a few threads that take indices in ascending order.
 * It must not know what a task does, and keeps no threads between calls. */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stddef.h>
#include <stdint.h>

/* Does one task. A non-zero result ends the run: tasks not yet taken are not started. */
typedef int (*pool_function)(void *closure, size_t index);

/* The processors that this process may use, 1 to LIMIT_THREADS: the meaning of 0 threads everywhere. */
uint32_t pool_default_threads(void);

/* Calls function(closure, index) for every index below count, on at most `threads` threads (0:
 * pool_default_threads()), of which the caller's is one. Indices are taken in ascending order: when index n
 * starts, all below n have started. A non-zero *stop (NULL: none) is looked at before each task. Returns,
 * when every started task has ended: 0; the non-zero result of the lowest index that gave one; or
 * DCMCHAIN_FAIL where *stop kept a task from starting. Signals are blocked in the threads it makes. */
int pool_run(uint32_t threads, size_t count, pool_function function, void *closure, const volatile int *stop);

#endif
