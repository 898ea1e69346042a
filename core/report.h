/* report.h: what a run did, rendered for programs and for people. It reads a run that has ended; the PHI rule
 * holds in all of it. */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include "run.h"
#include "tally.h"
#include "text.h"

/* 4, 1, 3 or 0, as the README's table has them. */
int report_exit_code(const struct run *run);
/* "done", "failed", "stopped", "quarantined", "residual identifiers". Static. */
const char *report_outcome(const struct run *run);
/* Owned; NULL without memory. */
char *report_json(struct run *run);
char *report_summary(const struct run *run);
/* … of what report_keep_tree() took down of the studies that were published. */
char *report_tree(const struct run *run);
/* Before the study's artifacts go. */
void report_keep_tree(dcmchain_study *study);

/* "published", "would be published" …: the state of a study for a person and for JSON. Static. */
const char *report_status(const dcmchain_study *study);
/* Members of a JSON object: what a study or run counts (of what is not published, 0 are published), and a
 * tally as a list after a comma. */
void report_append_counts(struct text *text, const struct dcmchain_counts *counts, bool published);
void report_append_tally(struct text *text, const char *key, const struct tally *tally);
/* Counts of the whole run: found, published (of published studies alone), dropped … */
struct dcmchain_counts report_counts(const struct run *run);

#endif
