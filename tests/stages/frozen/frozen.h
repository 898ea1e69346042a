/* frozen.h: what a stage of the first days was built against: stage.h as it was on the day this was written,
 * cut behind place(). It must never be changed: as long as it loads and runs, stages that are out there do.
 */
#ifndef FROZEN_H
#define FROZEN_H

#include <stddef.h>
#include <stdint.h>

struct dcmchain_scope {
    void *run;
    void *study;
    void *series;
    void *study_info;
    void *series_info;
};

struct dcmchain_setting {
    const char *key;
    uint32_t type;
    uint32_t flags;
    const char *fallback;
    int64_t minimum;
    int64_t maximum;
    const char *const *choices;
    const char *help;
    uint64_t offset;
};

struct dcmchain_stage {
    uint32_t struct_size;
    uint32_t abi;
    const char *name;
    const char *version;
    const char *summary;
    const struct dcmchain_setting *settings;
    uint32_t settings_count;
    uint32_t setting_size;
    uint64_t config_size;
    uint32_t concurrency;
    uint32_t reserved;
    int (*run_open)(void *context, const void *config, void **ret_run);
    int (*study_open)(void *context, const struct dcmchain_scope *scope, void **ret_study);
    int (*series_open)(void *context, const struct dcmchain_scope *scope, void **ret_series);
    int (*instance)(void *context, const struct dcmchain_scope *scope, void *instance);
    int (*place)(void *context, const struct dcmchain_scope *scope, void *artifact, void *path);
};

void dcmchain_log(void *context, int level, const char *format, ...);
uint32_t dcmchain_series_ordinal(const void *series);
uint32_t dcmchain_instance_ordinal(const void *instance);

__attribute__((visibility("default"))) const struct dcmchain_stage *dcmchain_stage_entry(void);

#endif
