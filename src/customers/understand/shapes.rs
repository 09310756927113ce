//! Which shop or payment system wrote this file? Told by its columns, so that what they mean need not be guessed.
//!
//! In: the names of the columns. Out: the shape, if it is a known one. One row per shape: what it is called, the columns that give it away, and which
//! column plays which part, the first there is of several spellings. Columns as the systems' own export pages document them. O(columns).

use crate::data::sourcing::{AmountIs, Field};
use crate::data::{RawColumn, name_words};

/// A known kind of export.
pub(super) struct Shape {
    /// The system's name.
    pub name: &'static str,
    /// All of these are there. Names are lower case, words apart by one blank.
    given_away_by: &'static [&'static str],
    /// Which column says whose a row is, the first that is filled.
    pub keys: &'static [&'static str],
    /// Which column plays which part.
    fields: &'static [(Field, &'static [&'static str])],
    /// What the amount stands for; `None` is found out from the rows.
    pub amount: Option<AmountIs>,
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "Shopify",
        given_away_by: &["name", "financial status", "total"],
        keys: &["customer id", "email", "billing phone", "phone"],
        fields: &[
            (Field::Order, &["name"]),
            (Field::Date, &["created at", "processed at", "paid at"]),
            (Field::Amount, &["total"]),
            (Field::Refund, &["refunded amount"]),
            (Field::Status, &["financial status"]),
            (Field::Returned, &["cancelled at"]),
            (Field::Quantity, &["lineitem quantity"]),
            (Field::UnitPrice, &["lineitem price"]),
            (Field::Category, &["lineitem name"]),
            (Field::Discount, &["discount amount"]),
            (Field::Channel, &["source"]),
            (Field::Currency, &["currency"]),
        ],
        amount: Some(AmountIs::PerOrder),
    },
    Shape {
        name: "WooCommerce",
        given_away_by: &["order id", "billing email", "status"],
        keys: &["customer id", "customer user", "user id", "billing email", "billing phone"],
        fields: &[
            (Field::Order, &["order id", "order number"]),
            (Field::Date, &["order date", "date created", "date created gmt", "date"]),
            (Field::Amount, &["total", "order total", "total amount", "order total amount"]),
            (Field::Refund, &["refund total", "refunded amount", "refunded total", "order refund amount"]),
            (Field::Status, &["status", "order status"]),
            (Field::Currency, &["currency", "order currency"]),
        ],
        amount: None,
    },
    Shape {
        name: "Magento",
        given_away_by: &["purchase date", "grand total base", "status"],
        keys: &["customer id", "customer email", "email"],
        fields: &[
            (Field::Order, &["id", "increment id"]),
            (Field::Date, &["purchase date"]),
            (Field::Amount, &["grand total base"]),
            (Field::Refund, &["total refunded"]),
            (Field::Status, &["status"]),
        ],
        amount: Some(AmountIs::PerOrder),
    },
    Shape {
        name: "Magento",
        given_away_by: &["increment id", "grand total", "status"],
        keys: &["customer id", "customer email"],
        fields: &[
            (Field::Order, &["increment id"]),
            (Field::Date, &["created at"]),
            (Field::Amount, &["base grand total", "grand total"]),
            (Field::Refund, &["base total refunded", "total refunded"]),
            (Field::Status, &["status"]),
            (Field::Currency, &["base currency code", "order currency code"]),
        ],
        amount: Some(AmountIs::PerOrder),
    },
    Shape {
        name: "PrestaShop",
        given_away_by: &["id order", "id customer", "total paid"],
        keys: &["id customer"],
        fields: &[
            (Field::Order, &["id order"]),
            (Field::Date, &["date add", "invoice date"]),
            (Field::Amount, &["total paid tax incl", "total paid"]),
            (Field::Status, &["status", "order state", "state", "current state name", "osname"]),
            (Field::Currency, &["currency", "iso code"]),
        ],
        amount: Some(AmountIs::PerOrder),
    },
    Shape {
        name: "Olist",
        given_away_by: &["order id", "customer id", "order status", "order purchase timestamp"],
        keys: &["customer unique id", "customer id"],
        fields: &[
            (Field::Order, &["order id"]),
            (Field::Date, &["order purchase timestamp"]),
            (Field::Amount, &["payment value", "total"]),
            (Field::Status, &["order status"]),
        ],
        amount: None,
    },
    Shape {
        name: "Amazon",
        given_away_by: &["amazon order id", "purchase date", "item price"],
        keys: &["buyer email", "buyer id"],
        fields: &[
            (Field::Order, &["amazon order id"]),
            (Field::Date, &["purchase date"]),
            // What Amazon calls an item's price is that of all its pieces.
            (Field::Amount, &["item price"]),
            (Field::Quantity, &["quantity", "quantity purchased"]),
            (Field::Status, &["order status"]),
            (Field::Category, &["product name", "sku"]),
            (Field::Currency, &["currency"]),
        ],
        amount: Some(AmountIs::PerLine),
    },
    Shape {
        name: "eBay",
        given_away_by: &["order number", "buyer username", "total price"],
        keys: &["buyer username", "buyer email"],
        fields: &[
            (Field::Order, &["order number"]),
            (Field::Date, &["sale date", "paid on date"]),
            (Field::Amount, &["total price"]),
            (Field::Quantity, &["quantity"]),
            (Field::Category, &["item title"]),
        ],
        amount: None,
    },
    Shape {
        name: "Stripe",
        given_away_by: &["id", "amount", "amount refunded", "status"],
        keys: &["customer id", "customer email"],
        fields: &[
            (Field::Order, &["id"]),
            (Field::Date, &["created utc", "created date utc", "created"]),
            (Field::Amount, &["amount"]),
            (Field::Refund, &["amount refunded"]),
            (Field::Status, &["status"]),
            (Field::Currency, &["currency"]),
        ],
        amount: Some(AmountIs::PerLine),
    },
    Shape {
        name: "Square",
        given_away_by: &["transaction id", "gross sales", "net sales", "customer id"],
        keys: &["customer id"],
        fields: &[
            (Field::Order, &["transaction id"]),
            (Field::Date, &["date"]),
            (Field::Amount, &["net sales"]),
            (Field::Quantity, &["qty"]),
            (Field::Category, &["category", "item"]),
        ],
        amount: Some(AmountIs::PerLine),
    },
    Shape {
        name: "Lightspeed",
        given_away_by: &["sale id", "customer id", "line total"],
        keys: &["customer id", "customer email"],
        fields: &[
            (Field::Order, &["sale id"]),
            (Field::Date, &["completed", "complete time", "sale date", "date"]),
            (Field::Amount, &["line total"]),
            (Field::Quantity, &["quantity"]),
            (Field::Status, &["status", "sale status"]),
            (Field::Category, &["category", "description", "item"]),
        ],
        amount: Some(AmountIs::PerLine),
    },
];

/// The shape of a file with these columns.
pub(super) fn of(columns: &[RawColumn]) -> Option<&'static Shape> {
    let names: Vec<String> = columns.iter().map(|column| plain(&column.name)).collect();
    SHAPES.iter().find(|shape| shape.given_away_by.iter().all(|needed| names.iter().any(|name| name == needed)))
}

impl Shape {
    /// The columns that may play a part, the most telling first; `None` where the shape says nothing of it.
    pub(in crate::customers) fn field(&self, field: Field) -> Option<&'static [&'static str]> {
        self.fields.iter().find(|(it, _)| *it == field).map(|(_, names)| *names)
    }
}

/// "Lineitem quantity" and "lineitem_quantity" are the same name.
pub(super) fn plain(name: &str) -> String {
    name_words(name).into_iter().take_while(|word| !word.contains(' ')).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::Kind;

    fn columns(names: &str) -> Vec<RawColumn> {
        let column = |name: &str| RawColumn {
            name: name.to_owned(),
            kind: Kind::Text,
            has_time: false,
            offsets: Default::default(),
            n_unreadable: 0,
            unreadable: Vec::new(),
        };
        names.split(',').map(column).collect()
    }

    #[test]
    fn exports_are_known_by_their_columns() {
        for (names, shape) in [
            ("Name,Email,Financial Status,Paid at,Total,Lineitem quantity", Some("Shopify")),
            ("order_id,order_date,customer_id,billing_email,status,total", Some("WooCommerce")),
            ("ID,Purchase Point,Purchase Date,Grand Total (Base),Status", Some("Magento")),
            ("increment_id;created_at;grand_total;status".replace(';', ",").as_str(), Some("Magento")),
            ("amazon-order-id,purchase-date,buyer-email,quantity-purchased,item-price", Some("Amazon")),
            ("id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID", Some("Stripe")),
            ("order_id,customer_id,order_date,amount", None),
        ] {
            assert_eq!(of(&columns(names)).map(|shape| shape.name), shape, "{names}");
        }
    }

    #[test]
    fn every_name_is_written_as_it_is_compared() {
        for shape in SHAPES {
            let names = shape.given_away_by.iter().chain(shape.keys).chain(shape.fields.iter().flat_map(|(_, names)| names.iter()));
            names.for_each(|name| assert_eq!(plain(name), **name, "{}", shape.name));
        }
    }
}
