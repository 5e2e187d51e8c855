/*
 * The few bytes of the flush protocol that the load generator (load.c) and the bare server (bare.c) share.
 *
 * Written for fastflush from the description of the protocol: the server speaks first, a request is a
 * list of name NUL value NUL with one NUL more at its end, the answer is the list with one number.
 * Not a codec: it knows the requests of the benchmark and nothing else.
 */
#ifndef BENCH_FLUSH_PROTOCOL_H
#define BENCH_FLUSH_PROTOCOL_H

/* What the server sends first: 31 bytes, the array's own NUL is the end of the list. */
static const char GREETING[] = "protocol\0queue_flush_protocol\0";

/* "status NUL 0 NUL NUL": done. */
static const char REPLY_OK[] = "status\0" "0\0";

/* Longest site name that the benchmark sends (a domain name's limit), and room for a request with one. */
enum { SITE_BYTES_MAX = 253, REQUEST_BYTES_MAX = 512 };

#endif
