/* phi_map.h: the one file that leads from the ordinals of messages and reports back to the input.
 * It is identifying: 0600, outside OUT, never over a file that is there. */
#ifndef CORE_PHI_MAP_H
#define CORE_PHI_MAP_H

#include "scan.h"

/* One JSON object a line: study, series, instance (ordinals; absent for failed files of no study), file
 * (relative to IN), study_uid, series_uid, sop_uid. DCMCHAIN_E_USAGE with *ret_problem (owned) if it lies
 * inside the output folder, exists, or cannot be written; nothing is left behind then. */
int phi_map_write(const char *path, const char *output_folder, const struct scan *scan, char **ret_problem);

#endif
