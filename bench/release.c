/*
 * release: what a send_site must do at the least, for the benchmark only.
 *
 * release QUEUE LOG FILES-READ
 *
 * Locks LOG, reads it, moves each message in it once from QUEUE's deferred (hashed over one level) to incoming, with a
 * new time stamp, and empties the log. With FILES-READ 1 it opens, reads and closes each queue file before, as
 * whoever wants to know whether the message is the site's; with 2 the defer file too. Asks nobody to deliver, and looks for
 * no client meanwhile. Its calls for a message are those of ours, with the same flags and sizes: O_NOATIME spares a change of the
 * inode, without which a message that is read costs 1 to 8 us more.
 *
 * Prints one line of JSON: how many messages it moved, and how many seconds that took by the clock on the wall and of
 * the processor. Exit status: 0, or 1 where anything went wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

enum { READ_BYTES = 8192, ID_BYTES_MIN = 6, ID_BYTES_MAX = 20, PATH_BYTES_MAX = ID_BYTES_MAX + 16 };

/* ---- the queue IDs that have been met: open addressing, pointers into the log ---- */

static const char **met;
static size_t met_slots;

static void make_room(size_t ids_max)
{
    for (met_slots = 16; met_slots < 2 * ids_max; met_slots *= 2)
        ;
    met = calloc(met_slots, sizeof(*met));
    if (met == NULL)
        die("calloc");
}

static bool is_new(const char *id)
{
    uint64_t hash = 14695981039346656037u;

    for (const char *byte = id; *byte; byte++)
        hash = (hash ^ (unsigned char)*byte) * 1099511628211u;
    for (size_t slot = hash & (met_slots - 1);; slot = (slot + 1) & (met_slots - 1)) {
        if (met[slot] == NULL) {
            met[slot] = id;
            return true;
        }
        if (strcmp(met[slot], id) == 0)
            return false;
    }
}

/* ---- one message ---- */

static void read_file(const char *queue, const char *id)
{
    static char bytes[READ_BYTES];
    char path[PATH_BYTES_MAX];

    snprintf(path, sizeof(path), "%s/%c/%s", queue, id[0], id);
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOATIME);
    if (file < 0 || pread(file, bytes, sizeof(bytes), 0) < 0 || close(file) < 0)
        die(path);
}

static void move(const char *id)
{
    char from[PATH_BYTES_MAX], to[PATH_BYTES_MAX];
    struct timespec now = {.tv_sec = time(NULL)};
    const struct timespec times[] = {now, now};

    snprintf(from, sizeof(from), "deferred/%c/%s", id[0], id);
    snprintf(to, sizeof(to), "incoming/%s", id);
    if (utimensat(AT_FDCWD, from, times, AT_SYMLINK_NOFOLLOW) < 0 || rename(from, to) < 0)
        die(from);
}

static unsigned long release_all(char *text, int files_read)
{
    unsigned long moved = 0;
    char *rest = text;

    for (char *id; (id = strsep(&rest, "\n")) != NULL && *id != 0;) {
        if (strlen(id) > ID_BYTES_MAX || !is_new(id))
            continue;
        if (files_read > 0)
            read_file("deferred", id);
        if (files_read > 1)
            read_file("defer", id);
        move(id);
        moved++;
    }
    return moved;
}

int main(int argc, char **argv)
{
    struct stat status;

    if (argc != 4) {
        fputs("usage: release queue log files-read\n", stderr);
        return 2;
    }
    double start = seconds_of(CLOCK_MONOTONIC);
    int log = open(argv[2], O_RDWR | O_CLOEXEC);
    if (log < 0 || flock(log, LOCK_EX) < 0 || fstat(log, &status) < 0 || chdir(argv[1]) < 0)
        die(argv[2]);
    size_t bytes = (size_t)status.st_size;
    char *text = calloc(bytes + 1, 1);
    if (text == NULL || pread(log, text, bytes, 0) != (ssize_t)bytes)
        die(argv[2]);
    make_room(bytes / ID_BYTES_MIN + 1);
    unsigned long moved = release_all(text, atoi(argv[3]));
    if (ftruncate(log, 0) < 0)
        die(argv[2]);
    printf("{\"moved\":%lu,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", moved, seconds_of(CLOCK_MONOTONIC) - start,
           seconds_of(CLOCK_PROCESS_CPUTIME_ID));
    return 0;
}
