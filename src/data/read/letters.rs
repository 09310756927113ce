//! How are the letters of a text written: UTF-8, UTF-16, or one of the older tables of a script?
//!
//! In: bytes, or the name of an encoding. Out: the encoding, and what people call it. A text that is neither marked nor UTF-8 is judged by its
//! content (chardetng, as browsers do), from the parts that hold other letters than ASCII. Cost: one pass to the first of them, then at most 4 MB.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use crate::base::Note;
use crate::data::error::DataError;

/// Bytes read at a time, and how many such blocks with other letters than ASCII are judged.
const BLOCK: usize = 64 << 10;
const MOST_BLOCKS: usize = 64;

/// The encoding of bytes that are not UTF-8, by their content.
pub(in crate::data) fn detect(mut bytes: impl Read) -> std::io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut block = vec![0; BLOCK];
    let mut n_blocks = 0;
    while n_blocks < MOST_BLOCKS {
        let mut n = 0;
        while n < BLOCK {
            match bytes.read(&mut block[n..])? {
                0 => break,
                more => n += more,
            }
        }
        // A letter of several bytes that begins in one block and ends in the next makes both of them count.
        if !block[..n].is_ascii() {
            detector.feed(&block[..n], false);
            n_blocks += 1;
        }
        if n < BLOCK {
            break;
        }
    }
    detector.feed(&[], true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// The encoding of a text in memory that is not UTF-8.
pub(super) fn detect_in(bytes: &[u8]) -> &'static Encoding {
    // Memory never fails to be read.
    detect(bytes).unwrap_or(encoding_rs::WINDOWS_1252)
}

/// The encoding the user named.
pub(in crate::data) fn by_name(name: &str) -> Result<&'static Encoding, DataError> {
    let known = match name.trim().to_lowercase().replace([' ', '_'], "-").as_str() {
        // What office programs call them.
        "cp1250" | "ansi-1250" => Some(encoding_rs::WINDOWS_1250),
        "cp1251" | "ansi-1251" => Some(encoding_rs::WINDOWS_1251),
        "cp932" | "sjis" => Some(encoding_rs::SHIFT_JIS),
        "cp936" => Some(encoding_rs::GBK),
        "cp949" => Some(encoding_rs::EUC_KR),
        "cp950" => Some(encoding_rs::BIG5),
        "cp874" => Some(encoding_rs::WINDOWS_874),
        "cp866" => Some(encoding_rs::IBM866),
        "utf8" => Some(encoding_rs::UTF_8),
        "utf16" => Some(encoding_rs::UTF_16LE),
        other => Encoding::for_label(other.as_bytes()),
    };
    known.ok_or_else(|| DataError::NoSuchEncoding { encoding: name.to_owned() })
}

/// The encodings that are offered: the name to choose it by, and what people call it.
pub fn encodings() -> Vec<(String, String)> {
    let offered = [
        encoding_rs::UTF_8,
        encoding_rs::WINDOWS_1252,
        encoding_rs::WINDOWS_1250,
        encoding_rs::WINDOWS_1251,
        encoding_rs::WINDOWS_1253,
        encoding_rs::WINDOWS_1254,
        encoding_rs::WINDOWS_1255,
        encoding_rs::WINDOWS_1256,
        encoding_rs::WINDOWS_1257,
        encoding_rs::SHIFT_JIS,
        encoding_rs::EUC_JP,
        encoding_rs::GBK,
        encoding_rs::BIG5,
        encoding_rs::EUC_KR,
        encoding_rs::UTF_16LE,
        encoding_rs::UTF_16BE,
    ];
    offered.iter().map(|encoding| (encoding.name().to_owned(), called(encoding))).collect()
}

/// What is said where letters had to be guessed.
pub(in crate::data) fn note(title: &str, encoding: &'static Encoding) -> Note {
    Note::new(format!("{title} is not UTF-8; its letters are read as {}.", called(encoding)))
}

/// "Windows-1251 (Cyrillic)".
fn called(encoding: &'static Encoding) -> String {
    let name = encoding.name();
    let script = match name {
        "windows-1252" | "macintosh" | "ISO-8859-15" => "Western European",
        "windows-1250" | "ISO-8859-2" | "ISO-8859-16" => "Central European",
        "windows-1251" | "KOI8-R" | "KOI8-U" | "ISO-8859-5" | "IBM866" | "x-mac-cyrillic" => "Cyrillic",
        "windows-1253" | "ISO-8859-7" => "Greek",
        "windows-1254" => "Turkish",
        "windows-1255" | "ISO-8859-8" | "ISO-8859-8-I" => "Hebrew",
        "windows-1256" | "ISO-8859-6" => "Arabic",
        "windows-1257" | "ISO-8859-4" | "ISO-8859-13" => "Baltic",
        "windows-1258" => "Vietnamese",
        "windows-874" => "Thai",
        "Shift_JIS" | "EUC-JP" | "ISO-2022-JP" => "Japanese",
        "GBK" | "gb18030" => "Simplified Chinese",
        "Big5" => "Traditional Chinese",
        "EUC-KR" => "Korean",
        _ => return name.to_owned(),
    };
    format!("{} ({script})", name.replace("windows", "Windows"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_content() {
        for (encoding, text) in [
            ("windows-1252", "Kunde;Straße;Umsatz\nMüller;Königstraße 5;10 €\nGroß;Lübecker Straße 7;20 €\n"),
            ("windows-1251", "ID клиента;Возраст;Город\nк0;25;Москва\nк1;41;Казань\n"),
            ("Shift_JIS", "顧客ID,購入金額,来店回数,地域\n客0,1000,1,東京\n客1,5010,6,大阪\n"),
            ("EUC-JP", "顧客ID,購入金額,来店回数,地域\nお客さま,1000,1,とうきょう\n"),
            ("windows-1250", "Zákazník;Město\nJiří Dvořák;Plzeň\nTomáš Růžička;Český Těšín\n"),
            ("windows-1253", "Πελάτης;Πόλη\nΓιώργος;Αθήνα\nΜαρία;Θεσσαλονίκη\n"),
            ("windows-1254", "Müşteri;Şehir\nAyşe Yıldız;İstanbul\nÖmer Çağlar;Eskişehir\n"),
            ("GBK", "客户编号,城市,金额\n张三,北京,100\n李四,上海,200\n"),
            ("Big5", "客戶編號,城市,金額\n張三,臺北,100\n李四,高雄,200\n"),
            ("EUC-KR", "고객번호,도시,금액\n김철수,서울,100\n이영희,부산,200\n"),
        ] {
            let of = Encoding::for_label(encoding.as_bytes()).unwrap();
            let (bytes, _, lost) = of.encode(text);
            assert!(!lost, "{encoding}");
            let found = detect(bytes.as_ref()).unwrap();
            assert_eq!(found.decode_without_bom_handling(&bytes).0, text, "{encoding} read as {}", found.name());
            // The letters may come late in a long file.
            let late: Vec<u8> = b"1,2,3\n".repeat(40_000).into_iter().chain(bytes.iter().copied()).collect();
            assert_eq!(detect(late.as_slice()).unwrap(), found);
        }
    }

    #[test]
    fn encodings_by_name() {
        for (name, expected) in [
            ("Windows-1251", "windows-1251"),
            ("cp1251", "windows-1251"),
            ("shift_jis", "Shift_JIS"),
            ("CP932", "Shift_JIS"),
            ("latin1", "windows-1252"),
            ("UTF-16LE", "UTF-16LE"),
        ] {
            assert_eq!(by_name(name).unwrap().name(), expected, "{name}");
        }
        assert!(by_name("klingon").unwrap_err().to_string().contains("klingon"));
    }
}
