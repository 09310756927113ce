//! Where in the world is an address of the network?
//!
//! In: a file of the user's own in the format of MaxMind (.mmdb), such as GeoLite2 or DB-IP; none is shipped. Out: country, region, city and time zone as far as the file says, which is approximate.
//! The whole file is held: some 60 MB for all cities of the world. A look-up takes microseconds, and the reader of events asks once per distinct address.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use maxminddb::{MaxMindDbError, Reader, geoip2};

use super::error::EventsError;
use super::options::{AddressPlace, Places};

/// How such files end.
const ENDING: &str = "mmdb";

/// Whether a file is one by its name.
pub fn is_address_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

/// Opens a file of addresses.
///
/// Fails where it cannot be read, and where it is no such file or a damaged one.
pub fn open_address_file(path: &Path) -> Result<Arc<dyn Places>, EventsError> {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let reader = Reader::open_readfile(path).map_err(|error| match error {
        MaxMindDbError::Io(error) => EventsError::Unreadable { file: file.clone(), why: error.to_string() },
        error => EventsError::NotAddresses { file: file.clone(), why: error.to_string() },
    })?;
    Ok(Arc::new(AddressFile { reader }))
}

struct AddressFile {
    reader: Reader<Vec<u8>>,
}

impl std::fmt::Debug for AddressFile {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("AddressFile").field("kind", &self.reader.metadata().database_type).finish()
    }
}

impl Places for AddressFile {
    fn place(&self, address: IpAddr) -> Option<AddressPlace> {
        // A record that is damaged is one of which nothing is known.
        let found: geoip2::City = self.reader.lookup(address).ok()?.decode().ok()??;
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Some(AddressPlace {
            country: text(found.country.iso_code),
            region: text(found.subdivisions.first().and_then(|region| region.names.english)),
            city: text(found.city.names.english),
            zone: text(found.location.time_zone),
        })
    }
}
