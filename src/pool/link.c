/* Messages between ranks: the only user of MPI.
 *
 * Two-sided and never blocking, so that a rank may sleep between looks. Small messages
 * are received on the spot, large ones in the background; between two ranks small ones
 * therefore keep their order, a large one may be overtaken by what was sent after it. */

#include "pool_priv.h"

#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What every MPI sends at once; longer messages need the sender's help. */
enum { EAGER_BYTES = 2048 };

/* Large messages received at a time: more than these stay with their senders, so that
 * thousands of ranks can fill no memory here. */
enum { MOST_INCOMING = 64 };

typedef struct outgoing_message {
    MPI_Request request;
    char *bytes;
} outgoing_message;

typedef struct incoming_message {
    MPI_Request request;
    pool_channel channel;
    pool_message message;
} incoming_message;

struct pool_link {
    bool mpi; /* MPI was started */
    bool broken;
    bool leaving;
    int rank;
    int size;
    MPI_Comm comms[N_CHANNELS];
    MEC_VEC(outgoing_message) outgoing;
    MEC_VEC(incoming_message) incoming;
};

/* ---- start and stop ---- */

static mec_status fail(pool_link *link, int code, const char *call, mec_err *err)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int n = 0;

    link->broken = true;
    MPI_Error_string(code, text, &n);
    return mec_fail(err, MEC_E_MPI, "pool: %s failed on rank %d: %s", call, link->rank,
                    text);
}

/* Under mpirun or srun --mpi=pmix, with more than one rank? Starting MPI for one rank
 * costs more than many a campaign. */
static bool is_parallel(void)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");

    if (size != NULL) {
        return strcmp(size, "1") != 0;
    }
    return getenv("PMIX_RANK") != NULL && getenv("PMIX_NAMESPACE") != NULL;
}

/* Defaults for Open MPI where the user has set none; measured in HPC.md 2.1. */
static void set_defaults(void)
{
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 0);
    setenv("OMPI_MCA_pml", "ob1", 0); /* 0.2 s less to start than probing all fabrics */
}

mec_status link_start(int *argc, char ***argv, pool_link **out, mec_err *err)
{
    pool_link *link = calloc(1, sizeof *link);

    *out = link;
    if (link == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "pool: out of memory");
    }
    link->size = 1;
    if (!is_parallel()) {
        return MEC_OK;
    }
    set_defaults();
    int code = MPI_Init(argc, argv);
    if (code != MPI_SUCCESS) {
        return mec_fail(err, MEC_E_MPI, "pool: MPI_Init failed with code %d", code);
    }
    link->mpi = true;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &link->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &link->size);
    for (int i = 0; i < N_CHANNELS; i++) {
        code = MPI_Comm_dup(MPI_COMM_WORLD, &link->comms[i]);
        if (code != MPI_SUCCESS) {
            return fail(link, code, "MPI_Comm_dup", err);
        }
    }
    return MEC_OK;
}

void link_stop(pool_link *link)
{
    if (link == NULL) {
        return;
    }
    /* After a failure MPI_Finalize would wait for ever; mpirun ends the job instead. */
    if (link->mpi && !link->broken) {
        for (int i = 0; i < N_CHANNELS; i++) {
            MPI_Comm_free(&link->comms[i]);
        }
        MPI_Finalize();
    }
    for (size_t i = 0; i < link->outgoing.n; i++) {
        free(link->outgoing.data[i].bytes);
    }
    for (size_t i = 0; i < link->incoming.n; i++) {
        free(link->incoming.data[i].message.bytes);
    }
    MEC_VEC_CLEAR(&link->outgoing);
    MEC_VEC_CLEAR(&link->incoming);
    free(link);
}

int32_t link_rank(const pool_link *link)
{
    return link->rank;
}

int32_t link_size(const pool_link *link)
{
    return link->size;
}

/* ---- sending ---- */

mec_status link_send(pool_link *link, pool_channel channel, int32_t dest, int32_t tag,
                     mec_text *body, mec_err *err)
{
    outgoing_message m;
    size_t n = body->length;
    bool failed = !mec_text_ok(body);
    int flag = 0;

    m.bytes = mec_text_take(body);
    if (failed) {
        free(m.bytes);
        link->broken = true; /* somebody waits for it, and part of it may be lost */
        return mec_fail(err, MEC_E_MPI, "pool: out of memory for a message");
    }
    if (n > INT_MAX) {
        free(m.bytes);
        return mec_fail(err, MEC_E_LIMIT, "pool: a message of %zu bytes is too long",
                        n);
    }
    int code = MPI_Isend(m.bytes, (int)n, MPI_BYTE, dest, tag, link->comms[channel],
                         &m.request);
    if (code == MPI_SUCCESS) {
        code = MPI_Test(&m.request, &flag, MPI_STATUS_IGNORE);
    }
    if (code != MPI_SUCCESS || flag != 0) {
        free(m.bytes);
        return code == MPI_SUCCESS ? MEC_OK : fail(link, code, "MPI_Isend", err);
    }
    if (!MEC_VEC_PUSH(&link->outgoing, m)) {
        link->broken = true; /* the message is on its way from memory that we lose */
        return mec_fail(err, MEC_E_MPI, "pool: out of memory for a message");
    }
    return MEC_OK;
}

mec_status link_progress(pool_link *link, mec_err *err)
{
    size_t kept = 0;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < link->outgoing.n; i++) {
        outgoing_message m = link->outgoing.data[i];
        int flag = 0;

        if (st == MEC_OK) {
            int code = MPI_Test(&m.request, &flag, MPI_STATUS_IGNORE);

            st = code == MPI_SUCCESS ? MEC_OK : fail(link, code, "MPI_Test", err);
        }
        if (flag != 0) {
            free(m.bytes);
        } else {
            link->outgoing.data[kept] = m;
            kept++;
        }
    }
    link->outgoing.n = kept;
    return st;
}

size_t link_n_sending(const pool_link *link)
{
    return link->outgoing.n;
}

/* ---- receiving ---- */

static bool matches(const incoming_message *m, pool_channel channel, int32_t source,
                    int32_t tag)
{
    return m->channel == channel &&
           (source == ANY_RANK || source == m->message.source) &&
           (tag == ANY_TAG || tag == m->message.tag);
}

/* Take a background message that has arrived. */
static mec_status take_arrived(pool_link *link, pool_channel channel, int32_t source,
                               int32_t tag, pool_message *out, bool *got, mec_err *err)
{
    for (size_t i = 0; i < link->incoming.n && !*got; i++) {
        incoming_message *m = &link->incoming.data[i];
        int flag = 0;

        if (!matches(m, channel, source, tag)) {
            continue;
        }
        int code = MPI_Test(&m->request, &flag, MPI_STATUS_IGNORE);
        if (code != MPI_SUCCESS) {
            return fail(link, code, "MPI_Test", err);
        }
        if (flag != 0) {
            *out = m->message;
            *got = true;
            link->incoming.n--;
            memmove(m, m + 1, (link->incoming.n - i) * sizeof *m);
        }
    }
    return MEC_OK;
}

/* Look for a new message; a large one is only begun. */
static mec_status probe(pool_link *link, pool_channel channel, int32_t source,
                        int32_t tag, pool_message *out, bool *got, bool *begun,
                        mec_err *err)
{
    MPI_Message handle;
    MPI_Status status;
    int flag = 0;
    int n = 0;
    incoming_message m = {.channel = channel};

    *begun = false;
    int code = MPI_Improbe(source == ANY_RANK ? MPI_ANY_SOURCE : source,
                           tag == ANY_TAG ? MPI_ANY_TAG : tag, link->comms[channel],
                           &flag, &handle, &status);
    if (code != MPI_SUCCESS) {
        return fail(link, code, "MPI_Improbe", err);
    }
    if (flag == 0) {
        return MEC_OK;
    }
    MPI_Get_count(&status, MPI_BYTE, &n);
    m.message = (pool_message){.source = status.MPI_SOURCE,
                               .tag = status.MPI_TAG,
                               .bytes = malloc(n > 0 ? (size_t)n : 1),
                               .n = (size_t)n};
    if (m.message.bytes == NULL ||
        !MEC_VEC_RESERVE(&link->incoming, link->incoming.n + 1)) {
        free(m.message.bytes);
        link->broken = true; /* a matched message cannot be put back */
        return mec_fail(err, MEC_E_MPI, "pool: out of memory for a message of %d bytes",
                        n);
    }
    if (n <= EAGER_BYTES) {
        code = MPI_Mrecv(m.message.bytes, n, MPI_BYTE, &handle, MPI_STATUS_IGNORE);
        *out = m.message;
        *got = true;
    } else {
        code = MPI_Imrecv(m.message.bytes, n, MPI_BYTE, &handle, &m.request);
        link->incoming.data[link->incoming.n++] = m;
        *begun = true;
    }
    return code == MPI_SUCCESS ? MEC_OK : fail(link, code, "MPI_Mrecv", err);
}

mec_status link_receive(pool_link *link, pool_channel channel, int32_t source,
                        int32_t tag, pool_message *out, bool *got, mec_err *err)
{
    mec_status st = MEC_OK;
    bool begun = true;

    *got = false;
    while (link->mpi && begun && !*got && st == MEC_OK) {
        begun = false;
        st = take_arrived(link, channel, source, tag, out, got, err);
        if (st == MEC_OK && !*got && link->incoming.n < MOST_INCOMING) {
            st = probe(link, channel, source, tag, out, got, &begun, err);
        }
    }
    return st;
}

size_t link_n_receiving(const pool_link *link)
{
    return link->incoming.n;
}

bool link_is_broken(const pool_link *link)
{
    return link->broken;
}

void link_break(pool_link *link)
{
    link->broken = true;
}

bool link_is_leaving(const pool_link *link)
{
    return link->leaving;
}

void link_set_leaving(pool_link *link)
{
    link->leaving = true;
}
