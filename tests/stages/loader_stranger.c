/* loader_stranger.c: a library that is no stage. */
__attribute__((visibility("default"))) int stranger(void);

int stranger(void)
{
    return 1;
}
