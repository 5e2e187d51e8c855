/*
 * The load generator's command line; load.c says what it means.
 *
 * Wrong usage ends the program with status 2.
 */
#ifndef BENCH_LOAD_OPTIONS_H
#define BENCH_LOAD_OPTIONS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "flush_protocol.h"

enum { CLIENTS_MAX = 4096, SITES_MAX = 100000, REQUESTS_MAX = 1000000000, DAY_SECONDS = 86400, PAUSE_MS_MAX = 60000 };

enum kind { ADD, SEND_SITE, WAKE };

static struct {
    struct sockaddr_un address;
    enum kind kind;
    const char *site;
    unsigned long clients, requests, sites, first_id, limit_seconds, pause_ms;
} options = { .site = "bench", .clients = 64, .requests = 10000, .sites = 1, .limit_seconds = 60 };

static void usage(void)
{
    fputs("usage: load -s socket [-c clients] [-n requests] [-k add|send_site|wake] [-p site] [-S sites]"
          " [-i first-id] [-t seconds] [-w pause-ms]\n",
          stderr);
    exit(2);
}

static unsigned long number_option(const char *text, unsigned long min, unsigned long max)
{
    char *end_of_number;
    unsigned long value = strtoul(text, &end_of_number, 10);

    if (*text < '0' || *text > '9' || *end_of_number != 0 || value < min || value > max)
        usage();
    return value;
}

static enum kind kind_option(const char *text)
{
    if (strcmp(text, "add") == 0)
        return ADD;
    if (strcmp(text, "send_site") == 0)
        return SEND_SITE;
    if (strcmp(text, "wake") != 0)
        usage();
    return WAKE;
}

static const char *text_option(const char *text, size_t length_max)
{
    if (*text == 0 || strlen(text) > length_max)
        usage();
    return text;
}

static void read_options(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "s:c:n:k:p:S:i:t:w:")) != -1;) {
        switch (option) {
        case 's':
            strcpy(options.address.sun_path, text_option(optarg, sizeof(options.address.sun_path) - 1));
            break;
        case 'c': options.clients = number_option(optarg, 1, CLIENTS_MAX); break;
        case 'n': options.requests = number_option(optarg, 1, REQUESTS_MAX); break;
        case 'k': options.kind = kind_option(optarg); break;
        case 'p': options.site = text_option(optarg, SITE_BYTES_MAX); break;
        case 'S': options.sites = number_option(optarg, 1, SITES_MAX); break;
        case 'i': options.first_id = number_option(optarg, 0, 0xffffffffu); break;
        case 't': options.limit_seconds = number_option(optarg, 1, DAY_SECONDS); break;
        case 'w': options.pause_ms = number_option(optarg, 1, PAUSE_MS_MAX); break;
        default: usage();
        }
    }
    if (options.address.sun_path[0] == 0 || optind != argc || (options.pause_ms > 0 && options.clients != 1))
        usage();
    options.address.sun_family = AF_UNIX;
}

#endif
