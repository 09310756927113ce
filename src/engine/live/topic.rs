//! Which Kafka topic does an address name, and how is its broker reached?
//!
//! In: `kafka://HOST:9092/TOPIC`, with `kafka+tls://` where the broker wants TLS, and what a log-in needs. Out: the parts. Passwords stand in environment variables; one that was typed is
//! refused, since an address is seen in lists of programs and kept in projects. O(letters).

use std::path::PathBuf;

use crate::engine::secrets::{self, Opened};

const PLAIN: &str = "kafka://";
const TLS: &str = "kafka+tls://";
const PORT: &str = "9092";
const EXAMPLE: &str = "kafka://HOST:9092/TOPIC";

/// How a broker is asked for a name and a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    ScramSha256,
    ScramSha512,
}

/// Mechanisms by the words of an address.
const MECHANISMS: [(&str, Mechanism); 3] =
    [("plain", Mechanism::Plain), ("scram-sha-256", Mechanism::ScramSha256), ("scram-sha-512", Mechanism::ScramSha512)];

/// A topic and the way to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Topic {
    /// What it is called.
    pub name: String,
    /// Brokers that are asked for it, each with its port.
    pub brokers: Vec<String>,
    /// Whether they speak TLS.
    pub is_tls: bool,
    /// A file with the certificates that are trusted, instead of those of the system.
    pub ca: Option<PathBuf>,
    /// Name and password.
    pub login: Option<(Mechanism, String, String)>,
    /// Whether messages that the broker deleted before they were read are gone without.
    pub skips_lost: bool,
    /// For texts without secrets.
    pub opened: Opened,
}

/// Whether an address is one of a topic.
pub(super) fn is_topic(address: &str) -> bool {
    [PLAIN, TLS].iter().any(|scheme| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

impl Topic {
    /// Takes an address apart. `look_up` has what environment variables hold.
    ///
    /// Fails with one sentence where a part is missing, unknown, or a secret.
    pub(super) fn of(address: &str, look_up: impl Fn(&str) -> Option<String>) -> Result<Topic, String> {
        if secrets::typed_secrets(address).iter().any(|secret| !(secret.starts_with('{') && secret.ends_with('}'))) {
            return Err(
                "The address holds a password. Put it into an environment variable, such as SHOP_PASSWORD, and write {SHOP_PASSWORD} in its place."
                    .to_owned(),
            );
        }
        let opened = secrets::opened(address, look_up)?;
        let wrong = |what: &str| format!("The address {what}; write {EXAMPLE}.");
        let (scheme, behind) = opened.address.split_once("://").ok_or_else(|| wrong("names no broker"))?;
        let is_tls = scheme.eq_ignore_ascii_case("kafka+tls");
        let (behind, options) = behind.split_once('?').unwrap_or((behind, ""));
        let (authority, name) = behind.split_once('/').ok_or_else(|| wrong("names no topic"))?;
        let (who, hosts) = authority.rsplit_once('@').map_or((None, authority), |(who, hosts)| (Some(who), hosts));
        let name = secrets::decoded(name.trim_end_matches('/'));
        if name.is_empty() {
            return Err(wrong("names no topic"));
        }
        if hosts.split(',').any(|host| host.trim().is_empty()) {
            return Err(wrong("names no broker"));
        }
        let with_port = |host: &str| if has_port(host) { host.to_owned() } else { format!("{host}:{PORT}") };
        let (mut mechanism, mut ca, mut skips_lost) = (Mechanism::Plain, None, false);
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (known, value) = option.split_once('=').unwrap_or((option, ""));
            let value = secrets::decoded(value);
            match known {
                "mechanism" => {
                    let found = MECHANISMS.iter().find(|(word, _)| value.eq_ignore_ascii_case(word));
                    mechanism = found.map(|(_, mechanism)| *mechanism).ok_or_else(|| {
                        format!("The address asks for the mechanism {value}; plain, scram-sha-256 and scram-sha-512 are known.")
                    })?;
                }
                "ca" if is_tls => ca = Some(PathBuf::from(value)),
                "ca" => return Err(format!("The address names trusted certificates for a broker without TLS; write {TLS} in front.")),
                "lost" if value == "skip" => skips_lost = true,
                _ => return Err(format!("The address has the option {option}; mechanism=…, ca=FILE and lost=skip are known.")),
            }
        }
        let login = match who.map(|who| who.split_once(':')) {
            None => None,
            Some(Some((user, password))) => Some((mechanism, secrets::decoded(user), secrets::decoded(password))),
            Some(None) => return Err("The address names a user and no password; write USER:{SHOP_PASSWORD}@HOST.".to_owned()),
        };
        let brokers = hosts.split(',').map(|host| with_port(host.trim())).collect();
        Ok(Topic { name, brokers, is_tls, ca, login, skips_lost, opened })
    }
}

/// Whether a port stands behind a host; an address of version 6 stands in brackets.
fn has_port(host: &str) -> bool {
    host.rsplit_once(']').map_or(host, |(_, behind)| behind).contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Result<Topic, String> {
        Topic::of(address, |name| (name == "SHOP_PASSWORD").then(|| "p@ss/wörd:1".to_owned()))
    }

    #[test]
    fn addresses_are_taken_apart() {
        let plain = of("kafka://localhost/orders").unwrap();
        assert_eq!(
            (plain.name.as_str(), plain.brokers, plain.is_tls, plain.login),
            ("orders", vec!["localhost:9092".to_owned()], false, None)
        );
        let whole =
            of("kafka+tls://me:{SHOP_PASSWORD}@a.example:9093,[::1],b/shop.orders/?mechanism=SCRAM-SHA-512&ca=/etc/my%20ca.pem&lost=skip");
        let whole = whole.unwrap();
        assert_eq!(whole.brokers, ["a.example:9093", "[::1]:9092", "b:9092"]);
        assert_eq!(whole.login, Some((Mechanism::ScramSha512, "me".into(), "p@ss/wörd:1".into())));
        assert_eq!(
            (whole.name.as_str(), whole.ca, whole.is_tls, whole.skips_lost),
            ("shop.orders", Some("/etc/my ca.pem".into()), true, true)
        );
        assert_eq!(whole.opened.without_secrets("p@ss/wörd:1 is wrong"), "*** is wrong");
        assert!(is_topic("Kafka+TLS://h/t") && !is_topic("kafka.csv") && !is_topic("kä"));
    }

    #[test]
    fn what_is_missing_unknown_or_secret_is_said() {
        for (address, says) in [
            ("kafka://host:9092", "names no topic"),
            ("kafka://host:9092/", "names no topic"),
            ("kafka:///orders", "names no broker"),
            ("kafka://me@host/orders", "no password"),
            ("kafka://me:hunter2@host/orders", "holds a password"),
            ("kafka://host/orders?password=hunter2", "holds a password"),
            ("kafka://me:{OTHER}@host/orders", "no environment variable is called OTHER"),
            ("kafka://host/orders?group=x", "the option group=x"),
            ("kafka://host/orders?mechanism=gssapi", "the mechanism gssapi"),
            ("kafka://host/orders?ca=x.pem", "without TLS"),
        ] {
            let why = of(address).unwrap_err();
            assert!(why.contains(says) && !why.contains("hunter2"), "{address}: {why}");
        }
    }
}
