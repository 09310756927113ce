//! Writes workbooks as Excel 97 to 2003 did, since no program that is kept does: BIFF8 records ([MS-XLS]) as the one stream of a compound file
//! ([MS-CFB], version 3). No more of either than a reader asks for.

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// A whole number of up to 29 bits, in the short form.
    Whole(i32),
    Number(f64),
    YesNo(bool),
    /// Days since 30 December 1899, shown as a date.
    Day(i32),
}

/// The cells' looks by number: the last of those that every workbook has, and ours for dates.
const PLAIN: u16 = 15;
const DATE: u16 = 16;

/// A format that has no number from the start.
const OWN_FORMAT: u16 = 164;

/// The bytes of a file with these sheets, each a name and rows of cells from the first corner on.
pub fn workbook(sheets: &[(&str, Vec<Vec<Cell>>)]) -> Vec<u8> {
    let cells = || sheets.iter().flat_map(|(_, rows)| rows).flatten();
    let texts: Vec<&str> = cells().filter_map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None }).collect();
    let mut shared = texts.clone();
    shared.sort_unstable();
    shared.dedup();
    let parts: Vec<Vec<u8>> = sheets.iter().enumerate().map(|(at, (_, rows))| sheet(rows, at == 0, &shared)).collect();
    // Where a sheet begins stands in front of all of them, in four bytes wherever it is.
    let names: Vec<&str> = sheets.iter().map(|(name, _)| *name).collect();
    let size = globals(&names, &vec![0; names.len()], texts.len(), &shared).len();
    let places: Vec<usize> = (0..parts.len()).map(|at| size + parts[..at].iter().map(Vec::len).sum::<usize>()).collect();
    let mut stream = globals(&names, &places, texts.len(), &shared);
    parts.iter().for_each(|part| stream.extend(part));
    compound_file(stream)
}

/// A record: its kind, its length, and what it says.
fn record(kind: u16, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    assert!(body.len() <= 8224, "a longer record would have to be continued in another");
    [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), &body].concat()
}

/// Numbers of two bytes, one after the other.
fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Letters without their number, and a byte before them that says how wide they are.
fn letters(text: &str) -> Vec<u8> {
    match text.chars().map(|letter| u8::try_from(u32::from(letter))).collect::<Result<Vec<u8>, _>>() {
        Ok(narrow) => [vec![0], narrow].concat(),
        Err(_) => [vec![1], words(&text.encode_utf16().collect::<Vec<_>>())].concat(),
    }
}

fn n_letters(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text with its number of letters in two bytes.
fn long_text(text: &str) -> Vec<u8> {
    [words(&[n_letters(text) as u16]), letters(text)].concat()
}

/// A text with its number of letters in one byte.
fn short_text(text: &str) -> Vec<u8> {
    [vec![n_letters(text) as u8], letters(text)].concat()
}

/// The beginning of the workbook (5) or of a sheet (16).
fn beginning(what: u16) -> Vec<u8> {
    record(0x0809, &[&words(&[0x0600, what, 0x0dbb, 0x07cc, 0, 0, 6, 0])])
}

fn end() -> Vec<u8> {
    record(0x000a, &[])
}

/// What is said once for all sheets.
fn globals(names: &[&str], places: &[usize], n_texts: usize, shared: &[&str]) -> Vec<u8> {
    let mut records = vec![
        beginning(5),
        // Texts are UTF-16.
        record(0x0042, &[&words(&[1200])]),
        // The window: where, how large, and that its first sheet is in front.
        record(0x003d, &[&words(&[0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 600])]),
    ];
    let font = record(0x0031, &[&words(&[200, 0, 0x7fff, 400, 0]), &[0; 4], &short_text("Arial")]);
    records.extend(std::iter::repeat_n(font, 4));
    records.push(record(0x041e, &[&words(&[OWN_FORMAT]), &long_text("yyyy-mm-dd")]));
    let look = |format: u16, flags: u16| record(0x00e0, &[&words(&[0, format, flags, 0x20, 0, 0, 0, 0, 0, 0x20c0])]);
    records.extend(std::iter::repeat_n(look(0, 0xfff5), PLAIN.into()));
    records.extend([look(0, 1), look(OWN_FORMAT, 1)]);
    // The first look is the style called Normal.
    records.push(record(0x0293, &[&words(&[0x8000]), &[0, 0xff]]));
    let sheets = names.iter().zip(places);
    records.extend(sheets.map(|(name, place)| record(0x0085, &[&(*place as u32).to_le_bytes(), &[0, 0], &short_text(name)])));
    let texts: Vec<u8> = shared.iter().flat_map(|text| long_text(text)).collect();
    records.push(record(0x00fc, &[&(n_texts as u32).to_le_bytes(), &(shared.len() as u32).to_le_bytes(), &texts]));
    records.push(end());
    records.concat()
}

fn sheet(rows: &[Vec<Cell>], is_first: bool, shared: &[&str]) -> Vec<u8> {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0) as u16;
    let n_rows = (rows.len() as u32).to_le_bytes();
    let mut records = vec![beginning(16), record(0x0200, &[&[0; 4], &n_rows, &words(&[0, n_columns, 0])])];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let place = |look: u16| words(&[row as u16, column as u16, look]);
            let short = |number: i32| ((number << 2) | 2).to_le_bytes();
            records.push(match cell {
                Cell::Empty => continue,
                Cell::Text(text) => {
                    let at = shared.binary_search(&text.as_str()).expect("every text is shared") as u32;
                    record(0x00fd, &[&place(PLAIN), &at.to_le_bytes()])
                }
                Cell::Whole(number) => record(0x027e, &[&place(PLAIN), &short(*number)]),
                Cell::Number(number) => record(0x0203, &[&place(PLAIN), &number.to_le_bytes()]),
                Cell::YesNo(is_so) => record(0x0205, &[&place(PLAIN), &[u8::from(*is_so), 0]]),
                Cell::Day(day) => record(0x027e, &[&place(DATE), &short(*day)]),
            });
        }
    }
    let shown = if is_first { 0x06b6 } else { 0x00b6 };
    records.push(record(0x023e, &[&words(&[shown, 0, 0, 64, 0, 0, 0, 0, 0])]));
    records.push(end());
    records.concat()
}

const SECTOR: usize = 512;
/// Streams below this size would be kept in smaller sectors of their own.
const SMALL: usize = 4096;
const NO_ENTRY: u32 = 0xffff_ffff;
const FREE: u32 = 0xffff_ffff;
const LAST: u32 = 0xffff_fffe;
const TABLE: u32 = 0xffff_fffd;

/// A file of one stream: the head, the table of which sector follows which, the folder, the stream.
fn compound_file(mut stream: Vec<u8>) -> Vec<u8> {
    stream.resize(stream.len().max(SMALL), 0);
    let size = stream.len();
    stream.resize(size.next_multiple_of(SECTOR), 0);
    let n_sectors = stream.len() / SECTOR;
    // The table has an entry of four bytes for every sector, its own and the folder's included.
    let n_table = (1..).find(|n| n * SECTOR / 4 > n + n_sectors).expect("a table grows faster than its sectors");
    assert!(n_table <= 109, "a larger table would have to be continued elsewhere");
    let (folder, first) = (n_table as u32, n_table as u32 + 1);
    let last = first + n_sectors as u32 - 1;

    let mut table = vec![TABLE; n_table];
    table.push(LAST);
    table.extend(first + 1..=last);
    table.push(LAST);
    table.resize(n_table * SECTOR / 4, FREE);
    let mut places: Vec<u32> = (0..folder).collect();
    places.resize(109, FREE);

    let mut file = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    file.extend([0; 16]);
    // Version 3.62, the order of bytes, and sectors of two to the 9th and, for small streams, two to the 6th.
    file.extend(words(&[0x3e, 3, 0xfffe, 9, 6, 0, 0, 0]));
    let numbers = [0, n_table as u32, folder, 0, SMALL as u32, LAST, 0, LAST, 0];
    file.extend(numbers.iter().chain(&places).chain(&table).flat_map(|number| number.to_le_bytes()));
    file.extend(entry("Root Entry", 5, 1, LAST, 0));
    file.extend(entry("Workbook", 2, NO_ENTRY, first, size as u32));
    (0..2).for_each(|_| file.extend(entry("", 0, NO_ENTRY, 0, 0)));
    file.extend(stream);
    file
}

/// An entry of the folder: what it is (5 for the root, 2 for a stream, 0 for none), what stands in it, and where its bytes are.
fn entry(name: &str, what: u8, child: u32, first: u32, size: u32) -> Vec<u8> {
    let mut letters = words(&name.encode_utf16().collect::<Vec<_>>());
    let n_bytes = if name.is_empty() { 0 } else { letters.len() as u16 + 2 };
    letters.resize(64, 0);
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    // Black, without neighbours; no class, no state, no times.
    [letters, words(&[n_bytes]), vec![what, 1], numbers(&[NO_ENTRY, NO_ENTRY, child]), vec![0; 36], numbers(&[first, size, 0])].concat()
}
