//! What in an address is secret, and how does it stay so?
//!
//! In: an address as the user typed it, with the names of environment variables in the place of secrets. Out: the address with them, and texts without what nobody may read. O(letters).

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
pub(super) fn typed_secrets(address: &str) -> Vec<String> {
    const NAMES: [&str; 8] = ["password", "passwd", "pwd", "token", "secret", "sslpassword", "private_key", "access_key"];
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let of_user = behind.rsplit_once('@').and_then(|(who, _)| Some(who.split_once(':')?.1.to_owned()));
    let parts = address.split(['?', '&', ';', ' ']).filter_map(|part| part.split_once('='));
    let named = parts.filter(|(name, _)| NAMES.iter().any(|known| name.to_lowercase().ends_with(known)));
    let named = named.map(|(_, value)| value.trim_matches(['\'', '"']).to_owned());
    of_user.into_iter().chain(named).filter(|secret| !secret.is_empty()).collect()
}

/// "p%40ss" is p@ss.
pub(super) fn decoded(secret: &str) -> String {
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

pub(super) fn encoded(secret: &str) -> String {
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
            return "It refuses, in words that hold a part of the address and are not told here.".to_owned();
        }
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), "***"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
