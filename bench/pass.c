/*
 * pass: one pass over the files of a queue, for the benchmark only.
 *
 * pass DIRECTORY
 *
 * Opens each file below DIRECTORY, reads its first 4 KB and closes it: the least that somebody does who wants to
 * know something of each message. In the order of the directories, one after the other.
 *
 * Prints one line of JSON: how many files, how many bytes, and how many seconds by the clock on the wall. Exit
 * status: 0, or 1 where anything could not be read.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

enum { READ_BYTES = 4096 };

static unsigned long files;
static unsigned long long bytes;

static void read_file(int directory, const char *name)
{
    char buffer[READ_BYTES];
    int file = openat(directory, name, O_RDONLY | O_NOFOLLOW);

    ssize_t got = file < 0 ? -1 : read(file, buffer, sizeof(buffer));
    if (got < 0)
        die(name);
    files++;
    bytes += (unsigned long long)got;
    close(file);
}

static void pass_over(int parent, const char *name)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY);
    DIR *listing = directory < 0 ? NULL : fdopendir(directory);

    if (listing == NULL)
        die(name);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        /* As in Postfix: a name of one character is a directory of a hashed queue. */
        if (entry->d_name[1] == 0)
            pass_over(directory, entry->d_name);
        else
            read_file(directory, entry->d_name);
    }
    closedir(listing);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: pass directory\n", stderr);
        return 2;
    }
    double start = seconds_of(CLOCK_MONOTONIC);
    pass_over(AT_FDCWD, argv[1]);
    printf("{\"files\":%lu,\"bytes\":%llu,\"seconds\":%.6f}\n", files, bytes,
           seconds_of(CLOCK_MONOTONIC) - start);
    return 0;
}
