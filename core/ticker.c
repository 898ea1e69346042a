/* ticker.c: see ticker.h. */
#include "ticker.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define TICK_MS 200

struct ticker {
    struct run *run;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool end; /* under lock */
};

static void report(const struct ticker *ticker)
{
    struct run *run = ticker->run;
    struct dcmchain_progress progress = {
        .phase = run->phase,
        .files_done = run->files_done,
        .bytes_done = run->bytes_done,
    };
    if (progress.phase != DCMCHAIN_PHASE_SCAN) {
        progress.files_total = run->files_total;
        progress.bytes_total = run->bytes_total;
    }
    run->options.progress(run->options.progress_closure, &progress);
}

static void *tick(void *closure)
{
    struct ticker *ticker = closure;
    (void)pthread_mutex_lock(&ticker->lock);
    while (!ticker->end) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        (void)pthread_cond_timedwait(&ticker->ended, &ticker->lock, &until);
        report(ticker);
    }
    (void)pthread_mutex_unlock(&ticker->lock);
    return NULL;
}

struct ticker *ticker_start(struct run *run)
{
    struct ticker *ticker = run->options.progress == NULL ? NULL : calloc(1, sizeof *ticker);
    if (ticker == NULL) {
        return NULL;
    }
    ticker->run = run;
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ticker->ended, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&ticker->lock, NULL);
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&ticker->thread, NULL, tick, ticker);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result != 0) {
        (void)pthread_cond_destroy(&ticker->ended);
        (void)pthread_mutex_destroy(&ticker->lock);
        free(ticker);
        return NULL;
    }
    return ticker;
}

void ticker_stop(struct ticker *ticker)
{
    if (ticker == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&ticker->lock);
    ticker->end = true;
    (void)pthread_cond_signal(&ticker->ended);
    (void)pthread_mutex_unlock(&ticker->lock);
    (void)pthread_join(ticker->thread, NULL);
    (void)pthread_cond_destroy(&ticker->ended);
    (void)pthread_mutex_destroy(&ticker->lock);
    free(ticker);
}
