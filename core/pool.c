/* pool.c: see pool.h. It must not start a task out of order, nor return while one runs. */
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "limits.h"

struct pool {
    pthread_mutex_t lock; /* over what follows */
    size_t next;
    size_t failed_index;
    int result;
    bool ended; /* no further task is to start */
    size_t count;
    pool_function function;
    void *closure;
    const volatile int *stop;
};

uint32_t pool_default_threads(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    long processors = 0;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        processors = CPU_COUNT(&set);
    } else {
        processors = sysconf(_SC_NPROCESSORS_ONLN); /* more than CPU_SETSIZE of them */
    }
    if (processors < 1) {
        return 1;
    }
    return processors > (long)LIMIT_THREADS ? LIMIT_THREADS : (uint32_t)processors;
}

static bool take(struct pool *pool, size_t *ret_index)
{
    pthread_mutex_lock(&pool->lock);
    bool taken = false;
    if (!pool->ended && pool->next < pool->count) {
        if (pool->stop != NULL && __atomic_load_n(pool->stop, __ATOMIC_RELAXED) != 0) {
            pool->ended = true;
            if (pool->result == 0) {
                pool->result = DCMCHAIN_FAIL;
                pool->failed_index = pool->count;
            }
        } else {
            *ret_index = pool->next++;
            taken = true;
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

static void fail(struct pool *pool, size_t index, int result)
{
    pthread_mutex_lock(&pool->lock);
    pool->ended = true;
    if (pool->result == 0 || index < pool->failed_index) {
        pool->result = result;
        pool->failed_index = index;
    }
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *closure)
{
    struct pool *pool = closure;
    size_t index = 0;
    while (take(pool, &index)) {
        int result = pool->function(pool->closure, index);
        if (result != 0) {
            fail(pool, index, result);
        }
    }
    return NULL;
}

/* Starts up to `wanted` threads, fewer where the system refuses: the caller works too, so none is needed. */
static size_t start(struct pool *pool, pthread_t *threads, size_t wanted)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    /* A fault is the thread's own: blocked, it would end the process without its handler. */
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        (void)sigdelset(&all, faults[i]);
    }
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return 0;
    }
    size_t started = 0;
    while (started < wanted && pthread_create(&threads[started], NULL, work, pool) == 0) {
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

int pool_run(uint32_t threads, size_t count, pool_function function, void *closure, const volatile int *stop)
{
    struct pool pool = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .count = count,
        .function = function,
        .closure = closure,
        .stop = stop,
    };
    size_t wanted = threads == 0 ? pool_default_threads() : threads;
    if (wanted > LIMIT_THREADS) {
        wanted = LIMIT_THREADS;
    }
    if (wanted > count) {
        wanted = count;
    }
    pthread_t others[LIMIT_THREADS];
    size_t started = wanted > 1 ? start(&pool, others, wanted - 1) : 0;
    work(&pool);
    for (size_t i = 0; i < started; i++) {
        pthread_join(others[i], NULL);
    }
    pthread_mutex_destroy(&pool.lock);
    return pool.result;
}
