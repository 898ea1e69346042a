/* folders.h: how folders lie to each other, by device and inode, whatever their names and links say.
 * It creates nothing. Any thread. */
#ifndef CORE_FOLDERS_H
#define CORE_FOLDERS_H

#include <stdbool.h>

/* True where `inner` is `outer` or lies anywhere below it. Folders that do not exist yet count as what they
 * would be: entries of the nearest folder above them that does, compared without regard to case. False where
 * either cannot be looked at. */
bool folder_is_inside(const char *inner, const char *outer);

#endif
