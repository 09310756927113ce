//! Which Kinesis stream does an address name?
//!
//! In: `kinesis://REGION/STREAM`. Out: the parts. Who may read is found as AWS' own programs find it (environment, profile, the machine's role), so no secret belongs in the address, and one that
//! stands there is refused. O(letters).

use crate::engine::secrets;

const SCHEME: &str = "kinesis://";
const EXAMPLE: &str = "kinesis://REGION/STREAM, such as kinesis://eu-west-1/orders";

/// A stream and the way to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stream {
    /// What it is called.
    pub name: String,
    /// The region it is in.
    pub region: String,
    /// Whose log-in is taken, by the name in the user's own AWS configuration.
    pub profile: Option<String>,
    /// Where it is asked for, instead of at AWS.
    pub endpoint: Option<String>,
    /// Whether messages that were deleted before they were read are gone without.
    pub skips_lost: bool,
}

/// Whether an address is one of a stream.
pub(super) fn is_stream(address: &str) -> bool {
    address.get(..SCHEME.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(SCHEME))
}

impl Stream {
    /// Takes an address apart.
    ///
    /// Fails with one sentence where a part is missing, unknown, or a secret.
    pub(super) fn of(address: &str) -> Result<Stream, String> {
        if !secrets::typed_secrets(address).is_empty() || address.contains(['{', '}']) {
            return Err(
                "The address holds a secret. The log-in is found as the AWS CLI finds it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile by profile=NAME."
                    .to_owned(),
            );
        }
        let wrong = |what: &str| format!("The address {what}; write {EXAMPLE}.");
        let behind = address.get(SCHEME.len()..).unwrap_or_default();
        let (behind, options) = behind.split_once('?').unwrap_or((behind, ""));
        let (region, name) = behind.split_once('/').ok_or_else(|| wrong("names no stream"))?;
        let name = secrets::decoded(name.trim_end_matches('/'));
        if name.is_empty() {
            return Err(wrong("names no stream"));
        }
        let is_region = |region: &str| !region.is_empty() && region.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        if !is_region(region) {
            return Err(wrong("names no region"));
        }
        if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_.-".contains(letter)) {
            return Err(format!("No stream is called {name}: names of streams have letters, digits, dots, dashes and underscores."));
        }
        let mut stream = Stream { name, region: region.to_ascii_lowercase(), profile: None, endpoint: None, skips_lost: false };
        for option in options.split('&').filter(|option| !option.is_empty()) {
            let (known, value) = option.split_once('=').unwrap_or((option, ""));
            let value = secrets::decoded(value);
            match known {
                _ if value.contains('?') => {
                    return Err("The address has two question marks; options after the first begin with &.".to_owned());
                }
                "profile" if !value.is_empty() => stream.profile = Some(value),
                "endpoint" if value.starts_with("http://") || value.starts_with("https://") => stream.endpoint = Some(value),
                "endpoint" => return Err("The endpoint begins with neither https:// nor http://; write endpoint=https://HOST.".to_owned()),
                "lost" if value == "skip" => stream.skips_lost = true,
                _ => {
                    return Err(format!(
                        "The address has the option {known}; profile=NAME, endpoint=https://HOST and lost=skip are known."
                    ));
                }
            }
        }
        Ok(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Result<Stream, String> {
        Stream::of(address)
    }

    #[test]
    fn addresses_are_taken_apart() {
        let plain = of("kinesis://eu-west-1/orders").unwrap();
        let parts = (&*plain.region, &*plain.name, plain.profile, plain.endpoint, plain.skips_lost);
        assert_eq!(parts, ("eu-west-1", "orders", None, None, false));
        let whole = of("Kinesis://US-East-2/shop.orders_v2/?profile=web%20shop&endpoint=http://localhost:5000&lost=skip").unwrap();
        let parts = (&*whole.region, &*whole.name, whole.profile.as_deref(), whole.endpoint.as_deref(), whole.skips_lost);
        assert_eq!(parts, ("us-east-2", "shop.orders_v2", Some("web shop"), Some("http://localhost:5000"), true));
        assert!(is_stream("Kinesis://r/s") && !is_stream("kinesis.csv") && !is_stream("kafka://h/t"));
    }

    #[test]
    fn what_is_missing_unknown_or_secret_is_said() {
        for (address, says) in [
            ("kinesis://eu-west-1", "names no stream"),
            ("kinesis://eu-west-1/", "names no stream"),
            ("kinesis:///orders", "names no region"),
            ("kinesis://eu west/orders", "names no region"),
            ("kinesis://eu-west-1/orders today", "No stream is called orders today"),
            ("kinesis://AKIA:hunter2@eu-west-1/orders", "holds a secret"),
            ("kinesis://eu-west-1/orders?password=hunter2", "holds a secret"),
            ("kinesis://eu-west-1/orders?group=x", "the option group;"),
            ("kinesis://eu-west-1/orders?secret_key={AWS_SECRET_ACCESS_KEY}", "holds a secret"),
            ("kinesis://eu-west-1/orders?profile=shop?lost=skip", "two question marks"),
            ("kinesis://eu-west-1/orders?endpoint=localhost", "neither https://"),
        ] {
            let why = of(address).unwrap_err();
            assert!(why.contains(says) && !why.contains("hunter2"), "{address}: {why}");
        }
    }
}
