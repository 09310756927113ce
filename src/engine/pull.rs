//! How do rows of a database or a warehouse come here? A second process of this program loads the database's own ADBC driver, asks, and writes an Arrow file,
//! which is then a source like any other.
//!
//! In: where the database is, which table or query, where the file goes. Out: the file, and how many rows and bytes it holds; or, before anything moves, how
//! many would come. Drivers are foreign code: whatever becomes of one is a sentence here. Secrets stay where they are: the address names them as `{NAME}`, and only
//! the second process looks up what the environment calls so. Cost: that of the query, and one write of the rows; memory of a few batches.

mod address;
mod arriving;
mod driver;
mod guest;
mod host;
mod request;

pub use guest::serve_if_asked;
pub use host::{foresee, pull};
pub use request::{CustomerSample, Foreseen, Pull, PullError, Pulled, RowsAsked};
