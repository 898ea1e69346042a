/* scan_shares.c: identity that was found, by the study and series that it belongs to, until all files are
 * read. It must not decide which study that is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan_parts.h"

static struct scan_share *find_share(struct scan_shares *shares, const char *study_uid,
                                     const char *series_uid, bool readable)
{
    for (size_t i = shares->count; i > 0; i--) { /* the last is the likeliest */
        struct scan_share *share = &shares->shares[i - 1];
        if (strcmp(share->study_uid, study_uid) == 0 && strcmp(share->series_uid, series_uid) == 0 &&
            readable && share->identity != NULL) {
            return share;
        }
    }
    return NULL;
}

static int new_share(struct scan_shares *shares, const char *study_uid, const char *series_uid, bool readable,
                     struct scan_share **ret_share)
{
    struct scan_share *more = realloc(shares->shares, (shares->count + 1) * sizeof *more);
    if (more == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    shares->shares = more;
    struct scan_share *share = &more[shares->count];
    memset(share, 0, sizeof *share);
    (void)snprintf(share->study_uid, sizeof share->study_uid, "%s", study_uid);
    (void)snprintf(share->series_uid, sizeof share->series_uid, "%s", series_uid);
    int result = readable ? identity_open(0, &share->identity) : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK) {
        shares->count++;
        *ret_share = share;
    }
    return result;
}

int scan_share_add(struct scan_shares *shares, const char *study_uid, const char *series_uid,
                   const struct identity *identity)
{
    struct scan_share *share = find_share(shares, study_uid, series_uid, identity != NULL);
    if (share == NULL) {
        int made = new_share(shares, study_uid, series_uid, identity != NULL, &share);
        if (made != DCMCHAIN_OK) {
            return made;
        }
    }
    int result = DCMCHAIN_OK;
    if (identity != NULL) {
        identity_allow_instance(share->identity);
        result = identity_merge(share->identity, identity);
    }
    share->overflow = share->overflow || result == DCMCHAIN_E_RANGE;
    return result == DCMCHAIN_E_RANGE ? DCMCHAIN_OK : result;
}

void scan_shares_free(struct scan_shares *shares)
{
    for (size_t i = 0; i < shares->count; i++) {
        identity_free(shares->shares[i].identity);
    }
    free(shares->shares);
    *shares = (struct scan_shares){0};
}
