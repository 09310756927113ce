//! What does a line of a web server's log say?
//!
//! Apache's common and combined form (also with the host in front), which nginx writes too, and W3C's, in which a line `#Fields:` names the columns (IIS,
//! CloudFront). In: a line. Out: its cells. A line that was cut off is no row. O(letters).

use std::borrow::Cow;

use super::parts::{EventPart, Found, Scalar};
use super::shapes::EventShape;

/// How the lines of a log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogForm {
    /// Apache's.
    Common,
    /// W3C's.
    W3c,
}

/// How a text is written, if it is a log: by nearly every line of a sample.
pub(super) fn form_of(sample: &str) -> Option<LogForm> {
    let lines: Vec<&str> = sample.lines().filter(|line| !line.trim().is_empty()).take(super::flatten::SAMPLE).collect();
    if lines.iter().take(20).any(|line| line.starts_with("#Fields:")) {
        return Some(LogForm::W3c);
    }
    let fitting = lines.iter().filter(|line| common(line, &mut Found::new()).is_some()).count();
    // One line that was cut off must not hide a log of three.
    (fitting > 0 && fitting + 1 + lines.len() / 10 >= lines.len()).then_some(LogForm::Common)
}

/// The cells of a line in Apache's form.
pub(super) fn common<'a>(line: &'a str, found: &mut Found<'a>) -> Option<()> {
    let open = line.find(" [")?;
    let rest = &line[open + 2..];
    let close = rest.find(']')?;
    let time = &rest[..close];
    if time.len() < 20 || time.as_bytes()[2] != b'/' || time.as_bytes()[11] != b':' {
        return None;
    }
    let mut before = line[..open].rsplit(' ');
    let (user, _, ip) = (before.next()?, before.next()?, before.next()?);
    let mut text = |part: EventPart, value: &'a str| found.set(part, 0, Scalar::Text(Cow::Borrowed(value)));
    let (request, rest) = quoted(rest[close + 1..].trim_start())?;
    text(EventPart::Time, time);
    text(EventPart::Person, user);
    text(EventPart::Ip, ip);
    text(EventPart::Request, request);
    let mut words = rest.trim_start().splitn(3, ' ');
    let (status, _, rest) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
    if !is_status {
        return None;
    }
    text(EventPart::Status, status);
    if rest.starts_with('"') {
        let (_, rest) = quoted(rest)?;
        let (agent, _) = quoted(rest.trim_start())?;
        text(EventPart::UserAgent, agent);
    }
    Some(())
}

/// What stands between quotation marks at the beginning, and what comes behind it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let at = from + inner[from..].find('"')?;
        let n_escapes = inner.as_bytes()[from..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        if n_escapes % 2 == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
        from = at + 1;
    }
}

/// The columns a line `#Fields:` names, each with the parts it fills.
pub(super) fn w3c_fields(line: &str, shape: &EventShape) -> Option<Vec<Option<(EventPart, u8)>>> {
    let names = line.strip_prefix("#Fields:")?;
    let part = |name: &str| shape.names().find(|(_, _, of)| of.eq_ignore_ascii_case(name)).map(|(part, place, _)| (part, place));
    Some(names.split_ascii_whitespace().map(part).collect())
}

/// The cells of a line in W3C's form.
pub(super) fn w3c<'a>(line: &'a str, fields: &[Option<(EventPart, u8)>], found: &mut Found<'a>) -> Option<()> {
    // CloudFront separates by tabs, IIS by blanks; neither has the other inside a cell.
    let separator = if line.contains('\t') { '\t' } else { ' ' };
    let mut n = 0;
    for (at, cell) in line.split(separator).enumerate() {
        n += 1;
        if let Some((part, place)) = fields.get(at).copied().flatten()
            && cell != "-"
        {
            found.set(part, place, Scalar::Text(Cow::Borrowed(cell)));
        }
    }
    (n == fields.len()).then_some(())
}

/// The last line `#Fields:` of a piece, for the pieces behind it.
pub(super) fn last_fields(piece: &[u8]) -> Option<&str> {
    let mut last = None;
    let mut at = 0;
    while let Some(found) = piece[at..].iter().position(|&byte| byte == b'#') {
        at += found;
        if (at == 0 || piece[at - 1] == b'\n') && piece[at..].starts_with(b"#Fields:") {
            let end = piece[at..].iter().position(|&byte| byte == b'\n').map_or(piece.len(), |end| at + end);
            last = std::str::from_utf8(&piece[at..end]).ok().map(str::trim_end).or(last);
        }
        at += 1;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::shapes::w3c_log;

    fn cells(line: &str) -> Option<[String; 5]> {
        let mut found = Found::new();
        common(line, &mut found)?;
        let text = |part| found.get(part).map(|cell| cell.text(&mut String::new()).to_owned()).unwrap_or_default();
        Some([EventPart::Ip, EventPart::Person, EventPart::Request, EventPart::Status, EventPart::UserAgent].map(text))
    }

    #[test]
    fn common_combined_and_with_a_host() {
        let expected = ["1.2.3.4", "anna", r#"GET /a\"b HTTP/1.1"#, "200", "Mozilla/5.0 (X11)"];
        assert_eq!(
            cells(r#"1.2.3.4 - anna [17/May/2015:10:05:03 +0000] "GET /a\"b HTTP/1.1" 200 12 "-" "Mozilla/5.0 (X11)" more"#).unwrap(),
            expected
        );
        let host = cells(r#"www.shop.example:80 1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 304 - "-" "x""#).unwrap();
        assert_eq!((host[0].as_str(), host[3].as_str()), ("1.2.3.4", "304"));
        assert_eq!(cells(r#"::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.0" 200 12"#).unwrap()[4], "");
        for cut in [
            "",
            "a",
            r#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /"#,
            r#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 12 "-" "Mozi"#,
        ] {
            assert_eq!(cells(cut), None, "{cut}");
        }
    }

    #[test]
    fn w3c_goes_by_its_fields() {
        let fields = w3c_fields("#Fields: date time cs-method cs-uri-stem x-none cs(User-Agent) sc-status", w3c_log()).unwrap();
        let mut found = Found::new();
        w3c("2024-01-31 10:05:03 GET /cart - Mozilla/5.0+(X11) 200", &fields, &mut found).unwrap();
        let text = |part| found.get(part).map(|cell| cell.text(&mut String::new()).to_owned()).unwrap_or_default();
        assert_eq!(
            [EventPart::Date, EventPart::Time, EventPart::Page, EventPart::UserAgent, EventPart::Status].map(text),
            ["2024-01-31", "10:05:03", "/cart", "Mozilla/5.0+(X11)", "200"]
        );
        assert_eq!(w3c("2024-01-31 10:05", &fields, &mut Found::new()), None);
        assert_eq!(last_fields(b"#Fields: a\nx #Fields: b\n#Fields: c d\r\ny"), Some("#Fields: c d"));
        assert_eq!(last_fields(b"x"), None);
    }

    #[test]
    fn a_log_is_known_by_nearly_every_line() {
        let line = "1.2.3.4 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12\n";
        assert_eq!(form_of(&format!("{}cut", line.repeat(3))), Some(LogForm::Common));
        assert_eq!(form_of(&format!("{line}a,b\nc,d\ne,f\n")), None);
        assert_eq!(form_of("#Version: 1.0\n#Fields: date time\n"), Some(LogForm::W3c));
    }
}
