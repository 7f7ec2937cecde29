/* A new database: the table `scores` exactly as pandas writes it for BluePyMM
 * (BLUEPYMM.md A.6), its index, and the tables of mecombo. */

#include "store_priv.h"

#include <mecombo/path.h>
#include <mecombo/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef enum column_kind {
    COLUMN_TEXT,  /* a string of the combination */
    COLUMN_FLAG,  /* a bool of the combination */
    COLUMN_INDEX, /* 0, 1, 2 ... */
    COLUMN_ONE,   /* 1 */
    COLUMN_NULL   /* text that comes later */
} column_kind;

typedef struct column {
    const char *name;
    column_kind kind;
    size_t offset; /* into combo */
} column;

#define TEXT(field)                                                                    \
    {                                                                                  \
#field, COLUMN_TEXT, offsetof(combo, field)                                    \
    }
#define FLAG(field)                                                                    \
    {                                                                                  \
#field, COLUMN_FLAG, offsetof(combo, field)                                    \
    }
#define SPECIAL(name, kind)                                                            \
    {                                                                                  \
        name, kind, 0                                                                  \
    }

static const column recipe_columns[] = {
    SPECIAL("index", COLUMN_INDEX),
    TEXT(layer),
    TEXT(fullmtype),
    TEXT(mtype),
    TEXT(msubtype),
    TEXT(etype),
    TEXT(morph_name),
    TEXT(morph_ext),
    TEXT(emodel),
    TEXT(original_emodel),
    TEXT(morph_dir),
    SPECIAL("scores", COLUMN_NULL),
    TEXT(opt_scores),
    SPECIAL("exception", COLUMN_NULL),
    SPECIAL("to_run", COLUMN_ONE),
    FLAG(is_exemplar),
    FLAG(is_repaired),
    FLAG(is_original),
    TEXT(submtype),
    SPECIAL("extra_values", COLUMN_NULL),
};

static const column circuit_columns[] = {
    SPECIAL("index", COLUMN_INDEX),
    TEXT(emodel),
    TEXT(etype),
    SPECIAL("exception", COLUMN_NULL),
    SPECIAL("extra_values", COLUMN_NULL),
    TEXT(fullmtype),
    FLAG(is_exemplar),
    FLAG(is_original),
    FLAG(is_repaired),
    TEXT(layer),
    TEXT(morph_dir),
    TEXT(morph_ext),
    TEXT(morph_name),
    TEXT(msubtype),
    TEXT(mtype),
    TEXT(opt_scores),
    TEXT(original_emodel),
    SPECIAL("scores", COLUMN_NULL),
    SPECIAL("to_run", COLUMN_ONE),
};

static bool is_integer(const column *c)
{
    return c->kind == COLUMN_FLAG || c->kind == COLUMN_INDEX || c->kind == COLUMN_ONE;
}

static void print_table(const column *columns, size_t n, mec_text *sql)
{
    mec_text_add(sql, "CREATE TABLE \"scores\" (\n");
    for (size_t i = 0; i < n; i++) {
        mec_text_printf(sql, "%s\"%s\" %s%s\n", i == 0 ? "" : "  ", columns[i].name,
                        is_integer(&columns[i]) ? "INTEGER" : "TEXT",
                        i + 1 < n ? "," : "");
    }
    mec_text_add(sql, ");\nCREATE INDEX \"ix_scores_index\"ON \"scores\" (\"index\");");
}

static void print_insert(size_t n, mec_text *sql)
{
    mec_text_add(sql, "INSERT INTO scores VALUES (?");
    for (size_t i = 1; i < n; i++) {
        mec_text_add(sql, ",?");
    }
    mec_text_add(sql, ")");
}

static mec_status bind_column(mec_db_stmt *stmt, int i, const column *c,
                              const combo *row, int64_t uid, mec_err *err)
{
    const void *field = (const char *)row + c->offset;

    switch (c->kind) {
    case COLUMN_TEXT:
        return mec_db_bind_text(stmt, i, *(const char *const *)field, err);
    case COLUMN_FLAG:
        return mec_db_bind_int(stmt, i, *(const bool *)field, err);
    case COLUMN_INDEX:
        return mec_db_bind_int(stmt, i, uid, err);
    case COLUMN_ONE:
        return mec_db_bind_int(stmt, i, 1, err);
    case COLUMN_NULL:
        return mec_db_bind_null(stmt, i, err);
    }
    return MEC_OK;
}

static mec_status insert_rows(mec_db *db, const combo_table *table,
                              const column *columns, size_t n_columns, mec_err *err)
{
    mec_text sql = MEC_TEXT_INIT;
    mec_db_stmt *stmt = NULL;
    mec_status st = MEC_OK;

    print_insert(n_columns, &sql);
    MEC_TRY(mec_db_prepare(db, mec_text_string(&sql), &stmt, err));
    for (size_t r = 0; r < table->n; r++) {
        for (size_t c = 0; c < n_columns; c++) {
            MEC_TRY(bind_column(stmt, (int)c + 1, &columns[c], &table->row[r],
                                (int64_t)r, err));
        }
        MEC_TRY(mec_db_run(stmt, err));
    }
done:
    mec_db_finalize(stmt);
    mec_text_clear(&sql);
    return st;
}

mec_status store_has_cached(mec_db *db, mec_arena *arena, bool *has, mec_err *err)
{
    const char *const *names = NULL;
    size_t n = 0;
    mec_status st =
        mec_db_list_columns(db, arena, "mecombo_provenance", &n, &names, err);

    *has = false;
    for (size_t i = 0; st == MEC_OK && i < n; i++) {
        *has = *has || strcmp(names[i], "cached") == 0;
    }
    return st;
}

static mec_status add_cached_column(mec_db *db, mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    bool has = false;
    mec_status st = arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(store_has_cached(db, arena, &has, err));
    if (!has) {
        st = mec_db_exec(db, "ALTER TABLE mecombo_provenance ADD COLUMN cached INTEGER",
                         err);
    }
done:
    mec_arena_free(arena);
    return st;
}

mec_status store_make_own_tables(mec_db *db, mec_err *err)
{
    mec_status st = mec_db_exec(
        db,
        "CREATE TABLE IF NOT EXISTS mecombo_campaign (\"key\" TEXT PRIMARY KEY, "
        "\"value\" TEXT);\n"
        "CREATE TABLE IF NOT EXISTS mecombo_provenance (\"index\" INTEGER PRIMARY KEY, "
        "\"class\" TEXT, attempts INTEGER, computed_for INTEGER, job_key TEXT, "
        "host TEXT, rank INTEGER, seconds REAL, finished TEXT, detail TEXT, "
        "cached INTEGER);",
        err);

    return st == MEC_OK ? add_cached_column(db, err) : st;
}

static mec_status fill(mec_db *db, const combo_table *table, const char *fingerprint,
                       mec_err *err)
{
    const column *columns = table->from_circuit ? circuit_columns : recipe_columns;
    size_t n = table->from_circuit ? sizeof circuit_columns / sizeof *circuit_columns
                                   : sizeof recipe_columns / sizeof *recipe_columns;
    mec_text sql = MEC_TEXT_INIT;
    char now[32];
    mec_status st = MEC_OK;

    print_table(columns, n, &sql);
    MEC_TRY(mec_db_begin(db, err));
    MEC_TRY(mec_db_exec(db, mec_text_string(&sql), err));
    MEC_TRY(insert_rows(db, table, columns, n, err));
    MEC_TRY(store_make_own_tables(db, err));
    store_time(now);
    MEC_TRY(store_set_fact(db, "prepared", now, err));
    MEC_TRY(store_set_fact(db, "prepared_by", "mecombo " MEC_VERSION, err));
    MEC_TRY(store_set_fact(db, "inputs", fingerprint, err));
    MEC_TRY(mec_db_commit(db, err));
done:
    mec_text_clear(&sql);
    return st;
}

/* A write that failed may leave the journal, which nobody needs: what is not committed is
 * removed with its file. */
static void remove_journal(const char *path)
{
    mec_text name = MEC_TEXT_INIT;

    mec_text_printf(&name, "%s-journal", path);
    if (mec_text_ok(&name)) {
        unlink(mec_text_string(&name));
    }
    mec_text_clear(&name);
}

mec_status store_create(const char *path, const combo_table *table,
                        const char *fingerprint, mec_err *err)
{
    mec_db *db = NULL;
    mec_status st = MEC_OK;

    /* nobody else knows the file yet: the journal that leaves one file behind */
    MEC_TRY(mec_db_open(path, MEC_DB_CREATE, MEC_DB_SHARED, &db, err));
    MEC_TRY(fill(db, table, fingerprint, err));
done:
    mec_db_close(db);
    if (st != MEC_OK) {
        unlink(path);
    }
    remove_journal(path);
    return st;
}

static mec_status read_fingerprint(mec_db *db, char out[65], mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has = false;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_has_table(db, "mecombo_campaign", &has, err));
    if (!has) {
        goto done;
    }
    MEC_TRY(mec_db_prepare(
        db, "SELECT \"value\" FROM mecombo_campaign WHERE \"key\" = 'inputs'", &stmt,
        err));
    MEC_TRY(mec_db_step(stmt, &has, err));
    const char *text = has ? mec_db_column_text(stmt, 0) : NULL;
    if (text != NULL && strlen(text) == 64) {
        memcpy(out, text, 65);
    }
done:
    mec_db_finalize(stmt);
    return st;
}

mec_status store_inspect(const char *path, store_info *out, mec_err *err)
{
    mec_db *db = NULL;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    *out = (store_info){.exists = mec_path_exists(path)};
    if (!out->exists) {
        return MEC_OK;
    }
    /* not the journal of a run, which would leave its mark on the file */
    MEC_TRY(mec_db_open(path, MEC_DB_WRITE, MEC_DB_SHARED, &db, err));
    MEC_TRY(store_check_columns(db, err));
    MEC_TRY(mec_db_begin(db, err)); /* shows a lock or a read-only file */
    MEC_TRY(
        mec_db_prepare(db, "SELECT COUNT(*), SUM(to_run = 0) FROM scores", &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    out->n_rows = mec_db_column_int(stmt, 0);
    out->n_done = mec_db_column_int(stmt, 1);
    MEC_TRY(read_fingerprint(db, out->fingerprint, err));
done:
    mec_db_finalize(stmt);
    if (db != NULL) {
        mec_db_rollback(db);
    }
    mec_db_close(db);
    return st;
}

/* Give a file a second name, or, where the file system has no links, its only one. */
static mec_status set_aside(mec_arena *arena, const char *path, const char **kept,
                            mec_err *err)
{
    for (int n = 1; n < 10000; n++) {
        const char *name = mec_arena_printf(arena, "%s.bak-%d", path, n);

        if (name == NULL) {
            return mec_no_memory(err);
        }
        if (mec_path_exists(name)) {
            continue;
        }
        if (link(path, name) == 0 || (errno != EEXIST && rename(path, name) == 0)) {
            *kept = name;
            return MEC_OK;
        }
        if (errno != EEXIST) {
            return mec_fail(err, MEC_E_IO, "%s: cannot be kept as %s: %s", path, name,
                            strerror(errno));
        }
    }
    return mec_fail(err, MEC_E_IO, "%s: too many backups beside it (remove some)",
                    path);
}

mec_status store_install(mec_arena *arena, const char *new_path, const char *path,
                         bool keep, const char **kept, mec_err *err)
{
    *kept = NULL;
    if (keep) {
        mec_status st = set_aside(arena, path, kept, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    if (rename(new_path, path) != 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be renamed to %s: %s", new_path,
                        path, strerror(errno));
    }
    /* make the new name durable: sync the folder */
    char *folder = mec_path_dirname(arena, path);
    int fd = folder == NULL ? -1 : open(*folder == '\0' ? "." : folder, O_RDONLY);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return MEC_OK;
}
