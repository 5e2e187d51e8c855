/*
 * look: looks at all files of a deferred queue, or reads them, for the benchmark only.
 *
 * look MODE THREADS QUEUE [SINCE]
 *
 * The least that somebody does who wants to know of each deferred message what has changed, or what it is. MODE
 * "look": reads the directories and takes the status of each file. MODE "read": reads the directories and, of each
 * message, the queue file and the defer file, with the status of the open queue file before and after; both queues are
 * hashed over one level. MODE "changed": looks at each file as "look" does, and reads those as "read" does whose ctime is
 * SINCE or later (milliseconds since the epoch). These are the system calls that the index makes (src/index/), but for
 * those of its own file. THREADS share the directories.
 *
 * Prints one line of JSON: how many files there are, and how many were read. Exit status: 0, or 1 where anything could
 * not be read.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

enum { READ_BYTES = 8192, THREADS_MAX = 16 };

static const char directories[] = "0123456789ABCDEF";
static const int open_flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOATIME;
static atomic_int next_directory;
static atomic_ulong files;
static atomic_ulong files_read;
static const char *queue;
static int looks, reads;
static long long since_ms;

static int open_directory(const char *name, char letter)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s/%c", queue, name, letter);
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 && errno != ENOENT)
        die(path);
    return directory;
}

static void read_message(int deferred, int defer, const char *id)
{
    char buffer[READ_BYTES];
    struct stat status;
    int file = openat(deferred, id, open_flags);

    if (file < 0 || fstat(file, &status) < 0 || pread(file, buffer, sizeof(buffer), 0) < 0)
        die(id);
    int reasons = openat(defer, id, open_flags);
    if (reasons < 0 || pread(reasons, buffer, sizeof(buffer), 0) < 0)
        die(id);
    close(reasons);
    if (fstat(file, &status) < 0)
        die(id);
    close(file);
}

/* Whether it is to be read. */
static int look_at(int deferred, const char *id)
{
    struct stat status;

    if (fstatat(deferred, id, &status, AT_SYMLINK_NOFOLLOW) < 0)
        die(id);
    return reads && status.st_ctim.tv_sec * 1000LL + status.st_ctim.tv_nsec / 1000000 >= since_ms;
}

static void look_at_directory(char letter)
{
    int deferred = open_directory("deferred", letter);

    if (deferred < 0)
        return;
    int defer = reads ? open_directory("defer", letter) : -1;
    DIR *listing = fdopendir(deferred);
    if (listing == NULL)
        die("fdopendir");
    unsigned long count = 0, read_count = 0;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        /* A name of one character is a directory that another setting of hash_queue_depth has left. */
        if (entry->d_name[0] == '.' || entry->d_name[1] == 0)
            continue;
        if (looks ? look_at(deferred, entry->d_name) : reads) {
            read_message(deferred, defer, entry->d_name);
            read_count++;
        }
        count++;
    }
    files += count;
    files_read += read_count;
    closedir(listing);
    if (defer >= 0)
        close(defer);
}

static void *look_at_some(void *unused)
{
    (void)unused;
    for (int index; (index = next_directory++) < (int)sizeof(directories) - 1;)
        look_at_directory(directories[index]);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];

    if (argc < 4 || (strcmp(argv[1], "changed") == 0) != (argc == 5)) {
        fputs("usage: look look|read threads queue, look changed threads queue since\n", stderr);
        return 2;
    }
    int count = atoi(argv[2]);
    looks = strcmp(argv[1], "read") != 0;
    reads = strcmp(argv[1], "look") != 0;
    queue = argv[3];
    since_ms = argc == 5 ? atoll(argv[4]) : 0;
    if (count < 1 || count > THREADS_MAX)
        return 2;
    for (int index = 0; index < count; index++) {
        errno = pthread_create(&threads[index], NULL, look_at_some, NULL);
        if (errno != 0)
            die("pthread_create");
    }
    for (int index = 0; index < count; index++)
        pthread_join(threads[index], NULL);
    printf("{\"files\":%lu,\"read\":%lu}\n", files, files_read);
    return 0;
}
