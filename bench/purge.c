/*
 * purge: what a purge of outdated logs must do at the least, for the benchmark only.
 *
 * purge QUEUE
 *
 * Goes through all logs in QUEUE's flush. For each that is not empty it makes the 16 system calls that ours makes, in
 * the same order: looks at it, opens and locks it, reads it; tries to release the one message that it names, and looks
 * for it in active and hold; looks once more in all four queues 10 ms later; empties the log, gives it the time of now,
 * and closes it. One call after the other, where ours has its cuts made by other threads: on a disk that is mounted with
 * `discard` each cut waits for that disk, and ours is the faster one. No more than 256 logs are locked at a time. deferred
 * is hashed over one level. A message that is found is an error: there should be none. Serves nobody meanwhile.
 *
 * Prints one line of JSON: how many logs it emptied, and how many seconds that took by the clock on the wall and of
 * the processor. Exit status: 0, or 1 where anything went wrong.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program.h"

enum { ID_BYTES_MAX = 20, PATH_BYTES_MAX = 300, UNDER_WAY_MAX = 256 };

static const double SECOND_LOOK_SECONDS = 0.01;

/* A log whose message is in no queue, until the second look at that. */
struct log {
    int file;
    double due;
    char path[PATH_BYTES_MAX];
    char id[ID_BYTES_MAX + 1];
};

/* Those under way: a ring, in the order in which they are due. */
static struct log ring[UNDER_WAY_MAX];
static size_t first, under_way;
static unsigned long emptied;

static void wait_until(double due)
{
    double left = due - seconds_of(CLOCK_MONOTONIC);
    struct timespec wait = {0, (long)(left * 1e9)};

    if (left > 0)
        nanosleep(&wait, NULL);
}

static const char *message_path(const char *queue, const char *id)
{
    static char path[PATH_BYTES_MAX];

    if (strcmp(queue, "deferred") == 0)
        snprintf(path, sizeof(path), "%s/%c/%s", queue, id[0], id);
    else
        snprintf(path, sizeof(path), "%s/%s", queue, id);
    return path;
}

static void expect_absent(int result, const char *what)
{
    if (result == 0) {
        fprintf(stderr, "purge: %s is there\n", what);
        exit(1);
    }
    if (errno != ENOENT)
        die(what);
}

static void try_to_release(const char *queue, const char *id)
{
    const char *path = message_path(queue, id);

    expect_absent(utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW), path);
}

static void look(const char *queue, const char *id)
{
    struct statx status;
    const char *path = message_path(queue, id);

    expect_absent(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status), path);
}

/* The first half: until the message is in no queue. */
static void begin(struct log *log, const char *name)
{
    struct statx status;
    ssize_t read_bytes;

    snprintf(log->path, sizeof(log->path), "flush/%s", name);
    if (statx(AT_FDCWD, log->path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) < 0)
        die(log->path);
    if (status.stx_size == 0)
        return;
    log->file = open(log->path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOATIME);
    if (log->file < 0 || flock(log->file, LOCK_EX | LOCK_NB) < 0
        || statx(log->file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) < 0
        || status.stx_size > ID_BYTES_MAX + 1)
        die(log->path);
    read_bytes = pread(log->file, log->id, status.stx_size, 0);
    if (read_bytes != (ssize_t)status.stx_size || log->id[read_bytes - 1] != '\n')
        die(log->path);
    log->id[read_bytes - 1] = 0;
    try_to_release("deferred", log->id);
    try_to_release("incoming", log->id);
    look("active", log->id);
    look("hold", log->id);
    log->due = seconds_of(CLOCK_MONOTONIC) + SECOND_LOOK_SECONDS;
    under_way++;
}

/* The second half, for the log that is due first. */
static void finish_first(void)
{
    struct log *log = &ring[first];

    wait_until(log->due);
    look("deferred", log->id);
    look("incoming", log->id);
    look("active", log->id);
    look("hold", log->id);
    if (ftruncate(log->file, 0) < 0 || utimensat(AT_FDCWD, log->path, NULL, AT_SYMLINK_NOFOLLOW) < 0
        || close(log->file) < 0)
        die(log->path);
    first = (first + 1) % UNDER_WAY_MAX;
    under_way--;
    emptied++;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: purge queue\n", stderr);
        return 2;
    }
    double start = seconds_of(CLOCK_MONOTONIC);
    DIR *record = chdir(argv[1]) < 0 ? NULL : opendir("flush");
    if (record == NULL)
        die(argv[1]);
    for (struct dirent *entry; (entry = readdir(record)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        while (under_way == UNDER_WAY_MAX || (under_way > 0 && ring[first].due <= seconds_of(CLOCK_MONOTONIC)))
            finish_first();
        begin(&ring[(first + under_way) % UNDER_WAY_MAX], entry->d_name);
    }
    while (under_way > 0)
        finish_first();
    closedir(record);
    printf("{\"emptied\":%lu,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", emptied,
           seconds_of(CLOCK_MONOTONIC) - start, seconds_of(CLOCK_PROCESS_CPUTIME_ID));
    return 0;
}
