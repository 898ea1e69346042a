/* ticker.h: tells the caller's progress function how far a run is, a few times a second, from a thread of its
 * own. It looks at the run's counters; it changes nothing. */
#ifndef CORE_TICKER_H
#define CORE_TICKER_H

#include "run.h"

struct ticker;
/* NULL where nobody asked for progress, or no thread could be made. */
struct ticker *ticker_start(struct run *run);
/* Reports once more, and frees it. NULL is fine. */
void ticker_stop(struct ticker *ticker);

#endif
