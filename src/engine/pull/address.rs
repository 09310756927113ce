//! Which database does an address name?
//!
//! In: what the user typed. Out: the database with its dialect and driver, and the address as its driver takes it. O(letters).

use crate::data::Dialect;
use crate::engine::secrets::encoded;

use super::request::Pull;

/// A kind of database.
pub(super) struct Engine {
    /// Its name.
    pub name: &'static str,
    /// How its addresses begin.
    schemes: &'static [&'static str],
    /// How its files end.
    endings: &'static [&'static str],
    /// Its language.
    pub dialect: Dialect,
    /// What its driver is called, in manifests and packages.
    pub driver: &'static str,
    /// The function its driver begins with, where that does not follow from the file's name.
    pub entrypoint: Option<&'static str>,
    /// How the driver is installed.
    pub install: &'static str,
}

/// Kinds of databases; what is not among them needs --driver.
pub(super) const ENGINES: [Engine; 6] = [
    Engine {
        name: "PostgreSQL",
        schemes: &["postgresql", "postgres"],
        endings: &[],
        dialect: Dialect::PostgreSql,
        driver: "postgresql",
        entrypoint: None,
        install: "pip install adbc-driver-postgresql, or dbc install postgresql",
    },
    Engine {
        name: "SQLite",
        schemes: &["sqlite"],
        endings: &["db", "sqlite", "sqlite3"],
        dialect: Dialect::Sqlite,
        driver: "sqlite",
        entrypoint: None,
        install: "pip install adbc-driver-sqlite, or dbc install sqlite",
    },
    Engine {
        name: "DuckDB",
        schemes: &["duckdb"],
        endings: &["duckdb"],
        dialect: Dialect::DuckDb,
        driver: "duckdb",
        entrypoint: Some("duckdb_adbc_init"),
        install: "dbc install duckdb, or name the path of DuckDB's library (libduckdb) by --driver",
    },
    Engine {
        name: "Snowflake",
        schemes: &["snowflake"],
        endings: &[],
        dialect: Dialect::Snowflake,
        driver: "snowflake",
        entrypoint: None,
        install: "pip install adbc-driver-snowflake, or dbc install snowflake",
    },
    Engine {
        name: "Spark",
        schemes: &["sc"],
        endings: &[],
        dialect: Dialect::Spark,
        driver: "spark",
        entrypoint: None,
        install: "pip install adbc-driver-spark, or dbc install spark",
    },
    Engine {
        name: "Flight SQL",
        schemes: &["grpc", "grpc+tls", "grpc+tcp", "flightsql"],
        endings: &[],
        dialect: Dialect::Standard,
        driver: "flightsql",
        entrypoint: None,
        install: "pip install adbc-driver-flightsql, or dbc install flightsql",
    },
];

/// How the address begins, in small letters.
fn scheme(address: &str) -> Option<String> {
    let (scheme, _) = address.split_once(':')?;
    // A letter alone is a drive of Windows.
    let is_scheme = scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then(|| scheme.to_lowercase())
}

/// The database that is meant: by the driver the user names, else by the scheme of the address or the ending of the file; none where neither is known.
pub(super) fn engine(pull: &Pull) -> Option<&'static Engine> {
    let said = pull.driver.as_deref().map(|driver| {
        let file = driver.rsplit(['/', '\\']).next().unwrap_or(driver);
        file.to_lowercase()
    });
    let of_driver = said.and_then(|said| ENGINES.iter().find(|engine| said.contains(engine.driver)));
    of_driver.or_else(|| of_address(&pull.address))
}

fn of_address(address: &str) -> Option<&'static Engine> {
    match scheme(address) {
        Some(scheme) => ENGINES.iter().find(|engine| engine.schemes.contains(&scheme.as_str())),
        None => {
            let ending = std::path::Path::new(address).extension()?.to_str()?.to_lowercase();
            ENGINES.iter().find(|engine| engine.endings.contains(&ending.as_str()))
        }
    }
}

/// What the database is called in sentences.
pub(super) fn engine_name(pull: &Pull) -> &'static str {
    engine(pull).map_or("the database", |engine| engine.name)
}

/// The address as its driver takes it: of files without the scheme.
pub(super) fn for_driver<'a>(address: &'a str, engine: Option<&Engine>) -> &'a str {
    let Some(engine) = engine.filter(|engine| !engine.endings.is_empty()) else { return address };
    let is_own = scheme(address).is_some_and(|scheme| engine.schemes.contains(&scheme.as_str()));
    match address.split_once(':').filter(|_| is_own) {
        Some((_, rest)) => rest.strip_prefix("//").unwrap_or(rest),
        None => address,
    }
}

/// A path as a part of an address.
pub(super) fn encoded_path(path: &str) -> String {
    path.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::super::request::RowsAsked;
    use super::*;

    fn asked(address: &str, driver: Option<&str>) -> Pull {
        Pull { address: address.into(), driver: driver.map(str::to_owned), rows: RowsAsked::Table("orders".into()), sample: None }
    }

    #[test]
    fn addresses_name_their_database() {
        for (address, name, taken) in [
            ("postgresql://me@host/shop", "PostgreSQL", "postgresql://me@host/shop"),
            ("Postgres://host/shop", "PostgreSQL", "Postgres://host/shop"),
            ("sqlite:///home/me/shop.db", "SQLite", "/home/me/shop.db"),
            ("sqlite:shop.db", "SQLite", "shop.db"),
            ("shop.sqlite3", "SQLite", "shop.sqlite3"),
            (r"C:\shop.duckdb", "DuckDB", r"C:\shop.duckdb"),
            ("sc://host:15002", "Spark", "sc://host:15002"),
            ("mysql://host/shop", "the database", "mysql://host/shop"),
            ("orders.csv", "the database", "orders.csv"),
        ] {
            let pull = asked(address, None);
            assert_eq!((engine_name(&pull), for_driver(address, engine(&pull))), (name, taken), "{address}");
        }
        for (address, driver, name) in [
            ("shop.dat", "sqlite", "SQLite"),
            ("shop.db", "/opt/lib/libduckdb.so", "DuckDB"),
            ("host=db user=me", "adbc_driver_postgresql", "PostgreSQL"),
            ("shop.db", "/opt/duckdb/libother.so", "SQLite"),
        ] {
            assert_eq!(engine_name(&asked(address, Some(driver))), name, "{address} {driver}");
        }
    }
}
