/*
 * load: load generator for a flush socket, for the benchmark only.
 *
 * load -s SOCKET [-c clients] [-n requests] [-k add|send_site|wake] [-p site] [-S sites] [-i first-id]
 *      [-t seconds] [-w pause]
 *
 * Each client connects, reads the greeting, writes one request, reads the answer, closes and begins
 * again, until `requests` have been begun. Kinds: "add" (sites p00000.bench.example, p00001... in turn,
 * queue IDs counted up from `first-id`), "send_site" (of the site named by -p) and "wake" (master's
 * "W NUL"). One thread with epoll; with one client plain blocking calls, so that latency is the
 * server's. A connection that finds the backlog full waits until the backlog may have room, never
 * spinning. The clock of a request starts before its first connect() and stops when its answer is there.
 *
 * With -w there must be one client, and it is a paced one: it rests `pause` milliseconds before each request, and
 * begins no more once its standard input ends, as somebody does who wants to know how requests fare while something
 * else goes on. Then -n is only the most that it sends.
 *
 * Prints one line of JSON. Times are wall clock: "seconds" from first connect to last answer, the
 * percentiles in microseconds (0.8 % precision). "cpu_seconds" is what this program used: where it comes
 * near "seconds", the generator is the bottleneck. Exit status: 0 if each request that was begun was answered
 * in time, 1 if any was refused, failed or overran -t (the line is still printed), 2 for wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "flush_protocol.h"
#include "histogram.h"
#include "load_options.h"
#include "program.h"

enum {
    /* While connections wait for room in the backlog: how long to sleep if nothing else happens. */
    BACKLOG_RETRY_MS = 1,
    /* After the time limit: how often SIGALRM interrupts (once a second) before it kills. */
    LATE_SECONDS_MAX = 5
};

enum state { IDLE, WANTS_ROOM, WANTS_GREETING, WANTS_REPLY };
enum outcome { PENDING, ANSWERED, REFUSED, FAILED };

struct client {
    int fd;
    enum state state;
    unsigned used;
    unsigned long number;
    uint64_t started_ns;
    char buffer[64];
};

static struct histogram latencies;
static unsigned long begun, refused, failed;
static struct { unsigned long ok, bad, deny, fail, other; } statuses;
static volatile sig_atomic_t late_seconds;

/* Interrupts whatever blocks, each second anew, since one signal can fall between test and call. */
static void on_alarm(int signal_number)
{
    (void)signal_number;
    if (++late_seconds > LATE_SECONDS_MAX)
        _exit(1);
    alarm(1);
}

/* ---- requests and answers ---- */

/* A short queue ID: five hex digits of microseconds, which choose the hash directory, then an inode. */
static size_t format_request(char *out, unsigned long number)
{
    unsigned long id = options.first_id + number;

    switch (options.kind) {
    case WAKE:
        memcpy(out, "W", 2);
        return 2;
    case SEND_SITE:
        return 1 + (size_t)snprintf(out, REQUEST_BYTES_MAX, "request%csend_site%csite%c%s%c", 0, 0, 0,
                                    options.site, 0);
    default:
        return 1 + (size_t)snprintf(out, REQUEST_BYTES_MAX,
                                    "request%cadd%csite%c%s%05lu.bench.example%cqueue_id%c%05lX%06lX%c", 0, 0,
                                    0, options.site, number % options.sites, 0, 0, id * 7919 % 1000000, id, 0);
    }
}

static bool is_reply_complete(const char *bytes, size_t length)
{
    return length >= 3 && bytes[length - 1] == 0 && bytes[length - 2] == 0;
}

static bool count_status(const char *reply)
{
    static const size_t prefix = sizeof("status");

    if (memcmp(reply, "status", prefix) != 0)
        return false;
    switch (strtoul(reply + prefix, NULL, 10)) {
    case 0: statuses.ok++; break;
    case 3: statuses.bad++; break;
    case 4: statuses.deny++; break;
    case 4294967295: statuses.fail++; break;
    default: statuses.other++; break;
    }
    return true;
}

/* Takes one step of a connected client that has something to read. */
static enum outcome advance(struct client *client)
{
    char request[REQUEST_BYTES_MAX + 1];
    ssize_t got = read(client->fd, client->buffer + client->used, sizeof(client->buffer) - 1 - client->used);

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return PENDING;
    if (got <= 0)
        return FAILED;
    client->used += (unsigned)got;
    if (client->state == WANTS_REPLY) {
        if (!is_reply_complete(client->buffer, client->used))
            return client->used < sizeof(client->buffer) - 1 ? PENDING : FAILED;
        return count_status(client->buffer) ? ANSWERED : FAILED;
    }
    if (client->used < sizeof(GREETING))
        return PENDING;
    if (client->used > sizeof(GREETING) || memcmp(client->buffer, GREETING, sizeof(GREETING)) != 0)
        return FAILED;
    size_t length = format_request(request, client->number);
    if (send(client->fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        return FAILED;
    client->state = WANTS_REPLY;
    client->used = 0;
    return PENDING;
}

static void finish(struct client *client, enum outcome outcome)
{
    if (outcome == ANSWERED)
        histogram_add(&latencies, ns_of(CLOCK_MONOTONIC) - client->started_ns);
    else if (outcome == REFUSED)
        refused++;
    else
        failed++;
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->state = IDLE;
}

/* ---- connecting ---- */

static void begin(struct client *client, int socket_flags)
{
    client->number = begun++;
    client->used = 0;
    client->started_ns = ns_of(CLOCK_MONOTONIC);
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | socket_flags, 0);
    client->state = WANTS_ROOM;
}

/* PENDING with state WANTS_ROOM left as it is: the backlog is full, and the same socket may try again. */
static enum outcome try_connect(struct client *client)
{
    if (connect(client->fd, (struct sockaddr *)&options.address, sizeof(options.address)) == 0) {
        client->state = WANTS_GREETING;
        return PENDING;
    }
    if (errno == EAGAIN || errno == EINTR)
        return PENDING;
    return errno == ECONNREFUSED || errno == ENOENT ? REFUSED : FAILED;
}

/* ---- one client after the other ---- */

/* A paced client's rest; false when it was told to end. */
static bool rest(void)
{
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

    return poll(&input, 1, (int)options.pause_ms) == 0;
}

static void run_sequential(void)
{
    struct client client;

    while (begun < options.requests && !late_seconds && (options.pause_ms == 0 || rest())) {
        begin(&client, 0);
        enum outcome outcome = try_connect(&client);
        while (outcome == PENDING && client.state != WANTS_ROOM && !late_seconds)
            outcome = advance(&client);
        finish(&client, outcome);
    }
}

/* ---- many clients ---- */

static struct client clients[CLIENTS_MAX];
static unsigned waiting[CLIENTS_MAX];
static unsigned long waiting_first, waiting_count, active;
static int epoll_fd;

static void watch(struct client *client)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };

    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event) < 0)
        die("epoll_ctl");
}

static void wait_for_room(struct client *client)
{
    waiting[(waiting_first + waiting_count++) % CLIENTS_MAX] = (unsigned)(client - clients);
}

/* Begins requests until one is under way or all have been begun. */
static void start(struct client *client)
{
    while (begun < options.requests) {
        begin(client, SOCK_NONBLOCK);
        enum outcome outcome = try_connect(client);
        if (outcome != PENDING) {
            finish(client, outcome);
            continue;
        }
        active++;
        if (client->state == WANTS_ROOM)
            wait_for_room(client);
        else
            watch(client);
        return;
    }
}

static void end(struct client *client, enum outcome outcome)
{
    active--;
    finish(client, outcome);
    start(client);
}

/* Lets clients in, oldest first, until the backlog is full again: at most one vain call a turn. */
static void retry_waiting(void)
{
    for (unsigned long left = waiting_count; left > 0; left--) {
        struct client *client = &clients[waiting[waiting_first % CLIENTS_MAX]];
        enum outcome outcome = try_connect(client);
        if (outcome == PENDING && client->state == WANTS_ROOM)
            return;
        waiting_first++;
        waiting_count--;
        if (outcome == PENDING)
            watch(client);
        else
            end(client, outcome);
    }
}

static void run_concurrent(void)
{
    struct epoll_event events[256];

    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned long index = 0; index < options.clients; index++)
        start(&clients[index]);
    while (active > 0 && !late_seconds) {
        int ready = epoll_wait(epoll_fd, events, 256, waiting_count > 0 ? BACKLOG_RETRY_MS : -1);
        for (int index = 0; index < ready; index++) {
            enum outcome outcome = advance(events[index].data.ptr);
            if (outcome != PENDING)
                end(events[index].data.ptr, outcome);
        }
        retry_waiting();
    }
    failed += active;
}

/* ---- the program ---- */

static void report(double seconds, double cpu_seconds)
{
    printf("{\"requests\":%lu,\"answered\":%lu,\"seconds\":%.6f,\"per_second\":%.1f,", begun,
           (unsigned long)latencies.count, seconds, (double)latencies.count / seconds);
    printf("\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,",
           histogram_percentile_us(&latencies, 0.5), histogram_percentile_us(&latencies, 0.9),
           histogram_percentile_us(&latencies, 0.99), (double)latencies.max_ns / 1000.0);
    printf("\"status\":{\"0\":%lu,\"3\":%lu,\"4\":%lu,\"-1\":%lu,\"other\":%lu},", statuses.ok, statuses.bad,
           statuses.deny, statuses.fail, statuses.other);
    printf("\"refused\":%lu,\"failed\":%lu,\"timed_out\":%s,\"cpu_seconds\":%.3f}\n", refused, failed,
           late_seconds ? "true" : "false", cpu_seconds);
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_alarm };

    read_options(argc, argv);
    sigaction(SIGALRM, &action, NULL);
    alarm((unsigned)options.limit_seconds);
    double started = seconds_of(CLOCK_MONOTONIC), started_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    if (options.clients == 1)
        run_sequential();
    else
        run_concurrent();
    report(seconds_of(CLOCK_MONOTONIC) - started, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - started_cpu);
    return latencies.count == begun && (begun == options.requests || options.pause_ms > 0) ? 0 : 1;
}
