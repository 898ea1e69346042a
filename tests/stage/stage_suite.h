/* stage_suite.h: what every suite of a stage needs: DCMTK's dictionary, and a run of the suite. */
#ifndef STAGE_SUITE_H
#define STAGE_SUITE_H

#include <check.h>
#include <stdlib.h>

#include "dcmchain/chain.h"

/* The library loads DCMTK's dictionary when a pipeline is opened, whatever comes of it. */
static inline void load_dictionary(void)
{
    const struct dcmchain_chain_options options = {.struct_size = sizeof options,
                                                   .pipeline = "/nonexistent/pipeline.json"};
    dcmchain_chain *chain = NULL;
    char *problems = NULL;

    if (dcmchain_chain_open(&options, &chain, &problems) == DCMCHAIN_OK) {
        dcmchain_chain_free(chain);
    }
    dcmchain_free(problems);
}

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
