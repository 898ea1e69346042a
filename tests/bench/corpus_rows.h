/* corpus_rows.h: what the headers of the benchmark's corpora hold: rows that corpora.c turns into elements.
 * Everybody in them is invented. */
#ifndef BENCH_CORPUS_ROWS_H
#define BENCH_CORPUS_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* Corpora that a row belongs to. */
#define CT 1U
#define MR 2U
#define US 4U
#define JPEG 8U
#define SMALL 16U
#define IMAGES (CT | MR | US | JPEG)
#define EVERY (IMAGES | SMALL)

/* Values: {i} is the instance's number, {s} that of its series, {u} its SOP Instance UID, {v} its series'
 * UID, {w} its study's. vr "SQ" opens a sequence and its first item, "IT" the next item, "END" closes both.
 * US takes a number; "OB" and "UN" with "@N" have N bytes. */
struct corpus_row {
    uint32_t corpora;
    uint32_t tag;
    const char *vr;
    const char *value;
};

extern const struct corpus_row corpus_rows[];
extern const size_t corpus_row_count;

#endif
