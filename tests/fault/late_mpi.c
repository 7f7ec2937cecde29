/* Loaded by LD_PRELOAD into each rank: messages are late, in all ways that MPI allows.
 *
 *   LATE_MS    the longest delay in ms
 *   LATE_SEED  of the random numbers; a rank adds its own number
 *   LATE_KTH   only the k-th message of each rank is late, by LATE_MS
 *   LATE_TAG   only messages with this tag are late, by LATE_MS
 *   LATE_MOST  abort when a rank has more messages with LATE_TAG under way
 *   LATE_BODY  only long messages are late, by LATE_MS, and not to leave but to end: the
 *              receiver knows of them at once
 *   LATE_COUNT a file that gets a line per rank: how many messages it sent
 *
 * A message stays with its sender for a random time, and the sender's request is not done
 * before it has left. A receiver sees the messages of one sender in their order, but
 * those of different senders in any order, each sender being unheard for a random time
 * after each of its messages. Now and then MPI_Test() and MPI_Improbe() find nothing
 * though there is something. */

#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RANKS = 64, MAX_RECEIVES = 64 };

/* A message with its sender; its address serves as the request. */
typedef struct held_send {
    const void *bytes;
    int n, dest, tag;
    MPI_Datatype type;
    MPI_Comm comm;
    double due;
    bool begun;
    MPI_Request request;
    struct held_send *next; /* by age */
} held_send;

/* A long message that is being received. */
typedef struct long_receive {
    MPI_Request request;
    double due; /* 0: unused */
} long_receive;

static held_send *oldest;
static long_receive receives[MAX_RECEIVES];
static double longest;
static long kth;
static long only_tag; /* 0: any */
static bool only_body;
static bool all_late; /* none of the above: everything, at random */
static long n_sent;
static unsigned int seed;
static double unheard_until[MAX_RANKS];

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double chance(void)
{
    return (double)rand_r(&seed) / RAND_MAX;
}

static void set_up(void)
{
    const char *text = getenv("LATE_MS");
    int rank;

    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    longest = text == NULL ? 0.02 : 1e-3 * atof(text);
    text = getenv("LATE_KTH");
    kth = text == NULL ? 0 : atol(text);
    text = getenv("LATE_TAG");
    only_tag = text == NULL ? 0 : atol(text);
    only_body = getenv("LATE_BODY") != NULL;
    all_late = kth == 0 && only_tag == 0 && !only_body;
    text = getenv("LATE_SEED");
    seed = (text == NULL ? 1U : (unsigned int)atoi(text)) * 7919U + (unsigned int)rank;
}

int MPI_Init(int *argc, char ***argv)
{
    int code = PMPI_Init(argc, argv);

    set_up();
    return code;
}

/* Has MPI let go of a message? Its sender may not have looked yet, though the receiver
 * has answered it. */
static bool is_gone(const held_send *s)
{
    int flag = 0;

    return s->begun &&
           PMPI_Request_get_status(s->request, &flag, MPI_STATUS_IGNORE) ==
               MPI_SUCCESS &&
           flag != 0;
}

/* Are there more messages with LATE_TAG under way than there may be? */
static void check_number(void)
{
    const char *most = getenv("LATE_MOST");
    long n = 0;

    for (const held_send *s = oldest; s != NULL; s = s->next) {
        n += s->tag == only_tag && !is_gone(s);
    }
    if (most != NULL && n > atol(most)) {
        fprintf(stderr, "%ld messages with tag %ld under way\n", n, only_tag);
        abort();
    }
}

/* Let go what is due and has no older message to the same place before it. */
static int push(void)
{
    bool blocked[MAX_RANKS][2] = {{false}};
    MPI_Comm first = oldest == NULL ? MPI_COMM_NULL : oldest->comm;
    int code = MPI_SUCCESS;

    for (held_send *s = oldest; s != NULL && code == MPI_SUCCESS; s = s->next) {
        bool *is_blocked = &blocked[s->dest % MAX_RANKS][s->comm == first ? 0 : 1];

        if (!s->begun && !*is_blocked && now() >= s->due) {
            s->begun = true;
            code = PMPI_Isend(s->bytes, s->n, s->type, s->dest, s->tag, s->comm,
                              &s->request);
        }
        *is_blocked = *is_blocked || !s->begun;
    }
    return code;
}

int MPI_Isend(const void *bytes, int n, MPI_Datatype type, int dest, int tag,
              MPI_Comm comm, MPI_Request *request)
{
    held_send *s = calloc(1, sizeof *s);
    held_send **end = &oldest;

    if (s == NULL) {
        return MPI_ERR_NO_MEM;
    }
    *s = (held_send){.bytes = bytes,
                     .n = n,
                     .dest = dest,
                     .tag = tag,
                     .type = type,
                     .comm = comm,
                     .due = now()};
    n_sent++;
    if (all_late) {
        s->due += longest * chance();
    } else if (n_sent == kth || (only_tag > 0 && tag == only_tag)) {
        s->due += longest;
    }
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = s;
    check_number();
    *request = (MPI_Request)s;
    return push();
}

int MPI_Imrecv(void *bytes, int n, MPI_Datatype type, MPI_Message *message,
               MPI_Request *request)
{
    int code = PMPI_Imrecv(bytes, n, type, message, request);
    long_receive *r = receives;

    while (r < receives + MAX_RECEIVES && r->due > 0.0) {
        r++;
    }
    if (only_body && r < receives + MAX_RECEIVES) {
        *r = (long_receive){*request, now() + longest};
    }
    return code;
}

/* Is it a long message that has not ended yet? */
static bool is_unended(MPI_Request request)
{
    for (long_receive *r = receives; r < receives + MAX_RECEIVES; r++) {
        if (r->due > 0.0 && r->request == request) {
            bool unended = now() < r->due;

            r->due = unended ? r->due : 0.0;
            return unended;
        }
    }
    return false;
}

int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)
{
    held_send **at = &oldest;
    int code = push();

    *flag = 0;
    if (code != MPI_SUCCESS || is_unended(*request) || (all_late && chance() < 0.3)) {
        return code;
    }
    while (*at != NULL && (MPI_Request)*at != *request) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        return PMPI_Test(request, flag, status);
    }
    held_send *s = *at;
    if (s->begun) {
        code = PMPI_Test(&s->request, flag, status);
    }
    if (*flag != 0) {
        *at = s->next;
        free(s);
        *request = MPI_REQUEST_NULL;
    }
    return code;
}

int MPI_Improbe(int source, int tag, MPI_Comm comm, int *flag, MPI_Message *message,
                MPI_Status *status)
{
    int code = push();
    int size;

    *flag = 0;
    PMPI_Comm_size(comm, &size);
    if (code != MPI_SUCCESS) {
        return code;
    }
    if (!all_late || size > MAX_RANKS) {
        return PMPI_Improbe(source, tag, comm, flag, message, status);
    }
    int first = (int)(chance() * size);
    for (int i = 0; i < size && *flag == 0 && code == MPI_SUCCESS; i++) {
        int s = (first + i) % size;

        if ((source == MPI_ANY_SOURCE || source == s) && now() >= unheard_until[s]) {
            code = PMPI_Improbe(s, tag, comm, flag, message, status);
            if (*flag != 0) {
                unheard_until[s] = now() + longest * chance() * chance();
            }
        }
    }
    return code;
}

int MPI_Finalize(void)
{
    if (oldest != NULL) {
        fprintf(stderr, "MPI_Finalize with a message to rank %d under way\n",
                oldest->dest);
        abort();
    }
    const char *path = getenv("LATE_COUNT");
    FILE *f = path == NULL ? NULL : fopen(path, "a");
    if (f != NULL) {
        fprintf(f, "%ld\n", n_sent);
        fclose(f);
    }
    return PMPI_Finalize();
}
