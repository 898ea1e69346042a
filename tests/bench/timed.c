/* timed.c: runs a command and writes what it took to a file: seconds of wall clock, of user and of system
 * time, and the peak of its memory in KiB, its children's too. A small process of its own, since a peak is
 * inherited by who is started from a large one. usage: bench-timed FILE COMMAND… */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fputs("usage: bench-timed FILE COMMAND...\n", stderr);
        return 2;
    }
    double begun = now();
    pid_t child = fork();
    if (child == 0) {
        (void)execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("bench-timed");
        return 1;
    }
    double wall = now() - begun;
    FILE *file = fopen(argv[1], "we");
    if (file == NULL) {
        perror("bench-timed");
        return 1;
    }
    (void)fprintf(file, "%.6f %.6f %.6f %ld\n", wall, seconds(usage.ru_utime), seconds(usage.ru_stime),
                  usage.ru_maxrss);
    if (fclose(file) != 0) {
        perror("bench-timed");
        return 1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
