/* Loaded by LD_PRELOAD: the allocation number FAULT_ALLOC of this process, counted from
 * 1 over malloc, calloc and realloc, finds no memory; FAULT_COUNT is a file that gets
 * the number of allocations at the end. A forked child goes on counting for itself and
 * writes no count. The C library's own entries are called, as dlsym() may allocate.
 * Only the program FAULT_PROGRAM is meant, not the compiler that it may start; with
 * FAULT_RANK only this rank of it. With FAULT_OWN only allocations that the program itself
 * asks for count, not those of MPI and other libraries. With FAULT_ON all later ones of
 * this process fail as well. */

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long n_calls;
static long at;
static pid_t first;
static bool is_meant;
static bool only_own;
static bool goes_on;
static uintptr_t own_begin, own_end;

/* The program is the first object; where its code lies. */
static int find_own(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    (void)arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
            own_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            own_end = own_begin + info->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void set_up(void)
{
    const char *wanted = getenv("FAULT_RANK");
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *k = getenv("FAULT_ALLOC");
    const char *name = getenv("FAULT_PROGRAM");
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    path[n < 0 ? 0 : n] = '\0';
    is_meant = name != NULL && strcmp(path, name) == 0 &&
               (wanted == NULL || (rank != NULL && strcmp(rank, wanted) == 0));
    only_own = getenv("FAULT_OWN") != NULL;
    goes_on = getenv("FAULT_ON") != NULL;
    dl_iterate_phdr(find_own, NULL);
    at = k == NULL ? 0 : atol(k);
    first = getpid();
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAULT_COUNT");
    long n = atomic_load(&n_calls);

    if (is_meant && path != NULL && getpid() == first) {
        FILE *f = fopen(path, "w");

        if (f != NULL) {
            fprintf(f, "%ld\n", n);
            fclose(f);
        }
    }
}

static bool fails(const void *caller)
{
    uintptr_t address = (uintptr_t)caller;

    if (!is_meant || (only_own && (address < own_begin || address >= own_end))) {
        return false;
    }
    long n = atomic_fetch_add(&n_calls, 1) + 1;
    if (n != at && !(goes_on && at > 0 && n > at)) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
