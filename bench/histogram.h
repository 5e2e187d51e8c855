/*
 * A histogram of durations in nanoseconds: constant memory, constant time, 0.8 % precision.
 *
 * Values below 256 have a bucket each; above, each power of two is cut into 128 buckets. A percentile
 * is the upper edge of the bucket that holds it; the greatest value is kept as it is.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_BITS = 7,
    HISTOGRAM_STEPS = 1 << HISTOGRAM_BITS,
    HISTOGRAM_BUCKETS = (64 - HISTOGRAM_BITS + 1) * HISTOGRAM_STEPS
};

struct histogram {
    uint64_t buckets[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max_ns;
};

static inline void histogram_add(struct histogram *histogram, uint64_t value_ns)
{
    unsigned shift = 0;

    /* Shifted so far that one bit more than HISTOGRAM_BITS is left: buckets then follow each other. */
    if (value_ns >= 2 * HISTOGRAM_STEPS)
        shift = 63 - HISTOGRAM_BITS - (unsigned)__builtin_clzll(value_ns);
    histogram->buckets[shift * HISTOGRAM_STEPS + (value_ns >> shift)]++;
    histogram->count++;
    if (value_ns > histogram->max_ns)
        histogram->max_ns = value_ns;
}

/* The greatest value that falls into a bucket. */
static inline uint64_t histogram_upper_edge_ns(unsigned index)
{
    unsigned shift;

    if (index < 2 * HISTOGRAM_STEPS)
        return index;
    shift = index / HISTOGRAM_STEPS - 1;
    return ((uint64_t)(index - shift * HISTOGRAM_STEPS + 1) << shift) - 1;
}

/* What `share` (0 to 1) of all values do not exceed, in microseconds; 0 of an empty histogram. */
static inline double histogram_percentile_us(const struct histogram *histogram, double share)
{
    double wanted = share * (double)histogram->count;
    uint64_t seen = 0;

    for (unsigned index = 0; index < HISTOGRAM_BUCKETS; index++) {
        seen += histogram->buckets[index];
        if (seen > 0 && (double)seen >= wanted) {
            uint64_t edge_ns = histogram_upper_edge_ns(index);
            return (double)(edge_ns < histogram->max_ns ? edge_ns : histogram->max_ns) / 1000.0;
        }
    }
    return 0;
}

#endif
