/*
 * How the bare server (bare.c) adds entries to a log, with the system calls that the record's contract demands of ours: open
 * without a change of atime, flock, fstat (is it a file, and how large), pread where something is in it (an entry that it holds
 * is not written again), pwrite at its end, fstat once more (somebody may have removed it without its lock), and close, which
 * gives the lock back. One lock and one write, however many entries. Ends the program where any of that fails.
 */
#ifndef BENCH_RECORD_LOG_H
#define BENCH_RECORD_LOG_H

#ifndef _GNU_SOURCE
#error "O_NOATIME needs _GNU_SOURCE"
#endif
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

enum {
    /* Larger logs are not read, as by ours. */
    READ_FOR_ADD_BYTES_MAX = 64 * 1024,
    /* More than a round of the server has. */
    ENTRIES_MAX = 1024,
    /* A queue ID of the length that a file's name may have, and its newline. */
    ENTRY_BYTES_MAX = 256,
    /* A power of two. */
    HASHES = 4096
};

/* Entries to be added, each with its newline. */
struct entries {
    size_t count;
    struct { const char *line; size_t length; bool is_held; } each[ENTRIES_MAX];
};

static unsigned hash_of(const char *bytes, size_t length)
{
    unsigned hash = 2166136261u;

    while (length-- > 0)
        hash = (hash ^ (unsigned char)*bytes++) * 16777619u;
    return hash % HASHES;
}

/* Goes over the log once, whatever the number of entries. */
static void mark_held(struct entries *entries, const char *log, size_t size)
{
    static bool sought[HASHES];

    memset(sought, 0, sizeof(sought));
    for (size_t index = 0; index < entries->count; index++)
        sought[hash_of(entries->each[index].line, entries->each[index].length)] = true;
    for (const char *line = log, *end; (end = memchr(line, '\n', size - (size_t)(line - log))) != NULL; line = end + 1) {
        size_t length = (size_t)(end - line) + 1;
        if (!sought[hash_of(line, length)])
            continue;
        for (size_t index = 0; index < entries->count; index++)
            if (entries->each[index].length == length && memcmp(entries->each[index].line, line, length) == 0)
                entries->each[index].is_held = true;
    }
}

static size_t put_down(const struct entries *entries, char *out)
{
    size_t used = 0;

    for (size_t index = 0; index < entries->count; index++) {
        if (!entries->each[index].is_held) {
            memcpy(out + used, entries->each[index].line, entries->each[index].length);
            used += entries->each[index].length;
        }
    }
    return used;
}

static void add_to_log(const char *name, struct entries *entries)
{
    static char log[READ_FOR_ADD_BYTES_MAX], text[ENTRIES_MAX * ENTRY_BYTES_MAX];
    struct stat status;
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC;
    int fd = open(name, flags, 0600);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        die(name);
    if (status.st_size > 0 && status.st_size <= READ_FOR_ADD_BYTES_MAX) {
        ssize_t got = pread(fd, log, (size_t)status.st_size, 0);
        if (got < 0)
            die(name);
        mark_held(entries, log, (size_t)got);
    }
    size_t length = put_down(entries, text);
    if (length > 0 && (pwrite(fd, text, length, status.st_size) < 0 || fstat(fd, &status) < 0))
        die(name);
    if (close(fd) < 0 || status.st_nlink == 0)
        die(name);
}

#endif
