//! Which database does an address name, and what in it is secret?
//!
//! In: what the user typed. Out: the database with its dialect and driver, the address as its driver takes it, and texts without what nobody may read. O(letters).

use crate::data::Dialect;

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

/// The database that an address names; none where neither its scheme nor the file's ending is known.
pub(super) fn engine(address: &str) -> Option<&'static Engine> {
    match scheme(address) {
        Some(scheme) => ENGINES.iter().find(|engine| engine.schemes.contains(&scheme.as_str())),
        None => {
            let ending = std::path::Path::new(address).extension()?.to_str()?.to_lowercase();
            ENGINES.iter().find(|engine| engine.endings.contains(&ending.as_str()))
        }
    }
}

/// What the database is called in sentences.
pub(super) fn engine_name(address: &str) -> &'static str {
    engine(address).map_or("the database", |engine| engine.name)
}

/// The address as its driver takes it: of files without the scheme.
pub(super) fn for_driver(address: &str) -> &str {
    let is_file = engine(address).is_some_and(|engine| !engine.endings.is_empty());
    match address.split_once(':').filter(|_| is_file && scheme(address).is_some()) {
        Some((_, rest)) => rest.strip_prefix("//").unwrap_or(rest),
        None => address,
    }
}

/// An address whose secrets were looked up.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// With them.
    pub address: String,
    /// The secrets, as they are and as they stand in the address.
    secrets: Vec<String>,
}

/// Puts what `look_up` has for every `{NAME}` in its place. Letters that mean something in an address are written by their numbers.
pub(super) fn opened(address: &str, look_up: impl Fn(&str) -> Option<String>) -> Result<Opened, String> {
    let mut opened = Opened::default();
    let mut rest = address;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) =
            behind.split_once('}').ok_or_else(|| format!("The address has a {{ without a }}; write a name such as {{{EXAMPLE}}}."))?;
        let secret = look_up(name)
            .ok_or_else(|| format!("The address names {{{name}}}, but no environment variable is called {name}. Set it, and try again."))?;
        let written = encoded(&secret);
        opened.address.push_str(before);
        opened.address.push_str(&written);
        opened.secrets.extend([secret, written].into_iter().filter(|secret| !secret.is_empty()));
        rest = after;
    }
    opened.address.push_str(rest);
    // A password that was typed is a secret too.
    if let Some(password) = password(&opened.address) {
        opened.secrets.push(password.to_owned());
    }
    opened.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    Ok(opened)
}

const EXAMPLE: &str = "SHOP_PASSWORD";

/// What stands between the first colon behind the slashes and the at sign.
fn password(address: &str) -> Option<&str> {
    let (_, behind) = address.split_once("://")?;
    let (who, _) = behind.split('/').next()?.rsplit_once('@')?;
    let (_, password) = who.split_once(':')?;
    (!password.is_empty()).then_some(password)
}

fn encoded(secret: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    secret.bytes().map(letter).collect()
}

impl Opened {
    /// A text without the address and without secrets.
    pub fn without_secrets(&self, text: &str) -> String {
        let text = if self.address.contains("://") { text.replace(&self.address, "the address") } else { text.to_owned() };
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!((engine_name(address), for_driver(address)), (name, taken), "{address}");
        }
    }

    #[test]
    fn secrets_are_looked_up_and_never_told() {
        let look_up = |name: &str| (name == "SHOP_PASSWORD").then(|| "p@ss/wörd".to_owned());
        let found = opened("postgresql://me:{SHOP_PASSWORD}@host/shop", look_up).unwrap();
        assert_eq!(found.address, "postgresql://me:p%40ss%2Fw%C3%B6rd@host/shop");
        let told = found.without_secrets(&format!("cannot open {}: p@ss/wörd or p%40ss%2Fw%C3%B6rd is wrong", found.address));
        assert_eq!(told, "cannot open the address: *** or *** is wrong");
        let typed = opened("postgresql://me:hunter2@host/shop", look_up).unwrap();
        assert_eq!(typed.without_secrets("hunter2 is wrong"), "*** is wrong");
        assert!(opened("postgresql://me:{OTHER}@host/shop", look_up).unwrap_err().contains("OTHER"));
        assert!(opened("postgresql://me:{OTHER", look_up).is_err());
        assert_eq!(opened("shop.db", look_up).unwrap().without_secrets("no shop.db"), "no shop.db");
    }
}
