//! What the user said about reading a file, where it does not say enough itself.

use serde::{Deserialize, Serialize};

use crate::base::Key;
use crate::data::cells::zones::Zone;
use crate::data::error::DataError;

/// How a file is to be read, where the user said so; what is left open is found out from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadAs {
    /// A workbook's sheet; otherwise the one that is most like a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The encoding of a text ("Windows-1251"); otherwise detected from its content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The time zone that times with a UTC offset are converted to ("Europe/Berlin"); otherwise the local time that each cell shows counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

impl ReadAs {
    pub(in crate::data) fn zone(&self) -> Result<Option<Zone>, DataError> {
        self.zone.as_deref().map(Zone::chosen).transpose()
    }

    /// Whether everything is left open.
    pub fn is_open(&self) -> bool {
        *self == ReadAs::default()
    }

    /// The stamp of what is read so from bytes of this stamp: another sheet is another table.
    pub(in crate::data) fn stamp(&self, bytes: Key) -> Key {
        if self.is_open() { bytes } else { Key::of("read as", 1, self, &[bytes]) }
    }
}
