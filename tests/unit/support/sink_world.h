/* sink_world.h: a folder of its own for each test of the sink, and short words for what the tests do in it.
 * It asserts, so that a test reads as what it tests. */
#ifndef TESTS_UNIT_SUPPORT_SINK_WORLD_H
#define TESTS_UNIT_SUPPORT_SINK_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "sink_parts.h"

struct world {
    char base[64]; /* all of the test's files are below it */
    char out[80];
    struct sink_options options; /* OUT is base/out; a test changes what it needs */
    struct sink *sink;
};

void world_open(struct world *world);
void world_close(struct world *world);

/* Opens the sink, closing one that is open; fails the test if it cannot. */
void world_sink(struct world *world);
void world_sink_with(struct world *world, sink_rename_function rename);
/* A study with the files named, ended by NULL; each holds its own path. */
struct sink_study *world_study(struct world *world, ...) __attribute__((sentinel));
void world_put(struct sink_study *study, const char *path, const char *text);
/* Creates a file; or expects the result and gives the problem (owned). */
struct sink_file *world_create(struct sink_study *study, const char *path);
char *world_not_created(struct sink_study *study, const char *path, int expected);
/* Publishes and expects the result; gives the problem (owned, NULL if none). */
char *world_publish(struct sink_study *study, int expected);
void world_publish_well(struct sink_study *study);
/* A sink, one study of those files, published well, closed. */
#define WORLD_RUN(world, ...)                                                                                \
    do {                                                                                                     \
        world_sink(world);                                                                                   \
        world_publish_well(world_study(world, __VA_ARGS__));                                                 \
        world_end(world);                                                                                    \
    } while (0)
void world_end(struct world *world); /* closes the sink */

/* What is in OUT, one path a line, sorted, folders with '/', staging folders and all in them as one
 * "STAGING"; a symbolic link as "path@". Owned. */
char *world_tree(const struct world *world);
void world_expect(const struct world *world, const char *tree);
/* The text of a file below base. Owned. */
char *world_text(const struct world *world, const char *path);
void world_expect_text(const struct world *world, const char *path, const char *text);
/* The inode of what stands in OUT. */
uint64_t world_inode(const struct world *world, const char *path);
/* Sweeps OUT, which must go well. */
void world_sweep(const struct world *world);
/* Makes a file, or a folder where path ends in '/', below base, with the folders above it. */
void world_make(const struct world *world, const char *path, const char *text);
/* Fails where a file or folder in OUT has not the mode and time that all that is published has. */
void world_expect_fixed(const struct world *world);

#endif
