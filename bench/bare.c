/*
 * bare: the least server that answers flush clients, for the benchmark only.
 *
 * bare SOCKET SECONDS [DIRECTORY]
 *
 * Shows what the kernel allows: one process, epoll, and for each `add` the system calls that any server
 * of this protocol must make: accept, write the greeting, read, append the queue ID under flock(2) to the
 * site's file in DIRECTORY (open, flock, write, flock, close), write the answer, close. Without DIRECTORY
 * it answers and keeps nothing: then the load generator's own limit shows. It checks nothing beyond what
 * keeps it alive, and knows no request but `add`: others are answered with OK.
 *
 * Prints the line "ready" when it listens. Ends on a signal, at the latest by SIGALRM after SECONDS.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "flush_protocol.h"
#include "program.h"

enum {
    CONNECTIONS_MAX = 8192,
    /* master's, for a service without a process limit. */
    BACKLOG = 100
};

/* What has come in so far, by descriptor. */
static struct {
    unsigned used;
    char bytes[REQUEST_BYTES_MAX];
} requests[CONNECTIONS_MAX];

static int epoll_fd, keeps_record;

static void watch(int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        die("epoll_ctl");
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        die(path);
    }
    strcpy(address.sun_path, path);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0
        || listen(listener, BACKLOG) < 0)
        die(path);
    return listener;
}

static void accept_all(int listener)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        if (fd >= CONNECTIONS_MAX || send(fd, GREETING, sizeof(GREETING), MSG_NOSIGNAL) < 0) {
            close(fd);
            continue;
        }
        requests[fd].used = 0;
        watch(fd);
    }
}

/* A site's file: everything that is no letter or digit becomes an underscore. */
static void mask(char *site)
{
    for (; *site; site++)
        *site = isalnum((unsigned char)*site) ? (char)tolower((unsigned char)*site) : '_';
}

/* "request add site SITE queue_id ID", each with its NUL: appends ID and a newline to SITE's file. */
static void append(char *request, unsigned length)
{
    static const char words[] = "request\0add\0site";
    char *site = request + sizeof(words);

    if (length <= sizeof(words) || memcmp(request, words, sizeof(words)) != 0)
        return;
    char *id = site + strlen(site) + 1 + sizeof("queue_id");
    if (id >= request + length)
        return;
    mask(site);
    size_t id_length = strlen(id);
    id[id_length] = '\n';
    int fd = open(site, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(fd, id, id_length + 1) < 0 || flock(fd, LOCK_UN) < 0)
        die(site);
    close(fd);
}

static void serve(int fd)
{
    char *bytes = requests[fd].bytes;
    unsigned used = requests[fd].used;
    ssize_t got = read(fd, bytes + used, REQUEST_BYTES_MAX - 1 - used);

    if (got > 0) {
        used = requests[fd].used += (unsigned)got;
        bytes[used] = 0;
        if (used < 2 || bytes[used - 1] != 0 || (used > 2 && bytes[used - 2] != 0))
            return;
        if (keeps_record)
            append(bytes, used);
        send(fd, REPLY_OK, sizeof(REPLY_OK), MSG_NOSIGNAL);
    }
    close(fd);
}

int main(int argc, char **argv)
{
    struct epoll_event events[256];

    if (argc < 3 || argc > 4) {
        fputs("usage: bare socket seconds [directory]\n", stderr);
        return 2;
    }
    alarm((unsigned)strtoul(argv[2], NULL, 10));
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_at(argv[1]);
    keeps_record = argc == 4;
    if (keeps_record && chdir(argv[3]) < 0)
        die(argv[3]);
    watch(listener);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, 256, -1);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.fd == listener)
                accept_all(listener);
            else
                serve(events[index].data.fd);
        }
    }
}
