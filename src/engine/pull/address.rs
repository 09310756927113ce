//! Which database does an address name, and what in it is secret?
//!
//! In: what the user typed. Out: the database with its dialect and driver, the address as its driver takes it, and texts without what nobody may read. O(letters).

use crate::data::Dialect;

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
    // Only what stands behind a scheme is taken apart by its signs.
    let is_encoded = address.contains("://");
    let mut rest = address;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) =
            behind.split_once('}').ok_or_else(|| format!("The address has a {{ without a }}; write a name such as {{{EXAMPLE}}}."))?;
        let secret = look_up(name)
            .ok_or_else(|| format!("The address names {{{name}}}, but no environment variable is called {name}. Set it, and try again."))?;
        let written = if is_encoded { encoded(&secret) } else { secret.clone() };
        opened.address.push_str(before);
        opened.address.push_str(&written);
        opened.secrets.extend([secret, written].into_iter().filter(|secret| !secret.is_empty()));
        rest = after;
    }
    opened.address.push_str(rest);
    // What was typed is a secret too.
    opened.secrets.extend(typed_secrets(&opened.address).into_iter().flat_map(|secret| [decoded(&secret), secret]));
    opened.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    opened.secrets.dedup();
    Ok(opened)
}

const EXAMPLE: &str = "SHOP_PASSWORD";

/// What stands between the first colon and the last at sign of an address, and behind the names that secrets have.
fn typed_secrets(address: &str) -> Vec<String> {
    const NAMES: [&str; 8] = ["password", "passwd", "pwd", "token", "secret", "sslpassword", "private_key", "access_key"];
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let of_user = behind.rsplit_once('@').and_then(|(who, _)| Some(who.split_once(':')?.1.to_owned()));
    let parts = address.split(['?', '&', ';', ' ']).filter_map(|part| part.split_once('='));
    let named = parts.filter(|(name, _)| NAMES.iter().any(|known| name.to_lowercase().ends_with(known)));
    let named = named.map(|(_, value)| value.trim_matches(['\'', '"']).to_owned());
    of_user.into_iter().chain(named).filter(|secret| !secret.is_empty()).collect()
}

/// "p%40ss" is p@ss.
fn decoded(secret: &str) -> String {
    let bytes = secret.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| secret.get(at + 1..at + 3)).flatten().and_then(|code| u8::from_str_radix(code, 16).ok());
        plain.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn encoded(secret: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    secret.bytes().map(letter).collect()
}

/// Shorter secrets stand in many words: to take them out would tell them.
const SHORTEST: usize = 4;

impl Opened {
    /// A text without the address and without secrets. Where a secret is too short to be taken out unseen nothing is told of what has it.
    pub fn without_secrets(&self, text: &str) -> String {
        let text = if self.address.contains("://") { text.replace(&self.address, "the address") } else { text.to_owned() };
        if self.secrets.iter().any(|secret| secret.chars().count() < SHORTEST && text.contains(secret.as_str())) {
            return "The database refuses, in words that hold a part of the address and are not told here.".to_owned();
        }
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }
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
        for address in [
            "host=db user=me password=hunter2 dbname=shop",
            "host=db user=me password='hunter2'",
            "postgresql://host/shop?user=me&password=hunter2",
            "sc://host:443/;token=hunter2",
            "me:hunter2@account/db",
            "postgresql://me:hunt%65r2@host/shop",
        ] {
            let typed = opened(address, look_up).unwrap();
            assert_eq!(typed.without_secrets("hunter2 is wrong"), "*** is wrong", "{address}");
        }
        let odd = opened("postgresql://me:p@ss/w@host/shop", look_up).unwrap();
        assert_eq!(odd.without_secrets("no host p@ss/w"), "no host ***");
        let short = opened("postgresql://me:p@host/shop", look_up).unwrap();
        assert!(!short.without_secrets("the password p is wrong").contains("password"));
        let plain = opened("host=db password={SHOP_PASSWORD}", look_up).unwrap();
        assert_eq!(plain.address, "host=db password=p@ss/wörd", "nothing decodes it there");
    }
}
