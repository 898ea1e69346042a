/* worker.c: forks the child that works, passes signals on, and decides what follows from its end.
 * It must publish nothing itself. */
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int stop_wanted;
static volatile pid_t child_pid;
static dcmchain_watch *shared_watch; /* for the handler of a crash */

static void on_signal_child(int number)
{
    (void)number;
    stop_wanted = 1;
}

/* From the wish to stop to the end of a worker that does not see it: a stop takes a second. */
#define GRACE_MS 800

/* A terminal sends its signals to both; a service manager or mercure to the parent alone. */
static void on_signal_parent(int number)
{
    int saved = errno;
    stop_wanted = 1;
    if (child_pid > 0) {
        const struct itimerval grace = {.it_value = {.tv_usec = GRACE_MS * 1000L}};
        (void)kill(child_pid, number);
        (void)setitimer(ITIMER_REAL, &grace, NULL); /* not in POSIX's list for handlers, but it is one call */
    }
    errno = saved;
}

/* Time is up: a stage or a parser is at something that it does not leave. Nothing is lost by the kill. */
static void on_alarm(int number)
{
    (void)number;
    if (child_pid > 0) {
        (void)kill(child_pid, SIGKILL);
    }
}

/* The handler is gone by now (SA_RESETHAND), so that the signal ends the process. */
static void on_crash(int number)
{
    dcmchain_watch_crashed(shared_watch);
    (void)raise(number);
}

static void handle(const int *signals, size_t count, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++) {
        (void)sigaction(signals[i], &action, NULL);
    }
}

static void handle_signals(void (*handler)(int))
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    handle(ends, sizeof ends / sizeof ends[0], handler, SA_RESTART);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error to tell, no crash */
}

static void handle_crashes(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
    handle(crashes, sizeof crashes / sizeof crashes[0], on_crash,
           (int)SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
}

/* A run whose parent died must publish nothing: nobody would know how it ended. */
static int may_publish(void *closure)
{
    const pid_t *parent = closure;
    return getppid() == *parent ? 1 : 0;
}

static void run_child(struct options *options, pid_t parent,
                      int (*work)(struct options *options, const struct worker *worker))
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) {
        _exit(EXIT_FAILED); /* it died before the line above */
    }
    handle_signals(on_signal_child);
    (void)signal(SIGALRM, SIG_DFL);
    handle_crashes();
    const struct worker worker = {&stop_wanted, may_publish, &parent, shared_watch};
    int code = work(options, &worker);
    if (fflush(stdout) != 0 && code == EXIT_DONE) {
        code = EXIT_FAILED;
    }
    _exit(code);
}

/* Waits for the child; as process 1 of a container it also reaps what others left. False: it was lost. */
static bool wait_for(pid_t child, int *ret_status)
{
    for (;;) {
        pid_t ended = waitpid(-1, ret_status, 0);
        if (ended == child) {
            return true;
        }
        if (ended < 0 && errno != EINTR) {
            (void)fprintf(stderr, "dcmchain run: the worker was lost: %s\n", strerror(errno));
            return false;
        }
    }
}

static void sweep(const struct options *options)
{
    if (options->output != NULL && !options->dry_run && dcmchain_sweep(options->output) != DCMCHAIN_OK) {
        (void)fprintf(stderr,
                      "dcmchain run: its staging folder could not be removed; the next run does it\n");
    }
}

/* Tells of a worker that a signal ended. True where another one can go on. */
static bool goes_on(int number)
{
    char *text = NULL;
    int result = stop_wanted != 0 || shared_watch == NULL ? DCMCHAIN_E_ABSENT
                                                          : dcmchain_watch_blame(shared_watch, number, &text);
    if (result == DCMCHAIN_OK) {
        (void)fprintf(
            stderr,
            "\ndcmchain run: a parser or a stage crashed (signal %d, %s) %s; the run goes on without it\n",
            number, strsignal(number), text);
        dcmchain_free(text);
        return true;
    }
    if (stop_wanted != 0) {
        (void)fprintf(stderr, "\ndcmchain run: stopped; the worker did not end by itself and was killed; no "
                              "study is published in part\n");
        return false;
    }
    (void)fprintf(stderr,
                  "\ndcmchain run: the worker was ended by signal %d (%s): a parser or a stage crashed, or "
                  "somebody killed it; no study is published in part\n",
                  number, strsignal(number));
    return false;
}

int worker_run(struct options *options, int (*work)(struct options *options, const struct worker *worker))
{
    pid_t parent = getpid();
    int code = EXIT_FAILED;
    if (dcmchain_watch_new(&shared_watch) != DCMCHAIN_OK) {
        shared_watch = NULL; /* then a crash ends the run */
    }
    handle_signals(on_signal_parent);
    handle((const int[]){SIGALRM}, 1, on_alarm, SA_RESTART);
    for (bool again = true; again;) {
        int status = 0;
        again = false;
        (void)fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            run_child(options, parent, work);
        }
        child_pid = child;
        if (stop_wanted != 0 && child > 0) {
            on_signal_parent(SIGTERM); /* it came before the line above */
        }
        if (child < 0) {
            (void)fprintf(stderr, "dcmchain run: no worker could be started: %s\n", strerror(errno));
            break;
        }
        bool ended = wait_for(child, &status);
        child_pid = 0; /* the number may be another's now */
        if (!ended) {
            code = EXIT_FAILED;
        } else if (WIFEXITED(status)) {
            code = WEXITSTATUS(status);
        } else {
            code = EXIT_FAILED;
            again = goes_on(WTERMSIG(status));
            sweep(options);
        }
    }
    dcmchain_watch_free(shared_watch);
    shared_watch = NULL;
    return code;
}
