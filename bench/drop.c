/*
 * drop: has the kernel drop a file from memory, for the benchmark only.
 *
 * drop FILE
 *
 * Writes it out, gives its pages back (posix_fadvise(2)), and counts those that are still there (mincore(2)): pages
 * that some process has mapped stay.
 *
 * Prints one line of JSON: how many bytes the file has, and how many of them are still in memory. Exit status: 0,
 * or 1 where the file can't be had.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

int main(int argc, char **argv)
{
    struct stat status;

    if (argc != 2) {
        fputs("usage: drop file\n", stderr);
        return 2;
    }
    int file = open(argv[1], O_RDONLY);
    if (file < 0 || fstat(file, &status) < 0 || fsync(file) < 0)
        die(argv[1]);
    errno = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    if (errno != 0)
        die("posix_fadvise");
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE), bytes = (size_t)status.st_size;
    size_t pages = (bytes + page_bytes - 1) / page_bytes, left = 0;
    unsigned char *in_memory = calloc(pages, 1);
    void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, file, 0);
    if (in_memory == NULL || map == MAP_FAILED || mincore(map, bytes, in_memory) < 0)
        die("mincore");
    for (size_t page = 0; page < pages; page++)
        left += in_memory[page] & 1;
    printf("{\"bytes\":%zu,\"left\":%zu}\n", bytes, left * page_bytes);
    return 0;
}
