/* What the operating system knows about a database file: its file system, its locks. */

#include <mecombo/db.h>

#include "io_priv.h"

#include <mecombo/path.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* statfs() magic numbers of file systems that several machines share; from
   linux/magic.h, statfs(2) and the file systems' own documentation. */
static bool is_shared(uint32_t magic)
{
    static const uint32_t shared[] = {
        0x6969,     /* NFS */
        0x517B,     /* SMB */
        0xFE534D42, /* SMB2 */
        0xFF534D42, /* CIFS */
        0x0BD00BD0, /* Lustre */
        0x47504653, /* GPFS */
        0x19830326, /* BeeGFS */
        0x00C36400, /* CephFS */
        0x65735546, /* FUSE, virtiofs */
        0x5346414F, /* AFS */
        0x6B414653, /* kAFS */
        0x73757245, /* Coda */
        0x01021997, /* 9P */
        0x20030528, /* OrangeFS */
        0xAAD7AAEA, /* PanFS */
        0x01161970, /* GFS2 */
        0x7461636F, /* OCFS2 */
        0x013111A8, /* IBRIX */
    };

    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (shared[i] == magic) {
            return true;
        }
    }
    return false;
}

mec_db_storage mec_db_storage_of(const char *path)
{
    struct statfs info;
    bool is_known = statfs(path, &info) == 0;

    if (!is_known) {
        mec_arena *arena = mec_arena_new();
        const char *directory = arena == NULL ? NULL : mec_path_dirname(arena, path);

        is_known = directory != NULL &&
                   statfs(*directory == '\0' ? "." : directory, &info) == 0;
        mec_arena_free(arena);
    }
    return is_known && is_shared((uint32_t)info.f_type) ? MEC_DB_SHARED : MEC_DB_LOCAL;
}

static void name_process(long pid, char out[80])
{
    char path[48];
    char name[33] = "";

    snprintf(path, sizeof path, "/proc/%ld/comm", pid);
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(name, sizeof name, file) == NULL) {
            name[0] = '\0';
        }
        fclose(file);
    }
    name[strcspn(name, "\n")] = '\0';
    snprintf(out, 80, name[0] == '\0' ? "process %ld" : "process %ld (%s)", pid, name);
}

/* A lock as found in /proc/locks: the higher the rank, the more likely the culprit. */
typedef struct lock_owner {
    long pid;
    int rank; /* 0: none; 1: this process; 2: another one that reads; 3: that writes */
} lock_owner;

/* Read /proc/locks rather than ask with fcntl(): that would need a second descriptor of
   the file, and closing it would drop this process's own locks. */
static void find_lock(const char *path, lock_owner *owner)
{
    struct stat info;
    char line[256];

    if (stat(path, &info) != 0) {
        return;
    }
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL) {
        return;
    }
    while (fgets(line, sizeof line, locks) != NULL) {
        char kind[8];
        long pid;
        unsigned major_id;
        unsigned minor_id;
        uintmax_t inode;

        if (sscanf(line, "%*s %*s %*s %7s %ld %x:%x:%ju", kind, &pid, &major_id,
                   &minor_id, &inode) != 5 ||
            pid <= 0 || inode != (uintmax_t)info.st_ino ||
            major_id != major(info.st_dev) || minor_id != minor(info.st_dev)) {
            continue;
        }
        int rank = pid == (long)getpid() ? 1 : strcmp(kind, "WRITE") == 0 ? 3 : 2;
        if (rank > owner->rank) {
            *owner = (lock_owner){pid, rank};
        }
    }
    fclose(locks);
}

void io_lock_holder(const char *path, char out[80])
{
    mec_text shared_memory = MEC_TEXT_INIT;
    lock_owner owner = {0, 0};

    mec_text_printf(&shared_memory, "%s-shm", path);
    find_lock(path, &owner);
    find_lock(mec_text_string(&shared_memory), &owner);
    mec_text_clear(&shared_memory);
    if (owner.rank == 0) {
        memcpy(out, "another program", 16);
    } else {
        name_process(owner.pid, out);
    }
}
