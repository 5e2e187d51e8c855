/*
 * bare: the least server that answers flush clients, for the benchmark only.
 *
 * bare SOCKET SECONDS [append|record DIRECTORY]
 *
 * Shows what the kernel allows: one process, epoll, and the system calls that any server of this protocol must make:
 * accept, write the greeting, read, write the answer, close. What it does with each `add` besides:
 *  - append: appends the queue ID under flock(2) to the site's file in DIRECTORY (open, flock, write, flock, close);
 *  - record: what the contract of the record demands, with the same system calls as ours (record_log.h): adds that are ready
 *    in one round and go to one site are one lock and one write, and nobody is answered before all are written;
 *  - neither: answers and keeps nothing. Then the load generator's own limit shows.
 * It checks nothing beyond what keeps it alive, and knows no request but `add`: others are answered with OK.
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
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "flush_protocol.h"
#include "program.h"
#include "record_log.h"

enum {
    CONNECTIONS_MAX = 8192,
    /* Taken in one round; each may be an add. */
    EVENTS_MAX = 256,
    /* master's, for a service without a process limit. */
    BACKLOG = 100
};

/* What has come in so far, by descriptor. */
static struct {
    unsigned used;
    char bytes[REQUEST_BYTES_MAX];
} requests[CONNECTIONS_MAX];

static int epoll_fd;
static enum { ANSWER, APPEND, RECORD } mode;

/* The adds of a round, in order; `site` is null once the add is written. */
static struct add {
    int fd;
    unsigned hash;
    const char *site;
    const char *line;
    size_t length;
} adds[EVENTS_MAX];
static size_t adds_count;

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

/* "request add site SITE queue_id ID", each with its NUL; the last one becomes a newline. False: it is something else. */
static bool parse_add(char *request, unsigned length, struct add *add)
{
    static const char words[] = "request\0add\0site";
    char *site = request + sizeof(words);

    if (length <= sizeof(words) || memcmp(request, words, sizeof(words)) != 0)
        return false;
    char *id = site + strlen(site) + 1 + sizeof("queue_id");
    if (id >= request + length)
        return false;
    mask(site);
    size_t id_length = strlen(id);
    id[id_length] = '\n';
    add->site = site;
    add->hash = hash_of(site, strlen(site));
    add->line = id;
    add->length = id_length + 1;
    return true;
}

static void append(const struct add *add)
{
    int fd = open(add->site, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(fd, add->line, add->length) < 0 || flock(fd, LOCK_UN) < 0)
        die(add->site);
    close(fd);
}

static void answer(int fd)
{
    send(fd, REPLY_OK, sizeof(REPLY_OK), MSG_NOSIGNAL);
    close(fd);
}

/* Writes the first of these adds, and all others of its site with it. */
static void write_site(struct add *first, const struct add *end)
{
    static struct entries entries;
    const char *site = first->site;

    entries.count = 0;
    for (struct add *add = first; add < end; add++) {
        if (add->site == NULL || add->hash != first->hash || strcmp(add->site, site) != 0)
            continue;
        entries.each[entries.count].line = add->line;
        entries.each[entries.count].length = add->length;
        entries.each[entries.count++].is_held = false;
        add->site = NULL;
    }
    add_to_log(site, &entries);
}

static void commit(void)
{
    struct add *end = adds + adds_count;

    for (struct add *add = adds; add < end; add++)
        if (add->site != NULL)
            write_site(add, end);
    for (struct add *add = adds; add < end; add++)
        answer(add->fd);
    adds_count = 0;
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
        struct add *add = &adds[adds_count];
        if (mode != ANSWER && parse_add(bytes, used, add)) {
            if (mode == RECORD) {
                add->fd = fd;
                adds_count++;
                return;
            }
            append(add);
        }
        answer(fd);
        return;
    }
    close(fd);
}

static int usage(void)
{
    fputs("usage: bare socket seconds [append|record directory]\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS_MAX];

    if (argc != 3 && argc != 5)
        return usage();
    if (argc == 5) {
        if (strcmp(argv[3], "append") != 0 && strcmp(argv[3], "record") != 0)
            return usage();
        mode = strcmp(argv[3], "append") == 0 ? APPEND : RECORD;
    }
    alarm((unsigned)strtoul(argv[2], NULL, 10));
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int listener = listen_at(argv[1]);
    if (mode != ANSWER && chdir(argv[4]) < 0)
        die(argv[4]);
    watch(listener);
    puts("ready");
    fflush(stdout);
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, EVENTS_MAX, -1);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.fd == listener)
                accept_all(listener);
            else
                serve(events[index].data.fd);
        }
        commit();
    }
}
