/* scan_shard.c: keeps of a scan the studies of one shard. Every process of a set scans all of the input, so
 * that ordinals, identities and duplicates are what one process would find; then each goes on with its own
 * studies. */
#include <string.h>

#include "key.h"
#include "scan_parts.h"

static int shard_of(const char *study_uid, uint32_t count, uint32_t *ret_shard)
{
    struct digest *digest = NULL;
    uint8_t sha256[32];
    int result = digest_open(&digest);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    digest_add(digest, study_uid, strlen(study_uid));
    digest_close(digest, sha256);
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof number; i++) {
        number = number << 8 | sha256[i];
    }
    *ret_shard = (uint32_t)(number % count);
    return DCMCHAIN_OK;
}

/* Frees its instances; their places in scan->all stay, since the series of others point there. */
static void leave_out(struct scan *scan, struct scan_study *study)
{
    for (size_t i = 0; i < study->count; i++) {
        for (size_t k = 0; k < study->series[i].count; k++) {
            scan->elsewhere++;
            scan->files--;
            scan->bytes -= study->series[i].instances[k]->file.size;
            scan_instance_free(study->series[i].instances[k]);
            study->series[i].instances[k] = NULL;
        }
    }
    scan_study_free(study);
}

/* What belongs to no study is the first shard's to tell. */
static void leave_out_others(struct scan *scan)
{
    scan->files = 0;
    scan->bytes = 0;
    for (size_t i = 0; i < scan->study_count; i++) {
        scan->bytes += scan->studies[i].bytes;
        for (size_t k = 0; k < scan->studies[i].count; k++) {
            scan->files += scan->studies[i].series[k].count;
        }
    }
    scan->elsewhere += scan->failed_count;
    scan->failed_count = 0;
    scan->not_dicom_count = 0;
    scan->skipped_count = 0;
}

int scan_keep_shard(struct scan *scan, uint32_t index, uint32_t count)
{
    size_t kept = 0;
    size_t done = 0;
    int result = DCMCHAIN_OK;
    for (; done < scan->study_count && result == DCMCHAIN_OK; done++) {
        uint32_t shard = 0;
        result = shard_of(scan->studies[done].uid, count, &shard);
        if (result == DCMCHAIN_OK && shard == index - 1) {
            scan->studies[kept++] = scan->studies[done];
        } else if (result == DCMCHAIN_OK) {
            leave_out(scan, &scan->studies[done]);
        } else {
            scan_study_free(&scan->studies[done]);
        }
    }
    for (; done < scan->study_count; done++) { /* no memory: the caller gives the scan up */
        scan_study_free(&scan->studies[done]);
    }
    scan->study_count = kept;
    if (result == DCMCHAIN_OK && index != 1) {
        leave_out_others(scan);
    }
    return result;
}
