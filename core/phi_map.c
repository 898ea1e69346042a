/* phi_map.c: see phi_map.h. */
#include "phi_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "folders.h"
#include "text.h"

static void append_line(struct text *text, const struct scan_instance *instance, uint32_t study,
                        uint32_t series)
{
    if (study != 0) {
        text_printf(text, "{\"study\":%u,\"series\":%u,\"instance\":%u", study, series, instance->ordinal);
    } else {
        text_append(text, "{\"study\":null");
    }
    text_json_member(text, "file", instance->file.path);
    text_json_member(text, "study_uid", instance->study_uid);
    text_json_member(text, "series_uid", instance->series_uid);
    text_json_member(text, "sop_uid", instance->sop_uid);
    if (instance->problem != NULL) {
        text_json_member(text, "problem", instance->problem);
    }
    text_append(text, "}\n");
}

static bool write_lines(FILE *file, struct text *text)
{
    AUTO_FREE char *lines = text_take(text);
    return lines != NULL && fputs(lines, file) >= 0;
}

static bool write_scan(FILE *file, const struct scan *scan)
{
    bool well = true;
    for (size_t i = 0; i < scan->study_count; i++) {
        const struct scan_study *study = &scan->studies[i];
        for (size_t k = 0; k < study->count; k++) {
            const struct scan_series *series = &study->series[k];
            struct text text = TEXT_EMPTY;
            for (size_t n = 0; n < series->count; n++) {
                append_line(&text, series->instances[n], study->ordinal, series->ordinal);
            }
            well = write_lines(file, &text) && well;
        }
    }
    struct text text = TEXT_EMPTY;
    for (size_t i = 0; i < scan->failed_count; i++) {
        append_line(&text, scan->failed[i], 0, 0);
    }
    return write_lines(file, &text) && well;
}

int phi_map_write(const char *path, const char *output_folder, const struct scan *scan, char **ret_problem)
{
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    if (folder == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (output_folder != NULL && folder_is_inside(folder, output_folder)) {
        *ret_problem = text_format("PHI map: it would lie in the output folder: name another place");
        return DCMCHAIN_E_USAGE;
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees folder */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        *ret_problem = text_format("PHI map: it could not be made: %s%s", strerror(errno),
                                   errno == EEXIST ? ": it is never overwritten, move it away" : "");
        return DCMCHAIN_E_USAGE;
    }
    FILE *file = fdopen(fd, "w");
    bool well = file != NULL && write_scan(file, scan);
    int saved = errno;
    if (file == NULL) {
        (void)close(fd);
    } else if (fclose(file) != 0) {
        saved = errno;
        well = false;
    }
    if (!well) {
        (void)unlink(path);
        *ret_problem = text_format("PHI map: it could not be written: %s", strerror(saved));
        return DCMCHAIN_E_USAGE;
    }
    return DCMCHAIN_OK;
}
