//! What is typed to bring rows of a database here. Nothing of it is saved or logged: an address may hold a password.

/// The address, which rows, and what was said last.
#[derive(Clone, PartialEq)]
pub struct DatabaseDraft {
    /// Where the database is.
    pub address: String,
    /// A table, or a query.
    pub rows: String,
    /// Whether it is a query.
    pub is_query: bool,
    /// How many of a hundred customers come; all rows of each.
    pub percent: u8,
    /// The column that names customers, where not all come.
    pub key: String,
    /// The driver, where it is not found by itself.
    pub driver: String,
    /// Whether the database is being asked.
    pub is_asking: bool,
    /// What it said, or why it said nothing.
    pub told: Option<Result<String, String>>,
}

impl Default for DatabaseDraft {
    fn default() -> DatabaseDraft {
        DatabaseDraft {
            address: String::new(),
            rows: String::new(),
            is_query: false,
            percent: 100,
            key: String::new(),
            driver: String::new(),
            is_asking: false,
            told: None,
        }
    }
}

impl DatabaseDraft {
    /// Whether there is enough to ask.
    pub fn is_complete(&self) -> bool {
        let is_there = |text: &str| !text.trim().is_empty();
        is_there(&self.address) && is_there(&self.rows) && (self.percent == 100 || is_there(&self.key))
    }

    /// Whether the address seems to hold a password as it is, and not the name of one.
    pub fn shows_password(&self) -> bool {
        let Some((_, rest)) = self.address.split_once("://") else { return false };
        let Some((user, _)) = rest.split_once('@') else { return false };
        let is_named = |password: &str| password.starts_with('{') && password.ends_with('}');
        user.split_once(':').is_some_and(|(_, password)| !(password.is_empty() || is_named(password)))
    }
}

impl std::fmt::Debug for DatabaseDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseDraft")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_its_name_and_never_printed() {
        let draft = |address: &str| DatabaseDraft { address: address.to_owned(), rows: "orders".into(), ..DatabaseDraft::default() };
        assert!(draft("postgresql://reader:hunter2@host/shop").shows_password());
        for address in
            ["postgresql://reader:{SHOP_PASSWORD}@host/shop", "postgresql://reader@host/shop", "shop.sqlite", "", "C:\\shop.duckdb"]
        {
            assert!(!draft(address).shows_password(), "{address}");
        }
        assert!(!format!("{:?}", draft("postgresql://reader:hunter2@host/shop")).contains("hunter2"));
        assert!(draft("shop.sqlite").is_complete() && !draft(" ").is_complete());
        assert!(!DatabaseDraft { percent: 10, ..draft("shop.sqlite") }.is_complete(), "a sample needs its key");
    }
}
