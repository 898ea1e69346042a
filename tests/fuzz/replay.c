/* replay.c: main() of a fuzz target that was built without libFuzzer: gives it every file below the named
 * folders, each also cut in half and empty, so that the kept corpus is part of every test run. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static unsigned replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    MUST(file != NULL);
    static uint8_t bytes[1 << 20];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
    (void)LLVMFuzzerTestOneInput(bytes, size / 2);
    return 1;
}

static unsigned replay(const char *path)
{
    DIR *folder = opendir(path);
    unsigned count = 0;
    if (folder == NULL) {
        struct stat status;
        return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? replay_file(path) : 0;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char below[4096];
        if (entry->d_name[0] != '.' &&
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below) {
            count += replay(below);
        }
    }
    (void)closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    (void)LLVMFuzzerInitialize(&argc, &argv);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        count += replay(argv[i]);
    }
    (void)printf("%u files replayed\n", count);
    return 0;
}
