/* sink_world.c: see sink_world.h. */
#include "sink_world.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "text.h"

static int rename_by_system(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    return renameat2(from_fd, from, to_fd, to, flags);
}

void world_open(struct world *world)
{
    *world = (struct world){0};
    const char *folder = getenv("TMPDIR");
    (void)snprintf(world->base, sizeof world->base, "%s/dcmchain-sink-XXXXXX",
                   folder == NULL || strlen(folder) > 40 ? "/tmp" : folder);
    ck_assert_ptr_nonnull(mkdtemp(world->base));
    (void)snprintf(world->out, sizeof world->out, "%s/out", world->base);
    world->options.output_folder = world->out;
}

void world_close(struct world *world)
{
    char command[192];
    sink_close(world->sink);
    world->sink = NULL;
    (void)snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", world->base, world->base);
    ck_assert_int_eq(system(command), 0);
}

void world_sink_with(struct world *world, sink_rename_function rename)
{
    char *problem = NULL;
    sink_close(world->sink);
    world->sink = NULL;
    int result = sink_open_with(&world->options, rename, &world->sink, &problem);
    ck_assert_msg(result == DCMCHAIN_OK, "sink_open: %s", problem == NULL ? "" : problem);
    ck_assert_ptr_null(problem);
}

void world_sink(struct world *world)
{
    world_sink_with(world, rename_by_system);
}

void world_end(struct world *world)
{
    sink_close(world->sink);
    world->sink = NULL;
}

struct sink_file *world_create(struct sink_study *study, const char *path)
{
    struct sink_file *file = NULL;
    char *problem = NULL;
    int result = sink_file_create(study, path, &file, &problem);
    ck_assert_msg(result == DCMCHAIN_OK, "sink_file_create: %s", problem == NULL ? "" : problem);
    return file;
}

char *world_not_created(struct sink_study *study, const char *path, int expected)
{
    struct sink_file *file = NULL;
    char *problem = NULL;
    ck_assert_int_eq(sink_file_create(study, path, &file, &problem), expected);
    ck_assert_ptr_null(file);
    ck_assert_ptr_nonnull(problem);
    return problem;
}

void world_put(struct sink_study *study, const char *path, const char *text)
{
    struct sink_file *file = world_create(study, path);
    ck_assert_int_eq(sink_file_write(file, text, strlen(text)), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_finish(file, true), DCMCHAIN_OK);
}

struct sink_study *world_study(struct world *world, ...)
{
    struct sink_study *study = NULL;
    ck_assert_int_eq(sink_study_begin(world->sink, &study), DCMCHAIN_OK);
    va_list paths;
    va_start(paths, world);
    for (const char *path = va_arg(paths, const char *); path != NULL; path = va_arg(paths, const char *)) {
        world_put(study, path, path);
    }
    va_end(paths);
    return study;
}

char *world_publish(struct sink_study *study, int expected)
{
    bool skipped = false;
    char *problem = NULL;
    int result = sink_study_publish(study, &skipped, &problem);
    ck_assert_msg(result == expected, "sink_study_publish: %d: %s", result, problem == NULL ? "" : problem);
    ck_assert(!skipped);
    ck_assert((result == DCMCHAIN_OK) == (problem == NULL));
    return problem;
}

void world_publish_well(struct sink_study *study)
{
    free(world_publish(study, DCMCHAIN_OK));
}

/* ---- looking at OUT ---- */

struct listing {
    char **lines;
    size_t count;
};

/* nftw() takes no closure. */
static struct listing *listed;
static size_t base_length;
static bool expect_fixed;

static int list_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
    if (at->level == 0) {
        return 0;
    }
    const char *relative = path + base_length + 1;
    bool staging = strncmp(relative, SINK_STAGING_PREFIX, strlen(SINK_STAGING_PREFIX)) == 0 &&
                   type != FTW_SL && strlen(relative) >= SINK_STAGING_SIZE - 1;
    if (staging && strchr(relative, '/') != NULL) {
        return 0;
    }
    if (expect_fixed) {
        ck_assert_msg(!staging, "a staging folder is left");
        ck_assert_msg(status->st_mtim.tv_sec == SINK_MTIME_S && status->st_mtim.tv_nsec == 0, "time of %s",
                      relative);
        ck_assert_msg((status->st_mode & 07777) == (S_ISDIR(status->st_mode) ? 0755 : 0644), "mode of %s: %o",
                      relative, (unsigned)status->st_mode);
    }
    struct listing *listing = listed;
    listing->lines = realloc(listing->lines, (listing->count + 1) * sizeof(char *));
    ck_assert_ptr_nonnull(listing->lines);
    listing->lines[listing->count++] = staging ? text_format("STAGING\n")
                                               : text_format("%s%s\n", relative,
                                                             type == FTW_SL             ? "@"
                                                             : S_ISDIR(status->st_mode) ? "/"
                                                                                        : "");
    return 0;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static char *list(const struct world *world, bool fixed)
{
    struct listing listing = {0};
    struct text text = TEXT_EMPTY;
    listed = &listing;
    base_length = strlen(world->out);
    expect_fixed = fixed;
    ck_assert_int_eq(nftw(world->out, list_one, 32, FTW_PHYS), 0);
    if (listing.count > 0) {
        qsort(listing.lines, listing.count, sizeof listing.lines[0], compare);
    }
    for (size_t i = 0; i < listing.count; i++) {
        text_append(&text, listing.lines[i]);
        free(listing.lines[i]);
    }
    free(listing.lines);
    return text_take(&text);
}

char *world_tree(const struct world *world)
{
    return list(world, false);
}

void world_expect(const struct world *world, const char *tree)
{
    char *found = world_tree(world);
    ck_assert_str_eq(found, tree);
    free(found);
}

void world_expect_fixed(const struct world *world)
{
    free(list(world, true));
}

char *world_text(const struct world *world, const char *path)
{
    char *full = text_format("%s/%s", world->base, path);
    struct text text = TEXT_EMPTY;
    char buffer[4096];
    FILE *file = fopen(full, "r");
    ck_assert_msg(file != NULL, "%s", path);
    for (size_t got = fread(buffer, 1, sizeof buffer, file); got > 0;
         got = fread(buffer, 1, sizeof buffer, file)) {
        text_append_bytes(&text, buffer, got);
    }
    (void)fclose(file);
    free(full);
    return text_take(&text);
}

void world_expect_text(const struct world *world, const char *path, const char *text)
{
    char *found = world_text(world, path);
    ck_assert_str_eq(found, text);
    free(found);
}

void world_make(const struct world *world, const char *path, const char *text)
{
    char *full = text_format("%s/%s", world->base, path);
    for (char *slash = strchr(full + strlen(world->base) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(full, 0755);
        *slash = '/';
    }
    if (full[strlen(full) - 1] != '/') {
        FILE *file = fopen(full, "w");
        ck_assert_msg(file != NULL, "%s", path);
        ck_assert_int_ge(fputs(text, file), 0);
        ck_assert_int_eq(fclose(file), 0);
    }
    free(full);
}

uint64_t world_inode(const struct world *world, const char *path)
{
    struct stat status;
    char full[192];
    (void)snprintf(full, sizeof full, "%s/%s", world->out, path);
    ck_assert_int_eq(lstat(full, &status), 0);
    return (uint64_t)status.st_ino;
}

void world_sweep(const struct world *world)
{
    ck_assert_int_eq(sink_sweep(world->out), DCMCHAIN_OK);
}
