/* runner.h: the one entry of the runner. */
#ifndef CORE_RUNNER_H
#define CORE_RUNNER_H

#include "run.h"

/* Runs every study of the run from its opens to its closes (and publication, where studies are published one
 * by one). DCMCHAIN_E_MEMORY; what becomes of each study stands in it. */
int runner_run(struct run *run);

#endif
