/* policy.h: the policy hash: one number over everything that decides what a run does to a study, the same on
 * every machine. It holds no key, no path, and no value of a sensitive setting that could be guessed at
 * speed.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "key.h"
#include "pipeline.h"

#define POLICY_DIGITS 32U
#define POLICY_SIZE (POLICY_DIGITS + 1U)

/* Adds a named part, each length-prefixed. */
void policy_part(struct digest *digest, const char *what, const void *bytes, size_t length);

/* parts: for each entry of the pipeline, the SHA-256 of what its stage added (dcmchain_policy_add()). */
int policy_compute(const struct pipeline *pipeline, const uint8_t (*parts)[32], char ret_policy[POLICY_SIZE]);

/* 32 hex digits, in either case. */
bool policy_is_hash(const char *text);

/* The settings in force of one entry, in one spelling whatever their formatting; files by their contents. */
int policy_settings(struct digest *digest, const struct settings *settings);

#endif
