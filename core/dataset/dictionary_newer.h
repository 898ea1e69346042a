/* dictionary_newer.h: attributes that DCMTK's dictionary is too old to know. */
#ifndef CORE_DATASET_DICTIONARY_NEWER_H
#define CORE_DATASET_DICTIONARY_NEWER_H

#include "wrap.h"

/* Adds what is not there; the dictionary takes ownership. */
void dictionary_add_newer(DcmDataDictionary &dictionary);

#endif
