/* stage_suite.h: what every suite of a stage needs: a run of it. */
#ifndef STAGE_SUITE_H
#define STAGE_SUITE_H

#include <check.h>
#include <stdlib.h>

#include "dcmchain/chain.h"

/* Takes the suite; EXIT_SUCCESS or EXIT_FAILURE. */
static inline int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int failed = 0;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
