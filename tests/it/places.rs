//! Places by address: from a file of the user's own, never kept, and one sentence where the file is none.

use std::net::Ipv4Addr;
use std::path::Path;

use personae::events::{is_address_file, open_address_file};
use personae::session::JourneyOptions;

use crate::behaviour::{json, personae};

/// A value as MaxMind's format writes it (their specification, version 2.0).
enum Value {
    Text(&'static str),
    Whole(u64, u8),
    Map(Vec<(&'static str, Value)>),
    List(Vec<Value>),
}

use Value::{List, Map, Text, Whole};

fn write(value: &Value, to: &mut Vec<u8>) {
    // Kinds above 7 have a byte of their own.
    let mut head = |kind: u8, size: usize| match kind {
        8.. => to.extend([size as u8, kind - 7]),
        _ => to.push(kind << 5 | size as u8),
    };
    match value {
        Text(text) => {
            head(2, text.len());
            to.extend(text.as_bytes());
        }
        Whole(number, kind) => {
            let bytes: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            head(*kind, bytes.len());
            to.extend(bytes);
        }
        Map(pairs) => {
            head(7, pairs.len());
            for (key, value) in pairs {
                write(&Text(key), to);
                write(value, to);
            }
        }
        List(values) => {
            head(11, values.len());
            values.iter().for_each(|value| write(value, to));
        }
    }
}

/// A file in which the first `bits` of each address lead to a place.
fn address_file(places: &[(Ipv4Addr, u32, Value)]) -> Vec<u8> {
    let mut nodes: Vec<[Option<Result<usize, usize>>; 2]> = vec![[None; 2]];
    let mut data = Vec::new();
    for (address, bits, place) in places {
        let at = data.len();
        write(place, &mut data);
        let bit = |nth: u32| (u32::from(*address) >> (31 - nth) & 1) as usize;
        let mut node = 0;
        for nth in 0..*bits - 1 {
            node = match nodes[node][bit(nth)] {
                Some(Ok(next)) => next,
                _ => {
                    nodes.push([None; 2]);
                    let next = nodes.len() - 1;
                    nodes[node][bit(nth)] = Some(Ok(next));
                    next
                }
            };
        }
        nodes[node][bit(bits - 1)] = Some(Err(at));
    }
    let n = nodes.len();
    let mut file: Vec<u8> = Vec::new();
    for record in nodes.iter().flatten() {
        let number = match record {
            Some(Ok(node)) => *node,
            Some(Err(at)) => n + 16 + at,
            None => n,
        };
        file.extend(&(number as u32).to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let about = Map(vec![
        ("node_count", Whole(n as u64, 6)),
        ("record_size", Whole(24, 5)),
        ("ip_version", Whole(4, 5)),
        ("database_type", Text("Test-City")),
        ("languages", List(vec![Text("en")])),
        ("binary_format_major_version", Whole(2, 5)),
        ("binary_format_minor_version", Whole(0, 5)),
        ("build_epoch", Whole(1_700_000_000, 9)),
        ("description", Map(vec![("en", Text("made by a test"))])),
    ]);
    write(&about, &mut file);
    file
}

fn named(name: &'static str) -> Value {
    Map(vec![("names", Map(vec![("en", Text(name))]))])
}

fn city(country: &'static str, region: &'static str, city: &'static str, zone: &'static str) -> Value {
    Map(vec![
        ("city", named(city)),
        ("country", Map(vec![("iso_code", Text(country))])),
        ("location", Map(vec![("time_zone", Text(zone))])),
        ("subdivisions", List(vec![named(region)])),
    ])
}

fn world(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("Cities.mmdb");
    let places = [
        (Ipv4Addr::new(81, 2, 69, 0), 24, city("JP", "Kanto", "Tokyo", "Asia/Tokyo")),
        (Ipv4Addr::new(89, 160, 20, 0), 24, city("DE", "Berlin", "Berlin", "Europe/Berlin")),
        (Ipv4Addr::new(175, 16, 0, 0), 16, Map(vec![("country", Map(vec![("iso_code", Text("CN"))]))])),
    ];
    std::fs::write(&path, address_file(&places)).unwrap();
    path
}

#[test]
fn an_address_is_looked_up_as_far_as_the_file_knows() {
    let folder = tempfile::tempdir().unwrap();
    let places = open_address_file(&world(folder.path())).unwrap();
    let told = |address: &str| places.place(address.parse().unwrap()).map(|at| [at.country, at.region, at.city, at.zone].join("/"));
    assert_eq!(told("81.2.69.142").as_deref(), Some("JP/Kanto/Tokyo/Asia/Tokyo"));
    assert_eq!(told("89.160.20.112").as_deref(), Some("DE/Berlin/Berlin/Europe/Berlin"));
    assert_eq!(told("175.16.199.1").as_deref(), Some("CN///"));
    for unknown in ["10.0.0.1", "127.0.0.1", "2001:db8::1"] {
        assert_eq!(told(unknown), None, "{unknown}");
    }
}

#[test]
fn a_file_that_is_none_or_is_damaged_is_one_sentence_and_never_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(world(folder.path())).unwrap();
    let path = folder.path().join("broken.mmdb");
    assert!(open_address_file(&path).unwrap_err().to_string().starts_with("broken.mmdb cannot be read ("));
    std::fs::write(&path, "no such file").unwrap();
    let told = open_address_file(&path).unwrap_err().to_string();
    assert!(
        told.starts_with("broken.mmdb is no file of network addresses (.mmdb), or a damaged one") && told.contains("download it again"),
        "{told}"
    );
    // Cut anywhere, and with any byte of it turned: it is refused, or knows less.
    for cut in (0..whole.len()).step_by(7) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        if let Ok(places) = open_address_file(&path) {
            places.place("81.2.69.142".parse().unwrap());
        }
    }
    for at in (0..whole.len()).step_by(3) {
        let mut turned = whole.clone();
        turned[at] ^= 0xff;
        std::fs::write(&path, &turned).unwrap();
        if let Ok(places) = open_address_file(&path) {
            for address in ["81.2.69.142", "175.16.199.1", "255.255.255.255"] {
                places.place(address.parse().unwrap());
            }
        }
    }
}

#[test]
fn a_log_gets_local_hours_by_address_and_no_address_leaves() {
    let folder = tempfile::tempdir().unwrap();
    world(folder.path());
    // Forty visitors by name, each at one in the afternoon of Tokyo, which is four in the morning of the server.
    let line = |nth: usize| {
        let day = 1 + nth % 28;
        format!(
            "81.2.69.{} - anna{nth} [{day:02}/May/2024:04:05:03 +0000] \"GET /shop HTTP/1.1\" 200 5 \"-\" \"Mozilla/5.0 (Windows NT 10.0) Firefox/99.0\"\n",
            1 + nth % 200
        )
    };
    std::fs::write(folder.path().join("access.log"), (0..40).map(line).collect::<String>()).unwrap();
    let hours = |more: &[&str]| -> Vec<usize> {
        let args = [&["journeys", "access.log", "--report", "j.json", "--quiet"], more].concat();
        let (code, _, why) = personae(folder.path(), "1", &args);
        assert_eq!(code, 0, "{why}");
        let told = json(folder.path(), "j.json");
        assert!(!std::fs::read_to_string(folder.path().join("j.json")).unwrap().contains("81.2.69"));
        let hours = told["rhythm"]["hours"].as_array().expect("hours of the week").clone();
        (0..24).filter(|hour| (0..7).any(|day| hours[day * 24 + hour].as_f64().unwrap() > 0.0)).collect()
    };
    assert_eq!(hours(&[]), [4], "the clock of the server");
    assert_eq!(hours(&["--places", "Cities.mmdb"]), [13], "the clock of the visitors");
    // How many, and that it is a guess, is told where everything that was read is.
    assert_eq!(json(folder.path(), "j.json")["read"]["by_address"], 40);
    let (_, told, _) = personae(folder.path(), "1", &["journeys", "access.log", "--places", "Cities.mmdb", "--report", "j.json"]);
    assert!(told.contains("of 40 events are looked up by their addresses") && told.contains("approximate"), "{told}");
    let (code, _, why) = personae(folder.path(), "1", &["journeys", "access.log", "--places", "access.log", "--report", "j.json"]);
    assert!(code == 1 && why.contains("access.log is no file of network addresses"), "{code} {why}");
}

#[test]
fn a_file_of_addresses_joins_the_exports_that_are_followed() {
    assert!(is_address_file(Path::new("a/GeoLite2-City.MMDB")) && !is_address_file(Path::new("events.json")));
    let followed = JourneyOptions::default().with_files(vec!["events.json".into()]);
    let with_places = followed.with_files(vec!["Cities.mmdb".into()]);
    assert_eq!((with_places.events.clone(), with_places.places.clone()), (followed.events.clone(), Some("Cities.mmdb".into())));
    let other = with_places.with_files(vec!["other.json".into()]);
    assert_eq!((other.events, other.places), (vec!["other.json".into()], Some("Cities.mmdb".into())), "the places stay");
}
