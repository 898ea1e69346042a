/* test_sink_memory.c: what a sink does where no byte of memory is left. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "support/sink_world.h"
#include "support/suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* it has an allocator of its own, which ends the program */
#else
#define SANITIZED 0
#endif

struct block {
    struct block *before;
};

/* Takes all memory that can be had, down to the smallest pieces. */
static struct block *take_all(void)
{
    struct block *blocks = NULL;
    for (size_t size = (size_t)1 << 24; size >= sizeof *blocks; size /= 2) {
        for (struct block *block = malloc(size); block != NULL; block = malloc(size)) {
            block->before = blocks;
            blocks = block;
        }
    }
    return blocks;
}

START_TEST(test_sink_without_memory_takes_its_staging_folder_away)
{
    struct world world;
    struct rlimit before;
    world_open(&world);
    world_sink(&world);
    world_publish_well(world_study(&world, "A/b/c", "A/d", NULL));
    (void)world_study(&world, "B/c/d", NULL); /* what is left of it is in the staging folder */
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &(struct rlimit){1, before.rlim_max}), 0);
    struct block *blocks = take_all();
    sink_close(world.sink);
    while (blocks != NULL) {
        struct block *block = blocks;
        blocks = block->before;
        free(block);
    }
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    world.sink = NULL;
    world_expect(&world, "A/\nA/b/\nA/b/c\nA/d\n");
    world_close(&world);
}
END_TEST

int main(void)
{
    if (SANITIZED) {
        (void)puts("skipped: a sanitizer ends the program where memory runs out");
        return EXIT_SUCCESS;
    }
    Suite *suite = suite_create("sink_memory");
    TCase *test_case = tcase_create("sink_memory");
    tcase_add_test(test_case, test_sink_without_memory_takes_its_staging_folder_away);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
