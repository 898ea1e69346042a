/* watch.c: a block of shared memory, made before the worker is. It must be usable from a signal handler where
 * it says so: no allocation, no lock. */
#include "watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"
#include "run.h"
#include "text.h"

#define SLOTS (LIMIT_THREADS + 8U)
#define MOST_WAITING_MS 10000L /* for publications, in a crash: it may hold a lock that they need */
#define ALTERNATE_BYTES 32768U /* of a stack for the handler, where the thread's own overflowed */
#define WATCH_STAGE_SIZE 72U   /* of the id of a pipeline's entry, and NULs */

struct slot {
    _Atomic uintptr_t thread; /* pthread_self(); 0: nobody's */
    _Atomic uint32_t crashed;
    struct watch_task task;
    char stage[WATCH_STAGE_SIZE]; /* that was called when it crashed; "": none was */
};

struct culprit {
    struct watch_task task;
    char stage[WATCH_STAGE_SIZE];
    int32_t signal;
    int32_t reserved;
};

/* The long arrays are address space alone until they are written to. */
struct dcmchain_watch {
    struct slot slots[SLOTS];
    _Atomic size_t used;         /* slots behind these were never anybody's */
    _Atomic uint32_t publishing; /* threads */
    _Atomic uint32_t crashing;   /* one thread at least is in the handler */
    struct culprit culprits[LIMIT_CRASHES];
    uint32_t culprit_count;
    uint32_t serial;
    uint32_t has_key;
    uint8_t key[32];
    struct watch_published studies[LIMIT_WATCHED];
    struct dcmchain_counts series[LIMIT_WATCHED];
};

int dcmchain_watch_new(dcmchain_watch **ret_watch)
{
    void *memory = mmap(NULL, sizeof(struct dcmchain_watch), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_watch = memory;
    return DCMCHAIN_OK;
}

void dcmchain_watch_free(dcmchain_watch *watch)
{
    if (watch != NULL) {
        explicit_bzero(watch->key, sizeof watch->key);
        (void)munmap(watch, sizeof *watch);
    }
}

/* ---- the worker ---- */

/* A handler of signals may call it; and it is no system call, of which there were eight a file. */
static uintptr_t this_thread(void)
{
    return (uintptr_t)pthread_self();
}

static struct slot *slot_of(dcmchain_watch *watch, uintptr_t thread)
{
    for (size_t i = 0, used = watch->used; i < used; i++) {
        if (atomic_load_explicit(&watch->slots[i].thread, memory_order_relaxed) == thread) {
            return &watch->slots[i];
        }
    }
    return NULL;
}

static struct slot *take_slot(dcmchain_watch *watch, uintptr_t thread)
{
    struct slot *mine = slot_of(watch, thread);
    for (size_t i = 0; mine == NULL && i < SLOTS; i++) {
        uintptr_t nobody = 0;
        if (atomic_compare_exchange_strong(&watch->slots[i].thread, &nobody, thread)) {
            mine = &watch->slots[i];
            for (size_t used = watch->used; used < i + 1;) {
                (void)atomic_compare_exchange_weak(&watch->used, &used, i + 1);
            }
        }
    }
    return mine;
}

/* Where nobody else has given the thread one, as sanitizers do. */
static void give_alternate_stack(void)
{
    static _Thread_local char room[ALTERNATE_BYTES];
    static _Thread_local bool given;
    stack_t stack = {0};
    if (!given && sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE) != 0) {
        stack = (stack_t){.ss_sp = room, .ss_size = sizeof room};
        (void)sigaltstack(&stack, NULL);
    }
    given = true;
}

void watch_begin(dcmchain_watch *watch, const struct watch_task *task)
{
    if (watch != NULL) {
        give_alternate_stack();
    }
    struct slot *slot = watch == NULL ? NULL : take_slot(watch, this_thread());
    if (slot != NULL) {
        slot->task = *task;
    }
}

void watch_end(dcmchain_watch *watch)
{
    struct slot *slot = watch == NULL ? NULL : slot_of(watch, this_thread());
    if (slot != NULL) {
        slot->task = (struct watch_task){0};
        atomic_store(&slot->thread, 0);
    }
}

static _Thread_local bool is_publishing;

void watch_publishing(dcmchain_watch *watch)
{
    if (watch == NULL) {
        return;
    }
    atomic_fetch_add(&watch->publishing, 1);
    if (atomic_load(&watch->crashing) != 0) {
        atomic_fetch_sub(&watch->publishing, 1);
        for (;;) {
            (void)pause(); /* the process is about to end */
        }
    }
    is_publishing = true;
}

void watch_was_published(dcmchain_watch *watch)
{
    if (watch != NULL) {
        is_publishing = false;
        atomic_fetch_sub(&watch->publishing, 1);
    }
}

/* In the handler of a signal. A thread that crashed in a publication of its own waits for the others'. */
static void wait_for_publications(dcmchain_watch *watch)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    const uint32_t mine = is_publishing ? 1 : 0;
    atomic_store(&watch->crashing, 1);
    for (long waited = 0; waited < MOST_WAITING_MS && atomic_load(&watch->publishing) > mine; waited++) {
        (void)nanosleep(&moment, NULL);
    }
}

void dcmchain_watch_crashed(dcmchain_watch *watch)
{
    struct slot *slot = watch == NULL ? NULL : slot_of(watch, this_thread());
    const struct call *call = call_current();
    if (slot != NULL) {
        if (call != NULL) {
            (void)stpncpy(slot->stage, call->context->entry->id, sizeof slot->stage - 1);
        }
        atomic_store(&slot->crashed, 1);
    }
    if (watch != NULL) {
        wait_for_publications(watch);
    }
}

static bool is_same(const struct watch_task *left, const struct watch_task *right)
{
    return left->doing == right->doing &&
           (left->doing == WATCH_STUDY ? left->study == right->study : left->file == right->file);
}

static const struct culprit *find_crash(const dcmchain_watch *watch, const struct watch_task *task)
{
    for (uint32_t i = 0; watch != NULL && i < watch->culprit_count; i++) {
        if (is_same(&watch->culprits[i].task, task)) {
            return &watch->culprits[i];
        }
    }
    return NULL;
}

int watch_signal_of(const dcmchain_watch *watch, const struct watch_task *task)
{
    const struct culprit *culprit = find_crash(watch, task);
    return culprit == NULL ? 0 : culprit->signal;
}

const char *watch_signal_name(int signal_number)
{
    const char *name = sigabbrev_np(signal_number);
    return name == NULL ? "unknown" : name;
}

int watch_crash_of(const dcmchain_watch *watch, const struct watch_task *task, char **ret_problem)
{
    const struct culprit *culprit = find_crash(watch, task);
    if (culprit == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    const char *name = watch_signal_name(culprit->signal);
    *ret_problem = culprit->stage[0] == '\0'
                       ? text_format("it made a parser or a stage crash: signal %s", name)
                       : text_format("it made the stage '%s' crash: signal %s", culprit->stage, name);
    return *ret_problem == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

bool watch_is_serial(const dcmchain_watch *watch)
{
    return watch != NULL && watch->serial != 0;
}

/* ---- what was published ---- */

void watch_publish_series(dcmchain_watch *watch, uint64_t series, const struct dcmchain_counts *counts)
{
    if (watch != NULL && series < LIMIT_WATCHED) {
        watch->series[series] = *counts;
    }
}

void watch_publish_study(dcmchain_watch *watch, uint32_t study, const char *final_uid)
{
    if (watch != NULL && study < LIMIT_WATCHED) {
        (void)snprintf(watch->studies[study].study_uid, sizeof watch->studies[study].study_uid, "%s",
                       final_uid == NULL ? "" : final_uid);
        watch->studies[study].is_published = 1;
    }
}

const struct watch_published *watch_published_study(const dcmchain_watch *watch, uint32_t study)
{
    /* Without a crash nothing was, and the array need not be touched. */
    bool published = watch != NULL && (watch->culprit_count > 0 || watch->serial != 0) &&
                     study < LIMIT_WATCHED && watch->studies[study].is_published != 0;
    return published ? &watch->studies[study] : NULL;
}

void watch_published_series(const dcmchain_watch *watch, uint64_t series, struct dcmchain_counts *ret_counts)
{
    *ret_counts = series < LIMIT_WATCHED ? watch->series[series] : (struct dcmchain_counts){0};
}

bool watch_key(const dcmchain_watch *watch, uint8_t ret_key[32])
{
    if (watch == NULL || watch->has_key == 0) {
        return false;
    }
    memcpy(ret_key, watch->key, sizeof watch->key);
    return true;
}

void watch_keep_key(dcmchain_watch *watch, const uint8_t key[32])
{
    if (watch != NULL) {
        memcpy(watch->key, key, sizeof watch->key);
        watch->has_key = 1;
    }
}

/* ---- the process that watches ---- */

static char *slot_text(const struct slot *slot)
{
    const struct watch_task *task = &slot->task;
    const char *in = slot->stage[0] == '\0' ? "" : ", in the stage ";
    switch (task->doing) {
    case WATCH_SCAN:
        return text_format("while it read file %llu of the input", (unsigned long long)task->file);
    case WATCH_INSTANCE:
        return text_format("at study %u, series %u, instance %u%s%s", task->study, task->series,
                           task->instance, in, slot->stage);
    default:
        return text_format("at study %u as a whole%s%s", task->study, in, slot->stage);
    }
}

/* Crashes of a program; what a person or the system sends to end it is none. */
static bool is_crash(int number)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
        if (crashes[i] == number) {
            return true;
        }
    }
    return false;
}

/* The slot that crashed; without a mark (no handler ran) the only one
 * at work. */
static const struct slot *find_culprit(const dcmchain_watch *watch, size_t *ret_active)
{
    const struct slot *marked = NULL;
    const struct slot *active = NULL;
    *ret_active = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        const struct slot *slot = &watch->slots[i];
        if (slot->task.doing == WATCH_NOTHING) {
            continue;
        }
        (*ret_active)++;
        active = slot;
        marked = atomic_load(&slot->crashed) != 0 ? slot : marked;
    }
    return marked != NULL ? marked : *ret_active == 1 ? active : NULL;
}

int dcmchain_watch_blame(dcmchain_watch *watch, int signal_number, char **ret_text)
{
    size_t active = 0;
    const struct slot *slot = is_crash(signal_number) ? find_culprit(watch, &active) : NULL;
    int result = DCMCHAIN_E_ABSENT;
    char *text = NULL;
    if (slot != NULL && watch->culprit_count < LIMIT_CRASHES && watch_signal_of(watch, &slot->task) == 0) {
        struct culprit *culprit = &watch->culprits[watch->culprit_count++];
        *culprit = (struct culprit){.task = slot->task, .signal = signal_number};
        memcpy(culprit->stage, slot->stage, sizeof culprit->stage);
        text = slot_text(slot);
        result = DCMCHAIN_OK;
    } else if (slot == NULL && active > 1 && watch->serial == 0) {
        watch->serial = 1;
        text = text_format("at one of %zu files; one thread goes on, to find out which", active);
        result = DCMCHAIN_OK;
    }
    memset(watch->slots, 0, sizeof watch->slots);
    watch->publishing = 0;
    watch->crashing = 0;
    if (result == DCMCHAIN_OK && text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (result == DCMCHAIN_OK) {
        *ret_text = text;
    }
    return result;
}
