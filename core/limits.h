/* limits.h: every limit on what a user or an input controls, in one place.
 * It declares numbers only; the module that enforces one names it in its error text. A site that needs others
 * builds with cmake -DDCMCHAIN_LIMITS=FILE: a header that #undefs and #defines what it changes. */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#define LIMIT_HEADER_BYTES (256ULL << 20) /* data set without Pixel Data, of one file; and its file meta */
#define LIMIT_DEPTH 64U                   /* nested sequences; DCMCHAIN_MAX_DEPTH */
#define LIMIT_ELEMENTS 2000000ULL         /* and items, of one file, at all depths */
#define LIMIT_FRAGMENTS 5000000ULL        /* of the Pixel Data of one file */
#define LIMIT_PADDING_BYTES (64ULL << 20) /* zeros after the data set */
#define LIMIT_INFLATE_RATIO 1000ULL       /* inflated : deflated bytes, beyond the first LIMIT_INFLATE_FREE */
#define LIMIT_INFLATE_FREE (16ULL << 20)  /* inflated bytes before the ratio counts */
#define LIMIT_WALKER_VALUE_BYTES (64U << 10) /* a longer value is not shown to the walker's visitor */
#define LIMIT_FILES 5000000ULL               /* in IN, entries of every kind */
#define LIMIT_FOLDER_DEPTH 64U               /* folders below IN */
#define LIMIT_UID_BYTES 128U                 /* of a source UID; PS3.5 9.1 allows 64 */
#define LIMIT_JSON_BYTES (16U << 20)         /* pipeline, task.json, .tags */
#define LIMIT_JSON_DEPTH 64U
#define LIMIT_STAGES 64U                 /* of one pipeline */
#define LIMIT_SETTINGS 512U              /* in the table of one stage */
#define LIMIT_PROBLEMS 100U              /* problems of one description that are told at once */
#define LIMIT_IDENTITY_VALUES 200000U    /* of one study … */
#define LIMIT_IDENTITY_INSTANCE 2U       /* … and for each of its files: its UID, and one more */
#define LIMIT_IDENTITY_VALUE_BYTES 1024U /* a longer value is kept cut, with a warning */
#define LIMIT_PATH_COMPONENT_BYTES 255U
#define LIMIT_PATH_BYTES 2048U /* below OUT */
#define LIMIT_THREADS 256U
#define LIMIT_SHARDS 100000U
#define LIMIT_CRASHES 100U                  /* of workers, before a run gives up */
#define LIMIT_WATCHED 1000000U              /* studies, and series, that a crash does not make a run forget */
#define LIMIT_DOCUMENT_BYTES (256ULL << 20) /* emitted by a stage */
#define LIMIT_WARNINGS 1000U                /* different texts of one study */
#define LIMIT_CHANGES 100000U               /* different (series, element, action, rule) of one run */
#define LIMIT_PATCH_BYTES (1U << 20)        /* one patch over Pixel Data that is not zeros */
#define LIMIT_SPLICE_BYTES (64U << 10)      /* one piece of untouched bytes; it is on the stack */

#ifdef DCMCHAIN_LIMITS
#include DCMCHAIN_LIMITS
#endif

#endif
