//! Holds that the desk file has no place for personal data.

use rusqlite::Connection;

use super::FORM;

/// A row for each table, so that every column can be tried.
const SAMPLE: &str = "
    INSERT INTO settings VALUES ('device_id', x'00');
    INSERT INTO visits VALUES ('f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', 1, 'on_site', 'site-01', '2026-03-04', 'held',
        '{}', '{}', x'00', '2026-03-04T04:00:00.000Z', '2026-03-04T07:00:00.000Z', 2, NULL);
    UPDATE visits SET stage = 'handed_over', handed_to = '7f0e1c1e-5a5b-4f3a-8d3c-1f2e3d4c5b6a';
    INSERT INTO seals VALUES (1, 'visit', 'f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', 1, 1, zeroblob(32), 1,
        zeroblob(32), '2026-03-04T07:00:00.000Z', 'a.b.c', 'a.b.c');
    INSERT INTO tombstones VALUES ('f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', 1, 1, '{}', 'staff-01', 'a.b.c',
        '2026-03-04T07:00:00.000Z', '{}', '2026-03-04T07:00:00.000Z', '{}');
    INSERT INTO rosters VALUES ('0b6c1f0e-51a1-4a53-9f0f-0d9f2f0f7a11', 'f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', 12,
        '2026-03-04T02:00:00.000Z', 'erasing', x'00', 'staff-01');
    INSERT INTO heads VALUES ('f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', 1, 1, zeroblob(32));
    INSERT INTO mail VALUES (1, 'roster', zeroblob(32), '2026-03-04T02:00:00.000Z');
    INSERT INTO messages VALUES (2, 'f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', '2026-03-04T02:00:00.000Z', 'erasing',
        '2026-03-04T03:00:00.000Z', 'staff-01', x'00', 'staff-02');
    INSERT INTO audit VALUES (1, '2026-03-04T07:00:00.000Z', 'staff-01', 'sealed',
        'f58d3bf1-6db3-4ebb-9f36-3d4a0a8b8f4f', '1-001', 'checkpoint', zeroblob(32), zeroblob(32));
    DROP TRIGGER audit_is_not_updated;";

fn schema() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    FORM.migrations.to_latest(&mut connection).unwrap();
    connection
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut select = connection.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn columns(connection: &Connection, of_type: &str) -> Vec<(String, String)> {
    let tables = texts(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let of_table = |table: String| {
        let sql = format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE type = '{of_type}' ORDER BY cid");
        texts(connection, &sql).into_iter().map(move |column| (table.clone(), column))
    };
    tables.into_iter().flat_map(of_table).collect()
}

#[test]
fn every_table_and_column_was_meant() {
    let connection = schema();
    let listed: Vec<String> = ["INTEGER", "TEXT", "BLOB"]
        .iter()
        .flat_map(|of_type| {
            let name = move |(table, column)| format!("{table}.{column} {of_type}");
            columns(&connection, of_type).into_iter().map(name)
        })
        .collect();
    let all = "SELECT count(*) FROM sqlite_schema, pragma_table_xinfo(sqlite_schema.name)
               WHERE sqlite_schema.type = 'table'";
    let count: u32 = connection.query_row(all, [], |row| row.get(0)).unwrap();
    assert_eq!(listed.len(), count as usize, "a column has another type");
    insta::assert_snapshot!(listed.join("\n"));
}

#[test]
fn every_table_is_strict() {
    let tables = texts(&schema(), "SELECT sql FROM sqlite_schema WHERE type = 'table'");
    for sql in tables {
        assert!(sql.contains(") STRICT"), "{sql}");
    }
}

#[test]
fn no_text_column_takes_a_name_or_an_address() {
    let connection = schema();
    connection.execute_batch(SAMPLE).unwrap();
    let text_columns = columns(&connection, "TEXT");
    assert!(text_columns.len() > 25);
    for (table, column) in text_columns {
        let rows: u32 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1, "{table} needs a sample row");
        for canary in ["山田 太郎", "\"山田太郎\"", "{\"name\":\"Yamada Taro\"}", "1-2-3 Example Street", "ﾔﾏﾀﾞ"]
        {
            let changed = connection.execute(&format!("UPDATE {table} SET {column} = ?1"), [canary]);
            let refused = changed.unwrap_err().sqlite_error_code();
            assert_eq!(refused, Some(rusqlite::ErrorCode::ConstraintViolation), "{table}.{column} took {canary}");
        }
    }
}

#[test]
fn bytes_are_keys_digests_and_the_enrolment_only() {
    let names: Vec<String> =
        columns(&schema(), "BLOB").into_iter().map(|(table, column)| format!("{table}.{column}")).collect();
    assert_eq!(
        names,
        [
            "audit.prev",
            "audit.hash",
            "heads.hash",
            "mail.sha256",
            "messages.wrapped_key",
            "rosters.wrapped_key",
            "seals.sha256",
            "seals.audit_head",
            "settings.value",
            "visits.wrapped_key"
        ]
    );
}
