/* varying.h: which attributes differ between the instances of a series, and their values. Instances may come
 * from several threads in any order; what comes out does not depend on it. It must not read a data set. */
#ifndef EXTRACT_VARYING_H
#define EXTRACT_VARYING_H

#include "document.h"

#define VARYING_COLUMNS 10000U   /* different attributes of one series; beyond, there is no table */
#define VARYING_LONG_BYTES 1024U /* a longer value is compared, but not shown */

struct varying;

int varying_open(struct varying **ret_varying);
void varying_free(struct varying *varying);

/* One instance, by its ordinal in the series. Any thread. E_MEMORY. */
int varying_add(struct varying *varying, uint32_t ordinal, const struct members *members);

/* After the last varying_add(). False: the attributes are too many, there is no table. */
bool varying_is_complete(const struct varying *varying);

/* Format keyword, a member "varying" of the object that is open: {"columns": [keyword …], "rows": [[value …]
 * …], "not_shown": [keyword …]}: a row for each instance in run order, null where the attribute is absent or
 * empty; not_shown differ too, with long values. E_MEMORY. */
int varying_write_table(struct varying *varying, struct json *json);

/* Format dicom-json, a value of its own: an array with an object for each instance in run order, of its
 * attributes that are not the same in all. E_MEMORY. */
int varying_write_dicom_json(struct varying *varying, struct json *json);

#endif
